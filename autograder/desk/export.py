"""What a run's results are exported to, as one ZIP file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from autograder.core.text import Language
from autograder.records.results import ClassResults
from autograder.reports.material import Material
from autograder.reports.renderers import RENDERERS


def exported(name: str, results: ClassResults, folder: Path, language: Language, material: Material) -> bytes:
    """Return a ZIP file with what the format of this name writes.

    Args:
        folder: an empty folder for the files.

    Raises:
        KeyError: there is no such format.
        RunError: a file cannot be written.
    """
    RENDERERS[name](results, folder, language, material)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return made.getvalue()
