"""Calls as text: what they return, which names they use, and what is no call."""

from __future__ import annotations

import pytest

from autograder import Close, Facts, Part
from autograder.core.calls import parse_call
from autograder.core.errors import DeclarationError


@pytest.mark.parametrize(
    ("source", "targets", "names"),
    [
        ("softmax(x)", ("softmax",), ("softmax", "x")),
        ("NAME", ("NAME",), ("NAME",)),
        ("out = forward(x, w)", ("out",), ("forward", "x", "w")),
        ("out, cache = forward(x, w)", ("out", "cache"), ("forward", "x", "w")),
        ("(out, cache) = f(x, x)", ("out", "cache"), ("f", "x")),
        ("_net = Mlp(4, hidden=3).to(device)", ("_net",), ("Mlp", "device")),
        ("y = net.weight.sum(dim=0)", ("y",), ("net",)),
        ("  y = x @ w  ", ("y",), ("x", "w")),
    ],
)
def test_a_call_names_what_it_returns_and_what_it_uses(source, targets, names):
    call = parse_call(source)
    assert (call.targets, call.names) == (targets, names)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("y = [f(item) for item in x]", ("f", "x")),
        ("y = [f(x) for x in x]", ("f", "x")),  # the outer x is an input
        ("y = [[f(i, j) for j in range(i)] for i in x]", ("f", "range", "x")),
        ("y = {name: f(value) for name, value in x.items() if value}", ("f", "x")),
        ("y = sorted(x, key=lambda one, sign=scale: sign * one)", ("sorted", "x", "scale")),
        ("y = f(n := 3, n)", ("f",)),
    ],
)
def test_names_that_the_expression_binds_itself_are_its_own(source, names):
    assert parse_call(source).names == names


def test_what_begins_with_an_underscore_is_not_observed():
    assert parse_call("out, _cache = f(x)").observed == ("out",)
    assert parse_call("_net = Mlp()").observed == ()


def test_it_is_known_which_names_are_called():
    assert parse_call("y = f(g, h(x))").called == {"f", "h"}


@pytest.mark.parametrize("source", ["", "f(x", "f(x); g(x)", "import os", "def f(): pass", "x +"])
def test_what_is_not_one_call_is_refused_with_an_example(source):
    with pytest.raises(
        DeclarationError,
        match="is not one call, such as 'out, cache = f"
        if not source.startswith(("import", "def"))
        else "needs a name",
    ):
        parse_call(source)


@pytest.mark.parametrize(
    "source", ["net.forward(x)", "f(x)[0]", "1 + f(x)", "a = b = f(x)", "a, *b = f(x)", "a.b = f(x)"]
)
def test_what_has_no_name_is_refused_with_an_example(source):
    with pytest.raises(DeclarationError, match=r"needs a name for what it returns, such as 'y = "):
        parse_call(source)


def test_no_two_calls_of_a_part_return_the_same_name():
    assert Part(name="p", points=1, calls=["a, _ = f(x)", "b, _ = g(x)"]).parsed_calls
    with pytest.raises(DeclarationError, match="part p: two calls return a"):
        Part(name="p", points=1, calls=["a = f(x)", "b, a = g(x)"])


def test_a_part_without_calls_observes_the_constants_that_its_checks_name():
    part = Part(name="p", points=1, checks=[Facts("ANSWER"), Close("NUMBER"), Close("ANSWER")])
    assert [call.source for call in part.parsed_calls] == ["ANSWER", "NUMBER"]


def test_a_part_has_calls_or_a_probe():
    with pytest.raises(DeclarationError, match="give calls, a probe or a cell, one of them"):
        Part(name="p", points=1, calls="f(x)", probe="p")
