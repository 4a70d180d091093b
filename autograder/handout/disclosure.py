"""Decides whether students get a check open, sealed or not at all.

- Open: properties (shape, dtype, finite, picture, names used, the form of an answer) and equations between a
  student's own arrays whose code computes none of them. Their code is part of the release.
- Sealed: references, and right sides of equations that depend on inputs alone. Their code is not released.
- Withheld: keys, expected facts and rubrics, checks that need withheld inputs, checks with ``open=False``,
  equations one side of which is an array and the other its computation, and values that could be guessed
  although they are sealed, open equations counted. They are judged when the work is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from autograder.checks import (
    AtLeast,
    AtMost,
    Close,
    Dtype,
    Essay,
    Finite,
    Forbids,
    OneOf,
    Operators,
    Picture,
    Relation,
    Sealed,
    Shape,
    Uses,
    Withheld,
)
from autograder.checks.closeness import Tolerance, tolerances
from autograder.checks.sealed import fits, lock, seal
from autograder.core.check import Check, Observation
from autograder.core.evidence import Array, Evidence, Json
from autograder.core.outcome import PUBLIC
from autograder.core.text import EMPTY, Text
from autograder.handout.portable import NotPortableError, check_to_json

_COMPUTES = Text(
    ko="열지 않습니다. 검사의 코드가 {names}을(를) 계산합니다",
    en="not opened, because its code computes {names}",
)
_TOLD = Text(
    ko="봉인하지 않습니다. 공개된 검사로 {name}을(를) 거의 다 알 수 있습니다",
    en="not sealed, because open checks tell nearly all of {name}",
)

_OPEN = (AtLeast, AtMost, Dtype, Finite, Forbids, OneOf, Operators, Picture, Shape, Uses)
_ERRORS = (ValueError, LookupError, TypeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A check as students get it, its sealed reference in each variant, and why it is withheld."""

    check: Check
    sealed: Mapping[str, Json] = field(default_factory=dict)
    why: Text = EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A mistake that loses a part, and its evidence in the public variant."""

    name: str
    explanation: Text
    evidence: Evidence


def with_mistakes(
    found: Disclosure, declared: Check, wrong: Sequence[Wrong], key: bytes
) -> tuple[Disclosure, list[Wrong]]:
    """Add the mistakes that a sealed check can recognise; return the new check and the other mistakes."""
    if not isinstance(found.check, Sealed) or not isinstance(declared, Close | Relation):
        return found, list(wrong)
    locked, left = [], []
    for mistake in wrong:
        array, made = mistake.evidence.arrays.get(found.check.array), None
        if array is not None and array.dtype.kind == "f" and not fits(found.sealed[PUBLIC], array):
            salt = key + f"/{found.check.id}/{mistake.name}".encode()
            made = lock(array, *_tolerances(declared, array), salt, mistake.name, mistake.explanation)
        if made is None:
            left.append(mistake)
        else:
            locked.append(made)
    public = found.sealed[PUBLIC] | {"mistakes": locked}
    return Disclosure(found.check, {**found.sealed, PUBLIC: public}), left


def withhold(check: Check, why: Text = EMPTY) -> Disclosure:
    """Return a check as students get it who get nothing of it."""
    return Disclosure(Withheld(check.id, points=check.points, label=check.label), why=why)


def disclose_part(checks: Sequence[Check], seen: Mapping[str, Observation], key: bytes) -> list[Disclosure]:
    """Return the checks of a part as students get them; arguments as in :func:`disclose`.

    What open equations tell of an array counts where it is decided whether that is sealed.
    """
    found = [disclose(check, seen, key) for check in checks]
    equations = [one.check for one in found if isinstance(one.check, Relation)]
    if not equations:
        return found
    told = partial(_told, equations, seen)
    return [
        disclose(check, seen, key, told) if isinstance(one.check, Sealed) else one
        for check, one in zip(checks, found, strict=True)
    ]


Told = Callable[[str], Sequence[tuple[int, int]]]  # of an array: (elements, rows) of each equation about it


def _nothing_told(name: str) -> Sequence[tuple[int, int]]:
    return ()


def _told(equations: Sequence[Relation], seen: Mapping[str, Observation], name: str) -> list[tuple[int, int]]:
    """Return for each open equation about an array alone its number of elements and of rows.

    Of one about several, nothing follows for who does not know the others.
    """
    observation = next(iter(seen.values()))
    about = [one for one in equations if one.arrays_in(observation.inputs) == [name]]
    with np.errstate(all="ignore"):
        lefts = [np.asarray(one.sides(observation.evidence, observation.inputs)[0]) for one in about]
    return [(left.size, len(left) if left.ndim else 1) for left in lefts]


def disclose(
    check: Check, seen: Mapping[str, Observation], key: bytes, told: Told = _nothing_told
) -> Disclosure:
    """Return a check as students get it.

    Args:
        check: the check that the exam declares.
        seen: the solution's observation in each open variant, without references and withheld inputs.
        key: the salts of sealed references are derived from it.
        told: what open equations tell of an array.
    """
    withheld = withhold(check)
    if check.open is False:
        return withheld
    if isinstance(check, Essay):
        return Disclosure(replace(check, rubric=Text("", "")))
    if isinstance(check, Close):
        arrays = {variant: observation.evidence.arrays[check.name] for variant, observation in seen.items()}
        return _sealed(check, check.name, Text("", ""), arrays, key, told)
    if isinstance(check, Relation):
        return _of_relation(check, seen, key, told) or withheld
    return (_opened(check, seen) if check.open or isinstance(check, _OPEN) else None) or withheld


def _opened(check: Check, seen: Mapping[str, Observation]) -> Disclosure | None:
    """Return the check itself; None if it has no JSON, or the solution fails it without withheld inputs."""
    try:
        check_to_json(check)
        return Disclosure(check) if all(check.judge(item).passed for item in seen.values()) else None
    except (NotPortableError, LookupError):
        return None


def _computed(check: Relation, seen: Mapping[str, Observation]) -> str:
    """Return the array of which one side of an equation is a piece and the other is computed; else ""."""
    names: set[frozenset[str]] = set()
    for observation in seen.values():
        for disturbed in _disturbed(observation.evidence):
            try:
                with np.errstate(all="ignore"):
                    sides = check.sides(disturbed, observation.inputs)
            except _ERRORS:
                continue
            left, right = (_taken_from(np.asarray(side), check, disturbed, observation) for side in sides)
            if not left and not right:
                return ""
            names.add(left | right if not (left and right) else frozenset())
    return ", ".join(sorted(frozenset.intersection(*names))) if names else ""


def _taken_from(side: Array, check: Relation, evidence: Evidence, seen: Observation) -> frozenset[str]:
    """Return the arrays of which all elements of a side are elements."""
    if not side.size:
        return frozenset()
    arrays = {name: evidence.arrays[name] for name in check.arrays_in(seen.inputs)}
    return frozenset(name for name, array in arrays.items() if np.isin(side, array).all())


def _of_relation(
    check: Relation, seen: Mapping[str, Observation], key: bytes, told: Told
) -> Disclosure | None:
    computed = _computed(check, seen)
    if check.open:
        return withhold(check, _COMPUTES.format(names=computed)) if computed else _opened(check, seen)
    sides = {variant: _sides(check, observation) for variant, observation in seen.items()}
    if not all(side is not None for side in sides.values()):
        return None
    found = {variant: side for variant, side in sides.items() if side is not None}
    if any(side.follows_from_evidence for side in found.values()):
        return withhold(check, _COMPUTES.format(names=computed)) if computed else _opened(check, seen)
    names = {side.name for side in found.values()}
    rights = {variant: side.right for variant, side in found.items()}
    if len(names) == 1 and (name := names.pop()):
        return _sealed(check, name, check.statement, rights, key, told)
    # Constants 0 and 1 give nothing away, as in sums that must be 1; other constants are answers.
    plain = all(np.isin(right, (0, 1)).all() for right in rights.values())
    return _opened(check, seen) if plain else None


@dataclass(frozen=True, slots=True)
class _Sides:
    """An equation's right side, whether it depends on the evidence, and the array that is the left side."""

    right: Array
    follows_from_evidence: bool
    name: str | None


def _sides(check: Relation, seen: Observation) -> _Sides | None:
    """Evaluate the equation on the solution's evidence and on changed evidence; return None if it fails."""
    try:
        with np.errstate(all="ignore"):  # as when it is judged
            left, right = check.sides(seen.evidence, seen.inputs)
    except _ERRORS:
        return None
    others = []
    for disturbed in _disturbed(seen.evidence):
        try:
            with np.errstate(all="ignore"):
                others.append(np.asarray(check.sides(disturbed, seen.inputs)[1]))
        except _ERRORS:
            continue
    if not others:
        return None
    right = np.asarray(right)
    follows = any(not np.array_equal(other, right, equal_nan=right.dtype.kind == "f") for other in others)
    name = next((name for name in check.arrays_in(seen.inputs) if seen.evidence.arrays[name] is left), None)
    return _Sides(right, follows, name)


def _disturbed(evidence: Evidence) -> Iterator[Evidence]:
    """Yield the evidence with every array reversed, and with every array scaled."""
    for disturb in (_reversed, _scaled):
        arrays = {name: disturb(array) for name, array in evidence.arrays.items()}
        yield Evidence(arrays=arrays, facts=evidence.facts)


def _reversed(array: Array) -> Array:
    return array.ravel()[::-1].reshape(array.shape)


def _scaled(array: Array) -> Array:
    return (array * 1.25 + 0.125).astype(array.dtype) if array.dtype.kind == "f" else array


def _sealed(
    check: Close | Relation, name: str, statement: Text, arrays: Mapping[str, Array], key: bytes, told: Told
) -> Disclosure:
    made = Sealed(check.name, array=name, statement=statement, points=check.points, label=check.label)
    found: dict[str, Json] = {}
    for variant, array in arrays.items():
        allowed = _tolerances(check, array)
        salt = key + f"/{variant}/{check.id}".encode()
        found[variant] = seal(array, *allowed, salt, told(name))
    if all(found.values()):
        return Disclosure(made, found)
    return withhold(check, _TOLD.format(name=name) if told(name) else EMPTY)


def _tolerances(check: Close | Relation, array: Array) -> tuple[float, float]:
    """Return the largest rtol and atol of all devices, since students have devices of their own."""

    def widest(tolerance: Tolerance) -> Tolerance:
        return max(tolerance.values()) if isinstance(tolerance, Mapping) else tolerance

    return tolerances(widest(check.rtol), widest(check.atol), "cpu", [array])
