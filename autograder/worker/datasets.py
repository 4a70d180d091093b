"""Reads datasets from files as numpy arrays: embedded ones, and official ones in their usual layouts.

It runs where inputs are made, in a worker of its own, and needs no framework. Labels that it reads reach a
student's sandbox only if the question's ``given`` returns them under a name that is not withheld.
"""

from __future__ import annotations

import gzip
import hashlib
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.core.errors import UserError
from autograder.core.evidence import Array

# torchvision's folder, then Keras's
IDX_FOLDERS = {"mnist": ("MNIST/raw",), "fashion_mnist": ("FashionMNIST/raw", "fashion-mnist")}
IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
BATCHES_FOLDER = "cifar-10-batches-py"
# From torchvision.datasets.CIFAR10: these files are pickles, and are read only if they are the official ones.
BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
# fast.ai's layout: a folder per class, named in the order of the labels
IMAGE_FOLDERS = {
    "mnist": ("mnist_png", "training", "testing"),
    "fashion_mnist": ("fashion_mnist_png", "training", "testing"),
    "cifar10": ("cifar10", "train", "test"),
}
_PICTURES = {".png", ".jpg", ".jpeg"}


class DatasetError(UserError):
    """A dataset that is absent or unreadable; the message says which file and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Images and labels of both splits.

    Attributes:
        train_images, test_images: uint8, (n, height, width) or (n, height, width, 3).
        train_labels, test_labels: int64, (n,).
    """

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array


def read_idx(path: Path) -> Array:
    """Read an IDX file of unsigned bytes, or its gzip beside it, as uint8 of the file's shape.

    Raises:
        DatasetError: it is absent, or no such file.
    """
    packed = path.with_name(path.name + ".gz")
    try:
        data = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    except (OSError, EOFError) as error:
        raise DatasetError(f"{path}: {error}") from None
    dimensions = data[3] if data[:3] == b"\0\0\x08" else 0
    shape = np.frombuffer(data, ">u4", dimensions, offset=4).astype(int) if dimensions else np.empty(0, int)
    if not dimensions or len(data) != 4 + 4 * dimensions + int(np.prod(shape)):
        raise DatasetError(
            f"{path}: not an IDX file of unsigned bytes, or truncated",
            ko=f"{path}: 부호 없는 바이트의 IDX 파일이 아니거나 잘린 파일입니다",
        )
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def md5(path: Path) -> str:
    """Return the MD5, in hexadecimal, of a file's content; unpacked if only its gzip is there."""
    packed = path.with_name(path.name + ".gz")
    data = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    return hashlib.md5(data).hexdigest()


def files_of(name: str, root: Path) -> tuple[str, list[Path]]:
    """Return (layout, files) of a dataset under ``root``; the layout is ``idx``, ``batches`` or ``images``.

    Raises:
        DatasetError: it is not there in any layout.
    """
    for folder in IDX_FOLDERS.get(name, ()):
        files = [root / folder / file for file in IDX_FILES]
        if all(file.exists() or file.with_name(file.name + ".gz").exists() for file in files):
            return "idx", files
    files = [root / BATCHES_FOLDER / file for file in BATCHES]
    if name == "cifar10" and all(file.exists() for file in files):
        return "batches", files
    top, *splits = IMAGE_FOLDERS[name]
    if all((root / top / split).is_dir() for split in splits):
        return "images", [path for split in splits for path, _ in _pictures(root / top / split)]
    expected = " or ".join([*IDX_FOLDERS.get(name, [BATCHES_FOLDER]), top])
    raise DatasetError(
        f"{name} is not in {root} (expected {expected}); run: autograder data fetch {name}",
        ko=f"{root}에 {name}이(가) 없습니다({expected}이어야 합니다). 실행하세요: autograder data fetch "
        f"{name}",
    )


def present(name: str, root: Path) -> bool:
    """Return whether a dataset is under ``root`` in one of its layouts."""
    try:
        files_of(name, root)
    except DatasetError:
        return False
    return True


def read(name: str, profile: str, root: Path) -> Dataset:
    """Read a dataset: ``root/<name>.npz`` in the profile ``mini``, one of the usual layouts in ``full``.

    Raises:
        DatasetError: it is not there or cannot be read.
    """
    if profile == "mini":
        return read_mini(root / f"{name}.npz")
    layout, files = files_of(name, root)
    if layout == "idx":
        images, labels, test_images, test_labels = map(read_idx, files)
    elif layout == "batches":
        train = [_read_batch(path) for path in files[:-1]]
        images, labels = (np.concatenate(parts) for parts in zip(*train, strict=True))
        test_images, test_labels = _read_batch(files[-1])
    else:
        top, training, testing = IMAGE_FOLDERS[name]
        images, labels = _read_pictures(root / top / training)
        test_images, test_labels = _read_pictures(root / top / testing)
    return Dataset(
        train_images=images,
        train_labels=labels.astype(np.int64),
        test_images=test_images,
        test_labels=test_labels.astype(np.int64),
    )


def read_mini(path: Path) -> Dataset:
    """Read an embedded dataset.

    Raises:
        DatasetError: it is not there or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            loaded = {name: arrays[name] for name in arrays}
        labels = {name: loaded[name].astype(np.int64) for name in ("train_labels", "test_labels")}
        return Dataset(**{**loaded, **labels})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: {error}") from None


def _read_batch(path: Path) -> tuple[Array, Array]:
    if md5(path) != BATCHES[path.name]:
        raise DatasetError(
            f"{path}: not the official file; run: autograder data fetch cifar10",
            ko=f"{path}: 공식 파일이 아닙니다. 실행하세요: autograder data fetch cifar10",
        )
    with path.open("rb") as file:
        batch = pickle.load(file, encoding="bytes")
    images = batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), np.array(batch[b"labels"])


def _pictures(split: Path) -> Iterator[tuple[Path, int]]:
    """Yield (path, label) by class and name; the label is the index of the class's folder, sorted by name."""
    folders = sorted(path for path in split.iterdir() if path.is_dir())
    for label, folder in enumerate(folders):
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in _PICTURES:
                yield path, label


def _read_pictures(split: Path) -> tuple[Array, Array]:
    from PIL import Image

    found = list(_pictures(split))
    try:
        images = [np.asarray(Image.open(path)) for path, _ in found]
        return np.stack(images), np.array([label for _, label in found])
    except (OSError, ValueError) as error:
        raise DatasetError(f"{split}: {error}") from None
