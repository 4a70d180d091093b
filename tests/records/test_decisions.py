"""Decisions: what holds of the entries, that none overwrites another unseen, undo, and results with them."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
from contextlib import closing

import pytest

from autograder.core.text import Text
from autograder.core.verdict import Finding, Result, Status, Verdict
from autograder.records.decided import with_decisions
from autograder.records.decision_log import Decisions, DecisionsError, OutdatedError
from autograder.records.decisions import (
    Applied,
    GroupName,
    ItemChanged,
    Override,
    PartId,
    Reply,
    Request,
    Score,
    SplitGroup,
)
from autograder.records.held import Held, scores_given, what_holds
from autograder.records.results import results_in_memory
from tests.support.results import results_of

KIM = PartId("kim", "q1", "a")


def score(student: str = "kim", **values) -> Score:
    values.setdefault("settled", True)
    return Score(student=student, question="q1", part="a", **values)


@pytest.fixture
def log(tmp_path) -> Decisions:
    return Decisions(tmp_path / "decisions.db")


def decide(log: Decisions, *decisions, who: str = "lee", why: str = ""):
    held = log.held()
    seen = [held.seen(one.key) for one in decisions]
    return log.decide(decisions, who=who, source="desk", seen=seen, why=why)


def test_the_newest_decision_about_a_thing_holds_and_all_stay_in_the_history(log):
    decide(log, score(waiting=2), who="kim", why="half")
    decide(log, score(waiting=3), score("lee", waiting=1), Override(question="q1", part="a", extra=1))
    held = log.held()
    assert {whose.student: one.by_hand for whose, one in held.scores.items()} == {"kim": 3, "lee": 1}
    assert held.overrides["q1", "a", ""].extra == 1
    history = log.history()
    assert [(one.number, one.act, one.revision) for one in history] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 2, 1),
        (4, 2, 1),
    ]
    assert (history[0].who, history[0].why, history[0].source) == ("kim", "half", "desk")
    assert log.history(after=3) == history[3:]


def test_whoever_has_not_seen_the_newest_decision_changes_nothing(log):
    decide(log, score(waiting=2), who="kim")
    with pytest.raises(OutdatedError) as raised:
        log.decide([score("lee", waiting=1), score(waiting=3)], who="lee", source="desk", seen=[0, 0])
    assert [(one.who, one.decision) for one in raised.value.newest] == [("kim", score(waiting=2))]
    assert len(log.history()) == 1  # nothing of the two was added
    with pytest.raises(DecisionsError, match="cannot have been seen"):
        log.decide([score(waiting=3)], who="lee", source="desk", seen=[7])


def test_undo_lets_the_former_decision_hold_and_is_undone_like_any_other(log):
    decide(log, score(waiting=2))
    decide(log, score(waiting=3), score("lee", waiting=3))  # together, under the number 2
    log.undo(3, who="kim", source="command", why="a slip")
    assert {whose.student: one.by_hand for whose, one in log.held().scores.items()} == {"kim": 2}
    with pytest.raises(DecisionsError, match="taken back already"):
        log.undo(2, who="kim", source="command")
    with pytest.raises(OutdatedError):  # who has not seen the undo
        log.decide([score(waiting=1)], who="lee", source="desk", seen=[2])
    log.undo(4, who="kim", source="command")
    assert {whose.student: one.by_hand for whose, one in log.held().scores.items()} == {"kim": 3, "lee": 3}
    log.undo(1, who="kim", source="command")  # what was decided afterwards stays
    assert log.held().scores[KIM].by_hand == 3
    with pytest.raises(DecisionsError, match="no decision number 77"):
        log.undo(77, who="kim", source="command")


def test_what_holds_is_the_same_in_whatever_pieces_entries_come(log):
    """Random decisions and undos: the newest not undone, computed here in the plainest way."""
    draw = random.Random(3)
    for _ in range(60):
        history = log.history()
        if history and draw.random() < 0.4:
            try:
                log.undo(draw.choice(history).number, who="x", source="desk")
            except DecisionsError as error:
                assert "already" in str(error)  # noqa: PT017
        else:
            decide(log, score(draw.choice("ab"), waiting=draw.randrange(9)))
    entries = log.history()
    alive = {}
    for entry in reversed(entries):
        gone = any(
            getattr(one.decision, "number", None) == entry.number and alive[one.number]
            for one in entries
            if one.number > entry.number
        )
        alive[entry.number] = not gone
    for student in "ab":
        mine = [
            e.decision
            for e in entries
            if isinstance(e.decision, Score) and e.decision.student == student and alive[e.number]
        ]
        assert what_holds(entries).score(PartId(student, "q1", "a")).by_hand == (
            mine[-1].by_hand if mine else None
        )


def test_items_of_a_rubric_are_worth_what_they_are_worth_now(log):
    items = (Applied(item="1", points=2, en="names it"), Applied(item="2", points=1.5, en="says why"))
    decide(log, score(items=items, most=3))
    decide(log, score("lee", items=items[1:], most=3))
    assert log.held().scores[KIM].by_hand == 3  # of 3.5
    decide(log, ItemChanged(question="q1", part="a", item="2", points=0.5, en="says why, briefly"))
    held = log.held()
    assert held.scores[KIM].by_hand == 2.5
    assert held.scores[PartId("lee", "q1", "a")].items[0].en == "says why, briefly"
    log.undo(3, who="kim", source="desk")
    assert log.held().scores[KIM].by_hand == 3
    given = scores_given(log.history())
    assert [one.score.by_hand for one in given[KIM]] == [3, 2.5, 3]
    assert [one.number for one in given[KIM]] == [1, 1, 1]
    decide(log, score(items=items, waiting=1, most=3))
    assert log.held().scores[KIM].by_hand == 1  # points by themselves go before the items


def test_requests_and_replies(log):
    asked = Request(student="kim", question="q1", part="a", check="Close(a)", text="please look")
    decide(log, asked, who="kim")
    (one,) = log.held().asked
    assert (one.request, one.reply) == (asked, None)
    decide(log, Reply(request=one.entry.number, accepted=True, text="You are right."))
    (one,) = log.held().asked
    assert one.reply.accepted


def test_names_and_splits_of_groups(log):
    decide(log, GroupName(question="q1", part="a", group="ab12", name="begins at one"))
    decide(log, SplitGroup(question="q1", part="a", group="ab12", students=("kim",)))
    held = log.held()
    assert held.names["q1", "a", "ab12"] == "begins at one"
    assert held.splits[0].students == ("kim",)
    assert held.groups == {"ab12"}


# -- results ------------------------------------------------------------------------------------------------


def results(**values):
    waits = Finding(check="Essay(x)", passed=True, message=Text(en="waits"), manual=True)
    about = {"part": "a", "status": Status.MANUAL, "points": 2.0, "max_points": 5.0, "manual": 3.0}
    verdict = Verdict(**about | {"findings": (waits,)} | values)
    found = [Result(student=name, question="q1", verdicts=(verdict,)) for name in ("kim", "lee", "park")]
    return results_in_memory(results_of([]).header, found)


def points(results, *decisions, members=None):
    found = with_decisions(results, Held(**held_of(*decisions)), members)
    return {one.student: (one.verdicts[0].points, one.verdicts[0].status.value) for one in found}


def held_of(*decisions):
    return {
        "scores": {one.whose: one for one in decisions if isinstance(one, Score)},
        "overrides": {(o.question, o.part, o.group): o for o in decisions if isinstance(o, Override)},
    }


def test_points_for_a_student_a_group_and_everyone():
    everyone = Override(question="q1", part="a", extra=1)
    group = Override(question="q1", part="a", group="g", points=0)
    members = {"g": frozenset({"lee"})}
    assert points(results(), everyone) == dict.fromkeys(("kim", "lee", "park"), (2, "manual"))  # 3 wait of 5
    wrong = results(status=Status.FAILED, points=0.0, manual=0.0, findings=())
    assert points(wrong, everyone) == dict.fromkeys(("kim", "lee", "park"), (1, "partial"))
    assert points(results(), group, members=members)["lee"] == (0, "manual")
    half = results(status=Status.PARTIAL, points=2.0, manual=0.0, findings=())
    assert points(half, everyone, group, score(automatic=5), members=members) == {
        "kim": (5, "passed"),
        "lee": (1, "partial"),
        "park": (3, "partial"),
    }
    right = results(status=Status.PASSED, points=5.0, manual=0.0, findings=())
    assert points(right, everyone)["kim"] == (5, "passed")
    gone = results(status=Status.UNGRADED, points=0.0, manual=0.0, findings=())
    assert points(gone, everyone)["kim"] == (1, "ungraded")
    assert points(gone, Override(question="q1", part="a", points=5))["kim"] == (5, "passed")


def test_each_decision_is_a_line_of_its_own(log):
    decide(
        log,
        score(items=(Applied(item="1", points=2, ko="이유", en="a reason"),), most=3, comment="Good {x}!"),
    )
    decide(log, Override(question="q1", part="a", extra=-1, comment="The hint was wrong."))
    decide(log, Request(student="kim", question="q1", part="a", check="", text="why?"))
    decide(log, Reply(request=3, accepted=False, text="Because."))
    before = results()
    found = {one.student: one.verdicts[0] for one in with_decisions(before, log.held())}
    assert [one.message.en for one in found["kim"].findings] == [
        "Decided by a person: -1 points on top.",
        "From the grader: The hint was wrong.",
        "Points given by hand: 2.",
        "Rubric (+2): a reason",
        "From the grader: Good {x}!",
        "Your request (why?) was looked at; the grading stands. Because.",
    ]
    assert (found["kim"].points, found["kim"].manual) == (3, 0)
    assert [one.verdicts[0].points for one in before] == [2, 2, 2]  # what the machine judged stays


# -- the file -----------------------------------------------------------------------------------------------


def test_a_damaged_file_is_an_error_and_no_empty_one(log):
    log.path.write_bytes(b"not a database, though there were decisions in it once")
    with pytest.raises(DecisionsError, match=r"decisions\.db: .*not a database"):
        log.held()


def test_decisions_are_as_private_as_results(log):
    assert log.history() == []
    assert not log.path.exists()
    decide(log, score(waiting=1))
    assert {path.name for path in log.path.parent.iterdir()} == {"decisions.db"}
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_names_that_are_no_unicode_are_kept(log):
    given = score("kim\udcff", waiting=1)
    decide(log, given)
    assert [*log.held().scores.values()] == [given]
    with pytest.raises(OutdatedError):
        log.decide([given], who="", source="nbgrader", seen=[0])


def manual_db(path, rows):
    """The file that runs from before there were decisions have."""
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "create table revisions (student blob, question blob, part blob, number integer, automatic float, "
            "waiting float, extra float not null, settled boolean not null, source varchar not null, "
            "answer varchar not null, given varchar not null, primary key (student, question, part, number))"
        )
        database.executemany("insert into revisions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.commit()


def test_hand_scores_of_earlier_runs_are_taken_over(log):
    kim = (b"kim", b"q1", b"a")
    first, later = "2026-11-01T10:00:00+00:00", "2026-11-02T10:00:00+00:00"
    manual_db(
        log.path.with_name("manual.db"),
        [
            (*kim, 1, None, 2.0, 0.0, 1, "page", "ab", first),
            (*kim, 2, None, 2.5, 0.0, 1, "nbgrader", "ab", later),
            (os.fsencode("lee\udcff"), b"q1", b"a", 1, 1.0, None, 0.5, 0, "nbgrader", "", first),
        ],
    )
    before = log.history()
    assert not log.path.exists()
    assert log.held().scores[KIM] == score(waiting=2.5, answer="ab")
    assert log.held().scores[PartId("lee\udcff", "q1", "a")].points == (1, None, 0.5)
    with pytest.raises(OutdatedError):
        log.decide([score(waiting=3)], who="kim", source="desk", seen=[1])
    decide(log, score(waiting=3))
    assert log.history()[:3] == before
    assert log.history()[3].number == 4
    assert log.held().scores[KIM].by_hand == 3


def add_for_ever(path, name, told):
    """Count up in turns with others, and tell each number that is stored."""
    log = Decisions(path)
    while True:
        held = log.held()
        value = (held.score(KIM).by_hand or 0) + 1
        try:
            log.decide([score(waiting=value)], who=name, source="desk", seen=[held.seen(score().key)])
        except OutdatedError:
            continue
        told.put((name, value))


def test_processes_that_are_killed_lose_nothing_that_they_told(log):
    context = multiprocessing.get_context("spawn")
    told = context.SimpleQueue()
    processes = [
        context.Process(target=add_for_ever, args=(log.path, name, told), daemon=True) for name in "abc"
    ]
    for process in processes:
        process.start()
    found = [told.get() for _ in range(60)]
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    while not told.empty():
        found.append(told.get())
    stored = [(entry.who, entry.decision.waiting) for entry in log.history()]
    assert set(found) <= set(stored)
    assert [value for _, value in stored] == [*range(1, len(stored) + 1)]  # nobody overwrote an unseen one
    decide(log, replace_points(log))  # and the file can be written


def replace_points(log):
    return score(waiting=log.held().score(KIM).by_hand + 1)
