"""An assignment of nbgrader's becomes a question whose scores are nbgrader's own."""

from __future__ import annotations

import json

import pytest

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.grading.grade import grade
from autograder.integrations.importers.from_nbgrader import read_notebook
from autograder.integrations.importers.importing import Importing
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.sandbox.choose import confining
from tests.support.importing import numpy_notebook


@pytest.fixture(scope="module")
def site():
    with confining("auto") as isolation:
        yield Site(executor=Local(isolation), jobs=2)


def imported(notebook, folder, site, **files):
    path = notebook.write(folder / "source" / "ps1" / "sheet.ipynb")
    for name, text in files.items():
        (path.parent / name.replace("__", ".")).write_text(text)
    course = folder / "course"
    (report,) = Importing(course=course, exam="ps1", source="ps1").run(
        [read_notebook(path)], site, Silent(), lambda line: None
    )
    return Course(course), report


@pytest.fixture(scope="module")
def arrays(tmp_path_factory, site):
    return imported(numpy_notebook(), tmp_path_factory.mktemp("arrays"), site)


def points(course, site, source):
    """The points by part of a module in the place of a student's notebook."""
    (entry,) = course.exam("ps1").questions
    ready = prepare(site.environments([entry]), Runner(executor=site.executor), key=b"k", wanted="solution")[
        entry
    ]
    attempt = Runner(executor=site.executor).attempt(ready.source_job(source, ready.tasks))
    return {one.part: one for one in grade(entry.question, attempt, ready.references)}


def test_every_assertion_becomes_evidence(arrays):
    _, report = arrays
    assert (report.before, report.after) == (22, 22)
    assert not report.left_out
    assert {cell.name: cell.trusted for cell in report.cells if cell.trusted} == {}
    assert sum(len(cell.assertions) for cell in report.cells) == 30
    assert {cell.name for cell in report.cells if cell.drawn} == {
        "test-relu",
        "test-softmax",
        "test-normalize",
    }


def test_what_only_the_expected_side_needs_does_not_enter_the_sandbox(arrays):
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    for secret in ("expected", "0.12195165", "reference", "[0.0, 0.25, 2.75]", "2.0)"):
        assert secret not in entry.probe_source
        assert secret in entry.expected_source or secret == "0.12195165"


def test_the_solution_earns_everything_and_the_template_nothing(arrays, site):
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    right = points(course, site, entry.solution_source)
    assert {name: one.points for name, one in right.items()} == {
        part.name: part.points if part.name != "why" else 0 for part in entry.question.parts
    }
    assert right["why"].manual == 4
    assert sum(one.points for one in points(course, site, entry.interface_source).values()) == 0


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("np.maximum(x, 0)", "np.abs(x)", {"test_relu"}),
        ("np.maximum(x, 0)", "np.array([0.0, 0.25, 2.75])", {"test_relu"}),
        ("return e / e.sum()", "return e * np.nan", {"test_softmax"}),
        ("return e / e.sum()", "raise RuntimeError('x')", {"test_softmax"}),
        ("step = 1", "step = 2", {"test_state", "test_onward"}),
        ("return 2 * x", "return 2 * x + 1e-3", {"test_double"}),
        ("return 2 * x", "return (2 * x)[None]", {"test_double"}),
        ("a[:] = 7", "a[:2] = 7", {"test_fill"}),
        ("raise ValueError('negative')", "return 0", {"test_root"}),
        ("tuple(r)", "list(r)", {"test_rows"}),
        ("np.random.randn(n)", "np.zeros(n)", {"test_noise"}),
        ("'b': 3}", "'b': 4}", {"test_count"}),
    ],
)
def test_a_mistake_costs_the_cells_that_see_it(arrays, site, old, new, lost):
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    assert old in entry.solution_source
    found = points(course, site, entry.solution_source.replace(old, new))
    assert {name for name, one in found.items() if one.points + one.manual < one.max_points} == lost


def test_what_students_patch_does_not_judge(arrays, site):
    """nbgrader's own test passes where the comparator does."""
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    patched = entry.solution_source.replace("np.maximum(x, 0)", "x * 0 + 5").replace(
        "def relu", "np.allclose = lambda *a, **k: True\ndef relu"
    )
    assert points(course, site, patched)["test_relu"].points == 0


def test_an_object_that_equals_everything_equals_nothing(arrays, site):
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    sly = "class Sly:\n    def __eq__(self, other):\n        return True\n    def __len__(self):\n        return 2\n"
    changed = entry.solution_source.replace(
        "step = 1", f"{sly}\n    __radd__ = __add__ = lambda s, o: 2\nstep = Sly()"
    )
    assert points(course, site, changed)["test_state"].points == 0


def test_hidden_tests_say_nothing(arrays, site):
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    constant = entry.solution_source.replace("np.maximum(x, 0)", "np.where(x == x[0], np.maximum(x, 0), x)")
    found = points(course, site, constant.replace("== x[0]", "== -1.5"))["test_relu"]
    assert found.points == 0
    said = " ".join(one.message.en for one in found.findings)
    assert "3.5" not in said


def test_it_is_handed_out_without_answers(arrays):
    course, _ = arrays
    (entry,) = course.exam("ps1").questions
    cells = json.loads(entry.handout_path.read_text())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    assert "np.maximum" not in text
    assert "3.5" not in text
    assert "MARK SCHEME" not in text
    assert text.count("raise NotImplementedError()") == 12
