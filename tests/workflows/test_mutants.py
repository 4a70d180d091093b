"""Mutants of a solution: which lose points, what is said of those that do not, and that none is run twice."""

from __future__ import annotations

import json

import pytest

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.running.executor import Local, Site
from autograder.workflows.mutants import parts_calling
from autograder.workflows.verify import verify_questions
from tests.support.courses import KEY, edit
from tests.support.isolation import Counting
from tests.support.words import odd_in

HALF = "return [value / 2 for value in values[1:]]"
SOLUTION = """import numpy as np


def mean(values):
    return np.mean(values) + 1e-9


def cumulative(values, scale):
    sums, total = [], 0.0
    for value in values[0:]:
        total += value
        if scale > 0:
            sums.append(scale * total)
    return sums


def half(values):
    return [value / 2 for value in values[1:]]


def exploring(x):
    return x > 1


REASON = "because"
"""
MISTAKES = """from autograder import Equivalent, Mistake, Text

MISTAKES = []

EQUIVALENT = []
"""


@pytest.fixture
def toy(toy_course):
    entry = toy_course.question("toy/q1_numbers")
    entry.solution_path.write_text(SOLUTION, encoding="utf-8")
    entry.mistakes_path.write_text(MISTAKES, encoding="utf-8")
    stub = "def half(values):\n    raise NotImplementedError\n\n\nREASON: str"
    edit(entry.folder / "interface.py", "REASON: str", stub)
    return entry


def verified(entry, isolation):
    """The lines about mutants, by subject."""
    entry = Course(entry.course).question(entry.id)
    site = Site(executor=Local(isolation), jobs=2)
    lines = verify_questions([entry], key=KEY.encode(), site=site, progress=Silent(), mutants=True)
    return {
        line.subject.en: line
        for line in lines
        if "mutant" in line.subject.en or "equivalent" in line.subject.en
    }


def declare(entry, *items):
    edit(entry.mistakes_path, "EQUIVALENT = []", f"EQUIVALENT = [{', '.join(items)}]")


def test_survivors_are_listed_with_what_would_tell_them(toy, warm):
    found = verified(toy, warm)
    assert found["mutants"].numbers == {"made": 7, "killed": 3, "equivalent": 0, "survived": 4, "ungraded": 0}
    assert found["mutants"].got.en == "3 of 7 lose points, 0 are equivalent, 4 survive"
    within, same, *uncalled = [line for line in found.values() if line.subject.en != "mutants"]
    assert (within.subject.en, within.got.en) == (
        "mutant 1 solution.py:5",
        "return np.mean(values) + 1e-9 → return np.mean(values)",
    )
    assert [(r.part, r.variant, r.check) for r in within.reasons] == [
        ("mean", "public", "Close(mean)"),
        ("mean", "hidden1", "Close(mean)"),
    ]
    assert all(reason.numbers["difference"] == pytest.approx(1e-9, rel=1e-3) for reason in within.reasons)
    assert same.got.en == "if scale > 0: → if scale >= 0:"
    assert [(r.part, r.message.en) for r in same.reasons] == [
        ("cumulative", "its evidence is the solution's to the bit")
    ]
    assert [(r.part, r.message.en) for line in uncalled for r in line.reasons] == [
        ("", "no part calls half")
    ] * 2
    assert not any(line.holds for line in found.values())


def test_a_second_run_starts_no_worker(toy, warm):
    edit(toy.solution_path, "because", "no other test has this one")
    first, second = Counting(warm), Counting(warm)
    found = verified(toy, first)
    assert first.starts >= 5
    assert verified(toy, second) == found
    assert second.starts == 0


def test_a_survivor_may_be_declared_with_a_reason(toy, warm):
    declare(
        toy,
        'Equivalent("if scale > 0:", "if scale >= 0:", because="no scale is 0")',
        f'Equivalent({HALF!r}, {HALF.replace("1:", "0:")!r}, inside="half", because="later")',
        f'Equivalent({HALF!r}, {HALF.replace("1:", "2:")!r}, because="later")',
        'Equivalent("return np.mean(values) + 1e-9", "return np.mean(values)", because="rounding")',
    )
    found = verified(toy, warm)
    assert found.keys() == {"mutants"}
    assert found["mutants"].holds
    assert found["mutants"].got.en == "3 of 7 lose points, 4 are equivalent, 0 survive"


def test_a_declaration_that_fits_no_survivor_does_not_hold(toy, warm):
    declare(
        toy,
        'Equivalent("for value in values[0:]:", "for value in values[1:]:", because="wrong")',
        f'Equivalent({HALF!r}, {HALF.replace("1:", "0:")!r}, inside="mean", because="elsewhere")',
    )
    found = verified(toy, warm)
    assert found["equivalent for value in values[0:]:"].got.en == "loses points in cumulative"
    assert found[f"equivalent {HALF}"].got.en == "no mutant is like that"
    assert found["mutants"].numbers["survived"] == 4


def test_a_mutant_is_run_on_the_parts_that_can_see_it(toy):
    assert parts_calling(toy, "mean") == ["mean"]
    assert parts_calling(toy, "half") == parts_calling(toy, "exploring") == []
    assert parts_calling(toy, "") == ["mean", "cumulative", "reason"]


def test_mutants_and_promotion_on_the_command_line(autograder, toy):
    course = ("--course", toy.course)
    result = autograder("verify", "toy", "--mutants", "--json", *course)
    assert result.returncode == 1, result.stderr
    lines = {line["subject"]: line for line in json.loads(result.stdout)}
    assert lines["mutants"]["numbers"]["made"] == 7
    result = autograder("new", "mistake", "toy/q1_numbers", 5, "at_least_zero", *course)
    assert (result.returncode, result.stdout) == (0, f"{toy.mistakes_path}\n")
    result = autograder("verify", "toy", "--json", *course)
    lines = {line["subject"]: line for line in json.loads(result.stdout)}
    assert (lines["at_least_zero"]["expected"], lines["at_least_zero"]["got"]) == (
        "loses cumulative",
        "loses nothing",
    )
    result = autograder("new", "mistake", "toy/q1_numbers", 9, "ninth", *course)
    assert (result.returncode, "mutants 1 to 8, not 9" in result.stderr) == (2, True)


def test_what_verifying_says_is_in_both_languages(toy, warm):
    lines = list(verified(toy, warm).values())
    told = [text for line in lines for text in (line.subject, line.expected, line.got)]
    told += [reason.message for line in lines for reason in line.reasons]
    assert [text for text in told if text.ko != text.en and odd_in(text)] == []
    assert {text.ko for text in told if text.ko != text.en} > {"변이", "모두 감점되거나 뜻이 같음", "감점"}
