"""The results of a run with what people decided, for groups by who belongs to them now."""

from __future__ import annotations

from pathlib import Path

from autograder.grading.groups import Split
from autograder.records.decided import Members, with_decisions, with_overrides
from autograder.records.held import Held
from autograder.records.results import ClassResults
from autograder.records.run_folder import Run
from autograder.workflows.groups import exam_of, find_groups


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
