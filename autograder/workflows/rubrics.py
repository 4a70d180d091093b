"""Lets the items of rubrics be worth what the course says now, for all who have them."""

from __future__ import annotations

from autograder.checks import Essay, rubric_items
from autograder.course.catalog import ExamEntry
from autograder.records.decisions import Applied, Entry, ItemChanged, Source
from autograder.records.run_folder import Run


def take_over_rubrics(run: Run, exam: ExamEntry, *, who: str, source: Source) -> list[Entry]:
    """Record the items of rubrics that changed in the course since somebody gave them; return the entries.

    Items that the course has no more stay what they were.

    Raises:
        CatalogError: the exam cannot be loaded.
        OutdatedError: somebody else recorded one at this moment; nothing was added.
        DecisionsError: the decisions cannot be read or written.
    """
    held = run.decisions.held()
    given = {
        (score.question, score.part, one.item): one for score in held.scores.values() for one in score.items
    }
    made = [
        ItemChanged(question=question, part=part, item=id, points=now.points, ko=now.ko, en=now.en)
        for (question, part, id), now in _declared(exam).items()
        if (before := given.get((question, part, id))) is not None and before != now
    ]
    if not made:
        return []
    seen = [held.seen(one.key) for one in made]
    return run.decisions.decide(made, who=who, source=source, seen=seen, why="the course changed")


def _declared(exam: ExamEntry) -> dict[tuple[str, str, str], Applied]:
    """Return the items of the course by question, part and id."""
    found = {}
    for entry in exam.questions:
        for part in entry.question.parts:
            essays = [check for check in part.checks if isinstance(check, Essay)]
            for id, one in rubric_items(essays).items():
                now = Applied(item=id, points=one.points, ko=one.text.ko, en=one.text.en)
                found[entry.name, part.name, id] = now
    return found
