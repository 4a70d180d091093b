"""What of an equation students get: never code that computes an answer, nor a seal that it opens."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import Close, Relation, Sealed, Withheld
from autograder.core.check import Observation
from autograder.core.evidence import Evidence
from autograder.core.text import Text
from autograder.handout.disclosure import disclose_part

SAID = Text(ko="등식", en="an equation")
RANDOM = np.random.default_rng(0)
INPUTS = {"x": RANDOM.normal(size=(6, 3))}
ARRAYS = {
    "logits": RANDOM.normal(size=(6, 3)),
    "reported": np.array([0.5, 0.25]),
    "curve": np.array([0.5, 0.25]),
}
ARRAYS["soft"] = np.exp(ARRAYS["logits"]) / np.exp(ARRAYS["logits"]).sum(-1, keepdims=True)
ARRAYS["path"] = np.cumsum(ARRAYS["logits"], axis=0)


def disclosed(equation, *others, open=None):
    check = Relation("equation", equation=equation, statement=SAID, label=SAID, points=1, open=open)
    seen = Observation(evidence=Evidence(arrays=ARRAYS), inputs=Evidence(arrays=INPUTS))
    return disclose_part([check, *others], {"public": seen}, b"key")


def softmax(logits, soft):
    return soft, np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)


def softmax_turned(logits, soft):
    return (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).astype(np.float32).astype(float), soft


def last_steps(logits, path):
    return path[2:].astype(float), path[1:-1] + logits[2:]


@pytest.mark.parametrize("equation", [softmax, softmax_turned, last_steps])
@pytest.mark.parametrize("open", [None, True])
def test_an_equation_that_computes_an_array_is_withheld_and_says_which(equation, open):
    (found,) = disclosed(equation, open=open)
    assert isinstance(found.check, Withheld)
    assert (
        found.why.en
        == f"not opened, because its code computes {'path' if equation is last_steps else 'soft'}"
    )


def sums_to_one(soft):
    return soft.sum(-1), np.ones(len(soft))


def steps_are_the_logits(path, logits):
    return 2 * np.diff(path, axis=0), 2 * logits[1:]


def reported_is_the_curve(reported, curve):
    return reported, curve


@pytest.mark.parametrize("equation", [sums_to_one, steps_are_the_logits, reported_is_the_curve])
def test_an_equation_that_computes_no_array_is_open(equation):
    (found,) = disclosed(equation)
    assert isinstance(found.check, Relation)


@pytest.mark.parametrize(("atol", "sealed"), [(1e-6, True), (4e-3, False)])
def test_what_open_equations_tell_of_an_array_does_not_count_for_its_seal(atol, sealed):
    """Of 18 probabilities 6 follow from the others; with bins of 1/32 the other 12 are too easily guessed."""
    _, found = disclosed(sums_to_one, Close("soft", atol=atol, rtol=0.0, points=1))
    assert isinstance(found.check, Sealed if sealed else Withheld)
    assert found.why.en == ("" if sealed else "not sealed, because open checks tell nearly all of soft")
    _, alone = disclosed(reported_is_the_curve, Close("soft", atol=atol, rtol=0.0, points=1))
    assert isinstance(alone.check, Sealed)
