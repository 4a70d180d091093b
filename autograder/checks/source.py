"""Checks of the source: what must and what must not be used, by name, whatever it was imported as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from typing import ClassVar

from autograder.checks.base import Named
from autograder.checks.evasion import evasions
from autograder.checks.names import Reading, TooManyAliasesError
from autograder.core.check import Observation
from autograder.core.evidence import Evidence
from autograder.core.text import (
    FORBIDDEN,
    NAMES_NOT_TO_USE,
    NAMES_TO_USE,
    NOT_USED,
    TOO_MANY_ALIASES,
    Text,
)
from autograder.core.verdict import Finding

_CACHED = 1024  # results kept, since all parts and variants of a submission have the same source


@lru_cache(maxsize=1)
def _reading(source: str) -> Reading:
    return Reading(source)


def used_names(source: str) -> tuple[tuple[str, int], ...]:
    """Return (full dotted name, line) of everything a module refers to.

    Aliases are resolved: after ``import torch.nn as n`` or ``n = torch.nn``, ``n.RNN`` is ``torch.nn.RNN``;
    ``getattr(n, "RNN")`` is too. ``from torch.nn import *`` gives ``torch.nn.*``.

    Raises:
        SyntaxError: the source does not parse.
        TooManyAliasesError: too many of its names stand for too many others.
    """
    return tuple(_reading(source).names())


@lru_cache(maxsize=_CACHED)
def _uses(source: str, names: tuple[str, ...]) -> bool:
    return not {name for name, _ in used_names(source)}.isdisjoint(names)


@lru_cache(maxsize=_CACHED)
def _evasion(check: str, source: str, forbidden: tuple[str, ...], own: tuple[str, ...]) -> Finding | None:
    return next(evasions(check, _reading(source), forbidden, own), None)


def _reported(evidence: Evidence, fact: str | None) -> list[str]:
    modules = evidence.facts.get(fact) if fact else None
    return [name for name in modules if isinstance(name, str)] if isinstance(modules, list) else []


@dataclass(frozen=True, slots=True)
class Uses(Named):
    """At least one of these dotted names stands in the source, or in the list of modules a probe reports."""

    _: KW_ONLY
    names: Sequence[str]
    modules: str | None = None  # the fact that lists the qualified class names of the module tree

    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = NAMES_TO_USE

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.modules,) if self.modules else ()

    def judge(self, seen: Observation) -> Finding:
        try:
            if _uses(seen.source, tuple(self.names)):
                return self.passes()
        except TooManyAliasesError:
            return self.fails(TOO_MANY_ALIASES)
        if not set(self.names).isdisjoint(_reported(seen.evidence, self.modules)):
            return self.passes()
        return self.fails(NOT_USED, names=", ".join(self.names))


@dataclass(frozen=True, slots=True)
class Forbids(Named):
    """None of these dotted names stands in the source, nor in the list of modules a probe reports.

    A source that could reach one of them by a name made at run time fails too: the finding says what to
    write instead. So do private names of imported modules, and modules that are passed around instead of
    being used by name. With ``source=False`` only the reported list is looked at.
    """

    _: KW_ONLY
    names: Sequence[str]
    modules: str | None = None
    source: bool = True

    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = NAMES_NOT_TO_USE

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.modules,) if self.modules else ()

    def judge(self, seen: Observation) -> Finding:
        try:
            if self.source and (found := _evasion(self.id, seen.source, tuple(self.names), seen.modules)):
                return found
        except TooManyAliasesError:
            return self.fails(TOO_MANY_ALIASES)
        for name in _reported(seen.evidence, self.modules):
            if name in self.names:
                return self.fails(FORBIDDEN, name=name, line=Text("?", "?"))
        return self.passes()
