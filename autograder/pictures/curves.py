"""Curves: over the epochs in one picture, or functions in a grid of small ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import EMPTY, Text
from autograder.pictures.canvas import BLUE, COLOURS, ORANGE, YOURS, Margins, both, new_figure, numbers

_MAX_MARKED = 30  # points; a longer curve has no markers
_MAX_PANELS = 24
_AROUND_PANELS = Margins(left=0.5, bottom=0.6, top=0.3, across=0.55, down=0.6)


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves over 1, 2, ...: the student's solid, the solution's dashed.

    ``curves`` names arrays (n,) of the evidence as the legend does, or returns them. The legend says from
    which point a curve is not finite.
    """

    caption: Text = EMPTY
    _: KW_ONLY
    curves: Mapping[str, str] | Callable[[Evidence, Evidence], Mapping[str, Array]]
    x: str = "epoch"
    y: str = "loss"

    def draw(self, seen: Observation) -> Any:
        figure, ((axes,),) = new_figure(6, 2.8)
        for whose, curves in both(seen, self._take).items():
            for (name, values), colour in zip(curves.items(), COLOURS, strict=False):
                _draw_curve(axes, np.asarray(values), whose, name, colour)
        axes.set(xlabel=self.x, ylabel=self.y)
        axes.xaxis.get_major_locator().set_params(integer=True)
        handles, labels = axes.get_legend_handles_labels()
        once = dict(zip(labels, handles, strict=True))
        axes.legend(once.values(), once.keys())
        return figure

    def _take(self, evidence: Evidence, inputs: Evidence) -> Mapping[str, Array]:
        if callable(self.curves):
            return self.curves(evidence, inputs)
        return {name: evidence[array] for name, array in self.curves.items()}


def _draw_curve(axes: Any, values: Array, whose: str, name: str, colour: str) -> None:
    label = name if whose == YOURS else whose
    style: dict[str, Any] = {"color": "black", "linestyle": "--", "linewidth": 1}
    if whose == YOURS:
        style = {"color": colour, "linestyle": "-", "linewidth": 2.2, "markersize": 4}
        style["marker"] = "o" if values.size <= _MAX_MARKED else ""
    if values.dtype.kind == "f" and values.ndim == 1 and not np.isfinite(values).all():
        label += f", not finite from {int(np.argmin(np.isfinite(values))) + 1} on"
        if not np.isfinite(values).any():
            axes.plot([], [], label=label, **style)
            return
    drawn = numbers(values, None)
    axes.plot(np.arange(1, len(drawn) + 1), drawn, label=label, **style)


@dataclass(frozen=True, slots=True)
class Panels:
    """At most 24 functions, each in its own axes: the student's solid, the solution's dashed.

    ``functions`` returns points (n, 2) by name.
    """

    caption: Text = EMPTY
    _: KW_ONLY
    functions: Callable[[Evidence, Evidence], Mapping[str, Array]]

    def draw(self, seen: Observation) -> Any:
        found = both(seen, self.functions)
        names = list(found[YOURS])[:_MAX_PANELS]
        columns = min(3, len(names))
        rows = -(-len(names) // columns)
        figure, grid = new_figure(2.3 * columns, 1.7 * rows + 0.3, rows, columns, _AROUND_PANELS)
        grid = grid.ravel()
        for axes, name in zip(grid, names, strict=False):
            axes.set_title(name)
            for whose, functions in found.items():
                points = numbers(functions[name], None, 2)
                style = {"color": ORANGE, "linestyle": "--", "linewidth": 1.3}
                if whose == YOURS:
                    style = {"color": BLUE, "linestyle": "-", "linewidth": 2.2}
                axes.plot(*points.T, label=whose, **style)
        for axes in grid[len(names) :]:
            axes.set_axis_off()
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="lower center", ncols=2)
        return figure
