"""Judges many submissions to a question, and equal evidence only once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from autograder.core.exam import Part, Question
from autograder.core.outcome import Attempt, Task, by_part
from autograder.core.verdict import Status, Verdict
from autograder.grading.grade import References, grade_part, measured

Judge = Callable[[Part, Attempt, References, str], Verdict]  # with the arguments of grade_part
_MAX_KNOWN = 1024  # verdicts kept; the least recently used is dropped first


class Evidenced(Protocol):
    """A stored attempt that is decoded only if it must be judged; ``autograder.records.codec`` makes it."""

    @property
    def tasks(self) -> Collection[Task]:
        """The tasks that were run."""

    def digests(self, tasks: Iterable[Task]) -> list[str | None]:
        """Return for each task a digest that only equal outcomes share, None for one judged by itself."""

    def took(self, tasks: Iterable[Task]) -> list[tuple[float, int | None]]:
        """Return for each task its seconds and its peak memory in bytes, None if unknown."""

    def attempt(self) -> Attempt:
        """Return the decoded attempt.

        Raises:
            EvidenceError: the data are not a stored attempt.
        """


class Memo:
    """Judges submissions to a question; the arguments are those of ``grading.grade.grade``.

    A part whose checks do not read the source is judged once for all students with the same evidence.
    """

    def __init__(self, question: Question, references: References, device: str = "cpu") -> None:
        self.parts, self._references, self._device = question.parts, references, device
        self._sourced = {part.name for part in question.parts if any(c.reads_source for c in part.checks)}
        self._known: OrderedDict[tuple[object, ...], Verdict] = OrderedDict()

    def grade(self, stored: Evidenced, judge: Judge = grade_part) -> list[Verdict]:
        """Return for each part what :func:`autograder.grading.grade.grade` returns.

        Args:
            stored: the submission's attempt.
            judge: judges a part whose verdict is not known.

        Raises:
            EvidenceError: the data are not a stored attempt.
            Exception: whatever ``judge`` raises.
        """
        found, attempt, tasks = [], None, by_part(stored.tasks)
        for part in self.parts:
            mine = tasks.get(part.name, [])
            digests = stored.digests(mine)
            key = (part.name, *mine, *digests)
            if (verdict := self._known.get(key)) is not None:
                self._known.move_to_end(key)
                verdict = measured(verdict, stored.took(mine))
            else:
                attempt = attempt or stored.attempt()
                verdict = judge(part, attempt, self._references, self._device)
                certain = verdict.status not in (Status.FAULT, Status.UNGRADED)  # no limit was reached
                if part.name not in self._sourced and None not in digests and certain:
                    self._keep(key, verdict)
            found.append(verdict)
        return found

    def _keep(self, key: tuple[object, ...], verdict: Verdict) -> None:
        self._known[key] = verdict
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
