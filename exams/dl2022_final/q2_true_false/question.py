"""Question 2 of the final: five statements about recurrent networks and torch, true or false."""

from __future__ import annotations

from autograder import Choice, Limit, OneOf, Part, Question

# The key is the solution's, where an experiment stands behind every answer.
QUESTION = Question(
    framework="python",
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing torch is allowed
    parts=[
        Part(
            name=f"item_{number}",
            points=2,
            limit=Limit(seconds=5),
            checks=[OneOf(f"ITEM_{number}", options=[True, False]), Choice(f"ITEM_{number}", points=2)],
        )
        for number in range(1, 6)
    ],
)
