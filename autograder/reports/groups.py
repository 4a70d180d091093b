"""Groups of students who got the same wrong: what went wrong, a representative's code, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct
from rich.table import Table

from autograder.checks import Essay
from autograder.core.text import EMPTY, Language, Text
from autograder.core.verdict import Finding, Verdict, labelled
from autograder.course.asked import names_used
from autograder.course.template import template
from autograder.grading.groups import Group, Kind
from autograder.records.results import ClassResults
from autograder.reports.excerpts import Excerpt, excerpts
from autograder.reports.heads import add_columns
from autograder.reports.material import Material
from autograder.reports.part import escape
from autograder.reports.similarity import Likeness, likeness

KINDS = {
    Kind.MISTAKE: Text(ko="대표 오답", en="mistake"),
    Kind.FAULT: Text(ko="실행 오류", en="fault"),
    Kind.WRONG: Text(ko="설명 없음", en="unexplained"),
    Kind.ESSAY: Text(ko="서술형", en="essay"),
}
_EMPTY_ESSAY = Text(ko="(빈 답)", en="(no answer)")
_SHOWN = 3  # names of students in a table
_LONGEST = 120  # characters of an essay in a table


class GroupRow(Struct, frozen=True, kw_only=True):
    """A group in JSON.

    Attributes:
        name: what a person called it.
        failed: what the representative's failed checks say.
        code: what the representative wrote for the part; of an essay the text.
    """

    question: str
    part: str
    id: str
    kind: Kind
    size: int
    name: str
    mistake: str | None
    failed: tuple[Text, ...]
    representative: str
    code: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """Looks up what is shown of groups; ``verdicts`` are those of the representatives."""

    material: Material
    verdicts: Mapping[tuple[str, str, str], Verdict]

    @classmethod
    def of(cls, groups: Iterable[Group], results: ClassResults, material: Material) -> Shown:
        """Return what shows these groups of a class."""
        wanted: dict[tuple[str, str], set[str]] = {}
        for group in groups:
            whose = (group.representative.student, group.question)
            wanted.setdefault(whose, set()).add(group.part)
        found = {
            (result.student, result.question, verdict.part): verdict
            for result in results
            if (result.student, result.question) in wanted
            for verdict in result.verdicts
        }
        return cls(material, found)

    def failed(self, group: Group) -> list[Finding]:
        """Return the representative's failed findings."""
        verdict = self.verdicts.get((group.representative.student, group.question, group.part))
        return [found for found in (verdict.findings if verdict else ()) if not found.passed]

    def code(self, group: Group) -> list[Excerpt]:
        """Return what the representative wrote for the part."""
        source = self.material.source(group.representative.student, group.question)
        return excerpts(source, self._names.get((group.question, group.part), ()), self.failed(group))

    @cached_property
    def _names(self) -> dict[tuple[str, str], list[str]]:
        entries = self.material.exam.questions if self.material.exam else []
        return {(entry.name, part): names for entry in entries for part, names in names_used(entry).items()}

    def essay(self, group: Group) -> str:
        """Return what the representative of a group of essays wrote."""
        facts = group.representative.published().facts
        return "\n\n".join(str(facts[name]) for name in self._essays(group) if name in facts)

    def _essays(self, group: Group) -> list[str]:
        entry = self.material.question(group.question)
        checks = entry.question.part(group.part).checks if entry else ()
        return [check.name for check in checks if isinstance(check, Essay)]

    def alike(self, group: Group) -> Likeness:
        """Return whose submissions in a group are similar, but for what many have."""
        entry = self.material.question(group.question)
        sources = {student: self.material.source(student, group.question) for student in group.students}
        return likeness(sources, template(entry) if entry else "")

    def row(self, group: Group, name: str = "") -> GroupRow:
        """Return a group as JSON has it."""
        essay = group.trait.kind is Kind.ESSAY
        return GroupRow(
            question=group.question,
            part=group.part,
            id=group.id,
            kind=group.trait.kind,
            size=len(group.members),
            name=name,
            mistake=group.trait.name if group.trait.kind is Kind.MISTAKE else None,
            failed=() if essay else tuple(map(labelled, self.failed(group))),
            representative=group.representative.student,
            code=self.essay(group) if essay else written(self.code(group)),
            students=group.students,
        )


def name_of(group: Group, names: Mapping[tuple[str, str, str], str]) -> str:
    """Return what people call a group; empty if nothing.

    Args:
        names: by question, part and a group's id.
    """
    found = (names.get((group.question, group.part, id), "") for id in group.ids)
    return next(filter(None, found), "")


def written(code: Sequence[Excerpt]) -> str:
    """Return excerpts as text."""
    return "\n\n\n".join("\n".join(line.text for line in one.lines) for one in code)


def groups_table(rows: Sequence[GroupRow], language: Language) -> Table:
    """Return a table of groups, those of one student only counted."""
    table = Table(show_lines=True)
    headings = (
        Text(ko="소문항", en="part"),
        Text(ko="묶음", en="group"),
        Text(ko="학생 수", en="students"),
        Text(ko="무엇이 틀렸나", en="what went wrong"),
        Text(ko="누구", en="who"),
    )
    add_columns(table, headings, language)
    alone = [row for row in rows if row.size == 1]
    for row in rows:
        if row.size > 1:
            table.add_row(
                f"{escape(row.question)}\n{escape(row.part)}",
                f"{row.id}\n{KINDS[row.kind][language]}",
                str(row.size),
                escape(_what(row)[language]),
                escape(_who(row)),
            )
    if alone:
        counted = Text(
            ko="그 밖에 한 사람뿐인 답 {count}개 (--json에 모두 있습니다)",
            en="Besides, {count} that nobody shares (--json has them all)",
        )
        table.caption = counted.format(count=len(alone))[language]
    return table


def _what(row: GroupRow) -> Text:
    if row.kind is Kind.ESSAY:
        said = " ".join(row.code.split())
        short = said if len(said) <= _LONGEST else said[:_LONGEST] + "..."
        return Text(ko=short, en=short) if said else _EMPTY_ESSAY
    head = row.name or row.mistake or ""
    first = row.failed[0] if row.failed else EMPTY
    return Text(ko=f"{head}\n{first.ko}".strip(), en=f"{head}\n{first.en}".strip())


def _who(row: GroupRow) -> str:
    names = ", ".join(row.students[:_SHOWN])
    return names if row.size <= _SHOWN else f"{names}, ..."


def group_lines(row: GroupRow, alike: Likeness, language: Language) -> Iterator[str]:
    """Yield lines that show a group in full."""
    heading = [row.question, row.part, row.id, KINDS[row.kind][language], row.name or row.mistake or ""]
    yield "  ".join(heading).rstrip()
    for text in row.failed:
        yield f"✗ {text[language]}"
    yield ""
    whose = Text(ko="{name}의 코드:", en="The code of {name}:").format(name=row.representative)
    yield from (whose[language], *(f"    {line}" for line in row.code.splitlines()), "")
    members = Text(ko="{count}명: {names}", en="{count} students: {names}")
    yield members.format(count=row.size, names=", ".join(row.students))[language]
    for students in alike.identical:
        yield Text(ko="같은 글: {names}", en="the same text: {names}").format(names=", ".join(students))[
            language
        ]
    for pair in alike.pairs:
        told = Text(ko="비슷한 코드({share:.0%}): {names}", en="similar code ({share:.0%}): {names}")
        yield told.format(share=pair.similarity, names=", ".join(pair.students))[language]
