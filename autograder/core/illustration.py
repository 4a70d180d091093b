"""Pictures that a part may declare of its evidence; ``autograder.pictures`` draws them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from autograder.core.check import Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.text import Text

FIGURE = "figure"  # the prefix of names of figures drawn by a student's code


class Illustration(Protocol):
    """A picture of a part's evidence; implementations are frozen dataclasses in ``autograder.pictures``.

    It shows the public variant only, without the inputs withheld from students.
    """

    @property
    def caption(self) -> Text:
        """The caption, also for readers who cannot see the picture."""

    def draw(self, seen: Observation) -> Any:
        """Return a matplotlib Figure.

        Raises:
            DrawingError: the evidence cannot be drawn.
        """


def shown(
    attempt: Attempt,
    part: str,
    *,
    inputs: Evidence,
    settings: Mapping[str, Json],
    withheld: Collection[str],
    solution: Attempt,
) -> Observation | None:
    """Return the observation of a part's public variant, without the inputs withheld from students.

    Args:
        attempt: the submission's attempt.
        part: the part's name.
        inputs: the inputs of the public variant.
        settings: the part's settings.
        withheld: names of inputs that students do not get.
        solution: the reference solution's attempt, to compare with.

    Returns:
        The observation, or None if the part has no evidence.
    """
    outcome, reference = attempt.outcomes.get(Task(part, PUBLIC)), solution.outcomes.get(Task(part, PUBLIC))
    if outcome is None or outcome.evidence is None:
        return None
    arrays = {name: array for name, array in inputs.arrays.items() if name not in withheld}
    return Observation(
        evidence=outcome.evidence,
        inputs=Evidence(arrays=arrays, facts=settings),
        reference=reference.evidence if reference else None,
    )
