"""Judges what is stored of a class, in processes of ours: each part of each submission under limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from autograder.core.exam import Part, Question
from autograder.core.outcome import PUBLIC, Attempt, OverLimitError
from autograder.core.verdict import Verdict
from autograder.grading.grade import References, grade_part, measured, stopped, ungraded
from autograder.grading.memo import Evidenced, Memo
from autograder.records.run_folder import Run
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.processes import Allowed, Steps, too_large

# Judging a right answer takes 30 ms at most in the first course, and a few times the memory of its evidence.
ALLOWED = Allowed(seconds=1.0, more=0.5, memory_mb=112)
_TIMES = 8  # the memory that is allowed besides, over what the solution's evidence takes
_FULL = 10  # so many times the seconds in the profile full, whose evidence is so much larger
_SAID = 200  # characters of an exception that are told beside its log


def unexpected(run: Run, where: str, error: BaseException) -> str:
    """Log a failure of ours in full, and return in English what is told of it."""
    log = run.log(where, error)
    why = f"{type(error).__name__}: {error}"[:_SAID]
    return f"an unexpected failure of the grader ({why}); {log} has it in full"


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges submissions to the questions of a run."""

    run: Run
    allowed: Allowed
    memos: Mapping[str, Memo]
    ids: Mapping[str, str]

    @classmethod
    def of(
        cls, run: Run, device: str, ready: Iterable[PreparedQuestion], declared: Mapping[str, Question]
    ) -> Judge:
        """Return the judge of these questions, each as it is declared; equal evidence is judged once."""
        found = {about.entry.name: about for about in ready}
        memos = {name: Memo(declared[name], about.references, device) for name, about in found.items()}
        largest = max((_size(about.references) for about in found.values()), default=0)
        full = any(about.environment.profile == "full" for about in found.values())
        allowed = replace(
            ALLOWED,
            seconds=ALLOWED.seconds * (_FULL if full else 1),
            memory_mb=ALLOWED.memory_mb + (_TIMES * largest >> 20),
        )
        return cls(run, allowed, memos, {name: about.entry.id for name, about in found.items()})

    def verdicts(self, student: str, question: str, stored: Evidenced, steps: Steps) -> tuple[Verdict, ...]:
        """Return the verdict on each part: a part over the limits is a fault, if the solution keeps to them.

        Raises:
            EvidenceError: the data are not a stored attempt.
        """
        where = f"{student} {self.ids[question]}"

        def judge(part: Part, attempt: Attempt, references: References, device: str) -> Verdict:
            try:
                verdict = self._within(where, steps, part, attempt, references, device)
            except Exception as error:
                verdict = ungraded(part, unexpected(self.run, where, error))
            taken = [(one.seconds, one.memory) for one in attempt.of_part(part.name).values()]
            return measured(verdict, taken)

        return tuple(self.memos[question].grade(stored, judge))

    def too_large(self, question: str) -> tuple[Verdict, ...]:
        """Return the verdict on each part of what cannot even be read within the limit of memory."""
        return tuple(stopped(part, too_large(self.allowed)) for part in self.memos[question].parts)

    def _within(
        self, where: str, steps: Steps, part: Part, attempt: Attempt, references: References, device: str
    ) -> Verdict:
        name = f"{where} {part.name}"
        try:
            with steps.step(name):
                return grade_part(part, attempt, references, device)
        except OverLimitError as over:
            fault = over.fault
        with steps.step(f"{name}, the solution"):  # what it raises is ours
            grade_part(part, _solution(attempt, references), references, device)
        return stopped(part, fault)


def _size(references: References) -> int:
    """Return the bytes of the solution's arrays on published data."""
    outcomes = references.solution.outcomes if references.solution else {}
    found = [outcome.evidence for task, outcome in outcomes.items() if task.variant == PUBLIC]
    return sum(array.nbytes for evidence in found if evidence for array in evidence.arrays.values())


def _solution(attempt: Attempt, references: References) -> Attempt:
    """Return the solution's attempt at the tasks of a student's."""
    assert references.solution is not None
    outcomes = references.solution.outcomes
    return replace(references.solution, outcomes={task: outcomes[task] for task in attempt.outcomes})
