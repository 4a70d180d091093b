"""Where a homework of pytest files has what: the modules that students write, and what lies beside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from autograder.integrations.importers import reasons
from autograder.integrations.importers.forms import imported
from autograder.integrations.importers.from_nbgrader import files_beside
from autograder.integrations.importers.model import ImportingError, LeftOut, Piece
from autograder.integrations.importers.taint import blocks, bound, loads

_USUAL = ("adapters.py", "solution.py", "student.py", "submission.py")
_DATA = (".npz", ".npy", ".gz", ".csv", ".json", ".txt", ".pt", ".pkl", ".png", ".jpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Homework:
    """A folder with tests.

    Attributes:
        source: the folder.
        folder: that of the tests in it, or the same.
        files: the tests.
        trees: their syntax.
        answers: the module that students hand in.
        besides: the files of each module and package besides that they write.
    """

    source: Path
    folder: Path
    files: Sequence[Path]
    trees: Sequence[ast.Module]
    answers: Path
    besides: Mapping[str, Sequence[Path]]

    def written(self) -> dict[str, list[str]]:
        """Return the modules and packages that students write, each with the names that it defines."""
        every = {**self.besides, self.answers.stem: [self.answers]}
        return {name: [one for path in paths for one in _defined(path)] for name, paths in every.items()}

    def unsolved(self, path: Path) -> str:
        """Return a module as students get it: that in ``template/``, else without the bodies of functions and
        the constants that tests ask for and nothing in it reads."""
        blank = self.source / "template"
        for given in (blank / path.relative_to(self.source), blank / path.name):
            if given.is_file():
                return given.read_text(encoding="utf-8")
        tree, nodes = read_module(path), [node for test in self.trees for node in ast.walk(test)]
        asked = {node.name for node in nodes if isinstance(node, ast.alias)}
        asked |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        _blank(tree.body, asked - loads(tree))
        return f"{ast.unparse(ast.fix_missing_locations(tree))}\n"

    def handed_out(self) -> dict[str, bytes]:
        """Return the modules that students write, unsolved, by their places."""
        besides = [path for files in self.besides.values() for path in files]
        places = {path.relative_to(self.source).as_posix(): path for path in besides}
        places[self.answers.name] = self.answers
        return {place: self.unsolved(path).encode() for place, path in places.items()}

    def pieces(self) -> Iterator[Piece]:
        """Yield a cell from which on all that students write can be imported, if tests do that, and cells
        that write what they write besides."""
        stem, every = self.answers.stem, [one for tree in self.trees for one in ast.walk(tree)]
        tops = {_top(name, files, self.source) for name, files in self.besides.items()} - {"."}
        lines = [f"sys.path[:0] = {sorted(tops)!r}"] if tops else []
        if any(isinstance(one, ast.Import) and stem in imported(one) for one in every):
            lines.append(f"sys.modules[{stem!r}] = sys.modules['__main__']  # its names are the notebook's")
        if lines:
            yield Piece(kind="given", name="modules", source="\n".join(["import sys", "", *lines]))
        for name, files in self.besides.items():
            folders = sorted({path.parent.relative_to(self.source).as_posix() for path in files} - {"."})
            if folders:
                made = f"import os\n\nfor _folder in {folders!r}:\n    os.makedirs(_folder, exist_ok=True)"
                yield Piece(kind="answer", name=f"{name}-folders", source=made, template=made)
            for path in files:
                place = path.relative_to(self.source).as_posix()
                solved, unsolved = (
                    f"%%writefile {place}\n{text}"
                    for text in (path.read_text(encoding="utf-8"), self.unsolved(path))
                )
                name = re.sub(r"\W", "-", place)
                yield Piece(kind="answer", name=name, source=solved, template=unsolved)

    def beside(self, left_out: list[LeftOut]) -> dict[str, bytes]:
        """Return what lies beside the tests, and data beside their folder, but no answers."""
        mine = {self.answers, *(path for files in self.besides.values() for path in files)}
        found = files_beside(self.folder / "any", left_out)
        if self.folder not in (self.source, self.answers.parent):
            data = files_beside(self.source / "any", [])
            tests = f"{self.folder.name}/"
            found = {
                n: one for n, one in data.items() if n.endswith(_DATA) and not n.startswith(tests)
            } | found
        about = {  # where one reads its own version
            f"{name}-0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n".encode()
            for name, files in self.besides.items()
            if any("importlib.metadata" in path.read_text("utf-8") for path in files)
        }
        theirs = {name for name in found if self.folder / name in mine or name.startswith("template/")}
        return {name: one for name, one in found.items() if name not in theirs} | about


def _blank(body: Sequence[ast.stmt], asked: set[str]) -> None:
    """Take what students write out of a block: the bodies of functions, and constants by name."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                words = node.body[:1] if ast.get_docstring(node) else []
                node.body = [*words, *ast.parse("raise NotImplementedError").body]
            case ast.Assign() if isinstance(node.value, ast.Lambda) or not asked.isdisjoint(bound([node])):
                node.value = ast.Constant(...)
            case _:
                for inner in blocks(node):
                    _blank(inner, asked)


def find_homework(source: Path) -> Homework:
    """Find what is where in a folder.

    Raises:
        ImportingError: it has no tests, or no module that they test.
    """
    folder = source / "tests" if list(source.glob("tests/test_*.py")) else source
    files = sorted(folder.glob("test_*.py"))
    if not files:
        raise ImportingError(reasons.NO_TESTS.format(source=source))
    trees = [read_module(path) for path in files]
    answers = _answers(source, folder, trees)
    besides = _besides(source, folder, answers, [read_module(answers), *trees])
    return Homework(source=source, folder=folder, files=files, trees=trees, answers=answers, besides=besides)


def read_module(path: Path) -> ast.Module:
    """Return the syntax of a file.

    Raises:
        ImportingError: it is not Python's.
    """
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise ImportingError(reasons.NOT_PYTHON.format(path=path, error=error)) from None


def _answers(source: Path, folder: Path, tests: Sequence[ast.Module]) -> Path:
    """Return the module that students hand in: one of the usual names, or the first that the tests import."""
    usual = [path for name in _USUAL for path in (folder / name, source / name)]
    tested = [
        root / f"{name.rpartition('.')[2]}.py"
        for tree in tests
        for name in imported(tree)
        for root in _roots(source, tests)
        if root != folder or source == folder
    ]
    if (found := next((path for path in [*usual, *tested] if path.is_file()), None)) is not None:
        return found
    raise ImportingError(reasons.NO_ANSWERS.format(source=source, usual=", ".join(_USUAL)))


def _roots(source: Path, trees: Sequence[ast.Module]) -> list[Path]:
    """Return the folders in which modules are looked for: the homework's, and those put on the path."""
    added = [
        source / one.args[-1].value
        for tree in trees
        for one in ast.walk(tree)
        if _extends_path(one)
        and isinstance(one.args[-1], ast.Constant)
        and isinstance(one.args[-1].value, str)
    ]
    inside = [path for path in added if path.resolve().is_relative_to(source.resolve())]
    return [*dict.fromkeys([source, source / "src", *inside])]


def _extends_path(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and bool(node.args)
        and ast.unparse(node.func) in ("sys.path.append", "sys.path.insert")
    )


def _besides(source: Path, folder: Path, answers: Path, trees: Sequence[ast.Module]) -> dict[str, list[Path]]:
    """Return the files of each module and package besides that tests and answers import."""
    found: dict[str, list[Path]] = {}
    for name in sorted({name.partition(".")[0] for tree in trees for name in imported(tree)} - {""}):
        for root in _roots(source, trees):
            if name in found or (root == folder and source != folder):
                continue
            files = sorted((root / name).rglob("*.py")) if root / name != folder else []
            files = files or [path for path in (root / f"{name}.py",) if path.is_file()]
            if files and answers not in files:
                found[name] = files
    return found


def _defined(path: Path) -> Iterator[str]:
    imports = (ast.Import, ast.ImportFrom)
    return bound(one for one in read_module(path).body if not isinstance(one, imports))


def _top(name: str, files: Sequence[Path], source: Path) -> str:
    """Return the folder that a module or package lies in."""
    top = next((one.parent for one in files[0].parents if one.name == name), files[0].parent)
    return top.relative_to(source).as_posix()
