"""nbgrader's hidden tests: a part run in the notebook's kernel and compared with the reference.

This is nbgrader's way and no sandbox: the student's code shares the process with what judges it. Only open
variants are used here, so that no course key is needed and no hidden data come near it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import in_notebook
from autograder.core.outcome import Attempt
from autograder.core.text import UNGRADED, Text, default_language
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.grading.grade import References, grade_part
from autograder.handout.check_cell import Report, history, own_source, run_part
from autograder.handout.check_file import CheckFile
from autograder.integrations.nbgrader.cells import without_hidden_tests
from autograder.integrations.nbgrader.course import COURSE_VARIABLE, NbgraderError
from autograder.records.store import Store
from autograder.running.executor import Local
from autograder.running.jobs import Prepared, Runner, environment_of, given_job, make_bench, open_to_worker
from autograder.running.references import SOLUTION, cache_folder, open_variants, reference_jobs
from autograder.sandbox.choose import confining


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


def _judge(part: str, question: str, names: Mapping[str, Any]) -> Report:
    course = os.environ.get(COURSE_VARIABLE)
    if course is None:
        raise NbgraderError(
            f"{COURSE_VARIABLE} is not set; let nbgrader_config.py load autograder_nbgrader.py"
        )
    entry = Course.find(Path(course)).question(question)
    environment, variants = environment_of(entry, "mini", "cpu"), open_variants(entry)
    bench = make_bench(entry, environment, variants, _attempt(given_job(entry, environment, variants)))
    solution = _attempt(reference_jobs(bench, mistakes=False)[SOLUTION])
    withheld = entry.question.withheld
    asked = CheckFile(
        exam=entry.exam,
        name=entry.name,
        question=entry.question,
        code="",
        variants=variants,
        inputs={name: open_to_worker(inputs, withheld) for name, inputs in bench.inputs.items()},
        sealed={},
    )
    # The cells that call this are ours, and import what a question may forbid.
    source = own_source(map(without_hidden_tests, history(names)))
    attempt = run_part(asked, part, {}, names, source)
    references = References(inputs=bench.task_inputs(), solution=solution)
    verdict = grade_part(entry.question.part(part), attempt, references)
    return Report(entry.question, verdict, default_language())


def _attempt(prepared: Prepared) -> Attempt:
    """Return the kept attempt, which as a rule there is, or run the job in a sandbox."""
    store = Store(cache_folder())
    if (kept := store.load(prepared.key)) is not None:
        return kept
    with confining("auto") as isolation:
        return Runner(executor=Local(isolation), store=store, cancel=threading.Event()).attempt(prepared)


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
