"""What a course knows of a class besides its results: the roster, and the policy of the exam."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.core.verdict import StudentResults
from autograder.course.catalog import Course, ExamEntry
from autograder.course.policy import policy_of, settled, submitted_in
from autograder.course.roster import Roster, Student, roster_of
from autograder.grading.policy import ExamPolicy, Settlement


@dataclass(frozen=True, slots=True)
class Stranger:
    """One with results whom the roster does not have; ``meant`` are the ids of those who have the name."""

    name: str
    meant: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The roster and the policy of one exam.

    Attributes:
        exam: its name.
        submitted: when each student handed in, in ISO 8601, as results.json says.
    """

    exam: str = ""
    roster: Roster = field(default_factory=Roster)
    policy: ExamPolicy = field(default_factory=ExamPolicy)
    submitted: Mapping[str, str] = field(default_factory=dict)

    @property
    def matters(self) -> bool:
        """Whether the course has a roster or a policy for the exam."""
        return bool(self.roster.students) or self.policy != ExamPolicy()

    def student(self, id: str) -> Student | None:
        """Return a student of the roster; None if it does not have them."""
        return self.roster.by_id.get(id)

    def strangers(self, names: Iterable[str]) -> list[Stranger]:
        """Return those of the students who are not in the roster; none if there is no roster."""
        if not self.roster.students:
            return []
        unknown = [name for name in names if name not in self.roster.by_id]
        return [Stranger(name, [one.id for one in self.roster.called(name)]) for name in unknown]

    def settled(self, student: StudentResults) -> Settlement:
        """Return a student's total with the policy."""
        id = student.student
        submitted = submitted_in(self.submitted, id)
        return settled(student.totals, self.policy, self.exam, id, self.student(id), submitted)


def standing_of(exam: ExamEntry, submitted: Mapping[str, str], roster: Path | None = None) -> Standing:
    """Return the standing of an exam: its policy, and the roster at ``roster`` or else the course's.

    Raises:
        CatalogError, TableError: ``course.toml`` or the roster is wrong.
    """
    course = Course(exam.course)
    policy = policy_of(course.root, course.exam_names)
    return Standing(
        exam=exam.name,
        roster=roster_of(roster, course.root, policy.zone),
        policy=policy.of(exam.name),
        submitted=submitted,
    )
