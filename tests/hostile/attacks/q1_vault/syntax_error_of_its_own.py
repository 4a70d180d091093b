"""Raises a SyntaxError whose file, line and text are none."""
# expects: exception


def attack():
    error = SyntaxError("no")
    error.filename, error.lineno, error.offset = object(), -(10**30), "x"
    error.text = error.end_lineno = error.end_offset = error.print_file_and_line = [error]
    raise error


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
