"""Taking what was handed in as bytes: every kind of odd file is a fault with a reason, nothing is parsed or run."""

from __future__ import annotations

import io
import json
import os
import tarfile
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import beside, submission
from autograder.course.submission import SubmissionsError, find, of_source, read, students

QUESTION = "q1_numbers"
QUESTIONS = [QUESTION, "q2_other", "q3_third"]


def notebook(*sources):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def student(tmp_path):
    folder = tmp_path / "submissions" / "김 철수"
    folder.mkdir(parents=True)
    return folder


def put(student, name, content="x = 1\n"):
    path = student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def look(student, **options):
    return find([student], "toy", QUESTION, QUESTIONS, **options)


def hand_in(student, name, content):
    put(student, name, content)
    return look(student)


def notes(found):
    assert all(note.ko for note in found.notes)
    return [note.en for note in found.notes]


# -- where files are ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"{QUESTION}.py", f"toy/{QUESTION}.py"])
def test_both_layouts_are_read(student, name):
    found = hand_in(student, name, "x = 1\n")
    assert (found.name, found.data, found.notes, found.fault) == (f"{QUESTION}.py", b"x = 1\n", (), None)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Q1_Numbers.py", f"{QUESTION}.py"),
        (f"{QUESTION}.IPYNB", f"{QUESTION}.ipynb"),
        (f"{QUESTION} (1).ipynb", f"{QUESTION}.ipynb"),
        (f"kim_LATE_123_456_{QUESTION}-2.ipynb", f"{QUESTION}.ipynb"),
        (f"midterm/{QUESTION}.ipynb.txt", f"{QUESTION}.ipynb"),
    ],
)
def test_a_file_of_a_similar_name_is_taken_and_the_note_says_so(student, name, called):
    found = hand_in(student, name, notebook("x = 1"))
    assert (found.name, found.data.decode(), found.fault) == (called, notebook("x = 1"), None)
    assert notes(found) == [f"{name} was taken as the answer to {QUESTION}."]


def test_a_file_of_another_name_is_pointed_out(student):
    fault = hand_in(student, "q1_number.py", "x = 1").fault
    assert fault.message.en == (
        "No file q1_numbers.py or q1_numbers.ipynb was submitted. Did you mean q1_number.py? Rename the file."
    )
    assert "q1_number.py" in fault.message.ko


@pytest.mark.parametrize("name", ["q1 report.html", f"{QUESTION}.pdf", "answers.docx"])
def test_a_printed_notebook_is_said_to_be_none(student, name):
    message = hand_in(student, name, b"%PDF").fault.message
    assert f"{name} cannot be graded; hand in the notebook (.ipynb) or a .py file" in message.en
    assert ".ipynb" in message.ko


def test_nothing_handed_in_is_a_fault(student):
    nothing = "No file q1_numbers.py or q1_numbers.ipynb was submitted."
    assert look(student).fault.message.en == nothing
    put(student, "toy/timestamp.txt", "2026-11-20 10:00:00 UTC")
    assert look(student).fault.message.en == nothing
    assert look(student.parent / "nobody").fault.message.en == nothing


def test_of_module_and_notebook_the_newer_is_taken_and_the_other_is_named(student):
    for name, time in ((f"{QUESTION}.py", 2), (f"{QUESTION}.ipynb", 1)):
        os.utime(put(student, name), (time, time))
    found = look(student)
    assert (found.name, found.fault) == (f"{QUESTION}.py", None)
    (note,) = notes(found)
    assert note.startswith("Of several files for this question q1_numbers.py was taken, the newest by")
    assert note.endswith("Not taken: q1_numbers.ipynb.")
    assert found.beside == {}


def test_students_are_the_folders(tmp_path, student):
    (tmp_path / "submissions" / "note.txt").write_text("")
    for name in (".git", "__MACOSX", "@eaDir", "$RECYCLE.BIN", "lost+found", "__pycache__"):
        (tmp_path / "submissions" / name).mkdir()
    assert students(tmp_path / "submissions") == {"김 철수": [student]}
    with pytest.raises(SubmissionsError, match="No such file"):
        students(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SubmissionsError, match="no student folders"):
        students(tmp_path / "empty")


def test_one_name_in_two_spellings_is_one_student(student):
    decomposed = student.with_name(unicodedata.normalize("NFD", student.name))
    korean_windows = os.fsdecode(os.fsencode(student.parent) + b"/" + student.name.encode("cp949"))
    put(student, "notes.md")
    put(decomposed, f"toy/{QUESTION}.py")
    os.mkdir(korean_windows)
    ((name, folders),) = students(student.parent).items()
    assert name == student.name
    assert len(folders) == 3
    assert find(folders, "toy", QUESTION, QUESTIONS).data == b"x = 1\n"


def test_an_odd_timestamp_is_noted_and_costs_nothing(student):
    put(student, "toy/timestamp.txt", "yesterday")
    found = hand_in(student, f"toy/{QUESTION}.py", "x = 1")
    assert found.fault is None
    assert "timestamp.txt does not hold a date and time ('yesterday')" in notes(found)[0]


# -- bad files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
@pytest.mark.parametrize("content", ["", " \n\t\n"])
def test_an_empty_file_is_a_fault(student, suffix, content):
    found = hand_in(student, QUESTION + suffix, content)
    assert found.data == b""
    assert found.fault.message.en == f"{QUESTION}{suffix}: the file is empty."
    assert found.fault.message.ko


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"def f(:", b"{", b"x = 1\x00", b"[" * 100_000])
def test_what_is_in_a_file_is_not_looked_at_here(student, content):
    for suffix in (".py", ".ipynb"):
        found = hand_in(student, QUESTION + suffix, content)
        assert (found.data, found.fault) == (content, None)
        (student / found.name).unlink()


def test_huge_files_are_not_read(student, monkeypatch):
    monkeypatch.setattr(submission, "MAX_CODE", 100)
    monkeypatch.setattr(submission, "MAX_NOTEBOOK", 1000)
    assert "allowed are 100." in hand_in(student, f"{QUESTION}.py", "#" * 101).fault.message.en
    (student / f"{QUESTION}.py").unlink()
    fault = hand_in(student, f"{QUESTION}.ipynb", notebook("#" * 1000)).fault
    assert "allowed are 1,000. In a notebook, clear all outputs" in fault.message.en
    assert hand_in(student, f"{QUESTION}.ipynb", notebook("#" * 101)).fault is None


def test_a_link_out_of_the_folder_is_not_followed(student, tmp_path):
    (tmp_path / "secret.py").write_text("KEY = 1")
    (student / f"{QUESTION}.py").symlink_to(tmp_path / "secret.py")
    found = look(student)
    assert "link that leaves the submission folder" in found.fault.message.en
    assert found.data == b""


@pytest.mark.parametrize("where", ["", "toy/", "toy/inside/"])
def test_a_link_to_another_student_is_not_followed(student, where):
    other = put(student.parent / "neighbour", f"toy/{QUESTION}.py", "KEY = 1")
    (student / where).mkdir(parents=True, exist_ok=True)
    (student / where / f"{QUESTION}.py").symlink_to(other)
    found = look(student)
    assert "link that leaves" in found.fault.message.en
    assert found.data == b""


@pytest.mark.parametrize("name", ["toy", "inside"])
def test_a_linked_folder_is_not_followed_either(student, name):
    other = put(student.parent / "neighbour", f"toy/{QUESTION}.py")
    (student / name).symlink_to(other.parent)
    found = look(student)
    assert ("link that leaves" if name == "toy" else "No file") in found.fault.message.en
    assert (found.data, found.beside) == (b"", {})


def test_a_link_inside_the_students_own_folder_is_read(student):
    (student / f"{QUESTION}.py").symlink_to(put(student, "answers/mine.py"))
    assert look(student).data == b"x = 1\n"


def test_a_class_behind_a_link_is_read(student, tmp_path):
    put(student, f"toy/{QUESTION}.py")
    (tmp_path / "linked").symlink_to(student.parent)
    assert look(tmp_path / "linked" / student.name).data == b"x = 1\n"


def test_a_pipe_in_place_of_the_file_does_not_hang(student):
    os.mkfifo(student / f"{QUESTION}.py")
    assert "not an ordinary file" in look(student).fault.message.en


def test_a_folder_in_place_of_the_file_is_none(student):
    (student / f"{QUESTION}.py").mkdir()
    assert "No file" in look(student).fault.message.en


def test_a_link_to_itself_is_a_fault(student):
    (student / f"{QUESTION}.py").symlink_to(f"{QUESTION}.py")
    assert "not an ordinary file" in look(student).fault.message.en


def test_a_broken_link_is_a_fault(student):
    (student / f"{QUESTION}.py").symlink_to(student / "gone.py")
    assert "not an ordinary file" in look(student).fault.message.en


# -- what travels along -------------------------------------------------------------------------------------


def test_the_files_beside_it_travel_but_not_other_submissions_or_links(student):
    for name in (
        f"{QUESTION}.py",
        "q2_other.py",
        "q2_other (1).ipynb",
        "weights.safetensors",
        "helper.py",
        "images/a.png",
        "images/q3_third.py.png",
        ".hidden",
        "images/.DS_Store",
        "__pycache__/helper.cpython-311.pyc",
        "autograder_checks/check.py",
        "timestamp.txt",
    ):
        put(student, f"toy/{name}")
    (student / "toy" / "link").symlink_to("/etc/passwd")
    (student / "toy" / "images" / "link").symlink_to("/etc")
    os.mkfifo(student / "toy" / "pipe")
    found = look(student)
    assert sorted(found.beside) == [
        "helper.py",
        "images/a.png",
        "images/q3_third.py.png",
        "weights.safetensors",
    ]
    assert found.beside["images/a.png"] == student / "toy" / "images" / "a.png"
    assert found.size == 4 * len("x = 1\n")


def test_a_helper_that_is_named_like_another_question_travels_where_it_is_spoken_of(student):
    put(student, "toy/q2_other.py")
    put(student, "toy/q3_third.py")
    found = hand_in(student, f"toy/{QUESTION}.py", "from q2_other import f\nnot_q3_third = 1")
    assert sorted(found.beside) == ["q2_other.py"]


def test_of_too_many_files_modules_and_small_ones_are_brought_along_with_a_note(student, monkeypatch):
    put(student, "toy/a.bin", b"1" * 60)
    put(student, "toy/helper.py", b"1" * 61)
    for name, limit in (("MAX_FILES", 1), ("MAX_BYTES", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(beside, name, limit)
            found = hand_in(student, f"toy/{QUESTION}.py", "x = 1")
        assert (list(found.beside), found.fault) == (["helper.py"], None)
        assert len(notes(found)) == 1
    assert len(look(student).beside) == 2
    put(student, "toy/venv/pyvenv.cfg", b"")
    put(student, "toy/venv/lib/numpy.py", b"1")
    assert len(look(student).beside) == 2


def test_a_link_among_the_students_is_no_student(student):
    put(student, f"toy/{QUESTION}.py")
    other = student.with_name("other")
    other.symlink_to(student)
    found = look(other)
    assert found.fault is not None
    assert "link" in found.fault.message.en


def test_names_in_any_bytes_travel(student):
    put(student, f"toy/{QUESTION}.py")
    for name in ("자료.csv".encode("cp949"), b"\xff\xfe.txt"):
        put(student, "toy/" + os.fsdecode(name))
    found = look(student)
    assert found.fault is None
    assert {os.fsencode(name) for name in found.beside} == {"자료.csv".encode(), b"\xff\xfe.txt"}


def test_the_digest_is_of_the_file_and_those_beside_it(student):
    first = hand_in(student, f"toy/{QUESTION}.py", "x = 1").digest
    assert hand_in(student, f"toy/{QUESTION}.py", "x = 2").digest != first
    assert hand_in(student, f"toy/{QUESTION}.py", "x = 1").digest == first
    put(student, "toy/data/a.txt", "1")
    with_file = look(student).digest
    assert with_file != first
    (student / "toy/data/a.txt").rename(student / "toy/data/b.txt")
    renamed = look(student).digest
    put(student, "toy/data/b.txt", "2")
    assert len({first, with_file, renamed, look(student).digest}) == 4
    assert of_source(f"{QUESTION}.py", "x = 1").digest == first
    assert of_source(f"{QUESTION}.ipynb", "x = 1").digest != first


def test_a_file_that_cannot_be_read_is_a_fault_with_its_reason(student, monkeypatch):
    path = put(student, f"toy/{QUESTION}.py")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    for found in (look(student), read(path)):
        assert "cannot be read (Permission denied)" in found.fault.message.en


def test_one_file_is_read_by_its_path(student, tmp_path):
    found = read(put(student, "q1_numbers.py"), QUESTIONS)
    assert (found.name, found.data, found.fault) == ("q1_numbers.py", b"x = 1\n", None)
    assert read(put(student, "Q.IPYNB", "{}")).name == "Q.ipynb"
    assert "not an ordinary file" in read(student / "gone.py").fault.message.en
    (student / "link.py").symlink_to(put(tmp_path, "outside.py"))
    assert "link that leaves" in read(student / "link.py").fault.message.en


# -- archives -----------------------------------------------------------------------------------------------


def packed(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("inside", [QUESTION, f"homework/{QUESTION}", f"toy/{QUESTION} (2)"])
def test_a_single_archive_is_unpacked_with_a_note(student, tmp_path, inside):
    members = {f"{inside}.py": "import helper", f"{inside.rpartition('/')[0]}/helper.py".strip("/"): "x = 1"}
    packed(student / "work.zip", **members)
    found = look(student, unpack_to=tmp_path / "unpacked")
    assert (found.data, list(found.beside)) == (b"import helper", ["helper.py"])
    assert notes(found)[0] == "The archive work.zip was unpacked."
    assert sorted(path.name for path in student.iterdir()) == ["work.zip"]


def test_a_tar_archive_is_unpacked_too(student, tmp_path):
    with tarfile.open(student / "work.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo(f"{QUESTION}.py")
        entry.size = 5
        archive.addfile(entry, io.BytesIO(b"x = 1"))
    assert look(student, unpack_to=tmp_path / "unpacked").data == b"x = 1"


def test_an_archive_is_said_to_be_one_where_it_cannot_be_taken(student, tmp_path):
    packed(student / "work.zip", **{"other.py": ""})
    for to in (None, tmp_path / "unpacked"):
        assert (
            "There is an archive, work.zip; hand in what is in it"
            in look(student, unpack_to=to).fault.message.en
        )
    packed(student / "more.zip", **{f"{QUESTION}.py": "x = 1"})
    assert "There is an archive" in look(student, unpack_to=tmp_path / "unpacked").fault.message.en


def test_a_file_goes_before_an_archive(student, tmp_path):
    packed(student / "work.zip", **{f"{QUESTION}.py": "old"})
    put(student, f"{QUESTION}.py", "new")
    assert look(student, unpack_to=tmp_path / "unpacked").data == b"new"
    assert not (tmp_path / "unpacked").exists()


def test_an_archive_behind_a_link_or_that_is_none_is_not_opened(student, tmp_path):
    packed(tmp_path / "neighbours.zip", **{f"{QUESTION}.py": "KEY = 1"})
    (student / "work.zip").symlink_to(tmp_path / "neighbours.zip")
    assert "link that leaves" in look(student, unpack_to=tmp_path / "unpacked").fault.message.en
    (student / "work.zip").unlink()
    os.mkfifo(student / "work.zip")
    assert "not an ordinary file" in look(student, unpack_to=tmp_path / "unpacked").fault.message.en


@given(st.binary(max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_taken_or_a_fault(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    for suffix in (".py", ".ipynb"):
        path = folder / f"q{suffix}"
        path.write_bytes(data)
        found = read(path)
        assert (found.fault is None) == bool(data.strip())
        assert found.data == (data if data.strip() else b"")
