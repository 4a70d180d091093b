"""What a part may declare to be drawn of its evidence; the drawing itself is in ``pictures``."""

from __future__ import annotations

from typing import Any, Protocol

from autograder.checks import Observation
from autograder.text import Text


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
