"""Lets the command line speak Korean: help, click's own words, wrong usage.

A command is written in English; its Korean stands in ``korean.toml``, by command and option, and that of
click's words by what gettext knows them by. Errors have both languages themselves.
"""

from __future__ import annotations

import copy
import gettext
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unicodedata import east_asian_width

import click

from autograder.cli.options import MisuseError
from autograder.core.particles import with_particles
from autograder.core.text import default_language

if TYPE_CHECKING:
    from autograder.core.text import Language

# Sections: of the command line itself, of options of many commands, of click's own words.
ROOT, EVERY, CLICK = "autograder", "every", "click"
_FILLER = "\0"  # stands after a letter that takes two columns while lines are broken


def language_of(arguments: Sequence[str]) -> Language:
    """Return the language of a command line: that of its last ``--lang ko`` or ``en``, else the locale's."""
    before_end = [*arguments, "--"][: [*arguments, "--"].index("--")]
    given = re.findall(r"(?:^|\n)--lang[=\n](ko|en)(?=\n|$)", "\n".join(before_end))
    return cast("Language", given[-1]) if given else default_language()


def spoken(command: click.Command, language: Language, path: Sequence[str] = ()) -> click.Command:
    """Return a command that speaks a language, with all below it; ``path`` is its name, from the root."""
    if language == "en":
        return command
    made = copy.copy(command)
    made._help_option = None  # click keeps it once asked for, maybe in English
    made.context_class = _KoreanContext
    made.help, made.short_help = korean(path) or command.help, None
    made.params, made.options_metavar = [_spoken_option(param, path) for param in command.params], "[옵션]"
    if isinstance(made, click.Group):
        made.subcommand_metavar = "명령 [인자]..."
        made.commands = {one: spoken(sub, language, (*path, one)) for one, sub in made.commands.items()}
    return made


def _spoken_option(param: click.Parameter, command: Sequence[str]) -> click.Parameter:
    if not isinstance(param, click.Option):
        return param
    made = copy.copy(param)
    made.help = korean(command, max(param.opts, key=len)) or param.help
    return made


def korean(command: Sequence[str], option: str = "help") -> str:
    """Return the Korean help of a command, by its name from the root, or of its option; "" if none."""
    told = korean_texts()
    return told.get(" ".join(command) or ROOT, {}).get(option, told[EVERY].get(option, ""))


@cache
def korean_texts() -> Mapping[str, Mapping[str, str]]:
    """Return what ``korean.toml`` has: by command, the help and that of each option."""
    import tomllib

    return tomllib.loads(Path(__file__).with_name("korean.toml").read_text(encoding="utf-8"))


@contextmanager
def click_in(language: Language) -> Iterator[None]:
    """Let click say its own words in a language.

    Each of its modules looks them up by the functions of gettext, by whatever name it imported them.
    """
    if language == "en":
        yield
        return
    words = korean_texts()[CLICK]

    def one(said: str) -> str:
        return words.get(said, said)

    def many(single: str, plural: str, count: int) -> str:
        return one(single if count == 1 else plural)

    ours: dict[object, object] = {gettext.gettext: one, gettext.ngettext: many}
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "click"]
    found = [
        (module, name, value)
        for module in modules
        for name, value in vars(module).items()
        if value in (gettext.gettext, gettext.ngettext)
    ]
    for module, name, value in found:
        setattr(module, name, ours[value])
    try:
        yield
    finally:
        for module, name, value in found:
            setattr(module, name, value)


def show_error(error: click.ClickException, language: Language) -> None:
    """Print an error of click to standard error, with the usage of the command."""
    if isinstance(error, MisuseError):
        error = click.UsageError(error.text[language], error.ctx)
    told = io.StringIO()
    error.show(told)
    click.echo(with_particles(told.getvalue()) if language == "ko" else told.getvalue(), err=True, nl=False)


class _KoreanFormatter(click.HelpFormatter):
    """Writes help in Korean; a letter of Hangul takes two columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _wide(args), _wide(prefix or "사용법: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(_wide(heading))

    def write_text(self, text: str) -> None:
        super().write_text(_wide(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_wide(name), _wide(text)) for name, text in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().replace(_FILLER, "")


class _KoreanContext(click.Context):
    formatter_class = _KoreanFormatter


def _wide(text: str) -> str:
    return "".join(letter + _FILLER if east_asian_width(letter) in "WF" else letter for letter in text)
