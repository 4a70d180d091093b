"""What a worker says is of its type, or it is no message."""

from __future__ import annotations

import io

import numpy as np
import pytest

from autograder.core.evidence import Evidence, EvidenceError
from autograder.worker.codec import encode
from autograder.worker.jobs import (
    FILE,
    FileBeside,
    GivenCall,
    ProbeCall,
    ProcessLimits,
    Step,
    WorkerJob,
    encode_job,
    read_job,
)
from autograder.worker.messages import (
    MESSAGE_LENGTH,
    Done,
    Loaded,
    Note,
    Problem,
    Raised,
    Read,
    decode_message,
    encode_message,
)

PROBLEM = {"kind": "exception", "error": "E", "traceback": ""}
NOTE = {"kind": "raised", "where": "q1.ipynb[3]"}
LIMIT = 1 << 20


def read(facts):
    return decode_message(encode(Evidence(facts=facts)), LIMIT, LIMIT)


def test_a_message_comes_back_with_its_evidence():
    evidence = Evidence(arrays={"a": np.arange(3)}, facts={"b": [1, "\ud800"]})
    data = encode_message(Done(memory=5), evidence)
    assert MESSAGE_LENGTH.unpack_from(data)[0] == len(data) - MESSAGE_LENGTH.size
    message, found = decode_message(data[MESSAGE_LENGTH.size :], LIMIT, LIMIT)
    assert message == Done(memory=5)
    assert found.facts == evidence.facts
    assert found.arrays["a"].tobytes() == evidence.arrays["a"].tobytes()


def test_a_message_without_evidence_comes_back():
    problem = Problem(kind="exception", error="E", traceback="T", name="torch", hint="device")
    note = Note("raised", "q1.ipynb[2]", {"error": "\ud800", "line": 3}, ("f", "*"))
    for said in (
        Read(source="x = 1", modules=("helper",), notes=(note,), elsewhere={"f": "markdown"}),
        Read(fault=Note("kernel", "q1.ipynb", {"kernel": "R"})),
        Loaded(notes=(note,), dropped=True),
        Done(memory=1, dropped=True),
        Raised(problem=problem, memory=None, dropped=True),
    ):
        assert decode_message(encode_message(said)[MESSAGE_LENGTH.size :], LIMIT, LIMIT)[0] == said


def test_a_message_has_a_limit_and_what_it_says_in_json_has_one_of_its_own():
    data = encode_message(Read(source="x" * 1_000))[MESSAGE_LENGTH.size :]
    assert decode_message(data, LIMIT, 2_000)[0].source == "x" * 1_000
    for limits in ((LIMIT, 900), (900, LIMIT)):
        with pytest.raises(EvidenceError, match=r"too large|allowed are 900"):
            decode_message(data, *limits)


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
        {"event": "loaded", "facts": {}, "notes": [{**NOTE, "line": 3}]},
        {"event": "loaded", "facts": {}, "notes": [{**NOTE, "kind": "failure"}]},
        {"event": "loaded", "facts": {}, "notes": [{**NOTE, "details": {"error": [1]}}]},
        {"event": "loaded", "facts": {}, "notes": [{**NOTE, "details": {"line": 1.5}}]},
        {"event": "loaded", "facts": {}, "notes": [{**NOTE, "binds": [1]}]},
        {"event": "loaded", "facts": {}, "dropped": 1},
        {"event": "read", "facts": {}, "fault": PROBLEM},
        {"event": "read", "facts": {}, "source": ["x"]},
        {"event": "read", "facts": {}, "elsewhere": {"f": "code"}},
        {"event": "raised", "facts": {}},
        {"event": "raised", "facts": {}, "problem": {**PROBLEM, "kind": "ungraded"}},
        {"event": "raised", "facts": {}, "problem": {**PROBLEM, "error": 1}},
        {"event": "raised", "facts": {}, "problem": {**PROBLEM, "hint": "give 4 points"}},
    ],
)
def test_what_is_of_no_type_is_no_message(facts):
    with pytest.raises(EvidenceError):
        read(facts)


def test_a_job_comes_back_whole():
    job = WorkerJob(
        shared={"exams._shared.tens": "TEN = 10"},
        code="",
        code_name="<q>",
        file="q1_숫자.py",
        beside=(FileBeside(path=b"data/\xff.csv", size=3), FileBeside(path="자료.txt".encode(), size=0)),
        steps=(
            Step(
                variant="public",
                memory=1,
                output=2,
                call=ProbeCall(function="probe", settings={"a": [1, None]}),
            ),
            Step(
                variant="public", memory=0, output=3, call=GivenCall(function="given", seed=1, profile="mini")
            ),
        ),
        device="cpu",
        imports=("torch",),
        likely=("pandas",),
        datasets=(),
        data="",
        uid=None,
        filter=b"\x00\xff",
        setup_memory=1,
        setup_output=64 << 10,
        limits=ProcessLimits(memory=1, processes=2, scratch=3, cpu=4),
    )
    data = np.frombuffer("x = '가'".encode("cp949"), np.uint8)
    sent = io.BytesIO(encode_job(job, {FILE: data}) + b"1,2")
    found, arrays = read_job(sent)
    assert found == job
    assert arrays[FILE].tobytes() == data.tobytes()
    assert sent.read() == b"1,2", "what follows the job is not read with it"
