"""The commands ``data list``, ``data fetch`` and ``data check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import (
    FELL_SHORT,
    FOLDER,
    Context,
    MisuseError,
    common,
    group_language,
    json_option,
)
from autograder.core.errors import not_known
from autograder.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.course.data import DatasetEntry

names_argument = click.argument("names", nargs=-1)
data_option = click.option("--data", type=FOLDER, help="The folder of the official datasets.")


@click.group()
@group_language
def data() -> None:
    """List, fetch and check datasets.

    The embedded ones in data/mini are part of the course. The official ones are for --profile full; their
    folder is --data, $AUTOGRADER_DATA, or the user's data folder.
    """


def _chosen(context: Context, names: Sequence[str]) -> dict[str, DatasetEntry]:
    from autograder.course.data import datasets_of

    known = datasets_of(context.course.root)
    if unknown := sorted(set(names) - set(known)):
        raise MisuseError(not_known(Text(ko="데이터셋", en="dataset"), unknown[0], known))
    return {name: known[name] for name in names or known}


def _state(context: Context, name: str, folder: Path) -> str:
    """Return ``official``, ``own:...`` or ``missing``."""
    from autograder.course.data import fingerprint
    from autograder.worker.datasets import DatasetError

    try:
        return fingerprint(name, "full", context.course.root, folder)
    except DatasetError:
        return "missing"


@data.command("list")
@names_argument
@data_option
@json_option
@common
def list_datasets(context: Context, names: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    """List the datasets: title, licence, and whether the official one is present.

    \b
    Example:
      autograder data list
    """
    from autograder.course.data import data_folder
    from autograder.reports.table import DatasetLine, data_table

    folder = data_folder("full", context.course.root, data)
    lines = [
        DatasetLine(
            dataset=name,
            title=dataset.title,
            licence=dataset.licence,
            mini=dataset.mini,
            urls=dataset.urls,
            full=_state(context, name, folder),
            folder=str(folder),
        )
        for name, dataset in _chosen(context, names).items()
    ]
    if as_json:
        context.console.show_json(lines)
    else:
        context.console.show(data_table(lines, context.console.language))


@data.command()
@names_argument
@data_option
@common
def fetch(context: Context, names: tuple[str, ...], data: Path | None) -> None:
    """Download the official datasets NAMES (default: all); interrupted downloads are resumed.

    \b
    Example:
      autograder data fetch mnist --data datasets/
    """
    from autograder.course import fetch as fetching
    from autograder.course.data import data_folder

    folder = data_folder("full", context.course.root, data)
    chosen = _chosen(context, names)
    with context.console.progress() as bar:
        for name, dataset in chosen.items():
            fetched = fetching.fetch(name, dataset, folder, bar)
            context.console.say(
                f"{name}: {len(fetched)} files fetched into {folder}",
                ko=f"{name}: 파일 {len(fetched)}개를 {folder}에 받았습니다",
            )
    _report(context, list(chosen), folder)


@data.command("check")
@names_argument
@data_option
@common
def check_datasets(context: Context, names: tuple[str, ...], data: Path | None) -> None:
    """Compare the datasets with their official checksums. Exit code 1 if one is missing or not official.

    \b
    Example:
      autograder data check --data datasets/
    """
    from autograder.course.data import data_folder

    folder = data_folder("full", context.course.root, data)
    _report(context, list(_chosen(context, names)), folder)


def _report(context: Context, names: Sequence[str], folder: Path) -> None:
    from autograder.course.data import OFFICIAL, fingerprint

    for name in _chosen(context, names):
        fingerprint(name, "mini", context.course.root, context.course.root / "data" / "mini")
    states = {name: _state(context, name, folder) for name in names}
    for name, state in states.items():
        print(f"{name}: {state}")
    sys.exit(0 if all(state == OFFICIAL for state in states.values()) else FELL_SHORT)
