"""The mistakes that students make: the equations."""

from autograder import Mistake, Text

MISTAKES = [
    Mistake(
        name="twice",
        explanation=Text(ko="세 배가 아니라 두 배입니다.", en="It is twice, not three times."),
        loses=frozenset({"equations"}),
        edits=[("3 * value", "2 * value")],
    )
]
