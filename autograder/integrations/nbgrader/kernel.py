"""nbgrader's hidden tests: a part run in the notebook's kernel and compared with the reference.

This is nbgrader's way and no sandbox: the student's code shares the process with what judges it. Only open
variants are used here, so that no course key is needed and no hidden data come near it.
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
    """In the place of a report, where a part could not be judged through no fault of the student."""

    why: Text

    def credit(self, most: float) -> float:
        """Say why, and return infinity: nbgrader refuses to grade the notebook then. An error were a zero."""
        print(self.why[default_language()])
        return float("inf")


def judge(part: str, *, question: str) -> Report | Ungraded | None:
    """Judge one part in a notebook as ``grade`` does, but for hidden variants; outside of one return None.

    Args:
        part: its name.
        question: ``exam/question`` of the course at ``$AUTOGRADER_COURSE``.
    """
    names = sys._getframe(1).f_globals
    if not in_notebook(names):
        return None
    with _quiet():
        try:
            report = _judge(part, question, names)
        except Exception as error:  # the student's own are caught where their code is called: this is ours
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
    with lazily("auto") as executor:  # as a rule all is kept
        environments = {entry: environment_of(entry, "mini", "cpu")}
        question = prepare(environments, Runner(executor=executor), key=None, wanted="solution")[entry]
    # The cells that call this are ours, and import what a question may forbid.
    source = own_source(map(without_hidden_tests, history(names)))
    attempt = run_part(question, part, {}, names, source)
    verdict = grade_part(entry.question.part(part), attempt, question.references)
    return Report(entry.question, verdict, default_language())


@contextmanager
def _quiet() -> Iterator[None]:
    """Send stderr to stdout: nbgrader gives no points to a cell that writes to it, if only a warning.

    Libraries write to the descriptor too, and loggers to the stream that they once found.
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
