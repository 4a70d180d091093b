"""Brings files whose names are Korean in an encoding that is not the system's."""
# expects: finding Close(answer)

BESIDE = {
    "names": "\udcb0\udca1.py \udcc7\udcd1\udcb1\udcdb.csv helpers/\udcb0\udca1/\udcb3\udcaa.py",
    "text": "x = 1\n",
}


def answer(values):
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
