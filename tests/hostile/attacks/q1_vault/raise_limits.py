"""Raises its own limits."""
# expects: finding Close(answer)

import resource


def attack():
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU):
        hard = resource.getrlimit(limit)[1]
        try:
            resource.setrlimit(limit, (hard + 1, hard + 1))
        except (OSError, ValueError):
            continue
        raise SystemError(f"BREACH: limit {limit} was raised above {hard}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
