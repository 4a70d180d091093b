"""The page What if: all that can be changed, the draft with who would change, and what graders do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import Struct
from starlette.responses import JSONResponse, Response

from autograder.checks import AtLeast, AtMost, Choice, Close, Facts, Relation
from autograder.core.check import Check
from autograder.core.errors import UserError
from autograder.core.exam import Part
from autograder.core.text import NO_REASON, NOT_CHANGED, SCORED_MEANWHILE, Text
from autograder.course.catalog import ExamEntry
from autograder.desk.deciding import MAX_TEXT, refused
from autograder.desk.source import Source
from autograder.grading.changes import Change
from autograder.grading.comparing import Comparison, StudentChange
from autograder.records.decision_log import OutdatedError
from autograder.reports.moves import counted
from autograder.workflows.what_if import By, Draft, commit, discard, preview

MAX_SHOWN = 200  # students of a draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something that can be changed of a check; ``name`` is ``atol``, ``rtol``, ``bound`` or ``answer``."""

    check: str
    label: Text
    name: str
    now: str

    @property
    def what(self) -> str:
        """The kind of change."""
        return "key" if self.name == "answer" else "tolerance"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFields:
    """A part with what can be changed of it."""

    question: str
    part: Part
    fields: Sequence[Field]


def fields_of(exam: ExamEntry) -> Iterator[PartFields]:
    """Yield the parts of an exam with what can be changed of them, as its files have it."""
    for entry in exam.questions:
        for part in entry.question.parts:
            fields = [field for check in part.checks for field in _fields(check)]
            yield PartFields(question=entry.name, part=part, fields=fields)


def _fields(check: Check) -> Iterator[Field]:
    known: dict[str, object] = {}
    if isinstance(check, Close | Relation):
        known = {"atol": check.atol, "rtol": check.rtol}
    elif isinstance(check, AtLeast | AtMost):
        known = {"bound": check.bound}
    elif isinstance(check, Choice | Facts):
        known = {"answer": None}
    for name, now in known.items():
        said = f"{now:g}" if isinstance(now, int | float) else ""
        yield Field(check=check.id, label=check.label, name=name, now=said)


class SentChanges(Struct, frozen=True, kw_only=True):
    """The changes to preview."""

    changes: list[Change]


class SentCommit(Struct, frozen=True, kw_only=True):
    """Why the draft is to stand."""

    reason: str


class SentDiscard(Struct, frozen=True, kw_only=True):
    """The draft is to be removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What one grader does with the draft; each takes as long as a rescore at most."""

    source: Source
    grader: str

    def preview(self, sent: SentChanges) -> Response:
        """Make a draft of the exam as its files are now, with changes."""
        return _done(lambda: preview(self.source.run, sent.changes, self.source.exam.course))

    def commit(self, sent: SentCommit) -> Response:
        """Let the draft stand."""
        if not sent.reason.strip():
            return refused(422, NO_REASON)
        by = By(who=self.grader, why=sent.reason.strip()[:MAX_TEXT], source="desk")
        return _done(lambda: commit(self.source.run, by, self.source.exam.course))

    def discard(self, sent: SentDiscard) -> Response:
        """Remove the draft."""
        return _done(lambda: discard(self.source.run))


def _done(work: Callable[[], object]) -> Response:
    try:
        work()
    except OutdatedError:
        return refused(409, SCORED_MEANWHILE)
    except UserError as error:
        return refused(422, NOT_CHANGED.format(error=error.text))
    return JSONResponse({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDraft:
    """A draft as the page shows it: who changes most first, at most :data:`MAX_SHOWN` students."""

    draft: Draft
    found: Comparison

    @classmethod
    def of(cls, draft: Draft | None) -> ShownDraft | None:
        """Return what is shown of a draft."""
        return None if draft is None else cls(draft=draft, found=draft.about.comparison)

    @property
    def counted(self) -> Text:
        """How many change."""
        return counted(self.found)

    @property
    def changes(self) -> list[StudentChange]:
        """Who changes."""
        return sorted(self.found.changes, key=lambda one: (-abs(one.points), one.student))[:MAX_SHOWN]

    @property
    def left_out(self) -> int:
        """How many more change."""
        return max(0, len(self.found.changes) - MAX_SHOWN)

    @property
    def mean(self) -> float:
        """By how many points a student's total changes on average."""
        return sum(one.points for one in self.found.changes) / max(1, self.found.students)

    def said(self) -> Iterable[str]:
        """Return what was changed, in words."""
        return map(str, self.draft.about.changes)
