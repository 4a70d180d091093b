"""What is read of an assignment, whatever system it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from autograder.core.errors import UserError
from autograder.core.text import Text

Kind = Literal["words", "given", "own", "answer", "test", "essay", "task"]
JUDGED: tuple[Kind, ...] = ("test", "essay", "task")


class ImportingError(UserError):
    """Nothing can be imported; the message says in one line why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A cell of an assignment.

    Attributes:
        kind: ``words`` is Markdown; ``given`` is locked code, ``own`` code that stands there and students
            may change, ``answer`` code that they fill in; ``test`` judges; ``essay`` and ``task`` are
            judged by a person.
        name: its id; unique.
        source: as the instructor has it, without markers.
        template: as students get it, where that differs.
        points: of a test, an essay or a task.
        hidden: the numbers of the lines, from 1, that students do not see.
        rubric: how a person judges.
        code: whether an essay's cell is run.
        apart: whether a test leaves nothing in the notebook, and is run last where no cell asks for it.
    """

    kind: Kind
    name: str
    source: str
    template: str = ""
    points: float = 0.0
    hidden: frozenset[int] = frozenset()
    rubric: str = ""
    code: bool = True
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What of an assignment is not imported: where it is, why, and how many points it is worth."""

    where: str
    why: Text
    points: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A notebook, or what stands for one.

    Attributes:
        name: of the notebook, without its ending.
        title: for people.
        pieces: in order.
        figures: pictures in the Markdown, by file name.
        files: what lies beside it and goes with it, by relative path.
        secrets: files that only the expected side reads; they lie beside the solution alone.
        written: the modules that students write, where tests import these, each with its names.
        modules: the same modules as students get them, by relative path.
        left_out: what could not be read.
        original: the notebook's bytes.
        handout: the notebook's bytes as students get it.
    """

    name: str
    title: str
    pieces: Sequence[Piece]
    figures: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    written: Mapping[str, Sequence[str]] = field(default_factory=dict)
    modules: Mapping[str, bytes] = field(default_factory=dict)
    left_out: Sequence[LeftOut] = ()
    original: bytes = b""
    handout: bytes = b""

    @property
    def points(self) -> float:
        """All points that it was worth, those too of what was left out."""
        return sum(p.points for p in self.pieces) + sum(one.points for one in self.left_out)
