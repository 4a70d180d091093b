"""Checks of facts: choices, reported structure, and essays that wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from autograder.checks.base import Crowd, Named, Observation, Ruling
from autograder.core.evidence import Evidence, Json
from autograder.core.text import (
    ABSENT,
    ESSAY_EMPTY,
    ESSAY_WAITS,
    EXPECTED_FACT,
    NOT_AN_OPTION,
    WRONG_CHOICE,
    WRONG_FACT,
    Text,
)


def _same_fact(mine: Json, theirs: Json) -> bool:
    """Equality that does not take True for 1."""
    if isinstance(mine, bool) or isinstance(theirs, bool):
        return mine is theirs
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(_same_fact, mine, theirs))
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(_same_fact(mine[key], theirs[key]) for key in mine)
    return bool(mine == theirs)


@dataclass(frozen=True, slots=True)
class Choice(Named):
    """True/false or multiple choice: one answer, or a mapping from item to answer.

    ``key`` computes the right answer from the inputs, by mathematics that anyone may see, and makes the
    check public; without it the right answer is the solution's, which has the experiment behind it.
    """

    _: KW_ONLY
    key: Callable[[Evidence], Json] | None = None

    reads_source: ClassVar[bool] = False

    @property
    def public(self) -> bool:
        return self.key is not None

    def judge(self, seen: Observation) -> Ruling:
        if self.name not in seen.evidence.facts:
            return Ruling(False, ABSENT.format(name=self.name))
        answer, right = seen.evidence.facts[self.name], self._right(seen)
        wrong = _wrong_items(answer, right)
        if not wrong:
            return Ruling(True)
        total = len(right) if isinstance(right, Mapping) else 1
        message = WRONG_CHOICE.format(name=self.name, total=total, count=len(wrong), which=", ".join(wrong))
        return Ruling(False, message)

    def alike(self, crowd: Crowd) -> Sequence[bool]:
        right = self._right(crowd.model)
        return [fact is not ... and not _wrong_items(fact, right) for fact in crowd.fact(self.name)]

    def _right(self, seen: Observation) -> Json:
        if self.key is not None:
            return self.key(seen.inputs)
        if seen.reference is None or self.name not in seen.reference.facts:
            raise LookupError(f"{self.label}: the reference has no fact of this name")
        return seen.reference.facts[self.name]

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        return _same_fact(seen.evidence.facts.get(self.name), other.facts.get(self.name, ...))


def _wrong_items(answer: Json, right: Json) -> list[str]:
    if not isinstance(right, Mapping):
        return [] if _same_fact(answer, right) else [str(answer)]
    given = answer if isinstance(answer, Mapping) else {}
    return [str(item) for item in right if not _same_fact(given.get(item, ...), right[item])]


@dataclass(frozen=True, slots=True)
class OneOf(Named):
    """A fact is one of these values: that a question was answered at all, and in the form asked for."""

    _: KW_ONLY
    options: Sequence[Json]

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        if self.name not in seen.evidence.facts:
            return Ruling(False, ABSENT.format(name=self.name))
        got = seen.evidence.facts[self.name]
        if self._has(got):
            return Ruling(True)
        options = ", ".join(map(repr, self.options))
        return Ruling(False, NOT_AN_OPTION.format(name=self.name, got=_short(got), options=options))

    def alike(self, crowd: Crowd) -> Sequence[bool]:
        return [self._has(fact) for fact in crowd.fact(self.name)]

    def _has(self, fact: Json) -> bool:
        return any(_same_fact(fact, option) for option in self.options)

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        return _same_fact(seen.evidence.facts.get(self.name), other.facts.get(self.name, ...))


@dataclass(frozen=True, slots=True)
class Facts(Named):
    """A reported fact (layer list, parameter counts, ...) equals ``expected``, or else the reference's."""

    _: KW_ONLY
    expected: Json = ...

    reads_source: ClassVar[bool] = False

    @property
    def public(self) -> bool:
        return self.expected is not ...

    def judge(self, seen: Observation) -> Ruling:
        if self.name not in seen.evidence.facts:
            return Ruling(False, ABSENT.format(name=self.name))
        expected, got = self._expected(seen), seen.evidence.facts[self.name]
        if _same_fact(got, expected):
            return Ruling(True)
        shown = EXPECTED_FACT.format(value=_short(expected))
        return Ruling(False, WRONG_FACT.format(name=self.name, got=_short(got), expected=shown))

    def alike(self, crowd: Crowd) -> Sequence[bool]:
        expected = self._expected(crowd.model)
        return [_same_fact(fact, expected) for fact in crowd.fact(self.name)]

    def _expected(self, seen: Observation) -> Json:
        if self.expected is not ...:
            return self.expected
        if seen.reference is None or self.name not in seen.reference.facts:
            raise LookupError(f"{self.label}: the reference has no fact of this name")
        return seen.reference.facts[self.name]

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        return _same_fact(seen.evidence.facts.get(self.name), other.facts.get(self.name, ...))


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "..."


@dataclass(frozen=True, slots=True)
class Essay(Named):
    """Free text that a person grades by a rubric; an empty answer earns nothing at once."""

    _: KW_ONLY
    rubric: Text

    reads_source: ClassVar[bool] = False

    def judge(self, seen: Observation) -> Ruling:
        if _is_written(seen.evidence.facts.get(self.name)):
            return Ruling(True, ESSAY_WAITS, manual=True)
        return Ruling(False, ESSAY_EMPTY.format(name=self.name))

    def alike(self, crowd: Crowd) -> Sequence[bool]:
        return [_is_written(fact) for fact in crowd.fact(self.name)]


def _is_written(answer: Json) -> bool:
    return isinstance(answer, str) and bool(answer.strip())
