"""A student's check of their own file: public checks only, no solution, reference or course key."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from autograder.catalog import CatalogError, Course, ExamEntry, QuestionEntry
from autograder.grading import References, grade_part
from autograder.isolation import Isolation
from autograder.reference import cache_folder, open_variants
from autograder.runner import Runner, conditions_for, given_job, make_bench
from autograder.store import Store
from autograder.submission import SUFFIXES, Submission, read
from autograder.text import FILES_LEFT_OUT, NOT_SELF_CHECKED, Text
from autograder.verdict import Finding, Status, Verdict

# What stands beside a student's file is brought along only if it is no more than this.
MOST_FILES, MOST_BYTES = 2_000, 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """What a student is told about one file: a verdict for each part, and notes that cost nothing."""

    verdicts: Sequence[Verdict]
    notes: Sequence[Text]


def _open_answer(verdict: Verdict) -> Verdict:
    """A part ran, but is not called right, if no public check that earns points judged it."""
    if verdict.findings and (verdict.status is not Status.PASSED or verdict.points > 0):
        return verdict
    finding = Finding(check="run", passed=True, message=NOT_SELF_CHECKED)
    return replace(verdict, status=Status.MANUAL, findings=(*verdict.findings, finding))


def guess_question(course: Course, path: Path) -> QuestionEntry:
    """Return the question that a file answers, by its name.

    Raises:
        CatalogError: no question, or more than one, has this name.
    """
    entries = [entry for exam in course.exams() for entry in exam.questions]
    found = [entry for entry in entries if entry.name == path.stem]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(entry.place for entry in found)
        raise CatalogError(
            f"{path}: several questions have this name ({places}); give --question EXAM/QUESTION"
        )
    close = get_close_matches(path.stem, [entry.name for entry in entries], n=1)
    hint = f"did you mean {close[0]}{path.suffix}? Otherwise " if close else ""
    raise CatalogError(f"{path}: no question has this name; {hint}give --question EXAM/QUESTION")


def _read_own(entry: QuestionEntry, path: Path) -> Submission:
    """Read a student's file, with the files beside it unless these are too many to be meant."""
    siblings = [sibling.name for sibling in ExamEntry(entry.course, entry.exam).questions]
    if _few_files(path.parent):
        return read(path, other_questions=siblings)
    note = FILES_LEFT_OUT.format(folder=path.parent, count=MOST_FILES, size=MOST_BYTES >> 20)
    submission = read(path, extras=False)
    return replace(submission, notes=(*submission.notes, note))


def _few_files(folder: Path) -> bool:
    count = size = 0
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        for name in names:
            count, size = count + 1, size + os.lstat(Path(top) / name).st_size
            if count > MOST_FILES or size > MOST_BYTES:
                return False
    return True


def check_file(
    entry: QuestionEntry, path: Path, isolation: Isolation, device: str = "cpu", only: Sequence[str] = ()
) -> SelfCheck:
    """Run a file on the published inputs and on inputs for practice, and judge the public checks.

    Args:
        entry: the question that the file answers.
        path: a module or a notebook.
        isolation: how to confine it.
        device: where to run it.
        only: names of parts; empty means all.

    Raises:
        CatalogError: the file is not there or is neither a module nor a notebook, or there is no such part.
        NotRunnableError, InputsError, RunError: the question cannot be run here.
    """
    if not path.is_file() or path.suffix not in SUFFIXES:
        raise CatalogError(f"{path}: no such file; expected a .py or .ipynb file")
    names = [part.name for part in entry.question.parts]
    if unknown := sorted(set(only) - set(names)):
        raise CatalogError(f"{entry.place} has no part {', '.join(unknown)}; there are: {', '.join(names)}")
    conditions = conditions_for(entry, "mini", device)
    variants = open_variants(entry)
    runner = Runner(isolation=isolation, store=Store(cache_folder()), cancel=threading.Event())
    given = runner.attempt(given_job(entry, conditions, variants))
    bench = make_bench(entry, conditions, variants, given)
    tasks = [task for task in bench.every_task if not only or task.part in only]
    attempt = runner.run(bench.prepare(_read_own(entry, path), tasks))
    references = References(inputs=bench.task_inputs())
    parts = [part for part in entry.question.parts if not only or part.name in only]
    verdicts = [_open_answer(grade_part(part, attempt, references, device)) for part in parts]
    return SelfCheck(verdicts=verdicts, notes=attempt.notes)
