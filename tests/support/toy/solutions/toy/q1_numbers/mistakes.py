"""The mistakes that students make: the lists of numbers."""

from autograder import Mistake, Text

MISTAKES = [
    Mistake(
        name="divided_by_n_minus_one",
        explanation=Text(ko="n−1로 나누었습니다.", en="Divided by n−1."),
        loses=frozenset({"mean"}),
        edits=[("/ len(values)", "/ (len(values) - 1)")],
    ),
    Mistake(
        name="scale_ignored",
        explanation=Text(ko="scale을 곱하지 않았습니다.", en="The scale was left out."),
        loses=frozenset({"cumulative"}),
        edits=[("scale * total", "total")],
    ),
    Mistake(
        name="total_not_carried",
        explanation=Text(ko="합을 이어 가지 않았습니다.", en="The total was not carried on."),
        loses=frozenset({"cumulative"}),
        edits=[("total += value", "total = value")],
    ),
]
