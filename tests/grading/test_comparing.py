"""Two sets of results side by side: who changes, and by how much."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.comparing import compare_results
from tests.support.results import results_of, row


def results(*rows):
    return list(results_of(rows))


BEFORE = results(row("a", "p", "failed", 1.0), row("b", "p", "passed", 4.0), row("c", "p", "failed", 0.0))


def test_what_a_clock_decides_is_no_change():
    later = [
        replace(one, verdicts=tuple(replace(v, seconds=9.0, memory_mb=1.0) for v in one.verdicts))
        for one in BEFORE
    ]
    found = compare_results(BEFORE, later)
    assert (found.students, found.changes) == (3, ())


def test_points_statuses_and_mistakes_that_change_are_listed_by_student():
    after = results(
        row("a", "p", "passed", 4.0), row("b", "p", "partial", 2.0), row("c", "p", "failed", 0.0, mistake="m")
    )
    found = compare_results(BEFORE, after)
    assert [(one.student, one.points) for one in found.changes] == [("a", 3.0), ("b", -2.0), ("c", 0.0)]
    assert (found.gain, found.lose) == (1, 1)
    assert found.changes[2].parts[0].after.mistakes == ("m",)


def test_who_is_in_one_of_both_only_changes_too():
    after = results(row("a", "p", "failed", 1.0), row("a", "q", "passed", 4.0), row("d", "p", "passed", 4.0))
    found = compare_results(BEFORE, after)
    assert found.students == 4
    assert [(one.student, one.before is None, one.after is None, one.points) for one in found.changes] == [
        ("a", False, False, 4.0),
        ("b", False, True, -4.0),
        ("c", False, True, 0.0),
        ("d", True, False, 4.0),
    ]


names = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.0, 1.0, 4.0]))


@given(names, names)
def test_the_other_way_round_all_changes_are_the_opposite(mine, theirs):
    first, second = (
        results(*(row(name, "p", "partial", points) for name, points in sorted(some.items())))
        for some in (mine, theirs)
    )
    there, back = compare_results(first, second), compare_results(second, first)
    assert [(one.student, one.points) for one in there.changes] == [
        (one.student, -one.points) for one in back.changes
    ]
    assert {one.student for one in there.changes} == {
        name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)
    }
