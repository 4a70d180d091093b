"""Large JSON files, written and read a line at a time: a class of any size in the same memory.

Such a file is one JSON object. What is large in it, lists and objects at its top, has each item on a line of
its own, so that it can be read again item by item; any JSON tool reads it too.
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

T = TypeVar("T")
_CHUNK = 1 << 18
_encode = msgspec.json.Encoder().encode


class RowError(UserError):
    """The file is damaged; the message says where."""


def line_of(value: Any) -> bytes:
    """Return JSON on one line; lone surrogates, which names of files may have, become JSON's own escapes."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        return text.encode(errors="backslashreplace")


def parser(type: type[T]) -> Callable[[bytes], T]:
    """Return what reads :func:`line_of` back; it raises ValueError or RecursionError, which say where."""
    decoder = msgspec.json.Decoder(type)

    def parse(data: bytes) -> T:
        try:
            return decoder.decode(data)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:  # lone surrogates, perhaps
            return msgspec.convert(json.loads(data), type)

    return parse


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows(Collection[T], Generic[T]):
    """The items of a list or object in a file, read anew each time.

    The file is held open: they stay what they are when another file takes its place.

    Attributes:
        path: the file.
        name: of the list or object.
        advice: what to do if an item is damaged.
        parse: turns a line into an item, or raises ValueError or RecursionError.
        descriptor: of the open file.
        start: the first byte of the first line.
        count: how many lines there are.
    """

    path: Path
    name: str
    advice: str
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
            RowError: one of them is damaged.
        """
        line = b""
        try:
            for line in self._lines():
                yield self.parse(line)
        except (ValueError, RecursionError) as error:
            raise RowError(
                f"{self.path} is damaged: {self.name}: {error} in {line[:60]!r}; {self.advice}"
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
    path: Path, parsers: Mapping[str, Callable[[bytes], Any]], advice: str
) -> tuple[bytes, dict[str, Rows[Any]]]:
    """Read a file but for what is large in it.

    Args:
        path: the file.
        parsers: of items, by the names of the lists and objects at the top of the file that are left there.
        advice: what to do if an item is damaged.

    Returns:
        The rest, JSON in which those that were left are empty, and their rows; one that does not stand there
        a line for each item is in the rest.

    Raises:
        OSError: it cannot be read.
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
    """Write an object whose lists, and objects at its top, have a line for each item.

    Args:
        file: where to.
        entries: what stands before the lists.
        lists: names of the lists.
        items: of the lists: pairs (name of the list, line), none of which is kept in memory.
        spool: a folder for temporary files; the system's by default.

    Raises:
        OSError: it cannot be written.
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
