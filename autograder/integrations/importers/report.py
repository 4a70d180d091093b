"""Says what became of each cell of an imported assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.integrations.importers.build import judging
from autograder.integrations.importers.model import Kind, LeftOut
from autograder.integrations.importers.slicing import Assertion


@dataclass(frozen=True, slots=True, kw_only=True)
class CellReport:
    """What became of a cell that is judged.

    Attributes:
        name: the cell's id.
        part: the part of the question.
        kind: what it is.
        points: what it is worth.
        assertions: what is recorded of it.
        trusted: why it runs as it is; empty where it records.
        inside: how many assertions a cell has that runs as it is.
        helpers: the functions that it calls and that judge in the sandbox.
        reducing: whether its values are so large that they are reduced in the sandbox.
        cut: whether what only the expected side needs is cut.
        drawn: whether hidden variants draw its inputs anew.
    """

    name: str
    part: str
    kind: Kind
    points: float
    assertions: Sequence[Assertion]
    trusted: str
    cut: bool
    drawn: bool
    reducing: bool = False
    inside: int = 0
    helpers: Sequence[str] = ()

    @property
    def forgeable(self) -> str:
        """Why who controls the sandbox's process can forge it; empty if only with a right answer."""
        if self.trusted:
            return f"runs as it is: {self.trusted}"
        if not self.cut:
            return "the expected side stays in the sandbox"
        reduced = (
            "its values are too large to leave the sandbox and are reduced in it" if self.reducing else ""
        )
        why = [reduced, judging(self.helpers), *(one.forgeable for one in self.assertions)]
        return "; ".join(dict.fromkeys(filter(None, why)))

    @property
    def became(self) -> str:
        """What it became, in a few words."""
        if self.kind in ("essay", "task"):
            return "essay"
        if self.trusted:
            return f"trusted result of {self.inside} assertion{'s' if self.inside != 1 else ''}"
        count = len(self.assertions)
        return (
            f"evidence: {count} assertion{'s' if count != 1 else ''}"
            if count
            else "evidence: runs to its end"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionReport:
    """What became of a notebook.

    Attributes:
        notebook: its name.
        question: ``exam/question``; empty if nothing was imported.
        cells: those that are judged.
        left_out: what is not imported.
        before: the points that it was worth.
        remarks: what an instructor should know besides.
    """

    notebook: str
    question: str
    cells: Sequence[CellReport]
    left_out: Sequence[LeftOut]
    before: float
    remarks: Sequence[str] = ()

    @property
    def after(self) -> float:
        """The points that the question is worth."""
        return sum(cell.points for cell in self.cells)

    @property
    def lines(self) -> list[str]:
        """The report in lines for a terminal."""
        where = f" as {self.question}" if self.question else ""
        counts = count(self.cells)
        said = [
            f"{self.notebook}{where}: {self.before:g} points before, {self.after:g} after; {counts[0]} "
            f"assertions are evidence, {counts[1]} cells are trusted results"
        ]
        said += [
            f"  {cell.name} [{cell.points:g}]: {cell.became}"
            + (", inputs drawn anew in hidden variants" if cell.drawn else "")
            + (f"; forgeable: {cell.forgeable}" if cell.forgeable else "")
            for cell in self.cells
        ]
        said += [
            f"  {one.where}: left out{f', {one.points:g} points' if one.points else ''}: {one.why}"
            for one in self.left_out
        ]
        return [*said, *(f"  {one}" for one in self.remarks)]


def count(cells: Sequence[CellReport]) -> tuple[int, int]:
    """Return how many assertions are evidence, and how many cells are trusted results."""
    return sum(len(cell.assertions) for cell in cells), sum(bool(cell.trusted) for cell in cells)


def markdown(reports: Sequence[QuestionReport], source: str) -> str:
    """Return the report as Markdown."""
    return "\n".join(_markdown(reports, source)) + "\n"


def _markdown(reports: Sequence[QuestionReport], source: str) -> Iterator[str]:
    before, after = sum(one.before for one in reports), sum(one.after for one in reports)
    yield f"# Imported from {source}"
    yield ""
    yield f"{before:g} points before, {after:g} after."
    for report in reports:
        yield f"\n## {report.notebook}{f' → {report.question}' if report.question else ''}\n"
        if report.cells:
            yield "| cell | part | points | became | forgeable | hidden variants |"
            yield "|---|---|---:|---|---|---|"
        for cell in report.cells:
            drawn = "inputs drawn anew" if cell.drawn else ""
            yield (
                f"| `{cell.name}` | `{cell.part}` | {cell.points:g} | {cell.became} | {cell.forgeable} | "
                f"{drawn} |"
            )
        if report.left_out:
            yield "\nLeft out:\n"
        for one in report.left_out:
            yield f"- `{one.where}`{f', {one.points:g} points' if one.points else ''}: {one.why}"
        if report.remarks:
            yield "\nTo know:\n"
            yield from (f"- {one}" for one in report.remarks)
        for cell in report.cells:
            if cell.assertions:
                yield f"\n### `{cell.name}`\n"
                yield "| assertion | judged outside as | seen by students |"
                yield "|---|---|---|"
            for assertion in cell.assertions:
                shown = assertion.source.replace("|", "\\|")[:160]
                yield f"| `{shown}` | `{assertion.predicate}` | {'no' if assertion.hidden else 'yes'} |"
