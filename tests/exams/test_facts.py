"""What is observed in a student's process can be forged: little of a question may rest on that alone."""

from __future__ import annotations

import pytest

from autograder.checks import Facts, Forbids, Operators, Uses
from autograder.course.catalog import Course
from tests.support.courses import REPOSITORY

ENTRIES = [entry for exam in Course(REPOSITORY).exams() for entry in exam.questions]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_no_check_of_facts_is_worth_more_than_a_tenth_of_its_question(entry):
    checks = [check for part in entry.question.parts for check in part.checks]
    facts = [check for check in checks if isinstance(check, Facts | Operators | Uses | Forbids)]
    assert all((check.points or 0) <= entry.question.points / 10 for check in facts)
