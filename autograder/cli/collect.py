"""The command ``collect`` for instructors, and the roster that several commands read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.decide import store_requests
from autograder.cli.options import (
    ABSENT,
    FOLDER,
    STRANGERS,
    Context,
    common,
    json_option,
    roster_option,
    some,
)
from autograder.core.text import Text, join

if TYPE_CHECKING:
    from autograder.integrations.lms.collect import Collected

_SYSTEMS = ("auto", "canvas", "moodle", "blackboard", "brightspace", "ilias", "gradescope", "files")
_STATUSES = {  # of files, each with its Korean
    "beside": "함께 제출한 파일",
    "kept": "채점하지 않는 이전 제출물",
    "request": "재검토 요청",
    "unknown": "알 수 없는 파일",
    "refused": "거절한 파일",
    "unpacked": "푼 압축 파일",
    "left out": "뺀 파일",
}
_UNTIMED = Text(
    ko="늦었지만 시각을 알 수 없어 감점하지 않음(명단에 제출일시 열을 두면 됩니다)",
    en="late by a time that the names do not say, so no penalty; a column 제출일시 or submitted at in the "
    "roster says it",
)


@click.command("collect")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--exam", required=True, help="The exam that was handed in.")
@click.option("--output", required=True, type=FOLDER, help="The folder of submissions, for autograder grade.")
@roster_option
@click.option(
    "--from", "system", type=click.Choice(_SYSTEMS), default="auto", show_default=True, help="The LMS."
)
@click.option("--run", type=FOLDER, help="Store requests to look again in this run.")
@json_option
@common
def collect_command(
    context: Context,
    sources: tuple[Path, ...],
    exam: str,
    output: Path,
    roster: Path | None,
    system: str,
    run: Path | None,
    *,
    as_json: bool,
) -> None:
    """Sort what an LMS downloaded, zips or folders, into a folder for autograder grade.

    Every file is kept and has a row in collected.csv: whose it is, where it went, or why not. Of several
    attempts the last on time counts. Call it again with a new download: what is new is added.

    \b
    Example:
      autograder collect submissions.zip --exam dl2022_midterm --output submissions/ --roster roster.csv
    """
    from autograder.course.policy import policy_of
    from autograder.course.roster import roster_of
    from autograder.integrations.lms.collect import CollectRequest, collect

    course = context.course
    policy = policy_of(course.root, course.exam_names)
    request = CollectRequest(
        exam=course.exam(exam),
        folder=output,
        roster=roster_of(roster, course.root, policy.zone),
        policy=policy,
        system=system,
        language=context.console.language,
    )
    done = collect(request, sources)
    if as_json:
        context.console.show_json(done)
    else:
        _show(context, done, output)
    _store_requests(context, run, output, exam)


def _store_requests(context: Context, run: Path | None, folder: Path, exam: str) -> None:
    from autograder.integrations.lms.collect import requests_in

    if run is not None:
        store_requests(context, run, requests_in(folder, exam))


def _show(context: Context, done: Collected, folder: Path) -> None:
    counts = Counter(row.status for row in done.rows)
    answers = {row.student for row in done.rows if row.status == "taken"}
    context.console.tell(
        f"{done.new} new files; {len(answers)} students with {counts['taken']} answers in {folder}",
        ko=f"새 파일 {done.new}개, {folder}에 학생 {len(answers)}명의 답안 {counts['taken']}개",
    )
    for status, korean in _STATUSES.items():
        if counts[status]:
            context.console.tell(f"  {counts[status]} {status}", ko=f"  {korean} {counts[status]}개")
    for row in done.rows:
        if row.status in ("unknown", "refused"):
            context.console.say(
                f"{row.status}: {row.source}: {row.path}: {row.why}",
                ko=f"{_STATUSES[row.status]}: {row.source}: {row.path}: {row.why}",
            )
        elif row.status in ("taken", "beside") and row.why:
            context.console.say(f"{row.to}: {row.why}")
    several = Counter((row.student, row.question) for row in done.rows if row.status == "kept")
    if several:
        who = some(id for id, _ in several)
        context.console.say(
            f"several attempts: {who.en}; see collected.csv",
            ko=f"여러 번 제출: {who.ko}. collected.csv를 보세요",
        )
    for text, names in ((_UNTIMED, done.untimed), (STRANGERS, done.strangers), (ABSENT, done.absent)):
        if names:
            context.console.say(join([text, some(names)], ": "))
    print(folder / "collected.csv")
