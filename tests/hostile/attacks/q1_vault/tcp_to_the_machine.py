"""Connects to a server on the machine's loopback and on its addresses."""
# expects: finding Close(answer)

import socket

PORT = 9


def attack():
    for address in ("127.0.0.1", "::1", "10.0.2.2", "172.17.0.1", "192.168.0.1", "0.0.0.0"):
        try:
            socket.create_connection((address, PORT), timeout=0.2)
        except OSError:
            continue
        raise SystemError(f"BREACH: {address}:{PORT} answers")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
