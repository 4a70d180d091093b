"""Reports: render verdicts and decide nothing."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from autograder.core.errors import REPORT, UserError, to_install
from autograder.core.text import Language, Text
from autograder.records.results import ClassResults
from autograder.reports.dashboard import write_dashboard
from autograder.reports.feedback import write_feedback
from autograder.reports.gradescope import write_gradescope
from autograder.reports.junit import write_junit
from autograder.reports.material import Material
from autograder.reports.spreadsheet import write_csv
from autograder.reports.workbook import write_xlsx


class NotInstalledError(UserError):
    """A report needs a library that is not installed; the message says how to install it."""


def write_pages(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write a page for every student and the dashboard, and return their paths, the dashboard last.

    Raises:
        RunError: a file cannot be written.
        NotInstalledError: matplotlib or rapidfuzz is not installed.
    """
    if absent := [name for name in ("matplotlib", "rapidfuzz") if find_spec(name) is None]:
        raise NotInstalledError(to_install(Text(ko="페이지", en="a page"), ", ".join(absent), REPORT))
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
