"""Feedback: a self-contained page per student, in Korean and English, with pictures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from autograder.checks import Essay
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, OverLimitError, Task
from autograder.core.text import WHOLE_PART, Language, Text
from autograder.core.text_of_policy import AFTER_POLICY
from autograder.core.verdict import (
    NO_LABEL,
    RIGHT,
    Finding,
    Result,
    Status,
    StudentResults,
    Verdict,
    failed_once,
)
from autograder.course.asked import names_in_order
from autograder.course.question import QuestionEntry
from autograder.pictures.render import Gallery, Rendered, can_draw, get_ready, undrawn
from autograder.records.files import RunError, write_whole
from autograder.records.forms import Header
from autograder.records.requests import page_token
from autograder.records.results import ClassResults
from autograder.records.run_key import run_key
from autograder.reports.excerpts import Excerpt, excerpts
from autograder.reports.html import (
    anchor,
    content_hash,
    data_island,
    file_name,
    page_bytes,
    page_template,
    source_of,
)
from autograder.reports.material import Material, figures
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS
from autograder.sandbox.processes import Allowed, Processes, Steps, cores

if TYPE_CHECKING:
    from jinja2 import Template

# For the pictures of a part; one takes 0.15 s.
DRAWING = Allowed(seconds=10.0, more=10.0, memory_mb=512)
_OWN_FIGURE = Text(ko="제출한 코드가 그린 그림", en="What your code drew")
_ORDER = (Status.FAULT, Status.FAILED, Status.PARTIAL, Status.UNGRADED, Status.MANUAL, Status.PASSED)
_MAX_ESSAY = 20_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """What a process needs to write pages."""

    material: Material
    key: bytes | None = None  # with which requests are signed; None where the run cannot keep one
    gallery: Gallery = field(default_factory=Gallery)
    page: Template = field(default_factory=partial(page_template, "feedback.html"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part as the page shows it.

    Attributes:
        code: what the student wrote for it.
        essays: what the student wrote for a person, by what it is about.
        told_above: whether its only finding is the question's.
    """

    verdict: Verdict
    anchor: str
    title: Text
    statement: Text | None
    code: Sequence[Excerpt]
    essays: Sequence[tuple[Text, str]]
    pictures: Sequence[Rendered]
    told_above: bool

    @property
    def right(self) -> bool:
        return self.verdict.status is Status.PASSED

    @property
    def sign(self) -> str:
        return STATUS_SIGNS[self.verdict.status]

    @property
    def status_name(self) -> Text:
        return STATUS_NAMES[self.verdict.status]

    @property
    def mistakes(self) -> dict[str, Text]:
        return {f.mistake: f.explanation for f in self.verdict.findings if f.mistake and f.explanation}

    @property
    def failed(self) -> list[Finding]:
        return [finding for finding in self.verdict.findings if not finding.passed]

    @property
    def told(self) -> list[Finding]:
        """What failed, a fault of several checks once."""
        return failed_once(self.verdict.findings)

    @property
    def remarks(self) -> list[Finding]:
        return [f for f in self.verdict.findings if f.passed and f.kind != RIGHT]

    @property
    def passed(self) -> list[Finding]:
        return [f for f in self.verdict.findings if f.passed and f.kind == RIGHT]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A question as the page shows it; ``fault`` is what kept every part of it from being run."""

    name: str
    title: Text | None
    notes: Sequence[Text]
    parts: Sequence[_Part]
    fault: Finding | None

    @property
    def wrong_first(self) -> list[_Part]:
        return sorted(self.parts, key=lambda part: _ORDER.index(part.verdict.status))


def write_feedback(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``feedback/<student>.html`` for every student, in processes with limits; a Renderer.

    Raises:
        RunError: a file cannot be written.
        LostError: a process was ended from outside.
    """
    entries = material.exam.questions if material.exam else []
    if can_draw() and any(part.pictures for entry in entries for part in entry.question.parts):
        get_ready()
    material.get_ready()
    header = structs.replace(results.header, submitted={}, absent=[])
    writer = _Writer(material=material, key=_key(material))
    students = results.students()
    first = list(islice(students, cores()))
    write = partial(_write, header, folder, language, writer)
    with Processes(write, len(first), DRAWING) as processes:
        return list(processes.map(chain(first, students)))


def _write(
    header: Header,
    folder: Path,
    language: Language,
    writer: _Writer,
    student: StudentResults,
    steps: Steps,
) -> Path:
    scripts = [source_of("language.js"), *([source_of("request.js")] if writer.key else [])]
    html = writer.page.render(
        header=header,
        student=student.student,
        total=student.totals,
        questions=[_question(result, writer, steps) for result in student.results],
        language=language,
        style=source_of("page.css"),
        scripts=scripts,
        script_hashes=" ".join(map(content_hash, scripts)),
        request=_request(writer, header.exam, student.student),
        whole_part=(NO_LABEL, WHOLE_PART),
        title=writer.material.exam.exam.title if writer.material.exam else None,
        settled=writer.material.standing.settled(student),
        known=writer.material.standing.student(student.student),
        after_policy=AFTER_POLICY,
    )
    path = folder / "feedback" / f"{file_name(student.student)}.html"
    write_whole(path, page_bytes(html))
    return path


def _key(material: Material) -> bytes | None:
    with suppress(RunError):
        return run_key(material.run.folder)
    return None


def _request(writer: _Writer, exam: str, student: str) -> str:
    """Return what requests from a student's page say besides what the student writes; empty without a key."""
    if writer.key is None:
        return ""
    token = page_token(writer.key, exam, student)
    return data_island({"exam": exam, "student": student, "token": token})


def drawn(material: Material, student: str, question: str, part: str) -> Sequence[Rendered]:
    """Return the pictures of one student's part, drawn in a process with limits; none if nothing is declared.

    Raises:
        LostError: the process was ended from outside.
    """
    entry = material.question(question)
    declared = next((one for one in entry.question.parts if one.name == part), None) if entry else None
    if declared is None or not declared.pictures or not can_draw():
        return ()
    get_ready()
    material.get_ready()
    with Processes(partial(_draw, _Writer(material=material), declared), 1, DRAWING) as processes:
        return next(iter(processes.map([(student, question)])))


def _draw(writer: _Writer, declared: Part, whose: tuple[str, str], steps: Steps) -> Sequence[Rendered]:
    return _handed_in(*whose, writer, steps).pictures(declared)


def _handed_in(student: str, question: str, writer: _Writer, steps: Steps) -> _HandedIn:
    entry = writer.material.question(question)
    attempt: Attempt | OverLimitError | None
    try:
        with steps.step(f"{question}, reading"):
            attempt = writer.material.attempt(student, question)
    except OverLimitError as error:
        attempt = error
    return _HandedIn(question=question, entry=entry, attempt=attempt, writer=writer, steps=steps)


def _question(result: Result, writer: _Writer, steps: Steps) -> _Question:
    handed_in = _handed_in(result.student, result.question, writer, steps)
    entry = handed_in.entry
    fault = _common_fault(result.verdicts)
    return _Question(
        name=result.question,
        title=entry.question.title if entry else None,
        notes=result.notes,
        fault=fault,
        parts=[handed_in.part(verdict, told_above=fault is not None) for verdict in result.verdicts],
    )


def _common_fault(verdicts: Sequence[Verdict]) -> Finding | None:
    """Return the finding of all parts, of several, that ended in the same fault."""
    first = verdicts[0].findings[0] if len(verdicts) > 1 and verdicts[0].findings else None
    same = all(
        verdict.status is Status.FAULT and first is not None and verdict.findings[0].message == first.message
        for verdict in verdicts
    )
    return first if same else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedIn:
    """A submission to a question; the attempt may be too large to be read."""

    question: str
    entry: QuestionEntry | None
    attempt: Attempt | OverLimitError | None
    writer: _Writer
    steps: Steps

    def part(self, verdict: Verdict, *, told_above: bool) -> _Part:
        """Return a part as the page shows it."""
        parts = self.entry.question.parts if self.entry else ()
        declared = next((part for part in parts if part.name == verdict.part), None)
        drawn = figures(self.attempt, verdict.part).values() if isinstance(self.attempt, Attempt) else ()
        titled = declared is not None and bool(declared.title)
        return _Part(
            verdict=verdict,
            anchor=anchor(self.question, verdict.part),
            title=declared.title if declared and titled else Text(verdict.part, verdict.part),
            statement=declared.statement if declared else None,
            code=() if told_above else self._code(verdict),
            essays=self._essays(declared) if declared else (),
            pictures=[*(self.pictures(declared) if declared else ()), *map(_figure, drawn)],
            told_above=told_above,
        )

    def _code(self, verdict: Verdict) -> Sequence[Excerpt]:
        """Return what was written for a part in which something failed."""
        wrong = [finding for finding in verdict.findings if not finding.passed]
        if not wrong or not isinstance(self.attempt, Attempt) or self.entry is None:
            return ()
        names = names_in_order(self.entry).get(verdict.part, ())
        try:
            with self.steps.step(f"{self.question} {verdict.part}, code"):
                return excerpts(self.attempt.source, names, wrong)
        except OverLimitError:
            return ()

    def _essays(self, declared: Part) -> list[tuple[Text, str]]:
        """Return what was written for a person, by what it is about."""
        outcome = (
            self.attempt.outcomes.get(Task(declared.name)) if isinstance(self.attempt, Attempt) else None
        )
        if outcome is None or outcome.evidence is None:
            return []
        facts, asked = outcome.evidence.facts, [one for one in declared.checks if isinstance(one, Essay)]
        texts = [(check.label, str(facts.get(check.name, ""))[:_MAX_ESSAY]) for check in asked]
        return [(label, text) for label, text in texts if text.strip()]

    def pictures(self, declared: Part) -> Sequence[Rendered]:
        """Return the declared pictures; what was over a limit is said in their place."""
        if not declared.pictures or self.attempt is None or not can_draw():
            return ()
        try:
            if isinstance(self.attempt, OverLimitError):
                raise self.attempt
            with self.steps.step(f"{self.question} {declared.name}"):
                seen = self.writer.material.observe(self.attempt, declared, self.question)
                return self.writer.gallery.show(declared.pictures, seen) if seen else ()
        except OverLimitError as error:
            return [undrawn(picture, error) for picture in declared.pictures]


def _figure(data: bytes) -> Rendered:
    return Rendered(caption=_OWN_FIGURE, uri=f"data:image/png;base64,{base64.b64encode(data).decode()}")
