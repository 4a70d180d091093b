"""The command line; commands import heavy modules only when they run."""

from __future__ import annotations

import sys

import click

from autograder import __version__
from autograder.cli.authors import calibrate_command, new
from autograder.cli.classes import grade_command
from autograder.cli.collect import collect_command
from autograder.cli.courses import demo_command, list_command, release_command, verify
from autograder.cli.data import data
from autograder.cli.decide import decide_command, history_command, requests_command
from autograder.cli.doctor import doctor
from autograder.cli.exits import run_and_exit
from autograder.cli.gradescope import gradescope
from autograder.cli.groups import groups_command
from autograder.cli.importing import import_command
from autograder.cli.language import language_of
from autograder.cli.nbgrader import nbgrader
from autograder.cli.options import group_language
from autograder.cli.report import report
from autograder.cli.rescore import compare_command, rescore_command
from autograder.cli.serve import serve
from autograder.cli.shells import SHELLS, install
from autograder.cli.student import check
from autograder.cli.totals import totals_command


def _install_completion(context: click.Context, option: click.Parameter, shell: str | None) -> None:
    if shell is not None and not context.resilient_parsing:
        language = language_of(sys.argv[1:])
        for told in install(context.command, shell):
            print(told[language])
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--install-completion",
    type=click.Choice(["", *SHELLS]),
    metavar="[SHELL]",
    is_flag=False,
    flag_value="",
    is_eager=True,
    expose_value=False,
    callback=_install_completion,
    help="Let bash, zsh or fish (default: the login shell) complete commands and names.",
)
@group_language
def cli() -> None:
    """Deep-learning exams and homework that grade themselves.

    \b
    Examples:
      autograder demo                                         everything, on a sample class
      autograder check q2_linear_regression.py                a student's own check
      autograder collect download.zip --exam dl2022_midterm --output submissions/
      autograder grade dl2022_midterm submissions/ --output run/
      autograder rescore run/                                 after a change of a tolerance
      autograder serve run/                                   grade essays in a browser
    """


for command in (
    list_command,
    check,
    collect_command,
    grade_command,
    rescore_command,
    compare_command,
    report,
    totals_command,
    groups_command,
    decide_command,
    history_command,
    requests_command,
    serve,
    verify,
    calibrate_command,
    data,
    release_command,
    import_command,
    nbgrader,
    gradescope,
    demo_command,
    doctor,
    new,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit with its code."""
    run_and_exit(cli)
