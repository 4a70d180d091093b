"""Refuses requests without the token, and sets the security headers of every answer."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-autograder-token"
HOSTS = ("127.0.0.1", "localhost")  # another name is an attempt at DNS rebinding
# Pages use only this server; scripts and styles are files of the package.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
# A report is a single file; its own policy allows one script, and it has no network access.
SELF_CONTAINED = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_CLOSED = (
    "접근할 수 없습니다. autograder serve가 출력한 주소를 그대로 여세요.\n"
    "No access. Open the address as autograder serve printed it.\n"
)


class Guard:
    """Passes on requests below ``/<token>/``, with the grader; what changes something needs it in a header.

    A page of another site can make the browser send a request, but cannot know the token or set a header.
    """

    def __init__(self, app: ASGIApp, graders: Mapping[str, str]) -> None:
        """Let in who knows one of the tokens; ``graders`` has each token's grader."""
        self._app = TrustedHostMiddleware(app, HOSTS, www_redirect=False)
        self._graders = graders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # WebSocket is not supported
        given = [scope["path"].partition("/")[2].partition("/")[0]]
        if scope["method"] not in ("GET", "HEAD"):
            given.append(Headers(scope=scope).get(TOKEN_HEADER, ""))
        grader = self._grader(given)
        app = self._app if grader is not None else PlainTextResponse(_CLOSED, status_code=403)
        scope = {**scope, "grader": grader}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, send_with_headers)

    def _grader(self, given: Sequence[str]) -> str | None:
        """Return whose token this is, wherever it has to stand; None if it is nobody's."""
        for token, name in self._graders.items():
            if all(hmac.compare_digest(one.encode(), token.encode()) for one in given):
                return name
        return None
