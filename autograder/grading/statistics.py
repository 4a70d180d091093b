"""What the results of a class say about the class and about each part. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.core.verdict import Status

BINS = 10  # of the distribution of scores
_FEWEST = 3  # students of whom a correlation says anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One part over all students.

    Attributes:
        question: its question.
        part: its name.
        difficulty: mean share, 0 to 1, of the points that a machine gives; None where there are none.
        discrimination: correlation, -1 to 1, of that share with the points in all other parts; None where
            there are fewer than three students, or one of both does not vary.
        statuses: how many students have each status.
        mistakes: names of known mistakes and how many students made them, the most frequent first.
        checks: labels of checks and how many students failed them, the most frequent first.
        seconds: median and greatest wall-clock time, over the student's variants together.
        memory: median and greatest peak in MiB, of the student's variants the greatest; None if unknown.
    """

    question: str
    part: str
    difficulty: float | None
    discrimination: float | None
    statuses: Mapping[str, int]
    mistakes: Sequence[tuple[str, int]]
    checks: Sequence[tuple[str, int]]
    seconds: tuple[float, float]
    memory: tuple[float, float] | None


def items(results: Mapping[str, Any]) -> list[Item]:
    """Return the analysis of every part, in the exam's order; ``results`` is the content of results.json."""
    by_part: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in results["results"]:
        by_part.setdefault((row["question"], row["part"]), []).append(row)
    totals: Counter[str] = Counter()
    for row in results["results"]:
        totals[row["student"]] += row["points"]
    return [_item(question, part, rows, totals) for (question, part), rows in by_part.items()]


def _item(question: str, part: str, rows: Sequence[Mapping[str, Any]], totals: Mapping[str, float]) -> Item:
    decided = [row for row in rows if row["status"] != Status.UNGRADED and row["max_points"] > row["manual"]]
    shares = np.array([row["points"] / (row["max_points"] - row["manual"]) for row in decided])
    others = np.array([totals[row["student"]] - row["points"] for row in decided])
    failed = [{f["check"]: f for f in row["findings"] if not f["passed"]}.values() for row in rows]
    memory = [row["memory_mb"] for row in rows if row.get("memory_mb") is not None]
    return Item(
        question=question,
        part=part,
        difficulty=float(shares.mean()) if len(shares) else None,
        discrimination=_correlation(shares, others),
        statuses=Counter(row["status"] for row in rows),
        mistakes=_most({f["mistake"] for f in of_row if f["mistake"]} for of_row in failed),
        checks=_most({f["check"] for f in of_row} for of_row in failed),
        seconds=_middle_and_most([row["seconds"] for row in rows]),
        memory=_middle_and_most(memory) if memory else None,
    )


def _middle_and_most(values: Sequence[float]) -> tuple[float, float]:
    return float(np.median(values)), float(max(values))


def _most(names: Iterable[set[str]]) -> list[tuple[str, int]]:
    counts = Counter(name for of_student in names for name in of_student)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _correlation(first: Any, second: Any) -> float | None:
    if len(first) < _FEWEST or np.ptp(first) < 1e-9 or np.ptp(second) < 1e-9:
        return None
    return float(np.corrcoef(first, second)[0, 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """How many students have a score from ``low`` to below ``high`` percent; the last bin has 100, too."""

    low: int
    high: int
    count: int


def distribution(results: Mapping[str, Any]) -> list[Bin]:
    """Return the distribution of total scores in tenths."""
    shares = [100 * row["points"] / row["max_points"] for row in results["totals"] if row["max_points"]]
    edges = np.linspace(0, 100, BINS + 1)
    counts, _ = np.histogram(np.clip(shares, 0, 100), edges)
    return [
        Bin(low=int(low), high=int(high), count=int(count))
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
    ]
