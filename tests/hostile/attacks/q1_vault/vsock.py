"""Talks to the host of a virtual machine, which no network namespace keeps apart."""
# expects: finding Close(answer)

import socket


def attack():
    try:
        socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
    except OSError:
        return
    raise SystemError("BREACH: there are vsock sockets")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
