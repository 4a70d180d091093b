"""The commands ``list``, ``verify``, ``release`` and ``demo`` for authors and CI."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.classes import grade_class
from autograder.cli.options import (
    FELL_SHORT,
    FILE,
    FOLDER,
    UNGRADED,
    Context,
    Running,
    common,
    common_with,
    json_option,
    running_options,
)
from autograder.core.text import Text

if TYPE_CHECKING:
    from autograder.course.catalog import Course
    from autograder.course.question import QuestionEntry
    from autograder.records.results import ClassResults
    from autograder.records.run_folder import Run
    from autograder.workflows.drift import Drift
    from autograder.workflows.lines import Line

_LEFT_OUT = Text(ko="제외: {names} ({why})", en="left out: {names} ({why})")
_CLASS = Text(ko="{exam}: {folder}에 학생 {count}명", en="{exam}: {count} students in {folder}")


@click.command("list")
@click.argument("exam", required=False)
@json_option
@common
def list_command(context: Context, exam: str | None, as_json: bool) -> None:
    """List exams, questions and parts, and whether they can be run here.

    \b
    Example:
      autograder list dl2022_midterm --lang ko
    """
    from autograder.course.data import data_folder
    from autograder.reports.table import CatalogLine, PartPoints, catalog_table
    from autograder.running.environment import missing
    from autograder.worker.datasets import present

    official = data_folder("full", context.course.root, None)
    exams = [context.course.exam(exam)] if exam else list(context.course.exams())
    lines = [
        CatalogLine(
            exam=entry.exam,
            question=entry.name,
            title=entry.question.title,
            framework=entry.question.framework,
            points=entry.question.points,
            parts=[PartPoints(part=part.name, points=part.points) for part in entry.question.parts],
            missing=missing(entry.question.framework),
            datasets={name: present(name, official) for name in entry.question.datasets},
        )
        for found in exams
        for entry in found.questions
    ]
    if as_json:
        context.console.show_json(lines)
    else:
        context.console.show(catalog_table(lines, context.console.language))


@click.command()
@click.argument("exam", required=False)
@running_options("profile", "data", "device", "jobs", "isolation")
@click.option("--solutions", is_flag=True, help="Only solutions, templates and pinned values; no mistakes.")
@click.option("--mutants", is_flag=True, help="Also make small slips in each solution: all must lose points.")
@click.option("--record", type=FILE, help="Write the evidence of all solutions to this file.")
@click.option("--against", type=FILE, help="Show what changed since this file was written by --record.")
@json_option
@common
def verify(
    context: Context,
    exam: str | None,
    solutions: bool,
    mutants: bool,
    running: Running,
    record: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Verify that solutions pass, that templates and trivial answers earn nothing, that mistakes lose theirs.

    The findings behind what does not hold are shown. With --mutants, each slip that a solution's syntax
    allows (zero_grad dropped, mean for sum, a range off by one, ...) must lose points or be declared
    EQUIVALENT. EXAM may be a single question: EXAM/QUESTION. Exit code 1 if something does not hold.

    \b
    Examples:
      autograder verify dl2022_midterm
      autograder verify dl2022_midterm/q2_linear_regression --mutants
      autograder verify dl2022_midterm/q2_linear_regression --profile full --data datasets/
      autograder verify --record before.evidence       (with other library versions:)
      autograder verify --against before.evidence
    """
    from autograder.workflows.drift import compare_records, read_record, record_solutions, write_record
    from autograder.workflows.verify import verify_questions

    entries, key = _runnable(context, entries_of(context.course, exam)), context.course.key()
    before = read_record(against, [entry.id for entry in entries], key) if against else None
    with running.here() as site, context.console.progress() as bar:
        lines = verify_questions(
            entries, key=key, site=site, progress=bar, mistakes=not solutions, mutants=mutants
        )
        if record or against:  # reuses the evidence from verifying
            now = record_solutions(entries, key, site, bar)
    if record:
        write_record(now, record)
    _show_verified(context, lines, compare_records(before, now) if before else None, as_json)
    sys.exit(_exit_code(lines))


def _runnable(context: Context, entries: list[QuestionEntry]) -> list[QuestionEntry]:
    """Return the questions that can be run here, and say why others cannot; if none can, return all."""
    from autograder.running.environment import absence

    why = {entry.id: absence(entry.question.framework) for entry in entries}
    if not (found := [entry for entry in entries if not why[entry.id]]):
        return entries  # running them tells why
    _say_left_out(context, {name: reason for name, reason in why.items() if reason})
    return found


def _say_left_out(context: Context, why: Mapping[str, Text]) -> None:
    """Say which questions cannot be run here, by the reason."""
    language = context.console.language
    for reason in dict.fromkeys(why.values()):
        names = ", ".join(name for name, its in why.items() if its == reason)
        context.console.say(_LEFT_OUT.format(names=names, why=reason[language]))


def _exit_code(lines: Sequence[Line]) -> int:
    if any(line.ungraded for line in lines):
        return UNGRADED
    return 0 if all(line.holds for line in lines) else FELL_SHORT


def entries_of(course: Course, exam: str | None) -> list[QuestionEntry]:
    """Return the question ``exam/question``, the questions of an exam, or all questions."""
    if exam and "/" in exam:
        return [course.question(exam)]
    exams = [course.exam(exam)] if exam else course.exams()
    return [entry for found in exams if found.exam for entry in found.questions]  # reads the headings, too


def _show_verified(context: Context, lines: Sequence[Line], drift: Drift | None, as_json: bool) -> None:
    from autograder.reports.table import drift_table, verify_table
    from autograder.workflows.lines import count, english

    if as_json:
        rows = [english(line) for line in lines]
        context.console.show_json({"lines": rows, "drift": asdict(drift)} if drift else rows)
        return
    language = context.console.language
    context.console.show(verify_table(lines, language))
    if drift is not None:
        context.console.show(drift_table(drift, language))
    context.console.tell(count(lines).text)


@click.command("release")
@click.argument("exam")
@click.option("--output", required=True, type=FOLDER, help="Where the students' files go.")
@running_options("jobs", "isolation")
@common_with("both")
def release_command(context: Context, exam: str, output: Path, running: Running) -> None:
    """Write the student version of EXAM: notebooks, modules, checks and a wheel, without any answer.

    The solutions are run to seal the reference values. Keep autograder_checks/ beside the notebooks; EXAM.zip
    has all of it, for Google Colab. --lang is the language of the notebooks, by default the course's.

    \b
    Examples:
      autograder release dl2022_midterm --output handout/
      autograder release dl2022_midterm --output handout/ --lang ko
    """
    from autograder.course.course_file import languages_of
    from autograder.handout.write import write_release
    from autograder.running.jobs import Runner

    course = context.course
    with running.here() as site, context.console.progress() as bar:
        runner = Runner(executor=site.executor)
        files = write_release(
            course.exam(exam),
            output,
            languages=context.languages or languages_of(course.root),
            key=course.key(),
            runner=runner,
            jobs=site.jobs,
            progress=bar,
            say=context.console.say,
        )
    for path in files:
        print(path)


@click.command("demo")
@click.argument("exams", nargs=-1)
@click.option(
    "--output", type=FOLDER, default=Path("demo"), show_default=True, help="The folder for all files."
)
@running_options("jobs", "isolation")
@common
def demo_command(context: Context, exams: tuple[str, ...], output: Path, running: Running) -> None:
    """Grade a sample class in EXAMS, by default in every exam, and write its pages.

    The class has each kind of outcome: right, empty, wrong in a known way, and code that misbehaves.

    \b
    Example:
      autograder demo dl2022_final
    """
    from autograder.records.run_folder import Run
    from autograder.workflows.demo import sample_exams, write_class
    from autograder.workflows.grade import GradeRequest

    ungraded, pages, told = False, list[Path](), set[Text]()
    with running.here() as site:  # of all exams, so that each framework is imported once
        for exam in sample_exams(context.course, exams):
            _say_left_out(context, exam.left_out)
            if not exam.questions:
                continue
            submissions, run = output / "submissions", Run(output / "runs" / exam.name)
            students = write_class(exam, submissions)
            context.console.say(_CLASS.format(exam=exam.name, count=len(students), folder=submissions))
            request = GradeRequest(
                course=context.course,
                exam=exam,
                submissions=submissions,
                run=run,
                site=site,
                only_students=students,
            )
            results = grade_class(context, request)
            context.console.show_class(results)
            pages.append(_report(context, run, results, told))
            ungraded = ungraded or results.has_ungraded()
    context.console.tell("Open in a browser:", ko="브라우저에서 여세요:")
    print("\n".join(f"  {page}" for page in pages))
    sys.exit(UNGRADED if ungraded else 0)


def _report(context: Context, run: Run, results: ClassResults, told: set[Text]) -> Path:
    """Write spreadsheets and pages, print their paths, and return the dashboard's; warn of nothing twice."""
    from autograder.reports.material import material_of
    from autograder.reports.renderers import RENDERERS

    folder, language = run.folder / "report", context.console.language
    material = material_of(run, context.course.root)
    for warning in material.warnings():
        if warning not in told:
            context.console.say(f"WARNING: {warning.en}", ko=f"경고: {warning.ko}")
        told.add(warning)
    for path in RENDERERS["csv"](results, folder, language, material):
        print(path)
    pages = RENDERERS["html"](results, folder, language, material)
    context.console.tell(
        f"{pages[-1]} ({len(pages) - 1} pages of feedback)", ko=f"{pages[-1]} (피드백 {len(pages) - 1}쪽)"
    )
    return pages[-1]
