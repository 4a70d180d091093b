"""Diagrams of networks as SVG for notebooks, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, inf
from typing import NamedTuple

_LETTER, _PAD, _GAP, _BOX, _MARGIN, _LOOP = 8.2, 14.0, 34.0, 52.0, 8.0, 44.0  # pixels
_MAX_WIDTH = 820.0  # pixels of a row, about the width of JupyterLab's column
_LINE = "#6e7781"
_STYLES = {False: ("#ffffff", "#6e7781", 4), True: ("#ddf4ff", "#0969da", 8)}  # fill, border, radius
_ARROW = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
    f'orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="{_LINE}"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Data:
    """Data between layers: a name and a shape."""

    name: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A step of the computation: a name and, below it, its sizes or activation."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes from left to right, row by row, and at most one arrow back.

    Attributes:
        boxes: data and layers in the order of computation.
        back: for a recurrent network (from, to, what goes back): indices of boxes, and a label.
    """

    boxes: Sequence[Data | Layer]
    back: tuple[int, int, str] | None = None


def svg(diagram: Diagram) -> str:
    """Return an SVG document; a diagram wider than a page breaks into rows unless it has an arrow back."""
    top = _MARGIN + (_LOOP if diagram.back else 0)
    places = _places(diagram.boxes, top, max_width=inf if diagram.back else _MAX_WIDTH)
    width = max(place.left + place.width for place in places) + _MARGIN
    height = places[-1].top + _BOX + _MARGIN
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="14">',
        _ARROW,
        *(_draw(box, place) for box, place in zip(diagram.boxes, places, strict=True)),
        *(_path(_way(*pair)) for pair in pairwise(places)),
    ]
    if diagram.back:
        start, end, label = diagram.back
        come, go, high = places[start].middle, places[end].middle, top - _LOOP / 2
        pieces.append(_path(f"M{come:.1f} {top - 2:.1f} V{high:.1f} H{go:.1f} V{top - 3:.1f}"))
        pieces.append(_text(label, (come + go) / 2, high - 6, colour=_LINE))
    return "\n".join([*pieces, "</svg>"]) + "\n"


class _Place(NamedTuple):
    """The position of a box, in pixels."""

    left: float
    top: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def _places(boxes: Sequence[Data | Layer], top: float, max_width: float) -> list[_Place]:
    """Return the positions of boxes, in rows of about equal width if they are wider than ``max_width``."""
    widths, places, left = [_width(box) for box in boxes], list[_Place](), _MARGIN
    total = sum(widths) + _GAP * (len(widths) - 1)
    rows = ceil(total / max_width) or 1
    for width in widths:
        if left > _MARGIN and left + width > total / rows + max(widths):
            left, top = _MARGIN, top + _BOX + _GAP
        places.append(_Place(left, top, width))
        left += width + _GAP
    return places


def _way(here: _Place, there: _Place) -> str:
    """Return the SVG path from a box to the next, which may be in the row below."""
    if here.top == there.top:
        return f"M{here.left + here.width + 3:.1f} {here.top + _BOX / 2:.1f} H{there.left - 3:.1f}"
    down, between = here.top + _BOX + 2, there.top - _GAP / 2
    return f"M{here.middle:.1f} {down:.1f} V{between:.1f} H{there.middle:.1f} V{there.top - 3:.1f}"


def _lines(box: Data | Layer) -> tuple[str, str]:
    return (box.name, box.shape) if isinstance(box, Data) else (box.name, box.detail)


def _width(box: Data | Layer) -> float:
    return max(map(len, _lines(box))) * _LETTER + 2 * _PAD


def _draw(box: Data | Layer, place: _Place) -> str:
    fill, border, radius = _STYLES[isinstance(box, Layer)]
    (first, second), (left, top, width) = _lines(box), place
    rows = [(first, top + _BOX / 2 + 5)] if not second else [(first, top + 22), (second, top + 41)]
    frame = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_BOX:.0f}" rx="{radius}" '
        f'fill="{fill}" stroke="{border}" stroke-width="1.4"/>'
    )
    return "\n".join([frame, *(_text(text, place.middle, y) for text, y in rows)])


def _text(text: str, x: float, y: float, colour: str = "#1f2328") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{colour}">{escape(text)}</text>'


def _path(data: str) -> str:
    return f'<path d="{data}" fill="none" stroke="{_LINE}" stroke-width="1.4" marker-end="url(#tip)"/>'
