"""Which data a run uses: where they are, what is official about them, and how they are fetched."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from autograder.datasets import BATCHES, DatasetError, files_of, md5
from autograder.exam import Profile

DATA_VARIABLE = "AUTOGRADER_DATA"
MANIFEST = Path("data") / "manifest.json"
MINI = Path("data") / "mini"
OFFICIAL = "official"


def data_folder(profile: Profile, course: Path, given: Path | None) -> Path:
    """Return the folder of the datasets: the course's embedded ones, else ``--data``, else the usual place.

    The usual place of the official ones is ``$AUTOGRADER_DATA`` or the user's data folder.
    """
    if profile == "mini":
        return course / MINI
    if given is not None:
        return given.resolve()
    if variable := os.environ.get(DATA_VARIABLE):
        return Path(variable).resolve()
    import platformdirs

    return platformdirs.user_data_path("dl-autograder") / "datasets"


def manifest(course: Path) -> dict[str, Any]:
    """Return the course's datasets by name: titles, licences, addresses, checksums.

    Raises:
        DatasetError: ``data/manifest.json`` cannot be read.
    """
    path = course / MANIFEST
    try:
        return dict(json.loads(path.read_bytes())["datasets"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: {error}") from None


@cache
def fingerprint(name: str, profile: Profile, folder: Path) -> str:
    """Return what stands for a dataset's content in keys and results.

    ``mini:<sha256>`` for an embedded one, ``official`` where every file has its official checksum, and
    ``own:<sha256>`` for any other content.

    Raises:
        DatasetError: it is not there.
    """
    if profile == "mini":
        path = folder / f"{name}.npz"
        if not path.is_file():
            raise DatasetError(f"{path}: no such file; is the course complete?")
        return f"mini:{_sha256([path], folder)[:16]}"
    layout, files = files_of(name, folder)
    if layout != "images" and {file.name: md5(file) for file in files} == official_md5(name):
        return OFFICIAL
    return f"own:{_sha256(files, folder)[:16]}"


def official_md5(name: str) -> Mapping[str, str]:
    """Return the official MD5 by file name (source: torchvision, and the files themselves when unpacked)."""
    return BATCHES if name == "cifar10" else _IDX_MD5[name]


_IDX_MD5 = {
    "mnist": {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
}


def _sha256(files: list[Path], folder: Path) -> str:
    sha = hashlib.sha256()
    for path in files:
        sha.update(f"{path.relative_to(folder)}\0".encode())
        there = path if path.exists() else path.with_name(path.name + ".gz")
        sha.update(hashlib.sha256(there.read_bytes()).digest())
    return sha.hexdigest()
