"""What renderers show besides results.json: the figures among a run's stored evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograder.checks.properties import PNG
from autograder.outcome import Task
from autograder.store import Run, Store

# (student, question, part) -> the PNG files by name, of the published inputs
Pictures = Callable[[str, str, str], Mapping[str, bytes]]
PREFIX = "figure"


def pictures_of(run: Run) -> Pictures:
    """Return what finds the figures that a student's part drew; nothing where there are none.

    Raises:
        RunError: ``run.json`` is damaged.
    """
    submissions = (run.manifest() or {"submissions": {}})["submissions"]
    store = Store(run.evidence)

    def find(student: str, question: str, part: str) -> Mapping[str, bytes]:
        place = submissions.get(student, {}).get(question)
        attempt = store.load(place["key"]) if place else None
        outcome = attempt.outcomes.get(Task(part)) if attempt else None
        if outcome is None or outcome.evidence is None:
            return {}
        arrays = {name: array for name, array in outcome.evidence.arrays.items() if name.startswith(PREFIX)}
        found = {name: array.tobytes() for name, array in arrays.items()}
        return {name: data for name, data in found.items() if data.startswith(PNG)}

    return find
