"""The options and exit codes of the commands, and their context: console and course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.console import Console
from autograder.core.errors import not_known
from autograder.core.text import Text, default_language, said

if TYPE_CHECKING:
    from autograder.core.framework import Profile
    from autograder.core.text import Language
    from autograder.course.catalog import Course
    from autograder.running.executor import Site


class MisuseError(click.UsageError):
    """Wrong usage of a command, told below how it is used.

    Attributes:
        text: what is wrong, in both languages.
    """

    def __init__(self, told: Text | str, *, ko: str = "") -> None:
        self.text = said(told, ko)
        super().__init__(self.text.en)


# Exit codes of every command.
FELL_SHORT, WRONG_USAGE, UNGRADED, INTERRUPTED = 1, 2, 3, 130

_NAMED = 20  # students of a remark
STRANGERS = Text(ko="명단에 없음", en="not in the roster")
ABSENT = Text(ko="제출하지 않음", en="nothing from")

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
_COMMON = (
    click.option("--course", type=FOLDER, help="The folder that holds exams/ (default: here or above)."),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no remarks."),
    click.option("-v", "--verbose", is_flag=True, help="Name every step."),
)


def _speak(context: click.Context, option: click.Parameter, lang: str | None) -> None:
    if lang:
        context.obj = lang  # for a command below that has no --lang of its own


group_language = click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    expose_value=False,
    callback=_speak,
    help="Language (default: the locale's).",
)
_LANGUAGES: Mapping[str, Sequence[Language]] = {"ko": ("ko",), "en": ("en",), "both": ("ko", "en")}


class Context:
    """The console, the languages asked for, if any, and the course, which is found when first needed."""

    def __init__(self, course: Path | None, lang: str | None, *, quiet: bool, verbose: bool) -> None:
        self.given = course
        self.languages = _LANGUAGES.get(lang or "", ())
        verbosity = -1 if quiet else int(verbose)
        language = self.languages[0] if len(self.languages) == 1 else default_language()
        self.console = Console(language=language, verbosity=verbosity)

    @property
    def course(self) -> Course:
        """The course at --course, else at the current folder or above it."""
        from autograder.course.catalog import Course

        return Course.find(self.given)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the common options to a command, which gets a Context as its first argument."""
    return common_with()(command)


def common_with(*languages: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the common options, where ``--lang`` may also be one of these."""
    choice = click.Choice(["ko", "en", *languages])
    language = click.option("--lang", type=choice, help="Language (default: the locale's).")

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, course: Any, lang: Any, quiet: bool, verbose: bool, **options: Any) -> Any:
            spoken = lang or click.get_current_context().find_object(str)
            return command(Context(course, spoken, quiet=quiet, verbose=verbose), *args, **options)

        result = update_wrapper(wrapped, command)
        for option in (*reversed(_COMMON), language):
            result = option(result)
        return result

    return decorate


def formats_of(given: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the formats of an option that may be repeated and have commas.

    Raises:
        UsageError: one is unknown.
    """
    wanted = list(dict.fromkeys(name.strip() for one in given for name in one.split(",")))
    if unknown := [name for name in wanted if name not in known]:
        raise MisuseError(not_known(Text(ko="형식", en="format"), unknown[0], known))
    return wanted


def _cores() -> int:
    from autograder.sandbox.processes import cores

    return cores()


def some(names: Iterable[str]) -> Text:
    """Return the first names of several, and how many more there are."""
    found = list(dict.fromkeys(names))
    first, more = ", ".join(found[:_NAMED]), len(found) - _NAMED
    return Text(ko=f"{first} 외 {more}명", en=f"{first} and {more} more") if more > 0 else Text(first)


_RUNNING = {
    "profile": click.option(
        "--profile",
        type=click.Choice(["mini", "full"]),
        default="mini",
        show_default=True,
        help="The embedded datasets, or the official ones.",
    ),
    "data": click.option(
        "--data", type=FOLDER, help="The official datasets, for --profile full (default: $AUTOGRADER_DATA)."
    ),
    "device": click.option("--device", default="auto", help="auto, cpu, cuda or cuda:I."),
    "jobs": click.option(
        "--jobs", type=click.IntRange(min=1), default=_cores, help="Workers (default: cores)."
    ),
    "isolation": click.option(
        "--isolation",
        type=click.Choice(["auto", "warm", "bubblewrap", "none"]),
        default="auto",
        show_default=True,
        help="How student code is confined: in a warm or a cold bubblewrap; none only by name.",
    ),
}
wide_option = click.option(
    "--wide", is_flag=True, help="A column for each part, however narrow the terminal is."
)
roster_option = click.option(
    "--roster", type=FILE, help="Who is in the class: roster.csv or an LMS's export (default: the course's)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON to standard output.")


@dataclass(frozen=True, kw_only=True)
class Running:
    """The values of the options for running submissions."""

    profile: Profile = "mini"
    data: Path | None = None
    device: str = "cpu"
    jobs: int = 1
    isolation: str = "auto"

    @contextmanager
    def here(self) -> Iterator[Site]:
        """Yield this machine as a site.

        Raises:
            UserError: the device is absent, or the isolation does not work.
        """
        from autograder.running.executor import Local, Site
        from autograder.sandbox.choose import confining
        from autograder.sandbox.gpus import choose_device

        with confining(self.isolation) as isolation:
            yield Site(
                executor=Local(isolation),
                profile=self.profile,
                device=choose_device(self.device),
                data=self.data,
                jobs=self.jobs,
            )


def running_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add options to a command, which gets them as a :class:`Running` in its argument ``running``."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            running = Running(**{name: options.pop(name) for name in names})
            return command(*args, running=running, **options)

        result = update_wrapper(wrapped, command)
        for name in reversed(names):
            result = _RUNNING[name](result)
        return result

    return decorate
