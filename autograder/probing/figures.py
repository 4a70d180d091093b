"""Worker side: a student's matplotlib figure as evidence, both the picture and the numbers in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.core.evidence import Array
from autograder.probing.arrays import BadReturnError, describe, describe_korean

MAX_BYTES = 2 << 20  # of a PNG
_DPI = 80


def figure_of(value: Any, name: str) -> Any:
    """Return the matplotlib Figure behind a returned figure, axes, artist, or list of these.

    Args:
        value: what a student's function returned; None for the current figure, if there is one.
        name: used in error messages.

    Raises:
        BadReturnError: there is no figure behind it.
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    if value is None and plt.get_fignums():
        value = plt.gcf()
    while isinstance(value, tuple | list | np.ndarray) and len(value):
        value = value[0]
    found = value if isinstance(value, Figure) else getattr(value, "figure", None)
    if not isinstance(found, Figure):
        raise BadReturnError(
            f"{name} must return a matplotlib figure, got {describe(value)}",
            f"{name}은(는) matplotlib의 Figure를 반환해야 하는데 {describe_korean(value)}을(를) 반환했습니다",
        )
    return found


def drawn(
    observe: Callable[..., Any], name: str, function: Callable[..., Any], *arguments: Any, keep: bool = True
) -> Any:
    """Observe the figure that a student's function draws, and close it: no later one is drawn into it.

    Args:
        observe: as a probe gets it.
        name: of the function, for messages; the figure's picture is observed as ``figure_<name>``.
        function, arguments: what is called.
        keep: whether its picture is wanted; drawing one takes 0.1 s.
    """
    import matplotlib.pyplot as plt

    open_before = set(plt.get_fignums())
    figure = observe(f"_{name}", lambda *given: figure_of(function(*given), name), *arguments)
    if keep:
        observe(f"figure_{name}", lambda: picture(figure))
    for number in set(plt.get_fignums()) - open_before:
        plt.close(number)
    return figure


def picture(figure: Any) -> Array:
    """Return a figure's PNG as bytes, uint8 of shape (n,).

    Raises:
        BadReturnError: the PNG is larger than 2 MiB.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    if buffer.tell() > MAX_BYTES:
        raise BadReturnError(
            f"the picture has {(size := buffer.tell()):,} bytes, allowed are {MAX_BYTES:,}",
            f"그림이 {size:,}바이트로, 허용된 {MAX_BYTES:,}바이트보다 큽니다",
        )
    return np.frombuffer(buffer.getvalue(), np.uint8)


def lines(figure: Any) -> list[Array]:
    """Return the points (n, 2), float64, of every line in every axes, in the order of drawing."""
    return [
        np.stack(np.broadcast_arrays(*np.asarray(line.get_data(orig=False), np.float64)), axis=1)
        for axes in figure.axes
        for line in axes.get_lines()
    ]


def points(figure: Any) -> list[Array]:
    """Return the points (n, 2), float64, of every line and every scatter plot in every axes."""
    scattered = [
        np.ma.filled(np.ma.asarray(drawn.get_offsets(), np.float64), np.nan)
        for axes in figure.axes
        for drawn in axes.collections
        if type(drawn).__name__ == "PathCollection"
    ]
    return lines(figure) + scattered


def nearest_line(shown: Iterable[Array], y: Any) -> Array:
    """Return the line with as many points as y that comes nearest to it; a guide, such as axhline, has two.

    Args:
        shown: points (n, 2) of each line.
        y: heights (n,).

    Returns:
        the line's points (n, 2).

    Raises:
        BadReturnError: no line has as many points.
    """
    own = np.asarray(y, np.float64)
    if not (long := [line for line in shown if len(line) == len(own)]):
        raise BadReturnError(
            f"the figure has no line of {len(own)} points", f"그림에 점 {len(own)}개짜리 선이 없습니다"
        )
    return min(long, key=lambda line: np.abs(line[:, 1] - own).max())


def matrices(figure: Any) -> list[Array]:
    """Return the data (h, w) or (h, w, channels) of every image (imshow, matshow), in order of drawing."""
    return [np.ma.filled(image.get_array(), np.nan) for axes in figure.axes for image in axes.get_images()]


def title_of(axes: Any) -> str:
    """Return an axes' title, wherever it stands above it."""
    return next(filter(None, (axes.get_title(loc).strip() for loc in ("center", "left", "right"))), "")


def in_reading_order(axes: Iterable[Any]) -> list[Any]:
    """Return axes of a figure from the upper left to the lower right, row by row, however they were made."""
    return sorted(axes, key=lambda one: (-_corner(one)[1], _corner(one)[0]))


def rows_and_columns(axes: Iterable[Any]) -> list[int]:
    """Return in how many rows and in how many columns axes of a figure stand."""
    left, top = zip(*map(_corner, axes), strict=True) if (axes := list(axes)) else ((), ())
    return [len(set(top)), len(set(left))]


def _corner(axes: Any) -> tuple[float, float]:
    """Return where the upper left corner is, in hundredths of the figure; a picture in it may be smaller."""
    box = axes.get_position(original=True)
    return round(box.x0, 2), round(box.y1, 2)
