"""The server's addresses, all below ``/<token>/``."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from autograder.core.errors import UserError
from autograder.core.text import ANSWER_CHANGED, NO_SUCH_ANSWER, NOT_POINTS, SCORED_MEANWHILE, Language, Text
from autograder.desk.guard import SELF_CONTAINED, Guard
from autograder.desk.pages import Pages
from autograder.desk.source import Source
from autograder.records.decision_log import OutdatedError
from autograder.records.decisions import PartId, Score
from autograder.records.held import Given
from autograder.records.rows import parser
from autograder.reports.essays import Answer, EssayPart

_MAX_BYTES = 16_384  # of a request with a score


class _Sent(Struct):
    """A score from the page, not yet validated."""

    student: Any = None
    fingerprint: Any = None
    points: Any = None
    revision: Any = None


_read_sent = parser(_Sent)


def make_app(source: Source, token: str, language: Language) -> ASGIApp:
    """Return the ASGI application that shows a run to those who know the token."""
    views = _Views(source, Pages(language))
    routes = [
        Route("/", views.overview),
        Route("/essay/{question}/{part}", views.essay),
        Route("/scores/{question}/{part}", views.scores),
        Route("/scores/{question}/{part}", views.give, methods=["POST"]),
        Route("/picture/{question}/{part}/{name}", views.picture),
        Route("/dashboard", views.dashboard),
        Route("/feedback/{name}.html", views.feedback),
        Route("/similar/{question}/{pair}.html", views.similar),
        Route("/state", views.state),
        Mount("/static", StaticFiles(packages=[("autograder.desk", "static")])),
    ]
    app = Starlette(routes=[Mount(f"/{token}", routes=routes)], exception_handlers={UserError: _our_failure})
    return Guard(app, token)


def _our_failure(request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"autograder: {error}\n", status_code=500)


class _Views:
    """Answers requests; Starlette runs methods that are not ``async`` in threads, so they may read files."""

    def __init__(self, source: Source, pages: Pages) -> None:
        self._source, self._pages = source, pages

    def overview(self, request: Request) -> Response:
        snapshot = self._source.snapshot()
        parts = [(part, self._source.answers(part, snapshot)) for part in self._source.parts.values()]
        return HTMLResponse(self._pages.overview(self._source, snapshot, parts))

    def dashboard(self, request: Request) -> Response:
        page = self._pages.dashboard(self._source, self._source.snapshot())
        return HTMLResponse(page, headers={"content-security-policy": SELF_CONTAINED})

    def feedback(self, request: Request) -> Response:
        page = self._pages.feedback(self._source, self._source.snapshot(), request.path_params["name"])
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(page, headers={"content-security-policy": SELF_CONTAINED})

    def similar(self, request: Request) -> Response:
        question, pair = request.path_params["question"], request.path_params["pair"]
        page = self._pages.similar(self._source, self._source.snapshot(), question, pair)
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(page, headers={"content-security-policy": SELF_CONTAINED})

    def state(self, request: Request) -> Response:
        snapshot = self._source.snapshot()
        found = {"state": snapshot.state, "done": snapshot.done, "total": snapshot.total}
        return JSONResponse({**found, "version": snapshot.version})

    def essay(self, request: Request) -> Response:
        part = self._part(request)
        found = self._source.answers(part, self._source.snapshot())
        return HTMLResponse(self._pages.essay(self._source, part, found))

    def scores(self, request: Request) -> Response:
        found = self._source.answers(self._part(request), self._source.snapshot())
        return JSONResponse({answer.label: _standing(answer.newest) for answer in found})

    def picture(self, request: Request) -> Response:
        part, name = self._part(request), request.path_params["name"]
        answer = self._answer(part, request.query_params.get("student"))
        data = None if answer is None else self._source.picture(answer.student, part, name)
        return Response(data, media_type="image/png") if data else Response(status_code=404)

    async def give(self, request: Request) -> Response:
        if int(request.headers.get("content-length", _MAX_BYTES + 1)) > _MAX_BYTES:
            raise HTTPException(413)
        try:
            sent = _read_sent(await request.body())
        except (ValueError, RecursionError):
            raise HTTPException(400) from None
        return await run_in_threadpool(self._give, self._part(request), sent)

    def _give(self, part: EssayPart, sent: _Sent) -> Response:
        """Store points given by hand; refuse them if the page did not show the newest state."""
        if (answer := self._answer(part, sent.student)) is None:
            return _refused(404, NO_SUCH_ANSWER)
        if sent.fingerprint != answer.fingerprint:
            return _refused(409, ANSWER_CHANGED)
        points, seen = sent.points, sent.revision
        if not _is_points(points, answer.max_points) or type(seen) is not int or seen < 0:
            return _refused(422, NOT_POINTS.format(most=answer.max_points))
        try:
            if seen > answer.number:
                raise OutdatedError([])
            score = _score(answer, points)
            self._source.decisions.decide([score], who="", source="desk", seen=[seen])
        except OutdatedError:
            newest = self._source.given().get(_whose(answer))
            return _refused(409, SCORED_MEANWHILE, _standing(newest))
        return JSONResponse(_standing(self._source.given()[score.whose]))

    def _answer(self, part: EssayPart, label: object) -> Answer | None:
        found = self._source.answers(part, self._source.snapshot())
        return next((answer for answer in found if answer.label == label), None)

    def _part(self, request: Request) -> EssayPart:
        name = request.path_params["question"], request.path_params["part"]
        if name not in self._source.parts:
            raise HTTPException(404)
        return self._source.parts[name]


def _is_points(value: object, maximum: float) -> bool:
    """Return whether the value is a number of points up to ``maximum``, or None, which withdraws them."""
    if value is None:
        return True
    return type(value) in (int, float) and 0 <= value <= maximum  # type: ignore[operator]


def _score(answer: Answer, points: float | None) -> Score:
    """Return the newest score with other points for the essay; points from formgrader stay."""
    score = answer.newest.score if answer.newest is not None else Score(**_whose(answer)._asdict())
    settled = points is not None
    return structs.replace(
        score, waiting=points, items=(), settled=settled, answer=answer.fingerprint if settled else ""
    )


def _whose(answer: Answer) -> PartId:
    return PartId(answer.student, answer.about.question, answer.about.part.name)


def _standing(newest: Given | None) -> dict[str, object]:
    """Return the fields of a score that the page shows and sends back."""
    if newest is None:
        return {"points": None, "revision": 0, "given": "", "source": ""}
    return {
        "points": newest.score.by_hand,
        "revision": newest.number,
        "given": newest.given,
        "source": newest.source,
    }


def _refused(status: int, why: Text, standing: dict[str, object] | None = None) -> Response:
    return JSONResponse({"error": why.to_json(), "standing": standing}, status_code=status)
