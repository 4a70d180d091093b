"""What a student is told in a real Jupyter kernel, by the released checks, is what grading says."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.handout.write import write_release
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.workflows.grade import GradeRequest, run_class
from tests.parity.cases import COURSE, PARTS, QUESTIONS, cases
from tests.support.courses import KEY, REPOSITORY
from tests.support.runs import content

pytestmark = pytest.mark.parity

EXAM = Course(COURSE).exam("parity")
CASES = {question: [case for case in cases() if case.question == question] for question in QUESTIONS}
AT_ONCE = 2  # kernels


@pytest.fixture(scope="module")
def released(warm, tmp_path_factory):
    """A release's folder, with its checks."""
    folder = tmp_path_factory.mktemp("release") / "parity"
    runner = Runner(executor=Local(warm))
    write_release(
        EXAM, folder, languages=["ko", "en"], key=KEY.encode(), runner=runner, jobs=2, progress=Silent()
    )
    return folder


def graded(question, folder, isolation):
    """Return for each student the parts that they passed, as graded, and the class's number of failures of ours."""
    for case in CASES[question]:
        case.write(folder / "submissions" / case.name / "parity")
    request = GradeRequest(
        course=Course(COURSE),
        exam=EXAM,
        submissions=folder / "submissions",
        run=Run(folder / "run"),
        site=Site(executor=Local(isolation), jobs=2),
        only_questions=[question],
    )
    passed = {case.name: set() for case in CASES[question]}
    told = {}
    for row in content(run_class(request))["results"]:
        assert row["status"] != "ungraded", row
        if row["status"] == "passed":
            passed[row["student"]].add(row["part"])
        told[row["student"], row["part"]] = [finding["message"]["en"] for finding in row["findings"]]
    return passed, told


async def in_kernel(case, released, folder):
    """Return the parts that pass in a kernel of its own, in which all cells are run whatever they raise."""
    case.write(folder)
    shutil.copytree(released / "autograder_checks", folder / "autograder_checks")
    if case.module:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(f"from {case.question} import *")]
        )
    else:
        text = (folder / f"{case.question}.ipynb").read_text(encoding="utf-8-sig")
        notebook = nbformat.reads(text, as_version=4)
    checks = "import json, os, autograder\nos.chdir(os.environ['FOLDER'])\n"
    checks += f"print(json.dumps({{p: autograder.check(p).passed for p in {PARTS[case.question]!r}}}))"
    notebook.cells.append(nbformat.v4.new_code_cell(checks))
    client = NotebookClient(
        notebook,
        timeout=120,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    home = folder.parent / f"home-{case.name}"
    home.mkdir()
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "HOME": str(home), "FOLDER": str(folder)}
    await client.async_execute(env=env)
    lines = [output.get("text", "") for output in notebook.cells[-1].outputs]
    assert lines, notebook.cells[-1]
    assert "traceback" not in notebook.cells[-1].outputs[0], notebook.cells[-1].outputs[0]["traceback"]
    return {part for part, passed in json.loads(lines[-1]).items() if passed}


async def in_kernels(question, released, folder):
    allowed = asyncio.Semaphore(AT_ONCE)

    async def one(case):
        async with allowed:
            return case.name, await in_kernel(case, released, folder / case.name)

    return dict(await asyncio.gather(*map(one, CASES[question])))


@pytest.mark.parametrize("question", QUESTIONS)
def test_grading_agrees_with_jupyter(question, released, warm, tmp_path: Path):
    mine, told = graded(question, tmp_path / "graded", warm)
    theirs = asyncio.run(in_kernels(question, released, tmp_path / "kernels"))
    different = {
        (name, part): (f"passes in {'Jupyter' if part in theirs[name] else 'grading'} only", told[name, part])
        for name in theirs
        for part in PARTS[question]
        if (part in theirs[name]) != (part in mine[name])
    }
    assert different == {}
    right = [name for name, parts in mine.items() if parts == set(PARTS[question])]
    assert 0 < len(right) < len(mine), "some of the cases are right, and some are wrong"


def test_there_are_enough_cases_for_three_frameworks():
    assert sum(map(len, CASES.values())) >= 60
    assert {entry.question.framework for entry in EXAM.questions} == {"python", "torch", "tensorflow"}
