"""What verifying states: lines that hold or not, each with the findings behind one that does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from autograder.core.check import Check
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Task
from autograder.core.text import Text, join
from autograder.core.verdict import Finding, Status, Verdict
from autograder.grading.grade import References, grade_part, observe


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A finding behind a line that does not hold.

    Attributes:
        part: the part's name.
        check: the check's name in results.json; empty for what concerns the part as a whole.
        variant: the name of the variant that decided.
        message: what was found, with the values of hidden variants too.
        numbers: the numbers in the message, by name.
    """

    part: str
    check: str
    variant: str
    message: Text
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A statement that was verified.

    Attributes:
        question: ``exam/question``.
        subject: the solution, the template, a mistake's name, a picture, a pinned value or a trivial answer.
        expected: the expected outcome.
        got: the outcome.
        holds: whether the outcome is as expected.
        ungraded: whether a failure of the machine left it ungraded.
        reasons: the findings behind a line that does not hold.
        numbers: how many there are of what the line counts, by name.
    """

    question: str
    subject: Text
    expected: Text
    got: Text
    holds: bool
    ungraded: bool = False
    reasons: tuple[Reason, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)


def loses(parts: Collection[str]) -> Text:
    """Return in which parts points are lost."""
    names = ", ".join(sorted(parts))
    return Text(ko=f"{names} 감점" if names else "감점 없음", en=f"loses {names or 'nothing'}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many lines there are: of those that do not hold, the ungraded ones are counted apart."""

    lines: int
    hold: int
    do_not_hold: int
    ungraded: int

    @property
    def text(self) -> Text:
        """The line that ends what ``autograder verify`` prints."""
        verbs = ["holds" if self.hold == 1 else "hold", "does not" if self.do_not_hold == 1 else "do not"]
        lines = "1 line" if self.lines == 1 else f"{self.lines} lines"
        return Text(
            en=f"{lines}: {self.hold} {verbs[0]}, {self.do_not_hold} {verbs[1]}, {self.ungraded} ungraded",
            ko=f"{self.lines}개 중 {self.hold}개 맞음, {self.do_not_hold}개 틀림, {self.ungraded}개 보류",
        )


def english(line: Line) -> dict[str, Any]:
    """Return a line as ``verify --json`` prints it, in English."""

    def plain(fields: list[tuple[str, Any]]) -> Any:
        made = dict(fields)
        return made["en"] if made.keys() == {"ko", "en"} else made

    return asdict(line, dict_factory=plain)


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
            passes = Text(ko=f"통과: {names or '검사 없음'}", en=f"passes: {names or 'no check'}")
            yield Reason(part=verdict.part, check="", variant="", message=passes)
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
            message=join([message, Text(named)], ""),
            numbers=numbers,
        )
