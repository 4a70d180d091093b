"""Written answers: the parts that ask for them, the answers, and the points given by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.checks import Essay, Picture
from autograder.core.evidence import Json
from autograder.core.exam import Part, Question
from autograder.core.points import add_points
from autograder.core.verdict import Result, Verdict
from autograder.records.decisions import PartId
from autograder.records.held import Given

Facts = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayPart:
    """A part that is graded by hand, wholly or partly."""

    question: str
    declared: Question
    part: Part
    essays: tuple[Essay, ...]

    @property
    def max_points(self) -> float:
        """The points of the essays: the declared ones, else all points of the part."""
        declared = [essay.points for essay in self.essays if essay.points is not None]
        return add_points(declared) if declared else self.part.points

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the figures drawn by the student's code."""
        return tuple(check.name for check in self.part.checks if isinstance(check, Picture))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A student's answer to an essay part.

    Attributes:
        verdict: the machine's verdict on the part, without points given by hand.
        texts: a text for each essay of the part.
        newest: the newest revision of the points given by hand.
    """

    about: EssayPart
    student: str
    verdict: Verdict
    texts: tuple[str, ...]
    newest: Given | None

    @property
    def label(self) -> str:
        """The student's name in valid Unicode; the name of the folder may have other bytes."""
        return self.student.encode(errors="backslashreplace").decode()

    @property
    def max_points(self) -> float:
        """The maximum number of points to give by hand."""
        return self.verdict.manual or self.about.max_points

    @property
    def points(self) -> float | None:
        """The points given by hand; None while the answer waits."""
        return None if self.newest is None else self.newest.score.by_hand

    @property
    def number(self) -> int:
        """The number of the newest revision; 0 if there is none."""
        return 0 if self.newest is None else self.newest.number

    @property
    def fingerprint(self) -> str:
        """A hash of the texts."""
        return hashlib.sha256("\0".join(self.texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def changed(self) -> bool:
        """Whether the answer changed since it was scored."""
        known = self.newest.score.answer if self.newest is not None and self.points is not None else ""
        return known not in ("", self.fingerprint)


def essay_parts(questions: Iterable[tuple[str, Question]]) -> Iterator[EssayPart]:
    """Yield the parts with an Essay among their checks, in the exam's order."""
    for name, question in questions:
        for part in question.parts:
            if essays := tuple(check for check in part.checks if isinstance(check, Essay)):
                yield EssayPart(question=name, declared=question, part=part, essays=essays)


def answers(
    about: EssayPart,
    results: Iterable[Result],
    facts: Callable[[PartId], Facts],
    newest: Mapping[PartId, Given],
) -> Iterator[Answer]:
    """Yield the answers to a part that are graded by hand; an empty answer only if an earlier one has points.

    Args:
        results: the results of the class, without points given by hand.
        facts: returns the facts of a student's public evidence.
        newest: the newest revisions of the points given by hand.
    """
    for result in results:
        for verdict in result.verdicts:
            if (result.question, verdict.part) != (about.question, about.part.name):
                continue
            whose = PartId(result.student, result.question, verdict.part)
            found = facts(whose)
            texts = tuple(str(found.get(essay.name, "")) for essay in about.essays)
            answer = Answer(
                about=about, student=result.student, verdict=verdict, texts=texts, newest=newest.get(whose)
            )
            if verdict.manual > 0 or answer.points is not None:
                yield answer
