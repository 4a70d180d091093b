"""Results as an xlsx workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autograder.core.errors import REPORT, to_install
from autograder.core.text import Language
from autograder.course.table_file import TableError
from autograder.records.files import whole
from autograder.records.results import ClassResults
from autograder.reports.material import Material
from autograder.reports.spreadsheet import Sheet, sheets

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_LONGEST = 32_000  # characters of a cell; Excel takes 32,767


def write_xlsx(results: ClassResults, folder: Path, language: Language, material: Material) -> list[Path]:
    """Write ``results.xlsx`` with sheets of totals, questions and parts; a Renderer."""
    return [write_workbook(folder / "results.xlsx", sheets(results, language, material))]


def write_workbook(path: Path, tables: Iterable[Sheet]) -> Path:
    """Write tables as sheets of a workbook and return its path; a text is never read as a formula.

    Raises:
        TableError: openpyxl is not installed.
        RunError: it cannot be written.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ModuleNotFoundError:
        raise TableError(to_install(str(path), "openpyxl", REPORT)) from None
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.append(list(table.header))
        for row in table.rows:
            cells = [WriteOnlyCell(sheet, _plain(value)) for value in row]
            for cell, value in zip(cells, row, strict=True):
                if isinstance(value, str):
                    cell.data_type = "s"
            sheet.append(cells)
    with whole(path) as file:
        book.save(file)
    return path


def _plain(value: object) -> object:
    """Return a value that a cell can hold."""
    return _ILLEGAL.sub("\ufffd", value)[:_LONGEST] if isinstance(value, str) else value
