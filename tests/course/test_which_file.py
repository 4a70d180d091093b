"""Which file is taken: names as browsers, file managers and LMSs make them, and nobody's by guess alone."""

from __future__ import annotations

import os
import unicodedata

import pytest

from autograder.course.which_file import Match, archives, is_junk, match, printed, readable, which_file

Q = "q2_linear_regression"


def put(folder, *names, time=None):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1")
        if time is not None:
            os.utime(path, (time, time))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (f"{Q}.py", Match(".py", "exact", 0)),
        (f"{Q}.IPYNB", Match(".ipynb", "own", 0)),
        (f"{Q.upper()}.py", Match(".py", "own", 0)),
        (f"{Q} (1).ipynb", Match(".ipynb", "own", 1)),
        (f"{Q}(12).ipynb", Match(".ipynb", "own", 12)),
        (f"{Q}-1.ipynb", Match(".ipynb", "own", 1)),
        (f"{Q} copy.ipynb", Match(".ipynb", "own", 1)),
        (f"{Q} - 복사본 (2).ipynb", Match(".ipynb", "own", 2)),
        (f"{Q}의 사본.ipynb", Match(".ipynb", "own", 1)),
        (f"Copy of {Q}.ipynb", Match(".ipynb", "ends", 0)),
        (f"kim_LATE_123_456_{Q}-2.ipynb", Match(".ipynb", "ends", 2)),
        (f"{Q}.ipynb.txt", Match(".ipynb", "own", 0)),
        ("q2-linear-regression.ipynb", Match(".ipynb", "own", 0)),
        ("q2 linear regression.py", Match(".py", "own", 0)),
        ("helper.py", None),
        (f"{Q}.html", None),
        (f"{Q}_final_v2.ipynb", Match(".ipynb", "starts", 0)),
        (f"{Q}_202012345_홍길동.ipynb", Match(".ipynb", "starts", 0)),
        (f"{Q}(홍길동).ipynb", Match(".ipynb", "starts", 0)),
        (f"{Q}_1.py", Match(".py", "starts", 0)),
        (f"{Q}.ipynb.ipynb", Match(".ipynb", "own", 0)),
        ("Q2LinearRegression.ipynb", Match(".ipynb", "own", 0)),
        ("q2.linear.regression.py", Match(".py", "own", 0)),
        (f"{Q}2.py", None),
        ("q12_linear_regression.py", None),
        ("q1_linear_regression.py", None),
    ],
)
def test_a_name_is_matched(name, found):
    assert match(name, Q) == found


def test_the_file_asked_for_goes_before_names_that_say_more(tmp_path):
    put(tmp_path, f"{Q}.py", time=1)
    put(tmp_path, f"old_{Q}.py", f"sub/{Q}.py", time=9)
    found = which_file([tmp_path / "exam", tmp_path], Q)
    assert (found.chosen.path.name, found.expected, found.others) == (f"{Q}.py", True, [])


def test_a_copy_is_newer_than_the_file_asked_for(tmp_path):
    put(tmp_path, f"{Q}.ipynb", time=9)
    put(tmp_path, f"{Q} (1).ipynb", time=1)
    found = which_file([tmp_path], Q)
    assert (found.chosen.path.name, found.expected) == (f"{Q} (1).ipynb", False)
    assert [other.path.name for other in found.others] == [f"{Q}.ipynb"]


def test_of_two_exact_files_the_newer_is_taken_and_the_other_is_told(tmp_path):
    put(tmp_path, f"{Q}.py", time=2)
    put(tmp_path, f"{Q}.ipynb", time=1)
    found = which_file([tmp_path], Q)
    assert found.chosen.name.suffix == ".py"
    assert [other.name.suffix for other in found.others] == [".ipynb"]


def test_of_copies_the_greatest_number_is_taken_whatever_its_time(tmp_path):
    put(tmp_path, f"{Q} (2).ipynb", time=1)
    put(tmp_path, f"{Q} (10).ipynb", time=0)
    put(tmp_path, f"{Q}.IPYNB", time=9)
    found = which_file([tmp_path], Q)
    assert found.chosen.path.name == f"{Q} (10).ipynb"
    assert len(found.others) == 2
    assert not found.expected


def test_a_file_in_a_folder_inside_is_found_but_no_junk(tmp_path):
    put(
        tmp_path,
        f"midterm/answers/{Q}.ipynb",
        f"__MACOSX/._{Q}.ipynb",
        f".ipynb_checkpoints/{Q}-checkpoint.ipynb",
    )
    found = which_file([tmp_path], Q)
    assert found.chosen.path == tmp_path / "midterm" / "answers" / f"{Q}.ipynb"
    assert found.others == []


def test_nothing_is_found_where_nothing_fits(tmp_path):
    put(tmp_path, "report.html", "work.zip", "other.py")
    assert which_file([tmp_path], Q) is None
    assert [path.name for path in archives([tmp_path])] == ["work.zip"]
    assert [path.name for path in printed([tmp_path])] == ["report.html"]


def test_decomposed_letters_are_the_same_file(tmp_path):
    question = "q1_한글"
    put(tmp_path, unicodedata.normalize("NFD", question) + ".py")
    assert which_file([tmp_path], question).chosen.name.suffix == ".py"


def test_names_of_korean_windows_can_be_read():
    assert readable(os.fsdecode("김철수".encode("cp949"))) == "김철수"
    assert readable(unicodedata.normalize("NFD", "김철수")) == "김철수"
    readable(os.fsdecode(b"\xff\xfe\x80")).encode()


def test_what_systems_and_tools_leave_is_junk():
    assert all(
        map(
            is_junk,
            ["__MACOSX", ".DS_Store", "@eaDir", "__pycache__", "$RECYCLE.BIN", "lost+found", "~$a.docx"],
        )
    )
    assert not any(map(is_junk, ["kim", "_kim", "q1.py", "$money"]))


def test_a_name_that_goes_on_is_taken_only_where_no_other_is_there_and_no_other_question_has_it(tmp_path):
    put(tmp_path, "q1_mnist_final.ipynb")
    assert (
        which_file([tmp_path], "q1_mnist", ["q1_mnist", "q1_mnist_zero"]).chosen.path.name
        == "q1_mnist_final.ipynb"
    )
    put(tmp_path, "q1_mnist_zero.py", "q1_mnist_zero_old.py", time=9**10)
    found = which_file([tmp_path], "q1_mnist", ["q1_mnist", "q1_mnist_zero"])
    assert (found.chosen.path.name, found.others) == ("q1_mnist_final.ipynb", [])
    put(tmp_path, "q1_mnist.py", time=1)
    assert which_file([tmp_path], "q1_mnist").chosen.path.name == "q1_mnist.py"


def test_a_file_as_it_was_handed_out_is_taken_only_where_there_is_no_other(tmp_path):
    put(tmp_path, f"{Q}.ipynb", time=1)
    put(tmp_path, f"{Q}.py", time=9)
    found = which_file([tmp_path], Q, is_blank=lambda path: path.suffix == ".py")
    assert found.chosen.path.suffix == ".ipynb"
    (tmp_path / f"{Q}.ipynb").unlink()
    assert which_file([tmp_path], Q, is_blank=lambda path: True).chosen.path.suffix == ".py"


def test_the_same_name_in_another_folder_is_told(tmp_path):
    put(tmp_path / "exam", f"{Q}.py")
    put(tmp_path, f"{Q}.py")
    found = which_file([tmp_path / "exam", tmp_path], Q)
    assert found.chosen.path.parent.name == "exam"
    assert [other.path for other in found.others] == [tmp_path / f"{Q}.py"]


def test_an_archive_in_a_folder_inside_is_found(tmp_path):
    put(tmp_path, "hand in/work.zip")
    assert [path.name for path in archives([tmp_path / "exam", tmp_path])] == ["work.zip"]
