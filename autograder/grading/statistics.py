"""Statistics of a class's results: the distribution of scores, and an analysis of each part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from autograder.core.evidence import Array
from autograder.core.verdict import Result, Status, Totals, Verdict

BINS = 10  # of the distribution of scores
_MIN_STUDENTS = 3  # for a meaningful correlation


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Statistics of a part over all students.

    Attributes:
        difficulty: mean share, 0 to 1, of the points given by the machine; None if it gives none.
        discrimination: correlation, -1 to 1, of that share with the points in all other parts; None for
            fewer than three students, or if one of both is constant.
        statuses: the number of students with each status.
        mistakes: known mistakes and how many students made them, the most frequent first.
        checks: labels of checks and how many students failed them, the most frequent first.
        seconds: median and maximum of the wall time of all variants of a student together.
        memory: median and maximum of the peak in MiB over the variants of a student; None if unknown.
    """

    question: str
    part: str
    difficulty: float | None
    discrimination: float | None
    statuses: Mapping[Status, int]
    mistakes: Sequence[tuple[str, int]]
    checks: Sequence[tuple[str, int]]
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
    failed = [{f.check: f for f in one.findings if not f.passed}.values() for one in verdicts.values()]
    memory = [one.memory_mb for one in verdicts.values() if one.memory_mb is not None]
    return Item(
        question=question,
        part=part,
        difficulty=float(shares.mean()) if len(shares) else None,
        discrimination=_correlation(shares, others),
        statuses=Counter(verdict.status for verdict in verdicts.values()),
        mistakes=_by_frequency({f.mistake for f in found if f.mistake} for found in failed),
        checks=_by_frequency({f.check for f in found} for found in failed),
        seconds=_median_and_max([verdict.seconds for verdict in verdicts.values()]),
        memory=_median_and_max(memory) if memory else None,
    )


def _median_and_max(values: Sequence[float]) -> tuple[float, float]:
    return float(np.median(values)), float(max(values))


def _by_frequency(names: Iterable[set[str]]) -> list[tuple[str, int]]:
    counts = Counter(name for of_student in names for name in of_student)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _correlation(first: Array, second: Array) -> float | None:
    if len(first) < _MIN_STUDENTS or np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return None
    return float(np.corrcoef(first, second)[0, 1])


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
