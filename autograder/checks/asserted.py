"""Checks of a test cell: what its assertions saw is judged here, outside of the notebook that they ran in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar

from autograder.checks.base import Named
from autograder.checks.predicates import holds, parse
from autograder.checks.values import UnusableError, classes_of, has_nan, read_value
from autograder.core.cells import ENDED
from autograder.core.check import AbsentReferenceError, Likeness, Observation
from autograder.core.evidence import Array, Evidence, Json
from autograder.core.outcome import Fault
from autograder.core.text import (
    ASSERTED_HIDDEN,
    ASSERTED_NAN,
    ASSERTED_NOT,
    ASSERTED_OF,
    ASSERTED_REACHED,
    CELL_ENDS,
    CELL_RAISED,
    ON_HIDDEN_TEST,
    Text,
)
from autograder.core.verdict import NO_LABEL, Finding


@dataclass(frozen=True, slots=True)
class Asserted(Named):
    """What an assertion saw in the student's notebook is as it asks, judged with what the solution's run
    expected.

    Attributes:
        name: of the assertion in the cell, ``a1``.
        predicate: what it asks for, see :mod:`autograder.checks.predicates`.
        source: its line in the cell, for people.
        hidden: whether students must not see it.
        varying: whether how often it is reached depends on the student's code.
        otherwise: the predicate with the solution's own values, ``r0``, for what is expected: it is asked
            for where inputs are drawn anew and what was written down as expected is not so.
        forgeable: why it is, if the sandbox itself says whether it holds.
    """

    predicate: str = ""
    _: KW_ONLY
    otherwise: str = ""
    forgeable: str = ""
    source: str = ""
    hidden: bool = False
    varying: bool = False

    reads_source: ClassVar[bool] = False
    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = ASSERTED_OF

    def __post_init__(self) -> None:
        parse(self.predicate)
        if self.label == NO_LABEL:
            label = ON_HIDDEN_TEST if self.hidden else ASSERTED_OF.format(name=self.source or self.name)
            object.__setattr__(self, "label", label)

    @property
    def public(self) -> bool:
        return False

    def judge(self, seen: Observation) -> Finding:
        if seen.reference is None:
            raise AbsentReferenceError(f"{self.id}: there is no reference")
        expected = _reached(seen.reference, self.name)
        if _of_ended(seen.reference).get("drawn") and not _ended(seen.reference):
            return self.passes()  # on these inputs nobody is judged
        mine = _reached(seen.evidence, self.name)
        if not mine and (self.name in seen.missing if expected else not _ended(seen.evidence)):
            return self._lost(seen)
        for number, one in enumerate(mine):
            if (found := self._judge_one(seen, one, _beside(expected, number))) is not None:
                return found
        ended = _ended(seen.evidence)
        if len(mine) < len(expected) and not (self.varying and ended and mine):
            return (
                self._lost(seen)
                if not ended
                else self._said(ASSERTED_REACHED, got=len(mine), expected=len(expected))
            )
        return self.passes()

    def _lost(self, seen: Observation) -> Finding:
        """Return the finding that the cell did not come so far."""
        fault = seen.missing.get(self.name) or seen.missing.get(ENDED)
        return replace(_of_fault(self, fault), label=self.label)

    def _said(self, template: Text, **fields: Any) -> Finding:
        return self.fails(ASSERTED_HIDDEN) if self.hidden else self.fails(template, **fields)

    def _judge_one(self, seen: Observation, mine: Json, expected: Json) -> Finding | None:
        reference = seen.reference or Evidence()
        solutions = _values(expected, "s", reference.arrays)
        right = {f"r{name[1:]}": value for name, value in solutions.items()}
        right |= _values(expected, "e", reference.arrays)
        values = _values(mine, "s", seen.evidence.arrays) | right
        predicate = self.predicate
        if _of_ended(reference).get("drawn") and not _true(predicate, solutions | right, expected):
            if not self.otherwise:
                return None
            predicate = self.otherwise
        try:
            true = holds(predicate, values, _classes(mine))
        except UnusableError:
            return self._lost(seen)
        except Exception:  # as comparing in the notebook would raise
            true = False
        if not true:
            return self._said(ASSERTED_NOT, source=self.source or self.predicate, got=_shown(values))
        for name, value in values.items():
            if name.startswith("s") and _is_nan(value) and not _is_nan(solutions.get(name)):
                return self._said(ASSERTED_NAN, source=self.source or self.predicate)
        return None

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        mine, theirs = (evidence.facts.get(self.name) for evidence in (seen.evidence, other))
        if mine is None or theirs is None:
            return Likeness.SILENT if mine is theirs else Likeness.DIFFERENT
        return Likeness.SAME if mine == theirs else Likeness.DIFFERENT


def _of_fault(check: Named, fault: Fault | None) -> Finding:
    """Return the finding that a cell raised something; it says what, if that is known."""
    if fault is None:
        return check.fails(CELL_RAISED)
    return Finding(
        check=check.id,
        passed=False,
        message=fault.message,
        kind=fault.kind.value,
        traceback=fault.traceback,
        label=check.label,
    )


def _reached(evidence: Evidence, name: str) -> list[Json]:
    found = evidence.facts.get(name)
    return found if isinstance(found, list) else []


def _of_ended(evidence: Evidence) -> Mapping[str, Json]:
    found = evidence.facts.get(ENDED)
    return found if isinstance(found, dict) else {}


def _ended(evidence: Evidence) -> bool:
    return _of_ended(evidence).get("well") is True


def _classes(reached: Json) -> dict[str, list[str]]:
    return {f"s{n}": classes_of(one) for n, one in enumerate(_side(reached, "s")) if isinstance(one, dict)}


def _true(predicate: str, values: Mapping[str, Callable[[], Any]], reached: Json) -> bool:
    try:
        return holds(predicate, values, _classes(reached))
    except Exception:
        return False


def _beside(expected: list[Json], number: int) -> Json:
    """Return what was expected the time of this number, from 0, that an assertion is reached."""
    if number < len(expected):
        return expected[number]
    same = [one for one in expected if _side(one, "e") == _side(expected[0], "e")]
    return expected[0] if expected and len(same) == len(expected) else {}


def _side(reached: Json, side: str) -> list[Any]:
    found = reached.get(side) if isinstance(reached, dict) else None
    return found if isinstance(found, list) else []


def _values(reached: Json, side: str, arrays: Mapping[str, Array]) -> dict[str, Callable[[], Any]]:
    def reading(value: Any) -> Callable[[], Any]:
        return lambda: read_value(value, arrays)

    def absent() -> Any:
        raise UnusableError

    found: dict[str, Callable[[], Any]] = {f"{side}{n}": absent for n in range(20)}
    return found | {f"{side}{n}": reading(one) for n, one in enumerate(_side(reached, side))}


def _is_nan(value: Callable[[], Any] | None) -> bool:
    try:
        return value is not None and has_nan(value())
    except UnusableError:
        return False


def _shown(values: Mapping[str, Callable[[], Any]]) -> str:
    """Return the student's values in short."""
    found = []
    for name, value in values.items():
        if name.startswith("s"):
            try:
                text = " ".join(repr(value()).replace("Seen(", "array(").split())
            except UnusableError:
                continue
            found.append(text if len(text) <= 120 else text[:117] + "...")
    return "; ".join(found) or "-"


@dataclass(frozen=True, slots=True)
class Ran(Named):
    """The test cell came to its end.

    Where ``forgeable`` says why, the cell runs as it was written and judges itself: whoever controls the
    notebook's process can make it end well. With ``credit`` its last line is a number of points out of so
    many.
    """

    _: KW_ONLY
    forgeable: str = ""
    credit: float = 0.0

    reads_source: ClassVar[bool] = False
    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = CELL_ENDS

    @property
    def public(self) -> bool:
        return False

    def judge(self, seen: Observation) -> Finding:
        if (
            seen.reference is not None
            and _of_ended(seen.reference).get("drawn")
            and not _ended(seen.reference)
        ):
            return self.passes()
        if not _ended(seen.evidence):
            return _of_fault(self, seen.missing.get(self.name))
        if self.credit and (share := _share(seen.evidence.facts[self.name], self.credit)) < 1:
            return replace(self.fails(CELL_RAISED), share=share)
        return self.passes()


def _share(ended: Json, whole: float) -> float:
    """Return the share of the points that a cell's last line says; nothing for what is no finite number."""
    said = ended.get("credit") if isinstance(ended, dict) else None
    return min(max(float(said) / whole, 0.0), 1.0) if isinstance(said, int | float) else 0.0
