"""Reads and writes the file of a question's checks for students.

It has all that a self-check needs: open checks, sealed references, inputs and probes. The file is encoded
like evidence (JSON and safetensors); functions are source text, and checks refer to them by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from autograder.core.errors import UserError, reason
from autograder.core.evidence import Array, Evidence, EvidenceError, Json
from autograder.core.exam import Limit, Part, Question
from autograder.core.framework import Framework
from autograder.core.outcome import Task
from autograder.core.text import Text
from autograder.core.variants import Variant
from autograder.course.question import QuestionEntry, files_in
from autograder.course.question_files import CHECKS_FOLDER
from autograder.handout.portable import check_from_json, check_to_json, load_functions
from autograder.worker.codec import decode, encode

SCHEMA = 5
SUFFIX = ".checks"
_MAX_BYTES = 1 << 30
_AGAIN = Text(
    ko=f"배포본의 폴더 {CHECKS_FOLDER}/를 다시 복사하세요",
    en=f"copy the folder {CHECKS_FOLDER}/ of the release again",
)


class CheckFileError(UserError):
    """A file of checks is absent or unreadable; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFile:
    """All that a self-check of a question needs.

    Attributes:
        exam, name: the names of the exam and of the question.
        question: the question with open, sealed or withheld checks; without ``given``, ``vary``, statements.
        code: the source of the probes and of the open checks' functions; of a notebook its cells as students
            may see them.
        variants: the public variant of each part, and one for practice.
        inputs: the arrays of each variant, without withheld ones.
        sealed: the sealed references of each task, by the label of their check.
        drawing: the source of the parts' pictures.
        pictures: the names of each part's pictures in that source.
    """

    exam: str
    name: str
    question: Question
    code: str
    variants: Mapping[Task, Variant]
    inputs: Mapping[str, Evidence]
    sealed: Mapping[Task, Evidence]
    drawing: str = ""
    pictures: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckFileEntry(QuestionEntry):
    """A question of a release, without a course; ``names`` are the questions of the release."""

    released: CheckFile
    names: tuple[str, ...] = ()

    @property
    def siblings(self) -> list[str]:
        return list(self.names)

    @cached_property
    def question(self) -> Question:
        return self.released.question

    @cached_property
    def probe_source(self) -> str:
        return self.released.code

    @cached_property
    def files(self) -> Mapping[str, Path]:
        # A notebook's cells are as students may see them, and so is what lies beside.
        return {**files_in(self.files_path), **files_in(self.raw_files_path)}

    @cached_property
    def shared(self) -> Mapping[str, str]:
        return {}  # the source brings them along


# -- where the files are ------------------------------------------------------------------------------------


def check_files_near(folder: Path) -> list[Path]:
    """Return the files in the nearest ``autograder_checks/``, in this folder or one above it."""
    for here in (folder, *folder.parents):
        if found := sorted((here / CHECKS_FOLDER).glob(f"*{SUFFIX}")):
            return found
    return []


def read_check_file(path: Path) -> CheckFile:
    """Read a file of checks.

    Raises:
        CheckFileError: the file is absent, damaged or of another version.
    """
    try:
        stored = decode(path.read_bytes(), limit=_MAX_BYTES, facts_limit=_MAX_BYTES)
        if (schema := stored.facts.get("schema")) != SCHEMA:
            raise CheckFileError(
                f"{path}: it is of another version (schema {schema}, expected {SCHEMA}); install the wheel "
                "that came with it",
                ko=f"{path}: 다른 버전의 파일입니다(스키마 {schema}, 필요한 것은 {SCHEMA}). 함께 받은 "
                "wheel을 설치하세요",
            )
        return _from_facts(msgspec.convert(dict(stored.facts), _Facts), stored.arrays)
    except OSError as error:
        why = reason(error)
        raise CheckFileError(f"{path}: {why.en}; {_AGAIN.en}", ko=f"{path}: {why.ko}. {_AGAIN.ko}") from None
    except (EvidenceError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise CheckFileError(
            f"{path}: damaged ({error}); {_AGAIN.en}", ko=f"{path}: 손상되었습니다({error}). {_AGAIN.ko}"
        ) from None


# -- to bytes and back --------------------------------------------------------------------------------------


class _PictureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A picture in the file: its name in the source of all, and its caption."""

    name: str
    caption: Text


class _PartFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A part in the file; ``variants`` and ``sealed`` are by the variant's name."""

    name: str
    title: Text
    points: int | float
    probe: str
    cell: str
    calls: list[str]
    facts: list[str]
    limit: Limit
    checks: list[dict[str, Json]]
    variants: dict[str, dict[str, Json]]
    sealed: dict[str, dict[str, Json]]
    pictures: list[_PictureFacts]


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A question in the file."""

    schema: int = SCHEMA
    exam: str
    name: str
    title: Text
    framework: Framework
    notebook: str
    preload: list[str]
    interface: list[str]
    setup: Limit
    code: str
    drawing: str
    parts: list[_PartFacts]


def encode_check_file(released: CheckFile) -> bytes:
    """Return the bytes of a file of checks.

    Raises:
        NotPortableError: a check has a value that cannot be written as JSON.
    """
    question = released.question
    facts = _Facts(
        exam=released.exam,
        name=released.name,
        title=question.title,
        framework=question.framework,
        notebook=question.notebook,
        preload=list(question.preload),
        interface=list(question.interface),
        setup=question.setup,
        code=released.code,
        drawing=released.drawing,
        parts=[_part_facts(part, released) for part in question.parts],
    )
    arrays = {
        f"{variant}/{name}": array
        for variant, inputs in released.inputs.items()
        for name, array in inputs.arrays.items()
    }
    return encode(Evidence(arrays=arrays, facts=msgspec.to_builtins(facts)))


def _part_facts(part: Part, released: CheckFile) -> _PartFacts:
    tasks = [task for task in released.variants if task.part == part.name]
    return _PartFacts(
        name=part.name,
        title=part.title,
        points=part.points,
        probe=part.probe,
        cell=part.cell,
        calls=[call.source for call in part.parsed_calls],
        facts=part.fact_names,
        limit=part.limit,
        checks=[check_to_json(check) for check in part.checks],
        variants={task.variant: dict(released.variants[task].settings) for task in tasks},
        sealed={task.variant: dict(released.sealed[task].facts) for task in tasks},
        pictures=[
            _PictureFacts(name=name, caption=picture.caption)
            for name, picture in zip(released.pictures.get(part.name, ()), part.pictures, strict=True)
        ],
    )


def _from_facts(facts: _Facts, arrays: Mapping[str, Array]) -> CheckFile:
    names = load_functions("" if facts.notebook else facts.code, f"<{facts.exam}/{facts.name}>")
    drawings = load_functions(facts.drawing, f"<pictures of {facts.exam}/{facts.name}>")
    variants, sealed = {}, {}
    inputs: dict[str, dict[str, Array]] = {}
    for name, array in arrays.items():
        variant, array_name = name.split("/", 1)
        inputs.setdefault(variant, {})[array_name] = array
    for part in facts.parts:
        for variant, settings in part.variants.items():
            task = Task(part.name, variant)
            variants[task] = Variant(name=variant, seed=0, settings=settings)
            sealed[task] = Evidence(facts=part.sealed[variant])
            inputs.setdefault(variant, {})
    question = Question(
        title=facts.title,
        framework=facts.framework,
        notebook=facts.notebook,
        interface=facts.interface,
        parts=[_part(part, names, drawings) for part in facts.parts],
        setup=facts.setup,
        preload=facts.preload,
    )
    return CheckFile(
        exam=facts.exam,
        name=facts.name,
        question=question,
        code=facts.code,
        variants=variants,
        inputs={variant: Evidence(arrays=own) for variant, own in inputs.items()},
        sealed=sealed,
        drawing=facts.drawing,
        pictures={part.name: [picture.name for picture in part.pictures] for part in facts.parts},
    )


def _part(part: _PartFacts, names: Mapping[str, Any], drawings: Mapping[str, Any]) -> Part:
    return Part(
        name=part.name,
        title=part.title,
        points=part.points,
        probe=part.probe,
        cell=part.cell,
        calls=part.calls,
        facts=part.facts,
        limit=part.limit,
        checks=[check_from_json(check, names) for check in part.checks],
        pictures=[replace(drawings[one.name], caption=one.caption) for one in part.pictures],
    )
