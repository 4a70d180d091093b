"""Opens internet sockets of every transport; the buffers of one may hold more memory than a worker may."""
# expects: finding Close(answer)

import socket


def attack():
    for family in (socket.AF_INET, socket.AF_INET6):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            for transport in (0, 6, 17, 132, 136, 262):  # TCP, UDP, SCTP, UDP-Lite, MPTCP
                try:
                    socket.socket(family, kind, transport)
                except OSError:
                    continue
                raise SystemError(f"BREACH: {family} {kind} {transport}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
