"""Which operators may run: by an allow-list, whatever form a name has."""

from __future__ import annotations

import pytest

from autograder import Operators, Text
from autograder.checks.operators import (
    ACTIVATIONS,
    ARITHMETIC,
    BINARY_CROSS_ENTROPY,
    BOOKKEEPING,
    BY_HAND,
    FACTORIES,
    LINEAR_ALGEBRA,
    LOGSUMEXP,
    LOSSES,
    OPTIMISERS,
    REDUCTIONS,
    SHAPING,
    SOFTMAX,
)
from autograder.core.check import Likeness, Observation
from autograder.core.evidence import Evidence
from autograder.core.outcome import Fault, FaultKind
from autograder.handout.portable import check_from_json, check_to_json

EVERY_GROUP = [
    *(SHAPING, FACTORIES, BOOKKEEPING, ARITHMETIC, REDUCTIONS, LINEAR_ALGEBRA, LOGSUMEXP, SOFTMAX),
    *(ACTIVATIONS, BINARY_CROSS_ENTROPY, LOSSES, OPTIMISERS),
]


def judge(check, *names, **seen):
    return check.judge(
        Observation(evidence=Evidence(facts={"operators": [*names]}), inputs=Evidence(), **seen)
    )


@pytest.mark.parametrize(
    "name", ["add", "add_", "_foreach_add", "_foreach_add_", "tanh_backward", "expand_copy", "__and__"]
)
def test_a_name_stands_for_all_forms_of_the_operator(name):
    assert judge(Operators(allowed=BY_HAND | {"tanh"}), name).passed


def test_what_is_not_allowed_is_named_in_both_languages():
    found = judge(Operators(allowed=BY_HAND), "add", "_softmax", "rnn_tanh_cell", "quantized::linear")
    assert not found.passed
    for text in (found.message.ko, found.message.en):
        assert "_softmax, rnn_tanh_cell, quantized::linear" in text
        assert "add" not in text


def test_nothing_recorded_never_passes():
    assert not judge(Operators(allowed=BY_HAND)).passed
    assert not judge(Operators()).passed
    without = Observation(evidence=Evidence(), inputs=Evidence())
    assert not Operators(allowed=BY_HAND).judge(without).passed


def test_one_of_what_is_needed_must_have_run():
    check = Operators(needed={"rnn_tanh", "lstm"})
    assert judge(check, "detach", "rnn_tanh").passed
    assert judge(Operators(allowed=BY_HAND, needed=LINEAR_ALGEBRA), "detach", "addmm_").passed
    found = judge(check, "detach", "rnn_tanh_cell")
    assert not found.passed
    assert "lstm, rnn_tanh." in found.message.en


def test_alike_is_who_ran_the_same_that_is_not_allowed():
    check = Operators(allowed=BY_HAND)

    def likeness(mine, theirs):
        mine, theirs = (Evidence(facts={"operators": names}) for names in (mine, theirs))
        return check.resembles(Observation(evidence=mine, inputs=Evidence()), theirs)

    assert likeness(["add", "softmax"], ["mul", "softmax"]) is Likeness.SAME
    assert likeness(["add", "softmax"], ["add", "log_softmax"]) is Likeness.DIFFERENT
    assert likeness(["add"], ["mul"]) is Likeness.SILENT


def test_what_failed_before_it_computed_is_told_instead():
    fault = Fault(kind=FaultKind.EXCEPTION, message=Text(en="division by zero"))
    found = judge(Operators(allowed=BY_HAND), missing={"probabilities": fault})
    assert found.message.en == "division by zero"


def test_a_release_has_the_same_check():
    check = Operators(allowed=BY_HAND | LOSSES, needed=LINEAR_ALGEBRA)
    assert check_from_json(check_to_json(check), {}) == check


def test_groups_name_operators_of_torch():
    import torch

    schemas = {schema.name.removeprefix("aten::") for schema in torch._C._jit_get_all_schemas()}
    known = schemas | {f"_foreach_{name}" for name in schemas}
    for name in set().union(*EVERY_GROUP):
        forms = {name, f"{name}_", f"{name}_copy", f"{name}_backward", f"_foreach_{name}"}
        assert forms & known, name
