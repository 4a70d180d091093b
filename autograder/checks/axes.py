"""What the axes of an array are, so that a place in it can be named as students know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.core.text import ON_AXIS, Text, join


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of an array: "epoch 3", or "weight w1" where its places have names.

    Attributes:
        label: what stands along it.
        names: of its places, in order; without them they are counted.
        first: the number of its first place.
    """

    label: Text
    names: Sequence[str | Text] = ()
    first: int = 1

    def place(self, index: int) -> Text:
        """Return the name of a place, from 0."""
        name = self.names[index] if index < len(self.names) else str(index + self.first)
        shown = name if isinstance(name, Text) else Text(name, name)
        return ON_AXIS.format(axis=self.label, place=shown)


def where(index: Sequence[int], axes: Sequence[Axis | None] = ()) -> Text:
    """Return the name of an array's element: by its axes, of which None is left out, else as an index."""
    places = []
    if len(axes) == len(index):
        places = [axis.place(at) for axis, at in zip(axes, index, strict=True) if axis is not None]
    if places:
        return join(places, ", ")
    shown = f"[{', '.join(map(str, index))}]"
    return Text(shown, shown)
