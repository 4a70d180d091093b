"""A picture of a matrix: the student's beside the solution's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import EMPTY, Text
from autograder.pictures.canvas import ORANGE, REFERENCE, YOURS, Margins, both, new_figure, numbers

Labels = tuple[Sequence[str], Sequence[str]]
_MAX_SIDE = 24  # rows and columns


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix in colours and numbers; values that differ by more than ``atol`` are framed.

    ``values`` returns an array (rows, columns), ``labels`` the labels of rows and of columns.
    """

    caption: Text = EMPTY
    _: KW_ONLY
    values: Callable[[Evidence, Evidence], Array]
    labels: Callable[[Evidence], Labels]
    x: str = ""
    y: str = ""
    decimals: int = 2
    atol: float = 0.005
    limits: tuple[float, float] | None = None  # limits of the colours; by default minimum and maximum

    def draw(self, seen: Observation) -> Any:
        rows, columns = self.labels(seen.inputs)
        shape = len(rows), len(columns)
        assert max(shape) <= _MAX_SIDE
        values = {whose: numbers(found, *shape) for whose, found in both(seen, self.values).items()}
        low, high = self.limits or _limits(list(values.values()))
        width, height = 1 + len(values) * max(2.2, 0.5 * shape[1]), 1 + 0.27 * max(shape[0], 3)
        figure, (grid,) = new_figure(width, height, 1, len(values), Margins(top=0.3, across=0.75))
        for axes, (whose, found) in zip(grid, values.items(), strict=True):
            axes.imshow(found, cmap="RdBu_r", vmin=low, vmax=high, aspect="auto", alpha=0.75)
            axes.set(title=whose, xlabel=self.x, ylabel=self.y)
            axes.set_xticks(range(shape[1]), columns)
            axes.set_yticks(range(shape[0]), rows)
            axes.tick_params(length=0)
            for (i, j), value in np.ndenumerate(found):
                text = f"{value:.{self.decimals}f}"
                axes.text(j, i, text, ha="center", va="center", fontsize=7.5, in_layout=False)
        if REFERENCE in values:
            _frame(grid[0], values[YOURS], values[REFERENCE], self.atol)
        return figure


def _limits(arrays: Sequence[Array]) -> tuple[float, float]:
    found = np.concatenate([array.ravel() for array in arrays])
    return float(np.nanmin(found)), float(np.nanmax(found))


def _frame(axes: Any, yours: Array, reference: Array, atol: float) -> None:
    from matplotlib.patches import Rectangle

    for i, j in np.argwhere(~(np.abs(yours - reference) <= atol)):
        axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=ORANGE, linewidth=1.8))
