"""The command ``serve`` for instructors who grade essays or watch a run."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import FOLDER, Context, common


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port (default: one that is free)."
)
@common
def serve(context: Context, run: Path, port: int) -> None:
    """Grade the essays of RUN in a browser, and watch RUN while autograder grade is running.

    The printed address has a secret: everyone on this computer who knows it can see and grade the answers.
    Points are stored as they are entered. Ctrl-C ends the server.

    \b
    Examples:
      autograder serve run/
      autograder serve run/ --port 8000
      ssh -L 8000:127.0.0.1:8000 grader.example     then open the printed address here
    """
    try:
        from autograder.desk.run import serve
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is missing; pip install 'dl-autograder[serve]'") from None
    from autograder.desk.source import Source
    from autograder.records.run_folder import Run

    source = Source(Run(run), context.given)
    serve(source, port, context.console.language, lambda address: print(address, flush=True))
    context.console.say("Ended. Every score that was shown as saved is stored.")
