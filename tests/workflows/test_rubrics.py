"""Items of rubrics: how they are written, and that a change of the course counts for all who have one."""

from __future__ import annotations

import pytest

from autograder.checks import Essay, Item, rubric_items
from autograder.core.errors import DeclarationError
from autograder.core.text import Text
from autograder.course.catalog import Course
from autograder.records.decisions import Applied, PartId, Score
from autograder.records.run_folder import Run
from autograder.workflows.rubrics import take_over_rubrics
from tests.support.courses import REPOSITORY, TOY

ITEMS = [Item(2, ko="까닭", en="Why."), Item(-0.5, ko="길다", en="Too long.")]


def test_items_are_lines_of_the_rubric_or_python():
    written = Essay(
        "x",
        rubric=Text(ko="- (2) 까닭\n- (-0.5) 길다\n\n그 밖", en="- (2) Why.\n- (-0.5) Too\n  long.\n\nElse."),
    )
    declared = Essay("x", rubric=ITEMS)
    assert written.items == declared.items
    assert [(one.name, one.points, one.text.en) for one in declared.items] == [
        ("1", 2, "Why."),
        ("2", -0.5, "Too long."),
    ]
    assert declared.criteria.ko == "- (2) 까닭\n- (-0.5) 길다"
    assert Essay("x", rubric=Text(en="2 points for a reason")).items == ()
    assert [*rubric_items([declared, Essay("y", rubric=ITEMS)])] == ["x.1", "x.2", "y.1", "y.2"]
    with pytest.raises(DeclarationError, match="other points in Korean than in English"):
        _ = Essay("x", rubric=Text(ko="- (1) 가", en="- (2) a")).items


def test_the_items_of_the_course_add_up_to_the_essays_points():
    for exam in Course(REPOSITORY).exams():
        for entry in exam.questions:
            for part in entry.question.parts:
                for check in part.checks:
                    if isinstance(check, Essay):
                        most = part.points if check.points is None else check.points
                        assert sum(one.points for one in check.items) == most, (entry.id, check.id)


def test_a_changed_item_counts_for_all_who_have_it(tmp_path):
    run, exam = Run(tmp_path), Course(TOY).exam("toy")
    scores = [
        Score(student=name, question="q1_numbers", part="reason", items=items, most=3, settled=True)
        for name, items in (
            ("kim", (Applied(item="1", points=1.5, ko="이유", en="a reason"),)),
            ("lee", (Applied(item="2", points=1, ko="예", en="an example"),)),
        )
    ]
    run.decisions.decide(scores, who="cho", source="desk", seen=[0, 0])
    (entry,) = take_over_rubrics(run, exam, who="choi", source="command")
    assert (entry.who, entry.decision.item, entry.decision.points) == ("choi", "1", 2)
    held = run.decisions.held()
    assert held.score(PartId("kim", "q1_numbers", "reason")).by_hand == 2
    assert held.score(PartId("lee", "q1_numbers", "reason")).by_hand == 1
    assert take_over_rubrics(run, exam, who="choi", source="command") == []
