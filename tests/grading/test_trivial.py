"""Trivial answers: what zeros, constants, inputs and the like earn, on evidence made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import AtLeast, Choice, Close, Evidence, Facts, Finite, Part, Relation, Shape, Text
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.grading.grade import References
from autograder.grading.trivial import EVERYTHING, earned_by_trivial_answers

WORDS = Text(ko="말", en="words")
RNG = np.random.default_rng(0)
X = {variant: RNG.normal(size=(4, 3)) for variant in ("public", "hidden1")}


def earned(checks, arrays, facts=None, withheld=(), points=4.0):
    """What trivial answers earn, by answer and check; ``arrays`` makes the solution's from the input x."""
    part = Part(name="p", points=points, statement=WORDS, probe="observe", checks=checks)
    tasks = {Task("p", variant): x for variant, x in X.items()}
    solution = {
        task: Outcome(evidence=Evidence(arrays=arrays(x), facts=facts or {})) for task, x in tasks.items()
    }
    references = References(
        inputs={task: Evidence(arrays={"x": x}) for task, x in tasks.items()},
        solution=Attempt(outcomes=solution),
    )
    found = earned_by_trivial_answers(part, references, "cpu", withheld)
    return {(one.answer, one.check): one.points for one in found}


def softmax(x):
    return {"y": np.exp(x) / np.exp(x).sum(1, keepdims=True)}


def right_share(seen):
    return float((seen.evidence["y"].argmax(1) == seen.inputs["x"].argmax(1)).mean())


def test_a_sound_part_gives_nothing_away():
    checks = [
        Shape("y", (4, 3)),
        Finite("y"),
        Close("y", points=3),
        AtLeast("acc", right_share, 0.9, points=1),
    ]
    assert earned(checks, softmax, withheld={"x"}) == {}


@pytest.mark.parametrize(
    ("arrays", "answer"),
    [
        (lambda x: {"y": 0 * x}, "zeros"),
        (lambda x: {"y": 0 * x + 1}, "ones"),
        (lambda x: {"y": 0 * x + x.mean()}, "a constant"),
        (lambda x: {"y": x * np.nan}, "NaN"),
        (lambda x: {"y": x}, "the input x"),
    ],
    ids=["zeros", "ones", "a constant", "NaN", "the input"],
)
def test_a_reference_that_takes_no_thought_is_found(arrays, answer):
    found = earned([Close("y", points=4)], arrays)
    assert found[answer, "Close(y)"] == 4
    assert earned([Close("y")], arrays)[answer, "Close(y)"] == 4  # all or nothing


def test_an_answer_must_be_trivial_on_every_variant():
    assert earned([Close("y")], lambda x: {"y": x if x is X["public"] else -x}) == {}


def test_an_input_that_students_do_not_get_is_no_answer():
    assert earned([Close("y")], lambda x: {"y": x}, withheld={"x"}) == {}


def test_a_threshold_that_a_constant_reaches_is_found():
    found = earned([Close("y", points=3), AtLeast("acc", right_share, 0.0, points=1)], softmax)
    assert {check for _, check in found} == {"AtLeast(acc)"}
    assert {"zeros", "a constant", "random values"} <= {answer for answer, _ in found}


def test_equations_that_zeros_fulfil_must_not_be_all():
    linear = Relation(
        "linear", arrays=["y"], equation=lambda e, i: (e["y"][:2] * 2, e["y"][2:]), statement=WORDS, points=4
    )

    def arrays(x):
        return {"y": np.concatenate([x[:2], 2 * x[:2]])}

    assert earned([Shape("y", (4, 3)), linear], arrays)["zeros", EVERYTHING] == 4
    assert earned([linear, Close("y", points=1)], arrays, points=5.0) == {}


def test_a_shape_alone_gives_everything_away_unless_facts_are_judged_too():
    assert earned([Shape("y", (4, 3))], softmax)["zeros", EVERYTHING] == 4
    assert earned([Shape("y", (4, 3)), Facts("layers")], softmax, {"layers": 3}) == {}


def test_a_required_check_that_a_trivial_answer_fails_protects_the_others():
    spread = Relation(
        "spread", arrays=["y"], equation=lambda e, i: (np.sign(e["y"].std()), np.ones(())), statement=WORDS
    )
    assert earned([spread, AtLeast("acc", right_share, 0.0, points=4)], softmax).keys() == {
        ("random values", "AtLeast(acc)"),
        ("the input x", "AtLeast(acc)"),
    }


def test_facts_of_several_truth_values_must_not_all_be_the_same():
    def found(**facts):
        return earned([Choice("told", points=4)], lambda x: {}, facts)

    assert found(told={"a": True, "b": True}) == {("True throughout", "Choice(told)"): 4}
    assert found(told={"a": True, "b": False}) == {}
    assert found(told=True) == {}  # one question with two answers


def test_facts_stay_right_where_arrays_are_replaced_and_count_for_nothing():
    checks = [Facts("layers", points=2), Close("y", points=2)]
    assert earned(checks, softmax, {"layers": [["Linear", 3]]}) == {}
