"""Many submissions to a question judged together: what plainly holds is found for all at once. Pure.

Those whose evidence is the same, as that of many right answers and of many with the same mistake is, are
judged once. Where a submission's arrays have the shapes of the reference's, they are stacked with those of
others, and each check tells in a few operations on the stack which of them plainly get the ruling of the
reference itself. Who gets it for every check has the reference's verdict; everyone else is judged alone, from
the first check that is not plain. So a verdict does not depend on who else is judged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from autograder.checks import Check, Crowd, Observation, Ruling
from autograder.core.exam import Part, Question
from autograder.core.outcome import Task, by_part
from autograder.core.verdict import Verdict
from autograder.grading.grade import References, grade_part, measured, observe
from autograder.grading.layout import Form, form_of
from autograder.records.codec import Stored

_MOST_KNOWN = 1024  # verdicts that are kept for the same evidence, those of late
_Key = tuple[object, ...]  # the same for those who surely get the same verdict on a part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """The reference on one task, with the checks that it passes, up to the first that it does not."""

    seen: Observation
    checks: Sequence[Check]
    rulings: Sequence[Ruling]
    form: Form


@dataclass(frozen=True, slots=True)
class _Case:
    """A part of an attempt, for all whose evidence is the same; ``known`` is filled by screening."""

    part: Part
    tasks: Sequence[Task]
    stored: Stored
    known: dict[str, Sequence[Ruling]] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether all checks plainly hold on every variant."""
        return len(self.known) == len(self.tasks) > 0 and all(
            len(rulings) == len(self.part.checks) for rulings in self.known.values()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A question ready to judge many submissions; see :func:`screen_for`.

    Attributes:
        models: the reference on each task.
        shared: the parts whose verdict follows from evidence alone.
    """

    question: Question
    references: References
    device: str
    models: Mapping[Task, _Model]
    shared: frozenset[str]
    _right: dict[Task, Verdict] = field(default_factory=dict, repr=False)
    _known: OrderedDict[_Key, Verdict] = field(default_factory=OrderedDict, repr=False)

    def grade(self, class_of: Sequence[Stored]) -> Iterator[list[Verdict]]:
        """Yield for each attempt what :func:`autograder.grading.grade.grade` returns.

        Raises:
            EvidenceError: one of them is not a stored attempt.
        """
        cases: dict[_Key, _Case] = {}
        asked: list[list[tuple[_Key, Verdict | None, list[tuple[float, int | None]]]]] = []
        for number, stored in enumerate(class_of):
            tasks = by_part(stored.records)
            asked.append([])
            for part in self.question.parts:
                mine = tasks.get(part.name, [])
                whose = stored.digests(mine) if part.name in self.shared else [None]
                key = (number, part.name) if None in whose else (part.name, *mine, *whose)
                if known := self._known.get(key):
                    self._known.move_to_end(key)
                elif key not in cases:
                    cases[key] = _Case(part, mine, stored)
                asked[-1].append((key, known, stored.took(mine)))
        self._screen(cases.values())
        for of_one in asked:
            yield [measured(known or self._verdict(key, cases[key]), took) for key, known, took in of_one]

    def _verdict(self, key: _Key, case: _Case) -> Verdict:
        if key in self._known:
            return self._known[key]
        verdict = self._judge(case)
        if key[0] == case.part.name:  # else it is one attempt's
            self._known[key] = verdict
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return verdict

    def _screen(self, cases: Iterable[_Case]) -> None:
        """Find by variant the rulings that plainly hold, of the checks from the first on."""
        members: dict[Task, list[_Case]] = {}
        for case in cases:
            for task in case.tasks:
                model = self.models.get(task)
                if model and case.stored.gave(task) and case.stored.form(task) == model.form:
                    members.setdefault(task, []).append(case)
        for task, same in members.items():
            model = self.models[task]
            crowd = Crowd(
                model=model.seen,
                arrays=[case.stored.arrays(task) for case in same],
                facts=[case.stored.records[task]["facts"] for case in same],
                sources=["" if task.part in self.shared else case.stored.source for case in same],
            )
            for case, count in zip(same, _count_plain(model.checks, crowd), strict=True):
                case.known[task.variant] = model.rulings[:count]

    def _judge(self, case: _Case) -> Verdict:
        if case.right and case.tasks[0] in self._right:
            return self._right[case.tasks[0]]
        attempt = case.stored.attempt()
        verdict = grade_part(case.part, attempt, self.references, self.device, case.known)
        if case.right:
            self._right[case.tasks[0]] = verdict  # it shows the rulings of the first
        return verdict


def screen_for(question: Question, references: References, device: str = "cpu") -> Screen:
    """Judge the reference itself; arguments as of :func:`autograder.grading.grade.grade`."""
    models = {}
    for task, outcome in references.solution.outcomes.items() if references.solution else ():
        if outcome.evidence is not None and task in references.inputs:
            assert references.solution is not None
            checks = question.part(task.part).checks
            seen = observe(task, references.solution, references, device)
            rulings = _passed(checks, seen)
            models[task] = _Model(
                seen=seen,
                checks=checks[: len(rulings)],
                rulings=rulings,
                form=form_of(outcome.evidence.arrays),
            )
    shared = [part.name for part in question.parts if not any(check.reads_source for check in part.checks)]
    return Screen(
        question=question,
        references=references,
        device=device,
        models=models,
        shared=frozenset(shared),
    )


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
