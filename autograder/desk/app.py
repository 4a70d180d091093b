"""The server's addresses, all below ``/<token>/``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from autograder.core.errors import UserError
from autograder.core.text import Language
from autograder.desk.deciding import SentOverride, SentReply, SentScore, SentUndo
from autograder.desk.group_views import GroupViews
from autograder.desk.groups import Groups, SentMistake, SentName, SentSplit
from autograder.desk.guard import Guard
from autograder.desk.pages import Pages
from autograder.desk.source import Source
from autograder.desk.views import Views
from autograder.desk.what_if import SentChanges, SentCommit, SentDiscard
from autograder.records.rows import parser

_MAX_BYTES = 65_536  # of what a page sends
T = TypeVar("T")
Answering = Callable[[Request], Awaitable[Response]]


def make_app(
    source: Source, graders: Mapping[str, str], language: Language, *, anonymous: bool = False
) -> ASGIApp:
    """Return the ASGI application that shows a run.

    Args:
        graders: who may use it, by the secret in their address.
        anonymous: whether essays are shown without names.
    """
    pages, groups = Pages(language), Groups(source, anonymous=anonymous)
    views = Views(source, pages, groups, anonymous=anonymous)
    grouped = _grouped(GroupViews(source, pages, groups))
    static = Mount("/static", StaticFiles(packages=[("autograder.desk", "static")]))
    app = Starlette(
        routes=[Mount("/{token}", routes=[*_shown(views), *_sent(views), *grouped, static])],
        exception_handlers={UserError: _our_failure},
    )
    return Guard(app, graders)


def _shown(views: Views) -> list[Route]:
    """Return the addresses of what is shown."""
    return [
        Route("/", views.today),
        Route("/part/{question}/{part}", views.part),
        Route("/student/{student}", views.student),
        Route("/student/{student}/{question}/{part}", views.student_part),
        Route("/drawn/{student}/{question}/{part}/{number:int}", views.drawn),
        Route("/figure/{student}/{question}/{part}/{name}", views.figure),
        Route("/essay/{question}/{part}", views.essay),
        Route("/essay/{question}/{part}/{id}", views.answer),
        Route("/essay/{question}/{part}/{id}/{name}", views.answer_figure),
        Route("/scores/{question}/{part}", views.scores),
        Route("/requests", views.requests),
        Route("/ungraded", views.ungraded),
        Route("/history", views.history),
        Route("/export", views.export),
        Route("/export/{format}.zip", views.exported),
        Route("/dashboard", views.dashboard),
        Route("/feedback/{name}.html", views.feedback),
        Route("/similar/{question}/{pair}.html", views.similar),
        Route("/state", views.state),
    ]


def _sent(views: Views) -> list[Route]:
    """Return the addresses that take what graders send."""
    return [
        Route("/essay/{question}/{part}/{id}", _posted(SentScore, views.score_answers), methods=["POST"]),
        Route(
            "/student/{student}/{question}/{part}",
            _posted(SentScore, views.score_part),
            methods=["POST"],
        ),
        Route("/part/{question}/{part}", _posted(SentOverride, views.override), methods=["POST"]),
        Route("/requests", _posted(SentReply, views.reply), methods=["POST"]),
        Route("/undo", _posted(SentUndo, views.undo), methods=["POST"]),
        Route("/here", _posted(dict[str, str], views.here), methods=["POST"]),
    ]


def _grouped(views: GroupViews) -> list[Route]:
    """Return the addresses of groups and of what would be if the exam were another."""
    group = "/group/{question}/{part}/{id}"
    return [
        Route("/groups", views.unexplained),
        Route(group, views.group),
        Route(f"{group}/call", _posted(SentName, views.call), methods=["POST"]),
        Route(f"{group}/split", _posted(SentSplit, views.split), methods=["POST"]),
        Route(f"{group}/mistake", _posted(SentMistake, views.make_mistake), methods=["POST"]),
        Route("/what-if", views.what_if),
        Route("/what-if/preview", _posted(SentChanges, views.preview), methods=["POST"]),
        Route("/what-if/commit", _posted(SentCommit, views.commit), methods=["POST"]),
        Route("/what-if/discard", _posted(SentDiscard, views.discard), methods=["POST"]),
    ]


def _our_failure(request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"autograder: {error}\n", status_code=500)


def _posted(form: type[T], answer: Callable[[Request, T], Response]) -> Answering:
    """Return what reads a form from a request and answers it in a thread, which may read files."""
    read = parser(form)

    async def answering(request: Request) -> Response:
        if int(request.headers.get("content-length", _MAX_BYTES + 1)) > _MAX_BYTES:
            raise HTTPException(413)
        try:
            sent = read(await request.body())
        except (ValueError, RecursionError):
            raise HTTPException(400) from None
        return await run_in_threadpool(answer, request, sent)

    return answering
