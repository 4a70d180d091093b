"""A part's pictures in a release: by their names in the question's module, drawn of a student's own evidence.

The solution's evidence is not in a release, so a picture shows the student's alone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from autograder.core.check import Observation
from autograder.core.evidence import Evidence
from autograder.core.exam import Part
from autograder.core.illustration import Illustration
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.course.modules import module_name
from autograder.course.question import QuestionEntry
from autograder.pictures.render import Rendered, render
from autograder.running.prepared import PreparedQuestion


def named_pictures(entry: QuestionEntry, part: Part) -> dict[str, Illustration]:
    """Return the pictures of a part that are constants of the question's module, by their names there."""
    constants: dict[str, Any] = vars(sys.modules[module_name(entry.path)])
    found = {}
    pictures: Sequence[Any] = part.pictures  # frozen dataclasses
    for picture in pictures:
        alike = {name: one for name, one in constants.items() if type(one) is type(picture)}
        for name, one in alike.items():
            if replace(one, caption=picture.caption) == picture:
                found[name] = picture
                break
    return found


def draw_own(question: PreparedQuestion, part: Part, attempt: Attempt) -> list[Rendered]:
    """Return the pictures of a part, of the student's evidence alone; without those that cannot be drawn."""
    task = Task(part.name, PUBLIC)
    outcome = attempt.outcomes.get(task)
    if not part.pictures or outcome is None or outcome.evidence is None:
        return []
    arrays, settings = question.open_inputs[PUBLIC].arrays, question.variants[task].settings
    seen = Observation(evidence=outcome.evidence, inputs=Evidence(arrays=arrays, facts=settings))
    drawn = [render(picture, seen) for picture in part.pictures]
    return [one for one in drawn if one.uri]
