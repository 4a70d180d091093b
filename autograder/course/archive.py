"""Unpacks an archive that a student handed in, whatever is in it: bounded, and never outside its folder."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any

from autograder.course.beside import MAX_BYTES, MAX_FILES

_PIECE = 1 << 14  # bytes that are read at a time of a tar file, of a header too
_CHUNK = 1 << 20  # of anything else
MAX_CONTENTS = 16 << 20  # bytes of a zip file's list of contents, for a hundred thousand files
_HEADERS = 10  # blocks of headers for each file in a tar file
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_COMPRESSED: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError)


class UnpackError(ValueError):
    """The archive is damaged, encrypted or larger than is accepted."""


class _Guarded(io.BufferedReader):
    """A file of which an archive's own parts are read only as far as they are as long as honest ones.

    zipfile and tarfile read a list of contents or a header in one piece, of any size that it says it has.
    """

    def __init__(self, raw: Any, *, piece: int, headers: int = sys.maxsize, size: int = sys.maxsize) -> None:
        super().__init__(raw)
        self._piece, self._headers, self._size = piece, headers, size

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self._piece + 1 if size is None or size < 0 else size
        self._headers -= wanted == tarfile.BLOCKSIZE
        data = super().read(min(wanted, self._piece + 1))
        if len(data) > self._piece or self._headers < 0:
            raise UnpackError("its headers are larger than those of any files")
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_SET and offset > self._size:
            raise UnpackError(f"more than {self._size >> 20} MB")
        return super().seek(offset, whence)


@contextmanager
def opened_zip(archive: Path, contents: int = MAX_CONTENTS) -> Iterator[zipfile.ZipFile]:
    """Yield a zip file whose list of contents has at most so many bytes.

    Raises:
        UnpackError: it has more.
        Exception: one of DAMAGED, OSError, NotImplementedError: it cannot be read.
    """
    with _Guarded(io.FileIO(archive), piece=contents) as file, zipfile.ZipFile(file) as packed:
        yield packed


@contextmanager
def opened_tape(archive: Path, files: int = MAX_FILES, size: int = MAX_BYTES) -> Iterator[tarfile.TarFile]:
    """Yield a tar file, compressed or not, which is read only as far as it has so many files and bytes.

    Raises:
        UnpackError: it has more, also later on.
        Exception: one of DAMAGED, OSError: it cannot be read, also later on.
    """
    with archive.open("rb") as file:
        start = file.read(len(max(_COMPRESSED, key=len)))
    opens = next((found for magic, found in _COMPRESSED.items() if start.startswith(magic)), io.FileIO)
    with (
        opens(archive) as stream,
        _Guarded(stream, piece=_PIECE, headers=_HEADERS * (files + 100), size=size) as guarded,
        tarfile.TarFile(fileobj=guarded) as tape,
    ):
        yield tape


def chunks(content: IO[bytes]) -> Iterator[bytes]:
    """Yield what a member of a zip or tar file holds, piece by piece."""
    most = _PIECE if isinstance(content, tarfile.ExFileObject) else _CHUNK
    while chunk := content.read(most):
        yield chunk


def odd_compression(member: zipfile.ZipInfo) -> bool:
    """Return whether a member is packed in a way of which zipfile unpacks any amount at once."""
    return member.compress_type not in _PLAIN


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack an archive into a folder named after its content, unless it is there; return the folder.

    Links, devices and names that lead outside are left out.

    Args:
        archive: a zip or tar file.
        folder: where the new folder is made.

    Raises:
        UnpackError: it cannot be unpacked.
        OSError: the archive cannot be read, or the folder not be written.
    """
    with archive.open("rb") as file:
        target = folder / hashlib.file_digest(file, "sha256").hexdigest()[:32]
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=folder, prefix="."))
    try:
        left = MAX_BYTES
        for number, (name, content, changed) in enumerate(_members(archive)):
            if number == MAX_FILES:
                raise UnpackError(f"more than {MAX_FILES:,} files")
            if (path := _inside(half, name)) is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                left -= _copy(content, path, left)
                os.utime(path, (changed, changed))
        _keep(half, target)
    except (OSError, UnpackError):
        raise
    except Exception as error:  # damaged archives raise what zlib, lzma, zipfile and tarfile have
        said = str(error).partition("\n")[0].rstrip(":")[:200]
        raise UnpackError(said or type(error).__name__) from None
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return target


def _keep(half: Path, target: Path) -> None:
    """Give the folder its name, unless another thread was faster."""
    try:
        os.replace(half, target)
    except OSError:
        if not target.is_dir():
            raise


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes], float]]:
    """Yield (name, content, time of the last change in seconds since the epoch) of every file."""
    if zipfile.is_zipfile(archive):
        with opened_zip(archive) as packed:
            for member in packed.infolist():
                if odd_compression(member):
                    raise UnpackError("packed in a way that is not accepted; make an ordinary zip file")
                if not member.is_dir():
                    with packed.open(member) as content:
                        yield zip_name(member), content, zip_time(member)
        return
    # Unlike those of a zip file, the members that are too much are noticed only as they are passed over.
    with opened_tape(archive, size=2 * MAX_BYTES) as tape:
        for entry in tape:
            if entry.isfile() and (stored := tape.extractfile(entry)) is not None:
                yield entry.name, stored, entry.mtime


def zip_time(member: zipfile.ZipInfo) -> float:
    """Return when a member was changed, in seconds since the epoch; 0 if it has no such date."""
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (OverflowError, ValueError):  # no such date
        return 0.0


def zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; without the mark of UTF-8 it is UTF-8, Korean Windows's, or else DOS's."""
    if member.flag_bits & 0x800:
        return member.filename
    data = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "euc_kr"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    with suppress(UnicodeDecodeError):
        # Of rare syllables, which euc_kr lacks, the bytes are also those of accented letters before others.
        found = data.decode("cp949")
        if any(len(letter.encode("euc_kr", "ignore")) == 2 for letter in found):
            return found
    return member.filename


def _inside(folder: Path, name: str) -> Path | None:
    relative = PurePosixPath(name.replace("\\", "/"))
    if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in name:
        return None
    return folder / relative


def _copy(content: IO[bytes], path: Path, left: int) -> int:
    size = 0
    with path.open("xb") as file:
        for chunk in chunks(content):
            size += len(chunk)
            if size > left:
                raise UnpackError(f"more than {MAX_BYTES >> 20} MB")
            file.write(chunk)
    return size
