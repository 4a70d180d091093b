"""Draws illustrations into images that stand in a page by themselves; the same evidence is drawn once."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from autograder.checks import Observation
from autograder.errors import UserError
from autograder.evidence import Evidence, encode
from autograder.illustration import Illustration
from autograder.pictures.canvas import STYLE
from autograder.text import Text

_PALETTE = 128  # colours


class NoMatplotlibError(UserError):
    """Pictures need matplotlib, which is not installed; the message names the extra."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A picture as a data URI; empty, where the evidence could not be drawn."""

    caption: Text
    uri: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """Draws, and remembers what it drew."""

    drawn: dict[tuple[int, str], Rendered] = field(default_factory=dict)

    def show(self, illustrations: Iterable[Illustration], seen: Observation) -> list[Rendered]:
        """Return the pictures of one part.

        Raises:
            NoMatplotlibError: there is nothing to draw with.
        """
        illustrations = list(illustrations)
        digest = _digest(seen.evidence) if illustrations else ""
        found = []
        for illustration in illustrations:
            key = (id(illustration), digest)
            if key not in self.drawn:
                self.drawn[key] = render(illustration, seen)
            found.append(self.drawn[key])
        return found


def render(illustration: Illustration, seen: Observation) -> Rendered:
    """Draw one picture; its ``uri`` is empty where the evidence cannot be drawn.

    Raises:
        NoMatplotlibError: there is nothing to draw with.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise NoMatplotlibError(
            "pictures need matplotlib; run: pip install 'dl-autograder[report]'"
        ) from None
    with mpl.rc_context(dict(STYLE)):
        try:
            uri = _uri(illustration.draw(seen))
        except Exception:  # a student's numbers may be anything, and no page is lost by them
            uri = ""
    return Rendered(caption=illustration.caption, uri=uri)


def _uri(figure: Any) -> str:
    """Lines and words as SVG; what holds images as PNG with a palette, which takes a quarter of the room."""
    buffer = io.BytesIO()
    if not any(axes.images for axes in figure.axes):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
        return _data_uri("svg+xml", buffer)
    figure.savefig(buffer, format="png")
    small = io.BytesIO()
    with Image.open(buffer) as image:
        image.convert("RGB").quantize(_PALETTE).save(small, format="png", optimize=True)
    return _data_uri("png", small)


def _data_uri(kind: str, buffer: io.BytesIO) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _digest(evidence: Evidence) -> str:
    return hashlib.sha256(encode(evidence)).hexdigest()
