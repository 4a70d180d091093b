"""The command ``groups``: equal wrong answers, seen together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.decide import login, say_decided
from autograder.cli.options import FOLDER, Context, MisuseError, common, json_option

if TYPE_CHECKING:
    from autograder.course.catalog import ExamEntry
    from autograder.records.run_folder import Run


@click.command("groups")
@click.argument("run", type=FOLDER)
@click.option(
    "--part", "parts", multiple=True, metavar="[QUESTION/]PART", help="Only this part (may be repeated)."
)
@click.option(
    "--group", "wanted", metavar="ID", help="Only this group, in full (or the beginning of its id)."
)
@click.option("--name", "named", metavar="ID", help="Make a mistake of the course of this group.")
@click.option("--as", "slug", metavar="NAME", help="What the mistake is called, an identifier.")
@click.option("--ko", default="", help="What went wrong, in Korean, for students.")
@click.option("--en", default="", help="What went wrong, in English, for students.")
@click.option("--split", metavar="ID", help="Make a group of its own of some members, each a --student.")
@click.option("--student", "students", multiple=True, metavar="NAME", help="A member to split off.")
@click.option("--reason", default="", help="Why it is split; it is kept in the history.")
@click.option("--grader", metavar="NAME", default=login, help="Who decides (default: your login).")
@json_option
@common
def groups_command(
    context: Context,
    run: Path,
    parts: tuple[str, ...],
    wanted: str | None,
    named: str | None,
    split: str | None,
    *,
    as_json: bool,
    **more: Any,
) -> None:
    """Show which students of RUN got the same wrong: named mistakes, then what is unexplained, then essays.

    Together are those whose code computed the same on the published data and failed the same checks.

    \b
    Examples:
      autograder groups run/
      autograder groups run/ --part adam_first_update --json
      autograder groups run/ --group 863b43
      autograder groups run/ --split 863b43 --student kim --student lee
      autograder groups run/ --name 863b43 --as from_one --ko "1에서 시작합니다." --en "It begins at 1."
    """
    from autograder.records.run_folder import Run
    from autograder.workflows.groups import exam_of

    exam = exam_of(Run(run), context.given)
    if named is not None:
        _name(context, Run(run), exam, named, more["slug"], more["ko"], more["en"])
    elif split is not None:
        _split(context, Run(run), exam, split, more["students"], grader=more["grader"], why=more["reason"])
    else:
        _show(context, Run(run), exam, parts, wanted, as_json=as_json)


def _show(
    context: Context, run: Run, exam: ExamEntry, parts: Sequence[str], wanted: str | None, *, as_json: bool
) -> None:
    from autograder.reports.groups import Shown, group_lines, groups_table, name_of
    from autograder.reports.material import material_of
    from autograder.reports.part import plain
    from autograder.workflows.decided import splits_of
    from autograder.workflows.groups import find_groups, group_of, in_parts

    held, language = run.decisions.held(), context.console.language
    groups = in_parts(find_groups(run, exam, splits_of(held), held.groups), exam, parts)
    if wanted is not None:
        groups = [group_of(groups, wanted)]
    results = run.results()
    assert results is not None  # groups are found in them
    shown = Shown.of(groups, results, material_of(run, exam.course))
    rows = [shown.row(group, name_of(group, held.names)) for group in groups]
    if as_json:
        context.console.show_json(rows)
    elif wanted is not None:
        for line in group_lines(rows[0], shown.alike(groups[0]), language):
            print(plain(line))
    else:
        context.console.show(groups_table(rows, language))


def _split(
    context: Context, run: Run, exam: ExamEntry, id: str, students: Sequence[str], *, grader: str, why: str
) -> None:
    from autograder.records.decision_log import OutdatedError
    from autograder.workflows.decided import split_off

    if not students:
        raise MisuseError(
            "--split needs --student, once for each member to split off",
            ko="--split에는 떼어 낼 학생마다 --student가 필요합니다",
        )
    try:
        made = split_off(run, exam, id, students, who=grader, why=why, source="command")
    except OutdatedError:
        raise MisuseError(
            "somebody else decided about this just now; look at the groups again",
            ko="방금 다른 사람이 이것을 결정했습니다. 묶음을 다시 보세요",
        ) from None
    print(made.group)
    say_decided(context, run.folder, made.number)


def _name(context: Context, run: Run, exam: ExamEntry, id: str, slug: str | None, ko: str, en: str) -> None:
    from autograder.core.text import Text
    from autograder.course.course_file import languages_of
    from autograder.workflows.decided import splits_of
    from autograder.workflows.groups import find_groups, group_of
    from autograder.workflows.naming import name_group

    lacking = [one for one in languages_of(exam.course) if not {"ko": ko, "en": en}[one].strip()]
    if slug is None or lacking:
        options = [*([] if slug else ["--as"]), *(f"--{one}" for one in lacking)]
        raise MisuseError(
            f"--name needs {', '.join(options)}, too", ko=f"--name에는 {', '.join(options)}도 필요합니다"
        )
    held = run.decisions.held()
    groups = find_groups(run, exam, splits_of(held), held.groups)
    group = group_of(groups, id)
    found = name_group(run, exam, group, groups, slug, Text(ko=ko, en=en))
    print(found.path)
    say = context.console.say
    if found.mended:
        mended, verb = ", ".join(sorted(found.mended)), "모범 답안을 넣었습니다"
        say(
            f"In {mended} the solution stands, for that went wrong otherwise.",
            ko=f"{mended}에는 {verb}. 다른 까닭으로 틀린 곳입니다.",
        )
    loses, verify = ", ".join(sorted(found.loses)), f"autograder verify {found.question}"
    say(f"It loses {loses}.", ko=f"점수를 잃는 소문항: {loses}.")
    say(f"See whether it holds: {verify}", ko=f"맞는지 확인하려면: {verify}")
    count, rescore = len(group.students), f"autograder rescore {run.folder}"
    say(f"Tell the {count} who made it: {rescore}", ko=f"이렇게 틀린 {count}명에게 알려 주려면: {rescore}")
