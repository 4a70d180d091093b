"""Makes folders in folders, hard links and long names without end."""
# expects: finding Close(answer) or exception

import os


def attack():
    here, made = os.getcwd(), 0
    try:
        while made < 40_000:
            name = f"{made:0200}"
            os.mkdir(name)
            os.symlink("x" * 4_000, name + "l")
            made += 2
            if made % 200 == 0:
                os.chdir(name)
    except OSError:
        pass
    os.chdir(here)
    if made >= 40_000:
        raise SystemError(f"BREACH: {made} folders and links")


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
