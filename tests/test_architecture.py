"""The rules that keep the design what it is: the ladder of packages, who starts processes, sizes, what is imported."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

import autograder
from tests.support.courses import REPOSITORY
from tests.support.engine import MODULES, PACKAGE, TREES

FRAMEWORKS = {"torch", "torchvision", "fastai", "tensorflow", "keras"}

FACADE = "autograder"  # __init__.py itself: the names for authors, loaded when first used
# The rungs, from the bottom. A package imports from lower rungs, never from its own rung or a higher one.
LADDER = (
    ("core",),
    ("checks", "probing"),
    ("pictures", "worker", "grading"),
    ("course",),
    ("sandbox", "records"),
    ("running",),
    ("workflows",),
    ("reports",),
    ("handout", "desk"),
    (FACADE,),
    ("integrations",),
    ("cli",),
    ("__main__",),
)
RANK = {package: rank for rank, rung in enumerate(LADDER) for package in rung}
# What may be imported besides: less than the lower rungs, and nothing from outside but these.
OURS = {"worker": {"core", "probing"}}
LIBRARIES = {"core": {"numpy"}, "checks": {"numpy"}, "grading": {"numpy"}}


def imported(name: str) -> Iterator[tuple[str, str]]:
    """Yield (top-level package, package of ours or "") of all imports of a module, inside functions too."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            names = [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are absolute"
            inside = node.module == FACADE
            names = [f"{FACADE}.{item.name}" if inside else node.module or "" for item in node.names]
        else:
            continue
        for full in names:
            top, _, rest = full.partition(".")
            inner = rest.partition(".")[0]
            yield top, (inner if inner in RANK else FACADE) if top == FACADE else ""


def package_of(name: str) -> str:
    """The package that a module is in; the two loose files are packages of their own here."""
    first = name.split("/")[0].removesuffix(".py")
    return FACADE if first == "__init__" else first


def modules_of(package: str) -> list[str]:
    return [name for name in MODULES if package_of(name) == package]


def tops(name: str) -> set[str]:
    return {top for top, _ in imported(name)}


# -- the ladder ---------------------------------------------------------------------------------------------


def test_every_package_has_its_rung():
    assert {package_of(name) for name in MODULES} == RANK.keys()


@pytest.mark.parametrize("package", RANK)
def test_imports_go_down(package):
    allowed = {other for other in RANK if RANK[other] < RANK[package]} | {package}
    allowed &= OURS.get(package, RANK.keys()) | {package}
    wrong = [
        f"{name} imports {ours}"
        for name in modules_of(package)
        for _, ours in imported(name)
        if ours and ours not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("package", LIBRARIES)
def test_what_decides_points_needs_the_standard_library_and_numpy_only(package):
    for name in modules_of(package):
        allowed = sys.stdlib_module_names | LIBRARIES[package] | {FACADE}
        assert tops(name) <= allowed, name


def test_every_package_says_in_one_sentence_what_belongs_in_it():
    said = {name: ast.get_docstring(tree) for name, tree in TREES.items() if name.endswith("/__init__.py")}
    sentence = re.compile(r"\w(?:[^.]|\.(?=\w))*\.")
    assert [name for name, text in said.items() if not (text and sentence.fullmatch(text))] == []


def test_hardly_a_file_lies_loose():
    assert len([name for name in MODULES if "/" not in name]) <= 4


# -- the page about it --------------------------------------------------------------------------------------

PAGE = (REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")


def test_the_page_has_the_same_ladder():
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", PAGE, re.MULTILINE)
    rungs = LADDER[:-1]  # without __main__, which only calls the highest
    assert rows == [(str(number), one) for number, rung in enumerate(rungs, 1) for one in rung]
    paragraphs = re.findall(r"^\*\*(\d+), ", PAGE, re.MULTILINE)
    assert paragraphs == sorted({number for number, _ in rows}, key=int)


def test_every_file_that_the_page_names_exists():
    files = re.findall(r"`([\w/]+\.py)`", PAGE)
    assert len(files) > 40
    known = {*MODULES, *(path.name for path in (REPOSITORY / "exams").glob("*/*/*.py"))}  # a question's files
    assert [name for name in files if name not in known and not (REPOSITORY / name).is_file()] == []


def test_the_way_of_a_submission_has_ten_steps_each_with_its_file():
    steps = re.split(r"^\d+\. ", PAGE.partition("## The way of a submission")[2], flags=re.MULTILINE)[1:]
    assert len(steps) == 10
    assert all(re.search(r"`[\w/]+\.py`", step) for step in steps)


# -- processes ----------------------------------------------------------------------------------------------

STARTERS = {"subprocess", "multiprocessing", "pty"}
STARTING = re.compile(
    r"fork(pty)?|exec[lv]p?e?|posix_spawnp?|spawn[lv]p?e?|system|popen|create_subprocess_\w+"
)
# attempts.py is in sandbox/ and starts one where this must fail; the zygote forks workers inside the sandbox.
MAY_START = re.compile(r"sandbox/.*|worker/zygote\.py")


def starters(name: str) -> Iterator[str]:
    """Yield what a module has to start a process with."""
    yield from tops(name) & STARTERS
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("os", "asyncio") and STARTING.fullmatch(node.attr):
                yield node.attr
            if node.attr == "ProcessPoolExecutor":
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module in ("os", "asyncio", "concurrent.futures"):
            names = {item.name for item in node.names}
            yield from (one for one in names if one == "ProcessPoolExecutor" or STARTING.fullmatch(one))


def test_only_the_sandbox_starts_processes():
    found = {name: set(starters(name)) for name in MODULES}
    assert {name for name in found if found[name] and not MAY_START.fullmatch(name)} == set()
    assert found["worker/zygote.py"] == {"fork"}


def test_nothing_unpickles_but_official_files_of_known_checksum():
    pickles = {"pickle", "dill", "cloudpickle", "shelve", "marshal"}
    assert [name for name in MODULES if tops(name) & pickles] == ["worker/datasets.py"]


# -- what is imported ---------------------------------------------------------------------------------------


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


# -- names --------------------------------------------------------------------------------------------------


def test_the_engine_knows_no_exam():
    names = {path.parent.name for path in (PACKAGE.parent / "exams").glob("*/__init__.py")}
    assert names
    for module, path in MODULES.items():
        code = ast.unparse(_without_docstrings(ast.parse(path.read_text(encoding="utf-8"))))
        assert not [name for name in names if name in code], module


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            body[0] = ast.Pass()
    return tree


def test_public_names():
    assert sorted(autograder.__all__) == sorted(
        [
            "Asserted",
            "AtLeast",
            "AtMost",
            "Axis",
            "Choice",
            "Close",
            "Data",
            "Diagram",
            "Dtype",
            "Equivalent",
            "Essay",
            "Evidence",
            "Exam",
            "Facts",
            "Finite",
            "Forbids",
            "Item",
            "Layer",
            "Limit",
            "Mistake",
            "Observation",
            "OneOf",
            "Operators",
            "Part",
            "Picture",
            "Question",
            "Ran",
            "Relation",
            "Shape",
            "Text",
            "Trivial",
            "Uses",
            "__version__",
            "check",
            "choice",
            "integers",
            "normal",
            "permutation",
            "relation",
            "uniform",
        ]
    )
    assert all(getattr(autograder, name) for name in autograder.__all__)
    with pytest.raises(AttributeError):
        _ = autograder.no_such_name  # type: ignore[attr-defined]


# -- sizes --------------------------------------------------------------------------------------------------

# The engine had 17,902 lines before it had packages, and 17,890 in them; running what students hand in as
# Jupyter does (reading, shell, commands, resetting) took 2,500 more; questions that say little (folders, calls,
# generators, observations that fail alone, declarations held against what is there) 1,300, until questions in
# one file go; proving questions (reasons, fair names, trivial answers, mutants) 1,500; calibrating tolerances (ways
# to compute the same, distances, records, the picture) 1,000; the record of operators, classes and updates that
# ran 480; one submission's failures kept from the others 300; words of checks read beside the statements 180;
# judging and drawing in processes with limits 560; a release's own code tried as answers, and what protections rest
# on 420; statements rendered, what was written beside what went wrong, sentences of their own, a page of the exam and
# a dashboard that leads 900; what several questions observe of figures, updates and a web site 150; groups of equal
# wrong answers, and mistakes made of them, 1,250; drafts of a rescore and
# who changes 1,000; decisions of people and their history 1,100;
# importing assignments of other systems (notebooks as questions, assertions recorded and judged outside, what is
# cut and when that is accepted, forms of otter and pytest) 8,000; the command line in Korean 400, its errors and remarks
# 500; pictures in self-checks 150; rosters, policies,
# downloads of learning systems, and gradebooks filled in 3,900;
# the desk 1,000, its groups and drafts 600; tests that record within their helpers 350; who is missing, and answers by
# command 250; what became of collected and imported files in Korean, and faults told of the student's own code, 100;
# homework in files, self-checks of imported notebooks and comparing outside 500; the rehearsal of workers 120, what
# submissions seem to import 90; reasons of an import in Korean 90, check cells of imported notebooks and otter in a
# release 60, modules handed out 40, many draws, exceptions, objects and other libraries in assertions 80, fixtures of
# pytest 40; classes and courses in the wrong place 60; objects in large pages 25, files without a question's name
# in pytest 15, Python 3.14 30.
# Who raises this says what for.
MAX_LINES = 47_830


def lengths() -> dict[str, int]:
    return {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}


def functions() -> dict[str, int]:
    """The lines of every function, by module and line."""
    return {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_modules_are_short():
    assert {name: length for name, length in lengths().items() if length > 400} == {}


def test_functions_are_short():
    found = functions()
    assert {name: length for name, length in found.items() if length > 60} == {}
    assert len([name for name, length in found.items() if length > 40]) <= 5


def test_the_engine_stays_small():
    assert sum(lengths().values()) < MAX_LINES


# -- the tests themselves -------------------------------------------------------------------------------------

TESTS = sorted(path for pattern in ("*.py", "*/*.py") for path in (REPOSITORY / "tests").glob(pattern))


def test_the_tests_folders_mirror_the_packages():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    # what they share, the course, whole runs, and questions of other courses
    others = {"support", "exams", "hostile", "browser", "parity", "ports"}
    found = {path.parent.name for path in (REPOSITORY / "tests").glob("*/*.py")}
    assert found <= packages | others


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(REPOSITORY / "tests").as_posix())
def test_a_test_imports_no_other_test_and_uses_no_private_name_of_the_engine(path):
    """What tests share is in tests/support and in fixtures; what they need to change is public."""
    ours, found = set(), []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names) if any(is_test(item.name) for item in names):
                found.append(ast.unparse(node))
            case ast.ImportFrom(module=str(module), names=names):
                private = module.startswith(FACADE) and any(item.name.startswith("_") for item in names)
                if private or is_test(module) or any(is_test(item.name) for item in names):
                    found.append(ast.unparse(node))
                if module.startswith(FACADE):
                    ours |= {item.asname or item.name for item in names}
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in ours and is_private(attr):
                found.append(ast.unparse(node))
            case ast.Call(args=[ast.Name(id=name), ast.Constant(value=str(attr)), *_]):
                found += [ast.unparse(node)] if name in ours and is_private(attr) else []
            case ast.Constant(value=str(text)) if re.fullmatch(rf"{FACADE}(\.\w+)*\._\w+", text):
                found.append(text)
    assert found == []


def is_test(module: str) -> bool:
    return any(part == "conftest" or part.startswith("test_") for part in module.split("."))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")
