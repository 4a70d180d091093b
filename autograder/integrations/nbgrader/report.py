"""Reports a run to nbgrader, and takes over points that were given in formgrader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.core.text import Language
from autograder.course.catalog import Course
from autograder.integrations.nbgrader.autograded import write_autograded
from autograder.integrations.nbgrader.course import NbgraderError, course_directory
from autograder.integrations.nbgrader.gradebook import Offer, enter, gradebook_path, has_cells
from autograder.records.hand_scores import HandScore, HandScores, OutdatedError, PartId, Revision, taken_back
from autograder.records.results import ClassResults
from autograder.records.run_folder import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The written files, and remarks on scores of the essay page that did not enter the gradebook."""

    files: Sequence[Path]
    remarks: Sequence[str] = ()


def report_to_nbgrader(
    run: Run, results: ClassResults, course: Course, folder: Path, language: Language
) -> Reported:
    """Enter a run into nbgrader's gradebook, and store the points given there in the run.

    Args:
        run: the run; its hand scores are read and extended.
        results: the results of the run, without points given by hand.
        course: the course of the exam.
        folder: nbgrader's course folder.
        language: the language of the findings in formgrader.

    Raises:
        NbgraderError: nbgrader is not installed, or its course or gradebook is wrong or lacks the present
            exam; the message names the commands that help.
        CatalogError: the exam is wrong.
        RunError, HandScoreError: a file cannot be written.
    """
    exam = course.exam(results.header.exam)
    directory = course_directory(folder)
    if not has_cells(exam, directory):
        raise NbgraderError(
            f"nbgrader's course in {folder} lacks {exam.name} as it is now; "
            f"run: autograder nbgrader {folder} {exam.name} --force, and then in that folder: "
            f"nbgrader generate_assignment {exam.name} --force"
        )
    history = run.hand_scores.history()
    offers = {
        whose: _offer(revisions) for whose, revisions in history.items() if revisions[-1].source == "page"
    }
    found = {score.whose: score for score in enter(results, exam, directory, offers)}
    there = {PartId(one.student, one.question, part.part) for one in results for part in one.verdicts}
    for whose in sorted(there & (history.keys() | found.keys())):
        _keep(run.hand_scores, history.get(whose, []), found.get(whose))
    files = write_autograded(run, results, exam, directory, language)
    gradebook = gradebook_path(directory)
    return Reported(
        files=[*([gradebook] if gradebook else []), *files], remarks=list(_remarks(offers, found))
    )


def _offer(revisions: Sequence[Revision]) -> Offer:
    """Return the offer of the newest score; it may replace the last one from formgrader or a later one."""
    known: list[float | None] = [None]
    for revision in revisions:
        waiting = revision.score.waiting
        known = [waiting] if revision.source == "nbgrader" else [*known, waiting]
    return Offer(waiting=revisions[-1].score.waiting, known=frozenset(known))


def _keep(scores: HandScores, revisions: Sequence[Revision], found: HandScore | None) -> None:
    """Store the score in the gradebook if it differs from the last one from there."""
    newest = revisions[-1] if revisions else None
    score = found or (taken_back(newest.score) if newest else None)
    if score is None or (newest and newest.source == "nbgrader" and newest.score == score):
        return
    same = newest is not None and newest.score.waiting == score.waiting
    # A score that the page sends meanwhile wins; the next report enters it into the gradebook.
    with suppress(OutdatedError):
        scores.give(
            score,
            "nbgrader",
            seen=newest.number if newest else 0,
            answer=newest.answer if newest and same else "",
        )


def _remarks(offers: Mapping[PartId, Offer], found: Mapping[PartId, HandScore]) -> Iterator[str]:
    for whose, offer in offers.items():
        score = found.get(whose)
        stands = None if score is None else score.waiting
        if stands != offer.waiting:
            yield (
                f"{' '.join(whose)}: formgrader's score {_points(stands)} stands, the essay page's "
                f"{_points(offer.waiting)} does not: both were changed since the last report"
            )


def _points(value: float | None) -> str:
    return "(none)" if value is None else f"{value:g}"
