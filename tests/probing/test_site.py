"""A web site for a student's code: it answers what it is asked, so many times, and ends with its block."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from autograder.probing.site import Reply, Site, plain


class Echo(Site):
    def answer(self, path: str) -> Reply:
        if path == "/none":
            return plain(404)
        return Reply(status=200, kind="text/plain", body=path.encode(), about=len(path))


def fetch(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, ""


def test_it_answers_and_keeps_a_log():
    with Echo(most=5) as site:
        assert fetch(f"{site.url}/a?b=1") == (200, "/a?b=1")
        assert fetch(f"{site.url}/none") == (404, "")
        assert [(reply.status, reply.about) for reply in site.log] == [(200, 6), (404, None)]


def test_it_answers_so_many_requests_and_stops_with_its_block():
    with Echo(most=2) as site:
        assert [fetch(f"{site.url}/")[0] for _ in range(3)] == [200, 200, 429]
    with pytest.raises(urllib.error.URLError):
        fetch(f"{site.url}/")
