"""Grading: from evidence to verdicts. Pure: numpy only; no files, clock, randomness or student code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from operator import attrgetter

from autograder.core.check import AbsentReferenceError, Check, Observation
from autograder.core.evidence import Evidence
from autograder.core.exam import Part, Question
from autograder.core.outcome import PUBLIC, Attempt, Fault, FaultKind, Outcome, OverLimitError, Task
from autograder.core.points import add_points
from autograder.core.text import (
    ABSENT_THERE,
    CHANGED_INPUT,
    HIDDEN_ONLY,
    INPUTS,
    NOT_FINITE_THERE,
    NOT_JUDGEABLE,
    ON_OTHER_DATA,
    OUT_OF_BOUNDS_THERE,
    UNGRADED,
    VALUES_DIFFER_THERE,
    WHOLE_PART,
    WRONG_ANSWER_THERE,
    WRONG_DTYPE_THERE,
    WRONG_SHAPE_THERE,
    Text,
    join,
)
from autograder.core.text_of_runs import FAULT_NAMES, FIRST_CAUSE, ON_HIDDEN_DATA
from autograder.core.variants import PRACTICE
from autograder.core.verdict import FAULTS, NO_LABEL, Finding, Status, Verdict, finding_of
from autograder.grading.mistakes import KnownMistake, name_mistakes

OPEN_VARIANTS = frozenset({PUBLIC, PRACTICE})  # students may read all findings on these
_SAID = 200  # characters of an exception that are told
_RUN = "run"  # stands for a check where a part gave no evidence
# What a finding on hidden data says, by its kind, without any value of theirs.
_THERE: Mapping[str, Text] = {
    "absent": ABSENT_THERE,
    "shape": WRONG_SHAPE_THERE,
    "dtype": WRONG_DTYPE_THERE,
    "not_finite": NOT_FINITE_THERE,
    "below": OUT_OF_BOUNDS_THERE,
    "above": OUT_OF_BOUNDS_THERE,
    "wrong_choice": WRONG_ANSWER_THERE,
    "wrong_answer": WRONG_ANSWER_THERE,
    "wrong_fact": WRONG_ANSWER_THERE,
    "not_an_option": WRONG_ANSWER_THERE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The inputs, the solution and the mistakes that submissions to one question are compared with.

    Attributes:
        inputs: by task, the probe's inputs and those withheld from the worker.
        solution: the reference solution's attempt; None where a student checks themselves, and then only
            checks that need no reference are judged.
        mistakes: in the order in which they are declared.
    """

    inputs: Mapping[Task, Evidence]
    solution: Attempt | None = None
    mistakes: Sequence[KnownMistake] = field(default_factory=tuple)

    def mistakes_in(self, part: str) -> list[KnownMistake]:
        """Return the mistakes that lose points in a part."""
        return [mistake for mistake in self.mistakes if part in mistake.loses]


def grade(question: Question, attempt: Attempt, references: References, device: str = "cpu") -> list[Verdict]:
    """Judge every part of a question.

    Args:
        question: the declaration.
        attempt: the submission's run.
        references: for at least the tasks of the attempt.
        device: where the attempt and its references ran; tolerances may depend on it.
    """
    return [grade_part(part, attempt, references, device) for part in question.parts]


def grade_part(part: Part, attempt: Attempt, references: References, device: str = "cpu") -> Verdict:
    """Judge one part on all its variants; a check passes only if it passes on every one of them."""
    outcomes = attempt.of_part(part.name)
    verdict = _judge_part(part, attempt, outcomes, references, device)
    return measured(verdict, [(outcome.seconds, outcome.memory) for outcome in outcomes.values()])


def measured(verdict: Verdict, took: Sequence[tuple[float, int | None]]) -> Verdict:
    """Return a verdict with the seconds and bytes of memory that its tasks took."""
    memory = [taken / 2**20 for _, taken in took if taken is not None]
    return Verdict(
        part=verdict.part,
        status=verdict.status,
        points=verdict.points,
        max_points=verdict.max_points,
        findings=verdict.findings,
        manual=verdict.manual,
        seconds=sum([seconds for seconds, _ in took]),
        memory_mb=max(memory, default=None),
    )


def _judge_part(
    part: Part, attempt: Attempt, outcomes: Mapping[str, Outcome], references: References, device: str
) -> Verdict:
    if why := _failure(part, outcomes, references):
        return ungraded(part, why)
    for variant, outcome in outcomes.items():
        if outcome.fault is not None and outcome.fault.kind is FaultKind.AUTHOR:
            return ungraded(part, outcome.fault.message)
        if outcome.fault is not None:
            return _without_evidence(part, Status.FAULT, _of_fault(outcome.fault, variant))
    for variant, outcome in outcomes.items():
        if nothing := _nothing_observed(outcome):
            return _without_evidence(part, Status.FAULT, _of_fault(nothing, variant))
    seen = {variant: observe(Task(part.name, variant), attempt, references, device) for variant in outcomes}
    try:
        judged = _judge_all(part, seen, references.solution)
    except _OursError as error:
        return ungraded(part, f"{part.name}: {error}")
    with suppress(Exception):  # a name is a courtesy; what an author's function raises here costs nothing
        judged = name_mistakes(part, judged, seen, references.mistakes_in(part.name))
    verdict = _verdict(part, _with_causes(judged, outcomes))
    return replace(verdict, findings=(*verdict.findings, *_changed_inputs(outcomes, seen)))


def ungraded(part: Part, why: str | Text) -> Verdict:
    """Return the verdict on a part that could not be judged through no fault of the student."""
    return _without_evidence(part, Status.UNGRADED, _ungraded(why))


def stopped(part: Part, fault: Fault) -> Verdict:
    """Return the verdict on a part whose judging was stopped at a limit, which is the student's doing."""
    return _without_evidence(part, Status.FAULT, _of_fault(fault, PUBLIC))


def _ungraded(why: str | Text) -> Finding:
    return replace(finding_of(_RUN, UNGRADED, why=why), label=WHOLE_PART)


def _failure(part: Part, outcomes: Mapping[str, Outcome], references: References) -> str | None:
    """Return in English why the engine cannot judge the part, or None if it can."""
    if not outcomes:
        return f"{part.name} was not run"
    for variant, outcome in outcomes.items():
        task = Task(part.name, variant)
        if outcome.failure is not None:
            return outcome.failure
        if task not in references.inputs:
            return f"there are no inputs for {task}"
        if references.solution is not None:
            reference = references.solution.outcomes.get(task)
            if reference is None or reference.evidence is None:
                return f"the reference solution gave no evidence for {task}"
    return None


def _nothing_observed(outcome: Outcome) -> Fault | None:
    """Return the first fault of a task in which nothing at all could be observed."""
    evidence = outcome.evidence
    if evidence is None or evidence.arrays or evidence.facts:
        return None
    return next(iter(outcome.missing.values()), None)


def _of_fault(fault: Fault, variant: str) -> Finding:
    """Return a fault's finding; on hidden data only its kind, because an error's text could leak the data."""
    message, traceback = fault.message, fault.traceback
    if variant not in OPEN_VARIANTS:
        message, traceback = ON_HIDDEN_DATA.format(kind=FAULT_NAMES[fault.kind.value]), ""
    return Finding(
        check=_RUN,
        passed=False,
        message=message,
        kind=fault.kind.value,
        variant=variant,
        traceback=traceback,
        label=WHOLE_PART,
    )


def _without_evidence(part: Part, status: Status, finding: Finding) -> Verdict:
    return Verdict(part=part.name, status=status, points=0.0, max_points=part.points, findings=(finding,))


_Seen = Mapping[str, Observation]  # by variant, the public one first
_Judged = Sequence[tuple[Check, Finding]]


def observe(task: Task, attempt: Attempt, references: References, device: str) -> Observation:
    """Return the observation of a task; the task must have evidence."""
    evidence = attempt.outcomes[task].evidence
    assert evidence is not None  # faults and failures were dealt with before
    solution = references.solution
    return Observation(
        evidence=evidence,
        inputs=references.inputs[task],
        reference=None if solution is None else solution.outcomes[task].evidence,
        source=attempt.source,
        modules=attempt.modules,
        device=device,
        missing=attempt.outcomes[task].missing,
    )


def _judge_all(part: Part, seen: _Seen, solution: Attempt | None) -> _Judged:
    """Judge the checks in order, up to the first required one that fails; without a solution the public."""
    judged = []
    for check in part.checks:
        if solution is None and not check.public:
            continue
        finding = _judge(check, seen, solution)
        judged.append((check, finding))
        if check.points is None and not finding.passed:
            break
    return judged


class _OursError(Exception):
    """A check cannot judge, and that is not the student's doing."""


def _judge_one(check: Check, seen: Observation, solution: Attempt | None) -> Finding:
    """Judge one variant. What is raised is the evidence's fault if the solution's own raises nothing.

    Raises:
        _OursError: it would judge nobody.
    """
    try:
        return check.judge(seen)
    except AbsentReferenceError as error:
        raise _OursError(str(error)) from error
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:_SAID]
        if solution is None or not _judges(check, seen, solution):
            raise _OursError(f"{check.id}: {said}") from error
        if isinstance(error, OverLimitError):
            fault = error.fault
            return Finding(check=check.id, passed=False, message=fault.message, kind=fault.kind.value)
        return finding_of(check.id, NOT_JUDGEABLE, error=said)


def _judges(check: Check, seen: Observation, solution: Attempt) -> bool:
    """Return whether a check can judge the solution where a submission was seen."""
    if seen.reference is None:
        return False
    right = replace(seen, evidence=seen.reference, missing={})
    right = replace(right, source=solution.source, modules=solution.modules)
    try:
        check.judge(right)
    except (MemoryError, OverLimitError):
        raise  # at a limit that what was seen before has used up; the solution alone is judged elsewhere
    except Exception:
        return False
    return True


def _judge(check: Check, seen: _Seen, solution: Attempt | None) -> Finding:
    """Return the failed finding that earns least over the variants, else the first variant's finding."""
    found, failed = {}, []
    for variant, observation in seen.items():
        found[variant] = finding = _judge_one(check, observation, solution)
        if not finding.passed:
            if variant not in OPEN_VARIANTS:
                finding = _of_hidden(check, finding, observation, next(iter(seen.values())))
            failed.append(replace(finding, variant=variant, label=check.label))
            if not finding.share:
                break
    if failed:
        return min(failed, key=attrgetter("share"))
    variant, finding = next(iter(found.items()))
    if finding.variant == variant and finding.label is not NO_LABEL:
        return finding
    return replace(finding, variant=variant, label=check.label)


def _of_hidden(check: Check, found: Finding, seen: Observation, published: Observation) -> Finding:
    """Return a finding on hidden data without their values.

    That an answer is fixed is said only where it is proven: where the evidence is that on published data.
    """
    if found.kind in FAULTS:
        return Finding(
            check=check.id,
            passed=False,
            message=ON_HIDDEN_DATA.format(kind=FAULT_NAMES[found.kind]),
            kind=found.kind,
        )
    if _same(seen.evidence, published.evidence):
        return replace(finding_of(check.id, HIDDEN_ONLY), share=found.share)
    what = _THERE.get(found.kind, VALUES_DIFFER_THERE)
    told = finding_of(check.id, ON_OTHER_DATA, what=what)
    return replace(told, kind=found.kind, share=found.share)


def _same(mine: Evidence, other: Evidence) -> bool:
    """Return whether two pieces of evidence are equal to the bit."""
    return (
        mine.arrays.keys() == other.arrays.keys()
        and mine.facts == other.facts
        and all(
            (array.dtype, array.shape) == (other.arrays[name].dtype, other.arrays[name].shape)
            and array.tobytes() == other.arrays[name].tobytes()
            for name, array in mine.arrays.items()
        )
    )


def _with_causes(judged: _Judged, outcomes: Mapping[str, Outcome]) -> _Judged:
    """Add to what failed what went wrong first, where names were absent for another failure."""
    return [
        (check, replace(found, message=join([found.message, FIRST_CAUSE.format(what=cause)])))
        if not found.passed
        and found.kind not in FAULTS  # a fault says it itself
        and (cause := outcomes[found.variant].cause) is not None
        else (check, found)
        for check, found in judged
    ]


def _changed_inputs(outcomes: Mapping[str, Outcome], seen: _Seen) -> list[Finding]:
    """Say, without taking points, which arguments a function changed in place."""
    changed = {
        name: function
        for variant, outcome in outcomes.items()
        for name, function in outcome.changed.items()
        if name in seen[variant].inputs
    }
    told = [finding_of(_RUN, CHANGED_INPUT, passed=True, name=n, function=f) for n, f in changed.items()]
    return [replace(finding, label=INPUTS) for finding in told]


def _verdict(part: Part, judged: _Judged) -> Verdict:
    required_hold = all(found.passed for check, found in judged if check.points is None)
    findings = tuple(_with_points(check, found, required_hold) for check, found in judged)
    manual = add_points(found.max_points for found in findings if found.manual and required_hold)
    points = add_points(found.points for found in findings)
    if all(check.points is None for check in part.checks) and required_hold and judged:
        waits = any(found.manual for found in findings)
        points, manual = (0.0, part.points) if waits else (part.points, 0.0)
    return Verdict(
        part=part.name,
        status=_status(points, manual, passed=all(found.passed for found in findings)),
        points=points,
        max_points=part.points,
        findings=findings,
        manual=manual,
    )


def _with_points(check: Check, found: Finding, required_hold: bool) -> Finding:
    if not check.points:
        return found
    share = 0.0 if found.manual or not required_hold else 1.0 if found.passed else found.share
    worth = float(check.points)
    return replace(found, points=add_points([worth * share]), max_points=worth)


def _status(points: float, manual: float, *, passed: bool) -> Status:
    if manual > 0:
        return Status.MANUAL
    if passed:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED
