"""Answers, asked for any name of its module, with something made anew."""
# expects: exception or finding Shape(answer) or finding Close(answer)


def __getattr__(name):
    globals()[name * 2] = __getattr__
    return __getattr__(name * 2) if len(name) < 1_000 else __getattr__
