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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, overload

from autograder.core.errors import UserError
from autograder.records.schemas import item_departure

_CHUNK = 1 << 18


class SheetError(UserError):
    """The file is damaged; the message says where."""


_encode = json.JSONEncoder(ensure_ascii=False).encode


def line_of(value: Any) -> bytes:
    """Return JSON on one line; lone surrogates become JSON's own escapes. Bytes are such a line already."""
    return value if isinstance(value, bytes) else _encode(value).encode(errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class Place:
    """A list or object in a file, and what to do if it is damaged."""

    path: Path
    name: str
    advice: str

    def damaged(self, why: str) -> SheetError:
        """Return the error."""
        return SheetError(f"{self.path} is damaged: {self.name}: {why}; {self.advice}")


class Lines:
    """The items of one list or object in a file, each as bytes without what separates them.

    The file is held open: these items stay what they are when another file takes its place.
    """

    def __init__(self, place: Place, descriptor: int, start: int, count: int) -> None:
        self._place, self._descriptor, self._start, self._count = place, descriptor, start, count
        weakref.finalize(self, os.close, descriptor)

    def __len__(self) -> int:
        return self._count

    def parsed(self, start: bytes = b"", end: bytes = b"") -> Iterator[Any]:
        """Yield the items as values, each put between ``start`` and ``end`` before.

        Raises:
            SheetError: one of them is damaged.
        """
        for line in self:
            try:
                value = json.loads(start + line + end)
            except (ValueError, RecursionError) as error:
                raise self._place.damaged(f"{error} in {line[:60]!r}") from None
            if problem := item_departure(value, self._place.path.name, self._place.name):
                raise self._place.damaged(problem)
            yield value

    def __iter__(self) -> Iterator[bytes]:
        position, rest, left = self._start, b"", self._count
        while left:
            chunk = os.pread(self._descriptor, _CHUNK, position)
            if not chunk:
                raise self._place.damaged("it became shorter while it was read")
            position += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line.removeprefix(b" ").removesuffix(b",") for line in lines[:left])
            left -= min(left, len(lines))


class Rows(Sequence[Any]):
    """The items of a list in a file; looks like that list and is read anew each time."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Any]:
        return self._lines.parsed()

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return list(self)[index]
        return next(islice(self, range(len(self))[index], None))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"


class Pairs(Collection[tuple[str, Any]]):
    """The items of an object in a file, as ``dict.items()`` gives them, read anew each time."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for pair in self._lines.parsed(b"{", b"}"):
            yield from pair.items()

    def __contains__(self, pair: object) -> bool:
        return any(pair == mine for mine in self)


def read_sheet(path: Path, large: Iterable[str], advice: str) -> tuple[dict[str, Any], dict[str, Lines]]:
    """Read a file but for what is large in it.

    Args:
        path: the file.
        large: names of lists and objects at the top of the file that are to be left there.
        advice: what to do if they are damaged.

    Returns:
        The object, in which those that were left are empty, and their lines; one that does not stand there a
        line for each item is in the object whole.

    Raises:
        OSError: it cannot be read.
        ValueError, RecursionError: it is not JSON.
    """
    openings = {f'"{name}": {bracket}\n'.encode(): name for name in large for bracket in "[{"}
    rest, lines = bytearray(), {}
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
                lines[name] = Lines(Place(path, name, advice), os.dup(file.fileno()), start, count)
    value = json.loads(rest)
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    return value, lines


def write_sheet(
    file: IO[bytes], value: Mapping[str, Any], items: Iterable[tuple[str, Any]], spool: Path
) -> None:
    """Write an object, lists and objects at its top with a line for each item; its lists stand last.

    Args:
        file: where to.
        value: the object.
        items: what its lists get besides: pairs (name of the list, item), none of which is kept in memory.
        spool: a folder for temporary files.

    Raises:
        OSError: it cannot be written.
    """
    lists = [name for name in value if isinstance(value[name], list | Rows)]
    entries = [line_of(name) + b": " + _by_line(value[name]) for name in value if name not in lists]
    file.write(b"{\n" + b",\n".join(entries))
    with ExitStack() as stack:
        parts = {
            key: stack.enter_context(tempfile.TemporaryFile(dir=spool, buffering=_CHUNK)) for key in lists
        }
        given = ((key, item) for key in lists for item in value[key])
        for name, item in chain(given, items):
            parts[name].write(b"\n " + line_of(item) + b",")
        for index, (name, part) in enumerate(parts.items()):
            file.write((b",\n" if entries or index else b"") + line_of(name) + b": [")
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
