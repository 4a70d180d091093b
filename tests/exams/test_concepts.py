"""The concept questions: every answer of a solution is what the experiment behind it finds.

Each solution's experiments run in a process of their own: TensorFlow and torch never share one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.checks import Choice, OneOf
from autograder.core.evidence import collect
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.course.modules import load_module
from autograder.grading.grade import References, grade_part
from autograder.probing.observing import Given, Observer, run_calls
from tests.support.courses import REPOSITORY

pytestmark = pytest.mark.verify

COURSE = Course(REPOSITORY)
MIDTERM, FINAL, BIGDATA = (
    COURSE.question(place)
    for place in ("dl2022_midterm/q3_mnist_sample", "dl2022_final/q2_true_false", "bigdata_final/q4_concepts")
)
QUESTIONS = [MIDTERM, FINAL, BIGDATA]
PARTS = [(entry, part.name) for entry in QUESTIONS for part in entry.question.parts]
ONE_THREAD = {
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
RUN = """
import json, sys
from pathlib import Path
from autograder.course.modules import load_module
module = load_module(Path(sys.argv[1]))
names = [name for name in vars(module) if name.startswith(("experiment_", "remark_"))]
found = {name: getattr(module, name)() for name in names}
print(json.dumps({"found": found, "frameworks": sorted({"torch", "tensorflow"} & set(sys.modules))}))
"""


@pytest.fixture(scope="module")
def experiments():
    """What the experiments and remarks of a question's solution return, run once."""
    done = {}

    def run(entry):
        if entry is BIGDATA and find_spec("tensorflow") is None:
            pytest.skip("TensorFlow is not installed")
        if entry.id not in done:
            command = [sys.executable, "-W", "ignore", "-c", RUN, str(entry.solution_path)]
            environment = os.environ | ONE_THREAD
            result = subprocess.run(
                command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
            )
            assert result.returncode == 0, result.stderr[-3_000:]
            done[entry.id] = json.loads(result.stdout.splitlines()[-1])
        return done[entry.id]

    return run


def answer(entry, part):
    """The constant of the solution that answers a part, as JSON has it."""
    return json.loads(json.dumps(getattr(load_module(entry.solution_path), part.upper())))


# -- the key ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("entry", "part"), PARTS, ids=[f"{entry.name}/{part}" for entry, part in PARTS])
def test_the_answer_is_what_the_experiment_finds(experiments, entry, part):
    found = experiments(entry)["found"]
    assert found[f"experiment_{part.removeprefix('item_')}"] == answer(entry, part)


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry.name)
def test_every_experiment_belongs_to_a_part_and_to_one_framework(experiments, entry):
    done = experiments(entry)
    named = {name for name in done["found"] if name.startswith("experiment_")}
    assert named == {f"experiment_{part.name.removeprefix('item_')}" for part in entry.question.parts}
    assert done["frameworks"] == ["tensorflow" if entry is BIGDATA else "torch"]


def test_what_the_experiments_say_beside_the_answers(experiments):
    midterm, final = experiments(MIDTERM)["found"], experiments(FINAL)["found"]
    assert midterm["remark_squared_error_is_convex"] is False  # so the experiment on item 10 can fail
    assert midterm["remark_computed_loss_is_convex"] is False  # BCELoss is clamped at 100
    assert final["remark_hooks_are_skipped"] is True
    assert experiments(BIGDATA)["found"]["remark_shapes_without_a_batch"] == ["refused", [24, 384]]


def test_the_pinned_key_names_every_answer():
    for entry in QUESTIONS:
        pinned = json.loads(entry.pinned_path.read_text(encoding="utf-8"))["values"]
        assert {value["part"] for value in pinned} == {part.name for part in entry.question.parts}
        assert all(value["source"] for value in pinned)


# -- what a student is told ---------------------------------------------------------------------------------


def observed(entry, part, answer):
    """What a worker observes of a submission with this answer: the fact, or the exception instead of it."""
    constant, declared = part.upper(), entry.question.part(part)
    observer = Observer(nullcontext, declared.fact_names)
    code = vars(load_module(entry.probes_path)) if entry.probes_path.exists() else {}
    given = Given({}, declared.settings, "python", "cpu")
    student = SimpleNamespace(**{constant: answer})
    run_calls(declared.parsed_calls, student, given, observer, code, entry.question.interface)
    return observer.found.get(constant, observer.missing.get(constant))


def verdict_on(entry, part, answer):
    """The verdict on a submission with this answer."""
    right, mine = (
        {Task(part): Outcome(evidence=collect({part.upper(): observed(entry, part, given)}))}
        for given in (getattr(load_module(entry.solution_path), part.upper()), answer)
    )
    references = References(inputs={Task(part): collect({})}, solution=Attempt(outcomes=right))
    return grade_part(entry.question.part(part), Attempt(outcomes=mine), references)


@pytest.mark.parametrize("value", [None, 0.5, 2, "", "FF", "아마", [True]])
@pytest.mark.parametrize("entry", [MIDTERM, FINAL], ids=lambda entry: entry.name)
def test_an_item_takes_a_truth_value_only(entry, value):
    verdict = verdict_on(entry, "item_1", value)
    assert verdict.status is Status.FAILED
    (finding,) = verdict.findings
    shown = value if isinstance(value, str) and value else repr(value)
    assert finding.message.en == f"Your answer is {shown}; it must be one of True, False."


@pytest.mark.parametrize("value", [True, 1, np.True_, np.array(1), "참", " true ", "O"])
def test_true_in_any_writing_is_right_where_it_is_and_wrong_where_not(value):
    assert verdict_on(FINAL, "item_2", value).status is Status.PASSED
    assert verdict_on(FINAL, "item_1", value).points == 0


@pytest.mark.parametrize("value", [False, 0, np.False_, np.zeros(()), "거짓", "False", "x"])
def test_false_in_any_writing_is_right_where_it_is_and_wrong_where_not(value):
    assert verdict_on(FINAL, "item_1", value).status is Status.PASSED
    assert verdict_on(FINAL, "item_2", value).points == 0


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry.name)
def test_no_key_is_public(entry):
    for part in entry.question.parts:
        assert all(isinstance(check, OneOf) == check.public for check in part.checks)
        assert all(check.key is None for check in part.checks if isinstance(check, Choice))


RIGHT_IN_OTHER_WORDS = [
    ("conv_shape", [1, 127, 127, 5]),
    ("conv_shape", np.array([1, 127, 127, 5])),
    ("conv_shape", (np.int64(1), 127.0, 127, 5)),
    ("conv_shape", " (1, 127, 127, 5)"),
    ("flatten_shape", [1, 9216]),
    ("flatten_shape", "1, 9216"),
    ("model_statements", ["하영", "재인"]),
    ("model_statements", ("Ha-young", "jae in")),
    ("model_statements", {"HAYEONG", " 재인 "}),
    ("model_statements", "하영, 재인"),
    ("fit_statements", "재인 서연 하영"),
    ("cnn_statements", (True, False, False, False, False)),
    ("cnn_statements", [1, 0, 0, 0, 0]),
    ("cnn_statements", np.array([True, False, False, False, False])),
    ("cnn_statements", ["참", "거짓", "거짓", "거짓", "거짓"]),
    ("cnn_statements", "참, 거짓, 거짓, 거짓, 거짓"),
]


@pytest.mark.parametrize(("part", "value"), RIGHT_IN_OTHER_WORDS)
def test_a_right_answer_is_right_however_it_is_written(part, value):
    assert verdict_on(BIGDATA, part, value).status is Status.PASSED


@pytest.mark.parametrize(
    ("part", "value", "points"),
    [
        ("conv_shape", (127, 127, 5), 0),
        ("conv_shape", (None, 127, 127, 5), 0),
        ("flatten_shape", 9216, 0),
        ("model_statements", "하영, 재인, 서연", 1.5),  # the document's own answer
        ("fit_statements", ["재인", "서연", "규빈"], 1),  # the document's own answer
        ("model_statements", ["서연", "규빈"], 0),
        ("cnn_statements", [True, False, False, False, True], 1.6),
        ("cnn_statements", [False, True, True, True, True], 0),
        ("cnn_statements", [True, False], 0),
        ("cnn_statements", True, 0),
    ],
)
def test_answers_are_scored_one_by_one(part, value, points):
    assert verdict_on(BIGDATA, part, value).points == points


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        (
            "model_statements",
            ["하영", "철수"],
            "names such as ['서연', 'gyubin'] are asked for; who is '철수'?",
        ),
        ("model_statements", [0, 1], "names such as ['서연', 'gyubin'] are asked for; who is 0?"),
        ("fit_statements", [], "names such as ['서연', 'gyubin'] are asked for; nobody is named"),
        ("conv_shape", None, "a shape such as (1, 2, 3, 4) is asked for, got None"),
        ("conv_shape", (), "a shape such as (1, 2, 3, 4) is asked for, got ()"),
        ("flatten_shape", "24*24*16", "a shape such as (1, 2, 3, 4) is asked for, got '24*24*16'"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told(part, value, told):
    assert str(observed(BIGDATA, part, value)) == told
