"""Declarations beside a solution: mistakes, and what may go unpunished, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from autograder.core.declared import expect, expect_each, expect_text
from autograder.core.errors import DeclarationError
from autograder.core.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A named wrong solution: edits of the solution's source, and the parts that lose points by them.

    Attributes:
        name: identifier, unique in the question.
        explanation: what went wrong, for the student who did it.
        loses: names of exactly the parts that earn less than their full automatic points.
        edits: pairs (old, new); each old text must be in the solution's source exactly once.
        appended: source to add at the end, for instance another definition of a function.
        whole: the whole wrong module, in place of edits.
    """

    name: str
    explanation: Text
    loses: frozenset[str]
    edits: Sequence[tuple[str, str]] = ()
    appended: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        owner = f"mistake {self.name}"
        expect(owner, self, name=str, explanation=Text, loses=frozenset, appended=str, whole=str)
        expect_text(owner, self.explanation)
        expect_each(owner, self, edits=tuple)
        if not all(len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in self.edits):
            raise DeclarationError(f"{owner}: edits must be pairs (old text, new text)")

    def apply(self, source: str) -> str:
        """Return the wrong solution's source.

        Raises:
            DeclarationError: an old text is not in ``source`` exactly once.
        """
        source = self.whole or source
        for old, new in self.edits:
            if (count := source.count(old)) != 1:
                raise DeclarationError(f"mistake {self.name}: {old!r} stands {count} times in the solution")
            source = source.replace(old, new)
        return source + self.appended


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A slip in the solution that loses nothing, because it changes nothing that is asked.

    Attributes:
        before, after: the solution's lines without and with the slip, as ``verify --mutants`` shows them.
        because: why nothing is lost, for who reads the question.
        inside: the function, class or name whose definition it is in, where others have the same line.
    """

    before: str
    after: str
    _: KW_ONLY
    because: str
    inside: str = ""

    def __post_init__(self) -> None:
        expect("Equivalent", self, before=str, after=str, because=str, inside=str)
        if not self.because.strip():
            raise DeclarationError(f"Equivalent {self.before!r}: because must say why")

    def fits(self, before: str, after: str, inside: str) -> bool:
        """Return whether a mutant is this one."""
        return (self.before.strip(), self.after.strip()) == (before, after) and self.inside in ("", inside)


@dataclass(frozen=True, slots=True)
class Trivial:
    """Trivial answers that may earn a check's points all the same.

    Attributes:
        part: the part's name.
        check: the check's name, or ``everything``, as ``verify`` shows them.
        because: why that is right, or cannot be helped.
        answers: the answers as ``verify`` names them, for instance ``zeros``; empty for any.
    """

    part: str
    check: str
    _: KW_ONLY
    because: str
    answers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        expect("Trivial", self, part=str, check=str, because=str, answers=frozenset)
        if not self.because.strip():
            raise DeclarationError(f"Trivial {self.part} {self.check}: because must say why")
