"""Groups: who computed the same is together, whatever the order, the rounding and the names of variants."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import AtLeast, Close, Essay, Facts, Forbids, Shape
from autograder.core.evidence import Evidence, digest
from autograder.core.exam import Part
from autograder.core.outcome import PUBLIC
from autograder.core.text import HIDDEN_ONLY, KINDS, Text
from autograder.core.verdict import Finding, Status, Verdict
from autograder.grading.groups import (
    Answered,
    Kind,
    Split,
    Trait,
    essay_trait,
    groups_of,
    split_id,
    split_up,
    trait_of,
)

PART = Part(
    name="p",
    points=2,
    checks=[
        Shape("x", (3,)),
        Close("x", atol=0.01, rtol=0.0, points=2),
        Forbids("no softmax", names=["torch.softmax"]),
        AtLeast("accuracy", lambda seen: 0.0, 0.9),
        Facts("layers"),
        Essay("why", rubric=Text(en="because")),
    ],
)
CLOSE = "Close(x)"
WRONG = Trait(kind=Kind.WRONG, failed=((CLOSE, ""),))


def answered(student, x, trait=WRONG, losses=1, key="", **facts) -> Answered:
    evidence = Evidence(arrays={"x": np.asarray(x)}, facts=facts)
    return Answered(
        student=student,
        trait=trait,
        key=key or f"key of {student}",
        losses=losses,
        digest=digest(evidence),
        published=lambda: evidence,
    )


def partition(groups):
    return {group.students for group in groups}


def found_in(answers, **options):
    return groups_of("q", PART, answers, **options)


def verdict(*findings, status=Status.FAILED):
    return Verdict(part="p", status=status, points=0, max_points=2, findings=findings)


def finding(check=CLOSE, message="differs", kind="differs", **more) -> Finding:
    more = {"passed": False, "variant": PUBLIC, **more}
    return Finding(check=check, message=Text(en=message), kind=kind, **more)


# -- what is equal to the letter ----------------------------------------------------------------------------


def test_what_passed_is_in_no_group_and_essays_and_ungraded_parts_are_left_out():
    assert trait_of(verdict(finding(passed=True)), PART) is None
    assert trait_of(verdict(finding("Essay(why)")), PART) is None
    assert trait_of(verdict(finding(), status=Status.UNGRADED), PART) is None


def test_variants_that_were_drawn_do_not_tell_students_apart():
    first, second = (trait_of(verdict(finding(variant=name)), PART) for name in ("hidden1", "hidden2"))
    assert first == second != WRONG
    fixed = trait_of(verdict(finding(variant="hidden1", kind=KINDS[HIDDEN_ONLY])), PART)
    assert fixed != first  # that an answer is fixed is known


def test_faults_are_told_apart_by_their_first_cause_and_not_by_lines():
    def fault(message):
        return trait_of(verdict(finding("run", message, "exception")), PART)

    assert fault("In line 3: NameError: name 'n'") == fault("In line 14: NameError: name 'n'")
    assert fault("NameError: name 'n'") != fault("NameError: name 'm'")
    assert fault("x").kind is Kind.FAULT


def test_a_forbidden_name_is_told_by_what_it_is():
    def forbidden(name):
        return trait_of(verdict(finding("Forbids(no softmax)", f"{name} in line 3", "forbidden")), PART)

    assert forbidden("torch.softmax") != forbidden("torch.nn.Softmax")
    used = [answered("a", [1.0] * 3, forbidden("f")), answered("b", [2.0] * 3, forbidden("f"))]
    assert partition(found_in(used)) == {("a", "b")}  # whatever they computed


def test_a_named_mistake_is_one_group_whichever_checks_saw_it():
    one = trait_of(verdict(finding(mistake="m")), PART)
    other = trait_of(verdict(finding("Shape(x)", variant="hidden2", mistake="m")), PART)
    groups = found_in([answered("a", [1.0] * 3, one), answered("b", [9.0] * 2, other)])
    assert partition(groups) == {("a", "b")}
    assert groups[0].trait.name == "m"


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ("Because it OVERFITS.", "because  it overfits", True),
        ("학습률이 커서, 발산한다!", "학습률이 커서 발산한다", True),
        ("x=1", "x = 1", True),
        ("at 0.1", "at 0 1", False),
        ("a", "b", False),
        ("\ud800", "\ud801", True),  # lone surrogates are no words
        (" ", "", True),
    ],
)
def test_essays_are_compared_by_their_words(mine, theirs, same):
    assert (essay_trait([mine]) == essay_trait([theirs])) is same


def test_an_essay_beside_a_wrong_answer_is_in_a_group_of_its_own():
    both = [answered("a", [1.0] * 3), answered("a", [1.0] * 3, essay_trait(["so"]))]
    assert [group.trait.kind for group in found_in(both)] == [Kind.WRONG, Kind.ESSAY]


# -- what is equal within tolerance -------------------------------------------------------------------------


def test_rounding_cuts_no_group_in_two():
    """0.0149 and 0.0151 round to different hundredths, and are two ten-thousandths apart."""
    groups = found_in([answered("a", [0.0149, 0, 0]), answered("b", [0.0151, 0, 0])])
    assert partition(groups) == {("a", "b")}


def test_what_differs_more_than_the_tolerance_is_told_apart():
    assert len(found_in([answered("a", [0.0, 0, 0]), answered("b", [0.011, 0, 0])])) == 2


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [([1.0, 2], [1.0, 2, 3]), ([1.0, np.nan, 3], [1.0, 2, 3]), ([np.inf, 2, 3], [-np.inf, 2, 3])],
    ids=["shape", "NaN", "infinite"],
)
def test_other_shapes_and_other_places_of_nan_are_other_answers(mine, theirs):
    assert len(found_in([answered("a", mine), answered("b", theirs)])) == 2


def test_the_same_nan_and_another_dtype_are_the_same_answer():
    mine, theirs = np.array([np.nan, 1.5, 2], np.float32), np.array([np.nan, 1.5, 2])
    assert len(found_in([answered("a", mine), answered("b", theirs)])) == 1


def test_a_bound_compares_all_that_was_observed_as_one_does_what_was_trained():
    bound = Trait(kind=Kind.WRONG, failed=(("AtLeast(accuracy)", ""),))
    answers = [
        answered("a", [1.0, 2, 3], bound, operators=["add"]),
        answered("b", [1.0005, 2, 3], bound, operators=["mul"]),
        answered("c", [1.1, 2, 3], bound),
    ]
    assert partition(found_in(answers)) == {("a", "b"), ("c",)}


def test_facts_are_equal_however_they_are_spaced():
    facts = Trait(kind=Kind.WRONG, failed=(("Facts(layers)", ""),))
    answers = [
        answered(name, [0.0], facts, layers=layers)
        for name, layers in [("a", ["Linear  (3)"]), ("b", ["Linear (3)"]), ("c", ["Conv"])]
    ]
    assert partition(found_in(answers)) == {("a", "b"), ("c",)}


@given(st.lists(st.sampled_from([0.0, 0.004, 0.5, 0.506, 2.0]), min_size=1, max_size=8), st.randoms())
def test_the_order_of_students_changes_nothing(values, order: random.Random):
    answers = [answered(f"s{number}", [value] * 3) for number, value in enumerate(values)]
    shuffled = order.sample(answers, len(answers))
    before, after = found_in(answers), found_in(shuffled)
    assert [(one.id, one.students) for one in before] == [(one.id, one.students) for one in after]
    assert sorted(student for group in before for student in group.students) == sorted(
        answer.student for answer in answers
    )


# -- groups keep their ids ----------------------------------------------------------------------------------


def anchors(groups):
    return [group.anchor for group in groups]


def test_who_joins_later_joins_the_group_that_was_there():
    (before,) = found_in([answered("b", [0.5, 0, 0])])
    joined = [answered("a", [0.506, 0, 0]), answered("a2", [0.506, 0, 0]), answered("b", [0.5, 0, 0])]
    (after,) = found_in(joined, known=anchors([before]))
    assert (after.id, after.students) == (before.id, ("a", "a2", "b"))
    assert found_in(joined)[0].id != before.id  # unless its anchor is forgotten


def test_a_group_whose_mistake_is_named_is_known_by_its_former_id_and_back():
    named = Trait(kind=Kind.MISTAKE, failed=WRONG.failed, name="m")
    (before,) = found_in([answered("a", [0.5, 0, 0])])
    (after,) = found_in([answered("a", [0.5, 0, 0], named)], known=anchors([before]))
    assert (after.trait.kind, after.ids[1:]) == (Kind.MISTAKE, (before.id,))
    (again,) = found_in([answered("a", [0.5, 0, 0])], known=anchors([before, after]))
    assert (again.id, again.former) == (before.id, (after.id,))


def test_a_group_in_which_another_check_fails_is_another_group():
    both = Trait(kind=Kind.WRONG, failed=(*WRONG.failed, ("Facts(layers)", "")))
    (before,) = found_in([answered("a", [0.5, 0, 0])])
    (after,) = found_in([answered("a", [0.5, 0, 0], both)], known=anchors([before]))
    assert before.id not in after.ids


def test_named_mistakes_come_first_then_the_largest():
    named = Trait(kind=Kind.MISTAKE, failed=WRONG.failed, name="m")
    answers = [answered("a", [5.0] * 3, named), answered("e", [0.0] * 3, essay_trait(["x"]))]
    answers += [answered(f"b{number}", [1.0] * 3) for number in range(2)]
    answers += [answered(f"c{number}", [2.0] * 3) for number in range(3)]
    assert [len(group.members) for group in found_in(answers)] == [1, 3, 2, 1]


def test_a_split_makes_a_group_of_its_own_and_who_joins_later_is_not_in_it():
    answers = [answered(name, [1.0] * 3) for name in "abc"]
    (whole,) = found_in(answers)
    split = Split(id=whole.id, students=frozenset("ab"))
    apart, rest = split_up(found_in([*answers, answered("d", [1.0] * 3)]), [split])
    assert {apart.students, rest.students} == {("a", "b"), ("c", "d")}
    own = next(group for group in (apart, rest) if group.parent)
    assert (own.id, own.students) == (split_id("q", "p", split), ("a", "b"))


def test_the_representative_is_wrong_in_hardly_anything_else():
    answers = [answered("a", [1.0] * 3, losses=3), answered("b", [1.0] * 3), answered("c", [1.0] * 3)]
    (group,) = found_in(answers)
    assert group.representative.student == "b"
