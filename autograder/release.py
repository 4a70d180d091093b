"""The student version of a question: its statements and stubs, taken from the exam module's source."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

from autograder.catalog import CatalogError, ExamEntry, QuestionEntry
from autograder.exam import Question
from autograder.store import write_whole


def template(entry: QuestionEntry) -> str:
    """Return the module that a student fills in; it holds no answer, check, seed or variant.

    Raises:
        CatalogError: a name of the interface is not in the exam module's source.
    """
    question = entry.question
    source = entry.path.read_text(encoding="utf-8")
    lines = source.splitlines()
    stubs = []
    for item in question.interface:
        name = item if isinstance(item, str) else item.__name__
        node = next((node for node in ast.parse(source).body if _is_stub(node, name)), None)
        if node is None:
            raise CatalogError(f"{entry.path}: the interface names {name}, which is not defined there")
        stubs.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    comment = "\n".join(f"# {line}".rstrip() for line in _heading(question).splitlines())
    imports = "\n\n".join(filter(None, ["from __future__ import annotations", question.preamble]))
    return "\n\n\n".join([f"{comment}\n\n{imports}", *stubs]) + "\n"


def _heading(question: Question) -> str:
    lines = [f"{question.title.ko} / {question.title.en}", ""]
    for number, part in enumerate(question.parts, start=1):
        lines += [f"({number}) {part.name} [{part.points:g}]", ""]
        lines += [part.statement.ko, "", part.statement.en, ""]
    return "\n".join(lines)


def _is_stub(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id == name
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name


_README = """\
{title}

빈 곳을 채우고 제출하기 전에 스스로 확인하세요. / Fill in the files and check yourself before handing in:

    autograder check FILE
"""


def write_release(exam: ExamEntry, folder: Path) -> list[Path]:
    """Write one module per question and a README; return the files.

    Raises:
        CatalogError: a question cannot be loaded.
        RunError: a file cannot be written.
    """
    title = f"{exam.exam.title.ko} / {exam.exam.title.en}"
    files = {folder / "README.txt": textwrap.dedent(_README).format(title=title)}
    files |= {folder / f"{entry.name}.py": template(entry) for entry in exam.questions}
    for path, text in files.items():
        write_whole(path, text.encode())
    return list(files)
