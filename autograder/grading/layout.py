"""Arrays that lie in one piece of memory, as files hold them; each is made when it is asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.core.evidence import Array

Form = tuple[tuple[str, tuple[int, ...], "np.dtype[Any]"], ...]  # name, shape and dtype, by name
Place = tuple["np.dtype[Any]", tuple[int, ...], int]  # dtype, shape and first byte


def form_of(arrays: Mapping[str, Array]) -> Form:
    """Return what arrays have in common with others that differ by their values only."""
    return tuple(sorted((name, array.shape, array.dtype) for name, array in arrays.items()))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where arrays lie in a piece of memory."""

    places: Mapping[str, Place]
    form: Form = field(init=False)

    def __post_init__(self) -> None:
        form = tuple(sorted((name, shape, dtype) for name, (dtype, shape, _) in self.places.items()))
        object.__setattr__(self, "form", form)


class MappedArrays(Mapping[str, Array]):
    """The arrays of a layout in memory that begins at byte ``start`` of ``data``."""

    __slots__ = ("_data", "_start", "layout")

    def __init__(self, data: bytearray, start: int, layout: Layout) -> None:
        self._data, self._start, self.layout = data, start, layout

    def __getitem__(self, name: str) -> Array:
        dtype, shape, first = self.layout.places[name]
        return np.ndarray(shape, dtype, self._data, self._start + first)

    def __contains__(self, name: object) -> bool:
        return name in self.layout.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout.places)

    def __len__(self) -> int:
        return len(self.layout.places)

    def raw(self, name: str, size: int) -> bytearray:
        """Return the first ``size`` bytes of an array."""
        start = self._start + self.layout.places[name][2]
        return self._data[start : start + size]


def stacked(arrays: Sequence[MappedArrays], name: str) -> Array:
    """Return the arrays of this name, n of one shape and dtype, as one of shape (n, *shape) and that dtype.

    The values are copied.
    """
    first = arrays[0][name]
    data = bytearray().join([mine.raw(name, first.nbytes) for mine in arrays])
    return np.frombuffer(data, first.dtype).reshape(len(arrays), *first.shape)
