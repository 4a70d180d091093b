"""Lets the command line speak Korean: help, click's own words, errors.

A command is written in English; its Korean stands in ``korean.toml``, by command and option. Click's words
and errors are in :mod:`autograder.cli.sentences`, each a :class:`Text` whose fields are read back from the
English.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unicodedata import east_asian_width

import click

from autograder.core.text import Text, default_language

if TYPE_CHECKING:
    from autograder.core.text import Language

ROOT, EVERY = "autograder", "every"  # sections: of the command line itself, of options of many commands
_FILLER = "\0"  # stands after a letter that takes two columns while lines are broken
_FIELD = re.compile(r"\{(\w+)(?:![rs])?\}")
_WITHIN = "message"  # the field that is a sentence itself


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
    made.context_class = _KoreanContext
    made.help, made.short_help = korean(path) or command.help, None
    made.params = [_spoken_option(param, path) for param in command.params]
    if isinstance(made, click.Group):
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


def in_language(sentence: str, language: Language) -> str:
    """Return an English sentence of click or the engine in a language, as it is if it is not known."""
    if language == "en":
        return sentence
    for pattern, template in _sentences():
        if found := pattern.fullmatch(sentence):
            fields: dict[str, object] = found.groupdict()
            if _WITHIN in fields:
                fields[_WITHIN] = in_language(str(fields[_WITHIN]), language)
            return template.format(**fields)[language]
    return sentence


def show_error(error: click.ClickException, language: Language) -> None:
    """Print an error of click to standard error, with the usage of the command."""
    if language == "en":
        return error.show()
    told = io.StringIO()
    error.show(told)
    for line in told.getvalue().splitlines():
        click.echo(in_language(line, language), err=True)
    return None


@cache
def _sentences() -> list[tuple[re.Pattern[str], Text]]:
    """Return the sentences that are known, each with the pattern of its English.

    First those that begin most clearly, then those with the most words of their own.
    """
    from autograder.cli.sentences import SENTENCES

    def told_apart(text: Text) -> tuple[int, int]:
        return len(_FIELD.split(text.en)[0]), len(_FIELD.sub("", text.en))

    ordered = sorted(SENTENCES, key=told_apart, reverse=True)
    return [(_pattern(text.en), text) for text in ordered]


def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern that reads the fields of a template back from a sentence."""
    literals = _FIELD.split(template)  # literal, name of a field, literal, ...
    known: set[str] = set()
    made = ""
    for index, piece in enumerate(literals):
        if index % 2 == 0:
            made += re.escape(piece)
        else:
            made += f"(?P={piece})" if piece in known else f"(?P<{piece}>.+?)"
            known.add(piece)
    return re.compile(made, re.DOTALL)


class _KoreanFormatter(click.HelpFormatter):
    """Writes help in Korean; a letter of Hangul takes two columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _wide(_usage(args)), _wide(prefix or "사용법: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(_wide(in_language(heading, "ko")))

    def write_text(self, text: str) -> None:
        super().write_text(_wide(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        told = [(_wide(name), _wide(_definition(text))) for name, text in rows]
        super().write_dl(told, col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().replace(_FILLER, "")


class _KoreanContext(click.Context):
    formatter_class = _KoreanFormatter


def _wide(text: str) -> str:
    return "".join(letter + _FILLER if east_asian_width(letter) in "WF" else letter for letter in text)


def _usage(pieces: str) -> str:
    for english, korean in (("[OPTIONS]", "[옵션]"), ("COMMAND [ARGS]...", "명령 [인자]...")):
        pieces = pieces.replace(english, korean)
    return pieces


def _definition(text: str) -> str:
    """Return what is said of an option: click's own sentence, or our help with click's remarks behind it."""
    help, bracket, remarks = text.rpartition("  [")
    if not (bracket and remarks.endswith("]")):
        return in_language(text, "ko")
    told = [in_language(remark, "ko") for remark in remarks.removesuffix("]").split("; ")]
    return f"{in_language(help, 'ko')}  [{'; '.join(told)}]"
