"""Tries the code of a release as answers: what students get must not compute what is asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from operator import attrgetter

from autograder.core.outcome import Attempt
from autograder.course.source import top_level
from autograder.grading.grade import grade
from autograder.running.prepared import PreparedQuestion

NOTHING = ""  # stands for a function that computes nothing
_CONSTANTS = ("None", "True", "False", "0.0")
_ADAPTER = """
def _plain(value):
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _own(value):
    torch = __import__("sys").modules.get("torch")
    return torch.as_tensor(value) if torch is not None and hasattr(value, "dtype") else value
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A function of a release as a student's: their names, and the student's that calls it."""

    function: str
    answer: str
    source: str


def together(code: str, tried: Sequence[Trial]) -> str:
    """Return a submission that hands in several, each for another function of the student's."""
    return "\n\n".join([code, _ADAPTER, *(trial.source for trial in tried)])


def rounds(tried: Sequence[Trial]) -> list[list[Trial]]:
    """Return the trials in as few groups as possible that can be handed in together."""
    each = [list(own) for _, own in groupby(sorted(tried, key=attrgetter("answer")), attrgetter("answer"))]
    return [[trial for trial in group if trial is not None] for group in zip_longest(*each)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAway:
    """What a function of a release earns as a student's."""

    function: str
    answer: str
    part: str
    points: float


def trials(code: str, interface: Mapping[str, str]) -> list[Trial]:
    """Return each function of a release as each of the student's that takes its arguments, by name or place.

    What returns both sides of an equation stands for either, and is given ``None`` for other arguments.
    Functions that return a constant or what they are given are there too, as :data:`NOTHING`.

    Args:
        code: of the release.
        interface: the source of each name that a student fills in.
    """
    theirs = [
        node
        for text in interface.values()
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    ]
    ours = [
        node for text in set(top_level(code, (ast.FunctionDef,)).values()) for node in ast.parse(text).body
    ]
    found = []
    for answer in theirs:
        calls = [(NOTHING, constant) for constant in (*_CONSTANTS, *_parameters(answer)[:1])]
        calls += [
            (one.name, call)
            for one in ours
            if isinstance(one, ast.FunctionDef)
            for call in _calls(one, answer)
        ]
        for function, call in calls:
            source = f"def {answer.name}({ast.unparse(answer.args)}):\n    return _own({call})\n"
            found.append(Trial(function=function, answer=answer.name, source=source))
    return found


def _calls(function: ast.FunctionDef, answer: ast.FunctionDef) -> Iterator[str]:
    """Yield calls of a function with the arguments of another."""
    wanted, given = _parameters(function), _parameters(answer)
    equation = any(
        isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) for node in ast.walk(function)
    )
    which = ("[0]", "[1]") if equation else ("",)
    by_name = [f"{name}=_plain({name})" if name in given else f"{name}=None" for name in wanted]
    if set(wanted) & set(given) and (equation or set(wanted) <= set(given)):
        yield from (f"{function.name}({', '.join(by_name)}){side}" for side in which)
    if len(wanted) == len(given) and wanted != given:
        by_place = ", ".join(f"_plain({name})" for name in given)
        yield from (f"{function.name}({by_place}){side}" for side in which)


def _parameters(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def earned(question: PreparedQuestion, tried: Sequence[Trial], attempt: Attempt) -> list[GivenAway]:
    """Return what trials earn in each part, which is that of the first of them unless there is only one."""
    verdicts = grade(question.entry.question, attempt, question.references, question.environment.device)
    first = tried[0]
    return [
        GivenAway(function=first.function, answer=first.answer, part=verdict.part, points=verdict.points)
        for verdict in verdicts
        if verdict.points
    ]


def beyond_nothing(found: Sequence[GivenAway]) -> list[GivenAway]:
    """Return what earns more than functions that compute nothing do in its place."""
    plain = [one for one in found if one.function == NOTHING]
    return [
        one
        for one in found
        if one.function != NOTHING
        and one.points
        > max((o.points for o in plain if (o.answer, o.part) == (one.answer, one.part)), default=0)
    ]
