"""Checks of facts: choices, reported structure, and essays that wait for a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import ClassVar

from autograder.checks.base import Named
from autograder.core.check import AbsentReferenceError, Likeness, Observation
from autograder.core.errors import DeclarationError
from autograder.core.evidence import Evidence, Json
from autograder.core.text import (
    ANSWER_OF,
    EMPTY,
    ESSAY_EMPTY,
    ESSAY_OF,
    ESSAY_WAITS,
    EXPECTED_FACT,
    FORM_OF,
    NOT_AN_OPTION,
    NOT_AS_ASKED,
    NOTHING,
    VALUE_OF,
    WRONG_ANSWER,
    WRONG_CHOICE,
    WRONG_FACT,
    Text,
    join,
)
from autograder.core.verdict import Finding, finding_of

_ABSENT: Json = object()
_MAX_SHOWN = 200  # characters of a fact


# What people write for a truth value.
_TRUTHS = dict.fromkeys(["true", "t", "yes", "o", "참", "맞음", "예"], True)
_TRUTHS |= dict.fromkeys(["false", "f", "no", "x", "거짓", "틀림", "아니오", "아니요"], False)


def _same_fact(mine: Json, theirs: Json) -> bool:
    """Return whether two facts are equal, however texts are spaced; True equals 1."""
    if isinstance(mine, str) and isinstance(theirs, str):
        return mine.split() == theirs.split()
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(_same_fact, mine, theirs))
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(_same_fact(mine[key], theirs[key]) for key in mine)
    return bool(mine == theirs)


def _same_answer(mine: Json, right: Json) -> bool:
    """Return whether an answer is the right one, in capitals or small letters, a truth value in words too."""
    if not isinstance(mine, str):
        return _same_fact(mine, right)
    plain = mine.strip().casefold()
    if isinstance(right, bool):
        return _TRUTHS.get(plain) is right
    return _same_fact(plain, right.casefold() if isinstance(right, str) else right)


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
            AbsentReferenceError: there is none.
        """
        if seen.reference is None or self.name not in seen.reference.facts:
            raise AbsentReferenceError(f"{self.id}: the reference has no fact of this name")
        return seen.reference.facts[self.name]


@dataclass(frozen=True, slots=True)
class Choice(_OfFact):
    """True/false or multiple choice: one answer, or a mapping from item to answer, or a list of truth values.

    Of several answers each earns its share of the points. With ``above_constant`` only what is beyond the
    best answer that is the same for every item earns anything: for a function that judges.

    ``key`` computes the right answer from the inputs, which makes the check public and needs no secret;
    without it the right answer is the reference's.
    """

    about: ClassVar[Text] = ANSWER_OF

    _: KW_ONLY
    key: Callable[[Evidence], Json] | None = None
    above_constant: bool = False

    @property
    def public(self) -> bool:
        return self.key is not None

    def judge(self, seen: Observation) -> Finding:
        if self.name not in seen.evidence.facts:
            return self.lacks(seen, self.name)
        answer = seen.evidence.facts[self.name]
        right = self.in_reference(seen) if self.key is None else self.key(seen.inputs)
        if (keyed := _items(right)) is None:
            if _same_answer(answer, right):
                return self.passes()
            return self.fails(WRONG_ANSWER, got=_short(_quoted(answer)))
        given = answer if isinstance(answer, Mapping) else _numbered(answer, len(keyed))
        wrong = [item for item in keyed if not _same_answer(given.get(item, ...), keyed[item])]
        if not wrong:
            return self.passes()
        count = {"total": len(keyed), "count": len(wrong)}
        failed = self.fails(WRONG_CHOICE, which=", ".join(wrong), **count)
        constant = max(Counter(map(repr, keyed.values())).values()) if self.above_constant else 0
        beyond = len(keyed) - constant or len(keyed)
        return replace(failed, share=max(0.0, 1 - len(wrong) / beyond))


def _items(right: Json) -> Mapping[str, Json] | None:
    """Return the right answers by item, those of a list by their number from 1; None for one alone."""
    if isinstance(right, list) and right and all(isinstance(one, bool) for one in right):
        return _numbered(right, len(right))
    return right if isinstance(right, Mapping) else None


def _numbered(answer: Json, count: int) -> Mapping[str, Json]:
    """Return a list of so many answers by their number from 1; nothing of anything else."""
    fits = isinstance(answer, list) and len(answer) == count
    return {str(number): one for number, one in enumerate(answer, start=1)} if fits else {}


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
        if any(_same_answer(got, option) for option in self.options):
            return self.passes()
        options = join(map(_plain, self.options), ", ")
        return self.fails(NOT_AN_OPTION, got=_short(_quoted(got)), options=options)


@dataclass(frozen=True, slots=True)
class Facts(_OfFact):
    """The fact (layer list, parameter counts, ...) equals ``expected``, by default the reference's.

    ``names`` are what the items of a dictionary are called for people.
    """

    about: ClassVar[Text] = VALUE_OF

    _: KW_ONLY
    expected: Json = ...
    names: Mapping[str, Text] | None = None

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
        if isinstance(got, bool) and isinstance(expected, bool):
            return self.fails(NOT_AS_ASKED)  # labels say what is asked: "prediction without gradients"
        if isinstance(got, dict) and isinstance(expected, dict):
            got, expected = self._apart(got, expected)
        apart = _plain(got) != _plain(expected)  # [1] and 1 are not the same
        shown = [_plain(fact) if apart else Text(repr(fact)) for fact in (got, expected)]
        value, right = (one.shortened(_MAX_SHOWN) for one in shown)
        return self.fails(WRONG_FACT, got=value, expected=EXPECTED_FACT.format(value=right))

    def _apart(self, got: dict[str, Json], expected: dict[str, Json]) -> tuple[Json, Json]:
        """Return what differs of two facts that have names, by what people call them."""
        same = {name for name in got.keys() & expected.keys() if _same_fact(got[name], expected[name])}
        called = {name: Text(name) for name in [*got, *expected]} | dict(self.names or {})
        one, other = ({called[n]: fact[n] for n in fact if n not in same} for fact in (got, expected))
        return one, other


def _short(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "..."


def _quoted(value: Json) -> str:
    """Return an answer as it was written, a text without quotes."""
    return value if isinstance(value, str) and value.strip() else repr(value)


def _plain(value: Json) -> Text:
    """Return a fact as people write it: without brackets around the whole, and without quotes."""
    if isinstance(value, list | dict) and not value:
        return NOTHING
    if isinstance(value, dict):
        called = (name if isinstance(name, Text) else Text(name) for name in value)
        named = (join([name, _plain(one)], ": ") for name, one in zip(called, value.values(), strict=True))
        return join(named, ", ")
    if isinstance(value, list):
        return Text(", ".join(map(_bare, value)))
    return Text(_quoted(value))


def _bare(value: Json) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_bare, value))}]"
    return value if isinstance(value, str) else repr(value)


# A line of a rubric in Markdown, with the lines that go on with it.
_ITEM = re.compile(r"^[-*] \(([+-]?\d+(?:\.\d+)?)\) (.+(?:\n(?![-*] |\n).*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a rubric: what a person looks for in an answer, and its points, below zero to take some off.

    ``name`` is its number from 1; whoever has an item keeps it while its number stays.
    """

    points: float
    _: KW_ONLY
    ko: str = ""
    en: str = ""
    name: str = ""

    @property
    def text(self) -> Text:
        """What is looked for."""
        return Text(ko=self.ko, en=self.en)

    @property
    def line(self) -> Text:
        """The item as a line of a rubric in Markdown."""
        return Text(ko=f"- ({self.points:g}) {self.text.ko}", en=f"- ({self.points:g}) {self.text.en}")


@dataclass(frozen=True, slots=True)
class Essay(Named):
    """Free text that a person grades by a rubric; an empty answer fails without one.

    ``rubric`` is Markdown, or a list of items. Its lines ``- (2) text`` are the items, which a grader applies
    with a key; their sum, from 0 to the points of the essay, is what the answer earns.
    """

    _: KW_ONLY
    rubric: Text | Sequence[Item] = EMPTY

    reads_source: ClassVar[bool] = False
    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = ESSAY_OF
    sentence: ClassVar[str] = "rubric"

    def __post_init__(self) -> None:
        super(Essay, self).__post_init__()
        if not isinstance(self.rubric, Text):
            texts = [item.line for item in self.rubric]
            object.__setattr__(self, "rubric", join(texts, "\n"))

    @property
    def criteria(self) -> Text:
        """The rubric in Markdown."""
        assert isinstance(self.rubric, Text)
        return self.rubric

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of the rubric: its lines ``- (2) text``, the same in both languages."""
        ko, en = _ITEM.findall(self.criteria.ko), _ITEM.findall(self.criteria.en)
        if [points for points, _ in ko] != [points for points, _ in en]:
            raise DeclarationError(
                f"{self.id}: the items of its rubric have other points in Korean than in English"
            )
        return tuple(
            Item(float(points), ko=" ".join(mine.split()), en=" ".join(other.split()), name=str(number))
            for number, ((points, mine), (_, other)) in enumerate(zip(ko, en, strict=True), start=1)
        )

    def judge(self, seen: Observation) -> Finding:
        answer = seen.evidence.facts.get(self.name)
        if isinstance(answer, str) and answer.strip():
            return finding_of(self.id, ESSAY_WAITS, passed=True, manual=True)
        return self.fails(ESSAY_EMPTY)


def rubric_items(essays: Sequence[Essay]) -> dict[str, Item]:
    """Return the items of the rubrics of a part's essays by their ids, in order."""
    return {
        f"{essay.name}.{item.name}" if len(essays) > 1 else item.name: item
        for essay in essays
        for item in essay.items
    }
