"""A straight line and its data, and the path of its weights over the contours of the true loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import EMPTY, Text
from autograder.pictures.canvas import (
    BLUE,
    GREY,
    ORANGE,
    REFERENCE,
    YOURS,
    Margins,
    both,
    new_figure,
    numbers,
)

_GRID = 60  # points on each side of the grid for the loss
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class LossPath:
    """A picture of the data with the last lines, and one of the weights' paths over the squared error.

    ``data`` returns X (n, 2), whose first column is 1, and y (n, 1); ``path`` the weights (k, 2), the initial
    ones first.
    """

    caption: Text = EMPTY
    _: KW_ONLY
    data: Callable[[Evidence], tuple[Array, Array]]
    path: Callable[[Evidence, Evidence], Array]

    def draw(self, seen: Observation) -> Any:
        X, y = self.data(seen.inputs)
        paths = {whose: numbers(path, None, 2) for whose, path in both(seen, self.path).items()}
        figure, ((left, right),) = new_figure(7.2, 3.2, 1, 2, Margins(across=0.75))
        left.scatter(X[:, 1], y[:, 0], s=8, color=GREY, alpha=0.6, label="data")
        ends = np.array([X[:, 1].min(), X[:, 1].max()])
        left.plot(ends, _line(paths[YOURS][0], ends), color=GREY, linestyle=":", label="start")
        _draw_loss(right, X, y, paths)
        for whose, path in paths.items():
            yours = whose == YOURS
            style: dict[str, Any] = {"color": BLUE if yours else ORANGE, "linestyle": "-" if yours else "--"}
            left.plot(ends, _line(path[-1], ends), linewidth=2 if yours else 1.3, label=whose, **style)
            right.plot(
                *path.T, marker="o" if yours else "x", markersize=4, linewidth=1.3, label=whose, **style
            )
        left.set(xlabel="x", ylabel="y", ylim=_range(y, left.get_ylim()))
        left.legend()
        return figure


def _line(weights: Array, x: Array) -> Array:
    return np.asarray(weights[0] + weights[1] * x)


def _range(y: Array, shown: tuple[float, float]) -> tuple[float, float]:
    """Return limits of the y axis that keep the data readable even if the line is far away."""
    reach = 3 * float(np.ptp(y))
    return max(shown[0], float(y.min()) - reach), min(shown[1], float(y.max()) + reach)


def _draw_loss(axes: Any, X: Array, y: Array, paths: dict[str, Array]) -> None:
    """Draw contours around the solution's path and the least-squares fit; the student's path may be cut."""
    best = np.linalg.lstsq(X, y, rcond=None)[0][:, 0]
    around = np.concatenate([paths.get(REFERENCE, paths[YOURS]), best[None]])
    low, high = np.nanmin(around, axis=0), np.nanmax(around, axis=0)
    margin = 0.35 * (high - low) + 0.5
    (x0, x1), (y0, y1) = ((a - m, b + m) for a, b, m in zip(low, high, margin, strict=True))
    w0, w1 = np.meshgrid(np.linspace(x0, x1, _GRID), np.linspace(y0, y1, _GRID))
    weights = np.stack([w0.ravel(), w1.ravel()])
    loss = ((X @ weights - y) ** 2).mean(axis=0).reshape(_GRID, _GRID)
    levels = np.geomspace(max(loss.min() * 1.2, 1e-9), loss.max(), _LEVELS)
    axes.contour(w0, w1, loss, levels=levels, cmap="Greys_r", linewidths=0.8, alpha=0.8)
    axes.plot(*best, marker="*", markersize=11, color="black", linestyle="", label="least loss")
    axes.set(xlabel="w0", ylabel="w1", xlim=(x0, x1), ylim=(y0, y1))
