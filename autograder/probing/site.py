"""Worker side: a web site on the loopback interface, for a student's code to read.

Inside the sandbox it is in a network namespace of its own: nobody else reaches it, and it reaches nobody. The
part needs ``Limit(loopback=True)``.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self

_SECONDS = 5  # after which an idle connection is closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a site answers.

    Attributes:
        status: 200, 404, ...
        kind: the Content-Type.
        body: what follows the head.
        about: what was asked for, for the log.
    """

    status: int
    kind: str
    body: bytes
    about: Any = None


def plain(status: int) -> Reply:
    """Return an answer that is nothing but a status."""
    return Reply(status=status, kind="text/plain", body=f"{status}\n".encode())


class Site(ABC):
    """A web site, served from ``with`` to the end of its block; after ``most`` requests all get status 429.

    Attributes:
        url: where it is, without a slash at the end.
        log: every answer so far.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.log: list[Reply] = []

    @abstractmethod
    def answer(self, path: str) -> Reply:
        """Return the answer to a request for this path, with its query."""

    def logged(self, path: str) -> Reply:
        """Return the answer to a request, and write it to the log."""
        with self._lock:
            self.log.append(self.answer(path) if len(self.log) < self._most else plain(429))
            return self.log[-1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        """Bind without looking the host's name up, which there is nobody to ask for."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            reply = site.logged(self.path)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *message: Any) -> None:
            """Print nothing."""

    return Handler
