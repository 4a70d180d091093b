"""An imported assignment gets the same points from nbgrader's own command and from ours."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli.main import cli
from autograder.integrations.importers.from_nbgrader import handout
from tests.support.importing import numpy_notebook

pytestmark = pytest.mark.parity
EDITS = {
    "right": ("", ""),
    "abs": ("np.maximum(x, 0)", "np.abs(x)"),
    "constant": ("np.maximum(x, 0)", "np.array([0.0, 0.25, 2.75])"),
    "none": ("return np.maximum(x, 0)", "pass"),
    "slope": ("np.maximum(x, 0)", "np.maximum(x, 0.1 * x)"),
    "sum": ("return e / e.sum()", "return e"),
    "list": ("return e / e.sum()", "return list(e / e.sum())"),
    "column": ("return e / e.sum()", "return (e / e.sum())[:, None]"),
    "raises": ("return e / e.sum()", "raise RuntimeError('x')"),
    "floor": ("sum(values) / len(values)", "sum(values) // len(values)"),
    "less": ("len(values)", "(len(values) - 1 or 1)"),
    "counts": ("'b': 3}", "'b': 4}"),
    "names": ("names = ['a', 'b']", "names = ['a', 'b', 'c']"),
    "error": ("raise ValueError('negative')", "return 0"),
    "state": ("step = 1", "step = 2"),
    "double": ("return 2 * x", "return 2 * x + 1e-3"),
    "fill": ("a[:] = 7", "a[:2] = 7"),
    "tuples": ("tuple(r)", "list(r)"),
    "zeros": ("np.random.randn(n)", "np.zeros(n)"),
    "axis": ("a.mean(0)", "a.mean(1, keepdims=True)"),
    "sample": ("a.std(0)", "a.std(0, ddof=1)"),
    "syntax": ("return 2 * x", "return 2 *"),
    "undefined": ("def double(x)", "def doubled(x)"),
    "exits": ("step = 1", "step = 1\nimport sys\nprint('hello')"),
}


def submission(source: dict, old: str, new: str) -> dict:
    """The solved notebook as a student would hand it in, with an edit."""
    made, found = json.loads(handout(source)), False
    for cell, theirs in zip(made["cells"], source["cells"], strict=True):
        if theirs["metadata"].get("nbgrader", {}).get("solution"):
            text = re.sub(r"(?m)^ *(### (BEGIN|END) SOLUTION)\n?", "", theirs["source"])
            found = found or old in text
            cell["source"] = text.replace(old, new) if old else text
    assert found
    return made


def nbgrader(folder: Path, *arguments: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, check=False, capture_output=True)


def run(*arguments: object) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*map(str, arguments)], standalone_mode=True)
    assert left.value.code == 0


def test_the_points_are_nbgraders(tmp_path):
    from nbgrader.api import Gradebook

    theirs, course = tmp_path / "nb", tmp_path / "course"
    path = numpy_notebook().write(theirs / "source" / "ps1" / "arrays.ipynb")
    source = json.loads(path.read_text())
    for name, (old, new) in EDITS.items():
        target = theirs / "submitted" / name / "ps1" / "arrays.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(submission(source, old, new)))
    nbgrader(theirs, "generate_assignment", "ps1", "--create")
    nbgrader(theirs, "autograde", "ps1")
    run("import", path.parent, "--output", course, "-q")
    run("grade", "ps1", theirs / "submitted", "--course", course, "--output", tmp_path / "run", "-q")
    rows = json.loads((tmp_path / "run" / "results.json").read_text())["results"]
    ours = {(row["student"], row["part"]): row["points"] for row in rows}
    with Gradebook(f"sqlite:///{theirs / 'gradebook.db'}") as book:
        found = {
            (one.student.id, grade.name.replace("-", "_")): grade.auto_score
            for one in book.assignment_submissions("ps1")
            for notebook in one.notebooks
            for grade in notebook.grades
            if grade.auto_score is not None
        }
    assert len(found) == 12 * len(EDITS)
    assert {key: (score, ours[key]) for key, score in found.items() if abs(score - ours[key]) > 1e-9} == {}
