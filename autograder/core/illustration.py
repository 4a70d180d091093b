"""What a part may declare to be drawn of its evidence; the drawing itself is in ``pictures``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from autograder.core.check import Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.text import Text


class Illustration(Protocol):
    """A picture of what a part's code did; implementations are frozen dataclasses in ``autograder.pictures``.

    It is drawn from the public variant only, and the inputs that it sees lack what is withheld from students.
    """

    @property
    def caption(self) -> Text:
        """What is to be seen, for those who see it and for those who do not."""

    def draw(self, seen: Observation) -> Any:
        """Return a matplotlib Figure.

        Raises:
            DrawingError: the evidence is not what can be drawn.
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
    """Return what may be drawn of a part: of the public variant, without what is withheld from students.

    Args:
        attempt: the submission's.
        part: the part's name.
        inputs: what ``given`` made for the public variant.
        settings: the part's own.
        withheld: names of inputs that students do not get.
        solution: the attempt to be drawn beside it.

    Returns:
        None where the part gave no evidence.
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
