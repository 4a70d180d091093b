"""Reports: they render verdicts and decide nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.reports.feedback import write_feedback
from autograder.reports.material import Material
from autograder.reports.spreadsheet import write_csv
from autograder.text import Language

# Each renders the content of results.json into a folder and returns the files it wrote.
Renderer = Callable[[Mapping[str, Any], Path, Language, Material], list[Path]]
RENDERERS: Mapping[str, Renderer] = {"csv": write_csv, "html": write_feedback}
