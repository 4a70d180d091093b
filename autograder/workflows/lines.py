"""What verifying states: lines that hold or not, each with the findings behind one that does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.core.check import Check
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Task
from autograder.core.verdict import Finding, Status, Verdict
from autograder.grading.grade import References, grade_part, observe


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A finding behind a line that does not hold.

    Attributes:
        part: the part's name.
        check: the check's name in results.json; empty for what concerns the part as a whole.
        variant: the name of the variant that decided.
        message: what was found, in English, with the values of hidden variants too.
        numbers: the numbers in the message, by name.
    """

    part: str
    check: str
    variant: str
    message: str
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A statement that was verified.

    Attributes:
        question: ``exam/question``.
        subject: ``solution``, ``template``, a mistake's name, a picture, a pinned value or a trivial answer.
        expected: the expected outcome.
        got: the outcome.
        holds: whether the outcome is as expected.
        ungraded: whether a failure of the machine left it ungraded.
        reasons: the findings behind a line that does not hold.
        numbers: how many there are of what the line counts, by name.
    """

    question: str
    subject: str
    expected: str
    got: str
    holds: bool
    ungraded: bool = False
    reasons: tuple[Reason, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many lines there are: of those that do not hold, the ungraded ones are counted apart."""

    lines: int
    hold: int
    do_not_hold: int
    ungraded: int

    def __str__(self) -> str:
        verbs = ["holds" if self.hold == 1 else "hold", "does not" if self.do_not_hold == 1 else "do not"]
        lines = "1 line" if self.lines == 1 else f"{self.lines} lines"
        return f"{lines}: {self.hold} {verbs[0]}, {self.do_not_hold} {verbs[1]}, {self.ungraded} ungraded"


def count(lines: Sequence[Line]) -> Count:
    """Return how many lines hold."""
    hold, ungraded = sum(line.holds for line in lines), sum(line.ungraded for line in lines)
    return Count(lines=len(lines), hold=hold, do_not_hold=len(lines) - hold - ungraded, ungraded=ungraded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One attempt at all parts of a question, judged.

    Attributes:
        parts: the declarations.
        attempt: what was run.
        references: what it was judged by.
        verdicts: one for each part.
        device: where all ran.
    """

    parts: Sequence[Part]
    attempt: Attempt
    references: References
    verdicts: Sequence[Verdict]
    device: str

    @property
    def lost(self) -> frozenset[str]:
        """The parts that earn less than they could."""
        return frozenset(v.part for v in self.verdicts if v.points + v.manual < v.max_points)

    @property
    def earned(self) -> list[str]:
        """The parts that earn anything."""
        return [v.part for v in self.verdicts if v.points + v.manual > 0]

    @property
    def ungraded(self) -> bool:
        """Whether a failure of the machine left a part ungraded."""
        return any(verdict.status is Status.UNGRADED for verdict in self.verdicts)

    def unnamed(self, mistake: str) -> list[str]:
        """Return the parts that lose points and in which no finding names the mistake."""
        return [
            verdict.part
            for verdict in self.verdicts
            if verdict.part in self.lost and all(finding.mistake != mistake for finding in verdict.findings)
        ]

    def tells(self, mistake: str, part: str) -> bool:
        """Return whether a part shows the mistake: not if it is a fault, or leaves nothing but NaN."""
        alone = [known for known in self.references.mistakes if known.name == mistake]
        declared = next(one for one in self.parts if one.name == part)
        references = replace(self.references, mistakes=alone)
        verdict = grade_part(declared, self.attempt, references, self.device)
        return any(finding.mistake == mistake for finding in verdict.findings)

    def reasons(self, parts: Iterable[str]) -> tuple[Reason, ...]:
        """Return the failed findings of some parts; of one without any, that all its checks pass."""
        wanted = frozenset(parts)
        return tuple(
            reason for verdict in self.verdicts if verdict.part in wanted for reason in self._of(verdict)
        )

    def _of(self, verdict: Verdict) -> Iterator[Reason]:
        failed = [finding for finding in verdict.findings if not finding.passed]
        if not failed:
            names = ", ".join(finding.check for finding in verdict.findings)
            yield Reason(part=verdict.part, check="", variant="", message=f"passes: {names or 'no check'}")
        part = next(part for part in self.parts if part.name == verdict.part)
        checks = {check.id: check for check in part.checks}
        for finding in failed:
            yield self._reason(verdict.part, finding, checks.get(finding.check))

    def _reason(self, part: str, finding: Finding, check: Check | None) -> Reason:
        """Return a finding with the values of hidden variants, which students are not shown."""
        task = Task(part, finding.variant)
        outcome, message, numbers = self.attempt.outcomes.get(task), finding.message, finding.numbers
        if check is not None and outcome is not None and outcome.evidence is not None:
            found = check.judge(observe(task, self.attempt, self.references, self.device))
            message, numbers = found.message, found.numbers
        elif outcome is not None and outcome.fault is not None:
            message = outcome.fault.message
        named = f" [{finding.mistake}]" if finding.mistake else ""
        return Reason(
            part=part,
            check=finding.check,
            variant=finding.variant,
            message=message.en + named,
            numbers=numbers,
        )
