"""The formats of reports, by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from autograder.core.text import Language
from autograder.records.results import ClassResults
from autograder.reports.dashboard import write_dashboard
from autograder.reports.feedback import write_feedback
from autograder.reports.gradescope import write_gradescope
from autograder.reports.junit import write_junit
from autograder.reports.material import Material
from autograder.reports.spreadsheet import write_csv
from autograder.reports.workbook import write_xlsx


def write_pages(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write a page for every student and the dashboard, and return their paths, the dashboard last.

    Raises:
        RunError: a file cannot be written.
    """
    pages = write_feedback(results, folder, language, material)
    return pages + write_dashboard(results, folder, language, material)


# Takes the results of a class, the folder to write into, the language of the messages (on pages: the language
# shown first) and the material, and returns the paths of the files. Raises RunError if one cannot be written.
Renderer = Callable[[ClassResults, Path, Language, Material], list[Path]]
RENDERERS: Mapping[str, Renderer] = {
    "csv": write_csv,
    "html": write_pages,
    "gradescope": write_gradescope,
    "junit": write_junit,
    "xlsx": write_xlsx,
}
