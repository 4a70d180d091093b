"""The checksum that stored evidence bears, so that damage is told from what was written."""

from __future__ import annotations

import hashlib

from autograder.evidence import MAX_DEPTH, Evidence, EvidenceError, Json, parse_arrays, parse_facts

_AROUND = 3  # levels of JSON that an attempt has around a probe's facts


def sealed(facts: bytes, arrays: bytes) -> bytes:
    """Return a JSON object with the checksum of it and of the arrays as its first member."""
    return _seal(facts, arrays) + b", " + facts[1:]


def _seal(facts: bytes, arrays: bytes) -> bytes:
    return b'{"sha256": "%s"' % hashlib.sha256(facts + arrays).hexdigest().encode()


def unseal(stored: bytes, arrays: bytes) -> Evidence:
    """Read back what was stored.

    Raises:
        EvidenceError: it is damaged.
    """
    seal, _, rest = stored.partition(b", ")
    facts = b"{" + rest
    if seal != _seal(facts, arrays):
        raise EvidenceError("the checksum does not agree")
    return Evidence(facts=facts_in(facts), arrays=parse_arrays(arrays))


def facts_in(stored: bytes) -> dict[str, Json]:
    """Return the facts, with or without their checksum, which is not compared.

    Raises:
        EvidenceError: they are damaged.
    """
    return parse_facts(stored, MAX_DEPTH + _AROUND)
