"""The pictures of its evidence that a part may declare; ``autograder.pictures`` draws them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from autograder.core.check import Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.text import Text


class Illustration(Protocol):
    """A picture of what a part's code did; implementations are frozen dataclasses in ``autograder.pictures``.

    It is drawn from the public variant only, without the inputs that are withheld from students.
    """

    @property
    def caption(self) -> Text:
        """The caption, which is also the text for readers who cannot see the picture."""

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
        attempt: of the submission.
        part: the part's name.
        inputs: what ``given`` made for the public variant.
        settings: of the part.
        withheld: names of inputs that students do not get.
        solution: the reference solution's attempt, drawn beside the submission's.

    Returns:
        None if the part gave no evidence.
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
