"""Question 3 of the midterm: ten statements about a fastai run and about networks, true or false."""

from __future__ import annotations

from autograder import Choice, Limit, OneOf, Part, Question


def item(number):
    """A statement to be judged; the key is the solution's, where an experiment stands behind it."""
    name = f"ITEM_{number}"
    return Part(
        name=f"item_{number}",
        points=3,
        probe="probe_item",
        settings={"item": number},
        limit=Limit(seconds=5),
        checks=[OneOf(name, options=[True, False]), Choice(name, points=3)],
    )


QUESTION = Question(
    framework="python",
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing fastai is allowed
    parts=[item(number) for number in range(1, 11)],
)
