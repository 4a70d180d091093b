"""Worker side: a small image search on the loopback interface, for a student's crawler to read.

Inside the sandbox it is in a network namespace of its own: nobody else reaches it, and it reaches nobody.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

_SECONDS = 5  # after which an idle connection is closed
_HTML, _JSON, _TEXT = "text/html; charset=utf-8", "application/json", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answers."""

    status: int
    kind: str  # the Content-Type
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One line of the server's log.

    Attributes:
        path: as it was asked for, with the query.
        status: of the answer.
        result: the keyword and the number of the search result that was asked for, if it was one.
    """

    path: str
    status: int
    result: tuple[str, int] | None = None


class ImageServer:
    """An image search, served from ``with`` to the end of its block.

    ``/search?q=KEYWORD&page=N`` is a page (N from 1) whose ``<img src>`` are results, with a link to the next
    page on all but the last; ``/api/search?q=KEYWORD&page=N`` says the same in JSON, as ``{"results": [...],
    "next": ...}``; ``/images/KEYWORD/INDEX.jpg`` is a result. After ``most`` requests all get status 429.

    Attributes:
        url: where it is, without a slash at the end.
        log: every request so far.
    """

    def __init__(self, find: Callable[[str], Sequence[Reply]], page_size: int, most: int) -> None:
        self._find, self._page_size, self._most = find, page_size, most
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.log: list[Request] = []

    def __enter__(self) -> ImageServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> Reply:
        """Answer a request and write it to the log."""
        with self._lock:
            spent = len(self.log) >= self._most
            reply, result = (_plain(429), None) if spent else self._route(path)
            self.log.append(Request(path=path, status=reply.status, result=result))
        return reply

    def _route(self, path: str) -> tuple[Reply, tuple[str, int] | None]:
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        keyword, number = query.get("q", [""])[0], query.get("page", ["1"])[0]
        match [unquote(word) for word in parts.path.split("/")[1:]]:
            case ["search"] if keyword and number.isdecimal():
                return self._page(keyword, int(number)), None
            case ["api", "search"] if keyword and number.isdecimal():
                return self._listing(keyword, int(number)), None
            case ["images", keyword, name] if name.endswith(".jpg") and name[:-4].isdecimal():
                index, replies = int(name[:-4]), self._find(keyword)
                return (replies[index] if index < len(replies) else _plain(404)), (keyword, index)
        return _plain(404), None

    def _results(self, keyword: str, number: int) -> tuple[list[str], int | None]:
        """Return the addresses on a page, and the number of the next page."""
        total, end = len(self._find(keyword)), number * self._page_size
        found = range(total)[max(end - self._page_size, 0) : end]
        return [f"/images/{quote(keyword, safe='')}/{i}.jpg" for i in found], (
            number + 1 if end < total else None
        )

    def _page(self, keyword: str, number: int) -> Reply:
        addresses, following = self._results(keyword, number)
        title = html.escape(keyword)
        rows = [f'<li><img src="{address}" alt="{title}"></li>' for address in addresses]
        if following:
            target = html.escape(f"/search?q={quote(keyword, safe='')}&page={following}")
            rows.append(f'<a rel="next" href="{target}">next</a>')
        text = f"<!doctype html>\n<title>{title}</title>\n<ul>\n" + "\n".join(rows) + "\n</ul>\n"
        return Reply(status=200, kind=_HTML, body=text.encode())

    def _listing(self, keyword: str, number: int) -> Reply:
        addresses, following = self._results(keyword, number)
        target = f"/api/search?q={quote(keyword, safe='')}&page={following}" if following else None
        return Reply(status=200, kind=_JSON, body=json.dumps({"results": addresses, "next": target}).encode())


def _plain(status: int) -> Reply:
    return Reply(status=status, kind=_TEXT, body=f"{status}\n".encode())


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        """Bind without looking the host's name up, which there is nobody to ask for."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


def _handler(server: ImageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            reply = server.answer(self.path)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *message: Any) -> None:
            """Print nothing."""

    return Handler
