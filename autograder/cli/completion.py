"""What a shell completes: names of exams, questions, parts, students and formats.

Names are read from folders and texts: neither the engine nor numpy is loaded. Where nothing is found, nothing
is said.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

FORMATS = {
    "report": ("table", "csv", "html", "gradescope", "junit", "xlsx", "nbgrader"),
    "totals": ("table", "csv", "xlsx"),
}
OF_QUESTIONS = ("verify", "calibrate")  # their argument is an exam or a question
_PART = re.compile(r"^## (\w+):|\bPart\(\s*(?:name=)?\"(\w+)\"", re.MULTILINE)


def completing(command: click.Command) -> click.Command:
    """Return a command whose arguments and options are completed by their names, with all below it."""
    made = copy.copy(command)
    made.params = [_completed(param) for param in command.params]
    if isinstance(made, click.Group):
        made.commands = {name: completing(below) for name, below in made.commands.items()}
    return made


def _completed(param: click.Parameter) -> click.Parameter:
    names = next((_NAMES[name] for name in (*param.opts, param.name) if name in _NAMES), None)
    made = copy.copy(param)
    if callable(made.default):
        made.default = None  # computing one takes time and has no use
    if names is not None:
        made.type = _Name(names)
    return made


class _Name(click.types.StringParamType):
    """A name that is one of those that a function finds."""

    def __init__(self, names: Callable[[click.Context], Iterable[str]]) -> None:
        self._names = names

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[Any]]:
        before = incomplete[: incomplete.rfind(",") + 1] if "--format" in param.opts else ""
        names: set[str] = set()
        with suppress(OSError, ValueError, TypeError, AttributeError, KeyError):  # of what is damaged
            names.update(self._names(ctx))
        items = (before + name for name in sorted(names))
        return [CompletionItem(item) for item in items if item.startswith(incomplete)]


# -- names --------------------------------------------------------------------------------------------------


def _given(context: click.Context) -> Mapping[str, Any]:
    """Return the values given so far; click leaves arguments aside where an option lacks its value."""
    arguments = (param for param in context.command.params if isinstance(param, click.Argument))
    rest = iter(context.args)
    aside = {param.name or "": [*rest] if param.nargs < 0 else next(rest, None) for param in arguments}
    return aside | {name: value for name, value in context.params.items() if value not in (None, ())}


def _exams_folder(context: click.Context) -> Path:
    """Return ``exams/`` of the course at --course, of the run, or here or above.

    Raises:
        FileNotFoundError: there is none.
    """
    given = _given(context).get("course") or _manifest(context).get("course")
    here = Path.cwd()
    for folder in [Path(given)] if given else [here, *here.parents]:
        if (folder / "exams").is_dir():
            return folder / "exams"
    raise FileNotFoundError("exams")


def _manifest(context: click.Context) -> Mapping[str, Any]:
    """Return ``run.json`` of the command's RUN, {} if it has none."""
    run = _given(context).get("run")
    if not run or not (path := Path(run) / "run.json").is_file():
        return {}
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _exams(context: click.Context) -> list[str]:
    return [path.parent.name for path in _exams_folder(context).glob("*/__init__.py")]


def _exams_and_questions(context: click.Context) -> list[str]:
    """The exams; where a single question will do, the questions too."""
    exams = _exams(context)
    return [*exams, *_questions(context)] if context.command.name in OF_QUESTIONS else exams


def _questions(context: click.Context) -> list[str]:
    """The questions of the exam before it, where that is all it can be, or all as EXAM/QUESTION."""
    exam = None if context.command.name in OF_QUESTIONS else _given(context).get("exam")
    found = _question_files(context, exam or "*")
    return [path.parent.name if exam else f"{path.parts[-3]}/{path.parts[-2]}" for path in found]


def _question_files(context: click.Context, exam: str) -> list[Path]:
    return list(_exams_folder(context).glob(f"{exam}/*/question.py"))


def _parts(context: click.Context) -> list[str]:
    """The parts of the run's exam, of the question given, or of the questions whose names files have."""
    files = [Path(file) for file in _given(context).get("files") or ()]
    if found := [part for file in files for part in _parts_in_notebook(file.with_suffix(".ipynb"))]:
        return found
    question = _given(context).get("question")
    wanted = {question.rpartition("/")[2]} if question else {file.stem for file in files}
    places = _question_files(context, str(_manifest(context).get("exam", "*")))
    return [name for path in places if not wanted or path.parent.name in wanted for name in _parts_of(path)]


def _parts_of(question: Path) -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in (question, *question.parent.glob("statement.*.md"))]
    return [heading or declared for text in texts for heading, declared in _PART.findall(text)]


def _parts_in_notebook(path: Path) -> list[str]:
    """The parts that the cells of a release's notebook name; none if it is no such notebook."""
    if not path.is_file():
        return []
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    named = (cell["metadata"].get("autograder", {}).get("part") for cell in cells)
    return [part for part in named if part]


def _students(context: click.Context) -> list[str]:
    """The folders in SUBMISSIONS, or the students of RUN."""
    if folder := _given(context).get("submissions"):
        return [path.name for path in Path(folder).iterdir() if path.is_dir() and path.name[0] != "."]
    return list(_manifest(context).get("submissions", ()))


def _formats(context: click.Context) -> Iterable[str]:
    return FORMATS.get(context.command.name or "", ())


_NAMES: Mapping[str, Callable[[click.Context], Iterable[str]]] = {
    "exam": _exams_and_questions,
    "exams": _exams,
    "question_id": _questions,
    "--question": _questions,
    "--part": _parts,
    "--student": _students,
    "--format": _formats,
    "--exam": _exams,
}
