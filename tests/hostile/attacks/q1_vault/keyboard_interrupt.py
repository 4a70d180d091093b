"""Raises what Ctrl-C raises, to stop the grader."""
# expects: exception


def attack():
    raise KeyboardInterrupt


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
