"""Runs the server on the loopback interface."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from autograder.core.errors import UserError
from autograder.core.text import Language
from autograder.desk.app import make_app
from autograder.desk.source import Source

_LOOPBACK = "127.0.0.1"
_GRACE_SECONDS = 3  # for open requests at the end


class ServeError(UserError):
    """The port cannot be used."""


def serve(source: Source, port: int, language: Language, announce: Callable[[str], None]) -> None:
    """Serve a run until Ctrl-C.

    Args:
        source: the run and its exam.
        port: the port; 0 for any free one.
        language: the language shown first.
        announce: called with the address when the server listens.

    Raises:
        ServeError: the port is in use or not allowed.
    """
    token = secrets.token_urlsafe(32)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((_LOOPBACK, port))
        except (OSError, OverflowError) as error:
            raise ServeError(f"port {port}: {error}; give another --port, or none") from None
        config = uvicorn.Config(
            make_app(source, token, language),
            lifespan="off",
            ws="none",
            log_level="warning",
            access_log=False,  # it would have the token
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        listening.listen()
        announce(f"http://{_LOOPBACK}:{listening.getsockname()[1]}/{token}/")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
