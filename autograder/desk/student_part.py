"""What the page of one student's part shows: code, evidence, findings, rubric, requests and history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.core.evidence import Array, Evidence
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.verdict import Verdict
from autograder.course.asked import names_in_order
from autograder.course.question import QuestionEntry
from autograder.desk.source import Snapshot, Source, label
from autograder.grading.policy import Settlement
from autograder.records.decisions import PartId, Score
from autograder.records.held import Asked
from autograder.reports.essays import EssayPart
from autograder.reports.excerpts import Line, excerpts
from autograder.reports.history import Act, acts, chosen
from autograder.reports.material import Material, figures

_MAX_LINES = 3_000  # of code on a page
_MAX_ROWS = 40  # of evidence
_SHOWN = 6  # values of an array
_MAX_TEXT = 300  # characters of a value
_MAX_OUTPUT = 4_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the evidence: what was observed, and what the solution has for it."""

    name: str
    form: str
    got: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentPart:
    """One student's part.

    Attributes:
        lines: of the code that was run; ``marked`` are those that went wrong.
        here: the numbers of the lines of what the part asks for.
        machine: the machine's verdict, without what people decided.
        before, after: the students before and after this one, as labelled.
        revision: the newest revision of the score.
        settled: the student's total with the policy of the exam.
    """

    student: str
    whose: PartId
    entry: QuestionEntry
    part: Part
    verdict: Verdict
    machine: Verdict
    settled: Settlement
    essay: EssayPart | None
    texts: Sequence[tuple[str, str]]
    score: Score
    revision: int
    lines: Sequence[Line]
    left_out: int
    here: frozenset[int]
    rows: Sequence[Row]
    output: str
    figures: Sequence[str]
    asked: Sequence[Asked]
    history: Sequence[Act]
    before: str
    after: str


def student_part(source: Source, snapshot: Snapshot, whose: PartId) -> StudentPart | None:
    """Return what is shown of a student's part; None if there is no such part."""
    place = whose.question, whose.part
    verdicts, entry = snapshot.by_part.get(place, {}), source.questions.get(whose.question)
    if whose.student not in verdicts or entry is None:
        return None
    part = entry.question.part(whose.part)
    material = source.material(snapshot)
    attempt = material.attempt(whose.student, whose.question)
    verdict, essay = verdicts[whose.student], source.essay(place)
    lines, here = _code(attempt.source if attempt else "", entry, verdict)
    facts = source.facts(snapshot)(whose)
    others = list(verdicts)
    index = others.index(whose.student)
    score = snapshot.held.score(whose)
    mine = chosen(snapshot.entries, whose.student, f"{whose.question}/{whose.part}")
    return StudentPart(
        student=label(whose.student),
        whose=whose,
        entry=entry,
        part=part,
        verdict=verdict,
        machine=snapshot.machine_by_part[place][whose.student],
        settled=snapshot.standing.settled(snapshot.by_student[whose.student]),
        essay=essay,
        texts=[(one.name, str(facts.get(one.name, ""))) for one in essay.essays] if essay else [],
        score=score,
        revision=snapshot.held.seen(score.key),
        lines=lines[:_MAX_LINES],
        left_out=max(0, len(lines) - _MAX_LINES),
        here=here,
        rows=list(_rows(attempt, material, whose)),
        output=attempt.output[-_MAX_OUTPUT:] if attempt else "",
        figures=list(figures(attempt, part.name)) if attempt else [],
        asked=[one for one in snapshot.held.asked if _place(one) == whose],
        history=acts(mine, snapshot.entries),
        before=label(others[index - 1]) if index else "",
        after=label(others[index + 1]) if index + 1 < len(others) else "",
    )


def _place(one: Asked) -> PartId:
    return PartId(one.request.student, one.request.question, one.request.part)


def _code(source: str, entry: QuestionEntry, verdict: Verdict) -> tuple[list[Line], frozenset[int]]:
    """Return all lines, and the numbers of those of what the part asks for."""
    found = excerpts(source, names_in_order(entry).get(verdict.part, ()), verdict.findings)
    marked = {line.number for one in found for line in one.lines if line.marked}
    here = frozenset(line.number for one in found for line in one.lines)
    lines = [Line(number, text, number in marked) for number, text in enumerate(source.splitlines(), start=1)]
    return lines, here


def _rows(attempt: Attempt | None, material: Material, whose: PartId) -> Iterator[Row]:
    """Yield lines of the evidence of the public variant."""
    task = Task(whose.part)
    mine = _evidence(attempt.outcomes.get(task) if attempt else None)
    beside = material.beside(whose.question)
    right = _evidence(beside.solution.outcomes.get(task) if beside else None)
    arrays = [name for name in mine.arrays if not name.startswith("figure")]
    for name in arrays[:_MAX_ROWS]:
        array, other = mine.arrays[name], right.arrays.get(name)
        form = f"{array.dtype} {'×'.join(map(str, array.shape))}".strip()
        yield Row(name=name, form=form, got=_values(array), expected="" if other is None else _values(other))
    for name in list(mine.facts)[:_MAX_ROWS]:
        yield Row(name=name, form="", got=_fact(mine.facts, name), expected=_fact(right.facts, name))


def _evidence(outcome: Outcome | None) -> Evidence:
    return (outcome and outcome.evidence) or Evidence()


def _values(array: Array) -> str:
    first = np.asarray(array).ravel()[:_SHOWN]
    shown = " ".join(f"{value:.6g}" if array.dtype.kind in "fiu" else str(value) for value in first)
    return f"{shown} …" if array.size > _SHOWN else shown


def _fact(facts: Mapping[str, object], name: str) -> str:
    if name not in facts:
        return ""
    text = json.dumps(facts[name], ensure_ascii=False)
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "…"
