"""Written answers: the parts that ask for them, equal answers together, and the points given by hand."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.checks import Essay, Item, Picture, rubric_items
from autograder.core.evidence import Json
from autograder.core.exam import Part, Question
from autograder.core.points import add_points
from autograder.core.verdict import Verdict
from autograder.grading.groups import essay_trait
from autograder.records.decisions import Applied, PartId, Score
from autograder.records.held import Held

Facts = Mapping[str, Json]
_ID = 16  # hexadecimal digits


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

    @property
    def items(self) -> dict[str, Item]:
        """The items of the rubrics of all essays, by their ids, in order."""
        return rubric_items(self.essays)

    def applied(self, ids: Iterable[str]) -> tuple[Applied, ...]:
        """Return items by their ids as a score has them.

        Raises:
            KeyError: there is no such item.
        """
        chosen = {id: self.items[id] for id in ids}
        return tuple(
            Applied(item=id, points=one.points, ko=one.text.ko, en=one.text.en) for id, one in chosen.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A student's answer to an essay part.

    Attributes:
        verdict: the machine's verdict on the part, without points given by hand.
        texts: a text for each essay of the part.
        score: what was given by hand; an empty score if nothing was.
        revision: the newest revision of the score; 0 if there is none.
    """

    about: EssayPart
    student: str
    verdict: Verdict
    texts: tuple[str, ...]
    score: Score
    revision: int

    @property
    def max_points(self) -> float:
        """The maximum number of points to give by hand."""
        return self.verdict.manual or self.about.max_points

    @property
    def fingerprint(self) -> str:
        """A hash of the texts."""
        return hashlib.sha256("\0".join(self.texts).encode("utf-8", "surrogatepass")).hexdigest()[:_ID]

    @property
    def changed(self) -> bool:
        """Whether the answer changed since it was scored."""
        return self.score.by_hand is not None and self.score.answer not in ("", self.fingerprint)

    @property
    def state(self) -> str:
        """``waiting``, ``changed`` or ``saved``."""
        return "waiting" if self.score.by_hand is None else "changed" if self.changed else "saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers that say the same, which are looked at once.

    Attributes:
        id: says nothing of who wrote them; the answers of a part are graded in the order of the ids.
    """

    id: str
    answers: tuple[Answer, ...]

    @property
    def first(self) -> Answer:
        """The answer that is shown."""
        return self.answers[0]

    @property
    def state(self) -> str:
        """``waiting`` if one waits, ``changed`` if one changed since it was scored, else ``saved``."""
        states = {answer.state for answer in self.answers}
        return next(one for one in ("waiting", "changed", "saved") if one in states)

    @property
    def scored(self) -> Answer | None:
        """One that has points already; None if none has."""
        return next((one for one in self.answers if one.score.by_hand is not None), None)

    @property
    def version(self) -> str:
        """Changes with who wrote them, what, and what they have."""
        about = [(one.student, one.fingerprint, str(one.revision)) for one in self.answers]
        return hashlib.sha256(repr(about).encode()).hexdigest()[:_ID]


def essay_parts(questions: Iterable[tuple[str, Question]]) -> Iterator[EssayPart]:
    """Yield the parts with an Essay among their checks, in the exam's order."""
    for name, question in questions:
        for part in question.parts:
            if essays := tuple(check for check in part.checks if isinstance(check, Essay)):
                yield EssayPart(question=name, declared=question, part=part, essays=essays)


def answers(
    about: EssayPart, verdicts: Mapping[str, Verdict], facts: Callable[[PartId], Facts], held: Held
) -> Iterator[Answer]:
    """Yield the answers to a part that are graded by hand; an empty answer only if an earlier one has points.

    Args:
        verdicts: the machine's, by student.
        facts: returns the facts of a student's public evidence.
        held: what people decided.
    """
    for student, verdict in verdicts.items():
        whose = PartId(student, about.question, about.part.name)
        score = held.score(whose)
        if verdict.manual > 0 or score.by_hand is not None:
            found = facts(whose)
            yield Answer(
                about=about,
                student=student,
                verdict=verdict,
                texts=tuple(str(found.get(essay.name, "")) for essay in about.essays),
                score=score,
                revision=held.seen(score.key),
            )


def equal_answers(found: Iterable[Answer], key: bytes) -> list[Answers]:
    """Return answers, those together that say the same; in an order that tells nothing of who wrote them.

    Answers with pictures are each alone.
    """
    together: dict[str, list[Answer]] = {}
    for answer in found:
        said = essay_trait(answer.texts).name
        alone = answer.student if answer.about.pictures else ""
        what = repr((answer.about.question, answer.about.part.name, said, answer.max_points, alone))
        id = hmac.new(key, what.encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()[:_ID]
        together.setdefault(id, []).append(answer)
    return [Answers(id=id, answers=tuple(together[id])) for id in sorted(together)]
