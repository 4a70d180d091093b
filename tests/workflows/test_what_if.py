"""What if: a draft says who would change, and what is committed is what was previewed."""

from __future__ import annotations

import pytest

from autograder.grading.changes import Change, ChangeError
from autograder.grading.comparing import compare_results
from autograder.records.files import RunError
from autograder.workflows.grade import run_class
from autograder.workflows.rescore import rescore
from autograder.workflows.what_if import By, commit, discard, draft_of, preview
from tests.support.courses import RIGHT, edit
from tests.support.runs import content, rows

BY = By(who="kim", why="It was too small.", source="command")
WIDER = Change(what="tolerance", question="q1_numbers", part="mean", check="mean", value=2e-3)


@pytest.fixture
def graded(request_for, submit):
    """A run in which ``a`` is wrong by a thousandth, ``b`` right, and ``c`` divides by n - 1."""
    submit("a", RIGHT.replace("/ len(values)", "/ len(values) + 1e-3"))
    submit("b", RIGHT)
    submissions = submit("c", RIGHT.replace("/ len(values)", "/ (len(values) - 1)"))
    request = request_for(submissions)
    run_class(request)
    return request.run


def moves(draft):
    return {one.student: one.points for one in draft.about.comparison.changes}


def test_a_preview_decides_nothing_and_starts_no_worker(graded, isolation):
    before, started = graded.results(), isolation.starts
    draft = preview(graded, [WIDER], confine=isolation.confining)
    assert moves(draft) == {"a": 2}
    assert content(graded.results()) == content(before)
    assert (graded.earlier, isolation.starts) == ({}, started)


def test_what_is_committed_is_what_was_previewed(graded):
    before = graded.results()
    previewed = content(preview(graded, [WIDER]).results)
    commit(graded, BY)
    assert content(graded.results()) == previewed != content(before)
    assert content(graded.results_in("results-1.json")) == content(before)
    assert draft_of(graded) is None


def test_a_preview_of_the_exam_as_it_is_now_is_what_a_rescore_gives(graded, toy):
    edit(toy.path, "TOLERANCE = 1e-6", "TOLERANCE = 2e-3")
    draft = preview(graded)
    assert moves(draft) == {"a": 2}
    assert content(rescore(graded)) == content(draft.results)


def test_mistakes_that_would_not_be_caught_any_more_are_named(graded):
    def lost(value):
        draft = preview(graded, [Change(**{**CHANGE, "value": value})])
        return [(one.question, one.mistake, one.part) for one in draft.about.uncaught]

    assert lost(2e-3) == []
    assert lost(10.0) == [("q1_numbers", "divided_by_n_minus_one", "mean")]


CHANGE = {"what": "tolerance", "question": "q1_numbers", "part": "mean", "check": "mean"}


def test_a_draft_is_discarded_or_replaced_by_the_next(graded):
    preview(graded, [WIDER])
    withdrawn = Change(what="withdraw", question="q1_numbers", part="mean")
    assert draft_of(graded).about.changes == (WIDER,)
    assert moves(preview(graded, [withdrawn])) == {"a": 0, "b": -2, "c": 0}
    discard(graded)
    discard(graded)
    assert draft_of(graded) is None
    with pytest.raises(RunError, match="there is no draft"):
        commit(graded, BY)


def test_a_change_that_does_not_fit_leaves_the_draft_that_is_there(graded):
    preview(graded, [WIDER])
    with pytest.raises(ChangeError, match="q1_numbers has no part median"):
        preview(graded, [Change(**{**CHANGE, "part": "median"})])
    assert draft_of(graded) is not None


@pytest.mark.parametrize("what", ["exam", "results"])
def test_a_draft_of_what_has_changed_since_is_not_committed(graded, toy, what):
    preview(graded, [WIDER])
    if what == "exam":
        edit(toy.path, "points=2,\n            probe", "points=20,\n            probe")
    else:
        edit(toy.path, "points=2,\n            probe", "points=20,\n            probe")
        rescore(graded)
        edit(toy.path, "points=20,\n            probe", "points=2,\n            probe")
    before = content(graded.results())
    with pytest.raises(RunError, match="the run or the exam changed since the preview"):
        commit(graded, BY)
    assert content(graded.results()) == before


def test_a_damaged_draft_is_told(graded):
    preview(graded, [WIDER])
    (graded.folder / "draft" / "draft.json").write_text("{")
    with pytest.raises(RunError, match="discard the draft"):
        draft_of(graded)
    discard(graded)
    assert draft_of(graded) is None


def test_a_rescore_keeps_what_it_replaces_and_nothing_where_nothing_changes(graded, toy):
    rescore(graded)
    assert graded.earlier == {}
    edit(toy.path, "TOLERANCE = 1e-6", "TOLERANCE = 2e-3")
    rescore(graded)
    edit(toy.path, "TOLERANCE = 2e-3", "TOLERANCE = 1e-6")
    rescore(graded)
    rescore(graded)
    assert [path.name for path in graded.earlier.values()] == ["results-1.json", "results-2.json"]
    found = compare_results(graded.results_in("results-2.json"), graded.results())
    assert [(one.student, one.points) for one in found.changes] == [("a", -2)]
    assert rows(graded.results())["a", "mean"]["points"] == 0


# -- what was decided ---------------------------------------------------------------------------------------


def test_a_change_is_kept_with_who_made_it_and_why_and_holds_from_then_on(graded, toy, request_for, submit):
    preview(graded, [WIDER])
    commit(graded, BY)
    (entry,) = graded.decisions.held().changed
    assert (entry.who, entry.why, entry.decision.results, entry.decision.moved) == (
        "kim",
        "It was too small.",
        "results-1.json",
        1,
    )
    assert rows(rescore(graded))["a", "mean"]["points"] == 2
    submissions = submit("d", RIGHT.replace("/ len(values)", "/ len(values) - 1e-3"))
    again = rows(run_class(request_for(submissions)))
    assert {student: again[student, "mean"]["points"] for student in "abcd"} == {
        "a": 2,
        "b": 2,
        "c": 0,
        "d": 2,
    }


def test_a_change_that_is_taken_back_does_not_hold_when_it_is_judged_again(graded):
    preview(graded, [WIDER])
    commit(graded, BY)
    (entry,) = graded.decisions.held().changed
    graded.decisions.undo(entry.number, who="kim", source="command")
    assert rows(rescore(graded))["a", "mean"]["points"] == 0


def test_a_preview_is_of_what_holds_and_the_changes(graded):
    preview(graded, [Change(what="points", question="q1_numbers", part="mean", value=4)])
    commit(graded, BY)
    draft = preview(graded, [WIDER])
    assert moves(draft) == {"a": 4}
    commit(graded, BY)
    assert [len(entry.decision.changes) for entry in graded.decisions.held().changed] == [1, 1]
    assert rows(rescore(graded))["a", "mean"]["points"] == 4
    assert list(graded.earlier) == [1, 2]


def test_a_draft_is_not_committed_over_what_somebody_decided_since(graded):
    preview(graded, [WIDER])
    commit(graded, BY)
    (entry,) = graded.decisions.held().changed
    preview(graded, [])
    graded.decisions.undo(entry.number, who="lee", source="command")
    with pytest.raises(RunError, match="changed since the preview"):
        commit(graded, BY)
