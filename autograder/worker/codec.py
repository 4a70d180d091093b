"""Evidence as bytes, in a strict form, for both sides of a sandbox and for files.

The bytes are ``<u32 length of the JSON><JSON facts><safetensors>``, little endian. Nothing in them can
run: there is no pickle, the sizes are checked before anything is parsed, and every departure from the
format raises :class:`EvidenceError`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from autograder.core.evidence import Array, Evidence, EvidenceError, encode_facts, parse_facts

MAX_ARRAYS = 10_000
MAX_FACTS_BYTES = 1 << 20
_MAX_HEADER = 2 << 20  # bytes of safetensors' own JSON, which takes twenty times as much once it is parsed
DTYPES = frozenset(
    [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
    ]
)
_STORED = frozenset(map(np.dtype, DTYPES))  # a dtype's name takes numpy longer than its hash
_LENGTH, _HEADER = struct.Struct("<I"), struct.Struct("<Q")


def encode_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Return arrays of any shapes as safetensors bytes.

    Raises:
        EvidenceError: a dtype is not in :data:`DTYPES`.
    """
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise EvidenceError(f"{name} has dtype {array.dtype}, which cannot be stored")
    # ascontiguousarray alone would make a 0-d array 1-d
    return save({name: np.ascontiguousarray(a).reshape(a.shape) for name, a in arrays.items()})


def encode(evidence: Evidence) -> bytes:
    """Return evidence as bytes; :func:`decode` reads them.

    Raises:
        EvidenceError: a dtype is not in :data:`DTYPES`, or a fact is not plain JSON.
    """
    facts = encode_facts(evidence.facts)
    return _LENGTH.pack(len(facts)) + facts + encode_arrays(evidence.arrays)


def decode(
    data: bytes, *, limit: int, facts_limit: int = MAX_FACTS_BYTES, values: int | None = None
) -> Evidence:
    """Read evidence back from bytes that may come from hostile code.

    Args:
        data: what :func:`encode` wrote.
        limit: maximum size in bytes.
        facts_limit: maximum size of the JSON in bytes.
        values: maximum number of values in it; None is no limit.

    Raises:
        EvidenceError: too large, truncated, malformed, of a dtype not in :data:`DTYPES`, with duplicates, or
            more than :data:`MAX_ARRAYS` arrays.
    """
    if len(data) > limit:
        raise EvidenceError(f"{len(data):,} bytes, allowed are {limit:,}")
    if len(data) < _LENGTH.size:
        raise EvidenceError("truncated before the length of the facts")
    end = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    if end > min(len(data), _LENGTH.size + facts_limit):
        raise EvidenceError("the facts are truncated or too large")
    _refuse_duplicates(data[end:])
    facts = parse_facts(data[_LENGTH.size : end], values=values)
    evidence = Evidence(facts=facts, arrays=parse_arrays(data[end:]))
    if (count := len(evidence.arrays)) > MAX_ARRAYS:
        raise EvidenceError(f"{count:,} arrays, allowed are {MAX_ARRAYS:,}")
    return evidence


def _refuse_duplicates(data: bytes) -> None:
    """Read the names in safetensors' header, of which it takes the last where one stands twice."""
    try:
        (length,) = _HEADER.unpack_from(data)
        if length > _MAX_HEADER:
            raise ValueError(f"a header of {length:,} bytes, allowed are {_MAX_HEADER:,}")
        json.loads(data[_HEADER.size : _HEADER.size + length], object_pairs_hook=_unique)
    except (struct.error, ValueError, RecursionError) as error:
        raise EvidenceError(f"the arrays cannot be read: {error}") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def parse_arrays(data: bytes) -> dict[str, Array]:
    """Parse safetensors strictly.

    Raises:
        EvidenceError: malformed, or of a dtype not in :data:`DTYPES`.
    """
    try:
        arrays = load(data)
    except (SafetensorError, KeyError, TypeError, ValueError, OverflowError, MemoryError) as error:
        raise EvidenceError(f"the arrays cannot be read: {error}") from None
    for name, array in arrays.items():
        if array.dtype not in _STORED:
            raise EvidenceError(f"{name} has dtype {array.dtype}")
    return arrays
