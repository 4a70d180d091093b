"""Reads tables as registries, spreadsheets and learning systems write them: CSV in any encoding, or xlsx."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from autograder.core.errors import REPORT, UserError, reason, to_install

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_BYTES = 64 << 20
_DELIMITERS = ",;\t"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TableError(UserError):
    """A table cannot be read; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a table, with its number in the file, from 1."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table's header and rows; rows are as long as the header."""

    path: Path
    header: Sequence[str]
    lines: Sequence[Line]


def decoded_text(path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding: UTF-16 and UTF-8 by their marks, UTF-8, or cp949.

    Raises:
        TableError: it cannot be read, is too large, or is none of these.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}", ko=f"{path}: {reason(error).ko}") from None
    if len(data) > MAX_BYTES:
        raise TableError(
            f"{path}: larger than {MAX_BYTES >> 20} MB", ko=f"{path}: {MAX_BYTES >> 20} MB보다 큽니다"
        )
    if data.startswith(_UTF16):
        encodings = ["utf-16"]
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif b"\0" in data[:200]:
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8", "cp949"]
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
    raise TableError(
        f"{path}:{line}: not {' nor '.join(encodings)}; save it as CSV UTF-8 (in Excel: Save As, CSV UTF-8)",
        ko=f"{path}:{line}: {', '.join(encodings)} 어느 것으로도 읽을 수 없습니다. CSV UTF-8로 "
        "저장하세요(엑셀: 다른 이름으로 저장, CSV UTF-8)",
    )


def delimiter_of(text: str) -> str:
    """Return what separates the cells of the first line: a comma, a semicolon or a tab."""
    outside = "".join(text.lstrip("\r\n").partition("\n")[0].split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def read_table(path: Path) -> Table:
    """Read a table; rows without any text are left out.

    Raises:
        TableError: it cannot be read, or is empty, or a row has more cells than the header.
    """
    if path.suffix.lower() == ".xlsx":
        lines = _xlsx_lines(path)
    else:
        text, _ = decoded_text(path)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        try:
            lines = [Line(number=reader.line_num, cells=cells) for cells in reader]
        except csv.Error as error:
            raise TableError(f"{path}:{reader.line_num}: {error}") from None
    lines = [line for line in lines if any(cell.strip() for cell in line.cells)]
    if not lines:
        raise TableError(
            f"{path}: empty; expected a header and a line for each student",
            ko=f"{path}: 비어 있습니다. 제목 줄과 학생마다 한 줄이 있어야 합니다",
        )
    header, *rows = lines[header_at([line.cells for line in lines]) :]
    width = len(header.cells)
    for row in rows:
        if any(cell.strip() for cell in row.cells[width:]):
            raise TableError(
                f"{path}:{row.number}: {len(row.cells)} cells, the header has {width}; "
                "a cell with a delimiter in it needs quotes",
                ko=f"{path}:{row.number}: 칸이 {len(row.cells)}개인데 제목 줄에는 {width}개입니다. 구분자가 "
                "든 칸은 따옴표로 묶으세요",
            )
    even = [Line(number=row.number, cells=[*row.cells, *[""] * width][:width]) for row in rows]
    return Table(path=path, header=header.cells, lines=even)


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """Return which row is the header: the first with several cells, for titles above it have one."""
    several = (at for at, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1)
    return next(several, 0)


def _xlsx_lines(path: Path) -> list[Line]:
    workbook = open_workbook(path)
    rows = workbook.worksheets[0].iter_rows(values_only=True)
    return [Line(number=number, cells=list(map(_said, row))) for number, row in enumerate(rows, 1)]


def _said(cell: object) -> str:
    """Return what a cell says; a whole number is no fraction, and a date at midnight has no time."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell)


def open_workbook(path: Path) -> Workbook:
    """Return an xlsx workbook.

    Raises:
        TableError: it cannot be read, or openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise TableError(to_install(str(path), "openpyxl", REPORT)) from None
    try:
        return load_workbook(path)
    except OSError as error:
        raise TableError(f"{path}: {error.strerror}", ko=f"{path}: {reason(error).ko}") from None
    except (BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as error:
        raise TableError(
            f"{path}: not a workbook that can be read: {error}",
            ko=f"{path}: 읽을 수 있는 엑셀 파일이 아닙니다: {error}",
        ) from None
