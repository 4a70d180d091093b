"""Verdicts on parts, and results of students."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from math import isfinite
from numbers import Integral, Real
from operator import attrgetter
from typing import Any

from autograder.core.outcome import PUBLIC, FaultKind
from autograder.core.points import add_points
from autograder.core.text import KINDS, KNOWN_MISTAKE, PASSED, WHOLE_PART, Text, join

NO_LABEL = Text()
FAULTS = frozenset(kind.value for kind in FaultKind)  # kinds of findings that tell of a fault
_MAX_MESSAGE = 4_000  # characters: what a student returned may stand in it
RIGHT = KINDS[PASSED]  # the kind of a passed finding with nothing else to report


class Status(StrEnum):
    """The state of a part."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    FAULT = "fault"  # the student's code gave no evidence
    MANUAL = "manual"  # waits for a person
    UNGRADED = "ungraded"  # a failure of the machine, never a zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of a check.

    Attributes:
        check: the check's name.
        passed: whether the check holds in every judged variant.
        message: the result in one sentence, without the mistake's explanation.
        kind: names the template of the message, for instance ``shape`` or ``differs``.
        variant: the name of the variant that decided.
        numbers: the numbers in the message, by the template's fields; empty for hidden data.
        mistake: the name of the declared mistake that explains the result, if any.
        explanation: that mistake's explanation.
        manual: whether it waits for a person.
        points: the points earned; 0 for a required check.
        max_points: the maximum points; 0 for a required check.
        traceback: the student's lines in the traceback of an exception, if any.
        label: what the check is about, for students.
        share: the fraction of the points that is earned though the check failed.
    """

    check: str
    passed: bool
    message: Text
    kind: str = ""
    variant: str = PUBLIC
    numbers: Mapping[str, float] = field(default_factory=dict, hash=False)
    mistake: str | None = None
    explanation: Text | None = None
    manual: bool = False
    points: float = 0.0
    max_points: float = 0.0
    traceback: str = ""
    label: Text = NO_LABEL
    share: float = 0.0

    @property
    def about(self) -> Text:
        """The label; the check's name where a finding has none."""
        return self.label if self.label != NO_LABEL else Text(self.check, self.check)


def finding_of(
    check: str, template: Text, /, *, passed: bool = False, manual: bool = False, **fields: Any
) -> Finding:
    """Return a finding whose message is the template, filled in.

    Args:
        check: the check's name.
        template: one of :mod:`autograder.core.text`; its name in lower case is the finding's kind.
        passed, manual: as in :class:`Finding`.
        fields: fields of the template; finite numbers become the finding's ``numbers``.
    """
    return Finding(
        check=check,
        passed=passed,
        message=template.format(**fields).shortened(_MAX_MESSAGE) if fields else template,
        kind=KINDS[template],
        numbers={
            name: int(value) if isinstance(value, Integral) else float(value)
            for name, value in fields.items()
            if isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
        },
        manual=manual,
    )


@lru_cache(maxsize=1024)
def right(check: str, label: Text) -> Finding:
    """Return the passed finding of the check with this name and label."""
    return replace(finding_of(check, PASSED, passed=True), label=label)


def told(finding: Finding) -> Text:
    """Return the message, with the mistake's explanation if there is one."""
    if finding.explanation is None:
        return finding.message
    return KNOWN_MISTAKE.format(message=finding.message, explanation=finding.explanation)


def labelled(finding: Finding) -> Text:
    """Return the message after what it is about, if that is known and less than the whole part."""
    if finding.label in (NO_LABEL, WHOLE_PART):
        return told(finding)
    return join([finding.about, told(finding)], ": ")


def failed_once(findings: Iterable[Finding]) -> list[Finding]:
    """Return the failed findings, those of one and the same fault as one that is about all they are about."""
    told: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        if not finding.passed:
            same = (finding.message, finding.traceback) if finding.kind in FAULTS else number
            told.setdefault(same, []).append(finding)
    return [_as_one(alike) if len(alike) > 1 else alike[0] for alike in told.values()]


def _as_one(findings: Sequence[Finding]) -> Finding:
    return replace(
        findings[0],
        label=join([finding.about for finding in findings], ", "),
        points=add_points(finding.points for finding in findings),
        max_points=add_points(finding.max_points for finding in findings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One student's result on one part; ``manual`` are the points that wait for a person.

    ``seconds`` is wall-clock time, ``memory_mb`` the peak in MiB, None if unknown.
    """

    part: str
    status: Status
    points: float
    max_points: float
    findings: tuple[Finding, ...]
    manual: float = 0.0
    seconds: float = 0.0
    memory_mb: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums of points: ``manual`` wait for a person, ``ungraded`` for another run."""

    points: float
    max_points: float
    manual: float
    ungraded: float


def totals(verdicts: Iterable[Verdict]) -> Totals:
    """Return the sums over some parts."""
    found = list(verdicts)
    return Totals(
        points=add_points(verdict.points for verdict in found),
        max_points=add_points(verdict.max_points for verdict in found),
        manual=add_points(verdict.manual for verdict in found),
        ungraded=add_points(v.max_points for v in found if v.status is Status.UNGRADED),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One student's result on one question: a verdict for each part, and notes that cost no points."""

    student: str
    question: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[Text, ...] = ()

    @property
    def totals(self) -> Totals:
        """The sums over its parts."""
        return totals(self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentResults:
    """All results of one student, in the order of the questions."""

    student: str
    results: tuple[Result, ...]

    @property
    def verdicts(self) -> list[tuple[str, Verdict]]:
        """Each part's question and verdict."""
        return [(result.question, verdict) for result in self.results for verdict in result.verdicts]

    @property
    def totals(self) -> Totals:
        """The sums over all parts."""
        return totals(verdict for _, verdict in self.verdicts)


def by_student(results: Iterable[Result]) -> Iterator[StudentResults]:
    """Yield each student's results; in ``results`` those of one student must be adjacent."""
    for student, mine in groupby(results, key=attrgetter("student")):
        yield StudentResults(student=student, results=tuple(mine))
