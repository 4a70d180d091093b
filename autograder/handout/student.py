"""The command line of the students' package: ``check``, and nothing else."""

from __future__ import annotations

import click

from autograder import __version__
from autograder.cli.exits import run
from autograder.cli.student import check


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Check your own deep-learning exam before you hand it in.

    \b
    Example:
      autograder check q1_numbers.ipynb
    """


cli.add_command(check)


def main() -> None:
    """Run the command line and exit with its code."""
    run(cli)
