"""Pictures of a student's own results in a self-check: nothing of the solution is in a release for them."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from autograder.core.outcome import Attempt
from autograder.core.progress import Silent
from autograder.core.text import Text
from autograder.course.catalog import Course
from autograder.grading.grade import grade_part
from autograder.handout.check_cell import Report, run_part
from autograder.handout.check_file import encode_check_file, read_check_file
from autograder.handout.drawings import draw_own
from autograder.handout.make_check_files import make_check_files
from autograder.handout.self_check import open_answer, question_of_release
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.worker.codec import decode
from tests.support.courses import TOY

INLINE = """            pictures=[
                Curves(
                    Text(ko="누적합", en="The sums"),
                    curves=lambda evidence, inputs: {"sums": evidence["sums"]},
                    x="count",
                    y="sum",
                )
            ],
"""
HONEST = """
def drawn(evidence):
    return {"sums": evidence["sums"]}


SUMS = Curves(Text(ko="누적합", en="The sums"), curves=lambda evidence, inputs: drawn(evidence))

QUESTION = """
TELLING = """
def running(values, scale):
    return scale * np.cumsum(values)


SUMS = Curves(
    Text(ko="누적합", en="The sums"),
    curves=lambda evidence, inputs: {"right": running(inputs["values"], inputs["scale"])},
)

QUESTION = """


@pytest.fixture
def released(tmp_path, warm):
    """Return what makes the toy's file of checks, with this before the question in its module."""

    def make(constants):
        course = Course(shutil.copytree(TOY, tmp_path / "course"))
        path = course.question("toy/q1_numbers").path
        text = path.read_text(encoding="utf-8").replace(INLINE, "            pictures=[SUMS],\n")
        text = text.replace("\nQUESTION = ", constants, 1).replace(
            "from autograder import", "import numpy as np\n\nfrom autograder import", 1
        )
        path.write_text(text, encoding="utf-8")
        entry = course.question("toy/q1_numbers")
        runner = Runner(executor=Local(warm))
        made = make_check_files([entry], b"key", runner, 2, Silent(), mistakes=False)[entry]
        file = tmp_path / "q1_numbers.checks"
        file.write_bytes(encode_check_file(made))
        return file

    return make


def checked(file, answer) -> tuple[list, Report]:
    """The pictures and the report of a part in a notebook's kernel."""
    question = question_of_release(read_check_file(file))
    part = question.entry.question.part("cumulative")
    attempt = run_part(question, part.name, {"cumulative": answer}, {}, "")
    pictures = draw_own(question, part, attempt)
    verdict = open_answer(grade_part(part, attempt, question.references))
    return pictures, Report(question.entry.question, verdict, "ko", pictures)


def test_a_self_check_draws_the_students_own_result(released):
    file = released(HONEST)
    (picture,), report = checked(file, lambda values, scale: np.asarray(values) * scale)
    assert (picture.caption, picture.file()[0]) == (Text(ko="누적합", en="The sums"), "svg")
    assert picture.file()[1].startswith(b"<?xml")
    assert f'<img src="{picture.uri}" alt="누적합"' in report._repr_html_()
    (other,), _ = checked(file, lambda values, scale: np.cumsum(values) * scale)
    assert other.uri != picture.uri


def test_nothing_of_the_solution_is_in_the_file_for_a_picture(released):
    arrays = decode(released(HONEST).read_bytes(), limit=1 << 20, facts_limit=1 << 20).arrays
    assert {name.partition("/")[2] for name in arrays} == {"values"}


def test_what_cannot_be_drawn_is_left_out(released):
    file = released(HONEST)

    def broken(values, scale):
        raise ValueError("nothing")

    assert checked(file, broken)[0] == []
    assert checked(file, lambda values, scale: np.ones((4, 5)))[0] == []
    question = question_of_release(read_check_file(file))
    assert draw_own(question, question.entry.question.part("mean"), Attempt(outcomes={})) == []


def test_a_picture_whose_function_earns_points_as_an_answer_is_not_released(released):
    found = read_check_file(released(TELLING))
    assert found.pictures["cumulative"] == []
    assert "running" not in found.drawing
