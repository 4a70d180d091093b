"""The pages of the server."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from autograder.core.text import Language
from autograder.core.verdict import told
from autograder.desk.source import Snapshot, Source
from autograder.records.results import results_in_memory
from autograder.reports.comparison import comparison_name
from autograder.reports.dashboard import comparison, dashboard_page
from autograder.reports.essays import Answer, EssayPart
from autograder.reports.feedback import write_feedback
from autograder.reports.html import environment, file_name, page_bytes
from autograder.reports.material import Material

if TYPE_CHECKING:
    from jinja2 import Environment


class Pages:
    """Renders the pages; ``language`` is shown first."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._dashboard = ("", b"")  # the version of the run, and its page

    @cached_property
    def _environment(self) -> Environment:
        return environment("autograder.desk")

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
                text = dashboard_page(source.results(snapshot), self._language, material, served=True)
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

    def similar(self, source: Source, snapshot: Snapshot, question: str, pair: str) -> bytes | None:
        """Return the page with two submissions whose file has this name; None if there is none."""
        names = {file_name(result.student): result.student for result in source.results(snapshot)}
        for name, first in names.items():
            second = names.get(pair.removeprefix(f"{name}--"))
            if second is not None and pair == comparison_name((first, second)):
                material = _material(source, snapshot)
                return page_bytes(comparison(question, (first, second), material, self._language))
        return None

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
