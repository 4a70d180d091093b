"""Renders the pages of the server."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from autograder.core.text import Language
from autograder.core.text_of_policy import AFTER_POLICY
from autograder.core.verdict import told
from autograder.desk.source import Snapshot, Source, label
from autograder.records.results import results_in_memory
from autograder.reports.comparison import comparison_name
from autograder.reports.dashboard import comparison, dashboard_page
from autograder.reports.feedback import write_feedback
from autograder.reports.html import environment, file_name, page_bytes
from autograder.reports.names import STATUS_NAMES, STATUS_SIGNS

if TYPE_CHECKING:
    from jinja2 import Environment


class Pages:
    """Renders the pages; ``language`` is shown first."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._lock = threading.Lock()
        self._dashboard = ("", b"")  # the version of the run, and its page

    @cached_property
    def _environment(self) -> Environment:
        made = environment("autograder.desk")
        made.filters["label"] = label
        made.globals |= {"told": told, "names": STATUS_NAMES, "signs": STATUS_SIGNS}
        made.globals["after_policy"] = AFTER_POLICY
        return made

    def render(self, name: str, **values: Any) -> bytes:
        """Return a page as UTF-8; of names of folders that are no Unicode bytes are escaped."""
        text = self._environment.get_template(name).render(language=self.language, **values)
        return text.encode(errors="backslashreplace")

    def dashboard(self, source: Source, snapshot: Snapshot) -> bytes:
        """Return the dashboard of the run as it is now."""
        with self._lock:  # made once for all who look at it
            version, page = self._dashboard
            if version != snapshot.version:
                material = source.material(snapshot)
                text = dashboard_page(snapshot.results, self.language, material, served=True)
                page = text.encode(errors="xmlcharrefreplace")
                self._dashboard = (snapshot.version, page)
        return page

    def feedback(self, source: Source, snapshot: Snapshot, name: str) -> bytes | None:
        """Return the page of the student whose file has this name; None if there is none."""
        mine = [result for result in snapshot.results if file_name(result.student) == name]
        if not mine:
            return None
        with TemporaryDirectory() as folder:
            only = results_in_memory(snapshot.results.header, mine)
            material = source.material(snapshot)
            (path,) = write_feedback(only, Path(folder), self.language, material)
            return path.read_bytes()

    def similar(self, source: Source, snapshot: Snapshot, question: str, pair: str) -> bytes | None:
        """Return the page with two submissions whose file has this name; None if there is none."""
        names = {file_name(result.student): result.student for result in snapshot.results}
        for name, first in names.items():
            second = names.get(pair.removeprefix(f"{name}--"))
            if second is not None and pair == comparison_name((first, second)):
                material = source.material(snapshot)
                return page_bytes(comparison(question, (first, second), material, self.language))
        return None
