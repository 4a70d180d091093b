"""Declarations: what an instructor writes. Exams hold no answers; solutions and mistakes stand apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from autograder.checks import Check
from autograder.diagram import Diagram
from autograder.errors import UserError
from autograder.evidence import Array, Json
from autograder.text import Text

Framework = Literal["python", "torch", "fastai", "tensorflow"]
Profile = Literal["mini", "full"]
Given = Callable[..., Mapping[str, Array]]
Probe = Callable[[Any, Mapping[str, Any], str], Mapping[str, Any]]


class DeclarationError(UserError):
    """An exam, question or solution module is not declared properly; the message says where and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one part may use. Reaching a limit ends the part with a fault."""

    seconds: float = 60  # wall-clock time
    memory_mb: int = 2048  # MiB of address space on top of what the imported framework takes
    threads: int = 512
    processes: int = 0  # besides its own; 0 lets it start none, and then memory_mb holds for all it does
    scratch_mb: int = 64  # MiB of the private writable folder
    output_kb: int = 1024  # KiB printed to stdout and stderr together
    evidence_mb: int = 64  # MiB sent back


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One numbered item of a question.

    Attributes:
        name: identifier, unique in the question.
        points: the most that can be earned. Checks that declare points earn them one by one; a check
            without points is required, and if it fails the part earns nothing.
        statement: what is asked.
        probe: a top-level function, run beside the student's code: ``probe(student, given, device)`` returns
            numpy arrays and JSON facts by name. ``student`` has the submission's names as attributes;
            ``given`` maps names to the arrays of the question's ``given`` and to this part's ``settings``.
        settings: the document's own values, for instance ``{"lr": 0.1, "steps": 5}``.
        vary: for each setting the values a hidden variant may take; the seed of ``given`` always varies.
        checks: judged in order, by the trusted side.
        diagram: of the network that is asked for; a notebook shows it below the statement.
    """

    name: str
    points: float
    statement: Text
    probe: Probe
    checks: Sequence[Check]
    settings: Mapping[str, Json] = field(default_factory=dict)
    vary: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    limit: Limit = field(default_factory=Limit)
    diagram: Diagram | None = None

    def __post_init__(self) -> None:
        declared = [check.points for check in self.checks if check.points is not None]
        if declared and abs(sum(declared) - self.points) > 1e-9:
            raise DeclarationError(
                f"part {self.name}: its checks have {sum(declared):g} points in all, the part {self.points:g}"
            )
        if unknown := sorted(set(self.vary) - set(self.settings)):
            raise DeclarationError(f"part {self.name}: vary names {unknown}, which are not in settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One module or notebook that a student fills in.

    Attributes:
        title: its heading.
        framework: what a worker imports before the submission is loaded.
        given: a top-level function, run in a worker without the submission: ``given(seed, profile)``
            returns numpy arrays by name; the public seed gives the document's own data. With datasets it
            is ``given(seed, profile, data)``, where ``data[name]`` is an autograder.datasets.Dataset.
        interface: the stubs (functions) and constants (names with an annotated assignment in the exam
            module) that a student fills in; the template is taken from their source.
        parts: in the order of the document.
        seed: the public seed.
        pool: how many hidden variants the course key makes; a student gets one of them for each part.
        withheld: names in ``given`` that never enter a sandbox, for instance test labels.
        setup: limit for the submission's top-level code.
        preamble: import lines that the template starts with.
        datasets: names of the datasets that ``given`` reads.
        preload: modules that a worker imports besides the framework, so that no student pays for them.
        long_training: whether the public variant of the profile ``full`` trains for so long that there only
            the solution is run on it, and the mistakes on the hidden variants alone.
    """

    title: Text
    framework: Framework
    given: Given
    interface: Sequence[Callable[..., Any] | str]
    parts: Sequence[Part]
    seed: int = 0
    pool: int = 4
    withheld: frozenset[str] = frozenset()
    setup: Limit = field(default_factory=Limit)
    preamble: str = ""
    datasets: Sequence[str] = ()
    preload: Sequence[str] = ()
    long_training: bool = False

    def __post_init__(self) -> None:
        if self.pool < 1:
            raise DeclarationError("a question needs a pool of at least one hidden variant")
        names = [part.name for part in self.parts]
        if len(set(names)) != len(names):
            raise DeclarationError(f"part names must be unique, got {names}")

    @property
    def points(self) -> float:
        """The sum of the parts' points."""
        return sum(part.points for part in self.parts)

    def part(self, name: str) -> Part:
        """Return the part of this name.

        Raises:
            KeyError: there is none.
        """
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An exam's heading; its questions are the ``q<N>_<name>.py`` files beside it."""

    title: Text
    source: str  # the document it was made from
    minutes: int | None = None  # time allowed to a student


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A named wrong solution: what the solution's source becomes, and the parts that then fall short.

    Attributes:
        name: identifier, unique in the question.
        explanation: what went wrong, for the student who did it.
        loses: names of exactly the parts that earn less than their full automatic points.
        edits: pairs (old, new); each old text must stand exactly once in the solution's source.
        appended: source put at the end, for instance a function defined anew.
    """

    name: str
    explanation: Text
    loses: frozenset[str]
    edits: Sequence[tuple[str, str]] = ()
    appended: str = ""

    def apply(self, source: str) -> str:
        """Return the wrong solution's source.

        Raises:
            DeclarationError: an old text does not stand exactly once in ``source``.
        """
        for old, new in self.edits:
            if (count := source.count(old)) != 1:
                raise DeclarationError(f"mistake {self.name}: {old!r} stands {count} times in the solution")
            source = source.replace(old, new)
        return source + self.appended
