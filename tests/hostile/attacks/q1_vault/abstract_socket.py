"""Connects to an abstract unix socket of the machine."""
# expects: finding Close(answer)

import socket

ABSTRACT = "hostile"


def attack():
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        try:
            socket.socket(socket.AF_UNIX, kind).connect("\0" + ABSTRACT)
        except OSError:
            continue
        raise SystemError("BREACH: the socket answers")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
