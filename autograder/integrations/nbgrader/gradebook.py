"""Writes the machine's points into nbgrader's gradebook and reads those given by hand, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.core.exam import Part
from autograder.core.points import add_points
from autograder.core.verdict import Status, Verdict
from autograder.course.catalog import ExamEntry
from autograder.integrations.nbgrader.cells import graded_cells, notebook_name, task_cell_id, test_cell_id
from autograder.integrations.nbgrader.course import NbgraderError
from autograder.records.decisions import PartId
from autograder.records.results import ClassResults

Gradebook = Any  # nbgrader.api.Gradebook; its rows are Grade, SubmittedNotebook, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A score from the desk; each of its values replaces only a value that is in ``known``."""

    values: Values
    known: tuple[Values, ...]

    def replaces(self, name: str, value: object) -> bool:
        """Return whether its value of this name may replace the gradebook's."""
        return any(getattr(one, name) == value for one in self.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What is given by hand for a part: points, and a comment with the grader's name."""

    automatic: float | None = None
    waiting: float | None = None
    extra: float = 0.0
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InBook:
    """What the gradebook has for a part that was given by hand; ``settled`` if nothing of it waits."""

    values: Values
    settled: bool


def enter(
    results: ClassResults, exam: ExamEntry, directory: Any, offers: Mapping[PartId, Offer]
) -> dict[PartId, InBook]:
    """Write the machine's points and the offered scores into the gradebook; return what was given by hand.

    A score given in formgrader is never changed; it is marked for review if the answer changed. All is one
    transaction, so that a crash leaves the gradebook as it was.

    Args:
        exam: the exam of the results, whose name is that of the assignment.
        directory: nbgrader's CourseDirectory.
        offers: scores from the desk.

    Raises:
        NbgraderError: the gradebook cannot be read or written, or lacks cells of the exam.
    """
    found: dict[PartId, InBook] = {}
    with _transaction(directory) as book:
        _update_points(book, exam)
        for one in results.students():
            student, submitted = one.student, results.header.submitted.get(one.student)
            verdicts = {(question, verdict.part): verdict for question, verdict in one.verdicts}
            grades, comments, anew = _submission(book, exam, student, submitted)
            for entry in exam.questions:
                for part in entry.question.parts:
                    if verdict := verdicts.get((entry.name, part.name)):
                        whose = PartId(student, entry.name, part.name)
                        mine = _of_part(grades, notebook_name(entry), part)
                        _enter_part(mine, verdict, anew=anew)
                        comment = comments.get((entry.name, task_cell_id(part)))
                        if (offer := offers.get(whose)) is not None:
                            _take_over(mine, comment, offer)
                        if (given := _given(mine, comment)) is not None:
                            found[whose] = given
            _take_late_penalties(book, exam, student, directory)
    return found


def has_cells(exam: ExamEntry, directory: Any) -> bool:
    """Return whether the gradebook has the exam with all its graded cells."""
    from nbgrader.api import MissingEntry

    path = gradebook_path(directory)
    if path is not None and not path.exists():
        return False
    with _transaction(directory) as book:
        try:
            for entry in exam.questions:
                for cell in graded_cells(entry):
                    book.find_graded_cell(cell, notebook_name(entry), exam.name)
        except MissingEntry:
            return False
    return True


def gradebook_path(directory: Any) -> Path | None:
    """Return the gradebook's file; None if it is not in SQLite."""
    from sqlalchemy.engine import make_url

    url = make_url(directory.db_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def _transaction(directory: Any) -> Iterator[Gradebook]:
    """Open the gradebook, and commit all changes at the end.

    The file is changed in place, because formgrader keeps it open and would go on writing to the old one.
    """
    from nbgrader.api import Gradebook as Book
    from nbgrader.api import InvalidEntry, MissingEntry
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        book = Book(directory.db_url, directory.course_id)
        try:
            if book.engine.dialect.name == "sqlite":  # nobody else writes between our reads and writes
                book.db.execute(text("BEGIN IMMEDIATE"))
            book.db.commit = book.db.flush  # methods of Gradebook commit each row
            yield book
            book.db().commit()
        finally:
            book.close()
    except (SQLAlchemyError, InvalidEntry, MissingEntry) as error:
        why = str(error).splitlines()[0]
        hint = "try again when nobody saves in formgrader" if "locked" in why else "nothing of it was changed"
        raise NbgraderError(f"{directory.db_url}: {why}; {hint}") from None


def _update_points(book: Gradebook, exam: ExamEntry) -> None:
    """Set the points of the graded cells, which may have changed since the assignment was generated."""
    for entry in exam.questions:
        for cell, points in graded_cells(entry).items():
            book.find_graded_cell(cell, notebook_name(entry), exam.name).max_score = points


def _submission(
    book: Gradebook, exam: ExamEntry, student: str, timestamp: str | None
) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any], bool]:
    """Return a student's grades and comments by notebook and cell, and whether work was handed in again."""
    from nbgrader.api import MissingEntry

    book.update_or_create_student(student)
    try:
        before = book.find_submission(exam.name, student).timestamp
    except MissingEntry:
        before = None
    given = {} if timestamp is None else {"timestamp": timestamp}
    with book.db.no_autoflush:  # else SQLAlchemy warns of incomplete rows
        submission = book.update_or_create_submission(exam.name, student, **given)
    grades = {(found.name, grade.name): grade for found in submission.notebooks for grade in found.grades}
    comments = {(found.name, one.name): one for found in submission.notebooks for one in found.comments}
    return grades, comments, before is not None and submission.timestamp != before


def _of_part(grades: Mapping[tuple[str, str], Any], notebook: str, part: Part) -> tuple[Any, Any]:
    """Return the grades for the automatic points and for those given by hand, None if there are none."""
    return grades.get((notebook, test_cell_id(part))), grades.get((notebook, task_cell_id(part)))


def _enter_part(grades: tuple[Any, Any], verdict: Verdict, *, anew: bool) -> None:
    test, task = grades
    ungraded = verdict.status is Status.UNGRADED
    if test is not None:
        _enter_grade(test, None if ungraded else min(verdict.points, test.cell.max_score), anew=anew)
    if task is not None:
        waits = ungraded or verdict.manual > 0
        _enter_grade(task, None if waits else 0.0, anew=anew)


def _enter_grade(grade: Any, score: float | None, *, anew: bool) -> None:
    """Set the machine's score, None for one by hand; a score given by hand stays, marked for review."""
    changed = grade.auto_score != score
    grade.auto_score = score
    if grade.manual_score is None:
        grade.needs_manual_grade = score is None
    elif changed or anew:
        grade.needs_manual_grade = True


def _take_over(grades: tuple[Any, Any], comment: Any, offer: Offer) -> None:
    """Enter a score from the desk, but for what formgrader has that the desk did not show."""
    test, task = grades
    given = offer.values
    for grade, name in ((test, "automatic"), (task, "waiting")):
        if grade is not None and offer.replaces(name, grade.manual_score):
            grade.manual_score = getattr(given, name)
            grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
    there = [grade for grade in grades if grade is not None]
    if there and offer.replaces("extra", _extra(there)) and _extra(there) != given.extra:
        for grade in there:
            grade.extra_credit = None
        there[0].extra_credit = given.extra or None
    if comment is not None and offer.replaces("comment", comment.manual_comment or ""):
        comment.manual_comment = given.comment or None


def _extra(grades: Sequence[Any]) -> float:
    return add_points(grade.extra_credit or 0.0 for grade in grades)


def _given(grades: tuple[Any, Any], comment: Any) -> InBook | None:
    test, task = grades
    there = [grade for grade in grades if grade is not None]
    values = Values(
        automatic=None if test is None else test.manual_score,
        waiting=None if task is None else task.manual_score,
        extra=_extra(there),
        comment="" if comment is None else comment.manual_comment or "",
    )
    if values == Values():
        return None
    settled = all(grade.manual_score is not None or grade.auto_score is not None for grade in there)
    return InBook(values=values, settled=settled)


def _take_late_penalties(book: Gradebook, exam: ExamEntry, student: str, directory: Any) -> None:
    """Apply late penalties as nbgrader's autograde does, with the method in the course's configuration."""
    from nbgrader.preprocessors import AssignLatePenalties

    submission = book.find_submission(exam.name, student)
    late = submission.total_seconds_late
    penalties = AssignLatePenalties(config=directory.config)
    penalties.log = logging.getLogger(__name__)
    penalties.init_plugin()
    for notebook in submission.notebooks:
        penalty = None
        if late > 0:
            book.db.flush()
            book.db.refresh(notebook, ["score"])
            penalty = penalties.plugin_inst.late_submission_penalty(student, notebook.score, late)
        notebook.late_submission_penalty = None if penalty is None else min(max(penalty, 0), notebook.score)
