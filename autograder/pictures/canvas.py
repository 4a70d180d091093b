"""The base of all pictures: their style and colours, and the validation of numbers.

Every kind of picture is a frozen dataclass with functions ``(evidence, inputs)``, which are applied to the
evidence of the student and of the solution. Text in a picture is short and English; the caption is in both
languages. A student's text is never drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence

# Okabe and Ito's palette (2008), which colour-blind readers can distinguish
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#666666"
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9")
YOURS, REFERENCE = "yours", "reference"
STYLE: Mapping[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "legend.frameon": False,
    "savefig.dpi": 130,
    "svg.hashsalt": "autograder",
}
T = TypeVar("T")
MAX_NUMBERS = 1 << 18  # in an array
_MAX_ABSOLUTE = 1e12  # larger values are not drawn


class DrawingError(ValueError):
    """Values are missing or cannot be drawn."""


def numbers(values: object, *shape: int | None) -> Array:
    """Return values as float64 of this shape (None: any length); infinite and huge ones become NaN.

    Raises:
        DrawingError: the values are not real numbers, have another shape, are too many, or none is finite.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "bfiu":
        raise DrawingError(f"numbers are drawn, not {array.dtype}")
    if array.ndim != len(shape) or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise DrawingError(f"the shape {array.shape} is not the one that is drawn")
    if array.size > MAX_NUMBERS:
        raise DrawingError(f"{array.size:,} numbers are too many to be drawn")
    array = array.astype(np.float64)
    array[~(np.abs(array) <= _MAX_ABSOLUTE)] = np.nan
    if not np.isfinite(array).any():
        raise DrawingError("none of the numbers is finite")
    return array


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """Room in inches around a grid of axes, and across and down between them."""

    left: float = 0.75
    right: float = 0.15
    bottom: float = 0.5
    top: float = 0.15
    across: float = 0.0
    down: float = 0.0


def new_figure(
    width: float, height: float, rows: int = 1, columns: int = 1, margins: Margins = Margins()
) -> tuple[Any, Array]:
    """Return a matplotlib Figure of this size in inches, not one of pyplot's, and its axes (rows, columns).

    The margins are fixed: to fit them to every label takes as long as drawing all of it once more.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    each = (width - margins.left - margins.right - (columns - 1) * margins.across) / columns
    high = (height - margins.bottom - margins.top - (rows - 1) * margins.down) / rows
    room = {
        "left": margins.left / width,
        "right": 1 - margins.right / width,
        "bottom": margins.bottom / height,
        "top": 1 - margins.top / height,
        "wspace": margins.across / each,
        "hspace": margins.down / high,
    }
    return figure, figure.subplots(rows, columns, squeeze=False, gridspec_kw=room)


def both(seen: Observation, take: Callable[[Evidence, Evidence], T]) -> dict[str, T]:
    """Return ``take(evidence, inputs)`` for the student and, if there is a reference, for the solution.

    Raises:
        Exception: whatever ``take`` raises on the student's evidence.
    """
    found = {YOURS: take(seen.evidence, seen.inputs)}
    if seen.reference is not None:
        found[REFERENCE] = take(seen.reference, seen.inputs)
    return found
