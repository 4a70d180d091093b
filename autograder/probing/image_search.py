"""Worker side: an image search on the loopback interface, for a student's crawler to read."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote, unquote, urlsplit

from autograder.probing.site import Reply, Site, plain


class ImageServer(Site):
    """An image search, served from ``with`` to the end of its block.

    ``/search?q=KEYWORD&page=N`` is a page (N from 1) whose ``<img src>`` are results, with a link to the next
    page on all but the last; ``/api/search?q=KEYWORD&page=N`` says the same in JSON, as ``{"results": [...],
    "next": ...}``; ``/images/KEYWORD/INDEX.jpg`` is a result: of such an answer the log has (keyword, index).
    """

    def __init__(self, find: Callable[[str], Sequence[Reply]], page_size: int, most: int) -> None:
        super().__init__(most)
        self._find, self._page_size = find, page_size

    def answer(self, path: str) -> Reply:
        parts = urlsplit(path)
        query = parse_qs(parts.query)
        keyword, number = query.get("q", [""])[0], query.get("page", ["1"])[0]
        match [unquote(word) for word in parts.path.split("/")[1:]]:
            case ["search"] if keyword and number.isdecimal():
                return self._page(keyword, int(number))
            case ["api", "search"] if keyword and number.isdecimal():
                return self._listing(keyword, int(number))
            case ["images", keyword, name] if name.endswith(".jpg") and name[:-4].isdecimal():
                index, replies = int(name[:-4]), self._find(keyword)
                return replace(replies[index] if index < len(replies) else plain(404), about=(keyword, index))
        return plain(404)

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
        return Reply(status=200, kind="text/html; charset=utf-8", body=text.encode())

    def _listing(self, keyword: str, number: int) -> Reply:
        addresses, following = self._results(keyword, number)
        target = f"/api/search?q={quote(keyword, safe='')}&page={following}" if following else None
        body = json.dumps({"results": addresses, "next": target}).encode()
        return Reply(status=200, kind="application/json", body=body)
