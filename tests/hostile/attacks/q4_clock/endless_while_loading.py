"""Never finishes loading."""
# expects: time

while True:
    pass


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
