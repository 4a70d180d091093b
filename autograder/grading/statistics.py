"""Statistics of a class's results: the distribution of scores, and an analysis of each part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from autograder.core.evidence import Array
from autograder.core.outcome import PUBLIC
from autograder.core.points import add_points
from autograder.core.text import Text
from autograder.core.verdict import Finding, Result, Status, Totals, Verdict

BINS = 10  # of the distribution of scores
_MIN_STUDENTS = 3  # for a meaningful correlation


@dataclass(frozen=True, slots=True)
class Frequent:
    """A known mistake or a check, what people call it, and the students who made or failed it."""

    name: str
    label: Text
    students: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Statistics of a part over all students.

    Attributes:
        difficulty: mean share, 0 to 1, of the points given by the machine; None if it gives none.
        discrimination: correlation, -1 to 1, of that share with the points in all other parts; None for
            fewer than three students, or if one of both is constant.
        statuses: the number of students with each status.
        mistakes: known mistakes with who made them, the most frequent first.
        checks: checks with who failed them, the most frequent first.
        only_published: the students who are right on published data and wrong on hidden data.
        seconds: median and maximum of the wall time of all variants of a student together.
        memory: median and maximum of the peak in MiB over the variants of a student; None if unknown.
    """

    question: str
    part: str
    difficulty: float | None
    discrimination: float | None
    statuses: Mapping[Status, int]
    mistakes: Sequence[Frequent]
    checks: Sequence[Frequent]
    only_published: Sequence[str]
    seconds: tuple[float, float]
    memory: tuple[float, float] | None


def items(results: Iterable[Result]) -> list[Item]:
    """Return the analysis of every part, in the exam's order."""
    by_part: dict[tuple[str, str], dict[str, Verdict]] = {}
    points: dict[str, float] = {}
    for result in results:
        for verdict in result.verdicts:
            by_part.setdefault((result.question, verdict.part), {})[result.student] = verdict
            points[result.student] = points.get(result.student, 0) + verdict.points
    return [_item(question, part, verdicts, points) for (question, part), verdicts in by_part.items()]


def _item(question: str, part: str, verdicts: Mapping[str, Verdict], points: Mapping[str, float]) -> Item:
    decided = {
        student: verdict
        for student, verdict in verdicts.items()
        if verdict.status is not Status.UNGRADED and verdict.max_points > verdict.manual
    }
    shares = np.array(
        [verdict.points / (verdict.max_points - verdict.manual) for verdict in decided.values()]
    )
    others = np.array([points[student] - verdict.points for student, verdict in decided.items()])
    failed = {name: [f for f in one.findings if not f.passed] for name, one in verdicts.items()}
    memory = [one.memory_mb for one in verdicts.values() if one.memory_mb is not None]
    return Item(
        question=question,
        part=part,
        difficulty=float(shares.mean()) if len(shares) else None,
        discrimination=_correlation(shares, others),
        statuses=Counter(verdict.status for verdict in verdicts.values()),
        mistakes=_frequent(failed, lambda f: (f.mistake, f.explanation or f.about) if f.mistake else None),
        checks=_frequent(failed, lambda f: (f.check, f.about)),
        only_published=[
            name
            for name, verdict in verdicts.items()
            if verdict.status is not Status.FAULT and _only_published(failed[name])
        ],
        seconds=_median_and_max([verdict.seconds for verdict in verdicts.values()]),
        memory=_median_and_max(memory) if memory else None,
    )


def _median_and_max(values: Sequence[float]) -> tuple[float, float]:
    return float(np.median(values)), float(max(values))


def _frequent(
    failed: Mapping[str, Sequence[Finding]], named: Callable[[Finding], tuple[str, Text] | None]
) -> list[Frequent]:
    """Return what findings are named, with the students who have them, the most frequent first."""
    labels: dict[str, Text] = {}
    students: dict[str, dict[str, None]] = {}
    for student, findings in failed.items():
        for name, label in filter(None, map(named, findings)):
            labels.setdefault(name, label)
            students.setdefault(name, {})[student] = None
    found = [Frequent(name, label, list(students[name])) for name, label in labels.items()]
    return sorted(found, key=lambda one: (-len(one.students), one.name))


def _only_published(failed: Sequence[Finding]) -> bool:
    """Return whether something failed, and all of it on hidden data alone."""
    return bool(failed) and all(finding.variant != PUBLIC for finding in failed)


def _correlation(first: Array, second: Array) -> float | None:
    if len(first) < _MIN_STUDENTS or np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return None
    return float(np.corrcoef(first, second)[0, 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The points of a class.

    Attributes:
        mean, median: of the points so far, in which what waits counts as nothing.
        mean_decided: of the share of the points that are decided, in percent; None if none is.
        max_points: of a student.
        manual, ungraded: the points of all students that wait for a person or for another run.
        passed: the number of students who reach the pass mark; 0 if there is none.
    """

    mean: float
    median: float
    mean_decided: float | None
    max_points: float
    manual: float
    ungraded: float
    passed: int


def summary(totals: Sequence[Totals], pass_mark: float | None) -> Summary:
    """Return the summary of the totals of a class; ``pass_mark`` is in percent of the points."""
    points = [total.points for total in totals] or [0]
    possible = [(total, total.max_points - total.manual - total.ungraded) for total in totals]
    decided = [total.points / decidable for total, decidable in possible if decidable > 0]
    needed = None if pass_mark is None else pass_mark / 100
    return Summary(
        mean=float(np.mean(points)),
        median=float(np.median(points)),
        mean_decided=100 * float(np.mean(decided)) if decided else None,
        max_points=max((total.max_points for total in totals), default=0),
        manual=add_points(total.manual for total in totals),
        ungraded=add_points(total.ungraded for total in totals),
        passed=sum(needed is not None and t.points >= needed * t.max_points for t in totals),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The number of students with ``low`` to below ``high`` percent; the last bin has 100 percent, too."""

    low: int
    high: int
    count: int


def distribution(students: Iterable[Totals]) -> list[Bin]:
    """Return the distribution of the students' total scores in tenths."""
    shares = [100 * total.points / total.max_points for total in students if total.max_points]
    edges = np.linspace(0, 100, BINS + 1)
    counts, _ = np.histogram(np.clip(shares, 0, 100), edges)
    return [
        Bin(low=int(low), high=int(high), count=int(count))
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
    ]
