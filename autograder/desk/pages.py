"""The server's pages, from templates that escape whatever is filled in."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from autograder.core.text import Language
from autograder.core.verdict import told
from autograder.desk.source import Snapshot, Source
from autograder.records.results import results_in_memory
from autograder.reports.dashboard import dashboard_page
from autograder.reports.essays import Answer, EssayPart
from autograder.reports.feedback import write_feedback
from autograder.reports.html import file_name
from autograder.reports.material import Material

if TYPE_CHECKING:
    from jinja2 import Environment


# The end of a line in the middle of a paragraph of Markdown; tables, lists and code keep their lines.
_WRAPPED = re.compile(r"(?<=\S)\n(?=[^\s|*#>-])")


class Pages:
    """Renders pages with one language shown first."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._dashboard = ("", b"")  # the version of the run, and its page

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, PackageLoader, StrictUndefined

        environment = Environment(
            loader=PackageLoader("autograder.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["points"] = "{:g}".format
        environment.filters["flowing"] = partial(_WRAPPED.sub, " ")
        return environment

    def _render(self, name: str, **values: Any) -> bytes:
        text = self._environment.get_template(name).render(language=self._language, **values)
        return text.encode(errors="backslashreplace")  # names of folders need not be Unicode

    def overview(
        self, source: Source, snapshot: Snapshot, parts: Sequence[tuple[EssayPart, Sequence[Answer]]]
    ) -> bytes:
        """Return the first page: how far the run is, and the essay parts with how many answers wait."""
        return self._render("overview.html", exam=source.exam, snapshot=snapshot, parts=parts)

    def dashboard(self, source: Source, snapshot: Snapshot) -> bytes:
        """Return the dashboard that ``report`` writes, of the run as it is now."""
        with self._lock:  # however many look at it, it is made once
            version, page = self._dashboard
            if version != snapshot.version:
                material = _material(source, snapshot)
                text = dashboard_page(source.results(snapshot), self._language, material)
                page = text.encode(errors="xmlcharrefreplace")
                self._dashboard = (snapshot.version, page)
        return page

    def feedback(self, source: Source, snapshot: Snapshot, name: str) -> bytes | None:
        """Return a student's page, to which the dashboard's cells lead; None where nobody's has this name."""
        results = source.results(snapshot)
        mine = [result for result in results if file_name(result.student) == name]
        if not mine:
            return None
        material = _material(source, snapshot)
        with TemporaryDirectory() as folder:
            only = results_in_memory(results.header, mine)
            (path,) = write_feedback(only, Path(folder), self._language, material)
            return path.read_bytes()

    def essay(self, source: Source, part: EssayPart, answers: Sequence[Answer]) -> bytes:
        """Return the page of one essay part: what was asked, the rubric, and the answers."""
        return self._render(
            "essay.html",
            exam=source.exam,
            about=part,
            answers=answers,
            told=told,
        )


def _material(source: Source, snapshot: Snapshot) -> Material:
    submissions = snapshot.manifest.submissions.items()
    return Material(run=source.run, manifest=snapshot.manifest, submissions=submissions, exam=source.exam)
