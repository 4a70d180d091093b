"""Sealed references: a student can confirm an exact value without being able to read it. Pure.

Each element is replaced by the number of the bin it falls into; a bin is at least four tolerances wide. Of
two grids of bins, half a bin apart, an element is put on that in which it stands in the middle half of its
bin, so that every value within the tolerance falls into the same bin. What is published is the width of the
bins, which grid each element is on, the shape, and salted scrypt hashes of the numbers: one of all of them
and, to tell where a value is wrong, one for each of up to four groups of rows. What could be found by fewer
than 2**LEAST_BITS guesses is not published: whole numbers, truth values and short lists are never sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.checks.base import Named, Observation, Ruling, find_array
from autograder.evidence import Array, Evidence, Json
from autograder.text import LEFT_TO_GRADING, SEALED_DIFFERS, SHAPE, Text

LEAST_BITS = 24
MOST_GROUPS = 4
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "maxmem": 2**26, "dklen": 32}  # 16 MiB and some 0.05 s for a guess
_NAN, _INFINITE, _MOST = -(2**62), 2**62, 2**61
Span = tuple[int, int]  # first and last + 1 of a group's elements, in C order


def seal(array: Array, rtol: float, atol: float, key: bytes) -> Json | None:
    """Return what may be published of an array, or None where it could be guessed.

    Args:
        array: of floats.
        rtol: relative and
        atol: absolute tolerance; a value that is off by ``atol + rtol * |element|`` still fits.
        key: the salts follow from it, and nothing else does.
    """
    if array.dtype.kind != "f":
        return None
    finite = array[np.isfinite(array)]
    greatest = float(np.abs(finite).max()) if finite.size else 0.0
    if (tolerance := atol + rtol * greatest) <= 0:
        return None
    values, width = array.astype(np.float64).ravel(), 2.0 ** math.ceil(math.log2(4 * tolerance))
    with np.errstate(invalid="ignore"):
        position = values / width - np.floor(values / width)
    shifted = ~((position >= 0.25) & (position < 0.75))
    bins = _bins(values, width, shifted)
    if bits(values, bins, width) < LEAST_BITS:
        return None
    spans = [(0, values.size), *_groups(array.shape, values, bins, width)]
    salts = [hmac.digest(key, str(span).encode(), "sha256")[:16] for span in spans]
    hashes = [
        [*span, salt.hex(), _hash(bins[slice(*span)], salt).hex()]
        for span, salt in zip(spans, salts, strict=True)
    ]
    grid = np.packbits(shifted).tobytes().hex()
    return {"shape": list(array.shape), "width": width, "grid": grid, "hashes": hashes}


def misfits(sealed: Mapping[str, Any], array: Array) -> list[Span]:
    """Return the groups of an array, of the sealed shape, that do not fall into their bins."""
    values = array.astype(np.float64).ravel()
    shifted = np.unpackbits(np.frombuffer(bytes.fromhex(sealed["grid"]), np.uint8), count=values.size)
    bins = _bins(values, sealed["width"], shifted.astype(bool))

    def fits(start: int, stop: int, salt: str, digest: str) -> bool:
        return hmac.compare_digest(_hash(bins[start:stop], bytes.fromhex(salt)).hex(), digest)

    whole, *groups = sealed["hashes"]
    if fits(*whole):
        return []
    return [(group[0], group[1]) for group in groups if not fits(*group)] or [(whole[0], whole[1])]


def _bins(values: Array, width: float, shifted: Array) -> Array:
    with np.errstate(all="ignore"):
        numbers = np.clip(np.floor(values / width + np.where(shifted, 0.5, 0.0)), -_MOST, _MOST)
        whole = np.where(np.isfinite(numbers), numbers, 0).astype(np.int64)
    whole[np.isnan(values)] = _NAN
    whole[np.isinf(values)] = np.sign(values[np.isinf(values)]).astype(np.int64) * _INFINITE
    return whole


def _hash(bins: Array, salt: bytes) -> bytes:
    return hashlib.scrypt(bins.astype("<i8").tobytes(), salt=salt, **SCRYPT)


def _groups(shape: tuple[int, ...], values: Array, bins: Array, width: float) -> list[Span]:
    """Return up to four groups of whole rows, each hard to guess; none where there would be but one."""
    rows = shape[0] if shape else 1
    row, least = values.size // rows, math.ceil(rows / MOST_GROUPS) * (values.size // rows)
    edges = [0]
    for end in range(row, values.size + 1, row):
        own = slice(edges[-1], end)
        if end - edges[-1] >= least and bits(values[own], bins[own], width) >= LEAST_BITS:
            edges.append(end)
    edges[-1] = values.size  # what is left over belongs to the last group
    return list(pairwise(edges)) if len(edges) > 2 else []


def bits(values: Array, bins: Array, width: float) -> float:
    """Return how many bits must be guessed at the least to find these values.

    Each different bin counts once, with the bits of its distance from zero; whole numbers do not count.
    """
    whole = np.round(np.where(np.isfinite(values), values, 0))
    counts = np.isfinite(values) & (np.abs(values - whole) > width)
    _, first = np.unique(bins[counts], return_index=True)
    return float(np.log2(np.maximum(np.abs(values[counts][first]) / width, 1)).sum())


@dataclass(frozen=True, slots=True)
class Sealed(Named):
    """The array falls into the bins of its sealed reference, a fact of the reference that has this label."""

    _: KW_ONLY
    array: str
    statement: Text

    @property
    def public(self) -> bool:
        return False

    def judge(self, seen: Observation) -> Ruling:
        array = find_array(seen.evidence, self.array)
        if isinstance(array, Text):
            return Ruling(False, array)
        if seen.reference is None or self.label not in seen.reference.facts:
            raise LookupError(f"{self.label}: there is no sealed reference of this name")
        sealed = seen.reference.facts[self.label]
        if list(array.shape) != sealed["shape"]:
            expected = tuple(sealed["shape"])
            return Ruling(False, SHAPE.format(name=self.array, got=array.shape, expected=expected))
        wrong = misfits(sealed, array) if array.dtype.kind in "biuf" else [(0, array.size)]
        return Ruling(False, self._differs(sealed, wrong)) if wrong else Ruling(True)

    def _differs(self, sealed: Mapping[str, Any], wrong: list[Span]) -> Text:
        row = max(math.prod(sealed["shape"][1:]), 1)
        places = [f"[{start // row}:{stop // row}]" if sealed["shape"] else "()" for start, stop in wrong]
        return SEALED_DIFFERS.format(
            statement=self.statement,
            name=self.array,
            count=len(wrong),
            total=max(len(sealed["hashes"]) - 1, 1),
            which=", ".join(places),
        )

    def resembles(self, seen: Observation, other: Evidence) -> bool:
        array, sealed = find_array(seen.evidence, self.array), other.facts.get(self.label)
        if isinstance(array, Text) or sealed is None or list(array.shape) != sealed["shape"]:
            return False
        return array.dtype.kind in "biuf" and not misfits(sealed, array)


@dataclass(frozen=True, slots=True)
class Withheld(Named):
    """A check that students do not get to see: they are told that it is judged when their work is graded."""

    def judge(self, seen: Observation) -> Ruling:
        return Ruling(True, LEFT_TO_GRADING, manual=True)
