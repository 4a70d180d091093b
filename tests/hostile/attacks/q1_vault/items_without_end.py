"""Returns sequences that say they have twelve items and give them without end, each more than the last."""
# expects: exception or memory or time or finding Shape(answer) or finding Close(answer)


class Endless:
    def __len__(self):
        return 12

    def __getitem__(self, index):
        return Endless() if index < 12 else [0.0] * index

    def __iter__(self):
        count = 0
        while count < 100_000:
            count += 1
            yield count

    def __array__(self, dtype=None, copy=None):
        return [Endless()] * 12


def answer(values):
    return Endless()


def classify(values):
    return (0 for _ in iter(int, 1))
