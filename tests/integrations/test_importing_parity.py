"""An imported assignment gets the same points from nbgrader's, otter's and pytest's own commands and from ours."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from autograder.cli.main import cli
from autograder.integrations.importers.from_nbgrader import handout
from tests.support.courses import REPOSITORY
from tests.support.importing import (
    keras_notebook,
    numpy_notebook,
    otter_master,
    pytest_folder,
    torch_notebook,
)

pytestmark = pytest.mark.imported
ARRAYS = {
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
TORCH = {
    "right": ("", ""),
    "bias": ("x @ w.T + b", "x @ w.T"),
    "transposed": ("x @ w.T + b", "(x @ w.T + b).T"),
    "float64": ("x @ w.T + b", "(x @ w.T + b).double()"),
    "summed": ("].mean()", "].sum()"),
    "vector": ("].mean()", "].mean()[None]"),
    "wide": ("nn.Linear(8, 3)", "nn.Linear(8, 4)"),
    "renamed": ("self.fc1 = nn.Linear(4, 8)", "self.fc = nn.Linear(4, 8)"),
    "zero": ("return w.grad", "return w.grad * 0"),
    "graph": ("return w.grad", "return w.grad.requires_grad_()"),
    "none": ("return w.grad", "return None"),
    "up": ("return w - lr * g", "return w + lr * g"),
    "fixed": ("return w - lr * g", "return w - 0.1 * g"),
    "shifted": ("torch.eye(n)[y]", "torch.eye(n)[y - 1]"),
    "relu": ("torch.softmax(z, -1)", "torch.relu(z)"),
    "log": ("torch.softmax(z, -1)", "torch.log_softmax(z, -1)"),
    "order": ("nn.Linear(2, 4), nn.ReLU()", "nn.ReLU(), nn.Linear(2, 4)"),
    "tanh": ("nn.ReLU(), nn.Linear(4, 1)", "nn.Tanh(), nn.Linear(4, 1)"),
    "short": ("range(200)", "range(20)"),
    "slow": ("lr=0.1)\nlosses", "lr=1e-4)\nlosses"),
    "accuracy": ("z.argmax(1) == y", "z.argmax(0) == y"),
    "silent": ("raise ValueError('two dimensions')", "return None"),
    "other": ("raise ValueError('two dimensions')", "raise TypeError('two dimensions')"),
    "biased": ("unbiased=False, keepdim", "keepdim"),
    "syntax": ("return torch.softmax(z, -1)", "return torch.softmax(z,"),
    "undefined": ("def accuracy(z, y)", "def accurate(z, y)"),
}
KERAS = {
    "right": ("", ""),
    "abs": ("tf.maximum(x, 0.0)", "tf.abs(x)"),
    "six": ("tf.maximum(x, 0.0)", "tf.clip_by_value(x, 0.0, 2.0)"),
    "double": ("tf.maximum(x, 0.0)", "tf.cast(tf.maximum(x, 0.0), tf.float64)"),
    "bias": ("tf.matmul(x, w) + b", "tf.matmul(x, w)"),
    "units": ("layers.Dense(8, activation='relu')", "layers.Dense(9, activation='relu')"),
    "linear": ("layers.Dense(8, activation='relu')", "layers.Dense(8)"),
    "sigmoid": ("activation='softmax'", "activation='sigmoid'"),
    "summed": ("tf.reduce_mean", "tf.reduce_sum"),
    "rooted": ("tf.reduce_mean(tf.square(y - p))", "tf.sqrt(tf.reduce_mean(tf.square(y - p)))"),
    "square": ("y = x ** 3", "y = x ** 2"),
    "none": ("return tape.gradient(y, x)", "return None"),
    "adam": ("optimizer=keras.optimizers.SGD(0.1)", "optimizer=keras.optimizers.Adam(0.1)"),
    "rate": ("optimizer=keras.optimizers.SGD(0.1)", "optimizer=keras.optimizers.SGD(0.2)"),
    "mae": ("loss='mse')", "loss='mae')"),
    "epochs": ("epochs=3", "epochs=2"),
    "classes": ("to_categorical(y, n)", "to_categorical(y, n + 1)"),
    "list": ("keras.utils.to_categorical(y, n)", "keras.utils.to_categorical(y, n).tolist()"),
    "zeros": ("initializer='ones'", "initializer='zeros'"),
    "frozen": ("initializer='ones', name='a'", "initializer='ones', name='a', trainable=False"),
    "float": ("(n - k) // s + 1", "(n - k) / s + 1"),
    "off": ("(n - k) // s + 1", "(n - k) // s"),
    "half": ("/ 255.0", "/ 128.0"),
    "whole": ("images.astype('float32') / 255.0", "images / 255.0"),
    "syntax": ("return tf.matmul(x, w) + b", "return tf.matmul(x,"),
    "undefined": ("def mse(y, p)", "def rmse(y, p)"),
}
OTTER = {
    "right": ("", ""),
    "sum": ("return x * x", "return x + x"),
    "float": ("return x * x", "return np.float64(x * x)"),
    "one": ("x - x.mean()", "x - 1"),
    "none": ("return x - x.mean()", "pass"),
    "column": ("x - x.mean()", "(x - x.mean())[:, None]"),
    "table": ("'b': 2", "'b': 3"),
    "pairs": ("{'a': 1, 'b': 2}", "[('a', 1), ('b', 2)]"),
    "letters": ("'hello'", "'hallo'"),
    "length": ("'hello'", "'hello!'"),
    "floor": ("sum(values) / len(values)", "sum(values) // len(values)"),
    "less": ("len(values)", "(len(values) - 1 or 1)"),
    "abs": ("np.maximum(x, 0)", "np.abs(x)"),
    "list": ("np.maximum(x, 0)", "list(np.maximum(x, 0))"),
    "words": ("'three'", "'three', 'four'"),
    "error": ("raise ValueError('negative')", "return 0"),
    "other": ("ValueError('negative')", "TypeError('negative')"),
    "unscaled": ("return e / e.sum()", "return e"),
    "rows": ("tuple(r)", "list(r)"),
    "fill": ("a[:] = 7", "a[:2] = 7"),
    "whole": ("float(np.arange(5).sum())", "int(np.arange(5).sum())"),
    "total": ("np.arange(5)", "np.arange(6)"),
    "syntax": ("return x * x", "return x *"),
    "undefined": ("def relu(x)", "def rectify(x)"),
}
PYTEST = {
    "right": ("", ""),
    "axis": ("x.max(axis=dim, keepdims=True)", "x.max()"),  # as right
    "unscaled": ("return e / e.sum(axis=dim, keepdims=True)", "return e"),
    "flat": ("e.sum(axis=dim, keepdims=True)", "e.sum()"),
    "first": ("e.sum(axis=dim, keepdims=True)", "e.sum(axis=0, keepdims=True)"),
    "unshifted": ("np.exp(x - x.max(axis=dim, keepdims=True))", "np.exp(x)"),
    "overflow": ("np.exp(x - x.max(axis=dim, keepdims=True))", "np.exp(x * 10)"),
    "negative": ("return e /", "return -e /"),
    "list": ("return e / e.sum(axis=dim, keepdims=True)", "return (e / e.sum(axis=dim, keepdims=True)).tolist()"),
    "none": ("return e / e.sum(axis=dim, keepdims=True)", "return None"),
    "two": ("x / (1 +", "x / (2 +"),
    "sign": ("np.exp(-x)", "np.exp(x)"),
    "relu": ("return x / (1 + np.exp(-x))", "return np.maximum(x, 0)"),
    "step": ("step / warmup)", "(step + 1) / warmup)"),
    "uncapped": ("min(1.0, step / warmup)", "step / warmup"),
    "floor": ("step / warmup)", "step // warmup)"),
    "silent": ("raise ValueError(warmup)", "return 0.0"),
    "other": ("raise ValueError(warmup)", "raise TypeError(warmup)"),
    "text": ("repr(value)", "str(value) + ' '"),
    "unsaved": ("path.write_text(repr(value))", "pass"),
    "undefined": ("def run_silu(x)", "def silu(x)"),
    "raises": ("return x / (1 +", "raise RuntimeError('x')\n    return x / (1 +"),
}  # fmt: skip


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


def command(folder: Path, *arguments: object) -> None:
    """Run a command of another grader, which ends with an error where a student's code does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(
        [str(one) for one in arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        check=False,
        capture_output=True,
    )


def run(*arguments: object) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*map(str, arguments)], standalone_mode=True)
    assert left.value.code == 0


def graded(folder: Path, source: Path, submitted: Path, exam: str = "ps1") -> dict[tuple[str, str], float]:
    """Our points by student and part."""
    run("import", source, "--exam", exam, "--output", folder / "course", "-q")
    run("grade", exam, submitted, "--course", folder / "course", "--output", folder / "run", "-q")
    rows = json.loads((folder / "run" / "results.json").read_text())["results"]
    return {(row["student"], row["part"]): row["points"] for row in rows}


def unlike(theirs: dict, ours: dict) -> dict:
    return {key: (score, ours[key]) for key, score in theirs.items() if abs(score - ours[key]) > 1e-6}


def nbgraders(folder: Path) -> dict[tuple[str, str], float]:
    """What nbgrader's own command gives each student for each cell."""
    command(folder, sys.executable, "-m", "nbgrader", "generate_assignment", "ps1", "--create")
    command(folder, sys.executable, "-m", "nbgrader", "autograde", "ps1")
    return in_gradebook(folder)


def in_gradebook(folder: Path) -> dict[tuple[str, str], float]:
    """The points of students' cells in nbgrader's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        return {
            (one.student.id, grade.name.replace("-", "_")): grade.auto_score
            for one in book.assignment_submissions("ps1")
            for notebook in one.notebooks
            for grade in notebook.grades
            if grade.auto_score is not None
        }


def handed_in(folder: Path, made, edits: dict[str, tuple[str, str]]) -> Path:
    """Write a course of nbgrader's with a submission for each edit; return the assignment's source."""
    path = made.write(folder / "source" / "ps1" / "sheet.ipynb")
    source = json.loads(path.read_text())
    for name, edit in edits.items():
        target = folder / "submitted" / name / "ps1" / "sheet.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(submission(source, *edit)))
    return path.parent


@pytest.mark.parametrize(
    ("make", "edits"), [(numpy_notebook, ARRAYS), (torch_notebook, TORCH), (keras_notebook, KERAS)]
)
def test_the_points_are_nbgraders(tmp_path, make, edits):
    source = handed_in(tmp_path / "nb", make(), edits)
    theirs = nbgraders(tmp_path / "nb")
    assert len(theirs) == 12 * len(edits)
    assert unlike(theirs, graded(tmp_path, source, tmp_path / "nb" / "submitted")) == {}


def test_where_nbgrader_fails_open_ours_does_not(tmp_path):
    wrong = "return x * 0 + 5"
    everything = (
        "class Sly:\n    __eq__ = lambda *_: True\n    __radd__ = __add__ = lambda *_: 2\nstep = Sly()"
    )
    edits = {
        "comparator": ("return np.maximum(x, 0)", f"{wrong}\nnp.allclose = lambda *_, **__: True"),
        "equal": ("step = 1", everything),
        "nan": ("a.std(0)", "a.std(0) * np.nan"),
        "asserts": ("return 2 * x", "return 3 * x\nclass Close(float):\n    pass\nimport builtins\nbuiltins.all = lambda _: True"),
        "exits": ("return sum(values) / len(values)", "get_ipython().ask_exit(); import os; os._exit(0)"),
    }  # fmt: skip
    source = handed_in(tmp_path / "nb", numpy_notebook(), edits)
    theirs = nbgraders(tmp_path / "nb")
    ours = graded(tmp_path, source, tmp_path / "nb" / "submitted")
    cells = {
        "comparator": "test_relu",
        "equal": "test_state",
        "nan": "test_normalize",
        "asserts": "test_double",
    }
    assert theirs["comparator", "test_relu"] == 2
    assert theirs["equal", "test_state"] == 1
    assert {key: ours[key] for key in cells.items()} == dict.fromkeys(cells.items(), 0)
    assert ours["exits", "test_mean"] == 0


def test_a_right_answer_that_warns_keeps_its_points(tmp_path):
    """nbgrader takes the points of a test cell that prints to the standard error stream."""
    warns = "import sys\n    print('careful', file=sys.stderr)\n    return np.maximum(x, 0)"
    source = handed_in(tmp_path / "nb", numpy_notebook(), {"warns": ("return np.maximum(x, 0)", warns)})
    assert nbgraders(tmp_path / "nb")["warns", "test_relu"] == 0
    assert graded(tmp_path, source, tmp_path / "nb" / "submitted")["warns", "test_relu"] == 2


@pytest.fixture(scope="session")
def otter():
    """The path of otter, in an environment of its own in the user's cache."""
    spec = importlib.util.spec_from_file_location("rivals", REPOSITORY / "benchmarks/rivals.py")
    rivals = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rivals)
    return rivals.install_otter(print)


def otters(folder: Path, otter: Path, edits: dict[str, tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Have otter assign its notebook, hand in an edit of it for each student; what its own command gives."""
    command(folder, otter, "assign", "--no-run-tests", otter_master(folder / "master"), folder / "dist")
    source, theirs = folder / "dist" / "autograder", {}
    solved = json.loads((source / "sheet.ipynb").read_text())
    (archive,) = source.glob("*autograder*.zip")
    for name, (old, new) in edits.items():
        made, found = json.loads(json.dumps(solved)), False
        for cell in made["cells"]:
            code = "".join(cell["source"])
            found = found or old in code
            cell["source"] = code.replace(old, new) if old and cell["cell_type"] == "code" else code
        assert found
        target, out = folder / "submissions" / name / "lab1" / "sheet.ipynb", folder / "graded" / name
        for one in (target.parent, out):
            one.mkdir(parents=True)
        target.write_text(json.dumps(made))
        command(folder, otter, "run", target, "-a", archive, "-o", out, "--no-logo")
        for test in json.loads((out / "results.json").read_text())["tests"]:
            if (question := re.match(r"q\d+(?= |$)", test["name"])) is not None:
                theirs[name, question[0]] = test["score"]
    return theirs


def by_question(ours: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Points by otter's questions, whose cases are parts."""
    found: dict[tuple[str, str], float] = {}
    for (student, part), score in ours.items():
        key = student, part.partition("_")[0]
        found[key] = found.get(key, 0) + score
    return found


def test_the_points_are_otters(tmp_path, otter):
    theirs = otters(tmp_path, otter, OTTER)
    assert len(theirs) == 12 * len(OTTER)
    ours = graded(tmp_path, tmp_path / "dist" / "autograder", tmp_path / "submissions", exam="lab1")
    assert unlike(theirs, by_question(ours)) == {}


def test_the_page_on_migrating_is_followed(tmp_path, monkeypatch, otter):
    """A course of nbgrader's and one of otter's; each command of the page is run as it stands there."""
    few = ["right", "none", "abs"]
    handed_in(tmp_path / "nbcourse", numpy_notebook(), {name: ARRAYS[name] for name in few})
    theirs = nbgraders(tmp_path / "nbcourse")
    theirs_of_otter = otters(tmp_path, otter, {name: OTTER[name] for name in few})
    page = (REPOSITORY / "docs" / "migrating.md").read_text()
    commands = re.findall(
        r"^autograder (.*?) *(?:#.*)?$|`autograder ((?:release|nbgrader) [^`]*)`", page, re.MULTILINE
    )
    assert len(commands) == 9
    monkeypatch.chdir(tmp_path)
    for block, inline in commands:
        run(*(block or inline).split())
        if (block or inline).startswith("grade"):
            folder = Path((block or inline).split()[-1])
            rows = json.loads((folder / "results.json").read_text())["results"]
            found = {(row["student"], row["part"]): row["points"] for row in rows}
            expected = theirs if " ps1 " in block else theirs_of_otter
            assert unlike(expected, found if " ps1 " in block else by_question(found)) == {}
    assert in_gradebook(tmp_path / "nbcourse") == theirs
    assert Path("handout/sheet.ipynb").is_file()


def test_the_points_are_pytests(tmp_path):
    source = pytest_folder(tmp_path / "a1")
    solved = (source / "tests" / "adapters.py").read_text()
    theirs = {}
    ours = graded_modules(tmp_path, source, {name: edited(solved, *edit) for name, edit in PYTEST.items()})
    for name, edit in PYTEST.items():
        (source / "tests" / "adapters.py").write_text(edited(solved, *edit))
        (source / "tests" / "__init__.py").touch()
        report = tmp_path / f"{name}.xml"
        command(
            source, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"
        )
        for case in ElementTree.parse(report).iter("testcase"):
            part = f"test_nn_{case.get('name').partition('[')[0]}"
            if case.find("skipped") is None:
                passed = case.find("failure") is None and case.find("error") is None
                theirs[name, part] = min(theirs.get((name, part), 1.0), float(passed))
    assert {part for _, part in theirs if part in {one for _, one in ours}} >= {one for _, one in ours}
    assert unlike({key: one for key, one in theirs.items() if key in ours}, ours) == {}


def edited(solved: str, old: str, new: str) -> str:
    assert old in solved
    return solved.replace(old, new) if old else solved


def graded_modules(folder: Path, source: Path, modules: dict[str, str]) -> dict[tuple[str, str], float]:
    for name, text in modules.items():
        path = folder / "submitted" / name / "ps1" / "adapters.py"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return graded(folder, source, folder / "submitted")
