"""What graders send to the server, validated, and made decisions of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import Struct, structs
from starlette.responses import JSONResponse, Response

from autograder.core.points import add_points
from autograder.core.text import (
    ANSWER_CHANGED,
    NO_SUCH_ANSWER,
    NOT_POINTS,
    NOTHING_TO_UNDO,
    SCORED_MEANWHILE,
    TEXT_TOO_LONG,
    Text,
)
from autograder.desk.source import Place, Snapshot, Source
from autograder.records.decision_log import DecisionsError, OutdatedError
from autograder.records.decisions import Applied, Decision, Entry, Override, PartId, Reply, Score
from autograder.records.held import Held
from autograder.reports.essays import Answers

MAX_TEXT = 4_000  # characters of a comment or a reason


class SentScore(Struct, frozen=True, kw_only=True):
    """Points for the answer of one student or of several who wrote the same.

    Attributes:
        version: of the answers as the page shows them; of one student's part the revision.
        automatic: points that replace the machine's; absent, where the page does not ask for them.
        items: ids of the items of the rubric.
        points: for what waits; None where the items say.
    """

    version: str
    items: tuple[str, ...] = ()
    points: float | None = None
    automatic: float | msgspec.UnsetType | None = msgspec.UNSET
    comment: str = ""
    reason: str = ""


class SentOverride(Struct, frozen=True, kw_only=True):
    """Points for everyone, or for the members of a group; see :class:`Override`."""

    seen: int
    group: str = ""
    points: float | None = None
    extra: float | None = None
    comment: str = ""
    reason: str = ""


class SentReply(Struct, frozen=True, kw_only=True):
    """The answer to a request."""

    seen: int
    request: int
    accepted: bool
    text: str = ""


class SentUndo(Struct, frozen=True, kw_only=True):
    """The number of what to take back."""

    number: int
    reason: str = ""


def refused(status: int, why: Text, standing: object = None) -> Response:
    """Return the answer to what was not stored; ``standing`` is what holds instead."""
    return JSONResponse({"error": why.to_json(), "standing": standing}, status_code=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What one grader does."""

    source: Source
    grader: str

    def score_answers(self, found: Answers, sent: SentScore) -> Response:
        """Give the same points to all who wrote the same, unless the page shows something older."""
        if sent.version != found.version:
            return refused(409, SCORED_MEANWHILE)
        about = found.first.about
        try:
            items = about.applied(sent.items)
        except KeyError:
            return refused(409, ANSWER_CHANGED)
        if not _in_range(sent.points, found.first.max_points):
            return refused(422, NOT_POINTS.format(most=found.first.max_points))
        scores = [_given(one.score, sent, items, one.max_points, one.fingerprint) for one in found.answers]
        return self.decide(scores, [one.revision for one in found.answers], sent.reason)

    def score_part(
        self, snapshot: Snapshot, whose: PartId, sent: SentScore, answer: Answers | None
    ) -> Response:
        """Give points for one student's part: instead of the machine's, and for what waits."""
        held, place = snapshot.held, (whose.question, whose.part)
        score = held.score(whose)
        verdict = snapshot.machine_by_part[place][whose.student]
        if sent.version != str(held.seen(score.key)):
            return refused(409, SCORED_MEANWHILE)
        essay = self.source.essay(place)
        most = answer.first.max_points if answer else 0.0
        try:
            items = essay.applied(sent.items) if essay else ()
        except KeyError:
            return refused(409, ANSWER_CHANGED)
        automatic = None if sent.automatic is msgspec.UNSET else sent.automatic
        if not (_in_range(automatic, verdict.max_points) and _in_range(sent.points, most)):
            return refused(422, NOT_POINTS.format(most=verdict.max_points))
        fingerprint = answer.first.fingerprint if answer else ""
        given = _given(score, sent, items, most, fingerprint)
        return self.decide([given], [held.seen(score.key)], sent.reason)

    def override(self, place: Place, most: float, sent: SentOverride) -> Response:
        """Decide for everyone, or for a group."""
        made = Override(
            question=place[0],
            part=place[1],
            group=sent.group,
            points=sent.points,
            extra=sent.extra or 0.0,
            comment=sent.comment.strip(),
        )
        if not (_in_range(sent.points, most) and _in_range(abs(made.extra), most)):
            return refused(422, NOT_POINTS.format(most=most))
        return self.decide([made], [sent.seen], sent.reason)

    def reply(self, held: Held, sent: SentReply) -> Response:
        """Answer a request."""
        if all(one.entry.number != sent.request for one in held.asked):
            return refused(404, NO_SUCH_ANSWER)
        made = Reply(request=sent.request, accepted=sent.accepted, text=sent.text.strip())
        return self.decide([made], [sent.seen], "")

    def undo(self, sent: SentUndo) -> Response:
        """Take back a decision."""

        def add() -> list[Entry]:
            log = self.source.decisions
            return log.undo(sent.number, who=self.grader, source="desk", why=sent.reason[:MAX_TEXT])

        try:
            return _stored(add)
        except DecisionsError:
            return refused(404, NOTHING_TO_UNDO)

    def decide(self, decisions: Sequence[Decision], seen: Sequence[int], why: str) -> Response:
        """Store decisions that are made together, unless somebody else was faster."""
        log = self.source.decisions
        texts = [why, *(getattr(one, "comment", "") or getattr(one, "text", "") for one in decisions)]
        if max(map(len, texts)) > MAX_TEXT:
            return refused(422, TEXT_TOO_LONG.format(most=MAX_TEXT))
        return _stored(
            lambda: log.decide(decisions, who=self.grader, source="desk", seen=seen, why=why.strip())
        )


def _stored(add: Callable[[], list[Entry]]) -> Response:
    try:
        made = add()
    except OutdatedError as error:
        newest = [{"who": entry.who, "given": entry.given} for entry in error.newest]
        return refused(409, SCORED_MEANWHILE, newest)
    return JSONResponse({"act": made[0].act})


def _given(score: Score, sent: SentScore, items: tuple[Applied, ...], most: float, fingerprint: str) -> Score:
    """Return the score with what a grader gave; points from formgrader stay."""
    automatic = score.automatic if sent.automatic is msgspec.UNSET else sent.automatic
    waiting = sent.points
    decided = waiting is not None or bool(items)
    return structs.replace(
        score,
        automatic=automatic,
        waiting=waiting,
        items=items,
        most=most,
        settled=decided or (automatic is not None and not most),
        comment=sent.comment.strip(),
        answer=fingerprint if decided else "",
    )


def _in_range(points: float | None, most: float) -> bool:
    """Return whether it is a number of points up to the maximum, or None."""
    return points is None or 0 <= points <= add_points([most])
