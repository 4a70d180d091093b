"""Listens on the loopback interface until Ctrl-C."""

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
_GRACE_SECONDS = 3  # for requests under way when it ends


class ServeError(UserError):
    """The port cannot be listened on."""


def serve(source: Source, port: int, language: Language, announce: Callable[[str], None]) -> None:
    """Serve a run until Ctrl-C.

    Args:
        source: the run.
        port: 0 takes one that is free.
        language: the one shown first.
        announce: is told the address when it is listened on.

    Raises:
        ServeError: the port is in use, or is not allowed.
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
            access_log=False,  # it would show the token
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        listening.listen()
        announce(f"http://{_LOOPBACK}:{listening.getsockname()[1]}/{token}/")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
