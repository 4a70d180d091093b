"""The results of a run with what people decided, for groups by who belongs to them now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from autograder.course.catalog import ExamEntry
from autograder.grading.groups import Split, split_id
from autograder.records.decided import Members, with_decisions, with_overrides
from autograder.records.decisions import Source, SplitGroup
from autograder.records.files import RunError
from autograder.records.held import Held
from autograder.records.results import ClassResults
from autograder.records.run_folder import Run
from autograder.workflows.groups import exam_of, find_groups, group_of


def decided(run: Run, results: ClassResults, course: Path | None = None) -> ClassResults:
    """Return results of a run with all that people decided about them.

    Raises:
        RunError, CatalogError: something was decided for a group, and the groups cannot be found.
        DecisionsError: the decisions cannot be read.
    """
    held = run.decisions.held()
    return with_decisions(results, held, members_of(run, held, course))


def decided_for_all(run: Run, results: ClassResults, course: Path | None = None) -> ClassResults:
    """Return results as :func:`decided` does, without what was decided for single students."""
    held = run.decisions.held()
    return with_overrides(results, held, members_of(run, held, course))


def members_of(run: Run, held: Held, course: Path | None = None) -> Members:
    """Return who belongs to the groups for which something was decided; those who joined later, too."""
    if not any(group for _, _, group in held.overrides):
        return {}
    groups = find_groups(run, exam_of(run, course), splits_of(held), held.groups)
    return {id: frozenset(group.students) for group in groups for id in group.ids}


def splits_of(held: Held) -> list[Split]:
    """Return how people split groups."""
    return [Split(id=one.group, students=frozenset(one.students)) for one in held.splits]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff:
    """A group that a decision made: its id, and the decision's number."""

    group: str
    number: int


def split_off(
    run: Run, exam: ExamEntry, id: str, students: Collection[str], *, who: str, why: str, source: Source
) -> SplitOff:
    """Decide that some members of the group of this id are a group of their own.

    Raises:
        RunError: there is no such group, or one of the students is no member.
        OutdatedError: somebody else decided about it at this moment.
        DecisionsError: the decision cannot be written.
    """
    held = run.decisions.held()
    group = group_of(find_groups(run, exam, splits_of(held), held.groups), id)
    if others := sorted(set(students) - set(group.students)):
        raise RunError(
            f"{group.id}: {', '.join(others)} is not in this group of {len(group.students)}",
            ko=f"{group.id}: {', '.join(others)}은(는) 학생이 {len(group.students)}명인 이 묶음에 없습니다",
        )
    names = tuple(sorted(set(students)))
    decision = SplitGroup(question=group.question, part=group.part, group=group.id, students=names)
    seen = [held.seen(decision.key)]
    (entry,) = run.decisions.decide([decision], who=who, source=source, seen=seen, why=why)
    split = Split(id=group.id, students=frozenset(names))
    return SplitOff(group=split_id(group.question, group.part, split), number=entry.number)
