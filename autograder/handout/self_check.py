"""A student's check of their own file: open checks and sealed references; no solution or course key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from autograder.core.exam import Part
from autograder.core.outcome import Attempt, Outcome
from autograder.core.progress import Silent
from autograder.core.text import NOT_SELF_CHECKED, WHOLE_PART, Text
from autograder.core.variants import PRACTICE_KEY
from autograder.core.verdict import Status, Verdict, finding_of
from autograder.course.catalog import Course
from autograder.course.modules import CatalogError
from autograder.course.question import QuestionEntry
from autograder.course.submission import read
from autograder.course.which_file import SUFFIXES, question_meant
from autograder.grading.grade import grade_part
from autograder.handout.check_file import CheckFile, CheckFileEntry, read_check_file
from autograder.handout.together import opened
from autograder.running.environment import Environment, environment_of
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare, with_inputs
from autograder.running.prepared import PreparedQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """What a student is told about one file: a verdict for each part, and notes that cost nothing.

    ``attempt`` is what became of it, of which pictures can be drawn.
    """

    verdicts: Sequence[Verdict]
    notes: Sequence[Text]
    attempt: Attempt


def question_of_course(entry: QuestionEntry, runner: Runner, device: str) -> PreparedQuestion:
    """Return a course's question with the open and sealed checks that a release of it has.

    A course without the solution, as an exam's folder alone, has the open checks only.

    Raises:
        CatalogError, NotRunnableError, InputsError, RunError: the question cannot be run here.
    """
    if entry.solution_path.is_file():
        from autograder.handout.make_check_files import make_check_files  # no release needs it

        made = make_check_files([entry], PRACTICE_KEY, runner, 1, Silent(), mistakes=False)
        return question_of_release(made[entry], entry.siblings, device, course=entry.course)
    return prepare({entry: environment_of(entry, "mini", device)}, runner, key=None, wanted="inputs")[entry]


def question_of_release(
    released: CheckFile, names: Iterable[str] = (), device: str | None = None, course: Path = Path()
) -> PreparedQuestion:
    """Return a released question, with sealed references.

    Args:
        released: its file of checks.
        names: of the release's questions.
        device: where submissions will be run; None: in a notebook's kernel, with what is installed there.
        course: where the files are that lie beside a submission, if not beside it already.

    Raises:
        NotRunnableError: its framework is not installed.
    """
    entry = CheckFileEntry(course, released.exam, released.name, released, tuple(names))
    kernel = Environment(profile="mini", device="cpu", versions={})
    here = kernel if device is None else environment_of(entry, "mini", device)
    question = with_inputs(entry, here, released.variants, released.inputs)
    sealed = {task: Outcome(evidence=evidence) for task, evidence in released.sealed.items()}
    references = replace(question.references, solution=Attempt(outcomes=sealed))
    return replace(question, references=references, sealed=True)


def judged(question: PreparedQuestion, part: Part, attempt: Attempt) -> Verdict:
    """Return what a self-check says of a part."""
    references = question.references
    if question.entry.question.notebook:  # its cells have what is expected in them
        references = replace(references, solution=attempt)
    references = opened(part, attempt, references)
    return open_answer(grade_part(part, attempt, references, question.environment.device))


def open_answer(verdict: Verdict) -> Verdict:
    """A part that ran is called right only if some check that earns points judged it, and wrong at once."""
    if any(not finding.passed for finding in verdict.findings):
        if verdict.status is Status.MANUAL:
            status = Status.PARTIAL if verdict.points > 0 else Status.FAILED
            return replace(verdict, status=status)
        return verdict
    if verdict.status is Status.MANUAL or (verdict.findings and verdict.points > 0):
        return verdict
    finding = replace(finding_of("run", NOT_SELF_CHECKED, passed=True), label=WHOLE_PART)
    return replace(verdict, status=Status.MANUAL, findings=(*verdict.findings, finding))


def demand_answers(path: Path) -> None:
    """Raise a CatalogError if a student's file is not there, or is neither a module nor a notebook."""
    if not path.exists():
        raise CatalogError(f"{path}: no such file", ko=f"{path}: 그런 파일이 없습니다")
    if path.suffix not in SUFFIXES or not path.is_file():
        raise CatalogError(f"{path}: not a .py or .ipynb file", ko=f"{path}: .py 또는 .ipynb 파일이 아닙니다")


def guess_question(course: Course, path: Path) -> QuestionEntry:
    """Return the question that a file answers, by its name as ``grade`` takes it.

    Raises:
        CatalogError: no question, or more than one, has this name.
    """
    entries = [entry for exam in course.exams() for entry in exam.questions]
    names = {name for entry in entries for name in (entry.name, entry.question.notebook) if name}
    meant = question_meant(path.name, names)
    found = [entry for entry in entries if meant in (entry.name, entry.question.notebook)] if meant else []
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(entry.id for entry in found)
        raise CatalogError(
            f"{path}: several questions have this name ({places}); give --question EXAM/QUESTION",
            ko=f"{path}: 이 이름의 문항이 여럿입니다({places}). --question EXAM/QUESTION을 주세요",
        )
    instead = _instead(path, [entry.name for entry in entries])
    raise CatalogError(
        f"{path}: no question has this name; {instead.en}",
        ko=f"{path}: 이 이름의 문항이 없습니다. {instead.ko}",
    )


def choose_check_file(files: Sequence[Path], path: Path, question: str | None) -> CheckFile:
    """Return the checks of the question that is named, or else of the one that the file's name means.

    A release of a single question needs no name.

    Args:
        files: the files of checks.
        path: the student's file.
        question: ``question`` or ``exam/question``.

    Raises:
        CatalogError: there is no such file of checks.
        CheckFileError: it cannot be read.
    """
    names = {file.stem: file for file in files}
    wanted = question.rpartition("/")[2] if question else question_meant(path.name, names) or path.stem
    if wanted in names:
        return read_check_file(names[wanted])
    if question is None and len(files) == 1:
        return read_check_file(files[0])
    instead = _instead(path, list(names))
    raise CatalogError(
        f"{path}: {wanted} is no question of this release; {instead.en}",
        ko=f"{path}: {wanted}은(는) 이 배포본의 문항이 아닙니다. {instead.ko}",
    )


def _instead(path: Path, names: Sequence[str]) -> Text:
    give = Text(
        ko=f"--question을 주세요. 있는 것: {', '.join(names)}",
        en=f"give --question, one of: {', '.join(names)}",
    )
    if not (close := get_close_matches(path.stem, names, n=1)):
        return give
    meant = f"{close[0]}{path.suffix}"
    return Text(
        ko=f"{meant}을(를) 뜻하셨습니까? 아니면 {give.ko}", en=f"did you mean {meant}? Otherwise {give.en}"
    )


def self_check(path: Path, question: PreparedQuestion, runner: Runner, only: Sequence[str] = ()) -> SelfCheck:
    """Run a file on the published inputs and on inputs for practice, and judge what may be judged openly.

    Args:
        path: a module or a notebook.
        question: the one that the file answers.
        runner: runs the file; nothing is kept of that.
        only: names of parts; empty means all.

    Raises:
        CatalogError: the file is not there or is neither a module nor a notebook, or there is no such part.
        RunError: the question cannot be run here.
    """
    entry, parts = question.entry, question.entry.question.parts
    demand_answers(path)
    names = [part.name for part in parts]
    if unknown := sorted(set(only) - set(names)):
        raise CatalogError(
            f"{entry.id} has no part {', '.join(unknown)}; there are: {', '.join(names)}",
            ko=f"{entry.id}에는 소문항 {', '.join(unknown)}이(가) 없습니다. 있는 것: {', '.join(names)}",
        )
    tasks = [task for task in question.tasks if not only or task.part in only]
    attempt = runner.run(question.job(read(path, entry.siblings), tasks))
    verdicts = [judged(question, part, attempt) for part in parts if not only or part.name in only]
    return SelfCheck(verdicts=verdicts, notes=attempt.notes, attempt=attempt)
