"""The command ``grade`` for instructors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    ABSENT,
    FOLDER,
    STRANGERS,
    UNGRADED,
    Context,
    MisuseError,
    Running,
    common,
    json_option,
    roster_option,
    running_options,
    some,
    wide_option,
)
from autograder.core.errors import to_install
from autograder.core.text import join
from autograder.records.files import no_results

if TYPE_CHECKING:
    from autograder.course.catalog import ExamEntry
    from autograder.records.results import ClassResults
    from autograder.records.run_folder import Run
    from autograder.reports.standing import Standing
    from autograder.running.executor import Site
    from autograder.workflows.grade import GradeRequest


@click.command("grade")
@click.argument("exam")
@click.argument("submissions", type=FOLDER)
@click.option(
    "--output", required=True, type=FOLDER, help="The folder of the run; an interrupted run goes on."
)
@click.option("--question", "questions", multiple=True, help="Only this question (may be repeated).")
@click.option("--student", "names", multiple=True, help="Only this student (may be repeated).")
@running_options("profile", "data", "device", "jobs", "isolation")
@click.option(
    "--cache", type=FOLDER, help="A folder that runs and machines share (default: $AUTOGRADER_CACHE)."
)
@roster_option
@click.option("--scheduler", metavar="ADDRESS", help="Grade on the workers of this Dask scheduler.")
@wide_option
@json_option
@common
def grade_command(
    context: Context,
    exam: str,
    submissions: Path,
    output: Path,
    questions: tuple[str, ...],
    names: tuple[str, ...],
    running: Running,
    cache: Path | None,
    roster: Path | None,
    scheduler: str | None,
    *,
    wide: bool,
    as_json: bool,
) -> None:
    """Grade a class: SUBMISSIONS/<student>/<EXAM>/<question>.py or .ipynb, or without the folder EXAM.

    Who is in the roster and handed in nothing is graded, too. Results are stored at once; after an
    interruption the same command goes on. Exit code 3 if something is ungraded.

    \b
    Example:
      autograder grade dl2022_midterm submissions/ --output run/ --jobs 4
      autograder grade dl2022_midterm submissions/ --output run/ --scheduler tcp://10.0.0.1:8786
    """
    from autograder.records.run_folder import Run
    from autograder.reports.standing import standing_of
    from autograder.running.jobs import cache_folder
    from autograder.workflows.grade import GradeRequest

    found, run = context.course.exam(exam), Run(output)
    with _site(context, found, running, scheduler) as site:
        request = GradeRequest(
            course=context.course,
            exam=found,
            submissions=submissions,
            run=run,
            site=site,
            cache=cache or cache_folder(),
            roster=standing_of(found, {}, roster).roster,
            roster_file=roster,
            only_questions=[context.course.question(f"{exam}/{name}").name for name in questions],
            only_students=names,
        )
        results = grade_class(context, request)
    show_results(context, run, results, wide=wide, as_json=as_json)


def grade_class(context: Context, request: GradeRequest) -> ClassResults:
    """Grade a class, showing how far it is; say where what is done lies if it is interrupted."""
    from autograder.course.submission import loose_files
    from autograder.workflows.grade import run_class

    if loose := ", ".join(loose_files(request.submissions)):
        context.console.say(
            f"in no student's folder, so not graded: {loose}", ko=f"학생의 폴더에 없어 채점하지 않음: {loose}"
        )
    try:
        with context.console.progress() as bar:
            return run_class(request, bar)
    except KeyboardInterrupt:
        folder = request.run.folder
        context.console.say(
            f"Interrupted. What is done is kept in {folder}; the same command goes on.",
            ko=f"중단되었습니다. 지금까지의 결과는 {folder}에 남아 있습니다. 같은 명령으로 이어서 할 수 "
            "있습니다.",
        )
        raise


@contextmanager
def _site(context: Context, exam: ExamEntry, running: Running, scheduler: str | None) -> Iterator[Site]:
    """Yield this machine or, with a scheduler, its cluster."""
    if running.isolation == "none":
        context.console.say(
            "WARNING: student code runs without a sandbox (--isolation none).",
            ko="경고: 학생의 코드를 격리하지 않고 실행합니다(--isolation none).",
        )
    if scheduler is None:
        with running.here() as here:
            yield here
        return
    if find_spec("distributed") is None:
        raise MisuseError(to_install("--scheduler", "Dask", "pip install 'dl-autograder[dask]'"))
    from autograder.running.cluster import IN_FLIGHT, connected, device_of
    from autograder.running.cluster_worker import terms

    device, gpu = device_of(scheduler, running.device)
    wanted = terms(running.isolation, {entry.question.framework for entry in exam.questions}, gpu)
    with (
        replace(running, device="cpu").here() as here,
        connected(scheduler, wanted, here.executor, context.console.say) as cluster,
    ):
        yield replace(here, executor=cluster, device=device, gpu=gpu, jobs=max(here.jobs, IN_FLIGHT))


def show_results(context: Context, run: Run, results: ClassResults, *, wide: bool, as_json: bool) -> None:
    """Print results with what people decided, and exit with 3 if something is ungraded."""
    from autograder.records.results import write_json
    from autograder.reports.material import material_of
    from autograder.workflows.decided import decided

    results = decided(run, results, context.given)
    standing = material_of(run, context.given).standing
    if as_json:
        write_json(sys.stdout.buffer, results)
    else:
        context.console.show_class(results, standing, wide=wide)
    say_who(context, results, standing)
    end_with_ungraded(context, results)


def say_who(context: Context, results: ClassResults, standing: Standing) -> None:
    """Say who handed in nothing, and who is not in the roster."""
    strangers = standing.strangers(one.student for one in results.students())
    names = [f"{one.name} (= {', '.join(one.meant)}?)" if one.meant else one.name for one in strangers]
    for text, who in ((ABSENT, results.header.absent), (STRANGERS, names)):
        if who:
            context.console.say(join([text, some(who)], ": "))


def end_with_ungraded(context: Context, results: ClassResults) -> None:
    """Exit with 3 if something is ungraded."""
    if results.has_ungraded():
        context.console.say(
            "Something is ungraded through no fault of a student; run the same autograder grade again.",
            ko="학생의 잘못이 아닌 까닭으로 채점이 보류된 것이 있습니다. 같은 autograder grade를 다시 "
            "실행하세요.",
        )
        sys.exit(UNGRADED)


def results_so_far(context: Context, run: Run) -> ClassResults:
    """Return the results of a run, of an interrupted one those of what was graded."""
    if (live := run.live()) is not None:
        context.console.say(
            f"The run was interrupted or goes on: {live.done} of {live.total} submissions are graded; "
            "the same autograder grade command finishes it.",
            ko=f"채점이 중단되었거나 아직 진행 중입니다. 제출물 {live.total}개 중 {live.done}개를 "
            "채점했습니다. "
            "같은 autograder grade 명령으로 마칠 수 있습니다.",
        )
        return live.results
    if (results := run.results()) is None:
        raise no_results(run.folder)
    return results
