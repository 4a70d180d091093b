"""Copies are found behind new names, comments and order; independent work and the template are not."""

from __future__ import annotations

import random
import sys
import time

import pytest

from autograder.reports.similarity import likeness

TEMPLATE = '''
import numpy as np

def mean(values):
    """Return the mean."""
    raise NotImplementedError

def helper(a):
    total = 0
    for i in range(10):
        total += a[i] * i if i % 2 else a[i] - i
    return {"total": total, "list": [x ** 2 for x in a if x > 1], "rest": sorted(a)[::-1], "ends": (min(a), max(a))}
'''
OWN = '''
import numpy as np

def mean(values):
    """Return the mean."""
    result, count = 0.0, 0
    while count < len(values):
        result += values[count]
        count += 1
    if count == 0:
        raise ValueError("empty")
    return result / count

def spread(values, scale=2):
    middle = mean(values)
    squares = [(v - middle) ** 2 for v in values if v is not None]
    return scale * (sum(squares) / max(len(squares) - 1, 1)) ** 0.5
'''
COPY = '''
import numpy

# all my own work
def spread(xs: list, k=2) -> float:
    """My spread."""
    m = mean(xs)
    sq = [(x - m) ** 2
          for x in xs if x is not None]
    return k * (sum(sq) / max(len(sq) - 1, 1)) ** 0.5

def mean(xs):
    r, i = 0.0, 0
    while i < len(xs):
        r += xs[i]
        i += 1
    if i == 0: raise ValueError("nothing")
    return r / i
'''
OTHER = """
import numpy as np

def mean(values):
    return float(np.asarray(values, dtype=float).sum() / np.size(values))

def spread(values):
    array = np.asarray(values, dtype=float)
    deviations = array - mean(array)
    with np.errstate(all="ignore"):
        variance = np.dot(deviations, deviations) / (array.size - 1)
    assert variance >= 0, "never"
    return {"spread": np.sqrt(variance), "array": array.tolist(), "n": array.size}["spread"]
"""


def test_a_copy_is_found_behind_new_names_comments_and_order():
    found = likeness({"kim": OWN, "lee": COPY, "park": OTHER}, TEMPLATE)
    (pair,) = found.pairs
    assert pair.students == ("kim", "lee")
    assert pair.similarity > 0.99
    assert not found.identical


def test_the_same_text_is_one_group_and_stands_for_itself_in_pairs():
    found = likeness({"kim": OWN, "choi": OWN + "\n", "lee": COPY}, TEMPLATE)
    assert found.identical == [["kim", "choi"]]
    assert [pair.students for pair in found.pairs] == [("kim", "lee")]


def test_without_rapidfuzz_equal_texts_are_found_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    found = likeness({"kim": OWN, "choi": OWN + "\n", "lee": COPY}, TEMPLATE)
    assert (found.identical, found.pairs) == ([["kim", "choi"]], [])


def test_what_the_template_gave_and_what_many_wrote_alike_is_no_likeness():
    assert likeness({"kim": TEMPLATE, "lee": TEMPLATE + "\nX = 1\n"}, TEMPLATE).pairs == []
    everyone = {f"s{i}": OWN + f"\ny = {i}\n" for i in range(12)}
    assert likeness(everyone, TEMPLATE).pairs == []


@pytest.mark.parametrize("source", ["def (", "", "\0", "x = " + "(" * 5_000, "x = 0x" + "f" * 50_000])
def test_what_does_not_parse_or_is_strange_is_left_out(source):
    assert likeness({"kim": source, "lee": OWN, "choi": COPY}, TEMPLATE).pairs[0].students == ("lee", "choi")


def test_a_class_of_500_takes_seconds():
    random_ = random.Random(0)
    operators = ["+", "-", "*", "/", "**", "%", "//"]
    sources = {
        f"s{student}": "\n".join(
            f"def f{k}(a, b):\n    c = a {random_.choice(operators)} {random_.randrange(99)}\n"
            f"    for i in range({random_.randrange(9)}):\n        c {random_.choice('+-*')}= b.m{random_.randrange(9)}(a)\n"
            f"    return [c, {random_.random()}][{random_.randrange(2)}]"
            for k in range(12)
        )
        for student in range(500)
    }
    begin = time.process_time()
    likeness(sources, TEMPLATE)
    assert time.process_time() - begin < 20
