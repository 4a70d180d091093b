"""Imports assignments: writes questions, and tries how much of each test cell can be cut."""

from __future__ import annotations

import ast
import math
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.core.progress import Progress
from autograder.core.text import EMPTY, Text
from autograder.course.question import QuestionEntry
from autograder.integrations.importers import reasons
from autograder.integrations.importers.accept import Trial, try_question
from autograder.integrations.importers.build import Made, Treatment, make_cells, parsed
from autograder.integrations.importers.forms import count_assertions
from autograder.integrations.importers.model import JUDGED, Assignment, ImportingError, LeftOut, Piece
from autograder.integrations.importers.report import CellReport, QuestionReport
from autograder.integrations.importers.write import (
    Declared,
    Target,
    framework_of,
    language_of,
    part_names,
    write_exam,
    write_question,
)
from autograder.records.files import write_whole
from autograder.running.executor import Site

_ROUNDS = 30
_TIMES, _SECONDS = 20, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """What is imported, and where to.

    Attributes:
        course: the folder of the course; made if absent.
        exam: the exam's name.
        source: where it came from, for people.
        drawing: whether inputs of tests are drawn anew in hidden variants.
    """

    course: Path
    exam: str
    source: str
    drawing: bool = True

    def run(
        self, assignments: Sequence[Assignment], site: Site, progress: Progress, say: Callable[[Text], None]
    ) -> list[QuestionReport]:
        """Import assignments, each as a question.

        Raises:
            ImportingError: the exam is there already, or nothing in it is graded.
            UserError: it cannot be run or written here.
            CancelledError: the run was interrupted.
        """
        folder = self.course / "exams" / self.exam
        if folder.exists():
            raise ImportingError(
                f"{folder} is there already; give another --exam, or remove it",
                ko=f"{folder}이(가) 이미 있습니다. 다른 --exam을 주거나 지우세요",
            )
        reports = []
        for number, assignment in enumerate(assignments, start=1):
            reports.append(_Question(self, assignment, number, site, progress).imported())
            for line in reports[-1].lines:
                say(line)
        if not any(report.cells for report in reports):
            shutil.rmtree(folder, ignore_errors=True)
            raise ImportingError(
                f"{self.source}: nothing in it is graded: no test, essay or task could be imported",
                ko=f"{self.source}: 채점할 것이 없습니다. 가져올 수 있는 검사, 서술형, 과제가 하나도 "
                "없습니다",
            )
        return reports


@dataclass
class _Question:
    whole: Importing
    assignment: Assignment
    number: int
    site: Site
    progress: Progress
    treatments: dict[str, Treatment] = field(default_factory=dict)
    # By test, the assertions in functions that it called.
    shared: dict[str, list[str]] = field(default_factory=dict)
    credits: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, int] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def imported(self) -> QuestionReport:
        before = self.assignment.points
        self.left_out = list(self.assignment.left_out)
        for piece in self._judged():
            if piece.kind == "test" and parsed(piece) is None:
                self._leave_out(piece, reasons.SYNTAX)
        if not self._judged():
            name = f"{self.assignment.name}.ipynb"
            self.left_out.append(LeftOut(where=name, why=reasons.NOTHING_GRADED))
            return self._report(before)
        target = self._target()
        write_exam(target, self.whole.exam, self.whole.source)
        if not self.whole.drawing:
            self.treatments = {one.name: Treatment(drawn=False) for one in self._judged()}
        thorough = False
        for _ in range(_ROUNDS):
            trial, made = self._tried(target, thorough=thorough)
            changed = self._escalate(trial, made)
            if not self._judged() or (thorough and not changed):
                break
            thorough = not changed
        if not self._judged():
            shutil.rmtree(target.folder, ignore_errors=True)
            shutil.rmtree(target.solutions, ignore_errors=True)
            return self._report(before)
        return self._report(before, trial, made)

    def _judged(self) -> list[Piece]:
        return [piece for piece in self.assignment.pieces if piece.kind in JUDGED]

    def _target(self) -> Target:
        framework, preload = framework_of(self.assignment)
        slug = re.sub(r"\W+", "_", self.assignment.name.lower()).strip("_") or "notebook"
        return Target(
            course=self.whole.course,
            exam=self.whole.exam,
            name=f"q{self.number}_{slug}",
            language=language_of(self.assignment),
            framework=framework,
            preload=preload,
        )

    def _leave_out(self, piece: Piece, why: Text) -> None:
        place = [replace(piece, kind="given", source="", points=0.0)] if piece.apart else []  # of other cases
        kept = [new for one in self.assignment.pieces for new in (place if one is piece else [one])]
        self.assignment = replace(self.assignment, pieces=kept)
        self.left_out.append(LeftOut(where=piece.name, why=why, points=piece.points))

    def _declared(self, made: Made) -> list[Declared]:
        names = part_names(self.assignment.pieces)
        return [
            Declared(
                name=names[piece.name],
                piece=piece,
                assertions=[
                    *made.assertions.get(piece.name, ()),
                    *(made.shared[one] for one in self.shared.get(piece.name, ()) if one in made.shared),
                ],
                trusted=made.trusted.get(piece.name, EMPTY),
                inside=made.inside.get(piece.name, ()),
                credit=self.credits.get(piece.name, 0.0),
                seconds=self.seconds.get(piece.name, _SECONDS),
            )
            for piece in self._judged()
        ]

    def _tried(self, target: Target, *, thorough: bool) -> tuple[Trial, Made]:
        made = make_cells(self.assignment, self.treatments)
        write_question(target, self.assignment, made, self._declared(made))
        entry = QuestionEntry(target.course.resolve(), target.exam, target.name)
        with tempfile.TemporaryDirectory() as folder:
            raw_files = {}
            for name in made.expected_files:
                raw_files[name] = Path(folder) / name
                write_whole(raw_files[name], {**self.assignment.files, **self.assignment.secrets}[name])
            trial = try_question(entry, made.raw, raw_files, self.site, self.progress, thorough=thorough)
        return trial, made

    def _escalate(self, trial: Trial, made: Made) -> bool:
        """Choose less where the trial shows that it is needed; return whether anything changed."""
        names, changed = part_names(self.assignment.pieces), False
        for piece in self._judged():
            part, now = names[piece.name], self.treatments.get(piece.name, Treatment())
            if piece.kind != "test":
                continue
            reached = [name for name in trial.reached(part) if name in made.shared]
            seconds, needed = self.seconds.get(piece.name, _SECONDS), math.ceil(_TIMES * trial.seconds(part))
            if needed > max(seconds, 2 * _SECONDS):
                seconds = 2 * needed  # and not again for the next that is a little slower
            known = self.shared.get(piece.name, []), self.seconds.get(piece.name, _SECONDS)
            if (reached, seconds) != known:
                self.shared[piece.name], self.seconds[piece.name] = reached, seconds
                changed = True
            else:
                changed = self._escalate_one(piece, part, now, trial, made) or changed
        return changed

    def _escalate_one(self, piece: Piece, part: str, now: Treatment, trial: Trial, made: Made) -> bool:
        if not trial.ended(part):
            if now.seeded:
                self.treatments[piece.name] = replace(now, seeded=False)
            else:
                self._leave_out(piece, reasons.FAILS_ITSELF.format(why=trial.why(part)))
            return True
        credit = trial.credit(part)
        if credit and 0 < credit <= piece.points and piece.name not in self.credits and not now.trusted:
            self.credits[piece.name] = piece.points
            self.treatments[piece.name] = replace(now, trusted=reasons.CREDIT, drawn=False)
            return True
        if now.drawn and part_drawn(trial, piece) and trial.drawn_badly(part):
            self.treatments[piece.name] = replace(now, drawn=False)
            return True
        if now.trusted:
            return False
        own = {one.name: number for number, one in enumerate(made.assertions.get(piece.name, ()))}
        if trial.too_large(part):
            self.treatments[piece.name] = _bounded(now, len(own))
            return True
        if not (why := trial.disagreement(part)):
            return False
        unlike = {own[name] for name in trial.unlike(part) if name in own} - now.whole
        if unlike and not now.cut and len(unlike) < len(own):
            self.treatments[piece.name] = Treatment(drawn=False, whole=now.whole | unlike)
        else:
            self.treatments[piece.name] = _less(now, why)
        return True

    def _report(self, before: float, trial: Trial | None = None, made: Made | None = None) -> QuestionReport:
        cells = list(self._cells(trial, made)) if trial and made else []
        return QuestionReport(
            notebook=self.assignment.name,
            question=trial.ready.entry.id if trial else "",
            cells=cells,
            left_out=self.left_out,
            before=before,
            remarks=[*self._handed_out(), *self._free(trial)] if trial else (),
        )

    def _handed_out(self) -> Iterator[Text]:
        if modules := ", ".join(sorted(self.assignment.modules)):
            yield reasons.UNSOLVED.format(modules=modules)

    def _free(self, trial: Trial) -> Iterator[Text]:
        """Say which parts the empty template earns already."""
        names = part_names(self.assignment.pieces)
        _, raw = trial.others.get(reasons.TEMPLATE, (None, None))
        for piece in self._judged() if raw else ():
            if piece.kind == "test" and piece.points and trial.ended(names[piece.name], raw):
                yield reasons.BLANK_EARNS.format(name=piece.name, points=piece.points)

    def _cells(self, trial: Trial, made: Made) -> Iterator[CellReport]:
        for one in self._declared(made):
            piece, now = one.piece, self.treatments.get(one.piece.name, Treatment())
            yield CellReport(
                name=piece.name,
                part=one.name,
                kind=piece.kind,
                points=piece.points,
                assertions=one.assertions,
                trusted=one.trusted,
                helpers=one.inside,
                inside=count_assertions(parsed(piece) or ast.Module([], [])),
                cut=now.cut,
                reducing=now.reducing,
                drawn=piece.kind == "test" and not one.trusted and part_drawn(trial, piece),
            )


def part_drawn(trial: Trial, piece: Piece) -> bool:
    """Return whether a test's inputs are drawn anew."""
    return piece.name in trial.ready.entry.drawn_cells


def _bounded(now: Treatment, assertions: int) -> Treatment:
    """Return the next treatment to try of values that are too large, or too many."""
    if not now.reducing:
        return replace(now, reducing=True)
    every = frozenset(range(assertions))
    return replace(now, whole=every) if every - now.whole else Treatment(trusted=reasons.TOO_LARGE)


def _less(now: Treatment, why: Text) -> Treatment:
    """Return the next treatment to try."""
    if now.drawn:
        return replace(now, drawn=False)
    if now.cut:
        return replace(now, cut=False)
    if now.seeded:
        return replace(now, seeded=False, cut=True)
    return replace(now, trusted=why, seeded=True)
