"""The release: what students get, that it holds no answer, and that it comes back as what they wrote."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import venv
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import Unchecked
from autograder.core.diagram import svg
from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.course.submission import find
from autograder.course.template import template
from autograder.handout.cells import notebook
from autograder.handout.check_file import check_files_near, read_check_file
from autograder.handout.exam_page import exam_page
from autograder.handout.write import write_release
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.worker.codec import decode
from autograder.worker.commands import plain_source
from autograder.worker.reading import read_contents
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import KEY, REPOSITORY, TOY
from tests.support.notebooks import filled_notebook, filled_template, mistreated, pieces
from tests.support.page import Page
from tests.support.runs import content

COURSE, TOY_COURSE = Course(REPOSITORY), Course(TOY)
ENTRIES = [entry for exam in COURSE.exams() for entry in exam.questions]
QUICK = ["dl2022_midterm/q2_linear_regression", "ptm_section3/q1_activations"]
QUICK += ["bigdata_final/q4_concepts", "dl2022_midterm/q3_mnist_sample", "dl2022_final/q2_true_false"]

# Packages of the extras that students do not install.
INSTRUCTORS = ["distributed", "nbgrader", "rapidfuzz", "sqlalchemy", "starlette", "uvicorn"]

every_question = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


class Excerpt:
    """An exam with some of its questions."""

    def __init__(self, exam, names):
        self.name, self.exam = exam.name, exam.exam
        self.questions = [entry for entry in exam.questions if entry.name in names]


@pytest.fixture(scope="module")
def release(warm, cache, tmp_path_factory):
    """Write a release once, and return its folder."""
    made = {}

    def write(course, place):
        if place not in made:
            exam, _, question = place.partition("/")
            runner = Runner(executor=Local(warm))
            folder = tmp_path_factory.mktemp("release") / exam
            excerpt = Excerpt(course.exam(exam), [question])
            write_release(
                excerpt,
                folder,
                languages=["ko", "en"],
                key=KEY.encode(),
                runner=runner,
                jobs=2,
                progress=Silent(),
            )
            made[place] = folder
        return made[place]

    return write


@pytest.fixture(scope="module")
def toy_release(release):
    return release(TOY_COURSE, "toy/q1_numbers")


def read_notebook(path):
    return nbformat.read(path, as_version=4)


# -- what is in it ------------------------------------------------------------------------------------------


def test_a_release_is_notebook_module_checks_page_wheel_and_readme(toy_release):
    files = {str(path.relative_to(toy_release)) for path in toy_release.rglob("*") if path.is_file()}
    assert files == {
        "README.md",
        "toy.html",
        "toy.zip",
        "q1_numbers.py",
        "q1_numbers.ipynb",
        "dl_autograder-0.1.0-py3-none-any.whl",
        "autograder_checks/q1_numbers.checks",
    }
    readme = (toy_release / "README.md").read_text(encoding="utf-8")
    assert "autograder check q1_numbers.ipynb" in readme


@pytest.mark.parametrize("exam", list(COURSE.exams()), ids=lambda exam: exam.name)
def test_the_page_of_an_exam_has_all_that_is_asked_and_nothing_unrendered(exam):
    text = exam_page(exam, "ko").decode()
    page = Page(text)
    assert page.all("html") == [{"lang": "ko"}]
    assert text.count("raise NotImplementedError") == sum(
        stub.count("raise NotImplementedError") for entry in exam.questions for stub in entry.stubs.values()
    )
    for entry in exam.questions:
        assert all(name in page.text for name in entry.question.interface)
    assert "$" not in re.sub(
        "<(pre|code).*?</\\1>", "", text.split("<main>")[1].split("<script>")[0], flags=re.S
    )
    addresses = [a.get("src") or a.get("href") for _, a in page.tags if a.get("src") or a.get("href")]
    assert all(address.startswith("data:") for address in addresses)


def test_the_toys_checks_are_open_sealed_or_withheld(toy_release):
    released = read_check_file(*check_files_near(toy_release))
    kinds = {part.name: [type(check).__name__ for check in part.checks] for part in released.question.parts}
    assert kinds == {
        "mean": ["Withheld"],  # a single number could be guessed
        "cumulative": ["Shape", "Finite", "Sealed", "Withheld"],
        "reason": ["Essay"],
    }
    assert released.question.part("reason").checks[0].rubric.en == ""
    assert all("label" not in inputs.arrays for inputs in released.inputs.values())


def test_a_notebook_begins_like_an_exam_and_installs_what_it_needs():
    entry = COURSE.question("dl2022_midterm/q2_linear_regression")
    title, name, imports, statement, data, *_ = notebook(entry, ["ko"], "engine.whl").cells
    assert title.source.startswith("# 딥러닝 2022 중간고사\n\n## Adam과 SGD로 선형회귀\n\n40점\n\n")
    assert name.source == "**이름:** \n\n**학번:** "
    assert "%pip install --quiet ./engine.whl" in imports.source
    assert "!unzip -qo dl2022_midterm.zip" in imports.source
    assert "manual_seed" not in statement.source
    assert data.source.startswith("torch.manual_seed(7676)\n")
    assert data.cell_type == "code"


@pytest.mark.parametrize(("languages", "hangul", "english"), [(["ko"], True, False), (["en"], False, True)])
def test_a_notebook_in_one_language_says_nothing_in_the_other(languages, hangul, english):
    entry = COURSE.question("dl2022_midterm/q2_linear_regression")
    made = notebook(entry, languages, "engine.whl")
    said = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert bool(re.search("[가-힣]", said)) is hangul
    assert ("Declare" in said or "declare" in said) is english
    checks = [cell.source for cell in made.cells if cell.metadata.autograder.kind == "check"]
    assert all(f'lang="{languages[0]}"' in source for source in checks)


def test_all_of_a_release_is_in_its_archive(toy_release):
    with zipfile.ZipFile(toy_release / "toy.zip") as file:
        assert {name: file.read(name) for name in file.namelist()} == {
            path.relative_to(toy_release).as_posix(): path.read_bytes()
            for path in toy_release.rglob("*")
            if path.is_file() and path.name != "toy.zip"
        }


@every_question
def test_the_notebook_has_statement_stubs_and_a_check_for_every_part(entry):
    made = notebook(entry)
    kinds = [(cell.metadata.autograder.kind, cell.metadata.autograder.part) for cell in made.cells]
    parts = [part.name for part in entry.question.parts]
    for kind in ("statement", "check"):
        assert [part for found, part in kinds if found == kind] == parts
    names = [name for cell in made.cells for name in cell.metadata.autograder.names]
    wanted = list(entry.question.interface)
    assert sorted(names) == sorted(wanted)
    text = "\n".join(cell.source for cell in made.cells)
    data = re.compile("^```python data\n.*?^```$", re.MULTILINE | re.DOTALL)  # a cell of its own
    drawn = sum(part.diagram is not None for part in entry.question.parts)
    assert text.count("data:image/svg+xml;base64,") == drawn
    for part in entry.question.parts:
        assert data.sub("", part.statement.ko).strip() in text
        assert data.sub("", part.statement.en).strip() in text
        if part.diagram is not None:
            width = int(re.search(r'width="(\d+)"', svg(part.diagram))[1])
            assert width <= 900, "JupyterLab makes it too small to read"
        lines = [*part.statement.ko.splitlines(), *part.statement.en.splitlines()]
        wide = [line for line in lines if line.startswith("    ") and columns(line) > 86]
        assert wide == [], "JupyterLab breaks lines of code, and drawings fall apart"


def columns(line):
    """How wide it is in a fixed font, in which a Korean letter takes two columns."""
    return sum(2 if unicodedata.east_asian_width(letter) == "W" else 1 for letter in line)


# -- no answers in it ---------------------------------------------------------------------------------------


def told(folder: Path) -> str:
    """Everything that can be read in a release, sources in the form that ast.unparse gives them."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.md")]
    for path in folder.glob("*.ipynb"):
        texts += [cell.source for cell in read_notebook(path).cells]
    for path in folder.glob("*.py"):
        texts.append(path.read_text(encoding="utf-8"))
    for path in folder.glob("*.whl"):
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    for path in folder.rglob("*.checks"):
        facts = decode(path.read_bytes(), limit=1 << 30, facts_limit=1 << 30).facts
        texts += [json.dumps(facts, ensure_ascii=False), facts["code"]]
    return "\n".join(texts)


def lines_of(source: str) -> set[str]:
    """The simple statements of a module, as ast.unparse writes them; the long enough ones are its own."""
    nodes = ast.walk(ast.parse(source))
    simple = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
    return {text for node in nodes if isinstance(node, simple) and len(text := ast.unparse(node)) >= 30}


def assert_no_answer(entry, folder):
    text = told(folder)
    plain = text + "\n".join(
        ast.unparse(ast.parse(read_check_file(path).code)) for path in check_files_near(folder)
    )
    own = lines_of(entry.solution_source) - lines_of(entry.probe_source)
    asked = "\n".join([*entry.stubs.values(), *(part.statement.en for part in entry.question.parts)])
    assert [line for line in own if line in plain and line not in asked] == []
    for mistake in entry.mistakes:
        assert mistake.name not in text
        assert mistake.explanation.ko not in text
        assert mistake.explanation.en not in text
    for part in entry.question.parts:
        for check in part.checks:
            rubric = getattr(check, "rubric", None)
            if rubric is not None and len(rubric.en) > 20:  # the toy's is a word of the statement
                assert rubric.ko not in text
                assert rubric.en not in text
    for path in check_files_near(folder):
        released = read_check_file(path)
        assert {type(c).__name__ for p in released.question.parts for c in p.checks}.isdisjoint(
            {"Close", "Choice"}
        )
        for part in released.question.parts:
            assert not part.vary
        for inputs in released.inputs.values():
            assert entry.question.withheld.isdisjoint(inputs.arrays)


def assert_no_reference(entry, folder, attempt):
    """No array of the solution's that a check compares with is there, as bytes or as text."""
    data = b"".join(path.read_bytes() for path in check_files_near(folder))
    for path in check_files_near(folder):
        for task, sealed in read_check_file(path).sealed.items():
            evidence = attempt.outcomes[task].evidence
            names = {label: label.removeprefix("Sealed(").rstrip(")") for label in sealed.facts}
            for name in set(names.values()) & set(evidence.arrays):
                array = evidence.arrays[name]
                assert array.dtype.kind == "f"
                for kind in ("<f4", "<f8"):
                    assert array.astype(kind).tobytes() not in data
                numbers = [f"{value:.5g}" for value in array.ravel()[:200] if abs(value % 1) > 1e-3]
                assert not [number for number in numbers if len(number) > 6 and number.encode() in data]


@pytest.mark.verify
@pytest.mark.parametrize("place", [place for place in QUICK if "activations" not in place])
def test_no_answer_is_in_a_release(place, release):
    assert_no_answer(COURSE.question(place), release(COURSE, place))


def test_no_answer_is_in_the_toys_release(toy_release):
    assert_no_answer(TOY_COURSE.question("toy/q1_numbers"), toy_release)


@pytest.mark.verify
def test_no_reference_can_be_read_in_a_release(release, warm, cache):
    from autograder.core.variants import PRACTICE
    from autograder.running.prepare import prepare

    entry = COURSE.question(QUICK[0])
    folder = release(COURSE, QUICK[0])
    site = Site(executor=Local(warm))
    question = prepare(site.environments([entry]), Runner(executor=site.executor), key=None, wanted="inputs")[
        entry
    ]
    kept = Store(cache).load(question.solution_job().key)
    assert kept is not None, "the release ran the solution, and it was kept"
    assert any(task.variant == PRACTICE for task in kept.outcomes)
    assert_no_reference(entry, folder, kept)


@pytest.mark.full
@every_question
def test_no_answer_is_in_any_release(entry, release):
    assert_no_answer(entry, release(COURSE, entry.id))


# -- what students have, on a machine of their own ----------------------------------------------------------


@pytest.fixture(scope="module")
def student(toy_release, tmp_path_factory):
    """Run the students' autograder: an environment with the wheel, and no repository in sight."""
    folder = tmp_path_factory.mktemp("student") / "env"
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    libraries = Path(np.__file__).parents[1]
    (packages / "libraries.pth").write_text(f"{libraries}\n")
    (packages / "sitecustomize.py").write_text(f"import sys\nsys.modules |= dict.fromkeys({INSTRUCTORS!r})\n")
    (wheel,) = toy_release.glob("*.whl")
    python = folder / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, "--ignore-installed", wheel], check=True, capture_output=True)

    def run(*arguments, cwd):
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "en"}
        command = [folder / "bin" / "autograder", *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)

    run.python, run.packages = python, packages
    return run


def test_the_wheel_is_the_engine_and_nothing_of_a_course(student, toy_release):
    (wheel,) = toy_release.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"autograder", "dl_autograder"}
    code = "import autograder; print(autograder.__file__)"
    result = subprocess.run(
        [student.python, "-c", code], cwd="/", env={}, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == str(student.packages / "autograder" / "__init__.py")


@pytest.mark.verify
def test_the_readme_tells_to_install_what_the_questions_need(release):
    text = (release(COURSE, QUICK[0]) / "README.md").read_text(encoding="utf-8")
    assert '\npip install "./dl_autograder-0.1.0-py3-none-any.whl[torch]" jupyterlab pytest\n' in text


def test_students_check_a_notebook_with_the_wheel_alone(student, toy_release, tmp_path):
    result = student("check", "q1_numbers.ipynb", "--isolation", "none", cwd=toy_release)
    assert result.returncode == 1, result.stderr
    assert "mean: not written yet" in result.stdout
    entry = TOY_COURSE.question("toy/q1_numbers")
    made = filled_notebook(read_notebook(toy_release / "q1_numbers.ipynb"), entry.solution_source)
    work = copy_of(toy_release, tmp_path)
    (work / "q1_numbers.ipynb").write_text(nbformat.writes(made), encoding="utf-8")
    result = student("check", "q1_numbers.ipynb", "--isolation", "none", cwd=work)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "✓ shape of sums, finite values in sums, value of sums" in result.stdout
    lost = tmp_path / "lost"
    lost.mkdir()
    (lost / "q1_numbers.py").write_text("x = 1\n")
    result = student("check", "q1_numbers.py", "--isolation", "none", cwd=lost)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "no folder autograder_checks/" in result.stderr


@pytest.mark.verify
def test_students_check_a_torch_question_and_are_told_their_mistake(student, release, tmp_path):
    entry = COURSE.question(QUICK[0])
    folder = release(COURSE, QUICK[0])
    work = copy_of(folder, tmp_path)
    path = work / "q2_linear_regression.py"
    for source, code in ((entry.solution_source, 0), (entry.mistake_source(entry.mistakes[0]), 1)):
        path.write_text(filled_template(template(entry), source), encoding="utf-8")
        arguments = ("--isolation", "none", "--part", "adam_five_updates", "--json")
        result = student("check", path.name, *arguments, cwd=work)
        assert result.returncode == code, result.stdout + result.stderr
        (row,) = json.loads(result.stdout)
        findings = {finding["check"]: finding for finding in row["findings"]}
        assert findings["Sealed(gradients)"]["passed"] == (code == 0)
        assert findings["Relation(adam_formula)"]["passed"]
    assert entry.mistakes[0].explanation.en in findings["Sealed(gradients)"]["message"]["en"]


TORCH_IS_NOT_IMPORTED = """
from autograder.handout.check_cell import check_part
own = {"adam_updates": lambda net, X, y, lr, steps: ([X.sum()], [y.sum()])}
print(check_part("adam_first_update", {}, own, "q2_linear_regression", "en"))
"""


@pytest.mark.verify
def test_a_notebook_that_imports_no_torch_is_given_tensors(release):
    folder = release(COURSE, QUICK[0])
    command = [sys.executable, "-c", TORCH_IS_NOT_IMPORTED]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "✗ reported gradients: " in done.stdout
    assert "KeyError" not in done.stdout


def copy_of(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "work"))


def test_check_cells_work_in_a_kernel(toy_release, tmp_path):
    from nbclient import NotebookClient

    work = copy_of(toy_release, tmp_path)
    entry = TOY_COURSE.question("toy/q1_numbers")
    wrong = entry.solution_source.replace("scale * total", "total + 1")
    made = filled_notebook(read_notebook(work / "q1_numbers.ipynb"), wrong)
    right = next(text for names, text in pieces(entry.solution_source) if "cumulative" in names)
    noise = "import os\nimport matplotlib.pyplot as plt\nquiet = cumulative\n"
    noise += "def cumulative(values, scale):\n    os.write(2, b'noise'), plt.figure()\n    return quiet(values, scale)"
    for source in (right, noise, 'check("cumulative", cumulative)', 'check("nothing")'):
        made.cells.append(nbformat.v4.new_code_cell(source))
    client = NotebookClient(made, timeout=60, allow_errors=True, resources={"metadata": {"path": str(work)}})
    client.execute(env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
    outputs = [cell.outputs[0] for cell in made.cells if cell.cell_type == "code" and cell.outputs]
    shown = [output.get("data", {}).get("text/html", "") for output in outputs]
    assert len(outputs) == 5
    assert "when graded" in shown[0]
    assert "It differs from the reference" in shown[1]
    assert "wrong" not in shown[3]
    assert "value of sums" in shown[3]
    assert len(made.cells[-2].outputs) == 1, "what the probe's calls wrote and drew is not shown"
    assert "no question of this release has a part 'nothing'" in outputs[4].evalue


COLAB = {
    "colab": {"provenance": [], "toc_visible": True},
    "kernelspec": {"name": "colab", "display_name": "Python 3"},
    "accelerator": "GPU",
}


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip, which Colab has, is not installed")
def test_check_cells_work_as_on_colab(toy_release, tmp_path, monkeypatch):
    """Colab opens the notebook alone, in a folder with the uploaded archive, where our package is not installed."""
    from nbclient import NotebookClient

    content, environment = tmp_path / "content", tmp_path / "environment"
    content.mkdir()
    shutil.copy(toy_release / "toy.zip", content)
    venv.create(environment, with_pip=False)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    (packages / "google" / "colab").mkdir(parents=True)
    (packages / "google" / "colab" / "__init__.py").write_text("from google.colab import files\n")
    (packages / "google" / "colab" / "files.py").write_text("def upload():\n    raise AssertionError\n")
    kernel = tmp_path / "kernels" / "colab" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(environment / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    entry = TOY_COURSE.question("toy/q1_numbers")
    wrong = entry.solution_source.replace("scale * total", "total + 1")
    made = filled_notebook(read_notebook(toy_release / "q1_numbers.ipynb"), wrong)
    made.metadata = nbformat.from_dict(COLAB)
    made.cells.append(
        nbformat.v4.new_code_cell("import google.colab, autograder\n'google.colab' in sys.modules")
    )
    made.cells[-1].source = f"import sys\n{made.cells[-1].source}, autograder.__file__"
    NotebookClient(made, timeout=120, resources={"metadata": {"path": str(content)}}).execute()
    tables = [
        output.data["text/html"]
        for cell in made.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert "when graded" in tables[0]
    assert "It differs from the reference" in tables[1]
    assert str(packages) in made.cells[-1].outputs[0]["data"]["text/plain"]


def test_no_submission_takes_itself_for_a_notebook():
    """The checks that it brought along would run as code of its own."""
    names = {"__name__": "__main__"}
    exec("from autograder import check\nshown = check('mean')", names)
    assert isinstance(names["shown"], Unchecked)
    assert (names["shown"].passed, repr(names["shown"])) == (True, "")


# -- and back -----------------------------------------------------------------------------------------------


@every_question
def test_a_filled_release_is_read_back_as_the_solution(entry, tmp_path):
    wanted = {ast.unparse(ast.parse(text)) for _, text in pieces(entry.solution_source)}
    contents = {
        "ipynb": nbformat.writes(filled_notebook(notebook(entry), entry.solution_source)),
        "py": filled_template(template(entry), entry.solution_source),
    }
    for suffix, written in contents.items():
        path = tmp_path / suffix / entry.exam / f"{entry.name}.{suffix}"
        path.parent.mkdir(parents=True)
        path.write_text(written, encoding="utf-8")
        submission = find([tmp_path / suffix], entry.exam, entry.name)
        assert (submission.fault, submission.notes) == (None, ())
        cells = read_contents(submission.name, submission.data).cells
        data = [cell.source for cell in notebook(entry).cells if cell.metadata.autograder.kind == "data"]
        source = "\n\n".join(plain_source(cell.source) for cell in cells if cell.source not in data)
        got = {ast.unparse(ast.parse(text)) for _, text in pieces(source)}
        assert wanted - got == set()
        added = {text.split("(")[0] for text in got - wanted}
        preamble = {text for _, text in pieces(template(entry)) if text.startswith(("from", "import"))}
        assert added <= preamble | {"check", "from autograder import check"}


def grade_places(places, folder, isolation):
    """Grade a class of two, who hand in notebooks: one has them filled with the solution, one untouched."""
    results = {}
    for place in places:
        entry = COURSE.question(place)
        released = notebook(entry)
        handed_in = {"filled": filled_notebook(released, entry.solution_source), "untouched": released}
        submissions = folder / entry.name / "submissions"
        for name, made in handed_in.items():
            path = submissions / name / entry.exam / f"{entry.name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(nbformat.writes(made), encoding="utf-8")
        request = GradeRequest(
            course=COURSE,
            exam=COURSE.exam(entry.exam),
            submissions=submissions,
            run=Run(folder / entry.name / "run"),
            site=Site(executor=Local(isolation), jobs=len(os.sched_getaffinity(0))),
            only_questions=[entry.name],
        )
        totals = {total["student"]: total for total in content(run_class(request))["totals"]}
        results[place] = totals["filled"], totals["untouched"]
    return results


def assert_round_trip(results):
    for place, (filled, untouched) in results.items():
        assert filled["points"] + filled["manual"] == filled["max_points"], place
        assert (untouched["points"], untouched["ungraded"], filled["ungraded"]) == (0, 0, 0), place


@pytest.mark.verify
def test_a_filled_notebook_gets_all_automatic_marks_and_an_untouched_one_none(warm, tmp_path):
    assert_round_trip(grade_places(QUICK, tmp_path, warm))


@pytest.mark.full
@every_question
def test_every_filled_notebook_gets_all_automatic_marks(entry, warm, tmp_path):
    assert_round_trip(grade_places([entry.id], tmp_path, warm))


# -- bad input ----------------------------------------------------------------------------------------------


def test_mistreated_notebooks_are_graded_or_have_a_clear_fault(warm, tmp_path):
    entry = TOY_COURSE.question("toy/q1_numbers")
    made = filled_notebook(notebook(entry), entry.solution_source)
    submissions = tmp_path / "제출 폴더"
    for name, data in mistreated(made).items():
        path = submissions / name / "toy" / "q1_numbers.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    korean = submissions / "한글 이름" / "toy"
    korean.mkdir(parents=True)
    (korean / "q1_numbers.ipynb").write_text(nbformat.writes(made), encoding="utf-8")
    (korean / "내 그림 1.png").write_bytes(b"not a picture")
    (korean / "autograder_checks").mkdir()
    misnamed = submissions / "misnamed" / "toy"
    misnamed.mkdir(parents=True)
    (misnamed / "q1_numbers 사본.ipynb").write_text(nbformat.writes(made), encoding="utf-8")
    request = GradeRequest(
        course=TOY_COURSE,
        exam=TOY_COURSE.exam("toy"),
        submissions=submissions,
        run=Run(tmp_path / "run"),
        site=Site(executor=Local(warm), jobs=2),
    )
    results = content(run_class(request))
    points = {total["student"]: (total["points"], total["manual"]) for total in results["totals"]}
    faults = {"cut_off": "not a valid notebook"}
    assert {name for name, got in points.items() if got != (7.0, 3.0)} == faults.keys()
    for row in results["results"]:
        if row["student"] in faults:
            assert row["status"] == "fault"
            assert faults[row["student"]] in row["findings"][0]["message"]["en"]
    notes = {one["student"]: [note["en"] for note in one["notes"]] for one in results["questions"]}
    assert notes.pop("misnamed") == ["toy/q1_numbers 사본.ipynb was taken as the answer to q1_numbers."]
    assert not any(notes.values())
