"""The checksum that stored evidence bears, so that damage is told from what was written."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

import numpy as np

from autograder.evidence import MAX_DEPTH, Array, Evidence, EvidenceError, Json, parse_arrays, parse_facts

_Layout = tuple[tuple[str, np.dtype, tuple[int, ...], int], ...]  # name, dtype, shape, first byte

_AROUND = 3  # levels of JSON that an attempt has around a probe's facts


def sealed(facts: bytes, arrays: bytes) -> bytes:
    """Return a JSON object with the checksum of it and of the arrays as its first member."""
    return _seal(facts, arrays) + b", " + facts[1:]


def _seal(facts: bytes, arrays: bytes) -> bytes:
    return b'{"sha256": "%s"' % hashlib.sha256(facts + arrays).hexdigest().encode()


def unseal(stored: bytes, arrays: bytes) -> Evidence:
    """Read back what was stored; under its checksum it is what was strictly read when it came from a worker.

    Raises:
        EvidenceError: it is damaged.
    """
    seal, _, rest = stored.partition(b", ")
    facts = b"{" + rest
    if seal != _seal(facts, arrays):
        raise EvidenceError("the checksum does not agree")
    try:
        found = json.loads(facts)
    except (ValueError, RecursionError) as error:
        raise EvidenceError(f"the facts cannot be read: {error}") from None
    return Evidence(facts=found, arrays=_arrays_in(arrays))


def _arrays_in(stored: bytes) -> dict[str, Array]:
    data, size = bytearray(stored), min(8 + int.from_bytes(stored[:8], "little"), len(stored))
    layout = _layout(stored[:size], len(stored) - size)
    return {name: np.ndarray(shape, dtype, data, size + start) for name, dtype, shape, start in layout}


@lru_cache(maxsize=256)  # submissions of a class have the same arrays, but for what is in them
def _layout(head: bytes, size: int) -> _Layout:
    """Return where the arrays of safetensors are that begin with ``head`` and go on for ``size`` bytes.

    Raises:
        EvidenceError: it is malformed.
    """
    arrays, places = parse_arrays(head + bytes(size)), json.loads(head[8:])
    return tuple(
        (name, array.dtype, array.shape, places[name]["data_offsets"][0]) for name, array in arrays.items()
    )


def facts_in(stored: bytes) -> dict[str, Json]:
    """Return the facts, with or without their checksum, which is not compared.

    Raises:
        EvidenceError: they are damaged.
    """
    return parse_facts(stored, MAX_DEPTH + _AROUND)
