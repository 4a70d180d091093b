"""Listens under an abstract name that every worker tries, and calls whoever listens there."""
# expects: finding Close(answer)

import socket


def attack():
    with socket.socket(socket.AF_UNIX) as own, socket.socket(socket.AF_UNIX) as other:
        own.bind("\0hostile-meeting")
        own.listen()
        other.connect("\0hostile-meeting")
        peer, _ = own.accept()
        own.settimeout(0.3)
        try:
            own.accept()
        except TimeoutError:
            return
    raise SystemError("BREACH: somebody else called")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
