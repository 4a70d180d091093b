"""What is stored of an attempt comes back, is told apart by its digests, and is refused when damaged."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from autograder.core.evidence import Evidence, EvidenceError, digest
from autograder.core.outcome import Attempt, Fault, FaultKind, Outcome, Task
from autograder.core.text import Text
from autograder.records.codec import from_bytes, to_bytes
from tests.support.strategies import arrays, facts, names

HIDDEN = "hidden1"
WORDS = Text(ko="말", en="words")


def stored(attempt):
    return from_bytes(bytearray(to_bytes(attempt)))


@given(st.dictionaries(names, arrays, max_size=3), st.dictionaries(st.text(), facts, max_size=3), st.text())
@settings(max_examples=150, deadline=None)
def test_what_is_stored_comes_back(arrays, facts, source):
    zeros = {name: np.zeros_like(array) for name, array in arrays.items()}
    for made in (arrays, zeros):  # the second has the form of the first
        seen = Evidence(arrays=made, facts=facts)
        outcomes = {Task("p"): Outcome(evidence=seen), Task("p", HIDDEN): Outcome(evidence=seen)}
        back = stored(Attempt(outcomes=outcomes, source=source, output="line\nline")).attempt()
        assert (back.source, back.output) == (source, "line\nline")
        for outcome in back.outcomes.values():
            assert outcome.evidence.facts == facts
            assert outcome.evidence.arrays.keys() == made.keys()
            for name, array in made.items():
                found = outcome.evidence.arrays[name]
                assert (found.dtype, found.shape) == (array.dtype, array.shape)
                assert found.flags.aligned  # else numpy adds up in another order
                assert found.tobytes() == np.ascontiguousarray(array).tobytes()


def test_what_gave_no_evidence_comes_back_too():
    fault = Fault(kind=FaultKind.TIME, message=WORDS, traceback="line")
    outcomes = {
        Task("p"): Outcome(fault=fault, seconds=2.0),
        Task("q"): Outcome(failure="disk"),
        Task("r"): Outcome(evidence=Evidence(), seconds=1.0, memory=7),
    }
    found = stored(Attempt(outcomes=outcomes, notes=(WORDS,)))
    assert found.attempt() == Attempt(outcomes=outcomes, notes=(WORDS,))
    assert found.notes == (WORDS,)
    assert list(found.tasks) == list(outcomes)
    assert found.took(outcomes) == [(2.0, None), (0.0, None), (1.0, 7)]
    assert found.digests([Task("p"), Task("q")]) == [None, None]


SAME = Evidence(arrays={"a": np.array([1.0, 2.0])}, facts={"n": 1})


@pytest.mark.parametrize(
    "other",
    [
        Evidence(arrays={"b": np.array([1.0, 2.0])}, facts={"n": 1}),
        Evidence(arrays={"a": np.array([1.0, np.nextafter(2.0, 3)])}, facts={"n": 1}),
        Evidence(arrays={"a": np.array([[1.0, 2.0]])}, facts={"n": 1}),
        Evidence(arrays={"a": np.array([1.0, 2.0]).view(np.int64)}, facts={"n": 1}),
        Evidence(arrays={"a": np.array([1.0, 2.0]), "b": np.zeros(0)}, facts={"n": 1}),
        Evidence(arrays={"a": np.array([1.0, 2.0])}, facts={"n": True}),
        Evidence(arrays={"a": np.array([1.0, 2.0])}, facts={"n": 1.0}),
        Evidence(arrays={"a": np.array([1.0, 2.0])}),
    ],
    ids=["name", "bit", "shape", "dtype", "more", "bool", "float", "less"],
)
def test_only_equal_evidence_has_the_same_digest(other):
    again = Evidence(arrays={"a": np.array([1.0, 0.0, 2.0, 0.0])[::2]}, facts={"n": 1})
    assert digest(again) == digest(SAME)
    assert digest(other) != digest(SAME)


def test_an_array_that_is_changed_stays_changed_and_alone():
    outcomes = {Task("p"): Outcome(evidence=SAME), Task("q"): Outcome(evidence=SAME)}
    back = stored(Attempt(outcomes=outcomes)).attempt().outcomes
    back[Task("p")].evidence.arrays["a"][0] = 5
    assert back[Task("p")].evidence["a"].tolist() == [5, 2]
    assert back[Task("q")].evidence["a"].tolist() == [1, 2]


LINES = b'"outcomes": [], "notes": []}\n{"source": "", "output": ""}\n'


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        LINES,
        LINES + b"\xff" * 8,
        LINES + save({"p/public/a": np.ones(2)})[:-1],
        LINES + save({"p/public/a": np.ones(2)}) + b"x",
        LINES + save({"a": np.ones(2)}),
        b"}\n{}\n" + save({}),
        b'"outcomes": [{"part": "p"}]}\n{}\n' + save({}),
        b'"outcomes": 1}\n{}\n' + save({}),
        b"[" * 100_000 + b"\n{}\n" + save({}),
    ],
)
def test_what_no_store_wrote_is_refused_even_with_a_checksum(rest):
    checksum = b'{"sha256": "%s", ' % hashlib.sha256(rest).hexdigest().encode()
    with pytest.raises(EvidenceError):
        from_bytes(bytearray(checksum + rest)).attempt()


def test_a_text_that_no_store_wrote_is_refused_when_it_is_asked_for():
    rest = LINES.replace(b'"output"', b'"else"') + save({})
    checksum = b'{"sha256": "%s", ' % hashlib.sha256(rest).hexdigest().encode()
    with pytest.raises(EvidenceError, match="output"):
        from_bytes(bytearray(checksum + rest)).attempt()
