"""Runs the server on the loopback interface."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from autograder.core.errors import UserError, reason
from autograder.core.text import Language
from autograder.desk.app import make_app
from autograder.desk.source import Source

_LOOPBACK = "127.0.0.1"
_GRACE_SECONDS = 3  # for open requests at the end


class ServeError(UserError):
    """The port cannot be used."""


def serve(
    source: Source,
    port: int,
    language: Language,
    announce: Callable[[str, str], None],
    graders: Sequence[str],
    *,
    anonymous: bool = False,
) -> None:
    """Serve a run until Ctrl-C.

    Args:
        source: the run and its exam.
        port: the port; 0 for any free one.
        language: the language shown first.
        announce: called with each grader's name and address when the server listens.
        graders: who may use it; each has an address of their own.
        anonymous: whether essays are shown without names.

    Raises:
        ServeError: the port is in use or not allowed.
    """
    tokens = {secrets.token_urlsafe(32): grader for grader in graders}
    source.snapshot()  # read before anybody waits for it
    app = make_app(source, tokens, language, anonymous=anonymous)
    with _listening(port) as listening:
        for token, grader in tokens.items():
            announce(grader, f"http://{_LOOPBACK}:{listening.getsockname()[1]}/{token}/")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(_config(app)).run(sockets=[listening])


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Listen on a port of the loopback interface.

    Raises:
        ServeError: it is in use or not allowed.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_LOOPBACK, port))
        except (OSError, OverflowError) as error:
            why = reason(error)
            raise ServeError(
                f"port {port}: {why.en}; give another --port, or none",
                ko=f"포트 {port}: {why.ko}. 다른 --port를 주거나 빼세요",
            ) from None
        listening.listen()
        yield listening


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,  # it would have the tokens
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
