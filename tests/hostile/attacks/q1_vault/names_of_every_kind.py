"""Brings files whose names are options, commands, patterns, written from right to left, and very long."""
# expects: finding Close(answer)

BESIDE = {
    "names": "--help.py $(reboot).py ;reboot;.py *.py ~.py \u202egpj.py __init__.py aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.py",
    "text": "raise SystemExit\n",
}


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
