"""Reports a run to nbgrader, and takes over points that were given in formgrader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from autograder.core.text import Language
from autograder.course.catalog import Course
from autograder.integrations.nbgrader.autograded import write_autograded
from autograder.integrations.nbgrader.course import NbgraderError, course_directory
from autograder.integrations.nbgrader.gradebook import (
    InBook,
    Offer,
    Values,
    enter,
    gradebook_path,
    has_cells,
)
from autograder.records.decision_log import Decisions, OutdatedError
from autograder.records.decisions import PartId, Score
from autograder.records.held import Given, scores_given
from autograder.records.results import ClassResults
from autograder.records.run_folder import Run

FORMGRADER = "formgrader"  # who gave what came from there; its gradebook has no names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The written files, and remarks on scores of the desk that did not enter the gradebook."""

    files: Sequence[Path]
    remarks: Sequence[str] = ()


def report_to_nbgrader(
    run: Run, results: ClassResults, course: Course, folder: Path, language: Language
) -> Reported:
    """Enter a run into nbgrader's gradebook, and store the points given there in the run.

    Args:
        run: the run; its decisions are read and extended.
        results: the results of the run, without what was decided for single students.
        course: the course of the exam.
        folder: nbgrader's course folder.
        language: the language of the findings in formgrader.

    Raises:
        NbgraderError: nbgrader is not installed, or its course or gradebook is wrong or lacks the present
            exam; the message names the commands that help.
        CatalogError: the exam is wrong.
        RunError, DecisionsError: a file cannot be written.
    """
    exam = course.exam(results.header.exam)
    directory = course_directory(folder)
    if not has_cells(exam, directory):
        raise NbgraderError(
            f"nbgrader's course in {folder} lacks {exam.name} as it is now; "
            f"run: autograder nbgrader {folder} {exam.name} --force, and then in that folder: "
            f"nbgrader generate_assignment {exam.name} --force"
        )
    history = scores_given(run.decisions.history())
    offers = {whose: _offer(given) for whose, given in history.items() if given[-1].source != "nbgrader"}
    found = enter(results, exam, directory, offers)
    there = {PartId(one.student, one.question, part.part) for one in results for part in one.verdicts}
    for whose in sorted(there & (history.keys() | found.keys())):
        _keep(run.decisions, whose, history.get(whose, []), found.get(whose))
    files = write_autograded(run, results, exam, directory, language)
    gradebook = gradebook_path(directory)
    return Reported(
        files=[*([gradebook] if gradebook else []), *files], remarks=list(_remarks(offers, found))
    )


def _offer(given: Sequence[Given]) -> Offer:
    """Return the offer of the newest score; it may replace the last one from formgrader or a later one."""
    known = [Values()]
    for one in given:
        known = [_values(one)] if one.source == "nbgrader" else [*known, _values(one)]
    return Offer(values=_values(given[-1]), known=tuple(known))


def _values(given: Given) -> Values:
    automatic, waiting, extra = given.score.points
    comment = given.score.comment
    named = given.who not in ("", FORMGRADER) and not given.score.empty
    told = f"{comment} — {given.who}".strip() if named else comment
    return Values(automatic=automatic, waiting=waiting, extra=extra, comment=told)


def _keep(decisions: Decisions, whose: PartId, given: Sequence[Given], found: InBook | None) -> None:
    """Store what the gradebook has if it differs from the last that came from there.

    Who gave what is there already keeps the name.
    """
    newest = given[-1] if given else None
    values, settled = (found.values, found.settled) if found else (Values(), False)
    if newest is None:
        score = Score(student=whose.student, question=whose.question, part=whose.part)
        score, who = _with(score, values, settled), FORMGRADER
    else:
        score = _with(newest.score, values, settled, known={_values(one): one.score.comment for one in given})
        who = newest.who if score.points == newest.score.points else FORMGRADER
    if newest is None or newest.source != "nbgrader" or newest.score != score:
        # A score that the desk sends meanwhile wins; the next report enters it into the gradebook.
        with suppress(OutdatedError):
            decisions.decide([score], who=who, source="nbgrader", seen=[newest.number if newest else 0])


def _with(score: Score, values: Values, settled: bool, known: Mapping[Values, str] | None = None) -> Score:
    """Return a score as the gradebook has it; items and what the desk itself wrote as a comment stay."""
    same = score.by_hand == values.waiting
    comments = {one.comment: comment for one, comment in (known or {}).items()}
    return structs.replace(
        score,
        automatic=values.automatic,
        waiting=score.waiting if same else values.waiting,
        items=score.items if same else (),
        extra=values.extra,
        settled=settled,
        comment=comments.get(values.comment, values.comment),
        answer=score.answer if same else "",
    )


def _remarks(offers: Mapping[PartId, Offer], found: Mapping[PartId, InBook]) -> Iterator[str]:
    for whose, offer in offers.items():
        stands = found[whose].values.waiting if whose in found else None
        if stands != offer.values.waiting:
            yield (
                f"{' '.join(whose)}: formgrader's score {_points(stands)} stands, the desk's "
                f"{_points(offer.values.waiting)} does not: both were changed since the last report"
            )


def _points(value: float | None) -> str:
    return "(none)" if value is None else f"{value:g}"
