"""Raises an exception whose type has no name, no module, and a text that raises another of its kind."""
# expects: exception or exit


class Meta(type):
    def __getattribute__(cls, name):
        raise Strange(name)

    def __instancecheck__(cls, instance):
        raise SystemExit(0)


class Strange(Exception, metaclass=Meta):
    def __str__(self):
        raise Strange(self)

    __repr__ = __str__

    def __getattribute__(self, name):
        raise Strange(name)


def attack():
    raise Strange


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
