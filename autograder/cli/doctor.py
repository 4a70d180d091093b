"""The command ``doctor`` for instructors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from autograder.cli.options import FELL_SHORT, Context, common, json_option
from autograder.core.text import Text

if TYPE_CHECKING:
    from autograder.sandbox.choose import Survey
    from autograder.sandbox.grounds import Ground

_DEVICE = Text(ko="장치: {device}", en="device: {device}")
_NONE_HOLDS = Text(
    ko="작동하는 격리 환경이 없습니다. --isolation none 없이는 grade가 시작하지 않습니다.",
    en="No sandbox holds here: grade would refuse to start without --isolation none.",
)
_BEST = Text(ko="여기에서 --isolation auto는 {best}입니다.", en="--isolation auto is {best} here.")


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
    from autograder.running.environment import EXTRAS, absence, missing
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
                "grounds": [_english(ground) for ground in grounds()],
                "missing": absent,
            }
        )
        sys.exit(0 if best else FELL_SHORT)
    language, say = context.console.language, context.console.say
    attempts = [(found.name, str(found.conformance.tried), _result(found)[language]) for found in findings]
    rests = [[text[language] for text in (one.of, one.name, _here(one))] for one in grounds()]
    _show(context, "Attempts to get out of the sandbox", ("isolation", "attempts", "result"), attempts)
    _show(context, "What the protections rest on", ("protection", "rests on", "here"), rests)
    for name in absent:
        say(Text("{name}: {why}").format(name=name, why=absence(name)))
    say(_DEVICE.format(device=choose_device("auto")))
    if best is None:
        say(_NONE_HOLDS)
        sys.exit(FELL_SHORT)
    say(_BEST.format(best=best))


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


def _english(ground: Ground) -> dict[str, object]:
    texts = {name: getattr(ground, name).en for name in ("of", "name", "without")}
    return texts | {"there": ground.there}


def _here(ground: Ground) -> Text:
    if ground.there:
        return Text(ko="예", en="yes")
    return Text(ko=f"아니요: {ground.without.ko}", en=f"no: {ground.without.en}")


def _result(found: Survey) -> Text:
    conformance = found.conformance
    if conformance.holds:
        return Text(ko="모두 막음", en="all stopped")
    if why := conformance.failure:
        return Text(ko=f"작동하지 않습니다: {why} {found.advice}", en=f"does not work: {why} {found.advice}")
    names = " ".join(conformance.succeeded)
    return Text(ko=f"막지 못함: {names}", en=f"NOT STOPPED: {names}")
