"""Sealed references of a part opened together: one guess if all is right, and else what each says by itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from autograder.checks import Sealed
from autograder.checks.sealed import SCRYPT, hash_together, opens_together, seal
from autograder.core.evidence import Evidence
from autograder.core.exam import Part, Question
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.text import Text
from autograder.grading.grade import References, grade_part
from autograder.handout.check_file import CheckFile
from autograder.handout.together import opened, seal_together

VARIANTS = ("public", "practice")
CHECKS = [Sealed(name, array=name, statement=Text("", ""), points=1) for name in ("w", "losses")]
PART = Part(name="train", points=2, checks=CHECKS)


def values(variant: str, name: str):
    return np.random.default_rng([VARIANTS.index(variant), len(name)]).normal(size=(12, 3))


def attempt(changed: str = "", **others: np.ndarray) -> Attempt:
    """What a submission computed; right but for the array ``variant/name`` that is changed."""
    outcomes = {}
    for variant in VARIANTS:
        arrays = {check.array: values(variant, check.array) for check in CHECKS}
        if changed.startswith(variant):
            arrays[changed.partition("/")[2]] += 1.0
        outcomes[Task("train", variant)] = Outcome(evidence=Evidence(arrays=arrays | others))
    return Attempt(outcomes=outcomes)


@pytest.fixture(scope="module")
def released() -> CheckFile:
    """The checks of a part with four sealed references: two checks on two sets of inputs."""

    def sealed_in(variant):
        arrays = {check: values(variant, check.array) for check in CHECKS}
        return {
            check.id: seal(one, 1e-4, 1e-6, f"{variant} {check.id}".encode()) for check, one in arrays.items()
        }

    made = CheckFile(
        exam="exam",
        name="q1_x",
        question=Question(framework="python", parts=[PART]),
        code="",
        variants={},
        inputs={},
        sealed={Task("train", variant): Evidence(facts=sealed_in(variant)) for variant in VARIANTS},
    )
    return seal_together(made, attempt())


@pytest.fixture
def guesses(monkeypatch):
    """The salt of each call of the slow hash while the test runs."""
    made, scrypt = [], hashlib.scrypt

    def count(data, *, salt, **costs):
        assert costs == SCRYPT
        made.append(salt)
        return scrypt(data, salt=salt, **costs)

    monkeypatch.setattr(hashlib, "scrypt", count)
    return made


def references(made: CheckFile) -> References:
    outcomes = {task: Outcome(evidence=evidence) for task, evidence in made.sealed.items()}
    return References(inputs={task: Evidence() for task in made.sealed}, solution=Attempt(outcomes=outcomes))


def alone(made: CheckFile) -> References:
    """The references of a release that was made before there was a hash of all."""
    facts = {
        task: Evidence(facts={id: fact for id, fact in one.facts.items() if isinstance(fact, dict)})
        for task, one in made.sealed.items()
    }
    return references(replace(made, sealed=facts))


def judged(given: Attempt, of: References):
    return grade_part(PART, given, opened(PART, given, of))


def test_a_right_answer_takes_one_guess(released, guesses):
    verdict = judged(attempt(), references(released))
    assert verdict.points == 2
    assert len(guesses) == 1


def test_without_the_hash_of_all_each_is_opened_by_itself(released, guesses):
    assert judged(attempt(), alone(released)) == judged(attempt(), references(released))
    assert len(guesses) == 4 + 1


@pytest.mark.parametrize("changed", [f"{variant}/{check.array}" for variant in VARIANTS for check in CHECKS])
def test_a_wrong_array_is_found_as_if_there_were_no_hash_of_all(released, changed):
    wrong = attempt(changed)
    verdict = judged(wrong, references(released))
    assert verdict == judged(wrong, alone(released))
    assert [finding.passed for finding in verdict.findings] == [
        check.array not in changed for check in CHECKS
    ]


def test_values_within_the_tolerance_open_all(released, guesses):
    near = attempt()
    for outcome in near.outcomes.values():
        for array in outcome.evidence.arrays.values():
            array += 1e-6
    assert judged(near, references(released)).points == 2
    assert len(guesses) == 1


def test_another_shape_or_dtype_costs_no_guess(released, guesses):
    for array in (np.zeros((2, 2)), np.zeros((12, 3), complex)):
        given = attempt(w=array)
        assert opened(PART, given, references(released)) == references(released)
    assert guesses == []


def test_what_did_not_run_opens_nothing(released):
    given = Attempt(outcomes={Task("train", "public"): attempt().outcomes[Task("train", "public")]})
    assert opened(PART, given, references(released)) == references(released)
    no_solution = References(inputs={})
    assert opened(PART, attempt(), no_solution) == no_solution


def test_the_hash_of_all_is_as_slow_and_of_a_salt_of_its_own(released, guesses):
    """It is scrypt like the others: who has all but one right must not be able to try that one fast."""
    facts = [
        fact for one in released.sealed.values() for fact in one.facts.values() if isinstance(fact, dict)
    ]
    pairs = list(
        zip(
            facts,
            [values(task.variant, id) for task in released.sealed for id in ("w", "losses")],
            strict=True,
        )
    )
    digest = hash_together(pairs)
    assert len(guesses) == 1
    salts = {hashed[2] for fact in facts for hashed in fact["hashes"]}
    assert guesses[0].hex() not in salts
    assert opens_together(pairs, digest)
    assert digest not in {hashed[3] for fact in facts for hashed in fact["hashes"]}
    swapped = [
        (fact, pairs[1 - index][1]) if index < 2 else (fact, array)
        for index, (fact, array) in enumerate(pairs)
    ]
    assert not opens_together(swapped, digest)


def test_a_part_with_a_single_reference_has_no_second_hash(released):
    one = replace(PART, points=1, checks=CHECKS[:1])
    task = Task("train", "public")
    facts = {CHECKS[0].id: released.sealed[task].facts[CHECKS[0].id]}
    made = replace(
        released,
        question=Question(framework="python", parts=[one]),
        sealed={task: Evidence(facts=facts)},
    )
    assert seal_together(made, attempt()) == made
