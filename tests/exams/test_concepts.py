"""The concept questions: every answer of a solution is what the experiment behind it finds.

Each solution's experiments run in a process of their own: TensorFlow and torch never share one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
from tests.support.courses import REPOSITORY

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


def self_check(entry, part, **names):
    """The verdict of a student's own check, without a reference, on a submission with these names."""
    declared = entry.question.part(part)
    probe = getattr(load_module(entry.probes_path), declared.probe)
    evidence = collect(probe(SimpleNamespace(**names), dict(declared.settings), "cpu"))
    task = Task(part)
    inputs = collect(dict(declared.settings))
    attempt = Attempt(outcomes={task: Outcome(evidence=evidence)})
    return evidence, grade_part(declared, attempt, References(inputs={task: inputs}))


@pytest.mark.parametrize("value", ["거짓", "False", 1, 0, None, 0.5, [True], print])
@pytest.mark.parametrize("entry", [MIDTERM, FINAL], ids=lambda entry: entry.name)
def test_an_item_takes_a_truth_value_only(entry, value):
    _, verdict = self_check(entry, "item_1", ITEM_1=value)
    assert verdict.status is Status.FAILED
    (finding,) = verdict.findings
    shown = repr(value) if value is None or isinstance(value, str | int) else repr(type(value).__name__)
    assert finding.message.en == f"ITEM_1 must be one of True, False, got {shown}."


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_a_truth_value_is_taken_and_not_called_right_or_wrong(value):
    evidence, verdict = self_check(MIDTERM, "item_1", ITEM_1=value)
    assert evidence.facts["ITEM_1"] is bool(value)
    assert verdict.points == 0
    assert [finding.check for finding in verdict.findings] == ["OneOf(ITEM_1)"]


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry.name)
def test_no_key_is_public(entry):
    for part in entry.question.parts:
        assert all(isinstance(check, OneOf) == check.public for check in part.checks)
        assert all(check.key is None for check in part.checks if isinstance(check, Choice))


@pytest.mark.parametrize("names", [["하영", "재인"], ("Ha-young", "jae in"), {"HAYEONG", " 재인 "}])
def test_names_are_taken_in_both_alphabets(names):
    evidence, verdict = self_check(BIGDATA, "model_statements", MODEL_STATEMENTS=names)
    assert verdict.findings[0].passed
    assert [who for who, chosen in evidence.facts["MODEL_STATEMENTS"].items() if chosen] == [
        "hayoung",
        "jaein",
    ]


@pytest.mark.parametrize(
    ("part", "value", "got"),
    [
        ("model_statements", ["하영", "철수"], "\"unknown name '철수'\""),
        ("model_statements", "하영", "'str'"),
        ("model_statements", [0, 1], "'list of int'"),
        ("fit_statements", None, "'NoneType'"),
        ("conv_shape", (None, 127, 127, 5), "'tuple of NoneType and int'"),
        ("conv_shape", "(1, 127, 127, 5)", "'str'"),
        ("conv_shape", (), "'tuple of nothing'"),
        ("flatten_shape", 9216, "'int'"),
        ("cnn_statements", [True, False], "'2 bool'"),
        ("cnn_statements", [1, 0, 0, 0, 0], "'list of int'"),
        ("cnn_statements", True, "'bool'"),
    ],
)
def test_an_answer_that_cannot_be_read_is_told(part, value, got):
    _, verdict = self_check(BIGDATA, part, **{part.upper(): value})
    assert verdict.status is Status.FAILED
    assert verdict.findings[0].message.en.endswith(f"got {got}.")


@pytest.mark.parametrize("shape", [(1, 9216), [1, 9216], (np.int64(1), np.int64(9216))])
def test_a_shape_may_be_a_tuple_or_a_list(shape):
    evidence, verdict = self_check(BIGDATA, "flatten_shape", FLATTEN_SHAPE=shape)
    assert verdict.findings[0].passed
    assert evidence.facts["FLATTEN_SHAPE"] == [1, 9216]
