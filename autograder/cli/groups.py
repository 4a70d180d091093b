"""The command ``groups``: equal wrong answers, seen together."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import FOLDER, Context, common, json_option


@click.command("groups")
@click.argument("run", type=FOLDER)
@click.option(
    "--part", "parts", multiple=True, metavar="[QUESTION/]PART", help="Only this part (may be repeated)."
)
@click.option(
    "--group", "wanted", metavar="ID", help="Only this group, in full (or the beginning of its id)."
)
@json_option
@common
def groups_command(
    context: Context, run: Path, parts: tuple[str, ...], wanted: str | None, *, as_json: bool
) -> None:
    """Show which students of RUN got the same wrong: named mistakes, then what is unexplained, then essays.

    Together are those whose code computed the same on the published data and failed the same checks.

    \b
    Examples:
      autograder groups run/
      autograder groups run/ --part adam_first_update --json
      autograder groups run/ --group 863b43
    """
    from autograder.records.run_folder import Run
    from autograder.reports.groups import Shown, group_lines, groups_table
    from autograder.reports.material import material_of
    from autograder.reports.part import plain
    from autograder.workflows.groups import exam_of, find_groups, group_of

    exam, language = exam_of(Run(run), context.given), context.console.language
    groups = find_groups(Run(run), exam, parts)
    if wanted is not None:
        groups = [group_of(groups, wanted)]
    results = Run(run).results()
    assert results is not None  # groups are found in them
    shown = Shown.of(groups, results, material_of(Run(run), exam.course))
    rows = [shown.row(group) for group in groups]
    if as_json:
        context.console.show_json(rows)
    elif wanted is not None:
        for line in group_lines(rows[0], shown.alike(groups[0]), language):
            print(plain(line))
    else:
        context.console.show(groups_table(rows, language))
