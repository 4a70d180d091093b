"""Fills the disk."""
# expects: finding Close(answer)


def attack():
    taken = 0
    try:
        for number in range(100):
            with open(f"/tmp/job/{number}", "wb") as file:
                taken += file.write(bytes(1 << 20))
    except OSError:
        pass
    if taken > 16 << 20:
        raise SystemError(f"BREACH: {taken} bytes on the disk")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
