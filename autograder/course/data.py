"""Finds the datasets of a run and compares them with the official checksums."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from msgspec import MsgspecError, Struct, json

from autograder.core.errors import reason
from autograder.core.framework import Profile
from autograder.worker.datasets import DatasetError, files_of, md5

DATA_VARIABLE = "AUTOGRADER_DATA"
MANIFEST = Path("data") / "manifest.json"
MINI = Path("data") / "mini"
OFFICIAL = "official"


class EmbeddedDataset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The small dataset for ``mini``, ``data/mini/<name>.npz``: its SHA-256 and its size in bytes."""

    title: str
    licence: str
    sha256: str
    bytes: int


class DatasetEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dataset in ``data/manifest.json``.

    Attributes:
        folder: where the official files are, relative to the folder of all datasets.
        urls: addresses that end in "/"; each has all archives.
        archives: the MD5 of each file to download.
        files: the MD5 of each unpacked file.
    """

    title: str
    licence: str
    folder: str
    urls: list[str]
    archives: dict[str, str]
    files: dict[str, str]
    mini: EmbeddedDataset


class _DataManifest(Struct, forbid_unknown_fields=True):
    datasets: dict[str, DatasetEntry]


def data_folder(profile: Profile, course: Path, given: Path | None) -> Path:
    """Return the folder of the datasets: for ``mini`` the course's embedded ones, for ``full`` ``given``.

    Without ``given`` (``--data``) it is ``$AUTOGRADER_DATA``, else the user's data folder.
    """
    if profile == "mini":
        return course / MINI
    if given is not None:
        return given.resolve()
    if variable := os.environ.get(DATA_VARIABLE):
        return Path(variable).resolve()
    import platformdirs

    return platformdirs.user_data_path("dl-autograder") / "datasets"


def datasets_of(course: Path) -> dict[str, DatasetEntry]:
    """Return the entries of the course's ``data/manifest.json`` by name.

    Raises:
        DatasetError: the file cannot be read, or a field is wrong; the message names both.
    """
    path = course / MANIFEST
    try:
        return json.decode(path.read_bytes(), type=_DataManifest).datasets
    except (OSError, MsgspecError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: {error}") from None


@cache
def fingerprint(name: str, profile: Profile, course: Path, folder: Path) -> str:
    """Return a dataset's fingerprint for keys and results.

    ``mini:<sha256>`` for an embedded one, ``official`` where every file has its official checksum, and
    ``own:<sha256>`` for any other content.

    Raises:
        DatasetError: it is absent or unreadable, or an embedded one has another checksum.
    """
    known = datasets_of(course).get(name)
    if known is None:
        raise DatasetError(
            f"{course / MANIFEST}: there is no dataset {name!r}",
            ko=f"{course / MANIFEST}: 데이터셋 {name!r}이(가) 없습니다",
        )
    if profile == "mini":
        path = folder / f"{name}.npz"
        if not path.is_file():
            raise DatasetError(
                f"{path}: no such file; is the course complete?",
                ko=f"{path}: 그런 파일이 없습니다. 과목의 폴더가 온전합니까?",
            )
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        if sha != known.mini.sha256:
            raise DatasetError(
                f"{path}: its SHA-256 is {sha}, expected is {known.mini.sha256}",
                ko=f"{path}: SHA-256이 {sha}입니다. {known.mini.sha256}이어야 합니다",
            )
        return f"mini:{sha[:16]}"
    try:
        layout, files = files_of(name, folder)
        if layout != "images" and {file.name: md5(file) for file in files} == known.files:
            return OFFICIAL
        return f"own:{_sha256(files, folder)[:16]}"
    except OSError as error:
        raise DatasetError(
            f"{name} in {folder} cannot be read: {error}",
            ko=f"{folder}의 {name}을(를) 읽을 수 없습니다: {reason(error).ko}",
        ) from None


def _sha256(files: list[Path], folder: Path) -> str:
    sha = hashlib.sha256()
    for path in files:
        sha.update(f"{path.relative_to(folder)}\0".encode())
        there = path if path.exists() else path.with_name(path.name + ".gz")
        sha.update(hashlib.sha256(there.read_bytes()).digest())
    return sha.hexdigest()
