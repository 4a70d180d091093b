"""Is handed in as a symbolic link to the solution."""
# expects: source

# handed in as a link


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
