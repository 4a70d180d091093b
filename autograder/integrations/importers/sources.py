"""Finds the assignments in a folder, and tells which system they are of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.core.text import Text, join
from autograder.integrations.importers import reasons
from autograder.integrations.importers.from_nbgrader import read_notebook
from autograder.integrations.importers.from_otter import is_otter, read_otter
from autograder.integrations.importers.from_pytest import is_pytest, read_pytest
from autograder.integrations.importers.model import JUDGED, Assignment, ImportingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The assignments of a source, and a line for each file that is none."""

    assignments: Sequence[Assignment]
    refused: Sequence[Text] = ()


def exam_name(source: Path) -> str:
    """Return the name of the exam for a source: that of its folder, or of its file."""
    named = source.resolve()
    name = re.sub(r"[^\w-]", "_", named.stem if named.is_file() else named.name)
    return name if name[:1].isalpha() else f"exam_{name}"


def read_source(source: Path, system: str) -> Read:
    """Read all assignments of a folder, or of one file.

    Raises:
        ImportingError: there is none.
    """
    notebooks = [source] if source.suffix == ".ipynb" else sorted(source.glob("*.ipynb"))
    tested = system == "auto" and is_pytest(source)
    if system == "pytest" or (tested and not notebooks):
        return Read(assignments=[read_pytest(source)])
    found, refused = list[Assignment](), list[Text]()
    for path in notebooks:
        try:
            otter = system == "otter" or (system == "auto" and is_otter(path))
            found.append(read_otter(path) if otter else read_notebook(path))
        except ImportingError as error:
            refused.append(error.text)
    if tested and not any(piece.kind in JUDGED for one in found for piece in one.pieces):
        with suppress(ImportingError):  # else what is called like a test is something else
            return Read(assignments=[read_pytest(source)])  # the notebook is the sheet of a homework in files
    if not found:
        raise ImportingError(join(refused, "; ") or reasons.NO_NOTEBOOK.format(source=source))
    return Read(assignments=found, refused=refused)
