"""The mistakes that students make: the processes."""

from autograder import Mistake, Text

MISTAKES = [
    Mistake(
        name="one_not_added",
        explanation=Text(ko="1을 더하지 않았습니다.", en="One was not added."),
        loses=frozenset({"sums"}),
        edits=[("1 + 3 * total", "3 * total")],
    )
]
