"""Never returns from C, where no signal handler of Python is run."""
# expects: time


def attack():
    sum(range(1 << 62))


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
