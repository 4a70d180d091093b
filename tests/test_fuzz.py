"""Ten thousand malformed inputs: each is a fault, a UserError of one line or a proper value, never a crash.

The inputs are the same in every run: hypothesis draws them from a fixed seed.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.core.errors import UserError
from autograder.core.evidence import MAX_DEPTH, Evidence, EvidenceError
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.verdict import Result
from autograder.course.catalog import Course
from autograder.course.modules import load_module
from autograder.course.submission import find, of_source, read
from autograder.course.template import template
from autograder.grading.grade import grade
from autograder.records.forms import ResultsFile
from autograder.records.manifest import Manifest
from autograder.records.results import header_of
from autograder.records.rows import parser
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.reports.material import material_of
from autograder.reports.renderers import RENDERERS
from autograder.reports.table import class_table
from autograder.running.environment import Environment, versions
from autograder.running.executor import Local, Site
from autograder.running.prepare import reference_jobs, with_inputs, with_references
from autograder.running.prepared import given_job, question_digest, variants_of
from autograder.sandbox.faults import sentence, unreadable
from autograder.sandbox.protocol import Confined
from autograder.sandbox.supervisor import run as supervise
from autograder.worker.codec import decode, encode
from autograder.worker.jobs import read_job
from autograder.worker.loading import read_submission
from autograder.worker.messages import MAX_READ, MESSAGE_LENGTH, decode_message, encode_message
from autograder.worker.reading import parses
from autograder.workflows.grade import GradeRequest, run_class
from autograder.workflows.rescore import rescore
from tests.support.courses import KEY, RIGHT, TOY
from tests.support.isolation import Canned, message
from tests.support.runs import content

pytestmark = pytest.mark.hostile

COUNTS = {
    "module": 2_000,
    "notebook": 1_000,
    "names": 300,
    "evidence": 4_000,
    "messages": 1_700,
    "results": 300,
    "manifest": 400,
    "stored": 75,  # each starts the processes that judge
    "course": 500,
    "data": 300,
}


def fuzz(name, *strategies):
    """Run a test with as many inputs as COUNTS says, the same ones in every run."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    draw = settings(
        max_examples=COUNTS[name],
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=checks,
    )
    return lambda test: draw(given(*strategies)(test))


def test_ten_thousand_inputs():
    assert sum(COUNTS.values()) >= 10_000


# -- malformed bytes, text and JSON ---------------------------------------------------------------------------

PIECES = [
    *[
        b"\x00",
        b"\xff",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\r",
        b"\r\n",
        b"\x0c",
        b"\x1a",
        b"\\",
        b'"',
        b"'''",
        b"(" * 300,
    ],
    *[
        b"[" * 3000,
        b"{" * 300,
        b"\\ud800",
        b"\\u0000",
        b"\xed\xa0\x80",
        "가".encode("cp949"),
        "é".encode("latin-1"),
    ],
    *[
        b"!ls\n",
        b"%%time\n",
        b"%%bash\n",
        b"%x",
        b"?x",
        b"x??",
        b"%%",
        b"!",
        b"f(",
        b"lambda: ",
        b"not " * 500,
        b"9" * 5000,
    ],
    *[
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"null",
        b"[]",
        b"{}",
        b'{"a":',
        b'"cells": 1, ',
        b'"cell_type": [], ',
        b'"source": {}, ',
    ],
]
CODECS = [
    "hex",
    "undefined",
    "idna",
    "punycode",
    "utf-7",
    "utf-16",
    "utf-32",
    "unicode_escape",
    "raw_unicode_escape",
]
CODECS += [
    "rot13",
    "mbcs",
    "cp949",
    "latin-1",
    "ascii",
    "base64",
    "\x00",
    "utf-8-sig",
    "euc-kr",
    "palmos",
    "x" * 200,
]
ODD = [
    *[
        None,
        True,
        -1,
        0,
        1.5,
        float("nan"),
        float("inf"),
        10**400,
        "",
        "x",
        "\ud800",
        "\x00",
        "\x1b[2J",
        "{",
        "{x}",
        "%s",
    ],
    *[
        [],
        {},
        [[]],
        [None],
        {"": ""},
        {"ko": 1},
        {"a": {"b": {"c": [1, 2]}}},
        "x" * 5000,
        [0] * 500,
        "../../x",
    ],
]


def nested(depth):
    value = 0
    for _ in range(depth):
        value = [value]
    return value


@st.composite
def damaged(draw, originals):
    """Bytes of an original with some cut out, turned over, put in or repeated."""
    data = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.sampled_from([1, 2, 8, 60])))
        match draw(st.integers(0, 5)):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = (
                    data[:at]
                    + bytes(byte ^ draw(st.sampled_from([1, 128, 255])) for byte in data[at:to])
                    + data[to:]
                )
            case 3:
                data = data[:at] + data[at:to] * 3 + data[to:]
            case 4:
                data = data[:at] + draw(st.sampled_from(PIECES)) + data[at:]
            case 5:
                data = data[:at] + draw(st.binary(max_size=6)) + data[to:]
    return data


def places(value, found=None):
    """(container, key) of every value inside a JSON value."""
    found = [] if found is None else found
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        places(value[key], found)
    return found


@st.composite
def changed(draw, originals):
    """A JSON value with some values inside replaced by odd ones, taken out or moved."""
    value = json.loads(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 3))):
        inside = places(value)
        if not inside:
            break
        container, key = inside[draw(st.integers(0, len(inside) - 1))]
        match draw(st.integers(0, 4)):
            case 0 | 1:
                container[key] = deepcopy(draw(st.sampled_from([*ODD, nested(40)])))
            case 2:
                del container[key]
            case 3:
                other, name = inside[draw(st.integers(0, len(inside) - 1))]
                with_it = (
                    json.dumps(other[name])
                    if name in other or (isinstance(other, list) and name < len(other))
                    else "0"
                )
                container[key] = json.loads(with_it)
            case 4 if isinstance(container, dict):
                container[draw(st.sampled_from(["", "x", "\ud800", "schema", "q9_none", "metadata"]))] = (
                    container.pop(key)
                )
    return json.dumps(value).encode()


def duplicated(data):
    """The same JSON text with a name that stands twice."""
    return data.replace(b"{", b'{"cells": [], "cells": 0, ', 1)


# -- submissions ----------------------------------------------------------------------------------------------

MODULE = (RIGHT + "\n# 주석 é\n").encode()
CELLS = [
    "import math\nx = 1",
    "!pip install x\n%matplotlib inline\ny = 2",
    "%%time\nz = 3",
    "if x:\n    !ls\n",
    RIGHT,
]
NEW = nbformat.v4.new_notebook(
    cells=[nbformat.v4.new_code_cell(source) for source in CELLS] + [nbformat.v4.new_markdown_cell("# 제목")]
)
NEW.cells[0].outputs = [nbformat.v4.new_output("stream", text="1\n")]
OLD = nbformat.v3.new_notebook(
    worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(source) for source in CELLS])]
)
NOTEBOOKS = [nbformat.writes(NEW).encode(), nbformat.writes(OLD, version=3).encode()]
bare = st.sampled_from(
    [b"", b"\x00", b"[]", b"{}", b"null", b"{" * 2000, b"[" * 100_000, b'{"nbformat": 2}', b'{"nbformat": 4}']
)
notebooks = (
    changed(NOTEBOOKS)
    | damaged(NOTEBOOKS)
    | changed(NOTEBOOKS).map(duplicated)
    | st.sampled_from(NOTEBOOKS).flatmap(
        lambda data: st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "utf-7"]).map(data.decode().encode)
    )
    | bare
)
modules = (
    damaged([MODULE])
    | st.builds(
        lambda codec, data: b"# -*- coding: " + codec.encode() + b" -*-\n" + data,
        st.sampled_from(CODECS),
        damaged([MODULE]),
    )
    | st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "utf-7", "cp1252"]).map(
        lambda codec: MODULE.decode().encode(codec, "replace")
    )
    | st.binary(max_size=200)
)


@pytest.fixture(scope="module", autouse=True)
def _without_waiting_for_the_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def assert_said(text):
    """It is a sentence in both languages that can be stored and shown."""
    assert text.ko
    assert text.en
    encode(Evidence(facts=text.to_json()))


def assert_proper(submission):
    """What is taken of a folder is bytes, or a fault with a reason."""
    for note in submission.notes:
        assert_said(note)
    if submission.fault is not None:
        assert submission.data == b""
        assert_said(submission.fault.message)
    else:
        assert submission.name in ("q1_numbers.py", "q1_numbers.ipynb")
        assert submission.data.strip()


def assert_read(name, data):
    """Of any bytes the worker says what is in them, or why they cannot be run; and the source can be judged."""
    contents, message = read_submission(name, data, {})
    said, _ = decode_message(encode_message(message)[MESSAGE_LENGTH.size :], MAX_READ, MAX_READ)
    assert (contents is None) == (said.fault is not None)
    if contents is None:
        assert_said(unreadable(said.fault).message)
        return
    assert contents.cells
    for note in said.notes:
        assert_said(sentence(note))
    if not contents.notebook:
        assert parses(contents.cells[0].source) is None
    grade(ready().entry.question, Attempt(outcomes={}, source=said.source), ready().references)


@fuzz("module", modules)
def test_any_module_is_a_submission_or_a_fault(workplace, data):
    path = workplace / "q1_numbers.py"
    path.write_bytes(data)
    assert_proper(read(path))
    assert_read(path.name, data)


@fuzz("notebook", notebooks)
def test_any_notebook_is_a_submission_or_a_fault(workplace, data):
    path = workplace / "q1_numbers.ipynb"
    path.write_bytes(data)
    assert_proper(read(path))
    assert_read(path.name, data)


letters = st.sampled_from([*"q1_numbers.pyipynb -=[]{}'\"\\\n\t\x1b가é😀", "\udcff", "..", ".py", ".ipynb"])
names = (
    st.lists(letters, min_size=1, max_size=8).map("".join)
    | st.sampled_from(
        [
            "q1_numbers.py",
            "q1_numbers.ipynb",
            "Q1_numbers.py",
            "q1_numbers",
            "toy",
            "-",
            "--",
            "q1_numbers.py ",
            "q1_numbers (2).ipynb",
            "q1_numbers.html",
            "q1_numbers.zip",
            "work.tar.gz",
            "x" * 255,
        ]
    )
).filter(lambda name: name not in (".", "..") and len(os.fsencode(name)) <= 255)
kinds = st.sampled_from(["file", "folder", "link", "loop", "outside", "pipe", "empty", "archive"])


def make(path, kind):
    """Make something of this kind."""
    match kind:
        case "file":
            path.write_bytes(MODULE)
        case "empty":
            path.touch()
        case "folder":
            (path / "inner").mkdir(parents=True)
        case "link":
            path.symlink_to("q1_numbers.py")
        case "loop":
            path.symlink_to(path)
        case "outside":
            path.symlink_to("/etc/passwd")
        case "pipe":
            os.mkfifo(path)
        case "archive":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("q1_numbers.py", MODULE)
                archive.writestr("../../outside.txt", "x")


@fuzz("names", st.dictionaries(names, kinds, min_size=1, max_size=4))
def test_any_file_names_are_a_submission_or_a_fault(workplace, entries):
    student = workplace / "student"
    shutil.rmtree(student, ignore_errors=True)
    (student / "toy").mkdir(parents=True)
    for name, kind in entries.items():
        make(student / "toy" / name, kind)
    unpacked = workplace / "unpacked"
    found = find([student], "toy", "q1_numbers", ["q1_numbers", "q2_other"], unpacked)
    assert_proper(found)
    assert not (workplace / "outside.txt").exists()
    for path in map(os.path.realpath, found.beside.values()):
        assert any(Path(path).is_relative_to(folder) for folder in (student, unpacked))
    if found.fault is None:
        job = ready().job(found, [Task("mean")]).job
        message = io.BytesIO(job.encode(job.tasks, Confined(process=None), count_processes=True))
        sent, _ = read_job(message)
        assert (sent.file, tuple(os.fsdecode(other.path) for other in sent.beside)) == (
            found.name,
            tuple(found.beside),
        )


# -- a class that was graded, without any worker --------------------------------------------------------------


def honest(student, request, inputs):
    """The evidence that the toy question's right answer gives."""
    values = inputs.arrays["values"]
    given = {**inputs.arrays, **request.settings}
    if request.function == "probe_mean":
        return Evidence(arrays={"mean": np.asarray(values.mean())})
    if request.function == "probe_cumulative":
        return Evidence(arrays={"sums": given["scale"] * np.cumsum(values)})
    return Evidence(facts={"reason": "because", "saw_label": False})


@cache
def ready():
    """The toy question with inputs and references."""
    entry = Course(TOY).question("toy/q1_numbers")
    environment = Environment(profile="mini", device="cpu", versions=versions("python"))
    variants = variants_of(entry, KEY.encode())
    inputs = {
        variant.name: Evidence(arrays=load_module(entry.probes_path).given(variant.seed, "mini"))
        for variant in variants.values()
    }
    question = with_inputs(entry, environment, variants, inputs)
    attempts = {}
    for label, keyed in reference_jobs(question).items():
        job = keyed.job
        outcomes = {
            task: Outcome(evidence=honest(label[-1], job.calls[task], job.inputs[task.variant]), seconds=0.1)
            for task in job.tasks
        }
        attempts[label] = Attempt(outcomes=outcomes, source=job.submission.data.decode())
    return with_references(question, attempts)


def rounded(verdicts):
    """Verdicts as they stand in results.json."""
    return tuple(
        replace(one, seconds=round(one.seconds, 3), memory_mb=one.memory_mb and round(one.memory_mb, 1))
        for one in verdicts
    )


def assert_gradable(attempt, folder):
    """It can be stored, read back, judged and shown."""
    store = Store(folder)
    store.save("0" * 64, attempt)
    back = store.load("0" * 64)
    assert back is not None
    assert back.outcomes.keys() == attempt.outcomes.keys()
    verdicts = grade(ready().entry.question, back, ready().references)
    result = Result(student="a", question="q1_numbers", verdicts=tuple(verdicts), notes=back.notes)
    manifest = Manifest(exam="toy", course="", profile="mini", device="cpu", isolation="none", complete=True, questions={}, submissions={})  # fmt: skip
    results = Run(folder).write_results(header_of(manifest), [result])
    parser(ResultsFile)((folder / "results.json").read_bytes())
    (found,) = results
    assert (found.verdicts, found.notes) == (rounded(result.verdicts), result.notes)


# -- evidence and messages ------------------------------------------------------------------------------------

SOUND = [
    encode(
        Evidence(
            arrays={"mean": np.float64(1), "sums": np.arange(20.0)},
            facts={"reason": "x", "n": [1, {"a": None}]},
        )
    ),
    encode(
        Evidence(
            arrays={
                name: np.zeros((2, 0, 3), name) for name in ("bool", "int8", "uint64", "float16", "complex64")
            }
        )
    ),
    encode(Evidence(facts={"a": "가\ud800", "b": 1e300, "c": -0.0, "d": 2**70})),
    encode(Evidence()),
]
dtypes = st.sampled_from(
    ["F32", "F64", "F16", "BF16", "F8_E4M3", "I64", "U8", "BOOL", "C64", "F4", "", "x", None, 3]
)
sizes = st.lists(st.sampled_from([0, 1, 2, 3, -1, 2**31, 2**63, 2**64, 1.5, "1", None]), max_size=4)
offsets = st.lists(st.sampled_from([0, 4, 8, 16, -4, 2**63, 2**64, None, "0"]), max_size=3)
tensors = st.dictionaries(
    st.sampled_from(["mean", "sums", "", "__metadata__", "a/b", "\ud800", "x" * 300]),
    st.fixed_dictionaries(
        {}, optional={"dtype": dtypes, "shape": sizes, "data_offsets": offsets, "more": st.just(1)}
    ),
    max_size=3,
)


@st.composite
def forged(draw):
    """Evidence whose header of tensors is made up."""
    header = json.dumps(draw(tensors)).encode()
    facts = json.dumps(
        draw(st.sampled_from([{}, {"reason": 1}, {"a": nested(MAX_DEPTH - 2)}, {"a": nested(MAX_DEPTH)}]))
    ).encode()
    body = len(header).to_bytes(8, "little") + header + bytes(draw(st.sampled_from([0, 4, 8, 16])))
    return len(facts).to_bytes(4, "little") + facts + body


@fuzz("evidence", damaged(SOUND) | forged() | st.binary(max_size=100))
def test_any_evidence_is_refused_or_judged(workplace, data):
    try:
        found = decode(data, limit=1 << 20)
    except EvidenceError:
        return
    outcomes = {Task(part): Outcome(evidence=found) for part in ("mean", "cumulative", "reason")}
    assert_gradable(Attempt(outcomes=outcomes), workplace / "evidence")


DIALOGUE = [
    message({"event": "ready", "facts": {}}),
    message({"event": "read", "facts": {}, "source": RIGHT, "elsewhere": {"mean": "markdown"}}),
    message({"event": "loaded", "facts": {}, "notes": []}),
    message({"event": "begin", "facts": {}}),
    message({"event": "done", "facts": {}}, {"mean": np.float64(1)}),
    message({"event": "begin", "facts": {}}),
    message(
        {"event": "raised", "facts": {}, "problem": {"kind": "exception", "error": "E", "traceback": ""}}
    ),
]
events = st.sampled_from(["ready", "read", "loaded", "begin", "done", "raised", "", "bye", None, 1, [], {}])
odd = st.sampled_from(
    [*[value for value in ODD if value == value and value != float("inf")], nested(MAX_DEPTH - 3)]
)
texts = st.sampled_from(["exception", "missing", "unwritten", "exit", "memory", "return", "x"]) | odd
problem = st.fixed_dictionaries(
    dict.fromkeys(["kind", "error", "traceback"], texts),
    optional={"name": st.just("mean") | odd, "hint": st.sampled_from(["device", "input"]) | odd, "x": odd},
)
note = st.fixed_dictionaries(
    {"kind": st.sampled_from(["raised", "syntax", "exit", "no_code", "kernel", "x"]) | odd, "where": texts},
    optional={
        "details": st.dictionaries(
            st.sampled_from(["error", "line", "size", "name", "hint", "x"]), st.just("mean") | odd, max_size=3
        )
        | odd,
        "binds": st.lists(st.sampled_from(["mean", "*", "x"]) | odd, max_size=2) | odd,
    },
)
facts = st.fixed_dictionaries(
    {"event": events},
    optional={
        "facts": st.dictionaries(st.sampled_from(["reason", "mean", "x"]), odd, max_size=2) | odd,
        "notes": st.lists(note | odd, max_size=2) | odd,
        "fault": note | odd,
        "source": st.just("x = 1") | odd,
        "problem": problem | odd,
        "memory": st.just(1) | odd,
        "dropped": st.just(True) | odd,
    },
)
arrays = st.sampled_from(
    [
        {},
        {"mean": np.float64(1)},
        {"mean": np.array(["1"], "S").view("u1")},
        {"sums": np.zeros((0, 20))},
        {"a/b/c": np.array(True)},
    ]
)


@st.composite
def dialogues(draw):
    """What a worker may send: honest messages, odd ones and noise, in chunks cut anywhere."""
    sent = list(DIALOGUE[: draw(st.integers(0, len(DIALOGUE)))])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(sent)))
        match draw(st.integers(0, 4)):
            case 0:
                sent.insert(at, draw(st.binary(max_size=30)))
            case 1:
                sent.insert(at, draw(damaged(DIALOGUE)))
            case 2:
                sent.insert(at, draw(st.sampled_from(DIALOGUE)))
            case _:
                sent.insert(at, message(draw(facts), draw(arrays)))
    data = b"".join(sent)
    cuts = sorted({0, len(data), *draw(st.lists(st.integers(0, len(data)), max_size=3))})
    packets = [data[a:b] for a, b in pairwise(cuts)]
    return packets, draw(
        st.sampled_from([0, 1, 137, -9, -11, -24, 139, 255, -200, OSError("the zygote is gone")])
    )


@fuzz("messages", dialogues())
def test_whatever_a_worker_sends_each_task_has_an_outcome(workplace, said):
    tasks = [Task("mean"), Task("cumulative"), Task("reason")]
    job = ready().job(of_source("q1_numbers.py", RIGHT), tasks).job
    attempt = supervise(job, Canned(*said))
    assert attempt.outcomes.keys() == set(tasks)
    for outcome in attempt.outcomes.values():
        assert [outcome.evidence, outcome.fault, outcome.failure].count(None) == 2
    assert_gradable(attempt, workplace / "messages")


@pytest.mark.parametrize("together", [True, False])
def test_what_a_worker_sends_after_its_last_answer_changes_nothing(together):
    job = ready().job(of_source("q1_numbers.py", RIGHT), [Task("mean")]).job
    sent = [*DIALOGUE[:5], DIALOGUE[4], b"\xff" * 30]
    attempt = supervise(job, Canned([b"".join(sent)] if together else sent, 0))
    assert attempt.outcomes[Task("mean")].evidence.arrays["mean"] == 1


# -- the files of a run ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(workplace, bubblewrap):
    """A run of one student, and its files as they are."""
    course = Course(TOY)
    path = workplace / "class" / "a" / "q1_numbers.py"
    path.parent.mkdir(parents=True)
    path.write_text(RIGHT.replace("/ len(values)", "/ (len(values) - 1)"))
    run = Run(workplace / "run")
    run_class(
        GradeRequest(
            course=course,
            exam=course.exam("toy"),
            submissions=path.parents[1],
            run=run,
            site=Site(executor=Local(bubblewrap)),
        )
    )
    return run, {file: file.read_bytes() for file in run.folder.rglob("*") if file.is_file()}


@pytest.fixture
def whole(graded):
    """The run, put right before every test."""
    restore(graded)
    yield graded
    restore(graded)


def restore(graded):
    for path, data in graded[1].items():
        path.write_bytes(data)


def draw_damaged(data, original):
    return data.draw(changed([original]) | damaged([original]) | bare)


def one_line(error):
    assert str(error)
    assert "\n" not in str(error)


@fuzz("results", st.data())
def test_damaged_results_are_an_error_of_one_line_or_are_shown(whole, workplace, data):
    run, files = whole
    path = run.folder / "results.json"
    path.write_bytes(draw_damaged(data, files[path]))
    try:
        results = run.results()
        list(results)
        class_table(results, "ko")
        for renderer in RENDERERS.values():
            renderer(results, workplace / "report", "en", material_of(run))
    except UserError as error:
        one_line(error)


@fuzz("manifest", st.data())
def test_a_damaged_manifest_is_an_error_of_one_line_or_is_rescored(whole, data):
    run, files = whole
    path = run.folder / "run.json"
    path.write_bytes(draw_damaged(data, files[path]))
    try:
        rescore(run)
    except UserError as error:
        one_line(error)


@fuzz("stored", st.data())
def test_damaged_evidence_is_an_error_of_one_line_or_harmless(whole, data):
    run, files = whole
    path = data.draw(st.sampled_from(sorted(run.evidence.iterdir())))
    path.write_bytes(data.draw(damaged([files[path]]) | bare))
    before = json.loads(files[run.folder / "results.json"])
    try:
        assert {"schema": 1, **content(rescore(run))} == before
    except UserError as error:
        one_line(error)


# -- courses --------------------------------------------------------------------------------------------------

EXAM = "exams/toy/q1_numbers/question.py"
PROBES = "exams/toy/q1_numbers/probes.py"
HEADING = "exams/toy/__init__.py"
SOLUTION = "solutions/toy/q1_numbers/solution.py"
MISTAKES = "solutions/toy/q1_numbers/mistakes.py"
INTERFACE = "exams/toy/q1_numbers/interface.py"
CHANGED = (EXAM, PROBES, INTERFACE, HEADING, SOLUTION, MISTAKES)
BESIDE = [f"exams/toy/q1_numbers/statement.{language}.md" for language in ("ko", "en")]
ORIGINALS = {name: (TOY / name).read_bytes() for name in (*CHANGED, *BESIDE)}
VALUES = [
    b"None",
    b"[]",
    b"{}",
    b"''",
    b"-1",
    b"0",
    b"1.5",
    b"'x'",
    b"object()",
    b"lambda: 0",
    b"[1]",
    b"float('nan')",
    b"10**400",
    b"undefined",
]


@st.composite
def edited(draw, original):
    """A module in which a word, a value of an argument or a line is another."""
    lines = original.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(lines) - 1))
        line, value = lines[at], draw(st.sampled_from(VALUES))
        match draw(st.integers(0, 3)):
            case 0:
                lines[at] = b""
            case 1 if b"=" in line:
                name, equals, rest = line.partition(b"=")
                lines[at] = name + equals + value + (b",\n" if rest.rstrip().endswith(b",") else b"\n")
            case 2 if b"(" in line:
                lines[at] = line.replace(b"(", b"(" + value + b", ", 1)
            case _:
                words = (
                    [
                        word
                        for word in line.replace(b"(", b" ").replace(b")", b" ").replace(b",", b" ").split()
                        if word.decode().isidentifier()
                    ]
                    if line.isascii()
                    else []
                )
                if words:
                    lines[at] = line.replace(draw(st.sampled_from(words)), value, 1)
    return b"".join(lines)


@st.composite
def courses(draw):
    name = draw(st.sampled_from(CHANGED))
    return name, draw(edited(ORIGINALS[name]) | edited(ORIGINALS[name]) | damaged([ORIGINALS[name]]))


@fuzz("course", courses())
def test_a_damaged_course_is_an_error_of_one_line_or_is_loaded(workplace, damage):
    root = workplace / "course"
    for name, data in {**ORIGINALS, damage[0]: damage[1]}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    try:
        exam = Course.find(root).exam("toy")
        (entry,) = exam.questions
        environment = Environment(profile="mini", device="cpu", versions=versions(entry.question.framework))
        variants = variants_of(entry, b"key")
        question_digest(entry, environment, variants)
        given_job(entry, environment, variants)
        for mistake in entry.mistakes:
            entry.mistake_source(mistake)
        assert parses(template(entry)) is None
        assert exam.exam.title["ko"] is not None
        assert entry.question.points >= 0
    except UserError as error:
        one_line(error)
