"""Writes to what steers the kernel."""
# expects: finding Close(answer)

from pathlib import Path


def attack():
    for name in (
        "sysrq-trigger",
        "sys/kernel/core_pattern",
        "sys/vm/overcommit_memory",
        "1/oom_score_adj",
        "self/setgroups",
    ):
        try:
            (Path("/proc") / name).write_text("-1000" if "oom" in name else "h")
        except (OSError, ValueError):
            continue
        raise SystemError(f"BREACH: /proc/{name} can be written")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
