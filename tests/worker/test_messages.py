"""What a worker says is of its type, or it is no message."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.core.evidence import Evidence, EvidenceError
from autograder.worker.codec import encode
from autograder.worker.messages import (
    MESSAGE_LENGTH,
    Done,
    GivenCall,
    Loaded,
    ProbeCall,
    Problem,
    ProcessLimits,
    Raised,
    Step,
    WorkerJob,
    decode_job,
    decode_message,
    encode_job,
    encode_message,
)

PROBLEM = {"kind": "exception", "error": "E", "traceback": ""}


def read(facts):
    return decode_message(encode(Evidence(facts=facts)), 1 << 20)


def test_a_message_comes_back_with_its_evidence():
    evidence = Evidence(arrays={"a": np.arange(3)}, facts={"b": [1, "\ud800"]})
    data = encode_message(Done(memory=5), evidence)
    assert MESSAGE_LENGTH.unpack_from(data)[0] == len(data) - MESSAGE_LENGTH.size
    message, found = decode_message(data[MESSAGE_LENGTH.size :], 1 << 20)
    assert message == Done(memory=5)
    assert found.facts == evidence.facts
    assert found.arrays["a"].tobytes() == evidence.arrays["a"].tobytes()
    problem = Problem(kind="memory", error="E", traceback="T", where="q1.py[2]")
    for said in (Loaded(problems=(problem,)), Raised(problem=problem)):
        assert decode_message(encode_message(said)[MESSAGE_LENGTH.size :], 1 << 20)[0] == said


@pytest.mark.parametrize("memory", [-1, 1.5, True, "9", [9], 10**300])
def test_memory_is_a_number_of_bytes_or_unknown(memory):
    assert read({"event": "done", "facts": {}, "memory": 3 << 30})[0] == Done(memory=3 << 30)
    assert read({"event": "done", "facts": {}})[0] == Done(memory=None)
    with pytest.raises(EvidenceError, match="memory"):
        read({"event": "done", "facts": {}, "memory": memory})


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"event": "done"},
        {"event": "done", "facts": []},
        {"event": "bye", "facts": {}},
        {"event": ["done"], "facts": {}},
        {"event": "done", "facts": {}, "points": 4},
        {"event": "loaded", "facts": {}, "problems": [{**PROBLEM, "line": 3}]},
        {"event": "raised", "facts": {}},
        {"event": "raised", "facts": {}, "problem": {**PROBLEM, "kind": "ungraded"}},
        {"event": "raised", "facts": {}, "problem": {**PROBLEM, "error": 1}},
    ],
)
def test_what_is_of_no_type_is_no_message(facts):
    with pytest.raises(EvidenceError):
        read(facts)


def test_a_job_comes_back_whole():
    job = WorkerJob(
        code="",
        code_name="<q>",
        cells=(("q1.py", "x = '\ud800'"),),
        steps=(
            Step(variant="public", memory=1, call=ProbeCall(function="probe", settings={"a": [1, None]})),
            Step(variant="public", memory=0, call=GivenCall(function="given", seed=1, profile="mini")),
        ),
        device="cpu",
        imports=("torch",),
        datasets=(),
        data="",
        uid=None,
        filter=b"\x00\xff",
        setup_memory=1,
        limits=ProcessLimits(memory=1, processes=2, scratch=3, cpu=4),
    )
    assert decode_job(encode_job(job, {}))[0] == job
