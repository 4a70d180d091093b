"""What people decide about a run: the forms of the entries in ``decisions.db``."""

from __future__ import annotations

import json
from typing import Literal, NamedTuple

from msgspec import Struct

from autograder.core.evidence import Json
from autograder.core.points import add_points

Source = Literal["desk", "command", "nbgrader", "page"]  # page: the essay page of runs older than the desk
Key = tuple[str, ...]  # what a decision is about; a later decision about the same replaces it


class PartId(NamedTuple):
    """The identity of one student's part."""

    student: str
    question: str
    part: str


class Applied(Struct, frozen=True, kw_only=True):
    """An item of a rubric that a person found in an answer, with the points that it had then."""

    item: str
    points: float
    ko: str = ""
    en: str = ""


class Score(Struct, frozen=True, kw_only=True, tag="score"):
    """What a person gave for one student's part.

    Attributes:
        automatic: points that replace the machine's; None keeps the machine's.
        waiting: points for what the machine left to a person; None if the items say, or nobody did yet.
        items: of the rubric; they are worth what they are worth now.
        most: the sum of the items' points counts up to here.
        extra: extra credit on top of all; may be negative.
        settled: whether everything of the part has a score.
        comment: for the student.
        answer: fingerprint of the answer that was scored; empty if unknown.
    """

    student: str
    question: str
    part: str
    automatic: float | None = None
    waiting: float | None = None
    items: tuple[Applied, ...] = ()
    most: float | None = None
    extra: float = 0.0
    settled: bool = False
    comment: str = ""
    answer: str = ""

    @property
    def whose(self) -> PartId:
        """The part that was scored."""
        return PartId(self.student, self.question, self.part)

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("score", self.question, self.part, self.student)

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return self.automatic is None and self.by_hand is None and not (self.extra or self.comment)

    @property
    def by_hand(self) -> float | None:
        """The points for what waited; None if nobody gave any."""
        if self.waiting is not None or not self.items:
            return self.waiting
        found = max(0.0, add_points(one.points for one in self.items))
        return found if self.most is None else min(found, self.most)

    @property
    def points(self) -> tuple[float | None, float | None, float]:
        """The points that replace the machine's, those for what waited, and those on top."""
        return self.automatic, self.by_hand, self.extra


class Override(Struct, frozen=True, kw_only=True, tag="override"):
    """What a person gave for a part to the members of a group, or to everyone; it may be less than nothing.

    Attributes:
        group: the group's id; empty for everyone.
        points: that replace the machine's; None keeps the machine's.
        extra: on top, up to the part's maximum and down to zero.
        comment: for the students.
    """

    question: str
    part: str
    group: str = ""
    points: float | None = None
    extra: float = 0.0
    comment: str = ""

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("override", self.question, self.part, self.group)

    @property
    def empty(self) -> bool:
        """Whether it says nothing, which withdraws an earlier one."""
        return self.points is None and not (self.extra or self.comment)


class GroupName(Struct, frozen=True, kw_only=True, tag="name"):
    """What a person calls a group."""

    question: str
    part: str
    group: str
    name: str

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("name", self.question, self.part, self.group)


class SplitGroup(Struct, frozen=True, kw_only=True, tag="split"):
    """A person's decision that some members of a group are a group of their own."""

    question: str
    part: str
    group: str
    students: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("split", self.question, self.part, self.group, *self.students)


class ItemChanged(Struct, frozen=True, kw_only=True, tag="item"):
    """An item of a rubric that is worth something else from now on, for all who have it."""

    question: str
    part: str
    item: str
    points: float
    ko: str = ""
    en: str = ""

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("item", self.question, self.part, self.item)


class Request(Struct, frozen=True, kw_only=True, tag="request"):
    """A student's request to look again at a check of a part; ``check`` is empty for the whole part."""

    student: str
    question: str
    part: str
    check: str
    text: str
    made: str = ""  # the time on the student's computer

    @property
    def key(self) -> Key:
        """What it is about; a student may ask again with other words."""
        return ("request", self.student, self.question, self.part, self.check, self.text)


class Reply(Struct, frozen=True, kw_only=True, tag="reply"):
    """The answer to a request, which is named by its number."""

    request: int
    accepted: bool
    text: str

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("reply", str(self.request))


class Changed(Struct, frozen=True, kw_only=True, tag="changed"):
    """A change of the exam by which results were judged anew.

    Attributes:
        changes: as ``draft.json`` has them; empty if the exam's files changed.
        results: the file with the results before.
        moved: how many students have other points since.
    """

    changes: tuple[Json, ...] = ()
    results: str = ""
    moved: int = 0

    @property
    def key(self) -> Key:
        """What the decision is about."""
        return ("changed",)


class Undo(Struct, frozen=True, kw_only=True, tag="undo"):
    """Takes back the entry of this number; an undone undo lets it hold again."""

    number: int
    about: Key

    @property
    def key(self) -> Key:
        """What the undone decision is about."""
        return self.about


Decision = Score | Override | GroupName | SplitGroup | ItemChanged | Request | Reply | Changed | Undo


class Entry(Struct, frozen=True, kw_only=True):
    """A decision as it stands in the history.

    Attributes:
        number: 1, 2, ... in the run.
        act: the number of the first entry that was made together with this one; they are undone together.
        revision: 1, 2, ... among the entries about the same.
        who: the name of who decided; empty if unknown.
        why: the reason, for people who grade.
        given: the time, in ISO 8601 and UTC.
    """

    number: int
    act: int
    revision: int
    decision: Decision
    who: str
    why: str
    source: Source
    given: str


def key_text(key: Key) -> str:
    """Return a key as one text, in which names that are no Unicode are escaped."""
    return json.dumps(key)
