"""Changes of how a part is judged: they do what they say, and what does not fit is one line."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import AtLeast, Choice, Close, Facts, Relation, Shape
from autograder.core.evidence import Evidence
from autograder.core.exam import Part, Question
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.text import Text
from autograder.core.verdict import Status
from autograder.grading.changes import Change, ChangeError, changed, parts_named, uncaught
from autograder.grading.grade import References, grade_part
from autograder.grading.mistakes import KnownMistake

VALUES = Part(
    name="values",
    points=5,
    calls="x = f()",
    checks=[
        Shape("x", (2,)),
        Close("x", atol=0.01, rtol=0.0, points=3),
        Relation("x", arrays=["x"], equation=lambda e, i: (e["x"], e["x"]), statement=Text(en="="), points=2),
    ],
)
ANSWERS = Part(
    name="answers",
    points=4,
    calls="given = g()",
    checks=[Choice("given", points=3), Facts("layers", points=1)],
)
METRIC = Part(
    name="metric",
    points=1,
    calls="y = h()",
    checks=[AtLeast("accuracy", lambda seen: float(seen.evidence["y"]), 0.9)],
)
QUESTION = Question(framework="python", parts=[VALUES, ANSWERS, METRIC])
RIGHT = {
    "values": Evidence(arrays={"x": np.array([1.0, 2])}),
    "answers": Evidence(facts={"given": {"a": True, "b": False, "c": True}, "layers": 3}),
    "metric": Evidence(arrays={"y": np.array(1.0)}),
}


def attempt(**evidence) -> Attempt:
    return Attempt(outcomes={Task(name): Outcome(evidence=one) for name, one in evidence.items()})


REFERENCES = References(inputs={Task(name): Evidence() for name in RIGHT}, solution=attempt(**RIGHT))


def change(what, part, check="", value=None, item="") -> Change:
    return Change(what=what, question="q", part=part, check=check, item=item, value=value)


def judged(evidence, *changes):
    """The verdict on the part that the changes are of."""
    part = changed("q", QUESTION, changes, REFERENCES).part(changes[-1].part)
    return grade_part(part, attempt(**{part.name: evidence}), REFERENCES)


def x(*values):
    return Evidence(arrays={"x": np.array(values)})


def test_a_tolerance_decides_what_is_close():
    near = x(1.05, 2)
    assert judged(near, change("tolerance", "values", "Close(x)", 0.01)).points == 2
    assert judged(near, change("tolerance", "values", "Close(x)", 0.1)).points == 5
    assert judged(near, change("tolerance", "values", "Close(x)", {"rtol": 0.1})).points == 5
    assert judged(near, change("tolerance", "values", "Close(x)", {"rtol": 0.1, "atol": 0.0})).points == 5


def test_a_bound_is_changed_by_its_number():
    low = Evidence(arrays={"y": np.array(0.8)})
    assert judged(low, change("tolerance", "metric", "accuracy", 0.7)).status is Status.PASSED
    assert judged(low, change("tolerance", "metric", "accuracy", {"bound": 0.85})).status is Status.FAILED


def test_points_are_shared_out_in_proportion_and_of_a_part_without_any_are_its_own():
    verdict = judged(x(9.0, 2), change("points", "values", value=2.5))
    assert (verdict.points, verdict.max_points) == (1.0, 2.5)
    assert [found.max_points for found in verdict.findings] == [0, 1.5, 1.0]
    assert judged(RIGHT["metric"], change("points", "metric", value=7)).points == 7


def test_a_part_that_is_withdrawn_is_worth_nothing_for_anybody():
    for evidence in (x(1.0, 2), x(9.0, 2)):
        verdict = judged(evidence, change("withdraw", "values"))
        assert (verdict.points, verdict.max_points) == (0, 0)


def test_of_several_answers_one_is_changed():
    others = Evidence(facts={"given": {"a": True, "b": True, "c": True}, "layers": 3})
    assert judged(others, change("key", "answers", "given", True, item="b")).points == 4
    assert judged(RIGHT["answers"], change("key", "answers", "given", True, item="b")).points == 3
    whole = {"a": True, "b": True, "c": True}
    assert judged(others, change("key", "answers", "given", whole)).points == 4


def test_changes_of_one_part_build_upon_each_other():
    both = (
        change("key", "answers", "given", True, item="b"),
        change("key", "answers", "given", False, item="a"),
    )
    given = Evidence(facts={"given": {"a": False, "b": True, "c": True}, "layers": 4})
    assert judged(given, *both).points == 3
    assert judged(given, *both, change("key", "answers", "layers", 4)).points == 4


def test_answers_in_a_list_are_counted_from_one():
    part = Part(name="p", points=1, calls="t = f()", checks=[Choice("t", key=lambda inputs: [True, False])])
    question = Question(framework="python", parts=[part])
    references = References(inputs={Task("p"): Evidence()})
    (check,) = changed("q", question, [change("key", "p", "t", True, item="2")], references).parts[0].checks
    assert check.key(Evidence()) == [True, True]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (change("tolerance", "nothing", "x", 1.0), "q has no part nothing; it has values, answers, metric"),
        (change("tolerance", "values", "x", 1.0), r"name one check; .*: Close\(x\), Relation\(x\)"),
        (change("tolerance", "values", "Close(x)", "much"), "has atol and rtol, a number each"),
        (change("tolerance", "values", "Close(x)", {"bound": 1}), "has atol and rtol, a number each"),
        (change("tolerance", "values", "Close(x)", -1), "has atol and rtol, a number each"),
        (change("tolerance", "values", "Close(x)", True), "has atol and rtol, a number each"),
        (change("points", "values", value=-1), "points are a number from 0"),
        (change("points", "values", value="five"), "points are a number from 0"),
        (change("key", "values", "x", 1), "that have such a value: none"),
        (change("key", "answers", "given", True, item="z"), "the items are a, b, c"),
        (change("key", "answers", "layers", True, item="z"), "has one answer, not several"),
    ],
    ids=str,
)
def test_a_change_that_does_not_fit_is_one_line(wrong, said):
    with pytest.raises(ChangeError, match=said):
        changed("q", QUESTION, [wrong], REFERENCES)


def test_what_depends_on_the_inputs_is_not_changed_item_by_item():
    hidden = Task("answers", "hidden1")
    other = Outcome(evidence=Evidence(facts={"given": {"a": False, "b": False, "c": True}}))
    outcomes = {**REFERENCES.solution.outcomes, hidden: other}
    references = References(
        inputs={**REFERENCES.inputs, hidden: Evidence()}, solution=Attempt(outcomes=outcomes)
    )
    with pytest.raises(ChangeError, match="depends on the inputs"):
        changed("q", QUESTION, [change("key", "answers", "given", True, item="b")], references)


def test_a_question_without_a_change_of_its_own_stays_as_it_is():
    other = Change(what="withdraw", question="another", part="values")
    assert changed("q", QUESTION, [other], REFERENCES) is QUESTION


def test_mistakes_that_would_lose_nothing_are_named():
    mistake = KnownMistake(
        name="m", explanation=Text(en="m"), loses=frozenset({"values"}), attempt=attempt(values=x(1.05, 2))
    )
    references = References(inputs=REFERENCES.inputs, solution=REFERENCES.solution, mistakes=[mistake])
    wide = changed("q", QUESTION, [change("tolerance", "values", "Close(x)", 0.1)], references)
    withdrawn = changed("q", QUESTION, [change("withdraw", "values")], references)
    assert uncaught(QUESTION, references, "cpu") == []
    assert uncaught(wide, references, "cpu") == [("m", "values")]
    assert uncaught(withdrawn, references, "cpu") == []


def test_a_part_is_named_alone_where_no_other_question_has_it():
    parts = [("q1", "a"), ("q1", "b"), ("q2", "a")]
    assert parts_named("b", parts) == ("q1", "b")
    assert parts_named("q2/a", parts) == ("q2", "a")
    with pytest.raises(ChangeError, match="a: name one part of q1/a, q2/a"):
        parts_named("a", parts)
    with pytest.raises(ChangeError, match="c: name one part of q1/a, q1/b, q2/a"):
        parts_named("c", parts)
