"""The checks of one question as students get them: open checks, sealed references, inputs, probes. One file.

It is read without the course: what it holds is the question as far as a self-check needs it. The file has the
form of evidence (JSON and safetensors); the functions in it are source text, and stand by name where checks
use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from autograder.core.errors import UserError
from autograder.core.evidence import Array, Evidence, EvidenceError, Json
from autograder.core.exam import Framework, Limit, Part, Question
from autograder.core.outcome import Task
from autograder.core.text import Text
from autograder.core.variants import Variant
from autograder.course.catalog import QuestionEntry
from autograder.course.submission import CHECKS_FOLDER
from autograder.handout.portable import check_from_json, check_to_json, load_functions
from autograder.worker.codec import decode, encode

SCHEMA = 2
SUFFIX = ".checks"
_MOST_BYTES = 1 << 30
_AGAIN = f"copy the folder {CHECKS_FOLDER}/ of the release again"


class CheckFileError(UserError):
    """There is no such file of checks, or it cannot be read; one line says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFile:
    """What a self-check of one question needs.

    Attributes:
        exam: its name.
        name: the question's name.
        question: with checks that are open, sealed or withheld; without ``given``, ``vary`` and statements.
        code: the source of the probes and of the open checks' functions.
        variants: the published variant of each part, and one for practice.
        inputs: arrays by variant, without those that are withheld from a worker.
        sealed: for each task the sealed references, by the label of their check.
    """

    exam: str
    name: str
    question: Question
    code: str
    variants: Mapping[Task, Variant]
    inputs: Mapping[str, Evidence]
    sealed: Mapping[Task, Evidence]


@dataclass(frozen=True)
class CheckFileEntry(QuestionEntry):
    """A file of checks in the place of a course's question; ``names`` are those of the release."""

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
    def given_source(self) -> str:
        return ""


# -- where the files are ------------------------------------------------------------------------------------


def check_files_near(folder: Path) -> list[Path]:
    """Return the files of checks in the nearest ``autograder_checks/``, of this folder or one above it."""
    for here in (folder, *folder.parents):
        if found := sorted((here / CHECKS_FOLDER).glob(f"*{SUFFIX}")):
            return found
    return []


def read_check_file(path: Path) -> CheckFile:
    """Read a file of checks.

    Raises:
        CheckFileError: it cannot be read, is damaged, or of another version.
    """
    try:
        stored = decode(path.read_bytes(), limit=_MOST_BYTES, facts_limit=_MOST_BYTES)
        if (schema := stored.facts.get("schema")) != SCHEMA:
            raise CheckFileError(
                f"{path}: it is of another version (schema {schema}, expected {SCHEMA}); install the wheel "
                "that came with it"
            )
        return _from_facts(msgspec.convert(dict(stored.facts), _Facts), stored.arrays)
    except OSError as error:
        raise CheckFileError(f"{path}: {error.strerror}; {_AGAIN}") from None
    except (EvidenceError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise CheckFileError(f"{path}: damaged ({error}); {_AGAIN}") from None


# -- to bytes and back --------------------------------------------------------------------------------------


class _PartFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A part as it stands in the file; ``variants`` and ``sealed`` by the variant's name."""

    name: str
    points: int | float
    probe: str
    limit: Limit
    checks: list[dict[str, Json]]
    variants: dict[str, dict[str, Json]]
    sealed: dict[str, dict[str, Json]]


class _Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A question as it stands in the file."""

    schema: int = SCHEMA
    exam: str
    name: str
    title: Text
    framework: Framework
    preload: list[str]
    interface: list[str]
    setup: Limit
    code: str
    parts: list[_PartFacts]


def encode_check_file(released: CheckFile) -> bytes:
    """Return the bytes of a file of checks.

    Raises:
        NotPortableError: a check holds something that cannot be written down.
    """
    question = released.question
    facts = _Facts(
        exam=released.exam,
        name=released.name,
        title=question.title,
        framework=question.framework,
        preload=list(question.preload),
        interface=[item if isinstance(item, str) else item.__name__ for item in question.interface],
        setup=question.setup,
        code=released.code,
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
        points=part.points,
        probe=part.probe.__name__,
        limit=part.limit,
        checks=[check_to_json(check) for check in part.checks],
        variants={task.variant: dict(released.variants[task].settings) for task in tasks},
        sealed={task.variant: dict(released.sealed[task].facts) for task in tasks},
    )


def _from_facts(facts: _Facts, arrays: Mapping[str, Array]) -> CheckFile:
    names = load_functions(facts.code, f"<{facts.exam}/{facts.name}>")
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
        given=_no_given,
        interface=facts.interface,
        parts=[_part(part, names) for part in facts.parts],
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
    )


def _no_given(seed: int, profile: str) -> Mapping[str, Array]:
    raise NotImplementedError("a file of checks brings its inputs along")


def _part(part: _PartFacts, names: Mapping[str, Any]) -> Part:
    return Part(
        name=part.name,
        points=part.points,
        statement=Text("", ""),
        probe=names[part.probe],
        limit=part.limit,
        checks=[check_from_json(check, names) for check in part.checks],
    )
