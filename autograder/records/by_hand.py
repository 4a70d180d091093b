"""Points that people gave, added to what the machine judged. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.core.text import BY_HAND
from autograder.core.verdict import Finding, Result, Status, Verdict, finding_of, results_of, totals

Place = tuple[str, str, str]  # student, question, part
_CHECK = "by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandScore:
    """What a person gave for one student's part.

    Attributes:
        automatic: points that stand instead of the machine's; None leaves the machine's.
        waiting: points for what the machine left to a person; None if it still waits.
        extra: extra credit on top of both; may be negative.
        settled: whether nothing of the part is without a score any more.
    """

    student: str
    question: str
    part: str
    automatic: float | None
    waiting: float | None
    extra: float
    settled: bool

    @property
    def place(self) -> Place:
        """Whose part it is."""
        return self.student, self.question, self.part

    @property
    def empty(self) -> bool:
        """Whether nothing is given at all."""
        return self.automatic is None and self.waiting is None and not self.extra


def with_hand_scores(results: Mapping[str, Any], scores: Iterable[HandScore]) -> dict[str, Any]:
    """Return the content of results.json with points added that people gave."""
    given = {score.place: score for score in scores}
    if not given:
        return dict(results)
    found = [_scored(result, given) for result in results_of(results)]
    return {
        **results,
        "results": [row for result in found for row in result.rows()],
        "questions": [result.summary() for result in found],
        "totals": totals(found),
    }


def _scored(result: Result, given: Mapping[Place, HandScore]) -> Result:
    scores = [given.get((result.student, result.question, verdict.part)) for verdict in result.verdicts]
    verdicts = [
        verdict if score is None else _judged(verdict, score)
        for verdict, score in zip(result.verdicts, scores, strict=True)
    ]
    return replace(result, verdicts=tuple(verdicts))


def _judged(verdict: Verdict, score: HandScore) -> Verdict:
    machine = verdict.points if score.automatic is None else 0.0
    by_hand = (score.automatic or 0.0) + (score.waiting or 0.0) + score.extra
    points = machine + by_hand
    given = finding_of(_CHECK, BY_HAND, passed=True, points=by_hand)
    waits = score.waiting is None
    return replace(
        verdict,
        points=points,
        manual=verdict.manual if waits else 0.0,
        status=_status(points, verdict.max_points) if score.settled else verdict.status,
        findings=(*_still_true(verdict.findings, waits=waits), given),
    )


def _still_true(findings: Sequence[Finding], *, waits: bool) -> Sequence[Finding]:
    return [finding for finding in findings if waits or not finding.manual]


def _status(points: float, most: float) -> Status:
    if points >= most - 1e-9:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED
