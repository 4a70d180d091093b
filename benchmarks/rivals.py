"""Makes the linear-regression question as courses of nbgrader and otter-grader, with equivalent tests.

Both test what our checks test: each of the five parts on the document's data and on hidden data, the updates
against a reference implementation, the gradients against their formula. Each grader uses its own commands:
nbgrader generate_assignment and autograde, otter generate and run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import nbformat
import platformdirs
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

ASSIGNMENT, NOTEBOOK = "ps1", "q2_linear_regression"
OTTER = "7.0.0"
OTTER_PINS = Path(__file__).with_name("otter.txt")
Progress = Callable[[str], None]

PREPARE = """import torch


def data(seed):
    torch.manual_seed(seed)
    x = torch.randn(100).sort().values
    return x, 2.5 + 4 * x + torch.randn(100) * 0.5


def expected_updates(optimizer_class, start, X, y, lr, steps):
    net = torch.nn.Linear(2, 1, bias=False)
    net.weight.data = torch.tensor(start)
    optimizer = optimizer_class(net.parameters(), lr=lr)
    gradients, weights = [], []
    for _ in range(steps):
        optimizer.zero_grad()
        torch.mean((y - net(X)) ** 2).backward()
        gradients.append(net.weight.grad.clone())
        optimizer.step()
        weights.append(net.weight.detach().clone())
    return torch.stack(gradients), torch.stack(weights)


def check_updates(function, optimizer_class, start, seed, lr, steps):
    x, y = data(seed)
    X, y = torch.stack([torch.ones_like(x), x], dim=1), y.reshape(-1, 1)
    net = torch.nn.Linear(2, 1, bias=False)
    net.weight.data = torch.tensor(start)
    got = function(net, X, y, lr=lr, steps=steps)
    got_gradients, got_weights = (torch.stack(list(found)) for found in got)
    gradients, weights = expected_updates(optimizer_class, start, X, y, lr, steps)
    assert got_gradients.shape == got_weights.shape == (steps, 1, 2)
    assert torch.isfinite(got_gradients).all() and torch.isfinite(got_weights).all()
    assert torch.allclose(got_gradients, gradients, rtol=1e-5, atol=2e-5)
    assert torch.allclose(got_weights, weights, rtol=0, atol=2e-5)
    before = torch.cat([torch.tensor([start]), got_weights[:-1]])
    formula = 2 / len(X) * (before @ X.T - y.T) @ X
    assert torch.allclose(got_gradients, formula, rtol=1e-5, atol=2e-5)
    assert torch.allclose(net.weight, weights[-1], rtol=0, atol=2e-5)
"""

# by part: the names that the test needs, and the test, for public and hidden data
TESTS: Mapping[str, tuple[str, str]] = {
    "initial_network": (
        "design_matrix, initial_network",
        """for seed in (7676, 1234):
    x, _ = data(seed)
    X, net = design_matrix(x), initial_network()
    assert torch.allclose(X, torch.stack([torch.ones_like(x), x], dim=1), rtol=1e-6, atol=1e-6)
    assert torch.allclose(net(X), (-5 + 10 * x)[:, None], rtol=1e-5, atol=1e-5)
    assert [tuple(value.shape) for value in net.parameters()] == [(1, 2)]
""",
    ),
    "adam_first_update": (
        "adam_updates",
        """check_updates(adam_updates, torch.optim.Adam, [[-5.0, 10.0]], 7676, 0.1, 1)
check_updates(adam_updates, torch.optim.Adam, [[-5.0, 10.0]], 1234, 0.3, 1)
""",
    ),
    "adam_five_updates": (
        "adam_updates",
        """check_updates(adam_updates, torch.optim.Adam, [[-5.0, 10.0]], 7676, 0.1, 5)
check_updates(adam_updates, torch.optim.Adam, [[-5.0, 10.0]], 1234, 0.05, 8)
""",
    ),
    "sgd_ten_updates": (
        "sgd_updates",
        """check_updates(sgd_updates, torch.optim.SGD, [[-4.5, 9.5]], 7676, 0.2, 10)
check_updates(sgd_updates, torch.optim.SGD, [[-4.5, 9.5]], 1234, 0.15, 12)
""",
    ),
    "convergence": (
        "converged, CONVERGENCE_REASON",
        """for scale in (5.0, 12.0):
    small = [[[0.0, 0.0]], [[1e-5, -1e-5]]]
    large = [[[scale, -scale]], [[-scale, -scale]], [[0.0, scale]]]
    assert [converged(torch.tensor(gradient)) for gradient in small + large] == [True] * 2 + [False] * 3
assert CONVERGENCE_REASON.strip()
""",
    ),
}


def _copy(source: str, number: int) -> str:
    """Return a copy of the solution that differs from others by a comment."""
    return f"{source}\n# {number}\n"


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")


# -- nbgrader -----------------------------------------------------------------------------------------------


def _cell(source: str, grade_id: str, **fields: Any) -> NotebookNode:
    plain = {"schema_version": 3, "grade": False, "solution": False, "locked": True, "task": False}
    return new_code_cell(source, metadata={"nbgrader": {**plain, "grade_id": grade_id, **fields}})


def _source_notebook(solution: str) -> NotebookNode:
    answer = f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION"
    tests = [
        _cell(f"### BEGIN HIDDEN TESTS\n{test}### END HIDDEN TESTS", part, grade=True, points=8)
        for part, (_, test) in TESTS.items()
    ]
    cells = [_cell(answer, "answer", solution=True, locked=False), _cell(PREPARE, "prepare"), *tests]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def nbgrader_command(*words: str) -> list[str]:
    """Return a command of the nbgrader of this Python, with alembic on its PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return ["env", f"PATH={path}", sys.executable, "-m", "nbgrader", *words]


def make_nbgrader_course(folder: Path, solution: str, copies: int) -> Path:
    """Write a course, release the assignment with nbgrader, and hand in ``copies`` notebooks.

    Raises:
        SystemExit: nbgrader failed.
    """
    source = folder / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(_source_notebook(solution), source)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'benchmark'\n"
    )
    _run(nbgrader_command("generate_assignment", ASSIGNMENT), folder)
    released = nbformat.read(folder / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)
    for number in range(copies):
        released.cells[0].source = _copy(solution, number)
        path = folder / "submitted" / f"student{number:04}" / ASSIGNMENT / f"{NOTEBOOK}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(released, path)
    return folder


def nbgrader_scores(folder: Path) -> list[float]:
    """Return the score of every graded submission, from the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return [submission.score for submission in gradebook.assignment_submissions(ASSIGNMENT)]


# -- otter-grader -------------------------------------------------------------------------------------------


def install_otter(say: Progress) -> Path:
    """Return the path of otter in its own virtual environment, which also has this one's packages.

    It needs its own, because otter-grader 7 needs wrapt < 2 and this project is pinned to wrapt 2.

    Raises:
        CalledProcessError: otter-grader cannot be installed.
    """
    folder = platformdirs.user_cache_path("dl-autograder") / f"otter-{OTTER}"
    if not (folder / "ready").exists():
        say(f"otter-grader {OTTER} conflicts with the project's pins (wrapt); installing it in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        pip = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--constraint",
            str(OTTER_PINS),
        ]
        subprocess.run([*pip, f"otter-grader=={OTTER}"], check=True, stdout=subprocess.DEVNULL)
        (folder / "ready").touch()
    # torch and the kernel are those of this Python; written each time, since that may have changed.
    here = next(path for path in sys.path if Path(path, "nbformat").is_dir())
    packages = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (packages / "benchmark.pth").write_text(f"{here}\n", encoding="utf-8")
    return folder / "bin" / "otter"


def make_otter_course(folder: Path, otter: Path, solution: str, copies: int) -> list[list[str]]:
    """Write tests, make the autograder with otter, hand in notebooks; return a command for each.

    Raises:
        SystemExit: otter failed.
    """
    (folder / "tests").mkdir(parents=True)
    for part, (names, test) in TESTS.items():
        text = (
            f"OK_FORMAT = False\n\nfrom otter.test_files import test_case\n\n{PREPARE}\n\nname = {part!r}\n"
        )
        text += f"points = 8\n\n\n@test_case(points=8)\ndef test_{part}({names}):\n{indent(test, '    ')}"
        (folder / "tests" / f"{part}.py").write_text(text, encoding="utf-8")
    _run([str(otter), "generate", "-t", "tests", "-o", "autograder.zip", "--no-config"], folder)
    commands = []
    for number in range(copies):
        path = folder / "submitted" / f"student{number:04}.ipynb"
        path.parent.mkdir(exist_ok=True)
        (folder / "graded" / f"{number:04}").mkdir(parents=True)
        nbformat.write(new_notebook(cells=[new_code_cell(_copy(solution, number))]), path)
        where = ["-a", "autograder.zip", "-o", f"graded/{number:04}", "--no-logo"]
        commands.append([str(otter), "run", str(path.relative_to(folder)), *where])
    return commands


def otter_scores(folder: Path) -> list[float]:
    """Return the score of every graded submission, from the results of otter."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("graded/*/results.json"))]
    return [sum(test.get("score", 0.0) for test in results["tests"]) for results in found]
