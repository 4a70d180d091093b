"""Points that people gave, added to what the machine judged. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from autograder.errors import UserError
from autograder.text import BY_HAND, ESSAY_WAITS
from autograder.verdict import Finding, Result, Status, Verdict, results_of, totals

_CHECK = "by hand"


class HandScoreError(UserError):
    """What is kept of the points that people gave cannot be read; one line says what to do."""


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

    def to_json(self) -> dict[str, Any]:
        """Return the score as it stands in manual.json."""
        return asdict(self)


def with_hand_scores(results: Mapping[str, Any], scores: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content of results.json with the rows of manual.json added to it.

    Raises:
        HandScoreError: a row of manual.json is none.
    """
    given = {(score.student, score.question, score.part): score for score in map(_from_json, scores)}
    if not given:
        return dict(results)
    found = [_scored(result, given) for result in results_of(results)]
    return {
        **results,
        "results": [row for result in found for row in result.rows()],
        "questions": [result.summary() for result in found],
        "totals": totals(found),
    }


def _from_json(row: Mapping[str, Any]) -> HandScore:
    try:
        score = HandScore(**row)
        math.fsum((score.automatic or 0, score.waiting or 0, score.extra))  # they are numbers
        return score
    except TypeError as error:
        raise HandScoreError(
            f"manual.json is damaged ({error}); fetch it again: autograder report RUN --format nbgrader"
        ) from None


def _scored(result: Result, given: Mapping[tuple[str, str, str], HandScore]) -> Result:
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
    told = Finding(check=_CHECK, passed=True, message=BY_HAND.format(points=by_hand))
    waits = score.waiting is None
    return replace(
        verdict,
        points=points,
        manual=verdict.manual if waits else 0.0,
        status=_status(points, verdict.max_points) if score.settled else verdict.status,
        findings=(*_still_true(verdict.findings, waits=waits), told),
    )


def _still_true(findings: Sequence[Finding], *, waits: bool) -> Sequence[Finding]:
    return [finding for finding in findings if waits or finding.message != ESSAY_WAITS]


def _status(points: float, most: float) -> Status:
    if points >= most - 1e-9:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED
