"""Runs the command line; an error becomes one line and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TYPE_CHECKING

import click

from autograder.cli.language import click_in, language_of, show_error, spoken
from autograder.cli.options import INTERRUPTED, WRONG_USAGE
from autograder.cli.shells import VARIABLE
from autograder.core.errors import UserError

if TYPE_CHECKING:
    from autograder.core.text import Language


def run_and_exit(cli: click.Command) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # prints what the encoding lacks as escapes
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C
    language = language_of(sys.argv[1:])
    with click_in(language):
        sys.exit(_code(cli, language))


def _code(cli: click.Command, language: Language) -> int:
    try:
        code = _asked_for(spoken(cli, language)).main(standalone_mode=False)
    except click.ClickException as error:
        show_error(error, language)
        return WRONG_USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except UserError as error:
        print(f"autograder: {error.text[language]}", file=sys.stderr)
        return WRONG_USAGE
    return code if isinstance(code, int) else 0


def _asked_for(cli: click.Command) -> click.Command:
    """Return the command line; if a shell asks how a line goes on, with the names that it may complete."""
    if VARIABLE not in os.environ:
        return cli
    from autograder.cli.completion import completing

    return completing(cli)
