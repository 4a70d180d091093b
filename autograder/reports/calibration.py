"""What was measured of tolerances, as a table and as a picture: rounding, tolerance, nearest mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from autograder.core.errors import UserError
from autograder.core.text import Language, Text
from autograder.course.measured import Distance, Quantity
from autograder.pictures.canvas import BLUE, GREY, ORANGE, STYLE
from autograder.records.files import whole
from autograder.reports.heads import head
from autograder.reports.part import escape
from autograder.workflows.calibrate import Calibration, Misfit

_FORMATS = (".png", ".svg", ".pdf")
_FLOOR = 1e-6  # tolerances; what needs less is drawn here
_WHERE = Text(
    ko="{question}: {device}({machine}), 프로필 {profile}",
    en="{question} on {device} ({machine}), profile {profile}",
)
_CAPTION = Text(
    ko="같은 것을 계산하는 방법: {ways}. 괄호 안: 측정했지만 다르게 선언된 값.",
    en="Ways to compute the same: {ways}. In parentheses: measured, but declared otherwise.",
)
_COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "part": {},
    "check": {},
    "rounding\nabs | rel": {"justify": "right"},
    "most by": {"overflow": "fold"},
    "tolerance\natol | rtol": {"justify": "right"},
    "nearest mistake\nabs | rel": {"justify": "right"},
    "which": {"overflow": "fold"},
    "in tolerances\nrounding … mistake": {"justify": "right"},
}
_CEILING = 1e6  # tolerances; mistakes beyond, and other shapes, are drawn here


def size(value: float | None) -> str:
    """Return a number in short; None, which has no size, as ``≠``."""
    return "≠" if value is None else f"{value:.2g}"


def pair(distance: Distance) -> str:
    """Return a distance in absolute and relative terms."""
    return f"{size(distance.absolute)} | {size(distance.relative)}"


def held(quantity: Quantity) -> tuple[float, float]:
    """Return the (rtol, atol) that counts: that written by hand, else the measured one."""
    return quantity.by_hand or (quantity.rtol, quantity.atol)


def calibration_table(calibration: Calibration, language: Language) -> Table:
    """Return a table with what rounding needs, the tolerance and the nearest mistake of each quantity."""
    measured = calibration.measurement
    where = _WHERE.format(
        question=calibration.question,
        device=measured.device,
        machine=measured.provenance.machine,
        profile=measured.profile,
    )
    caption = _CAPTION.format(ways=", ".join(measured.provenance.ways))
    table = Table(title=where[language], caption=caption[language])
    for name, options in _COLUMNS.items():
        table.add_column(head(name, language), **options)
    for quantity in measured.quantities:
        table.add_row(*_row(quantity, language))
    return table


def _row(quantity: Quantity, language: Language) -> tuple[str, ...]:
    rtol, atol = held(quantity)
    tolerance = f"{size(atol)} | {size(rtol)}"
    if quantity.by_hand:
        tolerance += f"\n({size(quantity.atol)} | {size(quantity.rtol)})"
    needed, nearest = quantity.needed, quantity.nearest
    beyond = size(nearest.distance.allowed) if nearest else ""
    return (
        quantity.part,
        escape(quantity.check),
        pair(needed) if needed else "",
        quantity.needed_by,
        tolerance,
        pair(nearest.distance) if nearest else head("none", language),
        nearest.name if nearest else "",
        f"{size(needed.allowed) if needed else ''} … {beyond}",
    )


def misfits_table(misfits: Sequence[Misfit], language: Language) -> Table:
    """Return a table of what does not fit the tolerances."""
    table = Table(title=f"[red]{head('does not fit', language)}[/]")
    for name in ("part", "subject", "why"):
        table.add_column(head(name, language), overflow="fold")
    for misfit in misfits:
        table.add_row(misfit.part, escape(misfit.subject), escape(misfit.why[language]))
    return table


def uncounted_lines(calibration: Calibration) -> list[str]:
    """Return a line for each way that measured nothing, with the reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for quantity in calibration.measurement.quantities:
        for way, why in quantity.uncounted.items():
            found.setdefault((way, why), []).append(f"{quantity.part} {quantity.check}")
    return [f"{way} is not counted in {', '.join(where)}: {why}" for (way, why), where in found.items()]


def require_format(path: Path | None) -> None:
    """Require that a picture can be written by this name, if one is asked for.

    Raises:
        UserError: its suffix is another.
    """
    if path is not None and path.suffix not in _FORMATS:
        raise UserError(
            f"{path}: the name of a picture ends in {', '.join(_FORMATS)}",
            ko=f"{path}: 그림의 이름은 다음 중 하나로 끝나야 합니다: {', '.join(_FORMATS)}",
        )


def draw_calibrations(calibrations: Sequence[Calibration], path: Path) -> None:
    """Draw rounding and the nearest mistake of each quantity around its tolerance, on a logarithmic scale.

    Args:
        calibrations: of one or more questions.
        path: of the picture, as :func:`require_format` requires.

    Raises:
        UserError: there is nothing to draw.
        RunError: it cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows = [
        (calibration.question, quantity)
        for calibration in calibrations
        for quantity in calibration.measurement.quantities
    ]
    if not rows:
        raise UserError(
            f"{path} is not written: no check compares arrays",
            ko=f"{path}: 배열을 비교하는 검사가 없어 쓰지 않았습니다",
        )
    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=(9, 1.2 + 0.24 * len(rows)), layout="constrained")
        _draw(figure.subplots(), rows, several=len(calibrations) > 1)
        with whole(path) as file:
            figure.savefig(file, format=path.suffix[1:])


def _draw(axes: Any, rows: Sequence[tuple[str, Quantity]], *, several: bool) -> None:
    axes.set(xscale="log", xlim=(_FLOOR / 2, _CEILING * 100))
    labels = []
    for height, (question, quantity) in enumerate(rows):
        needed = min(max(_allowed(quantity.needed, _FLOOR), _FLOOR), _CEILING)
        axes.barh(height, 1 - needed, left=needed, height=0.5, color=BLUE, alpha=0.25)
        axes.plot(needed, height, "o", color=BLUE)
        if quantity.nearest is not None:
            far = min(_allowed(quantity.nearest.distance, _CEILING), _CEILING)
            axes.barh(height, far - 1, left=1, height=0.5, color=ORANGE, alpha=0.25)
            axes.plot(far, height, "D", color=ORANGE)
            axes.annotate(
                quantity.nearest.name,
                (far, height),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
                color=GREY,
            )
        labels.append(f"{question} " * several + f"{quantity.part} {quantity.check}")
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(range(len(rows)), labels, fontsize=7)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("distance from the solution, in tolerances")
    axes.set_title("● what rounding needs    | the tolerance    ◆ the nearest mistake")


def _allowed(distance: Distance | None, without: float) -> float:
    return without if distance is None or distance.allowed is None else distance.allowed
