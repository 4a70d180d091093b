"""Datasets: the embedded ones, every layout of the official ones, and downloads that break off."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import pickle
import shutil
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.course.data import DatasetEntry, EmbeddedDataset, datasets_of, fingerprint
from autograder.course.fetch import fetch
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.prepared import given_job, variants_of
from autograder.worker import datasets
from autograder.worker.datasets import DatasetError, read
from tests.support.courses import REPOSITORY

MINI = REPOSITORY / "data" / "mini"
NAMES = ["mnist", "fashion_mnist", "cifar10"]
DRAW = np.random.default_rng(0)
IMAGES = DRAW.integers(0, 256, (6, 28, 28), dtype=np.uint8)
LABELS = np.array([0, 0, 1, 1, 2, 2], dtype=np.uint8)


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.tobytes()


def write_idx(folder, packed=False):
    folder.mkdir(parents=True)
    for name, array in zip(datasets.IDX_FILES, (IMAGES, LABELS, IMAGES[:2], LABELS[:2]), strict=True):
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
        else:
            (folder / name).write_bytes(idx(array))


# -- embedded -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_embedded_data_are_whole_and_small(name):
    data = read(name, "mini", MINI)
    side = (32, 32, 3) if name == "cifar10" else (28, 28)
    for images, labels in ((data.train_images, data.train_labels), (data.test_images, data.test_labels)):
        assert images.dtype == np.uint8
        assert images.shape == (len(labels), *side)
        assert set(labels) == set(range(10))
        assert images.min() < 20
        assert images.max() > 235
    assert fingerprint(name, "mini", REPOSITORY, MINI).startswith("mini:")
    assert sum(path.stat().st_size for path in MINI.iterdir()) < 1_500_000


def test_every_dataset_names_its_licence_and_the_embedded_one_its_checksum():
    for name, dataset in datasets_of(REPOSITORY).items():
        assert dataset.licence
        assert dataset.mini.licence
        path = MINI / f"{name}.npz"
        assert dataset.mini.bytes == path.stat().st_size
        assert dataset.mini.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"licence": None}, r"\$\.datasets\[\.\.\.\]\.licence"),
        ({"urls": "http://example.org/"}, r"urls"),
        ({"mirror": "http://example.org/"}, r"unknown field `mirror`"),
        ({"mini": {}}, r"missing required field `title` - at `\$\.datasets\[\.\.\.\]\.mini`"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_by_file_and_field(tmp_path, change, field):
    path = tmp_path / "data" / "manifest.json"
    path.parent.mkdir()
    known = json.loads((REPOSITORY / "data" / "manifest.json").read_bytes())
    known["datasets"]["mnist"] |= change
    path.write_text(json.dumps(known))
    with pytest.raises(DatasetError, match=rf"manifest\.json: .*{field}"):
        datasets_of(tmp_path)


def test_an_embedded_file_that_changed_is_refused(tmp_path):
    (tmp_path / "mnist.npz").write_bytes((MINI / "cifar10.npz").read_bytes())
    with pytest.raises(DatasetError, match="its SHA-256 is"):
        fingerprint("mnist", "mini", REPOSITORY, tmp_path)


# -- layouts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("name", "folder"), [("mnist", "MNIST/raw"), ("fashion_mnist", "FashionMNIST/raw"), ("fashion_mnist", "fashion-mnist")])  # fmt: skip
def test_idx_files_are_read_packed_or_not(tmp_path, name, folder, packed):
    write_idx(tmp_path / folder, packed)
    data = read(name, "full", tmp_path)
    assert (data.train_images == IMAGES).all()
    assert data.train_labels.tolist() == LABELS.tolist()
    assert (data.test_images == IMAGES[:2]).all()
    assert fingerprint(name, "full", REPOSITORY, tmp_path).startswith("own:")


@pytest.mark.parametrize(("top", "splits", "name", "suffix"), [("mnist_png", ("training", "testing"), "mnist", "png"), ("cifar10", ("train", "test"), "cifar10", "jpg")])  # fmt: skip
def test_folders_of_images_are_read_with_labels_by_name(tmp_path, top, splits, name, suffix):
    side = (32, 32, 3) if name == "cifar10" else (28, 28)
    for split in splits:
        for label, kind in enumerate(["a", "b"]):
            folder = tmp_path / top / split / kind
            folder.mkdir(parents=True)
            for number in range(2):
                Image.fromarray(np.full(side, 100 * label + number, np.uint8)).save(
                    folder / f"{number}.{suffix}"
                )
            (folder / "notes.txt").write_text("not a picture")
    data = read(name, "full", tmp_path)
    assert data.train_labels.tolist() == [0, 0, 1, 1]
    assert data.test_images.shape == (4, *side)
    assert data.train_images.reshape(4, -1).mean(axis=1) == pytest.approx([0, 1, 100, 101], abs=1)
    before = fingerprint(name, "full", REPOSITORY, tmp_path)
    assert before.startswith("own:")
    (folder / "2.png").write_bytes((folder / f"1.{suffix}").read_bytes())
    fingerprint.cache_clear()
    assert fingerprint(name, "full", REPOSITORY, tmp_path) != before


def test_cifar_batches_are_unpickled_only_if_official(tmp_path, monkeypatch):
    folder = tmp_path / datasets.BATCHES_FOLDER
    folder.mkdir()
    images = DRAW.integers(0, 256, (2, 3072), dtype=np.uint8)
    for name in datasets.BATCHES:
        (folder / name).write_bytes(pickle.dumps({b"data": images, b"labels": [3, 7]}))
    with pytest.raises(DatasetError, match="not the official file"):
        read("cifar10", "full", tmp_path)
    assert fingerprint("cifar10", "full", REPOSITORY, tmp_path).startswith("own:")
    digest = hashlib.md5((folder / "test_batch").read_bytes()).hexdigest()
    monkeypatch.setattr(datasets, "BATCHES", dict.fromkeys(datasets.BATCHES, digest))
    data = read("cifar10", "full", tmp_path)
    assert data.train_images.shape == (10, 32, 32, 3)
    assert data.test_labels.tolist() == [3, 7]
    assert (data.test_images[0, :, :, 1].ravel() == images[0, 1024:2048]).all()


def test_what_is_missing_or_damaged_is_named(tmp_path):
    with pytest.raises(DatasetError, match="run: autograder data fetch mnist"):
        read("mnist", "full", tmp_path)
    write_idx(tmp_path / "MNIST" / "raw")
    (tmp_path / "MNIST" / "raw" / datasets.IDX_FILES[0]).write_bytes(idx(IMAGES)[:-1])
    with pytest.raises(DatasetError, match="truncated"):
        read("mnist", "full", tmp_path)


# -- downloads ----------------------------------------------------------------------------------------------

CONTENT = gzip.compress(DRAW.integers(0, 256, 3_000_000, dtype=np.uint8).tobytes())


@pytest.fixture
def server():
    """A file server on loopback that knows ranges; it breaks off the first answers as told."""
    files, log, broken = {}, [], []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            log.append((self.path, start))
            content = files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = broken.pop(0) if broken else len(content)
            self.wfile.write(content[start:end])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}", files, log, broken
        httpd.shutdown()
        thread.join()


def entry(url, content, archive="train-images-idx3-ubyte.gz", folder="MNIST/raw"):
    return DatasetEntry(
        title="",
        licence="",
        folder=folder,
        urls=[url + "/gone/", url + "/"],
        archives={archive: hashlib.md5(content).hexdigest()},
        files={},
        mini=EmbeddedDataset(title="", licence="", sha256="", bytes=0),
    )


def test_a_download_that_broke_off_goes_on_where_it_was(server, tmp_path):
    url, files, log, broken = server
    files["/train-images-idx3-ubyte.gz"] = CONTENT
    broken.append(1_500_000)
    dataset = entry(url, CONTENT)
    with pytest.raises(DatasetError, match=r"broke off 1,500,.* run the same command again"):
        fetch("mnist", dataset, tmp_path, Silent())
    assert [path.name for path in fetch("mnist", dataset, tmp_path, Silent())] == [
        "train-images-idx3-ubyte.gz"
    ]
    assert log[-1] == ("/train-images-idx3-ubyte.gz", 1_500_000)
    raw = tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte"
    assert raw.read_bytes() == gzip.decompress(CONTENT)
    asked = len(log)
    assert fetch("mnist", dataset, tmp_path, Silent()) == []
    assert len(log) == asked


def test_a_file_of_another_checksum_is_not_kept(server, tmp_path):
    url, files, _, _ = server
    files["/train-images-idx3-ubyte.gz"] = CONTENT[:-1] + b"x"
    with pytest.raises(DatasetError, match=r"its MD5 is .*, expected is"):
        fetch("mnist", entry(url, CONTENT), tmp_path, Silent())
    assert list((tmp_path / "MNIST" / "raw").iterdir()) == []


def test_a_tar_file_is_unpacked_inside_the_folder_only(server, tmp_path):
    url, files, _, _ = server
    for member in ("cifar-10-batches-py/test_batch", "../outside"):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            info = tarfile.TarInfo(member)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))
        content = buffer.getvalue()
        files["/cifar-10-python.tar.gz"] = content
        dataset = entry(url, content, "cifar-10-python.tar.gz", "cifar-10-batches-py")
        folder = tmp_path / "inner" / member.replace("/", "_")
        if member.startswith(".."):
            with pytest.raises(DatasetError, match="outside"):
                fetch("cifar10", dataset, folder, Silent())
        else:
            fetch("cifar10", dataset, folder, Silent())
            assert (folder / member).read_bytes() == b"abc"
    assert not (tmp_path / "inner" / "outside").exists()


def test_inputs_are_made_from_data_that_only_the_grader_may_read(tmp_path, bubblewrap):
    """`mktemp -d` makes such a folder, and as root the workers of submissions are somebody else's."""
    private = tmp_path / "private"
    shutil.copytree(MINI, private)
    for path in (private, *private.iterdir()):
        path.chmod(0o700 if path == private else 0o600)
    entry = Course(REPOSITORY).question("ml2022_homework/q1_mnist_zero_one")
    environment = replace(environment_of(entry, "mini", "cpu"), data=private)
    runner = Runner(executor=Local(bubblewrap), store=Store(tmp_path / "store"))
    given = runner.attempt(given_job(entry, environment, variants_of(entry, None)))
    assert given.outcomes
    assert [outcome for outcome in given.outcomes.values() if outcome.evidence is None] == []


# -- the command --------------------------------------------------------------------------------------------


def test_data_list_and_check_say_what_is_there(autograder, tmp_path):
    rows = json.loads(autograder("data", "list", "--json", "--data", tmp_path).stdout)
    assert {row["dataset"]: row["full"] for row in rows} == dict.fromkeys(NAMES, "missing")
    assert "Zalando" in autograder("data", "list", "--data", tmp_path).stdout
    result = autograder("data", "check", "mnist", "--data", tmp_path)
    assert (result.returncode, result.stdout) == (1, "mnist: missing\n")
    write_idx(tmp_path / "MNIST" / "raw")
    assert "own:" in autograder("data", "check", "mnist", "--data", tmp_path).stdout
    result = autograder("data", "fetch", "nothing")
    assert result.returncode == 2
    assert "there are: mnist" in result.stderr
