"""Declarations of exams, questions and parts. They have no answers; these are beside the solution."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import NoneType
from typing import get_args

from autograder.core.calls import Call, parse_call
from autograder.core.check import Check
from autograder.core.declared import expect, expect_each, expect_text
from autograder.core.diagram import Diagram
from autograder.core.errors import DeclarationError
from autograder.core.evidence import Json
from autograder.core.framework import Framework, Profile
from autograder.core.generators import Generator
from autograder.core.illustration import Illustration
from autograder.core.points import add_points
from autograder.core.text import EMPTY, Text

MINI_SECONDS = 120.0
_COUNTS = ("memory_mb", "threads", "scratch_mb", "output_kb", "evidence_mb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The resources of one part. Reaching a limit ends the part with a fault."""

    seconds: float = 60  # wall-clock time; in the profile mini at most MINI_SECONDS
    memory_mb: int = 2048  # MiB of address space besides that of the imported framework
    threads: int = 32
    processes: int = 0  # besides its own; with 0 memory_mb limits all memory
    loopback: bool = False  # whether it may use internet sockets, which reach nothing but the sandbox itself
    scratch_mb: int = 64  # MiB of files in the private folder
    output_kb: int = 1024  # KiB of stdout and stderr together
    evidence_mb: int = 64  # MiB of evidence

    def __post_init__(self) -> None:
        expect("Limit", self, seconds=(int, float), processes=int, loopback=bool)
        expect("Limit", self, **dict.fromkeys(_COUNTS, int))
        minima = {"processes": 0, "seconds": 1e-9, **dict.fromkeys(_COUNTS, 1)}
        if wrong := [name for name, low in minima.items() if not low <= getattr(self, name) < 1 << 30]:
            raise DeclarationError(
                f"Limit: {', '.join(wrong)} must be finite and above 0; only processes may be 0"
            )

    def on(self, profile: Profile) -> Limit:
        """Return the limit in a profile: ``mini``, with its small data, allows at most MINI_SECONDS."""
        return replace(self, seconds=min(self.seconds, MINI_SECONDS)) if profile == "mini" else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One numbered item of a question.

    Attributes:
        name: identifier, unique in the question.
        points: the maximum. Checks that declare points earn them one by one; a check without points is
            required, and if it fails the part earns nothing.
        calls: what is observed, see :mod:`autograder.core.calls`: ``"loss = cross_entropy(logits, labels)"``.
            Without calls and probe, the constants of the interface that the checks name are observed.
        probe: the name of a function in ``probes.py`` that observes instead, where calls do not say enough:
            ``probe(student, given, observe)``, see :mod:`autograder.probing.observing`.
        cell: of a question of the kind notebook, the name of the test cell that is observed, or of the cell
            whose text is, for an essay; it is the cell's id in nbgrader.
        facts: observations that are JSON, not arrays, besides those that the checks read as such.
        settings: the document's own values, for instance ``{"lr": 0.1, "steps": 5}``.
        vary: for each setting the values a hidden variant may take; the seed of the inputs always varies.
        checks: judged in order, outside the sandbox. Without any, what the calls return must be close to what
            the solution returns, and the points are shared out evenly.
        title, statement: for students; taken from ``statement.ko.md`` and ``statement.en.md``.
        diagram: of the required network; a notebook shows it below the statement.
        pictures: drawn for the student's feedback from the public variant's evidence.
    """

    name: str
    points: float
    calls: Sequence[str] | str = ()
    probe: str = ""
    cell: str = ""
    checks: Sequence[Check] = ()
    facts: Sequence[str] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)
    vary: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    limit: Limit = field(default_factory=Limit)
    diagram: Diagram | None = None
    pictures: Sequence[Illustration] = ()
    title: Text = EMPTY
    statement: Text = EMPTY

    def __post_init__(self) -> None:
        owner = f"part {self.name}"
        expect(owner, self, name=str, points=(int, float), title=Text, statement=Text)
        expect(owner, self, probe=str, cell=str, calls=(str, list, tuple))
        if bool(self.calls) + bool(self.probe) + bool(self.cell) > 1:
            raise DeclarationError(f"{owner}: give calls, a probe or a cell, one of them")
        expect(owner, self, settings=Mapping, vary=Mapping, limit=Limit)
        expect_text(owner, self.statement)
        if not self.name.isidentifier() or not 0 <= self.points < 1e9:
            raise DeclarationError(f"{owner}: its name must be an identifier, its points a number from 0")
        expect_each(owner, self, checks=object)
        if wrong := [type(check).__name__ for check in self.checks if not hasattr(check, "judge")]:
            raise DeclarationError(f"{owner}: checks holds {', '.join(wrong)}, which is no check")
        try:
            json.dumps([dict(self.settings), {**self.vary}], allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise DeclarationError(f"{owner}: settings and vary must be plain JSON: {error}") from None
        if wrong := [
            name for name, some in self.vary.items() if not (isinstance(some, list | tuple) and some)
        ]:
            raise DeclarationError(f"{owner}: vary must give a list of values for {', '.join(wrong)}")
        declared = [check.points for check in self.checks if check.points is not None]
        if declared and abs(sum(declared) - self.points) > 1e-9:
            raise DeclarationError(
                f"part {self.name}: its checks have {add_points(declared):g} points in all, "
                f"the part {self.points:g}"
            )
        if unknown := sorted(set(self.vary) - set(self.settings)):
            raise DeclarationError(f"part {self.name}: vary names {unknown}, which are not in settings")
        _ = self.parsed_calls

    @property
    def parsed_calls(self) -> list[Call]:
        """What is observed, if the part has no probe.

        Raises:
            DeclarationError: a call is malformed, or two return something of the same name.
        """
        if self.probe or self.cell:
            return []
        given = [self.calls] if isinstance(self.calls, str) else self.calls
        made = [parse_call(source) for source in given or dict.fromkeys(self._constants())]
        targets = [target for call in made for target in call.targets if target != "_"]
        if twice := sorted({name for name in targets if targets.count(name) > 1}):
            raise DeclarationError(f"part {self.name}: two calls return {', '.join(twice)}")
        return made

    @property
    def fact_names(self) -> list[str]:
        """The observations that are JSON."""
        read = {name for check in self.checks if check.reads_facts for name in check.reads}
        return sorted(read | set(self.facts))

    @property
    def forgeable(self) -> bool:
        """Whether a check lets the sandbox itself say whether it holds."""
        return any(getattr(check, "forgeable", "") for check in self.checks)

    def _constants(self) -> list[str]:
        return [name for check in self.checks for name in check.reads if name.isidentifier()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One module or notebook that a student fills in.

    Attributes:
        framework: what a worker imports before the submission is loaded.
        parts: in the order of the document.
        inputs: arrays that are drawn for every variant, by name, see :mod:`autograder.core.generators`.
        sizes: for a named size of these the values that it may take.
        notebook: the name of the notebook that is run as a whole, without ``.ipynb``; its parts have cells,
            see :mod:`autograder.core.cells`. A submission may have this name as well as the question's.
        given: the name of a function that makes more inputs, run in a worker without the submission; it is
            ``given`` if ``probes.py`` defines that. ``given(seed, profile)`` returns numpy arrays by name;
            the public seed gives the document's own data. With datasets it is ``given(seed, profile, data)``,
            where ``data[name]`` is an autograder.worker.datasets.Dataset.
        title: its heading; taken from the statements.
        interface: the functions, classes and constants that a student fills in; taken from ``interface.py``.
        seed: the public seed.
        pool: how many hidden variants the course key makes; a student gets one of them for each part.
        withheld: names in ``given`` that never enter a sandbox, for instance test labels.
        setup: limit for the submission's top-level code.
        datasets: names of the datasets that ``given`` reads.
        preload: modules that a worker imports besides the framework, before a student's time begins.
        long_training: whether the public variant of the profile ``full`` trains so long that only the
            solution is run on it; mistakes and alternatives are run on the hidden variants alone.
    """

    framework: Framework
    parts: Sequence[Part]
    inputs: Mapping[str, Generator] = field(default_factory=dict)
    sizes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    notebook: str = ""
    given: str = ""
    title: Text = EMPTY
    interface: Sequence[str] = ()
    seed: int = 0
    pool: int = 4
    withheld: frozenset[str] = frozenset()
    setup: Limit = field(default_factory=Limit)
    datasets: Sequence[str] = ()
    preload: Sequence[str] = ()
    long_training: bool = False

    def __post_init__(self) -> None:
        owner = "QUESTION"
        expect(
            owner,
            self,
            title=Text,
            notebook=str,
            given=str,
            inputs=Mapping,
            sizes=Mapping,
            seed=int,
            pool=int,
            setup=Limit,
        )
        expect_text(owner, self.title)
        expect_each(owner, self, parts=Part, interface=str, withheld=str, datasets=str, preload=str)
        if self.framework not in get_args(Framework):
            raise DeclarationError(f"no framework is named {self.framework!r}; use {get_args(Framework)}")
        if not 1 <= self.pool <= 100:
            raise DeclarationError("a question needs a pool of 1 to 100 hidden variants")
        for name, generator in self.inputs.items():
            if not isinstance(generator, Generator):
                raise DeclarationError(f"inputs: {name} must be a generator such as normal(3, 5)")
        if wrong := [part.name for part in self.parts if bool(part.cell) != bool(self.notebook)]:
            raise DeclarationError(f"parts have cells where the question has a notebook, not {wrong[0]}")
        names = [part.name for part in self.parts]
        if len(set(names)) != len(names):
            raise DeclarationError(f"part names must be unique, got {names}")

    @property
    def points(self) -> float:
        """The sum of the parts' points."""
        return add_points(part.points for part in self.parts)

    def part(self, name: str) -> Part:
        """Return the part of this name.

        Raises:
            KeyError: there is no such part.
        """
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An exam's heading; its questions are the folders ``q<N>_<name>/`` beside it."""

    title: Text
    source: str  # the original document
    minutes: int | None = None  # time allowed to a student

    def __post_init__(self) -> None:
        expect("EXAM", self, title=Text, source=str, minutes=(int, NoneType))
        expect_text("EXAM", self.title)
