from autograder import Mistake, Text


def answer(values):
    sums, total = [], 0.0
    for value in values:
        total += value
        sums.append(1 + 3 * total)
    return sums


MISTAKES = [
    Mistake(
        name="one_not_added",
        explanation=Text(ko="1을 더하지 않았습니다.", en="One was not added."),
        loses=frozenset({"clock"}),
        edits=[("1 + 3 * total", "3 * total")],
    )
]
