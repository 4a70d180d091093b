"""nbgrader's hidden tests: run a part in the notebook's kernel and judge it.

This is not a sandbox: the student's code runs in the process that judges it. Therefore only open variants are
used, which need no course key and no hidden data.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import in_notebook
from autograder.core.text import UNGRADED, Text, default_language
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.grading.grade import grade_part
from autograder.handout.check_cell import Report, history, own_source, run_part
from autograder.integrations.nbgrader.cells import without_hidden_tests
from autograder.integrations.nbgrader.course import COURSE_VARIABLE, NbgraderError
from autograder.running.environment import environment_of
from autograder.running.executor import lazily
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare


@dataclass(frozen=True, slots=True)
class Ungraded:
    """The result of a part that could not be judged, through no fault of the student."""

    why: Text

    def credit(self, maximum: float) -> float:
        """Print why and return infinity, which nbgrader refuses to grade; after an error it would give 0."""
        print(self.why[default_language()])
        return float("inf")


def judge(part: str, *, question: str) -> Report | Ungraded | None:
    """Judge a part in a notebook as ``grade`` does, without hidden variants; return None elsewhere.

    Args:
        part: the part's name.
        question: ``exam/question`` in the course at ``$AUTOGRADER_COURSE``.
    """
    names = sys._getframe(1).f_globals
    if not in_notebook(names):
        return None
    with _quiet():
        try:
            report = _judge(part, question, names)
        except Exception as error:  # errors of student code are caught where it is called
            return Ungraded(UNGRADED.format(why=f"{type(error).__name__}: {error}"))
    if report.verdict.status is Status.UNGRADED:
        return Ungraded(report.verdict.findings[0].message)
    return report


def _judge(part: str, question_id: str, names: Mapping[str, Any]) -> Report:
    course = os.environ.get(COURSE_VARIABLE)
    if course is None:
        raise NbgraderError(
            f"{COURSE_VARIABLE} is not set; let nbgrader_config.py load autograder_nbgrader.py"
        )
    entry = Course.find(Path(course)).question(question_id)
    with lazily("auto") as executor:  # nothing runs if all is stored
        environments = {entry: environment_of(entry, "mini", "cpu")}
        question = prepare(environments, Runner(executor=executor), key=None, wanted="solution")[entry]
    # Hidden tests are not the student's, and import modules that a question may forbid.
    source = own_source(map(without_hidden_tests, history(names)))
    attempt = run_part(question, part, {}, names, source)
    verdict = grade_part(entry.question.part(part), attempt, question.references)
    return Report(entry.question, verdict, default_language())


@contextmanager
def _quiet() -> Iterator[None]:
    """Send stderr to stdout, because nbgrader gives no points to a cell that writes to stderr.

    Libraries write to the file descriptor, too, and loggers to the stream at the time of their creation.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    os.dup2(1, 2)
    try:
        with redirect_stderr(sys.stdout):
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        logging.disable(before)
