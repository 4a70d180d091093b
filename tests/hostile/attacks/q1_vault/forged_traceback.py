"""Changes its file name and line to those of the engine, to be told its secrets."""
# expects: exception


def attack():
    code = compile("1 / 0", "/grader/autograder/worker/main.py", "exec")
    exec(code.replace(co_firstlineno=1, co_name="main"))


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
