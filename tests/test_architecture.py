"""The rules that keep the design what it is: who may import whom, and what is imported at all."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FRAMEWORKS = {"torch", "torchvision", "fastai", "tensorflow", "keras"}
PURE = [
    PACKAGE / name
    for name in (
        "text.py",
        "evidence.py",
        "diagram.py",
        "exam.py",
        "illustration.py",
        "outcome.py",
        "verdict.py",
        "variants.py",
        "grading.py",
        "layout.py",
        "stored.py",
        "screening.py",
        "byhand.py",
    )
] + sorted((PACKAGE / "checks").glob("*.py"))


def imports(path: Path) -> set[str]:
    """The dotted names that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter holds after a statement."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "name",
    [
        "autograder",
        "autograder.cli.main",
        "autograder.grading.grade",
        "autograder.workflows.grade",
        "autograder.worker.main",
    ],
)
def test_no_framework_is_imported_on_the_trusted_side(name):
    assert loaded_by(f"import {name}").isdisjoint(FRAMEWORKS)


@pytest.mark.parametrize("name", ["autograder", "autograder.cli.main"])
def test_the_command_line_starts_without_numpy(name):
    assert "numpy" not in loaded_by(f"import {name}")


def test_help_takes_less_than_0_3_s_of_cpu():
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'autograder', '--help'], check=True, capture_output=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime)"
    )
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(runs) < 0.3


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_the_core_is_pure(path):
    allowed = {"numpy", "numpy.typing", "safetensors", "safetensors.numpy"}
    standard = {
        "__future__",
        "abc",
        "ast",
        "collections",
        "collections.abc",
        "dataclasses",
        "enum",
        "functools",
        "hashlib",
        "hmac",
        "html",
        "itertools",
        "json",
        "math",
        "struct",
        "types",
        "typing",
    }
    names = {name for name in imports(path) if not name.startswith("autograder.")}
    assert names <= allowed | standard
    core = {".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts) for module in PURE}
    core |= {"autograder.checks", "autograder.core.errors"}
    assert {name for name in imports(path) if name.startswith("autograder.")} <= core


def test_the_worker_knows_no_checks_results_or_references():
    forbidden = {"grading", "reference", "verdict", "pipeline", "store", "verify", "rescore", "runner"}
    used = imports(PACKAGE / "worker.py") | imports(PACKAGE / "arrays.py")
    assert used.isdisjoint({f"autograder.{name}" for name in forbidden})


def test_only_the_sandbox_starts_processes():
    starters = {"subprocess", "multiprocessing", "pty", "asyncio"}
    users = {path.name for path in MODULES if imports(path) & starters}
    users -= {"attempts.py"}  # runs inside the sandbox only, where starting a process must fail
    users -= {"parallel.py"}  # its processes draw pages, and run nothing that a student wrote
    assert users == {"sandbox.py", "supervisor.py", "warm.py"}
    for name in ("supervisor.py", "warm.py"):
        assert "Popen(" not in (PACKAGE / name).read_text(encoding="utf-8")


def test_nothing_unpickles_but_official_files_of_known_checksum():
    pickles = {"pickle", "dill", "cloudpickle", "shelve", "marshal"}
    assert [path.name for path in MODULES if imports(path) & pickles] == ["datasets.py"]


def test_the_engine_knows_no_exam():
    names = {path.parent.name for path in (PACKAGE.parent / "exams").glob("*/__init__.py")}
    assert names
    for path in MODULES:
        code = ast.unparse(_without_docstrings(ast.parse(path.read_text(encoding="utf-8"))))
        assert not [name for name in names if name in code], path


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            body[0] = ast.Pass()
    return tree


def test_public_names():
    assert sorted(autograder.__all__) == sorted(
        [
            "AtLeast",
            "AtMost",
            "Choice",
            "Close",
            "Data",
            "Diagram",
            "Dtype",
            "Essay",
            "Evidence",
            "Exam",
            "Facts",
            "Finite",
            "Forbids",
            "Layer",
            "Limit",
            "Mistake",
            "Observation",
            "OneOf",
            "Part",
            "Picture",
            "Question",
            "Relation",
            "Shape",
            "Text",
            "Uses",
            "__version__",
            "check",
        ]
    )
    assert all(getattr(autograder, name) for name in autograder.__all__)
    with pytest.raises(AttributeError):
        _ = autograder.no_such_name  # type: ignore[attr-defined]


def test_modules_are_short():
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert not {name: length for name, length in lengths.items() if length > 300}


def test_no_test_module_is_imported():
    """What tests share is in tests/support and in fixtures."""
    tests = PACKAGE.parent / "tests"
    found = {path: imports(path) for path in tests.rglob("*.py") if "attacks" not in path.parts}
    parts = {path: {part for name in names for part in name.split(".")} for path, names in found.items()}
    assert not [path for path, names in parts.items() if "conftest" in names or any(map(is_test, names))]


def is_test(name: str) -> bool:
    return name.startswith("test_")


def test_the_tests_folders_are_named_as_the_packages():
    tests, other = PACKAGE.parent / "tests", {"support", "hostile", "browser", "exams", "__pycache__"}
    folders = {path.name for path in tests.iterdir() if path.is_dir()} - other
    assert folders <= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
