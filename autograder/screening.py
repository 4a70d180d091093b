"""Many submissions to a question judged together: what plainly holds is found for all at once. Pure.

Where a submission's arrays have the shapes of the reference's, they are stacked with those of others, and
each check tells in a few operations on the stack which of them plainly get the ruling of the reference
itself. Who gets it for every check has the reference's verdict; everyone else is judged alone, from the first
check that is not plain. So a verdict does not depend on who else is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from autograder.checks import Check, Crowd, Observation, Ruling
from autograder.evidence import Evidence
from autograder.exam import Question
from autograder.grading import Known, References, grade_part, measured, observe
from autograder.outcome import Attempt, Task
from autograder.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """The reference on one task, with the checks that it passes, up to the first that it does not."""

    seen: Observation
    checks: Sequence[Check]
    rulings: Sequence[Ruling]
    form: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A question ready to judge many submissions; see :func:`screen_for`."""

    question: Question
    references: References
    device: str
    models: Mapping[Task, _Model]
    _right: dict[Task, Verdict] = field(default_factory=dict, repr=False)

    def grade(self, attempts: Sequence[Attempt]) -> list[list[Verdict]]:
        """Judge every part of each attempt, exactly as :func:`autograder.grading.grade` does."""
        known = self._screen(attempts)
        return [self._verdicts(attempt, mine) for attempt, mine in zip(attempts, known, strict=True)]

    def _screen(self, attempts: Sequence[Attempt]) -> list[dict[str, Known]]:
        """Return by part, and for each variant, the rulings of the checks that plainly hold, in order."""
        known: list[dict[str, dict[str, Sequence[Ruling]]]] = [{} for _ in attempts]
        members: dict[Task, list[int]] = {}
        for number, attempt in enumerate(attempts):
            for task, outcome in attempt.outcomes.items():
                model = self.models.get(task)
                if model and outcome.evidence is not None and _form(outcome.evidence) == model.form:
                    members.setdefault(task, []).append(number)
        for task, numbers in members.items():
            model = self.models[task]
            evidence = [attempts[number].outcomes[task].evidence for number in numbers]
            crowd = Crowd(
                model=model.seen,
                evidence=[one for one in evidence if one is not None],
                sources=[attempts[number].source for number in numbers],
            )
            for number, count in zip(numbers, _count_plain(model.checks, crowd), strict=True):
                known[number].setdefault(task.part, {})[task.variant] = model.rulings[:count]
        return known  # type: ignore[return-value]

    def _verdicts(self, attempt: Attempt, known: Mapping[str, Known]) -> list[Verdict]:
        found, by_part = [], attempt.by_part()
        for part in self.question.parts:
            outcomes, mine = by_part.get(part.name, {}), known.get(part.name, {})
            plain = outcomes and all(len(mine.get(name, ())) == len(part.checks) for name in outcomes)
            task = Task(part.name, next(iter(outcomes), ""))  # whose rulings the findings show
            if plain and task in self._right:
                found.append(measured(self._right[task], outcomes))
                continue
            verdict = grade_part(part, attempt, self.references, self.device, mine)
            if plain:
                self._right[task] = verdict
            found.append(verdict)
        return found


def screen_for(question: Question, references: References, device: str = "cpu") -> Screen:
    """Judge the reference itself; arguments as of :func:`autograder.grading.grade`."""
    models = {}
    for task, outcome in references.solution.outcomes.items() if references.solution else ():
        if outcome.evidence is not None and task in references.inputs:
            assert references.solution is not None
            seen = observe(task, references.solution, references, device)
            rulings = _passed(question.part(task.part).checks, seen)
            models[task] = _Model(
                seen=seen,
                checks=question.part(task.part).checks[: len(rulings)],
                rulings=rulings,
                form=_form(outcome.evidence),
            )
    return Screen(question=question, references=references, device=device, models=models)


def _passed(checks: Sequence[Check], seen: Observation) -> list[Ruling]:
    rulings: list[Ruling] = []
    for check in checks:
        try:
            ruling = check.judge(seen)
        except LookupError:  # the reference lacks something, which each submission is told
            break
        if not ruling.passed:
            break
        rulings.append(ruling)
    return rulings


def _form(evidence: Evidence) -> dict[str, object]:
    """Return what the arrays of a crowd have in common."""
    return {name: (array.shape, array.dtype) for name, array in evidence.arrays.items()}


def _count_plain(checks: Sequence[Check], crowd: Crowd) -> list[int]:
    """Return for each member how many checks, from the first on, it plainly passes as the model does."""
    counts, left = np.full(len(crowd), len(checks)), np.arange(len(crowd))
    for number, check in enumerate(checks):
        try:
            plain = np.asarray(check.alike(crowd), bool)
        except LookupError:  # somebody's evidence lacks something, which only they are told
            plain = np.zeros(len(crowd), bool)
        if not plain.all():
            counts[left[~plain]] = number
            left, crowd = left[plain], crowd.where(plain)
            if not left.size:
                break
    return counts.tolist()
