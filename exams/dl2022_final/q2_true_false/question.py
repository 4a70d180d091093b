"""Question 2 of the final: five statements about recurrent networks and torch, true or false."""

from __future__ import annotations

from autograder import Choice, Limit, OneOf, Part, Question


def item(number):
    """A statement to be judged; the key is the solution's, where an experiment stands behind it."""
    name = f"ITEM_{number}"
    return Part(
        name=f"item_{number}",
        points=2,
        probe="probe_item",
        settings={"item": number},
        limit=Limit(seconds=5),
        checks=[OneOf(name, options=[True, False]), Choice(name, points=2)],
    )


QUESTION = Question(
    framework="python",
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing torch is allowed
    parts=[item(number) for number in range(1, 6)],
)
