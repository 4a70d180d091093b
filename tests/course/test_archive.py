"""Unpacking: bounded, never outside its folder, and damaged archives are errors of one line."""

from __future__ import annotations

import gzip
import io
import os
import random
import struct
import tarfile
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.course import archive as archives
from autograder.course.archive import UnpackError, unpacked

COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
FILES = {"q1.py": b"x = 1\n" * 50, "data/a.csv": b"1,2\n" * 80}


def zipped(path, files=FILES, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def taped(path, files=FILES, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def target(tmp_path):
    return tmp_path / "unpacked"


@pytest.mark.parametrize("pack", [zipped, taped])
def test_what_is_in_it_is_unpacked_once(tmp_path, target, pack):
    archive = pack(tmp_path / "work")
    folder = unpacked(archive, target)
    assert contents(folder) == FILES
    (folder / "q1.py").write_bytes(b"unpacked before")
    assert unpacked(archive, target) == folder
    assert (folder / "q1.py").read_bytes() == b"unpacked before"
    assert list(target.iterdir()) == [folder]


def test_questions_that_unpack_the_same_archive_at_the_same_time_all_get_it(tmp_path, target):
    archive = zipped(tmp_path / "work.zip", {f"{number}.txt": b"x" for number in range(300)})
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: unpacked(archive, target), range(8)))
    assert len(set(folders)) == 1
    assert len(contents(folders[0])) == 300
    assert list(target.iterdir()) == [folders[0]]


NAMES = ["../../outside.py", "/tmp/outside-of-it.py", "a/../../outside.py", "..\\..\\outside.py", "."]


@pytest.mark.parametrize("pack", [zipped, taped])
def test_names_that_lead_outside_are_left_out(tmp_path, target, pack):
    before = set(tmp_path.parent.glob("*"))
    folder = unpacked(pack(tmp_path / "work", {**dict.fromkeys(NAMES, b"x"), "in.py": b"x"}), target)
    assert contents(folder) == {"in.py": b"x"}
    assert set(tmp_path.parent.glob("*")) == before
    assert not Path("/tmp/outside-of-it.py").exists()


def test_links_and_devices_are_left_out(tmp_path, target):
    with tarfile.open(tmp_path / "work.tar", "w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("link/inside")  # as if the link had been made
        archive.addfile(entry, io.BytesIO())
    folder = unpacked(tmp_path / "work.tar", target)
    assert contents(folder) == {"link/inside": b""}
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as packed:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        packed.writestr(entry, "/etc/passwd")
    link = unpacked(tmp_path / "work.zip", target) / "link"
    assert not link.is_symlink()


def test_names_of_korean_windows_are_understood(tmp_path, target):
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("KOR.py", "x")
        archive.writestr("가.py", "x")
    path.write_bytes(
        path.read_bytes().replace(b"KOR.py", "한\udc41.py".encode("cp949", "replace")[:2] + b"A.py")
    )
    assert set(contents(unpacked(path, target))) == {"한A.py", "가.py"}


def test_a_bomb_is_an_error_and_leaves_nothing(tmp_path, target, monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 1 << 20)
    with pytest.raises(UnpackError, match="more than 1 MB"):
        unpacked(zipped(tmp_path / "bomb.zip", {"a": bytes(1 << 19), "b": bytes(1 << 20)}), target)
    monkeypatch.setattr(archives, "MAX_FILES", 10)
    with pytest.raises(UnpackError, match="more than 10 files"):
        unpacked(taped(tmp_path / "many.tgz", dict.fromkeys(map(str, range(11)), b"")), target)
    assert list(target.iterdir()) == []


def test_an_encrypted_archive_is_an_error(tmp_path, target):
    path = zipped(tmp_path / "work.zip", {"q1.py": b"x"}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1  # the flag of encryption
    path.write_bytes(data)
    with pytest.raises(UnpackError, match="encrypted"):
        unpacked(path, target)


def damaged(data, chance):
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randint(1, 40)]
            case 2:
                changed[at:at] = chance.randbytes(4)
    return bytes(changed)


@pytest.mark.parametrize("kind", ["tar", "tgz", *COMPRESSIONS])
def test_a_damaged_archive_is_an_error_or_is_unpacked(tmp_path, target, kind):
    path, chance = tmp_path / "work", random.Random(0)
    if isinstance(kind, int):
        zipped(path, compression=kind)
    else:
        taped(path, mode="w:gz" if kind == "tgz" else "w")
    data = path.read_bytes()
    for _ in range(300):
        path.write_bytes(damaged(data, chance))
        try:
            folder = unpacked(path, target)
        except (UnpackError, OSError) as error:
            said = str(error)
            assert 0 < len(said) < 500
            assert "\n" not in said
        else:
            assert all(Path(os.path.realpath(inner)).is_relative_to(folder) for inner in folder.rglob("*"))
    assert not any(path.name.startswith(".") for path in target.iterdir())


def long_name(path, size):
    """A tar file of which the name of its only file, or so a header says, has so many bytes."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, size
    path.write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"a" * size, 1))
    return path


def many_headers(path, count):
    entry = tarfile.TarInfo("d")
    entry.type = tarfile.DIRTYPE
    path.write_bytes(gzip.compress(entry.tobuf() * count, 1))
    return path


def contents_alone(path, count):
    """A zip file that is nothing but a list of so many members."""
    numbers = (20, 0, 20, 0, 0, 0, 0, 0x21, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", *numbers) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65_535, 65_535, len(entry) * count, 0, 0)
    path.write_bytes(entry * count + end)
    return path


@pytest.mark.parametrize(
    ("pack", "size"), [(long_name, 32 << 20), (many_headers, 25_000), (contents_alone, 400_000)]
)
def test_what_says_what_is_inside_is_bounded_too(tmp_path, target, pack, size):
    archive = pack(tmp_path / "bomb", size)
    tracemalloc.start()
    try:
        with pytest.raises(UnpackError, match="its headers are larger than those of any files"):
            unpacked(archive, target)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_of_which_all_would_be_unpacked_at_once_is_refused(tmp_path, target, compression):
    archive = zipped(tmp_path / "bomb.zip", {"q1.py": bytes(1 << 20)}, compression)
    with pytest.raises(UnpackError, match="make an ordinary zip file"):
        unpacked(archive, target)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_usual_compression_of_a_tar_file_is_known(tmp_path, target, mode):
    assert contents(unpacked(taped(tmp_path / "work", mode=mode), target)) == FILES
