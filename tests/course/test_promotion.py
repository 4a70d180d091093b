"""A mutant becomes a named mistake of its question."""

from __future__ import annotations

import pytest

from autograder.course.catalog import Course
from autograder.course.modules import CatalogError
from autograder.course.promotion import mutant_numbered, promote, with_mistake
from tests.support.courses import edit


@pytest.fixture
def entry(toy_course):
    edit(
        toy_course.question("toy/q1_numbers").solution_path,
        "for value in values:",
        "for value in values[0:]:",
    )
    return toy_course.question("toy/q1_numbers")


def again(entry):
    return Course(entry.course).question(entry.id)


def test_a_promoted_mutant_is_the_last_mistake_and_its_edit_makes_it(entry):
    before, mutant = entry.solution_source, mutant_numbered(entry, 2)
    assert promote(entry, mutant, "first_left_out", ["cumulative"]) == entry.mistakes_path
    *others, mistake = again(entry).mistakes
    assert [one.name for one in others] == [one.name for one in entry.mistakes]
    assert (mistake.name, mistake.loses) == ("first_left_out", frozenset({"cumulative"}))
    assert mistake.apply(before) == mutant.source
    assert mistake.explanation.en.endswith("for value in values[0:]: → for value in values[1:]:")


def test_there_must_be_such_a_mutant_and_a_new_name(entry):
    with pytest.raises(CatalogError, match=r"solution\.py: it has mutants 1 to 2, not 3"):
        mutant_numbered(entry, 3)
    for name in ("not a name", "scale_ignored"):
        with pytest.raises(CatalogError, match="needs an identifier that is new"):
            promote(entry, mutant_numbered(entry, 1), name, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MISTAKES = []\n", "MISTAKES = [\n    one,\n]\n"),
        ("MISTAKES = [a]\n", "MISTAKES = [a,\n    one,\n]\n"),
        ("MISTAKES = [\n    a,\n]\nMORE = 1\n", "MISTAKES = [\n    a,\n    one,\n]\nMORE = 1\n"),
        ("가 = 1; MISTAKES = [가]  # 끝\n", "가 = 1; MISTAKES = [가,\n    one,\n]  # 끝\n"),
    ],
)
def test_an_item_is_appended_to_the_list(text, expected):
    assert with_mistake(text, "    one,\n") == expected


def test_without_a_list_nothing_is_written():
    with pytest.raises(LookupError):
        with_mistake("MISTAKES = tuple()\n", "    one,\n")
