"""The codec: what goes in comes out, and everything else is refused."""

from __future__ import annotations

import json
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from autograder.core.evidence import Evidence, EvidenceError, collect, parse_facts
from autograder.worker.codec import MAX_FACTS_BYTES, decode, encode
from tests.support.strategies import arrays, facts, names

LIMIT = 1 << 20


def blob(facts: bytes, tensors: bytes = save({})) -> bytes:
    return struct.pack("<I", len(facts)) + facts + tensors


@given(st.dictionaries(names, arrays, max_size=3), st.dictionaries(st.text(), facts, max_size=3))
@settings(max_examples=150, deadline=None)
def test_what_goes_in_comes_out(arrays, facts):
    back = decode(encode(Evidence(arrays=arrays, facts=facts)), limit=LIMIT)
    assert back.facts == facts
    assert back.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back.arrays[name].dtype == array.dtype
        assert back.arrays[name].shape == array.shape
        assert back.arrays[name].tobytes() == np.ascontiguousarray(array).tobytes()


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_noise_is_refused_or_read_but_never_crashes(noise):
    with suppress(EvidenceError):
        decode(noise, limit=LIMIT)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_evidence_is_refused_or_read_but_never_crashes(data):
    good = bytearray(encode(Evidence(arrays={"a": np.arange(6.0).reshape(2, 3)}, facts={"b": [1, "x"]})))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    with suppress(EvidenceError):
        decode(bytes(good[:cut]), limit=LIMIT)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "truncated"),
        (b"\x01\x00", "truncated"),
        (struct.pack("<I", 100) + b"{}", "truncated or too large"),
        (blob(b"[1]"), "not a JSON object"),
        (blob(b'{"a": 1, "a": 2}'), "twice"),
        (blob(b'{"a": NaN}'), "NaN"),
        (blob(b'{"a": 1e999}'), "not finite"),
        (blob(b"\xff"), "cannot be read"),
        (blob(b'{"a":' * 50 + b"1" + b"}" * 50), "nested"),
        (blob(b"[" * 100_000), "cannot be read"),
        (blob(b"{}", b"\x00" * 7), "arrays cannot be read"),
        (blob(b"{}", struct.pack("<Q", 2**63) + b"{}"), "arrays cannot be read"),
    ],
)
def test_malformed_evidence_is_refused_with_a_reason(data, why):
    with pytest.raises(EvidenceError, match=why):
        decode(data, limit=LIMIT)


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}},
        {"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}},
        {"a": {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 4]}},
        {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}},
        {"a": {"dtype": "OBJECT", "shape": [1], "data_offsets": [0, 4]}},
        {"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}},
    ],
    ids=["too few bytes", "negative size", "overflow", "hole", "unknown dtype", "dtype not allowed"],
)
def test_forged_tensor_headers_are_refused(header):
    text = json.dumps(header).encode()
    with pytest.raises(EvidenceError):
        decode(blob(b"{}", struct.pack("<Q", len(text)) + text + b"\x00" * 4), limit=LIMIT)


def test_a_tensor_that_stands_twice_is_refused():
    one = '"a":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}'
    text = ("{" + one % (0, 4) + "," + one % (4, 8) + "}").encode()
    with pytest.raises(EvidenceError):
        decode(blob(b"{}", struct.pack("<Q", len(text)) + text + b"\x00" * 8), limit=LIMIT)


def test_limits():
    data = encode(Evidence(arrays={"a": np.zeros(1000)}))
    decode(data, limit=len(data))
    with pytest.raises(EvidenceError, match="allowed are"):
        decode(data, limit=len(data) - 1)
    with pytest.raises(EvidenceError, match="too large"):
        decode(encode(Evidence(facts={"a": "x" * MAX_FACTS_BYTES})), limit=1 << 30)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1, 2}, object(), b"bytes", np.float64(1) * 1j]
)
def test_facts_must_be_plain_json(value):
    with pytest.raises(EvidenceError, match="not plain JSON"):
        encode(collect({"a": value}))


def test_object_and_text_arrays_cannot_be_sent():
    for array in (np.array([None]), np.array(["a"])):
        with pytest.raises(EvidenceError, match="cannot be stored"):
            encode(Evidence(arrays={"a": array}))


def test_facts_read_from_a_file_are_held_to_the_same_rules():
    assert parse_facts(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    with pytest.raises(EvidenceError):
        parse_facts(b'{"a": Infinity}')


def test_values_in_facts_are_counted_in_all_levels():
    data = encode(Evidence(facts={"x": [[], [{"y": [1, 2]}]]}))
    assert decode(data, limit=1_000, values=7).facts["x"] == [[], [{"y": [1, 2]}]]
    with pytest.raises(EvidenceError, match="7 values in the facts, allowed are 6"):
        decode(data, limit=1_000, values=6)


def test_a_list_of_arrays_that_is_too_long_is_refused_before_it_is_parsed():
    header = b"[" * (3 << 20)
    data = struct.pack("<I", 2) + b"{}" + struct.pack("<Q", len(header)) + header
    with pytest.raises(EvidenceError, match="a header of 3,145,728 bytes"):
        decode(data, limit=1 << 23)
