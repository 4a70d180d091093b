"""Evidence: the named arrays and JSON facts that a worker reports."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Json = Any  # None, bool, int, float, str, list and dict of these

MAX_DEPTH = 32
OPERATORS = "operators"  # the fact that lists torch's operators that ran


class EvidenceError(ValueError):
    """Bytes, or values to be sent, that are not evidence; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Named numpy arrays and JSON facts: what a probe returns, or the inputs given to it."""

    arrays: Mapping[str, Array] = field(default_factory=dict)
    facts: Mapping[str, Json] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.arrays[name] if name in self.arrays else self.facts[name]

    def __contains__(self, name: object) -> bool:
        return name in self.arrays or name in self.facts


def collect(values: Mapping[str, Any]) -> Evidence:
    """Sort a probe's return value into arrays (numpy arrays) and facts (everything JSON can hold).

    Raises:
        EvidenceError: a name is not a string, or a value is neither an array nor JSON.
    """
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    facts = {name: value for name, value in values.items() if name not in arrays}
    if not all(isinstance(name, str) for name in values):
        raise EvidenceError("every name must be a string")
    return Evidence(arrays=arrays, facts=facts)


def encode_facts(facts: Mapping[str, Json]) -> bytes:
    """Return facts as JSON in UTF-8.

    Raises:
        EvidenceError: a fact is not plain JSON.
    """
    try:
        text = json.dumps(dict(facts), ensure_ascii=False, allow_nan=False)
        return text.encode(errors="backslashreplace")  # makes lone surrogates JSON's own escapes
    except (TypeError, ValueError, RecursionError) as error:
        raise EvidenceError(f"the facts are not plain JSON: {error}") from None


def digest(evidence: Evidence) -> str:
    """Return a hash, in hexadecimal, of all names, dtypes, shapes, array bytes and facts.

    Raises:
        EvidenceError: a fact is not plain JSON.
    """
    found = hashlib.blake2b(encode_facts(evidence.facts), digest_size=20)
    for name, array in sorted(evidence.arrays.items()):
        found.update(repr((name, array.dtype.str, array.shape)).encode(errors="backslashreplace"))
        found.update(array.tobytes())
    return found.hexdigest()


def parse_facts(text: bytes, depth: int = MAX_DEPTH, values: int | None = None) -> dict[str, Json]:
    """Parse a JSON object strictly: UTF-8, no duplicate names, no NaN or Infinity, at most ``depth`` levels.

    With ``values`` it holds no more values than these, in all levels.

    Raises:
        EvidenceError: anything else.
    """

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise EvidenceError("a name stands twice in the facts")
        return dict(pairs)

    def refuse(constant: str) -> None:
        raise EvidenceError(f"{constant} is not JSON; numbers that may be NaN belong into an array")

    try:
        facts = json.loads(text.decode(), object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"the facts cannot be read: {error}") from None
    if not isinstance(facts, dict):
        raise EvidenceError("the facts are not a JSON object")
    count = _check_values(facts, depth)
    if values is not None and count > values:
        raise EvidenceError(f"{count:,} values in the facts, allowed are {values:,}")
    return facts


def _check_values(value: Json, left: int) -> int:
    """Return how many values are inside."""
    if left == 0:
        raise EvidenceError("the facts are nested too deep")
    count = len(value)
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            count += _check_values(child, left - 1)
        elif isinstance(child, float) and not math.isfinite(child):
            raise EvidenceError("a number in the facts is not finite")
    return count
