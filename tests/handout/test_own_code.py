"""The code of a release, handed in: it earns nothing, or the check that brings it along is withheld."""

from __future__ import annotations

import shutil

import pytest

from autograder.checks import Relation, Withheld
from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.handout.make_check_files import make_check_files
from autograder.handout.own_code import NOTHING, rounds, trials
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from tests.support.courses import KEY, TOY

CODE = """
def by_name(dim, x):
    return x

def by_place(values, axis):
    return values

def equation(soft, x):
    return soft, x + 1

def other(a, b, c):
    return a
"""
STUBS = {"softmax": "def softmax(x, dim=0):\n    raise NotImplementedError\n"}


def test_functions_are_tried_with_arguments_of_the_same_name_and_in_the_same_place():
    found = trials(CODE, STUBS)
    calls = {trial.source.split("_own(")[1].rstrip()[:-1] for trial in found if trial.function != NOTHING}
    assert calls == {
        "by_name(dim=_plain(dim), x=_plain(x))",
        "by_name(_plain(x), _plain(dim))",
        "by_place(_plain(x), _plain(dim))",
        "equation(soft=None, x=_plain(x))[0]",
        "equation(soft=None, x=_plain(x))[1]",
        "equation(_plain(x), _plain(dim))[0]",
        "equation(_plain(x), _plain(dim))[1]",
    }
    assert all(trial.source.startswith("def softmax(x, dim=0):") for trial in found)


def test_each_round_hands_in_one_function_for_each_of_the_students():
    found = trials(CODE, STUBS | {"negate": "def negate(x): ..."})
    groups = rounds(found)
    assert sorted(map(id, found)) == sorted(id(trial) for group in groups for trial in group)
    assert all(len({trial.answer for trial in group}) == len(group) for group in groups)
    assert len(groups[0]) == 2


HELPER = """
def running(values, scale):
    return scale * np.cumsum(values)


def total(sums, values, scale):
    return sums.sum(), running(values, scale).sum()


QUESTION = """
CHECK = """Relation(
                    "total",
                    label=Text(ko="합", en="total"),
                    equation=total,
                    statement=Text(ko="합이 다릅니다.", en="The total differs."),
                    open=True,
                    atol=TOLERANCE,
                    points=2,
                )"""


@pytest.fixture
def files(tmp_path, warm):
    def make(**changes):
        shutil.copytree(TOY, tmp_path / "course")
        for name, change in changes.items():
            path = tmp_path / "course/exams/toy/q1_numbers" / f"{name}.py"
            path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        entry = Course(tmp_path / "course").question("toy/q1_numbers")
        runner = Runner(executor=Local(warm))
        return make_check_files([entry], KEY.encode(), runner, 2, Silent(), mistakes=False, say=said.append)[
            entry
        ]

    said = make.said = []
    return make


def with_total(helper):
    """The toy's question, whose second equation compares totals, by a function that gives the answer."""

    def change(text):
        begin = text.index("Relation(\n")
        end = text.index("points=2,\n                ),") + len("points=2,\n                )")
        text = text[:begin] + CHECK + text[end:]
        return text.replace("\nQUESTION = ", helper, 1).replace(
            "from autograder import", "import numpy as np\n\nfrom autograder import"
        )

    return change


def test_a_check_whose_function_earns_points_as_an_answer_is_withheld(files):
    made = files(question=with_total(HELPER))
    checks = made.question.part("cumulative").checks
    assert [type(check) for check in checks if check.id == "Relation(total)"] == [Withheld]
    assert "running" not in made.code


def test_a_check_whose_functions_are_no_answer_stays_open(files):
    honest = HELPER.replace("scale * np.cumsum(values)", "scale * np.dot(np.arange(20, 0, -1), values)")
    made = files(question=with_total(honest))
    assert [type(check) for check in made.question.part("cumulative").checks[-1:]] == [Relation]
    assert "running" in made.code


def test_a_probe_that_computes_an_answer_is_told(files):
    def change(text):
        text = text.replace(
            "def probe_cumulative(",
            "def running(values, scale):\n    return scale * np.cumsum(values)\n\n\ndef probe_cumulative(",
        )
        return text.replace(
            "    from autograder.probing.arrays",
            "    running([1.0], 1.0)\n    from autograder.probing.arrays",
        )

    files(probes=change)
    lines = [one.en for one in files.said]
    assert len(lines) == 1, lines
    (line,) = lines
    assert "running earns 5 points of cumulative as cumulative, and every release has it" in line
