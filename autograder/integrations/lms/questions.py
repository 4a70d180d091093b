"""Which questions a file answers: by its name or, if that says nothing, by what it defines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.catalog import ExamEntry
from autograder.course.question_files import question_number
from autograder.course.which_file import SUFFIXES, question_meant

_LOOKED_AT = 16 << 20  # bytes of a file
_NUMBERED = re.compile(
    r"(?:^|[\W_])(?:q|question|problem|문제|문항)[\s_-]*0*(\d{1,3})(?=$|[\W_])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question: its name, and the names of its interface that no other question of the exam has."""

    name: str
    id: str
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of an exam, as files tell them apart."""

    asked: Sequence[_Asked]

    @classmethod
    def of(cls, exam: ExamEntry) -> Questions:
        """Return those of an exam.

        Raises:
            CatalogError: a question cannot be loaded.
        """
        names = {entry.name: set(entry.question.interface) for entry in exam.questions}
        return cls(
            [
                _Asked(
                    entry.name,
                    entry.id,
                    tuple(
                        sorted(
                            names[entry.name].difference(*(n for q, n in names.items() if q != entry.name))
                        )
                    ),
                )
                for entry in exam.questions
            ]
        )

    @property
    def names(self) -> list[str]:
        """The names of the questions."""
        return [one.name for one in self.asked]

    def named(self, name: str) -> tuple[str, ...]:
        """Return the question that a file's name means, in the best of the ways that names are read."""
        if not is_code(name):
            return ()
        if (meant := question_meant(name, self.names)) is not None:
            return (meant,)
        stem = name.casefold().removesuffix(".txt").rpartition(".")[0]
        numbers = {int(number) for number in _NUMBERED.findall(stem)}
        of_number = [question for question in self.names if question_number(question) in numbers]
        return tuple(of_number) if len(of_number) == 1 else ()

    def contained(self, path: Path) -> tuple[str, ...]:
        """Return the questions for half of whose own names a module or notebook has definitions or cells.

        Nothing is parsed: what a student wrote is read in a sandbox only.

        Raises:
            OSError: the file cannot be read.
        """
        with path.open("rb") as file:
            data = file.read(_LOOKED_AT)
        found = []
        for one in self.asked:
            defined = sum(_defines(data, name) for name in one.own)
            marked = re.search(rb'"question"\s*:\s*"%s"' % re.escape(one.id.encode()), data)
            if marked or (one.own and 2 * defined >= len(one.own)):
                found.append(one.name)
        return tuple(found)


def is_code(name: str) -> bool:
    """Return whether a file's name is that of a module or a notebook."""
    return name.casefold().removesuffix(".txt").endswith(SUFFIXES)


def _defines(data: bytes, name: str) -> bool:
    """Return whether a name is defined at the top of a module, or of a cell in a notebook's JSON.

    What may stand in between is bounded, or a file that only nearly defines it would take hours.
    """
    words = (re.escape(name.encode()),) * 3
    defined = rb"(?:async )?def\s{1,9}%s\b|class\s{1,9}%s\b|%s\s{0,9}(?::[^=\n]{0,80})?=[^=]" % words
    return re.search(rb"(?:^|\"|\\n)(?:%s)" % defined, data, re.MULTILINE) is not None
