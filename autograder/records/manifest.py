"""run.json: what was run and how."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from autograder.core.exam import Profile

SCHEMA = 1
Key = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class ReferenceKeys(Struct, frozen=True, kw_only=True):
    """The keys of what reports show beside a submission: the inputs and the solution's attempt."""

    given: Key
    solution: Key


class QuestionRecord(Struct, kw_only=True):
    """How a question was run.

    Attributes:
        bench: what tells the prepared question from any other.
        versions: of libraries.
        datasets: their fingerprints.
        references: None in runs of before they were kept.
    """

    bench: Key
    versions: dict[str, str]
    datasets: dict[str, str] = field(default_factory=dict)
    references: ReferenceKeys | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """One student's answer to one question: the key of its attempt, and the hidden variant of each part."""

    key: Key
    variants: dict[str, str]


class Manifest(Struct, kw_only=True):
    """The content of run.json.

    Attributes:
        exam, course, profile, device, isolation: what was graded and how; the course is a folder.
        complete: whether nothing is left to run.
        questions: by name.
        submissions: by student and question; empty where they are read from the file one at a time.
        submitted: when each student handed in, in ISO 8601.
    """

    exam: str
    course: str
    profile: Profile
    device: str
    isolation: str
    complete: bool
    questions: dict[str, QuestionRecord]
    submissions: dict[str, dict[str, Kept]]
    submitted: dict[str, str] = field(default_factory=dict)
