"""Names the declared mistake that explains what is wrong with a part, if one explains all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.checks import Essay
from autograder.core.check import Check, Likeness, Observation
from autograder.core.evidence import Evidence
from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Task
from autograder.core.text import Text
from autograder.core.verdict import Finding

Judged = Sequence[tuple[Check, Finding]]  # the checks that were judged, each with its finding
Seen = Mapping[str, Observation]  # by variant, the public one first


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMistake:
    """A declared mistake with its own evidence, for telling a student what went wrong."""

    name: str
    explanation: Text
    loses: frozenset[str]
    attempt: Attempt


def name_mistakes(part: Part, judged: Judged, seen: Seen, mistakes: Sequence[KnownMistake]) -> Judged:
    """Name in every failed finding the mistake that explains all of them, if one does.

    A mistake explains a part if, on the variants that decided, it fails exactly those judged checks that
    failed, none of the values that these read differs from its own, and some value tells: not NaN, nor a
    shape alone. Of several it is the one that agrees on most of the part's checks. Essays are left out.

    Args:
        part: the declaration.
        judged: the checks in order, up to the first required one that failed.
        seen: what was observed of the submission.
        mistakes: those that lose points in this part.
    """
    judged_here = [(check, found) for check, found in judged if not isinstance(check, Essay)]
    variants = list(dict.fromkeys(found.variant for _, found in judged_here if not found.passed))
    if not variants:
        return judged
    first = variants[0]
    wrong = [_Wrong(part, mistake, seen) for mistake in mistakes]
    explaining = [one for one in wrong if one.explains(judged_here, variants)]
    if not explaining:
        return judged
    best = explaining[0]
    if len(explaining) > 1:
        best = max(explaining, key=lambda one: one.agreement(first))
    name, explanation = best.mistake.name, best.mistake.explanation
    return [
        (check, found)
        if found.passed or isinstance(check, Essay)
        else (check, replace(found, mistake=name, explanation=explanation))
        for check, found in judged
    ]


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A mistake beside what was observed of a submission to a part."""

    part: Part
    mistake: KnownMistake
    seen: Seen

    def explains(self, judged: Judged, variants: Sequence[str]) -> bool:
        """Return whether it explains these findings, of which the failed ones are on these variants."""
        failed = [(check, found.variant) for check, found in judged if not found.passed]
        told = False
        for check, variant in failed:
            if (likeness := self._likeness(check, variant)) is Likeness.DIFFERENT:
                return False
            told = told or likeness is Likeness.SAME
        if any(self._passes(check, variant) for check, variant in failed):
            return False
        right = [check for check, found in judged if found.passed]
        if not all(self._passes(check, variant) for check in right for variant in variants):
            return False
        return told or any(
            self._likeness(check, variant) is Likeness.SAME
            for check in self.part.checks
            for variant in variants
        )

    def agreement(self, variant: str) -> int:
        """Return on how many of the part's checks it does not differ."""
        return sum(self._likeness(check, variant) is not Likeness.DIFFERENT for check in self.part.checks)

    def _evidence(self, variant: str) -> Evidence:
        outcome = self.mistake.attempt.outcomes.get(Task(self.part.name, variant))
        return (outcome and outcome.evidence) or Evidence()

    def _likeness(self, check: Check, variant: str) -> Likeness:
        return check.resembles(self.seen[variant], self._evidence(variant))

    def _passes(self, check: Check, variant: str) -> bool:
        attempt, seen = self.mistake.attempt, self.seen[variant]
        outcome = attempt.outcomes.get(Task(self.part.name, variant))
        theirs = replace(
            seen,
            evidence=self._evidence(variant),
            source=attempt.source,
            modules=attempt.modules,
            missing=outcome.missing if outcome else {},
        )
        return check.judge(theirs).passed
