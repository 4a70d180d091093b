"""The command line: the commands in one group, and exit codes; heavy imports wait until they are needed."""

from __future__ import annotations

import io
import signal
import sys

import click

from autograder import __version__
from autograder.commands.authors import new
from autograder.commands.classes import grade_command, report, rescore_command
from autograder.commands.courses import demo_command, list_command, release_command, verify
from autograder.commands.data import data
from autograder.commands.doctor import doctor
from autograder.commands.options import INTERRUPTED, WRONG_USAGE
from autograder.commands.student import check
from autograder.errors import UserError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Deep-learning exams and homework that grade themselves.

    \b
    Examples:
      autograder demo                                         everything, on a sample class
      autograder check q2_linear_regression.py                a student's own check
      autograder grade dl2022_midterm submissions/ --output run/
      autograder rescore run/                                 after a change of a tolerance
    """


for command in (
    list_command,
    check,
    grade_command,
    rescore_command,
    report,
    verify,
    data,
    release_command,
    demo_command,
    doctor,
    new,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name or message that cannot be printed ends nothing
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C, with the state kept
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except UserError as error:
        print(f"autograder: {error}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
