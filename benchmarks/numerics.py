"""Makes the table of docs/numerics.md from what ``autograder calibrate`` recorded in data/measured.

Example:
    autograder calibrate dl2022_midterm/q2_linear_regression
    python benchmarks/numerics.py                      the table, to standard output
    python benchmarks/numerics.py --write              put it into docs/numerics.md
    python benchmarks/numerics.py --merge cuda.json    first take in what benchmarks/cuda.sh brought back

A row is a part on one kind of device: of its checks that compare arrays, that to which rounding comes
nearest, and that which tells the nearest mistake, in tolerances.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, json

from autograder.course.catalog import Course
from autograder.course.measured import Measured, Measurement, Quantity
from autograder.records.files import write_whole

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "numerics.md"
COLUMNS = ("part", "on", "rounding", "most by", "in", "nearest mistake", "which", "in")
MARK = f"| {' | '.join(COLUMNS)} |"


class Brought(Struct, frozen=True):
    """What benchmarks/cuda.sh writes: the questions' measurements, besides what verify said."""

    measured: list[Measured]


def rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a question."""
    for measurement in measured.measurements:
        for part in dict.fromkeys(quantity.part for quantity in measurement.quantities):
            own = [quantity for quantity in measurement.quantities if quantity.part == part]
            yield (f"{measured.question} {part}", _device(measurement), *_rounding(own), *_mistake(own))


def _device(measurement: Measurement) -> str:
    return measurement.device + ("" if measurement.profile == "mini" else f", {measurement.profile}")


def _rounding(quantities: Sequence[Quantity]) -> tuple[str, str, str]:
    def allowed(quantity: Quantity) -> float:
        needed = quantity.needed
        return 0.0 if needed is None else math.inf if needed.allowed is None else needed.allowed

    most = max(quantities, key=allowed)
    return (f"{allowed(most):.2g}", most.needed_by, most.check) if allowed(most) else ("0", "", "")


def _mistake(quantities: Sequence[Quantity]) -> tuple[str, str, str]:
    found = [
        (math.inf if one.nearest.distance.allowed is None else one.nearest.distance.allowed, one.nearest, one)
        for one in quantities
        if one.nearest is not None
    ]
    told = [item for item in found if item[0] > 1]  # other checks of the part tell the rest
    if not told:
        return "told otherwise", "", ""
    far, nearest, quantity = min(told, key=lambda item: item[0])
    return f"{far:.3g}" if math.isfinite(far) else "another shape or NaN", nearest.name, quantity.check


def table(course: Course) -> str:
    """Return the table in Markdown."""
    lines = [MARK, "| --- | --- | ---: | --- | --- | ---: | --- | --- |"]
    for exam in course.exams():
        for entry in exam.questions:
            for row in rows(entry.measured):
                cells = (cell.replace("|", r"\|") for cell in row)
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write(course: Course) -> None:
    """Put the table in the place of that on the page."""
    text = PAGE.read_text(encoding="utf-8")
    write_whole(PAGE, (text.partition(MARK)[0] + table(course)).encode())


def merge(course: Course, path: Path) -> None:
    """Write into data/measured what was measured elsewhere."""
    for brought in json.decode(path.read_bytes(), type=Brought).measured:
        entry = course.question(brought.question)
        known = entry.measured
        for measurement in brought.measurements:
            known = known.with_measurement(measurement)
        write_whole(entry.measured_path, json.format(json.encode(known), indent=1) + b"\n")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--merge", type=Path, help="a file of benchmarks/cuda.sh to take in first")
    parser.add_argument("--write", action="store_true", help="put the table into docs/numerics.md")
    options = parser.parse_args(arguments)
    course = Course(ROOT)
    if options.merge:
        merge(course, options.merge)
    if options.write:
        write(course)
    else:
        print(table(course), end="")


if __name__ == "__main__":
    main()
