"""Reading what was handed in: every kind of bad file is a fault with a reason, and nothing is executed."""

from __future__ import annotations

import json
import os

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import submission
from autograder.course.notebook import parses, read_cells
from autograder.course.submission import SubmissionsError, find, read, students

QUESTION = "q1_numbers"


def notebook(*sources, version=4):
    if version == 4:
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        return nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    cells = [nbformat.v3.new_code_cell(source) for source in sources]
    worksheet = nbformat.v3.new_worksheet(cells=cells)
    return nbformat.writes(nbformat.v3.new_notebook(worksheets=[worksheet]), version=3)


@pytest.fixture
def student(tmp_path):
    folder = tmp_path / "submissions" / "김 철수"
    folder.mkdir(parents=True)
    return folder


def hand_in(student, name, content):
    path = student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return find(student, "toy", QUESTION, [QUESTION, "q2_other"])


# -- where files are ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [f"{QUESTION}.py", f"toy/{QUESTION}.py"])
def test_both_layouts_are_read(student, name):
    assert hand_in(student, name, "x = 1\n").source == "x = 1\n"


def test_a_file_with_another_name_is_pointed_out(student):
    fault = hand_in(student, "Q1_numbers.py", "x = 1").fault
    assert fault.message.en == (
        "No file q1_numbers.py or q1_numbers.ipynb was submitted. "
        "Did you mean Q1_numbers.py? Rename the file."
    )
    assert "Q1_numbers.py" in fault.message.ko


def test_nothing_handed_in_is_a_fault(student):
    assert "No file" in find(student, "toy", QUESTION, []).fault.message.en


def test_module_and_notebook_at_once_is_a_fault(student):
    hand_in(student, f"{QUESTION}.py", "x = 1")
    assert "only one" in hand_in(student, f"{QUESTION}.ipynb", notebook("x = 1")).fault.message.en


def test_students_are_the_folders(tmp_path, student):
    (tmp_path / "submissions" / "note.txt").write_text("")
    (tmp_path / "submissions" / ".git").mkdir()
    assert students(tmp_path / "submissions") == ["김 철수"]
    with pytest.raises(SubmissionsError, match="No such file"):
        students(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SubmissionsError, match="no student folders"):
        students(tmp_path / "empty")


# -- bad files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "the file is empty"),
        (" \n\t\n", "the file is empty"),
        ("def f(:\n    pass\n", "line 1: syntax error"),
        ("x = 1\nif x:\n", "line 2: syntax error"),
        ("x = '가'".encode("cp949"), "cannot be read as UTF-8"),
        (b"\xff\xfe" + "x = 1".encode("utf-16-le"), "cannot be read as UTF-8"),
        (b"# -*- coding: no-such-codec -*-\nx = 1", "cannot be read as UTF-8"),
        (b"# -*- coding: undefined -*-\nx = 1", "cannot be read as UTF-8"),
        (b"x = 1\x00", "syntax error"),
        ("(" * 5000, "syntax error"),
        ("x = " + "-" * 200_000 + "1", "syntax error"),
    ],
)
def test_a_module_that_cannot_be_run_is_a_fault_with_a_reason(student, content, why):
    read = hand_in(student, f"{QUESTION}.py", content)
    assert read.cells == ()
    assert why in read.fault.message.en
    assert read.fault.message.ko


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "the file is empty"),
        ("{", "not a valid notebook"),
        ("[]", "not a valid notebook"),
        ("{}", "not a valid notebook"),
        ('{"nbformat": 99, "nbformat_minor": 0, "cells": [], "metadata": {}}', "not a valid notebook"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
            "not a valid",
        ),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 5}', "not a valid notebook"),
        ("[" * 100_000, "not a valid notebook"),
        (b"\x80\x81", "cannot be read as UTF-8"),
        (notebook(), "there is no code cell"),
    ],
)
def test_a_broken_notebook_is_a_fault_with_a_reason(student, content, why):
    fault = hand_in(student, f"{QUESTION}.ipynb", content).fault
    assert why in fault.message.en
    assert fault.message.ko


def test_huge_files_are_not_read(student, monkeypatch):
    monkeypatch.setattr(submission, "MAX_CODE", 100)
    monkeypatch.setattr(submission, "MAX_NOTEBOOK", 1000)
    assert "allowed are 100" in hand_in(student, f"{QUESTION}.py", "#" * 101).fault.message.en
    (student / f"{QUESTION}.py").unlink()
    fault = hand_in(student, f"{QUESTION}.ipynb", notebook("#" * 1000)).fault
    assert "clear all outputs" in fault.message.en
    fault = hand_in(student, f"{QUESTION}.ipynb", notebook("#" * 101)).fault
    assert "allowed are 100" in fault.message.en


def test_a_link_out_of_the_folder_is_not_followed(student, tmp_path):
    (tmp_path / "secret.py").write_text("KEY = 1")
    (student / f"{QUESTION}.py").symlink_to(tmp_path / "secret.py")
    read = find(student, "toy", QUESTION, [])
    assert "link that leaves the submission folder" in read.fault.message.en
    assert "KEY" not in read.source


def test_a_linked_folder_is_not_followed_either(student, tmp_path):
    other = tmp_path / "submissions" / "neighbour" / "toy"
    other.mkdir(parents=True)
    (other / f"{QUESTION}.py").write_text("x = 1")
    (student / "toy").symlink_to(other)
    assert "link that leaves" in find(student, "toy", QUESTION, []).fault.message.en


def test_a_pipe_or_folder_in_place_of_the_file_does_not_hang(student):
    os.mkfifo(student / f"{QUESTION}.py")
    assert "not an ordinary file" in find(student, "toy", QUESTION, []).fault.message.en
    (student / f"{QUESTION}.py").unlink()
    (student / f"{QUESTION}.py").mkdir()
    assert "not an ordinary file" in find(student, "toy", QUESTION, []).fault.message.en


def test_a_link_to_itself_is_a_fault(student):
    (student / f"{QUESTION}.py").symlink_to(f"{QUESTION}.py")
    assert "not an ordinary file" in find(student, "toy", QUESTION, []).fault.message.en


def test_a_broken_link_is_a_fault(student):
    (student / f"{QUESTION}.py").symlink_to(student / "gone.py")
    assert "not an ordinary file" in find(student, "toy", QUESTION, []).fault.message.en


# -- good files of unusual form -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfx = 1\n",
        b"x = 1\r\n",
        b"x = 1\r",
        "# -*- coding: cp949 -*-\nx = '가'".encode("cp949"),
        b"# -*- coding: unicode_escape -*-\nx = '\\,'",
    ],
)
def test_byte_order_marks_line_ends_and_declared_encodings_are_understood(student, content):
    read = hand_in(student, f"{QUESTION}.py", content)
    assert read.fault is None
    assert "\r" not in read.source
    assert parses(read.source) is None


def test_the_files_beside_it_travel_but_not_other_submissions_or_links(student):
    for name in (
        f"toy/{QUESTION}.py",
        "toy/q2_other.py",
        "toy/weights.safetensors",
        "toy/images/a.png",
        "toy/.hidden",
    ):
        hand_in(student, name, "x = 1")
    (student / "toy" / "link").symlink_to("/etc/passwd")
    read = find(student, "toy", QUESTION, [QUESTION, "q2_other"])
    assert sorted(read.extras) == ["images", "weights.safetensors"]


def test_the_digest_is_of_code_and_extras(student):
    first = hand_in(student, f"toy/{QUESTION}.py", "x = 1").digest
    assert hand_in(student, f"toy/{QUESTION}.py", "x = 2").digest != first
    assert hand_in(student, f"toy/{QUESTION}.py", "x = 1").digest == first
    with_extra = hand_in(student, "toy/data/a.txt", "1").digest
    assert with_extra != first
    assert hand_in(student, "toy/data/a.txt", "2").digest != with_extra


# -- notebooks ----------------------------------------------------------------------------------------------


def cells(*sources):
    found, notes = read_cells(notebook(*sources), "q.ipynb")
    return [cell.source for cell in found], [note.en for note in notes]


def test_a_cell_that_does_not_parse_does_not_lose_the_others():
    sources, notes = cells("x = 1", "def f(:", "y = 2")
    assert sources == ["x = 1", "y = 2"]
    assert notes == ["q.ipynb[2]: skipped because of a syntax error (line 1, invalid syntax)."]


@pytest.mark.parametrize(
    ("source", "left", "named"),
    [
        ("%matplotlib inline\nx = 1", "None\nx = 1", "%matplotlib inline"),
        ("!pip install evil\nx = 1", "None\nx = 1", "!pip install evil"),
        ("files = !ls\nx = 1", "files = None\nx = 1", "!ls"),
        ("x = %timeit -o f()", "x = None", "%timeit -o f()"),
        ("torch.add?\nx = 1", "None\nx = 1", "%pinfo torch.add"),
        ("if True:\n    !ls\n    x = 1", "if True:\n    None\n    x = 1", "!ls"),
        ("%%time\nx = 1", "\nx = 1", "%%time"),
        ("%%time\n!ls\nx = 1", "\nNone\nx = 1", "%%time, !ls"),
    ],
)
def test_ipython_commands_are_taken_out_and_named(source, left, named):
    sources, notes = cells(source)
    assert [text.rstrip("\n") for text in sources] == [left]
    assert notes == [f"q.ipynb[1]: the IPython commands {named} were not run."]


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile /tmp/x", "%%html", "%%script sh"])
def test_a_cell_of_another_language_is_taken_out_whole(magic):
    sources, notes = cells(f"{magic}\nrm -rf /\necho $HOME")
    assert [text.strip().strip("\\\n") for text in sources] == ["None"]
    assert magic.split()[0] in notes[0]


def test_what_only_looks_like_a_command_is_left_alone():
    text = 'template = """\n%d items\n!important\n"""\nx = 5 % 3'
    assert cells(text) == ([text], [])


def test_line_numbers_stay_those_of_the_cell():
    (source,), _ = cells("!ls\n%time f(1)\nx = !pwd\nraise ValueError")
    assert source.splitlines().index("raise ValueError") == 3


def test_older_notebooks_are_read(student):
    assert hand_in(student, f"{QUESTION}.ipynb", notebook("x = 1", version=3)).source == "x = 1"


def test_notebooks_without_ids_or_with_odd_metadata_are_read(student):
    raw = json.loads(notebook("x = 1", "y = 2"))
    for cell in raw["cells"]:
        cell.update(id="same", metadata={"tags": ["skip-execution"], "nbgrader": {"grade": "odd"}})
    raw["metadata"] = {"kernelspec": {"name": "julia", "display_name": "x", "language": "julia"}}
    assert hand_in(student, f"{QUESTION}.ipynb", json.dumps(raw)).source == "x = 1\n\ny = 2"


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_in_a_cell_is_a_cell_or_a_note(text):
    found, notes = read_cells(notebook("x = 1", text), "q.ipynb")
    assert found[0].source == "x = 1"
    assert len(found) == 2 or notes


@given(st.binary(max_size=120))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_submission_or_a_fault(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    for suffix in (".py", ".ipynb"):
        path = folder / f"q{suffix}"
        path.write_bytes(data)
        found = read(path)
        assert (found.fault is None) == bool(found.cells or found.notes)
