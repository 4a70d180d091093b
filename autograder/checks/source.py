"""Checks of the source: what must and what must not be used, by name, whatever it was imported as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache

from autograder.checks.base import Named, Observation, Ruling
from autograder.checks.evasion import evasions
from autograder.checks.names import Reading, TooManyAliasesError
from autograder.evidence import Evidence
from autograder.text import FORBIDDEN, NOT_USED, TOO_MANY_ALIASES, Text


@lru_cache(maxsize=1)  # all checks of all parts of a submission look at the same source
def used_names(source: str) -> tuple[tuple[str, int], ...]:
    """Return (full dotted name, line) of everything a module refers to.

    Aliases are resolved: after ``import torch.nn as n`` or ``n = torch.nn``, ``n.RNN`` is ``torch.nn.RNN``;
    ``getattr(n, "RNN")`` is too. ``from torch.nn import *`` gives ``torch.nn.*``.

    Raises:
        SyntaxError: the source does not parse.
        TooManyAliasesError: it cannot be followed.
    """
    return tuple(Reading(source).names())


def _reported(evidence: Evidence, fact: str | None) -> list[str]:
    modules = evidence.facts.get(fact) if fact else None
    return [name for name in modules if isinstance(name, str)] if isinstance(modules, list) else []


@dataclass(frozen=True, slots=True)
class Uses(Named):
    """At least one of these dotted names stands in the source, or in the list of modules a probe reports."""

    _: KW_ONLY
    names: Sequence[str]
    modules: str | None = None  # the fact that lists the qualified class names of the module tree

    def judge(self, seen: Observation) -> Ruling:
        try:
            found = {name for name, _ in used_names(seen.source)}
        except TooManyAliasesError:
            return Ruling(False, TOO_MANY_ALIASES)
        if (found | set(_reported(seen.evidence, self.modules))) & set(self.names):
            return Ruling(True)
        return Ruling(False, NOT_USED.format(names=", ".join(self.names)))


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

    def judge(self, seen: Observation) -> Ruling:
        try:
            if self.source and (found := next(evasions(Reading(seen.source), self.names), None)):
                return Ruling(False, found)
        except TooManyAliasesError:
            return Ruling(False, TOO_MANY_ALIASES)
        for name in _reported(seen.evidence, self.modules):
            if name in self.names:
                return Ruling(False, FORBIDDEN.format(name=name, line=Text("?", "?")))
        return Ruling(True)
