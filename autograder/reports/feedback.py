"""Feedback: a self-contained page per student, in Korean and English, with pictures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from autograder.core.exam import Part
from autograder.core.outcome import Attempt, OverLimitError
from autograder.core.text import EMPTY, Language, Text
from autograder.core.verdict import RIGHT, Finding, Result, StudentResults, Verdict
from autograder.pictures.render import Gallery, Rendered, get_ready, undrawn
from autograder.records.files import write_whole
from autograder.records.forms import Header
from autograder.records.results import ClassResults
from autograder.reports.html import anchor, file_name, page_bytes, page_template, source_of
from autograder.reports.material import Material, figures
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS
from autograder.sandbox.processes import Allowed, Processes, Steps, cores

if TYPE_CHECKING:
    from jinja2 import Template

# For the pictures of a part; one takes 0.15 s.
DRAWING = Allowed(seconds=10.0, more=10.0, memory_mb=512)
_OWN_FIGURE = Text(ko="제출한 코드가 그린 그림", en="What your code drew")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """What a process needs to write pages."""

    material: Material
    gallery: Gallery = field(default_factory=Gallery)
    page: Template = field(default_factory=partial(page_template, "feedback.html"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part as the page shows it."""

    verdict: Verdict
    anchor: str
    title: Text
    statement: Text | None
    pictures: Sequence[Rendered]

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
    def remarks(self) -> list[Finding]:
        return [f for f in self.verdict.findings if f.passed and f.kind != RIGHT]

    @property
    def passed(self) -> list[Finding]:
        return [f for f in self.verdict.findings if f.passed and f.kind == RIGHT]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """A question as the page shows it."""

    name: str
    title: Text | None
    notes: Sequence[Text]
    parts: Sequence[_Part]


def write_feedback(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``feedback/<student>.html`` for every student, in processes with limits; a Renderer.

    Raises:
        RunError: a file cannot be written.
        LostError: a process was ended from outside.
    """
    entries = material.exam.questions if material.exam else []
    if any(part.pictures for entry in entries for part in entry.question.parts):
        get_ready()
    material.get_ready()
    header, writer = structs.replace(results.header, submitted={}), _Writer(material=material)
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
    html = writer.page.render(
        header=header,
        student=student.student,
        total=student.totals,
        questions=[_question(result, writer, steps) for result in student.results],
        language=language,
        style=source_of("page.css"),
        title=writer.material.exam.exam.title if writer.material.exam else None,
    )
    path = folder / "feedback" / f"{file_name(student.student)}.html"
    write_whole(path, page_bytes(html))
    return path


def _question(result: Result, writer: _Writer, steps: Steps) -> _Question:
    entry = writer.material.question(result.question)
    attempt: Attempt | OverLimitError | None
    try:
        with steps.step(f"{result.question}, reading"):
            attempt = writer.material.attempt(result.student, result.question)
    except OverLimitError as error:
        attempt = error
    declared = {part.name: part for part in entry.question.parts} if entry else {}
    return _Question(
        name=result.question,
        title=entry.question.title if entry else None,
        notes=result.notes,
        parts=[
            _part(result.question, verdict, declared.get(verdict.part), attempt, writer, steps)
            for verdict in result.verdicts
        ],
    )


def _part(
    question: str,
    verdict: Verdict,
    declared: Part | None,
    attempt: Attempt | OverLimitError | None,
    writer: _Writer,
    steps: Steps,
) -> _Part:
    pictures: Sequence[Rendered] = ()
    if attempt is not None and declared is not None:
        pictures = _pictures(question, declared, attempt, writer, steps)
    drawn = figures(attempt, verdict.part).values() if isinstance(attempt, Attempt) else ()
    return _Part(
        verdict=verdict,
        anchor=anchor(question, verdict.part),
        title=declared.title if declared and declared.title != EMPTY else Text(verdict.part, verdict.part),
        statement=declared.statement if declared else None,
        pictures=[*pictures, *map(_figure, drawn)],
    )


def _pictures(
    question: str, declared: Part, attempt: Attempt | OverLimitError, writer: _Writer, steps: Steps
) -> Sequence[Rendered]:
    """Return the declared pictures; what was over a limit is said in their place."""
    if not declared.pictures:
        return ()
    try:
        if isinstance(attempt, OverLimitError):
            raise attempt
        with steps.step(f"{question} {declared.name}"):
            seen = writer.material.observe(attempt, declared, question)
            return writer.gallery.show(declared.pictures, seen) if seen else ()
    except OverLimitError as error:
        return [undrawn(picture, error) for picture in declared.pictures]


def _figure(data: bytes) -> Rendered:
    return Rendered(caption=_OWN_FIGURE, uri=f"data:image/png;base64,{base64.b64encode(data).decode()}")
