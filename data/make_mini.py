"""Makes the embedded data under data/mini and writes their checksums into data/manifest.json.

    python data/make_mini.py FASHION_MNIST_RAW_FOLDER

Needs scikit-learn for the handwritten digits, and the official Fashion-MNIST files to take a subset from.
The same input gives the same arrays; the CIFAR-like pictures are drawn by exams/_shared/drawn_pictures.py.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from autograder.worker.datasets import read_idx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "exams" / "_shared"))

from drawn_pictures import drawn  # noqa: E402


def main() -> None:
    fashion = Path(sys.argv[1])
    save("mnist", *digits())
    save("fashion_mnist", *fashion_subset(fashion))
    save("cifar10", *drawn(40, seed=10), *drawn(20, seed=11))
    manifest = HERE / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    for name, dataset in content["datasets"].items():
        data = (HERE / "mini" / f"{name}.npz").read_bytes()
        dataset["mini"] |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save(name, train_images, train_labels, test_images, test_labels) -> None:
    np.savez_compressed(
        HERE / "mini" / f"{name}.npz",
        train_images=train_images,
        train_labels=train_labels.astype(np.uint8),
        test_images=test_images,
        test_labels=test_labels.astype(np.uint8),
    )


def digits():
    """scikit-learn's 8x8 digits, each pixel made 3x3, framed by 2 pixels to 28x28, 0..16 made 0..255."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    small = np.round(images.reshape(-1, 8, 8) * 255 / 16).astype(np.uint8)
    large = np.pad(small.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2)))
    return large[:1437], labels[:1437], large[1437:], labels[1437:]


def fashion_subset(folder: Path):
    """The first 100 training and the first 30 test images of each class, in the official order."""
    for kind, count in (("train", 100), ("t10k", 30)):
        images = read_idx(folder / f"{kind}-images-idx3-ubyte")
        labels = read_idx(folder / f"{kind}-labels-idx1-ubyte")
        chosen = np.sort(np.concatenate([np.flatnonzero(labels == k)[:count] for k in range(10)]))
        yield images[chosen]
        yield labels[chosen]


if __name__ == "__main__":
    main()
