"""Reports: they render verdicts and decide nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.reports.dashboard import write_dashboard
from autograder.reports.feedback import write_feedback
from autograder.reports.material import Material
from autograder.reports.spreadsheet import write_csv
from autograder.text import Language


def write_pages(
    results: Mapping[str, Any], folder: Path, language: Language, material: Material
) -> list[Path]:
    """Write a page for every student, and the dashboard that leads to them; the dashboard is the last.

    Raises:
        RunError: a file cannot be written.
        NoMatplotlibError: a part declares a picture, and there is nothing to draw with.
    """
    pages = write_feedback(results, folder, language, material)
    return pages + write_dashboard(results, folder, language, material)


# Each renders the content of results.json into a folder and returns the files it wrote.
Renderer = Callable[[Mapping[str, Any], Path, Language, Material], list[Path]]
RENDERERS: Mapping[str, Renderer] = {"csv": write_csv, "html": write_pages}
