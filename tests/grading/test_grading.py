"""Grading: points, statuses, faults, hidden variants and the names of mistakes, on evidence made by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder import AtLeast, Close, Essay, Evidence, Finite, Limit, Part, Question, Relation, Shape, Text
from autograder.core.exam import DeclarationError
from autograder.core.outcome import Attempt, Fault, FaultKind, Outcome, OverLimitError, Task
from autograder.core.verdict import Status, told, totals
from autograder.grading.grade import References, grade, grade_part
from autograder.grading.mistakes import KnownMistake
from autograder.records.codec import pack, unpack
from autograder.records.forms import FindingRow, finding_of_row, finding_row
from autograder.records.rows import line_of, parser

WORDS = Text(ko="말", en="words")
HIDDEN = "hidden2"
NAN = float("nan")


def part(*checks, points=8.0, name="p"):
    return Part(name=name, points=points, statement=WORDS, probe="observe", checks=checks)


def attempt(public, hidden=None, name="p"):
    """An attempt with one array `a` for each variant; a Fault or a failure text stands for itself."""
    outcomes = {}
    for variant, value in (("public", public), (HIDDEN, public if hidden is None else hidden)):
        if isinstance(value, Fault):
            outcomes[Task(name, variant)] = Outcome(fault=value)
        elif isinstance(value, str):
            outcomes[Task(name, variant)] = Outcome(failure=value)
        else:
            evidence = value if isinstance(value, Evidence) else Evidence(arrays={"a": np.array(value)})
            outcomes[Task(name, variant)] = Outcome(evidence=evidence, seconds=1.5)
    return Attempt(outcomes=outcomes)


def references(solution, *mistakes, name="p"):
    inputs = {Task(name, variant): Evidence() for variant in ("public", HIDDEN)}
    return References(inputs=inputs, solution=solution, mistakes=mistakes)


def mistake(name, evidence, loses=("p",)):
    explanation = Text(ko=f"{name} 설명", en=f"{name} explained")
    return KnownMistake(name=name, explanation=explanation, loses=frozenset(loses), attempt=evidence)


RIGHT = attempt([1.0, 2.0], [3.0, 4.0])


def test_all_checks_pass():
    verdict = grade_part(part(Shape("a", (2,)), Close("a")), RIGHT, references(RIGHT))
    assert (verdict.status, verdict.points, verdict.max_points, verdict.seconds) == (Status.PASSED, 8, 8, 3.0)
    assert [finding.passed for finding in verdict.findings] == [True, True]


def test_what_a_part_took_is_in_its_verdict_whatever_came_of_it():
    tasks = Task("p"), Task("p", HIDDEN)
    evidence = RIGHT.outcomes[tasks[0]].evidence
    fault = Fault(kind=FaultKind.TIME, message=WORDS)
    for second in (Outcome(evidence=evidence, seconds=1, memory=3 << 20), Outcome(fault=fault, seconds=1)):
        first = Outcome(evidence=evidence, seconds=2, memory=5 << 19)
        run = Attempt(outcomes=dict(zip(tasks, (first, second), strict=True)))
        verdict = grade_part(part(Close("a")), run, references(RIGHT))
        assert (verdict.seconds, verdict.memory_mb) == (3, 3 if second.memory else 2.5)
    assert grade_part(part(Close("a")), RIGHT, references(RIGHT)).memory_mb is None


def test_without_points_it_is_all_or_nothing():
    verdict = grade_part(part(Shape("a", (2,)), Close("a")), attempt([1.0, 9.0]), references(RIGHT))
    assert (verdict.status, verdict.points) == (Status.FAILED, 0)


def test_checks_with_points_earn_them_one_by_one():
    first = Relation(
        "first", arrays=["a"], equation=lambda e, i: (e["a"][:1], np.ones(1)), statement=WORDS, points=3
    )
    verdict = grade_part(
        part(first, Close("a", points=5)), attempt([1.0, 9.0]), references(attempt([1.0, 2.0]))
    )
    assert (verdict.status, verdict.points) == (Status.PARTIAL, 3)
    assert [(finding.points, finding.max_points) for finding in verdict.findings] == [(3, 3), (0, 5)]


def test_a_required_check_that_fails_ends_the_part_with_nothing():
    given = part(Close("a", points=8), Finite("a"), Shape("a", (3,)))
    solution = attempt([np.nan, 2.0])
    verdict = grade_part(given, solution, references(solution))
    assert (verdict.status, verdict.points) == (Status.FAILED, 0)
    assert [finding.check for finding in verdict.findings] == ["Close(a)", "Finite(a)"]


def test_what_is_right_only_on_published_data_is_wrong_and_hidden_numbers_are_not_told():
    verdict = grade_part(part(Close("a")), attempt([1.0, 2.0], [1.0, 2.0]), references(RIGHT))
    (finding,) = verdict.findings
    assert (verdict.status, verdict.points) == (Status.FAILED, 0)
    assert "Right on the published data, wrong on other data" in finding.message.en
    assert not any(digit in finding.message.en for digit in "1234")
    assert (finding.kind, finding.variant, finding.numbers) == ("hidden_only", HIDDEN, {})


def test_an_essay_waits_and_the_machine_points_stand():
    evidence = Evidence(arrays={"a": np.array([1.0])}, facts={"why": "because"})
    given = part(Close("a", points=5), Essay("why", rubric=WORDS, points=3))
    verdict = grade_part(given, attempt(evidence), references(attempt(evidence)))
    assert (verdict.status, verdict.points, verdict.manual) == (Status.MANUAL, 5, 3)
    empty = attempt(Evidence(arrays={"a": np.array([1.0])}, facts={"why": " "}))
    verdict = grade_part(given, empty, references(attempt(evidence)))
    assert (verdict.status, verdict.points, verdict.manual) == (Status.PARTIAL, 5, 0)


def test_an_essay_alone_waits_with_all_points():
    evidence = Evidence(facts={"why": "because"})
    verdict = grade_part(part(Essay("why", rubric=WORDS)), attempt(evidence), references(attempt(evidence)))
    assert (verdict.status, verdict.points, verdict.manual) == (Status.MANUAL, 0, 8)


def test_a_fault_is_told_in_full_on_published_data():
    fault = Fault(kind=FaultKind.EXCEPTION, message=Text(ko="예외 7", en="error 7"), traceback="line 7")
    verdict = grade_part(part(Close("a")), attempt(fault), references(RIGHT))
    (finding,) = verdict.findings
    assert (verdict.status, verdict.points) == (Status.FAULT, 0)
    assert (finding.message.en, finding.traceback) == ("error 7", "line 7")
    assert (finding.kind, finding.variant) == ("exception", "public")


def test_a_fault_on_hidden_data_tells_only_its_kind():
    secret = Fault(kind=FaultKind.EXCEPTION, message=Text(ko="비밀", en="secret 3.25"), traceback="secret")
    verdict = grade_part(part(Close("a")), attempt([1.0, 2.0], secret), references(RIGHT))
    (finding,) = verdict.findings
    assert verdict.status is Status.FAULT
    assert "exception" in finding.message.en
    assert "secret" not in finding.message.en + finding.traceback
    assert "비밀" not in finding.message.ko


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (attempt("the disk is full"), references(RIGHT)),
        (attempt([1.0, 2.0], "the disk is full"), references(RIGHT)),
        (Attempt(outcomes={}), references(RIGHT)),
        (RIGHT, references(attempt(Fault(kind=FaultKind.TIME, message=WORDS)))),
        (RIGHT, references(attempt(Evidence()))),
        (RIGHT, References(inputs={}, solution=RIGHT)),
    ],
    ids=["failure", "hidden failure", "not run", "solution faults", "reference lacks the array", "no inputs"],
)
def test_our_failures_are_ungraded_and_never_a_zero(given, known):
    verdict = grade_part(part(Close("a")), given, known)
    assert verdict.status is Status.UNGRADED
    assert "not a zero" in verdict.findings[0].message.en
    assert totals([verdict]).ungraded == 8


def test_a_mistake_is_named_where_the_evidence_is_its_own():
    wrong = attempt([9.0, 9.0], [8.0, 8.0])
    known = references(RIGHT, mistake("other", attempt([5.0, 5.0])), mistake("this", wrong))
    (finding,) = grade_part(part(Close("a")), wrong, known).findings
    assert finding.mistake == "this"
    assert finding.explanation == Text(ko="this 설명", en="this explained")
    assert finding.kind == "differs"
    assert told(finding).en == f"{finding.message.en} this explained"
    assert told(finding).ko == f"{finding.message.ko} this 설명"


def test_a_finding_survives_being_written_and_people_read_the_mistake_with_it():
    wrong = attempt([9.0, 9.0], [8.0, 8.0])
    known = references(RIGHT, mistake("this", wrong))
    evidence = Evidence(facts={"why": "because"})
    essay = grade_part(part(Essay("why", rubric=WORDS)), attempt(evidence), references(attempt(evidence)))
    fault = attempt(Fault(kind=FaultKind.EXCEPTION, message=WORDS, traceback="line 7"))
    for verdict in (
        grade_part(part(Close("a")), wrong, known),
        grade_part(part(Close("a")), attempt([1.0, np.nan], [8.0, 8.0]), known),
        grade_part(part(Close("a")), fault, known),
        essay,
    ):
        (finding,) = verdict.findings
        line = line_of(finding_row(finding))
        assert finding_of_row(parser(FindingRow)(line)) == finding
        record = json.loads(line)
        assert record["message"] == told(finding).to_json()
        assert ("reason" in record) == ("explanation" in record) == (finding.mistake is not None)
        assert ("manual" in record) == finding.manual


def test_a_mistake_is_named_when_it_shows_only_on_hidden_data():
    fixed = attempt([1.0, 2.0], [1.0, 2.0])
    (finding,) = grade_part(part(Close("a")), fixed, references(RIGHT, mistake("hard_coded", fixed))).findings
    assert finding.mistake == "hard_coded"


def test_a_mistake_that_does_not_lose_the_part_is_not_named():
    wrong = attempt([9.0, 9.0])
    (finding,) = grade_part(
        part(Close("a")), wrong, references(RIGHT, mistake("m", wrong, loses=()))
    ).findings
    assert finding.mistake is None


def test_of_two_mistakes_the_one_that_agrees_on_everything_is_named():
    def two(a, b):
        return attempt(Evidence(arrays={"a": np.array([a]), "b": np.array([b])}))

    given = part(Close("a", points=4), Close("b", points=4))
    known = references(two(1.0, 1.0), mistake("both", two(9.0, 9.0)), mistake("only_b", two(1.0, 9.0)))
    assert [f.mistake for f in grade_part(given, two(1.0, 9.0), known).findings] == [None, "only_b"]
    assert [f.mistake for f in grade_part(given, two(9.0, 9.0), known).findings] == ["both", "both"]


def test_of_two_mistakes_with_the_same_shape_the_one_with_the_same_values_is_named():
    wrong = attempt([1.0, 2.0, 3.0])
    other, this = mistake("other", attempt([7.0, 8.0, 9.0])), mistake("this", wrong)
    verdict = grade_part(part(Shape("a", (2,)), Close("a")), wrong, references(RIGHT, other, this))
    assert [finding.mistake for finding in verdict.findings] == ["this"]


def named(part, submitted, solution, *mistakes):
    """The mistake that each finding of a submission names, by its check."""
    verdict = grade_part(part, submitted, references(solution, *mistakes))
    return {finding.check: finding.mistake for finding in verdict.findings}


def of(**arrays):
    return attempt(Evidence(arrays={name: np.array(value, float) for name, value in arrays.items()}))


def test_a_mistake_that_explains_some_failed_checks_only_is_not_named():
    given, right = part(Close("a", points=4), Close("b", points=4)), of(a=[1], b=[1])
    known = mistake("this", of(a=[9], b=[9]))
    assert named(given, of(a=[9], b=[7]), right, known) == {"Close(a)": None, "Close(b)": None}
    assert named(given, of(a=[9], b=[1]), right, known) == {"Close(a)": None, "Close(b)": None}
    assert named(given, of(a=[9], b=[9]), right, known) == {"Close(a)": "this", "Close(b)": "this"}


def test_an_empty_essay_needs_no_explanation_and_gets_none():
    essay = Essay("why", rubric=WORDS, points=4)

    def answer(value, why):
        return attempt(Evidence(arrays={"a": np.array([value])}, facts={"why": why}))

    known = mistake("this", answer(9.0, "so"))
    found = named(part(Close("a", points=4), essay), answer(9.0, ""), answer(1.0, "so"), known)
    assert found == {"Close(a)": "this", "Essay(why)": None}


@pytest.mark.parametrize(
    ("wrong", "submitted", "name"),
    [
        ([NAN, NAN, NAN], [NAN, NAN, NAN], None),
        ([1.0, NAN, NAN], [1.0, NAN, NAN], None),  # where it is a number it is right
        ([1.0, 7.0, NAN], [1.0, 7.0, NAN], "diverged"),
        ([1.0, 7.0, NAN], [1.0, 8.0, NAN], None),
        ([1.0, 7.0, NAN], [1.0, 7.0, 3.0], None),
    ],
)
@pytest.mark.parametrize("checks", [(Close("a"),), (Finite("a"), Close("a"))], ids=["close", "finite"])
def test_no_mistake_is_named_on_nan_alone(checks, wrong, submitted, name):
    found = named(part(*checks), of(a=submitted), of(a=[1.0, 2.0, 3.0]), mistake("diverged", of(a=wrong)))
    assert {mistake for mistake in found.values() if mistake} == {name} - {None}


def test_a_wrong_shape_alone_names_nothing():
    given, right = part(Shape("a", (2,)), Close("a")), of(a=[1.0, 2.0])
    known = mistake("one_too_many", of(a=[1.0, 2.0, 3.0]))
    assert named(given, of(a=[1.0, 2.0, 3.0]), right, known) == {"Shape(a)": "one_too_many"}
    assert named(given, of(a=[4.0, 5.0, 6.0]), right, known) == {"Shape(a)": None}


def test_nothing_where_there_should_be_something_is_recognised():
    known = mistake("nothing_recorded", of(a=[]))
    assert named(part(Close("a")), of(a=[]), of(a=[1.0]), known) == {"Close(a)": "nothing_recorded"}


def test_a_mistake_is_recognised_where_only_a_threshold_fails():
    def accuracy(seen):
        return float((seen.evidence["a"].argmax(-1) == seen.inputs["labels"]).mean())

    def rows(*values):
        return of(a=[[value, 1 - value] for value in values])

    given = part(AtLeast("accuracy", metric=accuracy, bound=0.9))
    inputs = Evidence(arrays={"labels": np.array([0, 1])})
    untrained = mistake("untrained", rows(0.4, 0.6))
    known = replace(
        references(rows(0.9, 0.1), untrained, mistake("dead", rows(0.5, 0.5))),
        inputs={Task("p", variant): inputs for variant in ("public", HIDDEN)},
    )

    def name(*values):
        (finding,) = grade_part(given, rows(*values), known).findings
        return finding.passed, finding.mistake

    assert name(0.8, 0.2) == (True, None)
    assert name(0.4, 0.6) == (False, "untrained")
    assert name(0.4002, 0.6001) == (False, "untrained")
    assert name(0.3, 0.7) == (False, None)  # the accuracy is the same, the network is another
    assert name(0.5, 0.5) == (False, None)  # many things end there


def test_a_self_check_judges_only_what_needs_no_reference():
    verdict = grade_part(part(Shape("a", (2,)), Close("a")), attempt([9.0, 9.0]), references(None))
    assert [finding.check for finding in verdict.findings] == ["Shape(a)"]
    assert verdict.status is Status.PASSED


def test_grade_judges_every_part_and_a_fault_costs_only_its_own():
    parts = [part(Close("a"), name="p"), part(Close("a"), name="r")]
    question = Question(title=WORDS, framework="python", parts=parts)
    fault = attempt(Fault(kind=FaultKind.TIME, message=WORDS), name="r")
    both = Attempt(outcomes={**RIGHT.outcomes, **fault.outcomes})
    solution = Attempt(outcomes={**RIGHT.outcomes, **attempt([1.0, 2.0], name="r").outcomes})
    known = References(inputs=dict.fromkeys(both.outcomes, Evidence()), solution=solution)
    assert [verdict.status for verdict in grade(question, both, known)] == [Status.PASSED, Status.FAULT]


def test_points_of_checks_must_sum_to_those_of_the_part():
    with pytest.raises(DeclarationError, match="7 points in all, the part 8"):
        part(Close("a", points=7))


def test_declarations_that_do_not_fit_are_refused():
    with pytest.raises(DeclarationError, match="not in settings"):
        Part(name="p", points=1, statement=WORDS, probe="observe", checks=[], vary={"lr": [1]})
    with pytest.raises(DeclarationError, match="unique"):
        Question(title=WORDS, framework="python", parts=[part(), part()])


def test_an_attempt_survives_being_stored():
    fault = Fault(kind=FaultKind.TIME, message=WORDS, traceback="line")
    evidence = Evidence(arrays={"x/y": np.arange(3.0)}, facts={"n": [1, None]})
    outcomes = {
        Task("p"): Outcome(evidence=evidence, seconds=1.0, memory=7),
        Task("p", HIDDEN): Outcome(fault=fault),
        Task("r"): Outcome(failure="disk"),
        Task("r", HIDDEN): Outcome(evidence=Evidence()),
    }
    given = Attempt(outcomes=outcomes, source="x = 1", notes=(WORDS,), output="hi")
    back = unpack(pack(given))
    assert (back.source, back.notes, back.output) == ("x = 1", (WORDS,), "hi")
    assert back.outcomes.keys() == outcomes.keys()
    assert back.outcomes[Task("p", HIDDEN)].fault == fault
    assert back.outcomes[Task("r")].failure == "disk"
    assert [outcome.memory for outcome in back.outcomes.values()] == [7, None, None, None]
    assert back.outcomes[Task("p")].evidence.facts == {"n": [1, None]}
    assert (back.outcomes[Task("p")].evidence.arrays["x/y"] == np.arange(3.0)).all()


def test_limits_have_defaults_that_bound_everything():
    assert all(
        value > 0 for value in (Limit().seconds, Limit().memory_mb, Limit().output_kb, Limit().scratch_mb)
    )


def test_on_embedded_data_no_part_may_take_long():
    assert Limit(seconds=600, memory_mb=7).on("mini") == Limit(seconds=120, memory_mb=7)
    assert [Limit(seconds=600).on("full").seconds, Limit(seconds=5).on("mini").seconds] == [600, 5]


@pytest.mark.parametrize("limit", [MemoryError(), OverLimitError(Fault(kind=FaultKind.TIME, message=WORDS))])
def test_a_limit_that_is_reached_at_the_solution_after_a_submission_is_not_ours(limit):
    """What the submission took is why there is none left: the part ends at the limit, and is not ungraded."""

    def equation(evidence, inputs):
        if evidence["a"][0] != 1.0:
            raise LookupError("no number")
        raise limit

    check = Relation("a", arrays=["a"], equation=equation, statement=WORDS)
    with pytest.raises(type(limit)):
        grade_part(part(check), attempt([7.0, 2.0]), references(RIGHT))
