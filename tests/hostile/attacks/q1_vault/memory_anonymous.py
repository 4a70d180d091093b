"""Takes eight gibibytes."""
# expects: memory


def attack():
    return bytearray(8 << 30)


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
