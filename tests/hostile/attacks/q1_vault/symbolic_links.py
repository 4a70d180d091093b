"""Makes links out of the scratch folder and follows them, also through /proc."""
# expects: finding Close(answer)

import os

HOST_PATHS = ["/etc/shadow"]


def attack():
    for number, path in enumerate(HOST_PATHS):
        for link, name in ((os.symlink, f"link{number}"), (os.link, f"hard{number}")):
            try:
                link(path, name)
            except OSError:
                pass
        for name in (f"link{number}", f"hard{number}"):
            if os.path.exists(name):
                raise SystemError(f"BREACH: {name} leads to {path}")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
