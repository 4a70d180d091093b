"""Every check passes what is right, fails what is wrong, says what, and never raises on odd evidence."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder import (
    AtLeast,
    AtMost,
    Axis,
    Choice,
    Close,
    Dtype,
    Essay,
    Evidence,
    Facts,
    Finite,
    Forbids,
    Observation,
    OneOf,
    Relation,
    Shape,
    Text,
    Uses,
)
from autograder.checks.closeness import agree, compare
from autograder.checks.source import used_names
from autograder.core.check import Likeness
from autograder.core.outcome import EVERYTHING, Fault, FaultKind, Task

WORDS = Text(ko="말", en="words")


def see(value=None, *, reference=None, inputs=None, source="", device="cpu", **facts):
    arrays = {} if value is None else {"a": np.asarray(value)}
    expected = None if reference is None else Evidence(arrays={"a": np.asarray(reference)}, facts=facts)
    return Observation(
        evidence=Evidence(arrays=arrays, facts=facts),
        inputs=Evidence(**(inputs or {})),
        reference=expected,
        source=source,
        device=device,
    )


# -- properties ---------------------------------------------------------------------------------------------


def test_shape_takes_numbers_settings_and_anything():
    check = Shape("a", ("steps", None, 2))
    inputs = {"facts": {"steps": 3}}
    assert check.judge(see(np.zeros((3, 7, 2)), inputs=inputs)).passed
    finding = check.judge(see(np.zeros((4, 7, 2)), inputs=inputs))
    assert not finding.passed
    assert finding.message.en == "The shape is (4, 7, 2), expected (3, *, 2)."
    assert "(4, 7, 2)" in finding.message.ko
    assert not check.judge(see(np.zeros(3), inputs=inputs)).passed


def test_dtype():
    assert Dtype("a", ("float32", "float64")).judge(see(np.zeros(1))).passed
    finding = Dtype("a", ("float32",)).judge(see(np.zeros(1, dtype=np.float16)))
    assert finding.message.en == "The dtype is float16, allowed: float32."


def test_finite_names_the_first_place():
    assert Finite("a").judge(see([1.0, 2.0])).passed
    finding = Finite("a").judge(see([[1.0, np.inf], [np.nan, 2.0]]))
    assert finding.message.en == "2 of 4 values are not finite (NaN or infinite), first at [0, 1]."


@pytest.mark.parametrize("value", [0.69, float("nan")])
def test_at_least_fails_below_the_bound_and_for_nan(value):
    finding = AtLeast("accuracy", lambda seen: value, 0.7).judge(see())
    assert not finding.passed
    assert "at least 0.7" in finding.message.en
    assert finding.kind == "below"
    assert finding.numbers == {"bound": 0.7} | ({} if math.isnan(value) else {"got": value})


def test_bounds_pass_at_the_bound_and_tell_why_a_metric_is_not_there():
    assert AtLeast("accuracy", lambda seen: 0.7, 0.7).judge(see()).passed
    assert AtMost("loss", lambda seen: 0.7, 0.7).judge(see()).passed
    assert not AtMost("loss", lambda seen: 0.71, 0.7).judge(see()).passed
    assert AtLeast("accuracy", lambda seen: WORDS, 0.7).judge(see()).message is WORDS


def test_a_metric_that_cannot_take_the_evidence_fails_and_does_not_raise():
    for metric in (lambda seen: np.ones(2) + np.ones(3), lambda seen: seen.evidence["absent"]):
        for bounded in (AtLeast, AtMost):
            finding = bounded("loss", metric, 0.7).judge(see())
            assert not finding.passed
            assert "It cannot be computed" in finding.message.en


def test_a_metric_of_what_was_not_observed_tells_why_it_was_not():
    fault = Fault(kind=FaultKind.EXCEPTION, message=WORDS, traceback="line 3")
    check = AtLeast("accuracy", lambda seen: seen.evidence["logits"].mean(), 0.7)
    for name in ("logits", EVERYTHING):
        found = check.judge(replace(see(), missing={name: fault}))
        assert (found.message, found.kind, found.traceback) == (WORDS, "exception", "line 3")
    assert check.judge(replace(see(), missing={"weights": fault})).kind == "no_metric"


# -- closeness ----------------------------------------------------------------------------------------------


def test_close_agrees_with_torch_testing_on_its_default_tolerances():
    for dtype in (np.float16, np.float32, np.float64):
        expected = np.linspace(-3, 3, 7).astype(dtype)
        for factor in (1e-8, 2e-6, 3e-5, 3e-4, 1e-2):
            got = (expected.astype(np.float64) * (1 + factor) + factor).astype(dtype)
            try:
                torch.testing.assert_close(torch.from_numpy(got), torch.from_numpy(expected))
                close = True
            except AssertionError:
                close = False
            assert Close("a").judge(see(got, reference=expected)).passed is close


def test_an_answer_in_half_precision_does_not_widen_what_is_allowed():
    expected = np.linspace(-3, 3, 7, dtype=np.float32)
    assert not Close("a").judge(see((expected / 7).astype(np.float16), reference=expected / 7)).passed
    assert Close("a").judge(see(expected.astype(np.float16), reference=expected)).passed  # no rounding
    assert Close("a").judge(see((expected / 7), reference=(expected / 7).astype(np.float16))).passed


def test_a_difference_is_told_with_count_place_and_allowance():
    finding = Close("a", rtol=0, atol=1e-3).judge(
        see([[1.0, 2.0], [3.5, 4.1]], reference=[[1.0, 2.0], [3.0, 4.0]])
    )
    assert (finding.check, finding.kind) == ("Close(a)", "differs")
    assert finding.numbers == {
        "count": 2,
        "total": 4,
        "difference": 0.5,
        "allowed": 0.001,
        "got": 3.5,
        "value": 3.0,
    }
    assert finding.message.en == (
        "2 of 4 values differ, most at [1, 0]: got 3.5, expected 3, a difference of 0.5 (allowed 0.001)."
    )
    assert finding.message.ko == (
        "값 4개 중 2개가 다릅니다. 가장 크게 다른 곳은 [1, 0]입니다: 제출값 3.5, 기준값 3, "
        "차이 0.5(허용 오차 0.001)."
    )


def test_a_place_is_told_as_the_question_names_it():
    axes = [Axis(Text("에포크", "epoch")), None, Axis(Text("가중치", "weight"), names=("w0", "w1"))]
    got, expected = np.zeros((5, 1, 2)), np.zeros((5, 1, 2))
    got[2, 0, 1] = 1.0
    finding = Close("a", rtol=0, atol=1e-3, axes=axes).judge(see(got, reference=expected))
    assert "most at epoch 3, weight w1: got 1, expected 0" in finding.message.en
    assert "가장 크게 다른 곳은 에포크 3, 가중치 w1입니다" in finding.message.ko
    other_shape = Close("a", rtol=0, atol=1e-3, axes=axes[:1]).judge(see(got, reference=expected))
    assert "most at [2, 0, 1]" in other_shape.message.en


def test_of_one_number_no_place_is_told():
    finding = Close("a", rtol=0, atol=1e-3).judge(see(2.0, reference=1.5))
    assert finding.kind == "one_differs"
    assert finding.message.en == "Got 2, expected 1.5, a difference of 0.5 (allowed 0.001)."


def test_nan_on_both_sides_of_an_equation_is_right_only_where_the_reference_has_it():
    check = Relation("r", arrays=["a"], equation=lambda e, i: (e["a"], e["a"]), statement=WORDS)
    assert check.judge(see([1.0, np.nan], reference=[1.0, np.nan])).passed
    assert check.judge(see([1.0, 2.0], reference=[1.0, np.nan])).passed
    assert check.judge(see([1.0, np.nan])).passed  # a student's own check has no reference
    finding = check.judge(see([np.nan, np.nan], reference=[1.0, np.nan]))
    assert not finding.passed
    assert "(1 in all, first at [0])" in finding.message.en


def test_nan_must_stand_where_it_is_expected_and_nowhere_else():
    assert Close("a").judge(see([1.0, np.nan], reference=[1.0, np.nan])).passed
    for got in ([np.nan, np.nan], [1.0, 2.0], [np.nan, 2.0]):
        finding = Close("a").judge(see(got, reference=[1.0, np.nan]))
        assert not finding.passed
        assert "NaN appears in other places" in finding.message.en


def test_infinities_agree_only_with_their_own_sign():
    assert compare("Close(a)", np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf]), 1e-3, 1e-3) is None
    assert compare("Close(a)", np.array([np.inf]), np.array([-np.inf]), 1e-3, 1e-3) is not None
    assert compare("Close(a)", np.array([np.inf]), np.array([1.0]), 1e-3, 1e-3) is not None
    assert compare("Close(a)", np.array([1.0]), np.array([np.inf]), 1e-3, 1e-3) is not None


NUMBERS = st.sampled_from([0.0, -0.0, 1.0, 1.0009, 1.001, 1.002, -1.0, 1e308, np.inf, -np.inf, np.nan])
TOLERANCES = st.sampled_from([0.0, 1e-3, 1.0])


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=3), TOLERANCES, TOLERANCES)
def test_the_glance_decides_as_element_by_element(pairs, rtol, atol):
    def close(got, expected):
        if math.isnan(got) or math.isnan(expected) or math.isinf(got) or math.isinf(expected):
            return got == expected or (math.isnan(got) and math.isnan(expected))
        return abs(got - expected) <= atol + rtol * abs(expected)

    got, expected = (np.array(side) for side in zip(*pairs, strict=True))
    wanted = all(close(*pair) for pair in pairs)
    assert agree(got, expected, rtol, atol) is wanted
    assert (compare("Close(a)", got, expected, rtol, atol) is None) is wanted


def test_tolerance_may_depend_on_the_device():
    check = Close("a", rtol={"cpu": 1e-6, "cuda": 1e-2}, atol=0)
    assert not check.judge(see([1.001], reference=[1.0])).passed
    assert check.judge(see([1.001], reference=[1.0], device="cuda:1")).passed


@pytest.mark.parametrize(
    "mutate",
    [
        lambda a: -a,
        lambda a: 1.01 * a,
        lambda a: a[::-1],
        lambda a: a[:-1],
        lambda a: np.concatenate([a, a[-1:]]),
        lambda a: a.astype(np.float16),
        lambda a: np.where(a == a.max(), np.nan, a),
        lambda a: a.T,
        lambda a: a[None],
        lambda a: a.astype(np.int64),
        lambda a: a > 0,
        lambda a: a + 1j,
    ],
)
def test_close_fails_on_every_mutation(mutate):
    expected = np.random.default_rng(0).normal(size=(5, 2)) * 3
    assert Close("a", rtol=1e-4, atol=1e-5).judge(see(expected, reference=expected)).passed
    assert not Close("a", rtol=1e-4, atol=1e-5).judge(see(mutate(expected), reference=expected)).passed


def test_a_list_where_an_equation_takes_an_array_fails_and_does_not_raise():
    def equation(evidence, inputs):
        return evidence["a"], evidence["other"].astype(np.float64)

    finding = Relation("r", arrays=["a"], equation=equation, statement=Text("말", "words")).judge(
        see([1.0], other=[1.0])
    )
    assert not finding.passed
    assert "words It cannot be computed (shapes: a (1,))." in finding.message.en


def test_relation_judges_the_students_own_numbers():
    check = Relation(
        "rows",
        arrays=["a"],
        equation=lambda e, i: (e["a"].sum(axis=1), np.ones(2)),
        statement=WORDS,
        atol=1e-6,
    )
    assert check.public
    assert check.judge(see([[0.5, 0.5], [0.1, 0.9]])).passed
    finding = check.judge(see([[0.5, 0.5], [0.1, 0.8]]))
    assert finding.message.en.startswith("words 1 of 2 values differ")
    assert "expected" not in finding.message.en
    assert finding.kind == "differs"
    assert "value" not in finding.numbers
    assert not check.judge(see([1.0, 2.0])).passed
    assert not check.judge(see(np.zeros((0, 0)))).passed


# -- answers ------------------------------------------------------------------------------------------------


def observe(answer, right=None, inputs=None):
    return Observation(
        evidence=Evidence(facts={"c": answer}),
        inputs=inputs or Evidence(),
        reference=None if right is None else Evidence(facts={"c": right}),
    )


def test_choice_compares_with_the_solution_or_with_a_key():
    assert Choice("c").judge(observe(True, True)).passed
    assert not Choice("c").judge(observe(False, True)).passed
    keyed = Choice("c", key=lambda inputs: inputs["n"] > 2)
    assert keyed.public
    assert not Choice("c").public
    assert keyed.judge(observe(True, inputs=Evidence(facts={"n": 3}))).passed


@pytest.mark.parametrize("answer", [0, 2, "yes and no", [True], None, {"c": True}])
def test_only_the_answer_itself_is_the_answer(answer):
    assert not Choice("c").judge(observe(answer, True)).passed


@pytest.mark.parametrize(
    ("answers", "share"),
    [([True] * 4, 0), ([False] * 4, 0), ([True, True, False, True], 0.5), ([False, True, True, True], 0)],
)
def test_what_a_constant_answer_gets_can_be_worth_nothing(answers, share):
    right = [True, True, False, False]
    finding = Choice("c", above_constant=True).judge(observe(answers, right))
    assert (finding.passed, finding.share) == (False, share)
    assert Choice("c", above_constant=True).judge(observe(right, right)).passed


def test_choice_of_several_items_names_the_wrong_ones():
    right = {"1": True, "2": False, "3": True}
    finding = Choice("c").judge(observe({"1": True, "2": True}, right))
    assert finding.message.en == "2 of 3 answers wrong: 2, 3."
    assert finding.share == pytest.approx(1 / 3)
    assert Choice("c").judge(observe("all", right)).share == 0
    assert Choice("c").judge(observe([1, "거짓", "true"], [True, False, True])).passed
    assert Choice("c").judge(observe([True, False], [True, False, True])).share == 0  # which ones is unknown


@pytest.mark.parametrize(("mine", "right"), [(" Adam  W", "adam w"), (1.0, 1), ("참", True), (0, False)])
def test_an_answer_is_the_same_in_other_writing(mine, right):
    assert Choice("c").judge(observe(mine, right)).passed
    assert OneOf("c", options=[right]).judge(observe(mine)).passed


def test_facts():
    assert Facts("c").judge(observe([["w", [1, 2]]], [["w", [1, 2]]])).passed
    finding = Facts("c", expected=4).judge(observe(5))
    assert finding.message.en == "Got 5, expected 4."
    assert Facts("c", expected=4).public


def test_essay_waits_for_a_person_unless_it_is_empty():
    finding = Essay("c", rubric=WORDS).judge(observe("because"))
    assert finding.passed
    assert finding.manual
    for empty in ("", "  \n", None, 5):
        finding = Essay("c", rubric=WORDS).judge(observe(empty))
        assert not finding.passed
        assert not finding.manual


@pytest.mark.parametrize("check", [Choice("c"), Facts("c"), Close("c")])
def test_a_reference_that_lacks_the_name_is_our_mistake_not_the_students(check):
    seen = Observation(
        evidence=Evidence(arrays={"c": np.zeros(1)} if isinstance(check, Close) else {}, facts={"c": 1}),
        inputs=Evidence(),
        reference=Evidence(),
    )
    with pytest.raises(LookupError):
        check.judge(seen)


# -- source -------------------------------------------------------------------------------------------------

FORBIDDEN = Forbids("recurrent modules", names=["torch.nn.RNN", "torch.nn.LSTM"])


@pytest.mark.parametrize(
    "source",
    [
        "import torch\nnet = torch.nn.RNN(7, 8)",
        "import torch as t\nnet = t.nn.RNN(7, 8)",
        "import torch.nn as n\nnet = n.LSTM(7, 8)",
        "from torch import nn\nnet = nn.RNN(7, 8)",
        "from torch.nn import RNN as Linear\nnet = Linear(7, 8)",
        "from torch.nn import *\nnet = RNN(7, 8)",
        "import torch\nn = torch.nn\nnet = n.RNN(7, 8)",
        "import torch\nnet = getattr(torch.nn, 'RNN')(7, 8)",
        "def f():\n    from torch.nn import LSTM\n    return LSTM",
    ],
)
def test_forbidden_names_are_found_whatever_they_are_called(source):
    finding = FORBIDDEN.judge(see(source=source))
    assert not finding.passed
    assert "line" in finding.message.en.lower()


@pytest.mark.parametrize(
    "source", ["import torch\nnet = torch.nn.Linear(7, 8)", "RNN = 1\ntext = 'torch.nn.RNN'  # torch.nn.RNN"]
)
def test_names_that_are_not_forbidden_are_allowed(source):
    assert FORBIDDEN.judge(see(source=source)).passed


def test_uses_and_the_reported_module_tree():
    used = Uses("a class", names=["torch.nn.Module"], modules="tree")
    assert used.judge(see(source="import torch\nclass A(torch.nn.Module): pass")).passed
    assert not used.judge(see(source="import torch")).passed
    assert used.judge(see(source="import torch", tree=["torch.nn.Module"])).passed
    reported = Forbids("recurrent modules", names=["torch.nn.RNN"], modules="tree")
    assert not reported.judge(see(source="import torch", tree=["torch.nn.RNN"])).passed
    assert reported.judge(see(source="import torch", tree="not a list")).passed


def test_a_chain_of_thousands_of_attributes_is_read():
    source = "import torch\nx = torch" + ".nn" * 1500
    assert FORBIDDEN.judge(see(source=source)).passed


def test_used_names_resolves_aliases():
    assert ("numpy.linalg.norm", 2) in set(used_names("from numpy import linalg as l\nl.norm(1)"))


# -- every check, on evidence that is not what it expects ---------------------------------------------------

CHECKS = [
    Shape("a", (2,)),
    Dtype("a", ("float64",)),
    Finite("a"),
    Close("a"),
    Relation("r", arrays=["a"], equation=lambda e, i: (e["a"] @ np.eye(3), e["a"][0]), statement=WORDS),
    Choice("a", key=lambda inputs: True),
    Facts("a", expected=1),
    Essay("a", rubric=WORDS),
    Uses("u", names=["x.y"]),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(facts={"a": "text"}),
        Evidence(facts={"a": None}),
        Evidence(facts={"a": [[[]]]}),
        Evidence(arrays={"a": np.zeros(())}),
        Evidence(arrays={"a": np.zeros((0, 3))}),
        Evidence(arrays={"a": np.full((2, 2, 2), np.nan)}),
        Evidence(arrays={"a": np.array([True, False, True])}),
        Evidence(arrays={"a": np.zeros(3, dtype=np.complex64)}),
    ],
    ids=["nothing", "text", "null", "nested", "scalar", "empty", "nan", "bool", "complex"],
)
def test_odd_evidence_fails_and_never_raises(check, evidence):
    reference = Evidence(arrays={"a": np.array([1.5, 2.5])}, facts={"a": 1})
    seen = Observation(evidence=evidence, inputs=Evidence(), reference=reference)
    finding = check.judge(seen)
    assert not finding.passed or isinstance(check, Dtype | Finite | Essay)
    assert finding.message.ko
    assert finding.message.en
    assert check.resembles(seen, Evidence()) is not Likeness.SAME


def test_a_task_is_named_by_part_and_variant():
    assert str(Task("mean")) == "mean/public"
