"""Diagrams of networks, drawn as SVG for notebooks. Pure; colours are readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

_LETTER, _PAD, _GAP, _BOX, _MARGIN, _LOOP = 8.2, 14.0, 34.0, 52.0, 8.0, 44.0  # pixels
_LINE = "#6e7781"
_STYLES = {False: ("#ffffff", "#6e7781", 4), True: ("#ddf4ff", "#0969da", 8)}  # fill, border, radius
_ARROW = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
    f'orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="{_LINE}"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Data:
    """What flows between layers: a name and its shape."""

    name: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What computes: a name and, below it, its sizes or activation."""

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes from left to right, and at most one arrow back.

    Attributes:
        boxes: data and layers in the order of computation.
        back: for a recurrent network (from, to, what goes back): indices of boxes, and a label.
    """

    boxes: Sequence[Data | Layer]
    back: tuple[int, int, str] | None = None


def svg(diagram: Diagram) -> str:
    """Return the picture as an SVG document."""
    top = _MARGIN + (_LOOP if diagram.back else 0)
    spans, x = [], _MARGIN
    for box in diagram.boxes:
        spans.append((x, _width(box)))
        x += _width(box) + _GAP
    width, height, middle = x - _GAP + _MARGIN, top + _BOX + _MARGIN, top + _BOX / 2
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="14">',
        _ARROW,
    ]
    for box, (left, size) in zip(diagram.boxes, spans, strict=True):
        pieces.append(_draw(box, left, size, top))
    for (left, size), (following, _) in pairwise(spans):
        pieces.append(_path(f"M{left + size + 3:.1f} {middle:.1f} H{following - 3:.1f}"))
    if diagram.back:
        start, end, label = diagram.back
        come, go = (spans[index][0] + spans[index][1] / 2 for index in (start, end))
        high = top - _LOOP / 2
        pieces.append(_path(f"M{come:.1f} {top - 2:.1f} V{high:.1f} H{go:.1f} V{top - 3:.1f}"))
        pieces.append(_text(label, (come + go) / 2, high - 6, colour=_LINE))
    return "\n".join([*pieces, "</svg>"]) + "\n"


def _lines(box: Data | Layer) -> tuple[str, str]:
    return (box.name, box.shape) if isinstance(box, Data) else (box.name, box.detail)


def _width(box: Data | Layer) -> float:
    return max(map(len, _lines(box))) * _LETTER + 2 * _PAD


def _draw(box: Data | Layer, left: float, width: float, top: float) -> str:
    fill, border, radius = _STYLES[isinstance(box, Layer)]
    (first, second), middle = _lines(box), left + width / 2
    rows = [(first, top + _BOX / 2 + 5)] if not second else [(first, top + 22), (second, top + 41)]
    frame = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_BOX:.0f}" rx="{radius}" '
        f'fill="{fill}" stroke="{border}" stroke-width="1.4"/>'
    )
    return "\n".join([frame, *(_text(text, middle, y) for text, y in rows)])


def _text(text: str, x: float, y: float, colour: str = "#1f2328") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{colour}">{escape(text)}</text>'


def _path(data: str) -> str:
    return f'<path d="{data}" fill="none" stroke="{_LINE}" stroke-width="1.4" marker-end="url(#tip)"/>'
