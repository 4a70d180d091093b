"""Results with what people decided about them, each decision a finding of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.core.points import add_points
from autograder.core.text import (
    BY_HAND,
    COMMENT,
    EXTRA_POINTS,
    KINDS,
    REQUEST_ACCEPTED,
    REQUEST_DECLINED,
    REQUEST_WAITS,
    RUBRIC_ITEM,
    SCORE_INSTEAD,
    Text,
)
from autograder.core.verdict import Finding, Result, Status, Verdict, finding_of
from autograder.records.decisions import Override, PartId, Score
from autograder.records.held import Asked, Held
from autograder.records.results import ClassResults

Members = Mapping[str, frozenset[str]]  # the students of each group about which something was decided
_Judged = Callable[[Verdict, PartId], Verdict]
_CHECK, _RUBRIC, _REQUEST = "by hand", "rubric", "request"


def with_decisions(results: ClassResults, held: Held, members: Members | None = None) -> ClassResults:
    """Return the results with all that people decided; the given ones are not changed."""
    return with_scores(with_overrides(results, held, members), held)


def with_overrides(results: ClassResults, held: Held, members: Members | None = None) -> ClassResults:
    """Return the results with what was decided for groups and for everyone."""
    if not held.overrides:
        return results
    return _changed(results, _Overrides(held.overrides, members or {}).judged)


def with_scores(results: ClassResults, held: Held) -> ClassResults:
    """Return the results with what was decided for single students, and with their requests."""
    if not (held.scores or held.asked):
        return results
    asked: dict[PartId, list[Asked]] = {}
    for one in held.asked:
        whose = PartId(one.request.student, one.request.question, one.request.part)
        asked.setdefault(whose, []).append(one)

    def judged(verdict: Verdict, whose: PartId) -> Verdict:
        score, mine = held.scores.get(whose), asked.get(whose, ())
        return _asked(verdict if score is None else _scored(verdict, score), mine)

    return _changed(results, judged)


def _changed(results: ClassResults, judged: _Judged) -> ClassResults:
    def changed(result: Result) -> Result:
        verdicts = [
            judged(verdict, PartId(result.student, result.question, verdict.part))
            for verdict in result.verdicts
        ]
        if all(new is old for new, old in zip(verdicts, result.verdicts, strict=True)):
            return result
        return replace(result, verdicts=tuple(verdicts))

    return replace(results, read=lambda: map(changed, results))


# -- one student's ------------------------------------------------------------------------------------------


def _scored(verdict: Verdict, score: Score) -> Verdict:
    machine = verdict.points if score.automatic is None else 0.0
    waiting = score.by_hand
    by_hand = add_points([score.automatic or 0.0, waiting or 0.0, score.extra])
    points = add_points([machine, by_hand])
    waits = waiting is None
    findings = [one for one in verdict.findings if waits or not one.manual]
    return replace(
        verdict,
        points=points,
        manual=verdict.manual if waits else 0.0,
        status=_status(points, verdict.max_points) if score.settled else verdict.status,
        findings=(*findings, *_lines(score, by_hand)),
    )


def _lines(score: Score, by_hand: float) -> Iterator[Finding]:
    """Yield what is said of a score: the points, the items of the rubric, the comment."""
    if score.automatic is not None or score.by_hand is not None or score.extra:
        yield finding_of(_CHECK, BY_HAND, passed=True, points=by_hand)
    if score.waiting is None:
        for one in score.items:
            text = Text(ko=one.ko, en=one.en)
            yield finding_of(_RUBRIC, RUBRIC_ITEM, passed=True, points=one.points, text=text)
    if score.comment:
        yield finding_of(_CHECK, COMMENT, passed=True, text=score.comment)


def _asked(verdict: Verdict, asked: Sequence[Asked]) -> Verdict:
    """Return the verdict with what was requested and what was answered."""
    if not asked:
        return verdict
    return replace(verdict, findings=(*verdict.findings, *map(_answered, asked)))


def _answered(one: Asked) -> Finding:
    text = one.request.text
    if one.reply is None:
        return finding_of(_REQUEST, REQUEST_WAITS, passed=True, text=text)
    template = REQUEST_ACCEPTED if one.reply.accepted else REQUEST_DECLINED
    return finding_of(_REQUEST, template, passed=True, text=text, reply=one.reply.text)


# -- of groups, and of everyone -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Overrides:
    """What was decided for groups and everyone; for a member the group's points go before everyone's."""

    overrides: Mapping[tuple[str, str, str], Override]
    members: Members

    def judged(self, verdict: Verdict, whose: PartId) -> Verdict:
        mine = [one for one in self._of(whose.question, whose.part) if self._holds(one, whose.student)]
        for one in mine:
            if one.points is not None and not any(
                other.points is not None and other.group > one.group for other in mine
            ):
                verdict = _instead(verdict, one.points)
        for one in mine:
            verdict = _on_top(verdict, one)
        return verdict

    def _of(self, question: str, part: str) -> list[Override]:
        return [one for (where, name, _), one in self.overrides.items() if (where, name) == (question, part)]

    def _holds(self, one: Override, student: str) -> bool:
        return not one.group or student in self.members.get(one.group, ())


def _instead(verdict: Verdict, points: float) -> Verdict:
    told = finding_of(_CHECK, SCORE_INSTEAD, passed=True, points=points, machine=verdict.points)
    return _decided(verdict, points, replace(told, points=points - verdict.points))


def _on_top(verdict: Verdict, one: Override) -> Verdict:
    """Add points up to the maximum of what does not wait, and down to zero, and the comment."""
    if one.extra:
        most = max(verdict.points, add_points([verdict.max_points, -verdict.manual]))
        points = min(max(0.0, add_points([verdict.points, one.extra])), most)
        added = add_points([points, -verdict.points])
        told = finding_of(_CHECK, EXTRA_POINTS, passed=True, points=added)
        verdict = _decided(verdict, points, replace(told, points=added))
    if one.comment:
        told = finding_of(_CHECK, COMMENT, passed=True, text=one.comment)
        verdict = replace(verdict, findings=(*verdict.findings, told))
    return verdict


def _decided(verdict: Verdict, points: float, told: Finding) -> Verdict:
    """Return the verdict with other points; what is ungraded stays so unless it got points of its own."""
    status = Status.MANUAL if verdict.manual else _status(points, verdict.max_points)
    if verdict.status is Status.UNGRADED and told.kind == KINDS[EXTRA_POINTS]:
        status = Status.UNGRADED
    return replace(verdict, points=points, status=status, findings=(*verdict.findings, told))


def _status(points: float, max_points: float) -> Status:
    if points >= max_points - 1e-9:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED
