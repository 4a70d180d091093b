"""Large JSON files, written and read one line at a time, in memory that does not grow with the class.

A file is one JSON object. Its large lists and objects at the top level have one item per line, so that items
can be read one by one; any JSON tool reads the file too.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import msgspec

from autograder.core.errors import UserError
from autograder.core.text import Text

T = TypeVar("T")
_CHUNK = 1 << 18
_encode = msgspec.json.Encoder().encode


class RowError(UserError):
    """A file is damaged; the message says where."""


def line_of(value: Any) -> bytes:
    """Return a value as one line of JSON; lone surrogates, which file names may have, are escaped."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        return text.encode(errors="backslashreplace")


def parser(type: type[T]) -> Callable[[bytes], T]:
    """Return the inverse of :func:`line_of`; it raises ValueError or RecursionError for invalid data."""
    decoder = msgspec.json.Decoder(type)

    def parse(data: bytes) -> T:
        try:
            return decoder.decode(data)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:  # perhaps because of lone surrogates
            return msgspec.convert(json.loads(data), type)

    return parse


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows(Collection[T], Generic[T]):
    """The items of a list or object in a file, read from disk on each iteration.

    The file is kept open, so that replacing it does not change the items.

    Attributes:
        path: the file.
        name: the name of the list or object.
        advice: what to do if an item is damaged.
        parse: turns a line into an item, or raises ValueError or RecursionError.
        descriptor: the descriptor of the open file.
        start: the byte offset of the first line.
        count: the number of lines.
    """

    path: Path
    name: str
    advice: Text
    parse: Callable[[bytes], T]
    descriptor: int
    start: int
    count: int

    def __post_init__(self) -> None:
        weakref.finalize(self, os.close, self.descriptor)

    def __len__(self) -> int:
        return self.count

    def __contains__(self, item: object) -> bool:
        return any(item == mine for mine in self)

    def __iter__(self) -> Iterator[T]:
        """Yield the items.

        Raises:
            RowError: an item is damaged.
        """
        line = b""
        try:
            for line in self._lines():
                yield self.parse(line)
        except (ValueError, RecursionError) as error:
            raise RowError(
                f"{self.path} is damaged: {self.name}: {error} in {line[:60]!r}; {self.advice.en}",
                ko=f"{self.path}이(가) 손상되었습니다: {self.name}: {line[:60]!r}에서 {error}. "
                f"{self.advice.ko}",
            ) from None

    def _lines(self) -> Iterator[bytes]:
        position, rest, left = self.start, b"", self.count
        while left:
            chunk = os.pread(self.descriptor, _CHUNK, position)
            if not chunk:
                raise ValueError("it became shorter while it was read")
            position += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line.removeprefix(b" ").removesuffix(b",") for line in lines[:left])
            left -= min(left, len(lines))


def read_by_line(
    path: Path, parsers: Mapping[str, Callable[[bytes], Any]], advice: Text
) -> tuple[bytes, dict[str, Rows[Any]]]:
    """Read a file without its large lists and objects, which are returned as rows.

    Args:
        path: the file.
        parsers: the parser of the items of each large top-level list or object, by its name.
        advice: what to do if an item is damaged.

    Returns:
        The JSON of the file with these lists and objects empty, and their rows by name. One that does not
        have one item per line is left in the JSON.

    Raises:
        OSError: the file cannot be read.
    """
    openings = {f'"{name}": {bracket}\n'.encode(): name for name in parsers for bracket in "[{"}
    rest, rows = bytearray(), {}
    with path.open("rb") as file:
        for line in file:
            rest += line
            if name := openings.get(line):
                start, count = file.tell(), 0
                for item in file:
                    if not item.startswith(b" "):
                        rest += item
                        break
                    count += 1
                rows[name] = Rows(
                    path=path,
                    name=name,
                    advice=advice,
                    parse=parsers[name],
                    descriptor=os.dup(file.fileno()),
                    start=start,
                    count=count,
                )
    return bytes(rest), rows


def write_by_line(
    file: IO[bytes],
    entries: Mapping[str, Any],
    lists: Iterable[str] = (),
    items: Iterable[tuple[str, bytes]] = (),
    spool: Path | None = None,
) -> None:
    """Write a JSON object whose lists and top-level objects have one item per line.

    Args:
        file: the binary file to write to.
        entries: the fields before the lists.
        lists: the names of the lists.
        items: pairs (name of a list, line); they are not kept in memory.
        spool: the folder for temporary files; the system's by default.

    Raises:
        OSError: the file cannot be written.
    """
    before = [line_of(name) + b": " + _by_line(value) for name, value in entries.items()]
    file.write(b"{\n" + b",\n".join(before))
    with ExitStack() as stack:
        parts = {
            name: stack.enter_context(tempfile.TemporaryFile(dir=spool, buffering=_CHUNK)) for name in lists
        }
        for name, line in items:
            parts[name].write(b"\n " + line + b",")
        for name, part in parts.items():
            file.write(b",\n" + line_of(name) + b": [")
            if size := part.tell():
                part.truncate(size - 1)  # the last comma
            part.seek(0)
            shutil.copyfileobj(part, file, _CHUNK)
            file.write(b"\n]" if size else b"]")
    file.write(b"\n}\n")


def _by_line(value: Any) -> bytes:
    if not (isinstance(value, dict) and value):
        return line_of(value)
    lines = (line_of(name) + b": " + line_of(item) for name, item in value.items())
    return b"{\n " + b",\n ".join(lines) + b"\n}"
