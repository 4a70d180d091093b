"""Help, errors and heads of tables in Korean, wherever --lang stands and where the locale is Korean."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from autograder.cli.language import CLICK, EVERY, ROOT, click_in, korean, korean_texts, language_of, spoken
from autograder.cli.main import cli
from autograder.core.errors import UserError, hint, not_known, reason
from autograder.core.text import Text
from tests.support.courses import REPOSITORY
from tests.support.engine import TREES

HANGUL = re.compile("[가-힣]")
KOREAN, ENGLISH = "ko_KR.UTF-8", "en_US.UTF-8"


def autograder(*arguments: str, locale: str = ENGLISH):
    """Run the command line where the locale is this one; --lang stands where the test puts it."""
    command = [sys.executable, "-m", "autograder", *arguments]
    env = os.environ | {"LC_ALL": locale, "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)


def commands(command: click.Command = cli, path: tuple[str, ...] = ()):
    """Yield every command with its name, from the root."""
    yield " ".join(path), command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


ALL = dict(commands())


# -- both languages of all ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_has_both_languages(name):
    """Who adds a command writes its Korean in autograder/cli/korean.toml."""
    assert ALL[name].help
    assert HANGUL.search(korean(name.split()))
    options = [param for param in ALL[name].params if isinstance(param, click.Option)]
    own = [option for option in options if option.name not in ("version", "help")]
    assert [option.name for option in own if not option.help] == []
    assert [option.name for option in own if not korean(name.split(), max(option.opts, key=len))] == []


def test_help_in_korean_after_help_in_english():
    """Both in one process, as in a notebook: click keeps the words of --help with the command."""
    with click.Context(cli) as context:
        assert "Show this message" in cli.get_help(context)
    with click_in("ko"), click.Context(spoken(cli, "ko")) as context:
        assert "Show this message" not in context.command.get_help(context)


def test_no_korean_is_left_over_of_what_is_gone():
    texts = dict(korean_texts())
    del texts[CLICK]
    known = {name: {one for param in command.params for one in param.opts} for name, command in ALL.items()}
    assert set(texts.pop(EVERY)) <= set().union(*known.values())
    assert {name or ROOT for name in ALL} == texts.keys()
    for name, options in known.items():
        assert texts[name or ROOT].keys() - {"help"} <= options, name


@pytest.mark.parametrize("name", ALL)
def test_korean_help_names_the_same_commands_and_files(name):
    """Every word that is typed (options, files, names in capitals) stands in both languages."""
    typed = re.compile(r"--[a-z][a-z-]+|\b[A-Z_]{3,}\b|\b[\w/.]+\.(?:py|json|zip|ipynb)\b", re.ASCII)
    assert set(typed.findall(korean(name.split()))) == set(typed.findall(ALL[name].help or ""))


@pytest.mark.parametrize("name", ALL)
def test_korean_help_has_no_english_sentence_and_fits_80_columns(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    command = spoken(cli, "ko")
    for part in name.split():
        command = command.commands[part]
    called = f"autograder {name}".strip()
    with click_in("ko"), command.make_context(called, [], resilient_parsing=True) as context:
        shown = command.get_help(context)
    before_options, options = shown.split("옵션:")
    prose = before_options.partition("  예:")[0]
    assert "\0" not in shown
    assert all(sum(2 if HANGUL.match(one) else 1 for one in line) <= 80 for line in prose.splitlines())
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", prose.partition("]")[2])
    assert "Show" not in options
    assert "default" not in options


# -- where --lang stands ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    ["--lang ko grade --help", "grade --help --lang ko", "grade --lang=ko --help", "--help --lang ko"],
)
def test_help_in_korean_wherever_lang_stands(arguments):
    result = autograder(*arguments.split())
    assert result.returncode == 0
    assert "사용법: " in result.stdout
    assert "이 도움말을 보여 주고 끝냅니다." in result.stdout


def test_the_locale_decides_where_nothing_is_said():
    assert "사용법: " in autograder("data", "--help", locale=KOREAN).stdout
    assert "Usage: " in autograder("data", "--help").stdout
    assert "Usage: " in autograder("--lang", "en", "data", "--help", locale=KOREAN).stdout


def test_a_language_before_the_command_is_that_of_its_tables():
    before, after = (
        autograder("--lang", "ko", "list"),
        autograder("list", "--lang", "ko"),
    )
    assert before.stdout == after.stdout
    assert "프레임워크" in before.stdout


def test_lang_behind_two_dashes_is_a_file(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert language_of(["check", "--", "--lang", "ko"]) == "en"
    assert language_of(["check", "--lang", "en", "--lang", "ko"]) == "ko"
    assert language_of(["release", "--lang", "both"]) == "en"


# -- errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("grade --hlep", "오류: 옵션 '--hlep'은 없습니다."),
        ("chek", "오류: 명령 'chek'"),
        ("grade", "오류: 빠진 인자: 'EXAM'."),
        ("grade exam folder", "오류: 빠진 옵션: '--output'"),
        ("grade exam folder --output", "오류: 옵션 '--output'에는 값이 필요합니다."),
        ("verify --jobs 0", "오류: '--jobs'의 값이 잘못되었습니다: 0은 범위 x>=1에 있지 않습니다."),
        ("verify --profile large", "다음 중 하나가 아닙니다: 'mini', 'full'."),
        ("doctor extra", "오류: 남는 인자가 있습니다(extra)."),
        ("list nope", "autograder: 시험 'nope'"),
        ("check nofile.py", "nofile.py: 그런 파일이 없습니다"),
        ("report nowhere --format odf", "오류: 형식 'odf'는 없습니다. 있는 것: "),
        ("report nowhere", "results.json이 없습니다. 먼저 autograder grade ..."),
    ],
)
def test_errors_in_korean(arguments, error):
    result = autograder(*arguments.split(), locale=KOREAN)
    assert result.returncode == 2
    assert error in result.stderr
    assert not re.search(r"Error|No such|Usage|Try ", result.stderr)


def raised() -> Iterator[tuple[str, dict[str, str]]]:
    """Every sentence that code raises in both languages: where, and its pieces that are filled in."""
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and [word.arg for word in node.keywords] == ["ko"] and node.args:
                told = {"en": node.args[0], "ko": node.keywords[0].value}
                yield f"{name}:{node.lineno}", {key: ast.unparse(value) for key, value in told.items()}


RAISED = dict(raised())


def test_errors_in_both_languages_name_the_same_options_and_files():
    typed = re.compile(r"--[a-z][a-z-]+|\b[\w/]+\.(?:py|json|toml|ipynb)\b|\bautograder [a-z]+", re.ASCII)
    assert len(RAISED) > 150
    apart = {
        where: told
        for where, told in RAISED.items()
        if len({frozenset(typed.findall(one)) for one in told.values()}) > 1
    }
    assert apart == {}


def test_korean_errors_are_korean():
    worded = {where for where, told in RAISED.items() if re.search(r" [a-z]{3,} ", told["en"])}
    assert [where for where in worded if not HANGUL.search(RAISED[where]["ko"])] == []


def test_an_error_has_particles_by_the_last_sound_and_stays_one_line():
    error = UserError("no file is named x", ko="파일 x이(가) 없습니다. y을(를) 주세요")
    assert (str(error), error.text["ko"]) == ("no file is named x", "파일 x가 없습니다. y를 주세요")
    assert UserError("only English").text["ko"] == "only English"


def test_hints_and_reasons_of_the_system_have_both_languages():
    assert hint("abd", ["abc", "xyz"])["ko"] == "'abc'을(를) 뜻하셨습니까?"
    assert hint("q", [])["en"] == "there are: none"
    told = UserError(not_known(Text(ko="시험", en="exam"), "mid", ["final"])).text
    assert told["ko"] == "시험 'mid'는 없습니다. 있는 것: final"
    assert told["en"] == "no exam is named 'mid'; there are: final"
    with pytest.raises(FileNotFoundError) as caught:
        Path("/nowhere/at/all").read_bytes()
    assert reason(caught.value) == Text(en="No such file or directory", ko="그런 파일이나 폴더가 없습니다")
    assert reason(ValueError("odd")) == Text(en="odd", ko="odd")


def test_click_speaks_korean_only_while_it_is_asked_to():
    def said() -> str:
        return click.UsageError("x").format_message() + click.NoSuchOption("--y").format_message()

    before = said()
    with click_in("ko"):
        assert "옵션 '--y'" in said()
    assert said() == before
