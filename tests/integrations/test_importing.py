"""An assignment of nbgrader's becomes a question whose scores are nbgrader's own."""

from __future__ import annotations

import json
import os
import re
import shutil

import nbformat
import pytest

from autograder.core.cells import split_cells
from autograder.core.progress import Silent
from autograder.core.text import LEFT_TO_GRADING
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.course.modules import CatalogError
from autograder.course.question_files import CHECKS_FOLDER
from autograder.grading.grade import grade
from autograder.handout.own_files import OwnFiles
from autograder.handout.self_check import self_check
from autograder.integrations.importers.from_nbgrader import read_notebook
from autograder.integrations.importers.from_otter import read_otter
from autograder.integrations.importers.from_pytest import read_pytest
from autograder.integrations.importers.importing import Importing
from autograder.integrations.importers.model import ImportingError
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.sandbox.choose import confining
from tests.support.courses import REPOSITORY
from tests.support.importing import (
    Notebook,
    keras_notebook,
    numpy_notebook,
    otter_folder,
    pytest_folder,
    solution,
    torch_notebook,
)
from tests.support.releases import release_of


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


def test_a_release_lets_students_check_themselves(arrays, tmp_path, site):
    """Visible tests are judged as they are graded; of hidden ones and of rubrics a release has nothing."""
    course, _ = arrays
    release_of(course.exam("ps1"), tmp_path, site.executor.isolation)
    path = tmp_path / "sheet.ipynb"
    assert "autograder check sheet.ipynb" in (tmp_path / "README.md").read_text()
    assert b"3.5" not in (tmp_path / CHECKS_FOLDER / "sheet.checks").read_bytes()
    runner = Runner(executor=site.executor)
    own = OwnFiles(runner=runner, course=lambda: course)

    def verdicts():
        return {one.part: one for one in self_check(path, own.prepared(path), runner).verdicts}

    blank = verdicts()
    assert blank["test_relu"].status is Status.FAILED
    assert not any(one.passed for one in blank["test_softmax"].findings), "no assertion was reached"
    notebook = nbformat.read(path, 4)
    answers = {one.name: one.source for one in split_cells(course.exam("ps1").questions[0].solution_source)}
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, path)
    right = verdicts()
    assert not [one.part for one in right.values() if one.status is Status.FAILED]
    assert [one.message.en for one in right["test_relu"].findings if one.manual] == [LEFT_TO_GRADING.en]
    path.write_text(path.read_text().replace("np.maximum(x, 0)", "np.maximum(x, 1)"))
    wrong = verdicts()
    assert {name for name, one in wrong.items() if one.status is not right[name].status} >= {"test_relu"}
    assert "does not hold" in " ".join(
        one.message.en for one in wrong["test_relu"].findings if not one.passed
    )


def test_a_course_that_was_imported_before_there_was_a_self_check_says_what_to_do(arrays, tmp_path, site):
    course = Course(shutil.copytree(arrays[0].root, tmp_path / "course"))
    (entry,) = course.exam("ps1").questions
    entry.shown_path.unlink()
    with pytest.raises(CatalogError, match=r"shown\.py: no such file; run autograder import once more"):
        release_of(course.exam("ps1"), tmp_path / "release", site.executor.isolation)


@pytest.fixture(scope="module")
def otter(tmp_path_factory, site):
    folder = tmp_path_factory.mktemp("otter")
    path = otter_folder(folder / "source") / "sheet.ipynb"
    (report,) = Importing(course=folder / "course", exam="ps1", source="otter").run(
        [read_otter(path)], site, Silent(), lambda line: None
    )
    return Course(folder / "course"), report


def test_otters_cases_are_parts_worth_what_they_were(otter):
    _, report = otter
    assert (report.before, report.after) == (11, 11)
    assert not report.left_out
    assert {cell.name: cell.points for cell in report.cells} == {
        "q1": 1, "q1-2": 1, "q2": 1, "q2-2": 3, "q3": 1, "q3-2": 3, "q4": 1,
    }  # fmt: skip
    assert [cell.forgeable.en for cell in report.cells] == [""] * 7


def test_otters_cells_ask_for_the_checks_of_a_release(otter, tmp_path, site):
    """No tests/ folder goes with a release; what else the notebook has otter do, does nothing."""
    from nbclient import NotebookClient

    course, _ = otter
    release_of(course.exam("ps1"), tmp_path, site.executor.isolation)
    notebook = nbformat.read(tmp_path / "sheet.ipynb", 4)
    imports, *cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert "import stand_in as otter" in imports.source
    imports.source = re.sub("%pip .*", "raise", imports.source)  # the package is there
    for cell in cells:
        cell.source = cell.source.replace("greeting = ...", "greeting = 'hello'")
    notebook.cells.append(nbformat.v4.new_code_cell("grader.export(run_tests=True)\ngrader.check('q9')"))
    where = {"metadata": {"path": str(tmp_path)}}
    client = NotebookClient(notebook, timeout=120, allow_errors=True, resources=where)
    client.execute(env={**os.environ, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "en_US.UTF-8"})
    *checks, last = [cell for cell in cells if "grader.check" in cell.source] + notebook.cells[-1:]
    shown = {cell.source: cell.outputs[-1].data["text/plain"] for cell in checks}
    assert "failed" in shown['grader.check("q1")']
    assert "This is judged when your work is graded." in shown['grader.check("q1")']
    assert "passed" in shown['grader.check("q4")']
    assert [one.ename for one in last.outputs if one.output_type == "error"] == ["CheckFileError"]


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("return x * x", "return x + x", {"q1", "q1_2"}),
        ("return x * x", "return np.float64(x * x)", {"q1"}),  # repr is what a doctest compares
        ("x - x.mean()", "x - 1", {"q2", "q2_2"}),
        ("'b': 2", "'b': 3", {"q3_2"}),
        ("'hello'", "'hallo'", {"q4"}),
    ],
)
def test_a_mistake_costs_the_case_of_otters_that_sees_it(otter, site, old, new, lost):
    course, _ = otter
    (entry,) = course.exam("ps1").questions
    assert old in entry.solution_source
    found = points(course, site, entry.solution_source.replace(old, new))
    assert {name for name, one in found.items() if one.points < one.max_points} == lost


def test_otters_other_cases_stay_in_place_where_the_first_is_left_out(tmp_path, site):
    path = otter_folder(tmp_path / "source") / "sheet.ipynb"
    test = path.parent / "tests" / "q2.py"
    test.write_text(test.read_text().replace("(3,)", "(4,)"))
    (report,) = Importing(course=tmp_path / "course", exam="ps1", source="otter").run(
        [read_otter(path)], site, Silent(), lambda line: None
    )
    assert [(one.where, one.points) for one in report.left_out] == [("q2", 1)]
    (entry,) = Course(tmp_path / "course").exam("ps1").questions
    cells = [(one.kind, one.name) for one in split_cells(entry.probe_source)]
    place = cells.index(("given", "q2"))  # where students' notebooks have grader.check("q2")
    assert cells[place + 1] == ("test", "q2-2")


def test_a_master_notebook_of_otters(tmp_path):
    made = Notebook()
    made.add("raw", "# ASSIGNMENT CONFIG\nfiles: []")
    made.add("raw", "# BEGIN QUESTION\nname: q1\npoints: 3")
    made.words("Double.")
    made.add("raw", "# BEGIN SOLUTION")
    made.plain("def double(x):\n    return 2 * x # SOLUTION\n\ny = double(3) # SOLUTION")
    made.add("raw", "# END SOLUTION")
    made.add("raw", "# BEGIN TESTS")
    made.plain("assert double(2) == 4")
    made.plain('""" # BEGIN TEST CONFIG\npoints: 2\nhidden: true\n""" # END TEST CONFIG\nassert y == 6')
    made.add("raw", "# END TESTS")
    made.add("raw", "# END QUESTION")
    made.add("raw", "# BEGIN QUESTION\nname: q2\nmanual: true\npoints: 4")
    made.add("raw", "# BEGIN SOLUTION")
    made.words("Because.")
    made.words("And so on.")
    made.add("raw", "# END SOLUTION")
    made.add("raw", "# END QUESTION")
    read = read_otter(made.write(tmp_path / "m.ipynb"))
    assert [(one.kind, one.name, one.points) for one in read.pieces if one.points] == [
        ("test", "q1", 1), ("test", "q1-2", 2), ("essay", "q2", 4),
    ]  # fmt: skip
    (answer,) = [one for one in read.pieces if one.kind == "answer"]
    assert answer.template == "def double(x):\n    ...\n\ny = ..."
    assert [bool(one.hidden) for one in read.pieces if one.kind == "test"] == [False, True]
    assert not any(text in read.handout for text in (b"2 * x", b"Because", b"so on"))


def refused(notebook, tmp_path, site, **files):
    _, report = imported(notebook, tmp_path, site, **files)
    return report


def test_what_cannot_be_imported_is_said_in_a_line_each(tmp_path, site):
    made = Notebook()
    made.answer("f", solution("def f(x):", "    return x + 1"))
    made.test("good", 1, "assert f(1) == 2")
    made.test("wrong", 2, "assert f(1) == 3")
    made.test("r-cell", 1, "%%R\nx <- 1")
    made.test("open", 1, "### BEGIN HIDDEN TESTS\nassert f(2) == 3")
    made.test("no-python", 1, "assert f(1) ==")
    made.answer("unclosed", "### BEGIN SOLUTION\ny = 1")
    made.test(
        "magic",
        1,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nassert f(2) == 3",
    )
    made.test("timed", 1, "%%time\nassert f(3) == 4")
    made.test("data", 1, "import csv\nrows = list(csv.reader(open('table.csv')))\nassert f(len(rows)) == 3")
    report = refused(made, tmp_path, site, table__csv="a\nb\n")
    assert {cell.name: len(cell.assertions) for cell in report.cells} == {
        "good": 1,
        "magic": 1,
        "timed": 1,
        "data": 1,
    }
    assert (report.before, report.after) == (9, 4)
    assert {one.where: one.points for one in report.left_out} == {
        "wrong": 2, "r-cell": 1, "open": 1, "no-python": 1, "unclosed": 0,
    }  # fmt: skip
    assert all(one.why and "\n" not in one.why.en + one.why.ko for one in report.left_out)


def test_a_notebook_without_tests_and_one_of_another_language(tmp_path, site):
    made = Notebook()
    made.plain("x = 1")
    with pytest.raises(ImportingError, match="nothing in it is graded"):
        imported(made, tmp_path, site)
    with pytest.raises(ImportingError, match="its language is R"):
        read_notebook(made.write(tmp_path / "r.ipynb", language="R"))
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(ImportingError, match="no notebook"):
        read_notebook(tmp_path / "broken.ipynb")


def test_what_no_notebook_of_nbgraders_says_so_is_left_out_with_a_line_each(tmp_path):
    made = Notebook()
    made.test("fine", 1, "assert True")
    made.test("points", "two", "assert True")
    made.test("less", -1, "assert True")
    about = {"grade": True, "grade_id": "text", "locked": True, "solution": False, "task": False, "points": 2}
    made.add("markdown", "Explain.", about)
    made.words("![a](attachment:a.png)", attachments={"a.png": {"image/png": "%%%"}})
    read = read_notebook(made.write(tmp_path / "sheet.ipynb"))
    assert [one.name for one in read.pieces if one.kind == "test"] == ["fine"]
    assert {one.where: one.points for one in read.left_out} == {
        "points": 0,
        "less": 0,
        "text": 2,
        "cell-5": 0,
    }
    assert all("\n" not in one.why.en + one.why.ko for one in read.left_out)


def test_otters_marker_that_is_not_closed_costs_its_cell(tmp_path):
    made = Notebook()
    made.add("raw", "# BEGIN QUESTION\nname: q1")
    made.plain("def f(x):\n    # BEGIN SOLUTION\n    return x")
    made.add("raw", "# BEGIN TESTS")
    made.plain("assert f(1) == 1")
    read = read_otter(made.write(tmp_path / "sheet.ipynb"))
    assert [(one.where, one.why.en) for one in read.left_out] == [
        ("cell-2", "# BEGIN SOLUTION is not closed")
    ]
    assert [one.name for one in read.pieces if one.kind == "test"] == ["q1"]


def test_otters_tests_inside_the_notebook(tmp_path):
    made = Notebook()
    made.plain("def f(x):\n    return x + 1")
    made.plain('grader.check("q1")')
    path = made.write(tmp_path / "sheet.ipynb")
    text = json.loads(path.read_text())
    cases = [{"code": ">>> f(1)\n2", "hidden": False}, {"code": ">>> f(2) == 3\nTrue", "hidden": True}]
    text["metadata"]["otter"] = {
        "OK_FORMAT": True,
        "tests": {"q1": {"points": 2, "suites": [{"cases": cases}]}},
    }
    path.write_text(json.dumps(text))
    read = read_otter(path)
    assert [(one.source, one.points) for one in read.pieces if one.kind == "test"] == [
        ("assert repr(f(1)) == '2'", 1), ("assert f(2) == 3", 1),
    ]  # fmt: skip


def test_pytest_files_of_other_forms(tmp_path):
    tests = pytest_folder(tmp_path / "a1") / "tests"
    (tests / "test_class.py").write_text(
        "import unittest\nfrom .adapters import run_silu\n\n\nclass TestSilu(unittest.TestCase):\n"
        "    def test_zero(self):\n        self.assertEqual(run_silu(0), 0)\n\n"
        "class TestOwn(Helper):\n    def test_own(self):\n        assert run_silu(self.x) == 0\n\n\n"
        "def test_early():\n    if run_silu(0) == 0:\n        return\n    assert run_silu(1) == 1\n"
    )
    read = read_pytest(tests.parent)
    names = {one.name: one.source for one in read.pieces if one.kind == "test"}
    assert names["test_class-test_zero"].startswith("import unittest\nself = unittest.TestCase()")
    assert "test_early()" in names["test_class-test_early"]
    assert "from common import WARMUP" in next(
        one.source for one in read.pieces if one.name == "test_nn-above"
    )
    assert {one.where: one.points for one in read.left_out} == {"test_slow": 0, "test_own": 1}
    (tests / "test_broken.py").write_text("def test_x(:\n")
    with pytest.raises(ImportingError, match=r"test_broken\.py: its syntax is not Python's"):
        read_pytest(tests.parent)


HELPERS = """
import numpy as np


def shape_check(expected, found, error):
    assert found.shape == expected.shape
    return 1


def every(cases, target):
    passed = 0
    for case in cases:
        try:
            found = target(*case["input"])
            if case["name"] == "shape":
                passed += shape_check(case["expected"], found, case["error"])
            if case["name"] == "values":
                for key in range(len(found)):
                    assert np.allclose(found[key], case["expected"][key])
                passed += 1
        except:
            print("Error: " + case["error"], case["expected"])
    if passed == len(cases):
        print("all passed")
    else:
        raise AssertionError("not all passed")
"""
TABLE = """
from helpers import every


def double_test(target):
    x = np.array([1.5, 2.25])
    expected_output = np.array([3.0, 4.5])
    every([
        {"name": "shape", "input": [x], "expected": expected_output, "error": "shape"},
        {"name": "values", "input": [x], "expected": expected_output, "error": "values"},
    ], target)
"""


def test_helpers_that_count_what_fails_in_a_table_record(tmp_path, site):
    """As in the tests of many public courses: helpers in modules that catch their own assertions."""
    made = Notebook()
    made.given("imports", "import numpy as np\nfrom table import double_test")
    made.answer("double", solution("def double(x):", "    return 2 * x"))
    made.test("t", 3, "double_test(double)")
    course, report = imported(
        made, tmp_path, site, helpers__py=HELPERS, table__py=f"import numpy as np\n{TABLE}"
    )
    (cell,) = report.cells
    assert (cell.forgeable.en, len(cell.assertions)) == ("", 2)
    (entry,) = course.exam("ps1").questions
    inside = "".join(path.read_text() for name, path in entry.files.items() if name.endswith(".py"))
    assert "expected_output" not in inside
    assert "4.5" not in inside
    for old, new in [("2 * x", "3 * x"), ("2 * x", "(2 * x)[None]"), ("return 2 * x", "raise ValueError")]:
        assert points(course, site, entry.solution_source.replace(old, new))["t"].points == 0
    patched = entry.solution_source.replace("2 * x", "3 * x") + "\nnp.allclose = lambda *_: True\n"
    assert points(course, site, patched)["t"].points == 0


def test_values_too_large_to_leave_are_reduced_where_they_are(tmp_path, site):
    made = Notebook()
    made.given("imports", "import numpy as np")
    made.answer("noisy", solution("def noisy(x):", "    return x + 1.5"))
    made.test(
        "t",
        1,
        "x = np.zeros((3000, 4000))\nassert np.abs(noisy(x) - x).mean() > 1\nassert noisy(x).min() > 1",
    )
    course, report = imported(made, tmp_path, site)
    (cell,) = report.cells
    assert cell.forgeable.en == "its values are too large to leave the sandbox and are reduced in it"
    (entry,) = course.exam("ps1").questions
    assert points(course, site, entry.solution_source.replace("1.5", "0.5"))["t"].points == 0


def test_what_is_drawn_a_thousand_times_is_evidence_or_says_why_it_can_be_forged(tmp_path, site):
    """A loop of many draws whose values may leave, one whose values may not, and one that is too long."""
    made = Notebook()
    made.given("imports", "import numpy as np")
    made.answer("draw", solution("def draw(n):", "    return np.random.randint(0, 90, n)"))
    loop = "for _ in range({}):\n    x = draw({})\n    assert x.shape == ({},)\n    assert (x + 1 - x == 1).all()\nassert x.max() < 90"
    for name, times, size in [("kept", 1000, 120), ("large", 300, 40000), ("long", 2500, 2)]:
        made.test(name, 1, loop.format(times, size, size))
    course, report = imported(made, tmp_path, site)
    kept, large, long = report.cells
    assert (kept.forgeable.en, len(kept.assertions)) == ("", 3)
    assert len(large.assertions) == 3
    assert "too large or too many to leave the sandbox and are judged in it" in large.forgeable.en
    assert long.forgeable.en == "runs as it is: what it records is too large or too many to leave the sandbox"
    (entry,) = course.exam("ps1").questions
    wrong = "n + (np.random.rand() < 0.01)"
    found = points(course, site, entry.solution_source.replace("90, n)", f"90, {wrong})"))
    assert found["kept"].points == found["long"].points == 0


def test_a_cell_that_cannot_be_taken_apart_is_a_trusted_result_worth_what_it_was(tmp_path, site):
    made = Notebook()
    made.answer("f", solution("def f(x):", "    return x + 1"))
    made.test(
        "catches",
        2,
        "try:\n    assert f(1) == 2\nexcept AssertionError:\n    assert f(1) == 3",
    )
    made.test(
        "credit", 4, "score = 0\nif f(1) == 2:\n    score += 1.5\nif f(-1) == 0:\n    score += 2.5\nscore"
    )
    course, report = imported(made, tmp_path, site)
    assert {cell.name: bool(cell.forgeable) for cell in report.cells} == {"catches": True, "credit": True}
    (entry,) = course.exam("ps1").questions
    half = points(course, site, entry.solution_source.replace("x + 1", "2 if x == 1 else 7"))
    assert {name: one.points for name, one in half.items()} == {"catches": 2, "credit": 1.5}


def test_pytest_files_with_a_snapshot(tmp_path, site):
    read = read_pytest(pytest_folder(tmp_path / "a1"))
    (report,) = Importing(course=tmp_path / "course", exam="ps1", source="a1").run(
        [read], site, Silent(), lambda line: None
    )
    assert (report.before, report.after) == (12, 12)
    assert [cell.forgeable.en for cell in report.cells] == [""] * 12
    assert [one.where for one in report.left_out] == ["test_slow"]
    course = Course(tmp_path / "course")
    (entry,) = course.exam("ps1").questions
    assert not any(
        "_snapshots" in name for name in entry.files
    )  # what is expected is not beside students' work
    assert any("_snapshots" in name for name in entry.expected_files)
    wrong = entry.solution_source.replace("x / (1 +", "x / (2 +").replace("axis=dim", "axis=0")
    lost = {name for name, one in points(course, site, wrong).items() if one.points == 0}
    assert lost == {f"test_nn_test_{name}" for name in ("softmax", "silu", "odd")}


@pytest.mark.parity
@pytest.mark.parametrize(("make", "cells", "wrong"), [
    (torch_notebook, 12, [
        ("x @ w.T + b", "x @ w.T", {"t_linear"}),
        ("].mean()", "].sum()", {"t_loss"}),
        ("return w.grad", "return w.grad * 0", {"t_gradient"}),
        ("return w - lr * g", "return w + lr * g", {"t_step"}),
        ("torch.eye(n)[y]", "torch.eye(n)[y - 1]", {"t_onehot"}),
        ("unbiased=False, keepdim", "keepdim", {"t_norm"}),
        ("nn.Linear(8, 3)", "nn.Linear(8, 4)", {"t_net"}),
    ]),
    (keras_notebook, 12, [
        ("tf.maximum(x, 0.0)", "tf.abs(x)", {"k_relu"}),
        ("tf.matmul(x, w) + b", "tf.matmul(x, w)", {"k_dense"}),
        ("layers.Dense(8, activation='relu')", "layers.Dense(8)", {"k_activation"}),
        ("tf.reduce_mean", "tf.reduce_sum", {"k_loss"}),
        ("y = x ** 3", "y = x ** 2", {"k_gradient"}),
        ("/ 255.0", "/ 128.0", {"k_scaled"}),
    ]),
])  # fmt: skip
def test_frameworks(tmp_path, site, make, cells, wrong):
    course, report = imported(make(), tmp_path, site)
    assert report.before == report.after
    assert len(report.cells) == cells
    assert [cell.name for cell in report.cells if cell.trusted] == []
    (entry,) = course.exam("ps1").questions
    for old, new, lost in wrong:
        assert old in entry.solution_source
        found = points(course, site, entry.solution_source.replace(old, new))
        assert {name for name, one in found.items() if one.points < one.max_points} == lost


def test_noses_assertions_are_known_without_nose(tmp_path, site):
    made = Notebook()
    made.given("imports", "from nose.tools import assert_equal, assert_raises, ok_")
    made.answer("f", solution("def f(x):", "    if x is None:\n        raise TypeError\n    return x + 1"))
    made.test("t", 1, "assert_equal(f(1), 2)\nok_(f(2) > 2)\nassert_raises(TypeError, f, None)")
    course, report = imported(made, tmp_path, site)
    (cell,) = report.cells
    assert [one.predicate for one in cell.assertions] == ["s0 == 2", "s0 > 2", "raised(s0, e0)"]
    (entry,) = course.exam("ps1").questions
    assert points(course, site, entry.solution_source.replace("TypeError", "ValueError"))["t"].points == 0
