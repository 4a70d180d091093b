"""The pages of the server."""

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
from autograder.reports.html import environment, file_name
from autograder.reports.material import Material

if TYPE_CHECKING:
    from jinja2 import Environment


# The end of a line within a paragraph of Markdown; tables, lists and code keep their lines.
_WRAPPED = re.compile(r"(?<=\S)\n(?=[^\s|*#>-])")


class Pages:
    """Renders the pages; ``language`` is shown first."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._dashboard = ("", b"")  # the version of the run, and its page

    @cached_property
    def _environment(self) -> Environment:
        made = environment("autograder.desk")
        made.filters["flowing"] = partial(_WRAPPED.sub, " ")
        return made

    def _render(self, name: str, **values: Any) -> bytes:
        text = self._environment.get_template(name).render(language=self._language, **values)
        return text.encode(errors="backslashreplace")  # names of folders may not be Unicode

    def overview(
        self, source: Source, snapshot: Snapshot, parts: Sequence[tuple[EssayPart, Sequence[Answer]]]
    ) -> bytes:
        """Return the first page: the progress of the run, and how many answers wait in each essay part."""
        return self._render("overview.html", exam=source.exam, snapshot=snapshot, parts=parts)

    def dashboard(self, source: Source, snapshot: Snapshot) -> bytes:
        """Return the dashboard of the run as it is now."""
        with self._lock:  # made once for all who look at it
            version, page = self._dashboard
            if version != snapshot.version:
                material = _material(source, snapshot)
                text = dashboard_page(source.results(snapshot), self._language, material)
                page = text.encode(errors="xmlcharrefreplace")
                self._dashboard = (snapshot.version, page)
        return page

    def feedback(self, source: Source, snapshot: Snapshot, name: str) -> bytes | None:
        """Return the page of the student whose file has this name; None if there is none."""
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
        """Return the page of an essay part: the statement, the rubric and the answers."""
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
