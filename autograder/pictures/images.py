"""Pictures of images: a sheet of many, maps over one, and those that a classifier confuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from autograder.core.check import Observation
from autograder.core.evidence import Array, Evidence
from autograder.core.text import EMPTY, Text
from autograder.pictures.canvas import DrawingError, Margins, both, new_figure, numbers

_COLUMNS, _MAX_SHOWN, _WORST = 12, 48, 8
_AROUND = Margins(left=0.05, right=0.05, bottom=0.05, top=0.2, across=0.06, down=0.22)


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """At most 48 small images: ``images`` returns (title, image) pairs, (h, w) or (h, w, 3), 0 to 255."""

    caption: Text = EMPTY
    _: KW_ONLY
    images: Callable[[Evidence, Evidence], Sequence[tuple[str, Array]]]

    def draw(self, seen: Observation) -> Any:
        images = self.images(seen.evidence, seen.inputs)[:_MAX_SHOWN]
        if not images:
            raise DrawingError("there is no image")
        columns = min(_COLUMNS, len(images))
        rows = -(-len(images) // columns)
        figure, grid = new_figure(7.2, 7.2 / columns * rows + 0.2 * rows + 0.05, rows, columns, _AROUND)
        grid = grid.ravel()
        for axes in grid:
            axes.set_axis_off()
        for axes, (title, image) in zip(grid, images, strict=False):
            _show(axes, image)
            axes.set_title(title, fontsize=6.5)
        return figure


def _show(axes: Any, image: Array, **style: Any) -> None:
    """Draw an image (h, w) or (h, w, 3), values 0 to 255.

    Raises:
        DrawingError: the array is not such an image.
    """
    coloured = np.ndim(image) == 3
    values = numbers(image, None, None, 3) if coloured else numbers(image, None, None)
    values = np.nan_to_num(values).clip(0, 255) / 255
    axes.imshow(values, cmap=None if coloured else "gray_r", vmin=0, vmax=1, **style)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Maps over an image, a row for the student and one for the solution.

    ``image`` returns (h, w, 3), values 0 to 255; ``maps`` (k, any height, any width) for k ``titles``.
    """

    caption: Text = EMPTY
    _: KW_ONLY
    image: Callable[[Evidence], Array]
    maps: Callable[[Evidence, Evidence], Array]
    titles: Sequence[str]

    def draw(self, seen: Observation) -> Any:
        image = self.image(seen.inputs)
        height, width = image.shape[:2]
        found = both(seen, self.maps)
        width, height = 2.4 * len(self.titles), 2.5 * len(found)
        figure, grid = new_figure(width, height, len(found), len(self.titles), _AROUND)
        for row, (whose, maps) in zip(grid, found.items(), strict=True):
            values = numbers(maps, len(self.titles), None, None)
            for axes, title, values_of_class in zip(row, self.titles, values, strict=True):
                _show(axes, image, extent=(0, width, height, 0))
                axes.imshow(
                    values_of_class,
                    extent=(0, width, height, 0),
                    cmap="viridis",
                    alpha=0.6,
                    interpolation="bilinear",
                )
                axes.set_title(f"{title}, {whose}", fontsize=8)
                axes.set_axis_off()
        return figure


@dataclass(frozen=True, slots=True)
class Confusion:
    """A confusion matrix of counts, and the wrongly classified images of highest probability.

    ``outputs`` returns probabilities (n, classes), ``labels`` integers (n,), ``images`` (n, h, w) or
    (n, h, w, 3); students know all of these images and labels.
    """

    caption: Text = EMPTY
    _: KW_ONLY
    outputs: Callable[[Evidence, Evidence], Array]
    labels: Callable[[Evidence], Array]
    images: Callable[[Evidence], Array]
    classes: Sequence[str]
    atlas: str = "Blues"

    def draw(self, seen: Observation) -> Any:
        from matplotlib.figure import Figure

        labels, k = self.labels(seen.inputs), len(self.classes)
        outputs = np.nan_to_num(
            numbers(self.outputs(seen.evidence, seen.inputs), len(labels), k), nan=-np.inf
        )
        guesses = outputs.argmax(axis=1)
        counts = np.zeros((k, k), int)
        np.add.at(counts, (labels, guesses), 1)
        figure = Figure(figsize=(7.2, 3.2), layout="constrained")
        left, right = figure.subfigures(1, 2, width_ratios=[1.1, 1], squeeze=False)[0]
        self._draw_counts(left.subplots(), counts)
        wrong = np.flatnonzero(guesses != labels)
        worst = wrong[np.argsort(-outputs[wrong, guesses[wrong]], kind="stable")][:_WORST]
        if len(worst) == 0:
            right.text(0.5, 0.5, "none is wrong", ha="center", va="center")
            return figure
        right.suptitle("the most certain of the wrong", fontsize=8)
        grid = right.subplots(2, _WORST // 2).ravel()
        for axes in grid:
            axes.set_axis_off()
        for axes, index in zip(grid, worst, strict=False):
            _show(axes, self.images(seen.inputs)[index])
            axes.set_title(f"{self.classes[labels[index]]}\n→ {self.classes[guesses[index]]}", fontsize=6.5)
        return figure

    def _draw_counts(self, axes: Any, counts: Array) -> None:
        k = len(self.classes)
        axes.imshow(counts, cmap=self.atlas)
        axes.set_xticks(range(k), self.classes, rotation=90, fontsize=6.5)
        axes.set_yticks(range(k), self.classes, fontsize=6.5)
        axes.set(xlabel="guessed", ylabel="label")
        for (i, j), count in np.ndenumerate(counts):
            if count:
                colour = "white" if count > counts.max() / 2 else "black"
                style = {"ha": "center", "va": "center", "fontsize": 6.5, "in_layout": False}
                axes.text(j, i, str(count), color=colour, **style)
