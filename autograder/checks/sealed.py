"""Sealed references: a student can confirm an exact value without being able to read it. Pure.

Each element is replaced by the number of the bin it falls into; a bin is at least four tolerances wide. Of
two grids of bins, half a bin apart, an element is put on that in which it stands in the middle half of its
bin, so that every value within the tolerance falls into the same bin. What is published is the width of the
bins, which grid each element is on, the shape, and salted scrypt hashes of the numbers: one of all of them
and, to tell where a value is wrong, one for each of up to four groups of rows. What could be found by fewer
than 2**MIN_BITS guesses is not published: whole numbers, truth values and short lists are never sealed.

The hash is slow however many bits are counted, for the count is of what stands there, not of what is unknown:
a hundred predictions of a line count for 900 bits, and have the two numbers that make the line.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from autograder.checks.base import Named
from autograder.core.check import AbsentReferenceError, Observation
from autograder.core.evidence import Array, Json
from autograder.core.text import DTYPE, LEFT_TO_GRADING, SEALED_ALL_DIFFERS, SEALED_DIFFERS, SHAPE, Text, join
from autograder.core.verdict import Finding, finding_of

MIN_BITS = 24
MAX_GROUPS = 4
SCRYPT = {"n": 2**14, "r": 8, "p": 1, "maxmem": 2**26, "dklen": 64}  # 16 MiB and some 0.05 s for a guess
_NAN, _INFINITE, _CLIP = -(2**62), 2**62, 2**61
Sealing = tuple[Any, Array]  # a sealed reference, as JSON, and an array that may open it
Span = tuple[int, int]  # first and last + 1 of a group's elements, in C order


def seal(
    array: Array, rtol: float, atol: float, key: bytes, told: Sequence[tuple[int, int]] = ()
) -> Json | None:
    """Return the publishable JSON of an array, or None if its values could be guessed.

    Args:
        array: floats, of any shape.
        rtol: relative and
        atol: absolute tolerance; a value that is off by ``atol + rtol * |element|`` still fits.
        key: the salts are derived from it.
        told: (elements, rows) of each equation that students know to hold: for each of its elements, one of
            the array's follows from the others; in each row, if it has as many rows as the array.
    """
    if (placed := _place(array, rtol, atol, told)) is None:
        return None
    head, values, bins = placed
    spans = [(0, values.size), *_groups(array.shape, values, bins, head["width"], told)]
    hashes = []
    for span in spans:
        salt = _salt(key, span)
        hashes.append([*span, salt.hex(), _hash(bins[slice(*span)], salt)[0].hex()])
    return head | {"hashes": hashes}


def _place(
    array: Array, rtol: float, atol: float, told: Sequence[tuple[int, int]] = ()
) -> tuple[dict[str, Json], Array, Array] | None:
    """Return (shape, width and grid), the values and their bins; None if these could be guessed."""
    if array.dtype.kind != "f":
        return None
    finite = array[np.isfinite(array)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    if (tolerance := atol + rtol * largest) <= 0:
        return None
    values, width = array.astype(np.float64).ravel(), 2.0 ** math.ceil(math.log2(4 * tolerance))
    with np.errstate(invalid="ignore"):
        position = values / width - np.floor(values / width)
    shifted = ~((position >= 0.25) & (position < 0.75))
    bins = _bins(values, width, shifted)
    if bits(values, bins, width, sum(elements for elements, _ in told)) < MIN_BITS:
        return None
    head = {"shape": list(array.shape), "width": width, "grid": np.packbits(shifted).tobytes().hex()}
    return head, values, bins


def _salt(key: bytes, span: Span) -> bytes:
    return hmac.digest(key, str(span).encode(), "sha256")[:16]


def lock(array: Array, rtol: float, atol: float, key: bytes, name: str, explanation: Text) -> Json | None:
    """Return a mistake's explanation, enciphered so that only who made the mistake can read it.

    Arguments as in :func:`seal`; the array is the mistake's. None if it could be guessed.
    """
    if (placed := _place(array, rtol, atol)) is None:
        return None
    head, _, bins = placed
    salt = _salt(key, (0, bins.size))
    digest, secret = _hash(bins, salt)
    told = json.dumps([name, explanation.ko, explanation.en]).encode()
    return head | {"salt": salt.hex(), "digest": digest.hex(), "told": _cipher(told, secret).hex()}


def unlock(locked: Mapping[str, Any], array: Array) -> tuple[str, Text] | None:
    """Return the mistake's name and explanation if the array is the mistake's, else None."""
    if list(array.shape) != locked["shape"]:
        return None
    bins = _bins(array.astype(np.float64).ravel(), locked["width"], _grid(locked, array.size))
    digest, secret = _hash(bins, bytes.fromhex(locked["salt"]))
    if not hmac.compare_digest(digest.hex(), locked["digest"]):
        return None
    name, korean, english = json.loads(_cipher(bytes.fromhex(locked["told"]), secret))
    return name, Text(korean, english)


def _cipher(data: bytes, secret: bytes) -> bytes:
    """Return the data XORed with a key stream; a secret enciphers one text only, so no nonce is needed."""
    stream = hashlib.shake_256(secret).digest(len(data))
    return bytes(left ^ right for left, right in zip(data, stream, strict=True))


def misfits(sealed: Mapping[str, Any], array: Array) -> list[Span]:
    """Return the groups of an array, of the sealed shape, that fall outside their bins."""
    bins = _bins_of(sealed, array)
    whole, *groups = sealed["hashes"]
    if _agrees(bins, *whole):
        return []
    return [(group[0], group[1]) for group in groups if not _agrees(bins, *group)] or [(whole[0], whole[1])]


def fits(sealed: Mapping[str, Any], array: Array) -> bool:
    """Return whether an array is of the sealed shape and falls into all of its bins."""
    if list(array.shape) != sealed["shape"]:
        return False
    bins = _bins_of(sealed, array)
    return _agrees(bins, *sealed["hashes"][0])


def _bins_of(sealed: Mapping[str, Any], array: Array) -> Array:
    return _bins(array.astype(np.float64).ravel(), sealed["width"], _grid(sealed, array.size))


def hash_together(pairs: Sequence[Sealing]) -> str:
    """Return the hash of several sealed references together, from the right arrays; its salt is theirs."""
    bins = [_bins_of(one, array) for one, array in pairs]
    salts = b"".join(bytes.fromhex(one["hashes"][0][2]) for one, _ in pairs)
    return _hash(np.concatenate(bins), hashlib.sha256(salts).digest()[:16])[0].hex()


def opens_together(pairs: Sequence[Sealing], digest: str) -> bool:
    """Return whether all arrays fit their sealed references; one guess, none if a shape or dtype is wrong."""
    fitting = (list(array.shape) == one["shape"] and array.dtype.kind in "biuf" for one, array in pairs)
    return bool(pairs) and all(fitting) and hmac.compare_digest(hash_together(pairs), digest)


def _agrees(bins: Array, start: int, stop: int, salt: str, digest: str) -> bool:
    return hmac.compare_digest(_hash(bins[start:stop], bytes.fromhex(salt))[0].hex(), digest)


def _bins(values: Array, width: float, shifted: Array) -> Array:
    with np.errstate(all="ignore"):
        numbers = np.clip(np.floor(values / width + np.where(shifted, 0.5, 0.0)), -_CLIP, _CLIP)
        whole = np.where(np.isfinite(numbers), numbers, 0).astype(np.int64)
    whole[np.isnan(values)] = _NAN
    whole[np.isinf(values)] = np.sign(values[np.isinf(values)]).astype(np.int64) * _INFINITE
    return whole


def _grid(sealed: Mapping[str, Any], size: int) -> Array:
    packed = np.frombuffer(bytes.fromhex(sealed["grid"]), np.uint8)
    return np.unpackbits(packed, count=size).astype(bool)


def _hash(bins: Array, salt: bytes) -> tuple[bytes, bytes]:
    """Return a digest to publish and a secret that only the bins give, 32 bytes each."""
    made = hashlib.scrypt(bins.astype("<i8").tobytes(), salt=salt, **SCRYPT)
    return made[:32], made[32:]


def _groups(
    shape: tuple[int, ...], values: Array, bins: Array, width: float, told: Sequence[tuple[int, int]]
) -> list[Span]:
    """Return up to MAX_GROUPS groups of whole rows, each hard to guess; none if there were only one."""
    rows = shape[0] if shape else 1
    row, minimum = values.size // rows, math.ceil(rows / MAX_GROUPS) * (values.size // rows)
    edges = [0]
    for end in range(row, values.size + 1, row):
        own = slice(edges[-1], end)
        own_rows = (end - edges[-1]) // row
        known = sum(size // rows * own_rows if count == rows else size for size, count in told)
        if end - edges[-1] >= minimum and bits(values[own], bins[own], width, known) >= MIN_BITS:
            edges.append(end)
    edges[-1] = values.size  # what is left over belongs to the last group
    return list(pairwise(edges)) if len(edges) > 2 else []


def bits(values: Array, bins: Array, width: float, told: int = 0) -> float:
    """Return the minimum number of bits that must be guessed to find these values.

    Each different bin counts once, with the bits of its distance from zero; whole numbers do not count. So
    many that are ``told`` do not count either, those with the most bits.
    """
    whole = np.round(np.where(np.isfinite(values), values, 0))
    counts = np.isfinite(values) & (np.abs(values - whole) > width)
    _, first = np.unique(bins[counts], return_index=True)
    each = np.sort(np.log2(np.maximum(np.abs(values[counts][first]) / width, 1)))
    return float(each[: max(0, each.size - told)].sum())


@dataclass(frozen=True, slots=True)
class Sealed(Named):
    """The array falls into the bins of its sealed reference, a fact of the reference that has this label."""

    _: KW_ONLY
    array: str
    statement: Text

    reads_source: ClassVar[bool] = False

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.array,)

    @property
    def public(self) -> bool:
        return False

    def judge(self, seen: Observation) -> Finding:
        if (array := seen.evidence.arrays.get(self.array)) is None:
            return self.lacks(seen, self.array)
        if seen.reference is None or self.id not in seen.reference.facts:
            raise AbsentReferenceError(f"{self.id}: there is no sealed reference of this name")
        sealed = seen.reference.facts[self.id]
        if list(array.shape) != sealed["shape"]:
            expected = tuple(sealed["shape"])
            return self.fails(SHAPE, got=array.shape, expected=expected)
        if array.dtype.kind not in "biuf":
            return self.fails(DTYPE, got=array.dtype, allowed="float32, float64")
        if sealed.get("opened") or not (wrong := misfits(sealed, array)):
            return self.passes()
        found = self._differs(sealed, wrong)
        # Where something else could not be observed, a mistake would explain this alone.
        for locked in () if seen.missing else sealed.get("mistakes", ()):
            if (opened := unlock(locked, array)) is not None:
                return replace(found, mistake=opened[0], explanation=opened[1])
        return found

    def _differs(self, sealed: Mapping[str, Any], wrong: list[Span]) -> Finding:
        row = max(math.prod(sealed["shape"][1:]), 1)
        pieces = max(len(sealed["hashes"]) - 1, 1)
        found = self.fails(SEALED_ALL_DIFFERS)
        if len(wrong) < pieces:
            places = [(start // row + 1, max(stop // row, start // row + 1)) for start, stop in wrong]
            which = ", ".join(f"{first}–{last}" if first < last else str(first) for first, last in places)
            found = self.fails(SEALED_DIFFERS, count=len(wrong), total=pieces, which=which)
        return replace(found, message=join([self.statement, found.message]))


@dataclass(frozen=True, slots=True)
class Withheld(Named):
    """A stand-in for a check that students may not see: it tells them that grading judges it.

    Its name is the ``id`` of the check that it replaces.
    """

    reads_source: ClassVar[bool] = False

    @property
    def id(self) -> str:
        return self.name

    @property
    def reads(self) -> tuple[str, ...]:
        return ()

    def judge(self, seen: Observation) -> Finding:
        return finding_of(self.id, LEFT_TO_GRADING, passed=True, manual=True)
