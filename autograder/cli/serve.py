"""The command ``serve`` for instructors who grade essays or watch a run."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.decide import login
from autograder.cli.options import FOLDER, Context, MisuseError, common
from autograder.core.errors import to_install


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port (default: one that is free)."
)
@click.option(
    "--grader",
    "graders",
    metavar="NAME",
    multiple=True,
    default=lambda: [login()],
    help="Who grades; each gets an address of their own (may be repeated; default: your login).",
)
@click.option("--anonymous", is_flag=True, help="Show essays without names; the server never sends them.")
@common
def serve(context: Context, run: Path, port: int, graders: tuple[str, ...], *, anonymous: bool) -> None:
    """Grade RUN in a browser: what waits, every part and student, essays, requests; or watch it being graded.

    A printed address has a secret: everyone on this computer who knows it can see everything, and decides in
    the name of its grader. Decisions are stored as they are made. Ctrl-C ends the server.

    \b
    Examples:
      autograder serve run/
      autograder serve run/ --grader kim --grader lee --port 8000
      ssh -L 8000:127.0.0.1:8000 grader.example     then open the printed address here
    """
    try:
        from autograder.desk.run import serve
    except ModuleNotFoundError as error:
        raise MisuseError(
            to_install("autograder serve", str(error.name), "pip install 'dl-autograder[serve]'")
        ) from None
    from autograder.desk.source import Source
    from autograder.records.run_folder import Run

    def announce(grader: str, address: str) -> None:
        print(f"{grader}: {address}" if len(graders) > 1 else address, flush=True)

    names = list(dict.fromkeys(name.strip() for name in graders))
    if not all(names):
        raise MisuseError("--grader needs a name", ko="--grader에는 이름이 필요합니다")
    source = Source(Run(run), context.given)
    serve(source, port, context.console.language, announce, names, anonymous=anonymous)
    context.console.say(
        "Ended. Every decision that was shown as saved is stored.",
        ko="끝났습니다. 저장되었다고 보인 결정은 모두 저장되어 있습니다.",
    )
