"""Decides whether students get a check open, sealed or not at all.

- Open: properties (shape, dtype, finite, picture, names used, the form of an answer) and equations between a
  student's own arrays. Their code is part of the release.
- Sealed: references, and right sides of equations that depend on inputs alone. Their code is not released.
- Withheld: keys, expected facts and rubrics, checks that need withheld inputs, checks with ``open=False``,
  and values that could be guessed although they are sealed. They are judged when the work is graded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from autograder.core.text import Text
from autograder.handout.portable import NotPortableError, check_to_json

_OPEN = (AtLeast, AtMost, Dtype, Finite, Forbids, OneOf, Operators, Picture, Shape, Uses)
_ERRORS = (ValueError, LookupError, TypeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A check as students get it, and its sealed reference in each variant, if it is sealed."""

    check: Check
    sealed: Mapping[str, Json] = field(default_factory=dict)


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


def disclose(check: Check, seen: Mapping[str, Observation], key: bytes) -> Disclosure:
    """Return a check as students get it.

    Args:
        check: the check that the exam declares.
        seen: the solution's observation in each open variant, without references and withheld inputs.
        key: the salts of sealed references are derived from it.
    """
    withheld = Disclosure(Withheld(check.id, points=check.points, label=check.label))
    if check.open is False:
        return withheld
    if isinstance(check, Essay):
        return Disclosure(replace(check, rubric=Text("", "")))
    if isinstance(check, Close):
        arrays = {variant: observation.evidence.arrays[check.name] for variant, observation in seen.items()}
        return _sealed(check, check.name, Text("", ""), arrays, key) or withheld
    if isinstance(check, Relation) and not check.open:
        return _of_relation(check, seen, key) or withheld
    return (_opened(check, seen) if check.open or isinstance(check, _OPEN) else None) or withheld


def _opened(check: Check, seen: Mapping[str, Observation]) -> Disclosure | None:
    """Return the check itself; None if it has no JSON, or the solution fails it without withheld inputs."""
    try:
        check_to_json(check)
        return Disclosure(check) if all(check.judge(item).passed for item in seen.values()) else None
    except (NotPortableError, LookupError):
        return None


def _of_relation(check: Relation, seen: Mapping[str, Observation], key: bytes) -> Disclosure | None:
    sides = {variant: _sides(check, observation) for variant, observation in seen.items()}
    if not all(side is not None for side in sides.values()):
        return None
    found = {variant: side for variant, side in sides.items() if side is not None}
    if any(side.follows_from_evidence for side in found.values()):
        return _opened(check, seen)
    names = {side.name for side in found.values()}
    rights = {variant: side.right for variant, side in found.items()}
    if len(names) == 1 and (name := names.pop()):
        return _sealed(check, name, check.statement, rights, key)
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
    check: Close | Relation, name: str, statement: Text, arrays: Mapping[str, Array], key: bytes
) -> Disclosure | None:
    made = Sealed(check.name, array=name, statement=statement, points=check.points, label=check.label)
    found: dict[str, Json] = {}
    for variant, array in arrays.items():
        allowed = _tolerances(check, array)
        found[variant] = seal(array, *allowed, key + f"/{variant}/{check.id}".encode())
    return Disclosure(made, found) if all(found.values()) else None


def _tolerances(check: Close | Relation, array: Array) -> tuple[float, float]:
    """Return the largest rtol and atol of all devices, since students have devices of their own."""

    def widest(tolerance: Tolerance) -> Tolerance:
        return max(tolerance.values()) if isinstance(tolerance, Mapping) else tolerance

    return tolerances(widest(check.rtol), widest(check.atol), "cpu", [array])
