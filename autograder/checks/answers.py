"""Checks of facts: choices, reported structure, and essays that wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from autograder.checks.base import Named
from autograder.core.check import Likeness, Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.text import (
    ANSWER_OF,
    ESSAY_EMPTY,
    ESSAY_OF,
    ESSAY_WAITS,
    EXPECTED_FACT,
    FORM_OF,
    NOT_AN_OPTION,
    VALUE_OF,
    WRONG_CHOICE,
    WRONG_FACT,
    Text,
)
from autograder.core.verdict import Finding, finding_of

_ABSENT: Json = object()


def _same_fact(mine: Json, theirs: Json) -> bool:
    """Return whether two facts are equal; True does not equal 1."""
    if isinstance(mine, bool) or isinstance(theirs, bool):
        return mine is theirs
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(_same_fact, mine, theirs))
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(_same_fact(mine[key], theirs[key]) for key in mine)
    return bool(mine == theirs)


@dataclass(frozen=True, slots=True)
class _OfFact(Named):
    """A check of one fact."""

    reads_source: ClassVar[bool] = False
    reads_facts: ClassVar[bool] = True

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        mine, theirs = (evidence.facts.get(self.name, _ABSENT) for evidence in (seen.evidence, other))
        if mine is _ABSENT or theirs is _ABSENT:
            return Likeness.SILENT if mine is theirs else Likeness.DIFFERENT
        if not _same_fact(mine, theirs):
            return Likeness.DIFFERENT
        right = {} if seen.reference is None else seen.reference.facts
        return Likeness.SILENT if _same_fact(mine, right.get(self.name, _ABSENT)) else Likeness.SAME

    def in_reference(self, seen: Observation) -> Json:
        """Return the reference's fact.

        Raises:
            LookupError: there is none.
        """
        if seen.reference is None or self.name not in seen.reference.facts:
            raise LookupError(f"{self.id}: the reference has no fact of this name")
        return seen.reference.facts[self.name]


@dataclass(frozen=True, slots=True)
class Choice(_OfFact):
    """True/false or multiple choice: one answer, or a mapping from item to answer.

    ``key`` computes the right answer from the inputs, which makes the check public and needs no secret;
    without it the right answer is the reference's.
    """

    about: ClassVar[Text] = ANSWER_OF

    _: KW_ONLY
    key: Callable[[Evidence], Json] | None = None

    @property
    def public(self) -> bool:
        return self.key is not None

    def judge(self, seen: Observation) -> Finding:
        if self.name not in seen.evidence.facts:
            return self.lacks(seen, self.name)
        answer = seen.evidence.facts[self.name]
        right = self.in_reference(seen) if self.key is None else self.key(seen.inputs)
        wrong = _wrong_items(answer, right)
        if not wrong:
            return self.passes()
        count = {"total": len(right) if isinstance(right, Mapping) else 1, "count": len(wrong)}
        return self.fails(WRONG_CHOICE, name=self.name, which=", ".join(wrong), **count)


def _wrong_items(answer: Json, right: Json) -> list[str]:
    if not isinstance(right, Mapping):
        return [] if _same_fact(answer, right) else [str(answer)]
    given = answer if isinstance(answer, Mapping) else {}
    return [str(item) for item in right if not _same_fact(given.get(item, ...), right[item])]


@dataclass(frozen=True, slots=True)
class OneOf(_OfFact):
    """The fact is one of these values, so the question was answered in the required form."""

    about: ClassVar[Text] = FORM_OF

    _: KW_ONLY
    options: Sequence[Json]

    def judge(self, seen: Observation) -> Finding:
        if self.name not in seen.evidence.facts:
            return self.lacks(seen, self.name)
        got = seen.evidence.facts[self.name]
        if any(_same_fact(got, option) for option in self.options):
            return self.passes()
        options = ", ".join(map(repr, self.options))
        return self.fails(NOT_AN_OPTION, name=self.name, got=_short(got), options=options)


@dataclass(frozen=True, slots=True)
class Facts(_OfFact):
    """The fact (layer list, parameter counts, ...) equals ``expected``, by default the reference's."""

    about: ClassVar[Text] = VALUE_OF

    _: KW_ONLY
    expected: Json = ...

    @property
    def public(self) -> bool:
        return self.expected is not ...

    def judge(self, seen: Observation) -> Finding:
        if self.name not in seen.evidence.facts:
            return self.lacks(seen, self.name)
        expected = self.in_reference(seen) if self.expected is ... else self.expected
        got = seen.evidence.facts[self.name]
        if _same_fact(got, expected):
            return self.passes()
        shown = EXPECTED_FACT.format(value=_short(expected))
        return self.fails(WRONG_FACT, name=self.name, got=_short(got), expected=shown)


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "..."


@dataclass(frozen=True, slots=True)
class Essay(Named):
    """Free text that a person grades by a rubric; an empty answer fails without one."""

    _: KW_ONLY
    rubric: Text

    reads_source: ClassVar[bool] = False
    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = ESSAY_OF

    def judge(self, seen: Observation) -> Finding:
        answer = seen.evidence.facts.get(self.name)
        if isinstance(answer, str) and answer.strip():
            return finding_of(self.id, ESSAY_WAITS, passed=True, manual=True)
        return self.fails(ESSAY_EMPTY, name=self.name)
