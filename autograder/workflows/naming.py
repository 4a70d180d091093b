"""Makes a mistake of the course of a group, with a representative's code and no name of a person."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from pathlib import Path

from autograder.checks import Essay
from autograder.core.mistake import Mistake
from autograder.core.text import Text
from autograder.course.asked import names_used
from autograder.course.catalog import Course, ExamEntry
from autograder.course.nameless import nameless
from autograder.course.policy import policy_of
from autograder.course.promotion import demand_new, write_mistake
from autograder.course.question import QuestionEntry
from autograder.course.roster import roster_of
from autograder.course.source import defines, reachable_source
from autograder.grading.groups import Group, Kind
from autograder.records.files import RunError
from autograder.records.run_folder import Run
from autograder.records.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A mistake that was written.

    Attributes:
        loses: the parts that lose points by it.
        mended: the parts that the representative lost for other reasons, in which the solution stands.
    """

    question: str
    path: Path
    loses: frozenset[str]
    mended: frozenset[str]


def name_group(
    run: Run, exam: ExamEntry, group: Group, groups: Iterable[Group], name: str, explanation: Text
) -> Named:
    """Write what the members of a group did as a mistake of the question, and return it.

    It loses the parts in which its members are in one group. What its representative lost besides is mended
    with the solution, if that can be done.

    Args:
        groups: all groups of the question.
        name: of the mistake, an identifier.
        explanation: what went wrong, for the student who did it.

    Raises:
        RunError: the group is not one of wrong answers, or its code is gone or does not parse.
        CatalogError: the name is no identifier or taken, or the file cannot be written.
    """
    _demand_wrong(group)
    entry = next(entry for entry in exam.questions if entry.name == group.question)
    demand_new(entry, name)
    source, mine = Store(run.evidence).source(group.representative.key), _lost(run, group)
    shared = _shared(group, groups) - _written_ones(entry)
    people = _people(run, exam)
    try:
        code, mended = _mended(entry, source, people, shared, mine - shared)
    except SyntaxError:
        raise RunError(
            f"{group.id}: the code of {group.representative.student} does not parse",
            ko=f"{group.id}: {group.representative.student}의 코드는 문법에 맞지 않습니다",
        ) from None
    if not code.strip():
        raise RunError(
            f"{group.id}: the code of {group.representative.student} is gone",
            ko=f"{group.id}: {group.representative.student}의 코드가 남아 있지 않습니다",
        )
    mistake = Mistake(name=name, explanation=explanation, loses=mine - mended, whole=code)
    return Named(question=entry.id, path=write_mistake(entry, mistake), loses=mistake.loses, mended=mended)


def _demand_wrong(group: Group) -> None:
    if group.trait.kind is not Kind.WRONG:
        kind = group.trait.kind.value
        raise RunError(
            f"{group.id}: a mistake is made only of unexplained wrong answers; this is a group of {kind}",
            ko=f"{group.id}: 대표 오답은 설명되지 않은 오답의 묶음에서만 만듭니다. 이 묶음은 {kind}입니다",
        )


def _people(run: Run, exam: ExamEntry) -> list[str]:
    """Return what students are called: as their folders are, and as the roster has them."""
    if (recorded := run.recorded()) is None:
        return []
    manifest, submissions = recorded
    course = Course(exam.course)
    zone = policy_of(course.root, course.exam_names).zone
    roster = roster_of(Path(manifest.roster) if manifest.roster else None, course.root, zone)
    listed = (text for one in roster.students for text in (one.name, one.email))
    return [*(student for student, _ in submissions), *filter(None, listed)]


def _lost(run: Run, group: Group) -> frozenset[str]:
    """Return the parts of the question in which the representative loses points."""
    whose = group.representative.student, group.question
    for result in run.results() or ():
        if (result.student, result.question) == whose:
            return frozenset(one.part for one in result.verdicts if one.points + one.manual < one.max_points)
    return frozenset()


def _shared(group: Group, groups: Iterable[Group]) -> frozenset[str]:
    """Return the parts in which all members are in one group that nothing explains."""
    return frozenset(
        one.part
        for one in groups
        if one.question == group.question
        and one.trait.kind in (Kind.WRONG, Kind.FAULT)
        and set(group.students) <= set(one.students)
    )


def _written_ones(entry: QuestionEntry) -> frozenset[str]:
    """Return the parts that only people judge, of which no mistake is told."""
    parts = entry.question.parts
    return frozenset(part.name for part in parts if all(isinstance(check, Essay) for check in part.checks))


def _mended(
    entry: QuestionEntry, source: str, people: Collection[str], keeps: Set[str], others: frozenset[str]
) -> tuple[str, frozenset[str]]:
    """Return the code, and which of ``others``, parts that it loses besides, the solution now stands for."""
    interface, used = entry.question.interface, names_used(entry)
    needed = {name for part in keeps for name in used[part]}
    replaced = [
        name for name in interface if any(name in used[part] for part in others) and name not in needed
    ]
    code = nameless(source, [name for name in interface if name not in replaced], people)
    mended = frozenset(part for part in others if used[part] and set(used[part]) <= set(replaced))
    if not mended:
        return nameless(source, interface, people), frozenset()
    right = ast.parse(reachable_source(entry.solution_source, replaced)).body
    right = [node for node in right if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    if _clash(ast.parse(code).body, right):
        return nameless(source, interface, people), frozenset()
    return f"{code}\n\n{ast.unparse(ast.Module(right, []))}\n", mended


def _clash(mine: list[ast.stmt], others: list[ast.stmt]) -> bool:
    """Return whether two pieces of a module define a name differently."""
    texts = {name: ast.unparse(node) for node in mine for name in defines(node)}
    theirs = {name: ast.unparse(node) for node in others for name in defines(node)}
    return any(texts.get(name, text) != text for name, text in theirs.items())
