"""Unpacks an archive that a student handed in, whatever is in it: bounded, and never outside its folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.course.beside import MAX_BYTES, MAX_FILES

_CHUNK = 1 << 20


class UnpackError(ValueError):
    """The archive is damaged, encrypted or larger than is accepted."""


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
        with zipfile.ZipFile(archive) as packed:
            for member in packed.infolist():
                if not member.is_dir():
                    with packed.open(member) as content:
                        yield zip_name(member), content, zip_time(member)
        return
    with tarfile.open(archive) as tape:
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
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise UnpackError(f"more than {MAX_BYTES >> 20} MB")
            file.write(chunk)
    return size
