"""Declared inputs: their shapes, values and dtypes, and that variants differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import Part, Question, choice, integers, normal, permutation, uniform
from autograder.core.errors import DeclarationError
from autograder.core.generators import MAX_SIZE, MIN_SIZE, draw_inputs, draw_sizes
from autograder.core.variants import pool, public_variant

INPUTS = {
    "x": normal("n", 5, mean=3, std=0.5),
    "rate": uniform(low=0.05, high=0.2),
    "labels": integers(0, 3, "n"),
    "mask": choice([True, False], "n", "m"),
    "word": choice([10, 20, 30], 400),
    "order": permutation("m"),
    "wide": uniform(200, low=-1, high=1, dtype="float64"),
}
SEEDS = st.integers(0, 2**31 - 1)


def drawn(seed, inputs=INPUTS, sizes=None):
    found = draw_sizes(inputs, sizes or {}, seed)
    return found, draw_inputs(inputs, found, seed)


@given(SEEDS)
def test_shapes_dtypes_and_values_are_as_declared(seed):
    sizes, arrays = drawn(seed)
    n, m = sizes["n"], sizes["m"]
    assert {name: (array.shape, array.dtype.name) for name, array in arrays.items()} == {
        "x": ((n, 5), "float32"),
        "rate": ((), "float32"),
        "labels": ((n,), "int64"),
        "mask": ((n, m), "bool"),
        "word": ((400,), "int64"),
        "order": ((m,), "int64"),
        "wide": ((200,), "float64"),
    }
    assert MIN_SIZE <= n <= MAX_SIZE
    assert 0.05 <= arrays["rate"] <= 0.2
    assert set(arrays["labels"]) <= {0, 1, 2}
    assert set(arrays["word"]) == {10, 20, 30}
    assert sorted(arrays["order"]) == list(range(m))
    assert -1 <= arrays["wide"].min() < -0.8 < 0.8 < arrays["wide"].max() < 1


def test_normal_has_its_mean_and_deviation():
    _, arrays = drawn(0, {"x": normal(10_000, mean=3, std=0.5)})
    assert abs(arrays["x"].mean() - 3) < 0.02
    assert abs(arrays["x"].std() - 0.5) < 0.02


@given(SEEDS)
def test_sizes_that_are_not_declared_differ_so_that_a_transpose_is_seen(seed):
    sizes = draw_sizes({"x": normal("a", "b"), "y": normal("b", "c", "d")}, {}, seed)
    assert len(set(sizes.values())) == 4


@given(SEEDS)
def test_declared_sizes_are_drawn_from_what_is_declared(seed):
    sizes = draw_sizes({"x": normal("a", "b")}, {"a": [40, 50], "unused": [7]}, seed)
    assert sizes["a"] in (40, 50)
    assert sizes["unused"] == 7


def test_the_same_seed_gives_the_same_and_another_gives_other_values_and_sizes():
    once, again = drawn(1), drawn(1)
    assert once[0] == again[0]
    assert all(np.array_equal(once[1][name], again[1][name]) for name in INPUTS)
    assert len({tuple(drawn(seed)[0].items()) for seed in range(20)}) > 10
    assert len({float(drawn(seed)[1]["rate"]) for seed in range(20)}) == 20


def test_two_inputs_of_one_kind_are_not_the_same_numbers():
    _, arrays = drawn(0, {"a": normal(4), "b": normal(4)})
    assert not np.array_equal(arrays["a"], arrays["b"])


def test_another_input_changes_nothing_of_the_others():
    _, before = drawn(3, {"a": normal(4)})
    _, after = drawn(3, {"b": normal(4), "a": normal(4)})
    assert np.array_equal(before["a"], after["a"])


def test_hidden_variants_redraw_sizes_and_sizes_are_settings():
    part = Part(name="p", points=1, calls="f(x)")
    question = Question(framework="python", inputs={"x": normal("n", "m")}, parts=[part])
    variants = [public_variant(question, part), *pool(question, part, b"key", "e/q")]
    assert all(variant.settings.keys() == {"n", "m"} for variant in variants)
    assert len({tuple(variant.settings.values()) for variant in variants}) > 1


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: normal(-1), "normal: a size is a whole number or a name, got -1"),
        (lambda: normal(2.5), "normal: a size is a whole number or a name, got 2.5"),
        (lambda: normal(True), "normal: a size is a whole number or a name, got True"),
        (lambda: normal("two words"), "normal: a size is a whole number or a name, got 'two words'"),
        (lambda: normal(3, std=-1), r"normal\(0.0, -1, 3\): scale < 0"),
        (lambda: integers(5, 5, "n"), r"integers\(5, 5, 'n'\): low >= high"),
        (lambda: choice([], 3), r"choice\(3,\): "),
        (lambda: normal(3, dtype="float33"), "normal.*float33"),
        (lambda: uniform(3, low=2, high=1e400), "uniform.*"),
    ],
)
def test_a_generator_that_cannot_draw_is_refused_where_it_is_declared(make, why):
    with pytest.raises(DeclarationError, match=why):
        make()


def test_an_input_must_be_a_generator():
    with pytest.raises(DeclarationError, match=r"inputs: x must be a generator such as normal\(3, 5\)"):
        Question(framework="python", inputs={"x": [1, 2]}, parts=[])
