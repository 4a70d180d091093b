"""The command ``doctor`` for instructors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from autograder.cli.options import FELL_SHORT, Context, common, json_option

if TYPE_CHECKING:
    from autograder.sandbox.choose import Survey


@click.command()
@json_option
@common
def doctor(context: Context, as_json: bool) -> None:
    """Test which isolation works here by trying to break out of it, and name what is missing.

    Exit code 1 if no sandbox holds.

    \b
    Example:
      autograder doctor
    """
    from autograder.running.environment import EXTRAS, missing
    from autograder.sandbox.choose import survey
    from autograder.sandbox.gpus import choose_device
    from autograder.sandbox.grounds import grounds

    findings = survey()
    absent = {name: extra for name, extra in EXTRAS.items() if missing(name)}
    best = next((found.name for found in findings if found.conformance.holds), None)
    if as_json:
        context.console.show_json(
            {
                "auto": best,
                "isolation": [asdict(found) for found in findings],
                "grounds": [asdict(ground) for ground in grounds()],
                "missing": absent,
            }
        )
        sys.exit(0 if best else FELL_SHORT)
    attempts = [(found.name, str(found.conformance.tried), _result(found)) for found in findings]
    rests = [(one.of, one.name, "yes" if one.there else f"no: {one.without}") for one in grounds()]
    _show(context, "Attempts to get out of the sandbox", ("isolation", "attempts", "result"), attempts)
    _show(context, "What the protections rest on", ("protection", "rests on", "here"), rests)
    for name, extra in absent.items():
        context.console.say(f"{name}: not installed; pip install 'dl-autograder[{extra}]'")
    context.console.say(f"device: {choose_device('auto')}")
    if best is None:
        context.console.say("No sandbox holds here: grade would refuse to start without --isolation none.")
        sys.exit(FELL_SHORT)
    context.console.say(f"--isolation auto is {best} here.")


def _show(context: Context, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table

    from autograder.reports.heads import head

    language = context.console.language
    table = Table(title=head(title, language))
    for column in columns:
        table.add_column(head(column, language), overflow="fold")
    for row in rows:
        table.add_row(*row)
    context.console.show(table)


def _result(found: Survey) -> str:
    conformance = found.conformance
    if conformance.holds:
        return "all stopped"
    if conformance.failure:
        return f"does not work: {conformance.failure} {found.advice}"
    return "NOT STOPPED: " + " ".join(conformance.succeeded)
