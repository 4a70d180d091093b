"""Reads a download, a folder or an archive: every file with its name, or why it is not taken."""

from __future__ import annotations

import os
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.core.errors import UserError
from autograder.core.text import EMPTY, Text, join
from autograder.course.archive import (
    DAMAGED,
    MAX_CONTENTS,
    UnpackError,
    chunks,
    odd_compression,
    opened_tape,
    opened_zip,
    zip_name,
    zip_time,
)
from autograder.course.beside import MAX_FILES
from autograder.course.which_file import ARCHIVES, is_junk, readable

MAX_FILE = 256 << 20  # bytes of one file
MAX_ENTRIES = 200_000  # files of one download
MAX_PASSED = 1 << 30  # bytes of an archive that was handed in, with files too large to be taken
_MAX_DOWNLOAD, _DOWNLOAD_CONTENTS = 1 << 36, 1 << 28  # of a whole download, which is no student's
_RATIO, _SMALL = 200, 8 << 20  # a file that unpacks to more than 200 times its size, and to more than 8 MB

MORE_FILES = Text(ko="파일이 {most:,}개를 넘습니다", en="more than {most:,} files")
_NO_ARCHIVE = Text(
    ko="폴더도, 읽을 수 있는 zip이나 tar 파일도 아닙니다",
    en="neither a folder nor a zip or tar file that can be read",
)
_ABSENT = Text(ko="그런 파일이나 폴더가 없습니다", en="no such file or folder")
_UNREADABLE = Text(ko="읽을 수 없습니다: {error}", en="cannot be read: {error}")
_MORE = Text(ko="{most}MB를 넘습니다", en="more than {most} MB")
_LARGER = Text(ko="{most}MB보다 큽니다", en="larger than {most} MB")
_DAMAGED = Text(ko="손상되었습니다: {error}", en="damaged: {error}")
_LINK = Text(ko="링크입니다", en="a link")
_NO_FILE = Text(ko="보통 파일이 아닙니다", en="no ordinary file")
_ENCRYPTED = Text(ko="암호가 걸려 있습니다", en="encrypted")
_ODDLY_PACKED = Text(ko="받지 않는 방식으로 압축되어 있습니다", en="packed in a way that is not accepted")
_BOMB = Text(ko="{packed}kB인데 압축을 풀면 {size}MB가 됩니다", en="unpacks to {size} MB from {packed} kB")
_OUTSIDE = Text(ko="이름이 폴더 밖을 가리킵니다", en="its name leads outside")
_LONG_NAME = Text(ko="이름이 너무 깁니다", en="its name is too long")


class SourceError(UserError):
    """A download cannot be read at all; ``why`` says it without the download's name."""

    def __init__(self, source: Path, why: Text) -> None:
        self.why = why
        super().__init__(join([Text(str(source)), why], ": "))


class ReadError(ValueError):
    """A file of a download is damaged or too large; ``why`` says which."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file of a download.

    Attributes:
        path: in the download, with slashes, in composed letters.
        size: in bytes, as the download says.
        modified: in seconds since the epoch; 0 if unknown.
        refused: why it is not read; empty if it is.
        junk: whether it is a system's or a tool's.
        open: opens it.
    """

    path: str
    size: int
    modified: float
    refused: Text = EMPTY
    junk: bool = False
    open: Callable[[], IO[bytes]]

    def chunks(self, limit: int = MAX_FILE) -> Iterator[bytes]:
        """Yield the content.

        Raises:
            ReadError: it is damaged, encrypted or has more than ``limit`` bytes.
        """
        size = 0
        try:
            with self.open() as file:
                for chunk in chunks(file):
                    size += len(chunk)
                    if size > limit:
                        raise ReadError(_MORE.format(most=limit >> 20))
                    yield chunk
        except ReadError:
            raise
        except Exception as error:  # damaged archives raise what zlib, lzma, zipfile and tarfile have
            said = str(error).partition("\n")[0][:200]
            raise ReadError(_DAMAGED.format(error=said or type(error).__name__)) from None


def is_archive(name: str) -> bool:
    """Return whether a file's name is that of an archive which can be unpacked."""
    return name.lower().endswith(ARCHIVES)


@contextmanager
def items_of(source: Path, *, handed_in: bool = False) -> Iterator[Iterator[Item]]:
    """Yield the files of a folder, a zip or a tar file; they can be read while the context is open.

    Args:
        source: where they are.
        handed_in: whether a student made it, who may mean no good.

    Raises:
        SourceError: the source is none of these.
    """
    try:
        if source.is_dir():
            yield _limited(_in_folder(source), source)
        elif zipfile.is_zipfile(source):
            with opened_zip(source, MAX_CONTENTS if handed_in else _DOWNLOAD_CONTENTS) as packed:
                yield _limited(_in_zip(packed), source)
        elif source.is_file() and _is_tape(source):
            files, size = (MAX_FILES, MAX_PASSED) if handed_in else (MAX_ENTRIES, _MAX_DOWNLOAD)
            with opened_tape(source, files, size) as tape:
                yield _limited(_in_tar(tape), source)
        elif source.is_file():
            raise SourceError(source, _NO_ARCHIVE)
        else:
            raise SourceError(source, _ABSENT)
    except (*DAMAGED, UnpackError, OSError, NotImplementedError) as error:
        raise SourceError(source, _UNREADABLE.format(error=error)) from None


def _is_tape(source: Path) -> bool:
    try:
        with opened_tape(source):
            return True
    except (*DAMAGED, OSError):
        return False


def _limited(items: Iterator[Item], source: Path) -> Iterator[Item]:
    for number, item in enumerate(items):
        if number == MAX_ENTRIES:
            raise SourceError(source, MORE_FILES.format(most=MAX_ENTRIES))
        yield item


def _in_folder(folder: Path) -> Iterator[Item]:
    for top, folders, names in os.walk(folder):
        linked = [name for name in folders if (Path(top) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in linked)
        for name in sorted([*names, *linked]):
            path = Path(top) / name
            about = path.lstat()
            refused = EMPTY
            if stat.S_ISLNK(about.st_mode):
                refused = _LINK
            elif not stat.S_ISREG(about.st_mode):
                refused = _NO_FILE
            said = readable(path.relative_to(folder).as_posix())
            yield _item(said, about.st_size, about.st_mtime, lambda path=path: path.open("rb"), refused)  # type: ignore[misc]


def _in_zip(packed: zipfile.ZipFile) -> Iterator[Item]:
    for member in packed.infolist():
        if member.is_dir():
            continue
        refused = EMPTY
        if stat.S_ISLNK(member.external_attr >> 16):
            refused = _LINK
        elif member.flag_bits & 1:
            refused = _ENCRYPTED
        elif odd_compression(member):
            refused = _ODDLY_PACKED
        elif member.file_size > max(_SMALL, _RATIO * member.compress_size):
            refused = _BOMB.format(size=member.file_size >> 20, packed=member.compress_size >> 10)
        opened = lambda member=member: packed.open(member)  # noqa: E731
        yield _item(zip_name(member), member.file_size, zip_time(member), opened, refused)


def _in_tar(tape: tarfile.TarFile) -> Iterator[Item]:
    for member in tape:
        if member.isdir():
            continue
        refused = _LINK if member.issym() or member.islnk() else EMPTY
        if not refused and not member.isfile():
            refused = _NO_FILE

        def opened(member: tarfile.TarInfo = member) -> IO[bytes]:
            file = tape.extractfile(member)
            assert file is not None  # it is an ordinary file
            return file

        yield _item(member.name, member.size, float(member.mtime), opened, refused)


def _item(name: str, size: int, modified: float, opened: Callable[[], IO[bytes]], refused: Text) -> Item:
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if not refused and (plain.startswith("/") or ".." in parts or "\0" in plain or not parts):
        refused = _OUTSIDE
    if not refused and ":" in parts[0][1:2]:
        refused = _OUTSIDE
    if not refused and size > MAX_FILE:
        refused = _LARGER.format(most=MAX_FILE >> 20)
    if not refused and any(len(part.encode("utf-8", "replace")) > 255 for part in parts):
        refused = _LONG_NAME
    return Item(
        path=plain if refused else str(PurePosixPath(*parts)),
        size=size,
        modified=modified,
        refused=refused,
        junk=any(is_junk(part) for part in parts),
        open=opened,
    )
