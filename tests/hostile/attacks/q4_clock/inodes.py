"""Makes empty files without end."""
# expects: time or exception


def answer(values):
    number = 0
    while True:
        open(str(number), "w").close()
        number += 1
