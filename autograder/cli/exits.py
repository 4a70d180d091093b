"""Runs the command line; an error becomes one line and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys

import click

from autograder.cli.language import in_language, language_of, show_error, spoken
from autograder.cli.options import INTERRUPTED, WRONG_USAGE
from autograder.cli.shells import VARIABLE
from autograder.core.errors import UserError


def run_and_exit(cli: click.Command) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # prints what the encoding lacks as escapes
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C
    language = language_of(sys.argv[1:])
    try:
        code = _asked_for(spoken(cli, language)).main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        show_error(error, language)
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except UserError as error:
        print(f"autograder: {in_language(str(error), language)}", file=sys.stderr)
        sys.exit(WRONG_USAGE)


def _asked_for(cli: click.Command) -> click.Command:
    """Return the command line; if a shell asks how a line goes on, with the names that it may complete."""
    if VARIABLE not in os.environ:
        return cli
    from autograder.cli.completion import completing

    return completing(cli)
