"""Makes empty files without end."""
# expects: time or exception


def attack():
    number = 0
    while True:
        open(str(number), "w").close()
        number += 1


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
