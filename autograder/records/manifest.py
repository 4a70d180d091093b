"""run.json: what was run and how."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from autograder.core.framework import Profile

SCHEMA = 1
Key = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class ReferenceKeys(Struct, frozen=True, kw_only=True):
    """The keys of the attempts that reports show beside a submission: the inputs and the solution."""

    given: Key
    solution: Key


class QuestionRecord(Struct, kw_only=True):
    """How a question was run.

    Attributes:
        digest: of the prepared question; ``bench`` in run.json.
        versions: library versions by name.
        datasets: dataset fingerprints by name.
        references: None in runs older than this field.
    """

    digest: Key = field(name="bench")
    versions: dict[str, str]
    datasets: dict[str, str] = field(default_factory=dict)
    references: ReferenceKeys | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """One student's answer to one question: the attempt's key, and the hidden variant of each part."""

    key: Key
    variants: dict[str, str]


class Manifest(Struct, kw_only=True):
    """The content of run.json.

    Attributes:
        exam, course, profile, device, isolation: what was graded and how; ``course`` is a folder.
        complete: whether every submission was run.
        questions: records by question name.
        submissions: records by student and question; empty if they are streamed from the file instead.
        submitted: the time of each student's submission, in ISO 8601.
        absent: who handed in no answer to any question.
        handed_in: the folder of submissions; empty in older runs.
        roster: the file that says who is in the class; empty: the course's, if there is one.
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
    absent: list[str] = field(default_factory=list)
    handed_in: str = ""
    roster: str = ""
