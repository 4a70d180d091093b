"""Judged one after another, submissions get the verdicts that each gets alone; equal evidence is judged once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograder import (
    AtLeast,
    Choice,
    Close,
    Dtype,
    Essay,
    Evidence,
    Facts,
    Finite,
    Forbids,
    OneOf,
    Part,
    Question,
    Relation,
    Shape,
    Text,
)
from autograder.core.outcome import Attempt, Fault, FaultKind, Outcome, Task
from autograder.core.verdict import Status
from autograder.grading.grade import References, grade, stopped
from autograder.grading.memo import Memo
from autograder.grading.mistakes import KnownMistake
from autograder.records.codec import from_bytes, to_bytes

WORDS = Text(ko="말", en="words")
VARIANTS = ("public", "hidden1", "hidden2")
FACTS = {"steps": [["w", 1]], "answer": {"one": True, "two": False}, "choice": "a", "why": "because"}
RIGHT = np.array([1.0, 2.0, 3.0], np.float32)


def doubled(evidence, inputs):
    return evidence["b"], 2 * evidence["a"].astype(np.float64)


def explained(evidence, inputs):
    """Raises a KeyError, which leaves the part ungraded, where the worker gave no such fact."""
    assert evidence["why"] is not ...
    return doubled(evidence, inputs)


def part(name, *checks):
    return Part(name=name, points=1, statement=WORDS, probe="observe", checks=checks)


def relation(equation=doubled, name="b is 2a", **more):
    return Relation(name, arrays=["a", "b"], equation=equation, statement=WORDS, atol=1e-3, rtol=0, **more)


PARTS = [
    part(
        "numbers",
        Shape("a", ("n",)),
        Dtype("a", ("float32", "float64")),
        Finite("a"),
        Close("a", rtol=0, atol=1e-3, points=0.25),
        relation(points=0.25),
        relation(explained, name="with a fact", points=0.25),
        AtLeast("sum", metric=lambda seen: float(seen.evidence["a"].sum()), bound=0.0, points=0.25),
    ),
    part("missing", Close("m")),  # NaN is what is asked for
    part(
        "words",
        OneOf("choice", options=["a", "b"]),
        Facts("steps", points=0.25),
        Choice("answer", points=0.25),
        Essay("why", rubric=WORDS, points=0.5),
    ),
    part("source", Forbids("no loops", names=["itertools"])),
]


def question(parts):
    return Question(title=WORDS, framework="python", parts=parts)


def evidence(a=RIGHT, b=2 * RIGHT, **facts):
    return Evidence(arrays={"a": a, "b": b, "m": np.array([np.nan, 1.0])}, facts=FACTS | facts)


def attempt(seen, variants=VARIANTS, parts=PARTS, source="import math\n"):
    """What a submission gives whose evidence is the same wherever it is not told otherwise."""
    outcomes = {
        Task(one.name, variant): Outcome(evidence=seen, seconds=0.25) for one in parts for variant in variants
    }
    return Attempt(outcomes=outcomes, source=source)


def references(parts=PARTS):
    inputs = {Task(one.name, variant): Evidence(facts={"n": 3}) for one in parts for variant in VARIANTS}
    wrong = {"negative": evidence(a=-RIGHT), "halved": evidence(b=RIGHT / 2), "other": evidence(choice="c")}
    mistakes = [
        KnownMistake(
            name=name, explanation=WORDS, loses=frozenset(one.name for one in parts), attempt=attempt(seen)
        )
        for name, seen in wrong.items()
    ]
    return References(inputs=inputs, solution=attempt(evidence()), mistakes=mistakes)


NUMBERS = (1.0, 1.0009, 1.001, 1.0011, -1.0, 0.0, 1e30, np.inf, -np.inf, np.nan)
ODD = (
    *(np.array([1, number, 3], np.float32) for number in NUMBERS),
    -RIGHT,
    *(RIGHT.astype(dtype) for dtype in (np.float64, np.int64, np.complex64)),
    *(RIGHT[:2], RIGHT[None], RIGHT[:0], np.array(1.0)),
)
ARRAYS = st.just(RIGHT) | st.sampled_from(ODD)
FACT = (None, True, 1, "a", "b", " ", [["w", 2]], [["w", True]], {}, {"one": True, "two": 0})
JSON = st.sampled_from(FACT)


def judged(memo, class_of):
    return [memo.grade(from_bytes(bytearray(to_bytes(one)))) for one in class_of]


def without(seen, names):
    return Evidence(
        arrays={name: array for name, array in seen.arrays.items() if name not in names},
        facts={name: fact for name, fact in seen.facts.items() if name not in names},
    )


SEEN = st.builds(
    lambda a, b, facts, names: without(evidence(a, b, **facts), names),
    ARRAYS,
    ARRAYS.map(lambda array: (2 * array).astype(array.dtype)),
    st.dictionaries(st.sampled_from(sorted(FACTS)), JSON, max_size=2),
    st.sets(st.sampled_from(["a", "b", "m", "why", "answer"]), max_size=1),
)
OUTCOMES = st.one_of(
    SEEN.map(lambda seen: Outcome(evidence=seen, seconds=0.5)),
    st.just(Outcome(fault=Fault(kind=FaultKind.TIME, message=WORDS), seconds=0.125)),
    st.just(Outcome(failure="the disk is full")),
)


@st.composite
def attempts(draw):
    made = attempt(
        evidence(),
        variants=draw(st.sampled_from([VARIANTS[:2], VARIANTS[::2], VARIANTS[1:]])),
        source=draw(st.sampled_from(["import math\n", "import itertools\n", "eval('1')\n"])),
    )
    changed = draw(st.dictionaries(st.sampled_from(sorted(made.outcomes)), OUTCOMES, max_size=4))
    absent = draw(st.sets(st.sampled_from(sorted(made.outcomes)), max_size=1))
    outcomes = {task: changed.get(task, made.outcomes[task]) for task in made.outcomes if task not in absent}
    return Attempt(outcomes=outcomes, source=made.source)


def test_whatever_is_odd_about_a_submission_is_found_among_others():
    names = ("a", "b", "m", *FACTS)
    seen = [evidence(a=odd) for odd in ODD] + [evidence(b=odd) for odd in ODD]
    seen += [evidence(**{name: fact}) for name in FACTS for fact in FACT]
    seen += [without(evidence(), {name}) for name in names] + [evidence()] * 3
    class_of = [attempt(one) for one in seen]
    asked, known = question(PARTS), references()
    assert judged(Memo(asked, known), class_of) == [grade(asked, one, known) for one in class_of]


@given(st.lists(attempts(), max_size=5))
def test_verdicts_do_not_depend_on_who_else_is_judged(class_of):
    asked, known = question(PARTS), references()
    alone = [grade(asked, one, known) for one in class_of]
    memo = Memo(asked, known)
    assert judged(memo, class_of) == alone
    assert judged(memo, class_of[::-1]) == alone[::-1]


def counted():
    """Return an equation and the list of whose arrays it was asked about."""
    asked = []

    def equation(evidence, inputs):
        asked.append(evidence["a"].tolist())
        return doubled(evidence, inputs)

    return equation, asked


def test_the_same_evidence_is_judged_once():
    equation, asked = counted()
    parts = [part("numbers", relation(equation), Close("a"))]
    memo = Memo(question(parts), references(parts))
    class_of = [
        replace(attempt(evidence(a), VARIANTS[:2], parts), source=f"# {number}")
        for number, a in enumerate([RIGHT, -RIGHT, RIGHT, -RIGHT, 3 * RIGHT])
    ]
    asked.clear()
    first = judged(memo, class_of)
    before = len(asked)
    assert judged(memo, class_of[:4]) == first[:4]
    assert len(asked) == before  # nothing was judged again
    assert first == [grade(question(parts), one, references(parts)) for one in class_of]
    assert [verdict.seconds for (verdict,) in first] == [0.5] * 5


def test_what_ended_at_a_limit_is_judged_anew_for_the_next():
    parts = [part("numbers", Close("a"))]
    memo, fault = Memo(question(parts), references(parts)), Fault(kind=FaultKind.MEMORY, message=WORDS)
    right = attempt(evidence(), parts=parts)
    same = from_bytes(bytearray(to_bytes(right)))
    (limited,) = memo.grade(same, lambda asked, *_: stopped(asked, fault))
    assert limited.status is Status.FAULT
    assert judged(memo, [right]) == [grade(question(parts), right, references(parts))]


def test_the_same_evidence_for_another_variant_is_judged_by_itself():
    parts = [part("numbers", Relation("a is n", arrays=["a"], equation=of_inputs, statement=WORDS))]
    known = references(parts)
    inputs = {
        task: Evidence(arrays={"n": RIGHT * (1 + (task.variant == "hidden2"))}) for task in known.inputs
    }
    known = replace(known, inputs=inputs)
    class_of = [attempt(evidence(), [variant], parts) for variant in VARIANTS]
    verdicts = judged(Memo(question(parts), known), class_of)
    assert [verdict.points for (verdict,) in verdicts] == [1, 1, 0]


def of_inputs(evidence, inputs):
    return evidence["a"], inputs["n"]


def test_a_check_that_reads_the_source_is_asked_about_everyone():
    parts = [part("source", Close("a"), Forbids("no loops", names=["itertools"]))]
    class_of = [
        attempt(evidence(), parts=parts, source=source) for source in ("import math\n", "import itertools\n")
    ]
    verdicts = judged(Memo(question(parts), references(parts)), class_of)
    assert [verdict.points for (verdict,) in verdicts] == [1, 0]


def test_a_reference_that_fails_its_own_check_changes_no_verdict():
    parts = [part("numbers", Finite("m"), Close("a"))]
    asked, known = question(parts), references(parts)
    class_of = [attempt(evidence(), parts=parts), attempt(evidence(a=-RIGHT), parts=parts)]
    assert judged(Memo(asked, known), class_of) == [grade(asked, one, known) for one in class_of]


def test_without_a_reference_each_is_judged_alone():
    inputs = references().inputs
    class_of = [attempt(evidence()), attempt(evidence(a=-RIGHT))]
    asked, known = question(PARTS), References(inputs=inputs)
    assert judged(Memo(asked, known), class_of) == [grade(asked, one, known) for one in class_of]
