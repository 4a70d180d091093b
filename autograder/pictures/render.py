"""Draws illustrations as images within a page, and caches them."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from autograder.core.check import Observation
from autograder.core.evidence import digest
from autograder.core.illustration import Illustration
from autograder.core.outcome import OverLimitError
from autograder.core.text import EMPTY, Text
from autograder.pictures.canvas import STYLE

_PALETTE = 128  # colours


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A picture as a data URI; if it could not be drawn the URI is empty, and ``why`` gives the reason.

    ``over`` tells a student that drawing it was stopped at a limit.
    """

    caption: Text
    uri: str
    why: str = ""
    over: Text = EMPTY


@dataclass(frozen=True, slots=True)
class Gallery:
    """Draws illustrations and caches the last ones.

    Attributes:
        kept: the maximum number of cached pictures; 200 take about 20 MB.
        drawn: the cached pictures, the oldest first.
    """

    kept: int = 200
    drawn: dict[tuple[int, str], tuple[Illustration, Rendered]] = field(default_factory=dict)

    def show(self, illustrations: Sequence[Illustration], seen: Observation) -> list[Rendered]:
        """Return the pictures of one part."""
        of_evidence = digest(seen.evidence) if illustrations else ""
        found = []
        for illustration in illustrations:
            key = (id(illustration), of_evidence)
            if key not in self.drawn:
                if len(self.drawn) == self.kept:
                    del self.drawn[next(iter(self.drawn))]
                self.drawn[key] = (illustration, render(illustration, seen))
            found.append(self.drawn[key][1])
        return found


def render(illustration: Illustration, seen: Observation) -> Rendered:
    """Draw one picture; an error in drawing a student's numbers becomes ``why``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings about the student's numbers
            import matplotlib as mpl

            with mpl.rc_context(dict(STYLE)):
                return Rendered(caption=illustration.caption, uri=_uri(illustration.draw(seen)))
    except OverLimitError as error:
        return undrawn(illustration, error)
    except Exception as error:
        return Rendered(caption=illustration.caption, uri="", why=f"{type(error).__name__}: {error}")


def undrawn(illustration: Illustration, error: OverLimitError) -> Rendered:
    """Return what stands in place of a picture that was not drawn for a limit."""
    return Rendered(caption=illustration.caption, uri="", why=str(error), over=error.fault.message)


def get_ready() -> None:
    """Import what drawing needs, so that processes that are forked later need not."""
    for name in ("matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"):
        import_module(name)


def _uri(figure: Any) -> str:
    """Return the URI of an SVG or, with images, of a PNG with a palette, which has a quarter of the size."""
    from PIL import Image

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
