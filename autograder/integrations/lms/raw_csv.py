"""A CSV file of which single cells change and every other character stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class RawCsv:
    """The records of a file.

    Attributes:
        cells: the characters of each cell, quotes included, by record.
        ends: what ends each record; empty at the end of the file.
        delimiter: what separates cells.
    """

    cells: list[list[str]]
    ends: list[str]
    delimiter: str

    @classmethod
    def parse(cls, text: str, delimiter: str) -> RawCsv:
        """Return the records of a text; ``text`` of what is returned is the text again."""
        found = cls([], [], delimiter)
        for cells, end in _records(text, delimiter):
            found.cells.append(cells)
            found.ends.append(end)
        return found

    @property
    def text(self) -> str:
        """The text of the file."""
        records = zip(self.cells, self.ends, strict=True)
        return "".join(self.delimiter.join(cells) + end for cells, end in records)

    def values(self, record: int) -> list[str]:
        """Return what the cells of a record say."""
        return [_value(raw) for raw in self.cells[record]]

    def set(self, record: int, column: int, value: str) -> None:
        """Give a cell another value, in quotes if it had some or needs them."""
        raw = self.cells[record]
        raw += [""] * (column + 1 - len(raw))
        needed = any(letter in value for letter in (self.delimiter, '"', "\n", "\r"))
        quoted = raw[column].lstrip().startswith('"') or needed
        raw[column] = '"{}"'.format(value.replace('"', '""')) if quoted else value


def _records(text: str, delimiter: str) -> Iterator[tuple[list[str], str]]:
    """Yield (cells, end) of every record."""
    cells: list[str] = []
    start = at = 0
    while at < len(text):
        letter = text[at]
        if letter == '"' and at == start:
            at = _after_quotes(text, at)
        elif letter == delimiter:
            cells.append(text[start:at])
            start = at = at + 1
        elif letter in "\r\n":
            end = "\r\n" if text.startswith("\r\n", at) else letter
            yield [*cells, text[start:at]], end
            cells = []
            start = at = at + len(end)
        else:
            at += 1
    if cells or start < len(text):
        yield [*cells, text[start:]], ""


def _after_quotes(text: str, at: int) -> int:
    """Return where a quoted cell that begins at ``at`` has its last quote behind it."""
    at += 1
    while (close := text.find('"', at)) >= 0:
        if not text.startswith('""', close):
            return close + 1
        at = close + 2
    return len(text)


def _value(raw: str) -> str:
    if not raw.startswith('"'):
        return raw
    end = _after_quotes(raw, 0)
    return raw[1 : end - 1].replace('""', '"') + raw[end:]
