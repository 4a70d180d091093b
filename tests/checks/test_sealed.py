"""Sealed references: right values open them, nothing else does, and they tell nothing of the value."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.checks import Sealed
from autograder.checks.sealed import MIN_BITS, SCRYPT, bits, lock, misfits, seal, unlock
from autograder.core.check import Observation
from autograder.core.evidence import Evidence
from autograder.core.outcome import Fault, FaultKind
from autograder.core.text import Text

KEY = b"the key of the tests"
RTOL, ATOL = 1e-4, 1e-6
TOLD = Text(ko="부호가 반대입니다.", en="The sign is wrong.")


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def sealed(values):
    return seal(values, RTOL, ATOL, KEY)


def tolerance(values):
    return ATOL + RTOL * np.abs(values.astype(np.float64))


@pytest.mark.parametrize("seed", range(5))
def test_every_value_within_the_tolerance_opens(values, sealed, seed):
    shift = np.random.default_rng(seed).choice([-1, -0.5, 0.5, 1], values.shape)
    assert misfits(sealed, values + shift * tolerance(values)) == []


def test_a_wrong_element_is_told_by_its_group(values, sealed):
    assert [hashed[:2] for hashed in sealed["hashes"]] == [[0, 36], [0, 9], [9, 18], [18, 27], [27, 36]]
    wrong = values.copy()
    wrong[7, 1] += 8 * tolerance(values).max()
    assert misfits(sealed, wrong) == [(18, 27)]
    assert misfits(sealed, -values) == [(0, 9), (9, 18), (18, 27), (27, 36)]


def test_the_finding_names_the_group_and_not_the_value(values, sealed):
    check = Sealed("gradient", array="g", statement=Text("", ""), points=1)
    reference = Evidence(facts={check.id: sealed})
    inputs = Evidence()

    def judge(array):
        seen = Observation(evidence=Evidence(arrays={"g": array}), inputs=inputs, reference=reference)
        return check.judge(seen)

    assert judge(values).passed
    wrong = values.copy()
    wrong[0] = 0
    assert judge(wrong).message.en == ("It differs from the reference, along the first axis at 1–3.")
    assert judge(values[:5]).message.en == "The shape is (5, 3), expected (12, 3)."
    assert not judge(values.astype(np.complex64)).passed
    assert not judge(np.full(values.shape, np.nan)).passed


@pytest.mark.parametrize(
    "array",
    [
        np.array([True, False]),
        np.arange(100),
        np.eye(10),
        np.zeros(50),
        np.full((20, 5), np.nan),
        np.array(0.8125),
        np.array([15.66, -14.69]),
        np.array([0.25] * 40),
        np.linspace(0, 1, 4),
        np.empty((0, 3)),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_what_can_be_guessed_is_not_sealed(array):
    assert seal(array, RTOL, ATOL, KEY) is None
    assert lock(array, RTOL, ATOL, KEY, "mistake", TOLD) is None


def test_every_group_needs_as_many_guesses_as_promised(values, sealed):
    flat = values.astype(np.float64).ravel()
    numbers = np.floor(flat / sealed["width"])
    for start, stop, *_ in sealed["hashes"]:
        own = slice(start, stop)
        assert bits(flat[own], numbers[own], sealed["width"]) >= MIN_BITS
    assert SCRYPT["n"] * SCRYPT["r"] * 128 >= 16 << 20  # bytes of memory for each guess


def test_values_cannot_be_read_back(values, sealed):
    """All that is published besides hashes is one bit an element: on which of two grids it lies."""
    assert sealed.keys() == {"shape", "width", "grid", "hashes"}
    assert np.log2(sealed["width"]) % 1 == 0  # the greatest value only shows up to a factor of two
    assert len(bytes.fromhex(sealed["grid"])) == -(-values.size // 8)
    text = json.dumps(sealed)
    assert not any(f"{value:.4g}" in text for value in values.ravel())
    rng = np.random.default_rng(1)
    guesses = [np.zeros_like(values), np.ones_like(values), values[::-1], -values, np.sort(values, axis=None)]
    guesses += [rng.normal(size=values.shape) for _ in range(2)]
    spans = [tuple(hashed[:2]) for hashed in sealed["hashes"][1:]]
    assert all(misfits(sealed, guess.reshape(values.shape)) == spans for guess in guesses)


def test_salts_differ_so_that_equal_values_are_not_seen_to_be_equal(values, sealed):
    again = seal(values, RTOL, ATOL, b"another part")
    hashes = [{hashed[3] for hashed in item["hashes"]} for item in (sealed, again)]
    assert hashes[0].isdisjoint(hashes[1])
    assert seal(values, RTOL, ATOL, KEY) == sealed


def test_a_mistake_is_named_to_those_alone_who_made_it(values):
    locked = lock(-values, RTOL, ATOL, KEY, "wrong_sign", TOLD)
    assert "sign" not in json.dumps(locked)
    assert unlock(locked, -values) == ("wrong_sign", TOLD)
    assert unlock(locked, values) is None
    assert unlock(locked, values[:3]) is None


def test_no_mistake_is_named_where_something_else_could_not_be_observed(values, sealed):
    locked = lock(-values, RTOL, ATOL, KEY, "wrong_sign", TOLD)
    check = Sealed("gradient", array="g", statement=Text("", ""), points=1)
    reference = Evidence(facts={check.id: sealed | {"mistakes": [locked]}})
    seen = Observation(evidence=Evidence(arrays={"g": -values}), inputs=Evidence(), reference=reference)
    assert check.judge(seen).mistake == "wrong_sign"
    raised = Fault(kind=FaultKind.EXCEPTION, message=Text("not written yet"))
    found = check.judge(replace(seen, missing={"w": raised}))
    assert (found.passed, found.mistake) == (False, None)


def test_the_count_of_bits_is_not_of_what_is_unknown():
    """Why the hash is slow for large arrays, too: a line has hundreds of bits by the count, and two numbers."""
    line = 2.5 * np.linspace(-2, 4, 100) + 4.1
    width = 2.0 ** np.ceil(np.log2(4 * (ATOL + RTOL * np.abs(line).max())))
    assert bits(line, np.floor(line / width), width) > 800
