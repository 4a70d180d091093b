"""A grader at the desk, without a browser, and a class that wrote essays for it."""

from __future__ import annotations

import html
import json
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from autograder.core.progress import Progress
from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.sandbox.choose import choose
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY, RIGHT
from tests.support.waiting import PATIENCE

PART = "q1_numbers/reason"


class Client:
    """A grader's browser, without a browser."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.path = parts.netloc, parts.path
        self.token = parts.path.strip("/")

    def ask(self, path: str, body: object = None, **headers: str):
        """Return (status, headers, text) for an address below the token's, or from the root with a slash."""
        connection = HTTPConnection(self.host, timeout=PATIENCE)
        data = None if body is None else json.dumps(body).encode()
        address = path if path.startswith("/") else self.path + path
        try:
            connection.request("GET" if data is None else "POST", address, data, headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()
        finally:
            connection.close()

    def answers(self, names: bool = True) -> list[dict[str, str]]:
        """The attributes and the students of the answers of the essay part, in the order of grading."""
        found = []
        for one in json.loads(self.ask(f"scores/{PART}")[2]):
            page = self.ask(f"essay/{PART}/{one['id']}{'?names' if names else ''}")[2]
            (tag,) = re.findall(r"<article[^>]*>", page)
            who = [html.unescape(name) for name in re.findall(r'<bdi class="name">([^<]*)</bdi>', page)]
            points = re.search(r'name="points"[^>]*value="([^"]*)"', page, re.DOTALL)
            assert points is not None
            found.append(dict(re.findall(r'data-(\w+)="([^"]*)"', tag)) | {"who": who, "points": points[1]})
        return found

    def cards(self) -> dict[str, dict[str, str]]:
        """The answers by student."""
        return {student: card for card in self.answers() for student in card["who"]}

    def post(self, path: str, content: object, /):
        """Send something as a page does; returns (status, content)."""
        status, _, text = self.ask(path, content, **{"X-Autograder-Token": self.token})
        return status, json.loads(text) if text.startswith(("{", "[")) else text

    def give(self, student: str, points: object, /, **other: object):
        """Give points for the essay as its page does; returns (status, content)."""
        card = self.cards()[student]
        sent = {"points": points, "version": card["version"], **other}
        return self.post(f"essay/{PART}/{card['id']}", sent)


@contextmanager
def serving(run: Path, *options: str) -> Iterator[tuple[Client, subprocess.Popen[str]]]:
    """Run ``autograder serve`` in a process of its own, until the block ends."""
    command = [sys.executable, "-m", "autograder", "serve", str(run), "--lang", "en", *options]
    with subprocess.Popen(
        command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            assert select.select([process.stdout], [], [], PATIENCE)[0], "the server said nothing"
            yield Client(process.stdout.readline().strip()), process
        finally:
            process.kill()


def grade(
    folder: Path, reasons: dict[str, str], course: Course, progress: Progress | None = None, jobs: int = 2
) -> Run:
    for student, reason in reasons.items():
        path = folder / "submissions" / student / "q1_numbers.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{RIGHT}\nREASON = {reason!a}\n", encoding="utf-8")
    run = Run(folder / "run")
    isolation = choose("none")
    run_class(
        GradeRequest(
            course=course,
            exam=course.exam("toy"),
            submissions=folder / "submissions",
            run=run,
            site=Site(executor=Local(isolation), jobs=jobs),
        ),
        progress,
    )
    return run
