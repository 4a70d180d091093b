"""Plain files: ``<student>/<file>``, nbgrader's ``<student>/<exam>/<file>``, or ``<student>_<file>``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from autograder.core.text import EMPTY, Text
from autograder.integrations.lms.placed import Owner, Placed

_WRAPPERS = ("submitted", "submissions", "제출물")
OTHER_EXAM = Text(ko="다른 시험의 파일입니다", en="of another exam")
_BETWEEN = re.compile(r"[\s_\-()\[\]]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Names of no system; a System.

    Attributes:
        exam: the exam's name.
        questions: the names of its questions.
        other_exams: of the course.
        wrapper: a folder around all of a download.
        listed: whether somebody in the roster may be called so.
    """

    exam: str
    questions: Collection[str] = ()
    other_exams: Collection[str] = ()
    wrapper: str = ""
    listed: Callable[[str], object] = lambda name: False
    name: str = "files"

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        while len(parts) > 1 and parts[0] in (*_WRAPPERS, self.wrapper, self.exam):
            parts = parts[1:]
        if not self._known(parts[0]):  # folders of sections, say
            parts = next((parts[at:] for at, part in enumerate(parts) if self._known(part)), parts)
        if len(parts) == 1:
            return self._flat(parts[0])
        student, *inside = parts
        if len(inside) > 1 and inside[0] == self.exam:
            inside = inside[1:]
        why = OTHER_EXAM if len(inside) > 1 and inside[0] in self.other_exams else EMPTY
        return Placed(account=student, owners=(_owner(student),), file="/".join(inside), why=why)

    def _known(self, part: str) -> bool:
        return any(map(self.listed, _owner(part).keys))

    def _flat(self, name: str) -> Placed | None:
        for question in sorted(self.questions, key=len, reverse=True):
            at = name.casefold().find(question.casefold())
            if at > 0 and (student := name[:at].strip(" _-")):
                return Placed(account=student, owners=(_owner(student),), file=name[at:])
        stem, dot, suffix = name.rpartition(".")
        student = (stem or suffix).strip(" _-")
        return Placed(account=student, owners=(_owner(student),), file=f"{stem}{dot}{suffix}")


def _owner(name: str) -> Owner:
    """Return an owner whom a roster may know by the whole name or by a word of it, a student number say."""
    words = [word for word in _BETWEEN.split(name) if len(word) > 1]
    return Owner(name, tuple(dict.fromkeys([name, *words])))
