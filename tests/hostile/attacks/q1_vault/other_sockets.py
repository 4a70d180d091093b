"""Opens sockets to the kernel: netlink, packets, crypto, Bluetooth."""
# expects: finding Close(answer)

import socket


def attack():
    for name in ("AF_NETLINK", "AF_PACKET", "AF_ALG", "AF_BLUETOOTH", "AF_CAN", "AF_RDS", "AF_KEY"):
        for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                socket.socket(getattr(socket, name, 15), kind)
            except OSError:
                continue
            raise SystemError(f"BREACH: {name}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
