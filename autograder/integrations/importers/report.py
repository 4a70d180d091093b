"""Says what became of each cell of an imported assignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.core.text import EMPTY, Language, Text, join
from autograder.integrations.importers import reasons
from autograder.integrations.importers.build import judging
from autograder.integrations.importers.model import Kind, LeftOut
from autograder.integrations.importers.slicing import Assertion

_SUMMARY = Text(
    ko="{notebook}{where}: 전 {before:g}점, 후 {after:g}점. "
    "assert {evidence}개는 관측값으로, 셀 {trusted}개는 그대로 실행한 결과로 채점",
    en="{notebook}{where}: {before:g} points before, {after:g} after; {evidence} assertions are evidence, "
    "{trusted} cells are trusted results",
)
_FORGEABLE = Text(ko="위조 가능", en="forgeable")
_DRAWN = Text(ko="입력을 새로 뽑음", en="inputs drawn anew")
_FROM = Text(ko="{source}에서 가져온 것", en="Imported from {source}")
_POINTS = Text(ko="전 {before:g}점, 후 {after:g}점.", en="{before:g} points before, {after:g} after.")
_CELLS = Text(
    ko="| 셀 | 소문항 | 배점 | 바뀐 것 | 위조 가능 | 비공개 변형 |",
    en="| cell | part | points | became | forgeable | hidden variants |",
)
_ASSERTIONS = Text(
    ko="| assert | 밖에서 판정하는 식 | 학생에게 보임 |",
    en="| assertion | judged outside as | seen by students |",
)
_LEFT_OUT = Text(ko="뺀 것", en="Left out")
_LEFT_OUT_THERE = Text(ko="  {where}: 뺌{points}: {why}", en="  {where}: left out{points}: {why}")
_WORTH = Text(ko=", {points:g}점", en=", {points:g} points")
_TO_KNOW = Text(ko="알아 둘 것", en="To know")
_YES, _NO = Text(ko="예", en="yes"), Text(ko="아니요", en="no")


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
    trusted: Text
    cut: bool
    drawn: bool
    reducing: bool = False
    inside: int = 0
    helpers: Sequence[str] = ()

    @property
    def forgeable(self) -> Text:
        """Why who controls the sandbox's process can forge it; empty if only with a right answer."""
        if self.trusted:
            return reasons.AS_IT_IS.format(why=self.trusted)
        if not self.cut:
            return reasons.EXPECTED_INSIDE
        reduced = reasons.REDUCED if self.reducing else EMPTY
        why = [reduced, judging(self.helpers), *(one.forgeable for one in self.assertions)]
        return join(dict.fromkeys(why), "; ")

    @property
    def became(self) -> Text:
        """What it became, in a few words."""
        if self.kind in ("essay", "task"):
            return Text(ko="서술형", en="essay")
        count = self.inside if self.trusted else len(self.assertions)
        inside = f"{count} assertion{'s' if count != 1 else ''}"
        if self.trusted:
            return Text(ko=f"그대로 실행한 결과(assert {count}개)", en=f"trusted result of {inside}")
        if not count:
            return Text(ko="관측값: 끝까지 실행됨", en="evidence: runs to its end")
        return Text(ko=f"관측값: assert {count}개", en=f"evidence: {inside}")


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
    remarks: Sequence[Text] = ()

    @property
    def after(self) -> float:
        """The points that the question is worth."""
        return sum(cell.points for cell in self.cells)

    @property
    def lines(self) -> list[Text]:
        """The report in lines for a terminal."""
        evidence, trusted = count(self.cells)
        where = Text(ko=f" → {self.question}", en=f" as {self.question}") if self.question else EMPTY
        points = {"before": self.before, "after": self.after}
        counts = {"evidence": evidence, "trusted": trusted}
        return [
            _SUMMARY.format(notebook=self.notebook, where=where, **points, **counts),
            *map(_line, self.cells),
            *(_LEFT_OUT_THERE.format(where=o.where, points=_worth(o), why=o.why) for o in self.left_out),
            *(join([Text("  "), one], "") for one in self.remarks),
        ]


def _line(cell: CellReport) -> Text:
    drawn = join([Text(", "), _DRAWN], "") if cell.drawn else EMPTY
    forgeable = join([Text("; "), _FORGEABLE, Text(": "), cell.forgeable], "") if cell.forgeable else EMPTY
    return join([Text(f"  {cell.name} [{cell.points:g}]: "), cell.became, drawn, forgeable], "")


def _worth(one: LeftOut) -> Text:
    return _WORTH.format(points=one.points) if one.points else EMPTY


def count(cells: Sequence[CellReport]) -> tuple[int, int]:
    """Return how many assertions are evidence, and how many cells are trusted results."""
    return sum(len(cell.assertions) for cell in cells), sum(bool(cell.trusted) for cell in cells)


def markdown(reports: Sequence[QuestionReport], source: str, language: Language) -> str:
    """Return the report as Markdown."""
    before, after = sum(one.before for one in reports), sum(one.after for one in reports)
    lines = [f"# {_FROM.format(source=source)[language]}", ""]
    lines.append(_POINTS.format(before=before, after=after)[language])
    for report in reports:
        lines += _of_question(report, language)
        for cell in report.cells:
            lines += _of_assertions(cell, language)
    return "\n".join(lines) + "\n"


def _of_question(report: QuestionReport, language: Language) -> Iterator[str]:
    yield f"\n## {report.notebook}{f' → {report.question}' if report.question else ''}\n"
    if report.cells:
        yield _CELLS[language]
        yield "|---|---|---:|---|---|---|"
    for cell in report.cells:
        drawn = _DRAWN[language] if cell.drawn else ""
        cells = [f"`{cell.name}`", f"`{cell.part}`", f"{cell.points:g}", cell.became[language]]
        yield f"| {' | '.join([*cells, cell.forgeable[language], drawn])} |"
    if report.left_out:
        yield f"\n{_LEFT_OUT[language]}:\n"
    for one in report.left_out:
        yield f"- `{one.where}`{_worth(one)[language]}: {one.why[language]}"
    if report.remarks:
        yield f"\n{_TO_KNOW[language]}:\n"
        yield from (f"- {one[language]}" for one in report.remarks)


def _of_assertions(cell: CellReport, language: Language) -> Iterator[str]:
    if cell.assertions:
        yield f"\n### `{cell.name}`\n"
        yield _ASSERTIONS[language]
        yield "|---|---|---|"
    for assertion in cell.assertions:
        shown = assertion.source.replace("|", "\\|")[:160]
        seen = (_NO if assertion.hidden else _YES)[language]
        yield f"| `{shown}` | `{assertion.predicate}` | {seen} |"
