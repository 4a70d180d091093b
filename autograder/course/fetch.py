"""Downloads the official datasets into torchvision's layout; resumes interrupted downloads."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import shutil
import tarfile
import urllib.request
from pathlib import Path

from autograder.core.progress import Progress
from autograder.core.text import Text
from autograder.course.data import DatasetEntry
from autograder.worker.datasets import DatasetError

_CHUNK = 1 << 20
_TIMEOUT = 60.0  # seconds without a byte
_PARTIAL = 206


def fetch(name: str, dataset: DatasetEntry, folder: Path, progress: Progress) -> list[Path]:
    """Download and unpack the missing archives of a dataset, and return their paths.

    Args:
        name: used in messages.
        dataset: its entry in the manifest.
        folder: the folder of all datasets.
        progress: gets one step for every MiB.

    Raises:
        DatasetError: no address has a file with the right checksum, or it cannot be written.
    """
    unpacked, fetched = folder / dataset.folder, []
    for archive, md5 in dataset.archives.items():
        try:
            if not _complete(unpacked, archive, md5):
                target = (unpacked if archive.endswith("-ubyte.gz") else folder) / archive
                _download(name, [url + archive for url in dataset.urls], target, md5, progress)
                _unpack(target, folder)
                fetched.append(target)
        except (OSError, tarfile.TarError) as error:
            raise DatasetError(
                f"{name}: {archive} cannot be written: {error}",
                ko=f"{name}: {archive}에 쓸 수 없습니다: {error}",
            ) from None
    return fetched


def _complete(folder: Path, archive: str, md5: str) -> bool:
    """Return whether an archive is unpacked or has its checksum (a tar file: its folder has files)."""
    if archive.endswith(".tar.gz"):
        return folder.is_dir() and any(folder.iterdir())
    path = folder / archive
    return path.with_suffix("").exists() or (path.exists() and _md5(path) == md5)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _download(name: str, urls: list[str], target: Path, md5: str, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    problems = []
    for url in urls:
        try:
            _continue(url, part, progress)
        except (OSError, http.client.HTTPException) as error:
            problems.append(f"{url}: {error or type(error).__name__}")
            continue
        if (got := _md5(part)) == md5:
            part.rename(target)
            return
        part.unlink()
        problems.append(f"{url}: its MD5 is {got}, expected is {md5}")
    raise DatasetError(
        f"{name}: no address gave {target.name}; {'; '.join(problems)}. What was loaded is kept; run the "
        "same command again, or put the file there yourself",
        ko=f"{name}: 어느 주소에서도 {target.name}을(를) 받지 못했습니다. {'; '.join(problems)}. 받은 것은 "
        "남아 있습니다. 같은 명령을 다시 실행하거나 파일을 직접 그 자리에 두세요",
    )


def _continue(url: str, part: Path, progress: Progress) -> None:
    """Download ``url`` into ``part``, starting at the end of ``part``.

    Raises:
        OSError, HTTPException: the connection failed or broke off.
    """
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # it is whole already
            return
        raise
    with answer, part.open("ab" if answer.status == _PARTIAL else "wb") as file:
        left = int(answer.headers.get("Content-Length") or 0)
        progress.begin(Text(part.name.removesuffix(".part")), -(-left // _CHUNK))
        while chunk := answer.read(_CHUNK):
            file.write(chunk)
            left -= len(chunk)
            progress.step(f"{file.tell() / _CHUNK:.0f} MiB")
        if left > 0:
            raise ConnectionResetError(f"broke off {left:,} bytes before the end")


def _unpack(archive: Path, folder: Path) -> None:
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        return
    whole = archive.with_suffix("")
    part = whole.with_name(whole.name + ".part")
    with gzip.open(archive) as packed, part.open("wb") as file:
        shutil.copyfileobj(packed, file)
    part.rename(whole)
