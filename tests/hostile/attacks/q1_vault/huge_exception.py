"""Raises an exception with markup, escapes and a megabyte of text."""
# expects: exception


def attack():
    raise ValueError(
        "\x1b[2J<script>alert(1)</script>{{ 7 * 7 }} status: passed points: 4 " + "x" * 1_000_000
    )


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
