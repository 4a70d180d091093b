"""Grading: from evidence to verdicts. Pure: numpy only; no files, clock, randomness or student code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from autograder.checks import Check, Gallery, Observation, Ruling
from autograder.core.evidence import Evidence
from autograder.core.exam import Part, Question
from autograder.core.outcome import PUBLIC, Attempt, Fault, Outcome, Task
from autograder.core.text import HIDDEN_ONLY, KNOWN_MISTAKE, ON_HIDDEN_DATA, UNGRADED, Text
from autograder.core.variants import PRACTICE
from autograder.core.verdict import Finding, Status, Verdict

OPEN_VARIANTS = frozenset({PUBLIC, PRACTICE})  # what happens on them may be told in full
Known = Mapping[str, Sequence[Ruling]]  # by variant, the rulings of a part's checks from the first on


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMistake:
    """A declared mistake with its own evidence, for telling a student what went wrong."""

    name: str
    explanation: Text
    loses: frozenset[str]
    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a submission to one question is compared with.

    Attributes:
        inputs: for each task what the probe was given, with what was withheld from the worker.
        solution: the reference solution's attempt; None where a student checks themselves, and then only
            checks that need no reference are judged.
        mistakes: in the order in which they are declared.
    """

    inputs: Mapping[Task, Evidence]
    solution: Attempt | None = None
    mistakes: Sequence[KnownMistake] = field(default_factory=tuple)
    _galleries: dict[Task, Gallery] = field(default_factory=dict, repr=False, compare=False)

    def mistakes_in(self, part: str) -> list[KnownMistake]:
        """Return the mistakes that lose points in a part."""
        return [mistake for mistake in self.mistakes if part in mistake.loses]

    def gallery(self, task: Task) -> Gallery:
        """Return the evidence of a part's mistakes, empty where one gave none."""
        if task not in self._galleries:
            outcomes = [mistake.attempt.outcomes.get(task) for mistake in self.mistakes_in(task.part)]
            evidence = [outcome.evidence if outcome else None for outcome in outcomes]
            self._galleries[task] = Gallery([found or Evidence() for found in evidence])
        return self._galleries[task]


def grade(question: Question, attempt: Attempt, references: References, device: str = "cpu") -> list[Verdict]:
    """Judge every part of a question.

    Args:
        question: the declaration.
        attempt: what running the submission gave.
        references: for at least the tasks of the attempt.
        device: where the attempt and its references ran; tolerances may depend on it.
    """
    return [grade_part(part, attempt, references, device) for part in question.parts]


def grade_part(
    part: Part,
    attempt: Attempt,
    references: References,
    device: str = "cpu",
    known: Known = MappingProxyType({}),
) -> Verdict:
    """Judge one part on all its variants; a check passes only if it passes on every one of them.

    ``known`` are rulings that need no judging any more.
    """
    outcomes = attempt.of_part(part.name)
    verdict = _judge_part(part, attempt, outcomes, references, device, known)
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
    part: Part,
    attempt: Attempt,
    outcomes: Mapping[str, Outcome],
    references: References,
    device: str,
    known: Known,
) -> Verdict:
    if why := _failure(part, outcomes, references):
        return _without_evidence(part, Status.UNGRADED, UNGRADED.format(why=why))
    for variant, outcome in outcomes.items():
        if outcome.fault is not None:
            message, traceback = _tell(outcome.fault, variant)
            return _without_evidence(part, Status.FAULT, message, traceback)
    seen = {variant: observe(Task(part.name, variant), attempt, references, device) for variant in outcomes}
    try:
        judged = _judge_all(part, seen, known, only_public=references.solution is None)
    except LookupError as error:  # an input or a reference that the declaration promises is not there
        why = f"{part.name}: {error}"
        return _without_evidence(part, Status.UNGRADED, UNGRADED.format(why=why))
    return _verdict(part, _name_mistakes(part, judged, seen, references))


def _failure(part: Part, outcomes: Mapping[str, Outcome], references: References) -> str | None:
    """Return why the part cannot be judged through no fault of the student, in plain English."""
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


def _tell(fault: Fault, variant: str) -> tuple[Text, str]:
    """Return (message, traceback). On hidden data an error's text could carry the data out: only the kind."""
    if variant in OPEN_VARIANTS:
        return fault.message, fault.traceback
    return ON_HIDDEN_DATA.format(kind=fault.kind.value), ""


def _without_evidence(part: Part, status: Status, message: Text, traceback: str = "") -> Verdict:
    finding = Finding(check="run", passed=False, message=message, traceback=traceback)
    return Verdict(
        part=part.name,
        status=status,
        points=0.0,
        max_points=part.points,
        findings=(finding,),
    )


_Seen = Mapping[str, Observation]  # by variant, the public one first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A check with its ruling, the first that failed or else the public one, and the variant it is of."""

    check: Check
    ruling: Ruling
    variant: str
    mistake: str | None = None


def observe(task: Task, attempt: Attempt, references: References, device: str) -> Observation:
    """Return what checks may look at of a task that gave evidence."""
    evidence = attempt.outcomes[task].evidence
    assert evidence is not None  # faults and failures were dealt with before
    solution = references.solution
    return Observation(
        evidence=evidence,
        inputs=references.inputs[task],
        reference=None if solution is None else solution.outcomes[task].evidence,
        source=attempt.source,
        device=device,
    )


def _judge_all(part: Part, seen: _Seen, known: Known, *, only_public: bool) -> list[_Judged]:
    """Judge in order. After a required check that failed there is nothing left to earn, nor to say."""
    judged = []
    for number, check in enumerate(part.checks):
        if only_public and not check.public:
            continue
        done = {variant: rulings[number] for variant, rulings in known.items() if number < len(rulings)}
        judged.append(_judge(check, seen, done))
        if check.points is None and not judged[-1].ruling.passed:
            break
    return judged


def _judge(check: Check, seen: _Seen, done: Mapping[str, Ruling]) -> _Judged:
    rulings = {}
    for variant, observation in seen.items():
        ruling = done.get(variant) or check.judge(observation)
        if not ruling.passed and variant not in OPEN_VARIANTS:
            ruling = Ruling(False, HIDDEN_ONLY.format(check=check.label))
        rulings[variant] = ruling
        if not ruling.passed:
            return _Judged(check=check, ruling=ruling, variant=variant)
    variant = next(iter(rulings))
    return _Judged(check=check, ruling=rulings[variant], variant=variant)


def _name_mistakes(part: Part, judged: list[_Judged], seen: _Seen, references: References) -> list[_Judged]:
    """Name the declared mistake that explains most of the failed checks, where one does.

    Of several that explain as many, the one is named whose evidence agrees with the submission's on most of
    the part's checks, passed or not.
    """

    def sharing(check: Check, variant: str) -> list[bool]:
        """Tell of each mistake whether the submission shares with it what a check looks at."""
        return check.resembling(seen[variant], references.gallery(Task(part.name, variant)))

    failed = [found for found in judged if not found.ruling.passed]
    shared = [sharing(found.check, found.variant) for found in failed]
    explained = [sum(column) for column in zip(*shared, strict=True)]
    if not any(explained):
        return judged
    likely = [number for number, count in enumerate(explained) if count == max(explained)]
    best = likely[0]
    if len(likely) > 1:
        checked = [sharing(check, failed[0].variant) for check in part.checks]
        agreeing = [sum(column) for column in zip(*checked, strict=True)]
        best = max(likely, key=agreeing.__getitem__)
    mistake = references.mistakes_in(part.name)[best]
    told = [found for found, alike in zip(failed, shared, strict=True) if alike[best]]
    return [_explain(found, mistake) if found in told else found for found in judged]


def _explain(found: _Judged, mistake: KnownMistake) -> _Judged:
    message = KNOWN_MISTAKE.format(
        message=found.ruling.message, name=mistake.name, explanation=mistake.explanation
    )
    return replace(found, ruling=Ruling(False, message), mistake=mistake.name)


def _verdict(part: Part, judged: Sequence[_Judged]) -> Verdict:
    required_hold = all(found.ruling.passed for found in judged if found.check.points is None)
    findings = tuple(_finding(found, required_hold) for found in judged)
    manual = sum(
        finding.max_points
        for finding, found in zip(findings, judged, strict=True)
        if found.ruling.manual and required_hold
    )
    points = sum(finding.points for finding in findings)
    if all(check.points is None for check in part.checks) and required_hold and judged:
        waits = any(found.ruling.manual for found in judged)
        points, manual = (0.0, part.points) if waits else (part.points, 0.0)
    return Verdict(
        part=part.name,
        status=_status(points, manual, passed=all(found.ruling.passed for found in judged)),
        points=points,
        max_points=part.points,
        findings=findings,
        manual=manual,
    )


def _finding(found: _Judged, required_hold: bool) -> Finding:
    worth = float(found.check.points or 0)
    earns = found.ruling.passed and not found.ruling.manual and required_hold
    return Finding(
        check=found.check.label,
        passed=found.ruling.passed,
        message=found.ruling.message,
        points=worth if earns else 0.0,
        max_points=worth,
        mistake=found.mistake,
    )


def _status(points: float, manual: float, *, passed: bool) -> Status:
    if manual > 0:
        return Status.MANUAL
    if passed:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED
