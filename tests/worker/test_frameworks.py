"""One framework per process, and no device but the one that was asked for."""

from __future__ import annotations

import ast

import pytest

from autograder.core.exam import Limit
from autograder.core.outcome import Task
from autograder.course.catalog import Course
from autograder.course.submission import of_source
from autograder.sandbox.job import SETUP, Job
from autograder.sandbox.supervisor import run
from autograder.worker.jobs import ProbeCall
from tests.support.courses import REPOSITORY

ENTRIES = [entry for exam in Course(REPOSITORY).exams() for entry in exam.questions]
KINDS = sorted({(entry.question.framework, tuple(entry.question.preload)) for entry in ENTRIES})
PROBE = """
import sys
def probe(student, given, device):
    return {"frameworks": sorted({"torch", "tensorflow"} & set(sys.modules)), "threads": student.threads()}
"""
EXPECTED = {"python": [], "torch": ["torch"], "fastai": ["torch"], "tensorflow": ["tensorflow"]}


@pytest.mark.verify
@pytest.mark.parametrize(("framework", "preload"), KINDS)
def test_a_worker_holds_its_own_framework_only(framework, preload, bubblewrap):
    source = "import os\ndef threads():\n    return len(os.listdir('/proc/self/task'))\n"
    job = Job(
        code=PROBE,
        code_name="<probe>",
        framework=framework,
        submission=of_source("q.py", source),
        tasks=[Task("a")],
        calls={Task("a"): ProbeCall(function="probe", settings={})},
        inputs={},
        limits={"a": Limit(), SETUP: Limit()},
        preload=preload,
    )
    evidence = run(job, bubblewrap).outcomes[Task("a")].evidence
    assert evidence is not None
    assert evidence.facts["frameworks"] == EXPECTED[framework]
    assert evidence.facts["threads"] == 1  # or a warm worker could not be forked


def arguments_of_startswith(node):
    """What a call such as ``device.startswith("cuda")`` asks about: a question, and no choice of a device."""
    asks = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return node.args if asks and node.func.attr == "startswith" else []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_no_device_is_hard_coded(entry):
    for source in (entry.probe_source, entry.solution_source):
        tree = ast.parse(source)
        asked = {id(value) for node in ast.walk(tree) for value in arguments_of_startswith(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in asked:
                assert not node.value.startswith("cuda"), ast.unparse(node)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "cuda", ast.unparse(node)


@pytest.mark.parametrize(
    "entry",
    [e for e in ENTRIES if e.question.framework in ("torch", "fastai")],
    ids=lambda entry: entry.id,
)
def test_probes_of_torch_questions_use_the_device_they_are_given(entry):
    functions = {
        node.name: node for node in ast.parse(entry.probe_source).body if isinstance(node, ast.FunctionDef)
    }
    used = {
        name
        for name, node in functions.items()
        for inner in ast.walk(node)
        if "device" in (getattr(inner, "id", ""), getattr(inner, "attr", ""))  # device, or given.device
        and isinstance(inner.ctx, ast.Load)
    }
    calls = [call for part in entry.question.parts for call in part.parsed_calls]
    assert used or calls, "no probe passes its device on"  # the inputs of calls are on it
