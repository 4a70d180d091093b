"""What a student wrote for a part: whole definitions, with the lines that went wrong marked."""

from __future__ import annotations

import pytest

from autograder.core.text import Text
from autograder.core.verdict import Finding
from autograder.reports.excerpts import excerpts

SOURCE = """import torch
rate = 0.1

def helper(x):
    return x

@torch.no_grad()
def update(w):
    w = helper(w)
    return w[999]

def update_all(ws):
    return [update(w) for w in ws]

def update(w):
    return w[9]
"""
TRACE = '  File "q1.py", line 12, in update_all\n    return [update(w) for w in ws]\n'
TRACE += '  File "q1.py", line 15, in update\n    return w[9]\n'


def failed(**fields):
    return Finding(check="Close(a)", passed=False, message=Text("틀림", "wrong"), **fields)


def marked(found):
    return {one.name: [line.text.strip() for line in one.lines if line.marked] for one in found}


def test_definitions_that_a_part_asks_for_are_shown_and_no_others():
    found = excerpts(SOURCE, ["update_all", "rate", "absent", "torch"], [])
    assert [one.name for one in found] == ["update_all", "rate"]
    assert [line.text for line in found[0].lines] == SOURCE.splitlines()[11:13]
    assert [line.number for line in found[0].lines] == [12, 13]


def test_of_several_definitions_the_last_counts_as_in_python():
    (found,) = excerpts(SOURCE, ["update"], [])
    assert [line.text for line in found.lines] == ["def update(w):", "    return w[9]"]


def test_the_line_that_raised_is_marked_and_comes_first():
    found = excerpts(SOURCE, ["update_all", "update"], [failed(traceback=TRACE)])
    assert [one.name for one in found] == ["update", "update_all"]
    assert marked(found) == {"update": ["return w[9]"], "update_all": []}


def test_the_line_that_a_check_names_is_marked():
    found = excerpts(SOURCE, ["helper"], [failed(numbers={"line": 5})])
    assert marked(found) == {"helper": ["return x"]}


def test_a_long_definition_is_cut_and_says_so():
    (found,) = excerpts("x = [\n" + "1,\n" * 100 + "]\n", ["x"], [])
    assert len(found.lines) + found.left_out == 102
    assert found.left_out == 42


@pytest.mark.parametrize("source", ["def f(:", "x = " + "(" * 5_000, "\0", "x = 1\n" * 50_000, ""])
def test_what_cannot_be_read_shows_nothing(source):
    assert excerpts(source, ["x", "f"], []) == []
