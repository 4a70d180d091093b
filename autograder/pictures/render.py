"""Draws illustrations as images within a page, and caches them."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence, digest
from autograder.core.illustration import FIGURE, Illustration
from autograder.core.outcome import OverLimitError
from autograder.core.text import EMPTY, Text
from autograder.pictures.canvas import STYLE

_PALETTE = 128  # colours
_SEEN = 1e-4  # of an array's largest number; less cannot be seen in a picture
_MAX_COMPARED = 1 << 16  # bytes; larger evidence must be equal to the bit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A picture as a data URI; if it could not be drawn the URI is empty, and ``why`` gives the reason.

    ``over`` tells a student that drawing it was stopped at a limit.
    """

    caption: Text
    uri: str
    why: str = ""
    over: Text = EMPTY

    def file(self) -> tuple[str, bytes]:
        """Return the suffix and the content of a file of the picture: svg or png."""
        kind, _, content = self.uri.removeprefix("data:image/").partition(";base64,")
        return kind.removesuffix("+xml"), base64.b64decode(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A picture, and the evidence that it shows: a digest, and the floating point arrays apart from it."""

    illustration: Illustration
    of: str
    arrays: Mapping[str, Array]
    rendered: Rendered

    def shows(self, illustration: Illustration, of: str, arrays: Mapping[str, Array]) -> bool:
        """Return whether the picture would look the same."""
        same = self.illustration is illustration and self.of == of
        return same and all(_look_alike(array, self.arrays[name]) for name, array in arrays.items())


@dataclass(frozen=True, slots=True)
class Gallery:
    """Draws illustrations and caches the last ones; what nobody could tell apart is drawn once.

    Attributes:
        kept: the maximum number of cached pictures; 200 take about 30 MB.
        drawn: the cached pictures, the oldest first.
    """

    kept: int = 200
    drawn: list[_Drawn] = field(default_factory=list)

    def show(self, illustrations: Sequence[Illustration], seen: Observation) -> list[Rendered]:
        """Return the pictures of one part."""
        of, arrays = _apart(seen.evidence) if illustrations else ("", {})
        found = []
        for illustration in illustrations:
            drawn = next((one for one in self.drawn if one.shows(illustration, of, arrays)), None)
            if drawn is None:
                if len(self.drawn) == self.kept:
                    del self.drawn[0]
                rendered = render(illustration, seen)
                drawn = _Drawn(illustration=illustration, of=of, arrays=arrays, rendered=rendered)
                self.drawn.append(drawn)
            found.append(drawn.rendered)
        return found


def _apart(evidence: Evidence) -> tuple[str, Mapping[str, Array]]:
    """Return a digest of what must be equal for pictures to be, and the arrays that may differ a little.

    Figures of the student's code are shown as they are, and not drawn from.
    """
    shown = {name: array for name, array in evidence.arrays.items() if not name.startswith(FIGURE)}
    floats = {name: array for name, array in shown.items() if array.dtype.kind == "f"}
    if sum(array.nbytes for array in floats.values()) > _MAX_COMPARED:
        floats = {}
    others = {name: array.shape if name in floats else array for name, array in shown.items()}
    return digest(
        Evidence(arrays={name: np.asarray(one) for name, one in others.items()}, facts=evidence.facts)
    ), floats


def _look_alike(one: Array, other: Array) -> bool:
    largest = np.abs(other, where=np.isfinite(other), out=np.zeros_like(other)).max(initial=0.0)
    return np.allclose(one, other, rtol=0, atol=float(largest) * _SEEN, equal_nan=True)


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


def can_draw() -> bool:
    """Return whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


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
