"""What shells complete, by click's own classes and in a real bash; and how a shell is told to."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from autograder.cli.completion import FORMATS, completing
from autograder.cli.main import cli
from autograder.cli.report import NBGRADER
from autograder.cli.shells import PROGRAM, VARIABLE, install
from autograder.core.errors import UserError
from autograder.reports.renderers import RENDERERS
from tests.support.courses import TOY

MAIN = "import sys; sys.argv[0] = 'autograder'; from autograder.cli.main import main; main()"


@pytest.fixture
def here(monkeypatch):
    monkeypatch.chdir(TOY)


def completed(line: str) -> list[str]:
    """What is offered for the last word of a line, by click's own way."""
    *words, last = line.split(" ")
    return [
        item.value
        for item in ShellComplete(completing(cli), {}, PROGRAM, VARIABLE).get_completions(words, last)
    ]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("li", ["list"]),
        ("grade t", ["toy"]),
        ("list ", ["toy"]),
        ("verify toy/", ["toy/q1_numbers"]),
        ("new mistake toy/q1", ["toy/q1_numbers"]),
        ("grade toy folder --question q", ["q1_numbers"]),
        ("check q1_numbers.py --question ", ["toy/q1_numbers"]),
        ("report run --format g", ["gradescope"]),
        ("report run --format table,html,c", ["table,html,csv"]),
        ("totals run --format x", ["xlsx"]),
        ("collect download.zip --exam ", ["toy"]),
        ("grade --profile m", ["mini"]),
        ("--lang ", ["ko", "en"]),
        ("list nothing-begins-so", []),
    ],
)
def test_names_are_completed(line, names):
    assert completed(line) == names


@pytest.mark.usefixtures("here")
def test_parts_are_those_of_the_question_whose_name_the_file_has():
    parts = completed("check q1_numbers.py --part ")
    assert parts == ["cumulative", "mean", "reason"]
    assert completed("check q9_nothing.py --part ") == []
    assert completed("check --question toy/q1_numbers any.py --part ") == parts


def test_the_course_may_be_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert completed(f"list --course {TOY} ") == ["toy"]


def test_students_are_the_folders_of_submissions(tmp_path):
    for name in ("kim", "lee", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "notes.txt").touch()
    assert completed(f"grade toy {tmp_path} --student ") == ["kim", "lee"]
    assert completed(f"grade toy {tmp_path} --student k") == ["kim"]


def test_students_and_parts_of_a_run_are_those_it_records(tmp_path):
    manifest = {"exam": "toy", "course": str(TOY), "submissions": {"kim": {}, "lee": {}}}
    (tmp_path / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert completed(f"decide {tmp_path} --student ") == ["kim", "lee"]
    assert completed(f"groups {tmp_path} --part ") == completed(f"check q1_numbers.py --course {TOY} --part ")


def test_parts_of_a_release_are_in_its_notebook(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cells = [{"metadata": {"autograder": {"part": part}}} for part in (None, "first", "second")]
    (tmp_path / "q1_x.ipynb").write_text(json.dumps({"cells": [*cells, {"metadata": {}}]}), encoding="utf-8")
    assert completed("check q1_x.py --part ") == ["first", "second"]


@pytest.mark.parametrize("line", ["list ", "verify x/", "check q.py --part ", "groups nowhere --part "])
def test_without_a_course_nothing_is_said(tmp_path, monkeypatch, capsys, line):
    monkeypatch.chdir(tmp_path)
    assert completed(line) == []
    assert capsys.readouterr() == ("", "")


def test_a_damaged_run_says_nothing(tmp_path):
    (tmp_path / "run.json").write_text("[1, 2", encoding="utf-8")
    assert completed(f"history {tmp_path} --student ") == []
    (tmp_path / "run.json").write_text("[1, 2]", encoding="utf-8")
    assert completed(f"history {tmp_path} --student ") == []


def test_formats_are_those_that_there_are():
    assert set(FORMATS["report"]) == {"table", *RENDERERS, NBGRADER}
    taking = {
        name for name, one in cli.commands.items() if any("--format" in param.opts for param in one.params)
    }
    assert taking == FORMATS.keys()


# -- shells -----------------------------------------------------------------------------------------------------


def ask(**variables: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {VARIABLE: "bash_complete", **variables}
    return subprocess.run(
        [sys.executable, "-c", MAIN], cwd=TOY, env=env, capture_output=True, text=True, check=True
    )


def test_completing_takes_less_than_0_15_s_of_cpu_and_no_numpy():
    used = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert ask(COMP_WORDS="autograder grade to", COMP_CWORD="2").stdout == "plain,toy\n"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(used) < 0.15
    code = (
        "import sys; sys.exitfunc = None\ntry:\n exec(sys.argv[1])\nfinally:\n print('numpy' in sys.modules)"
    )
    env = os.environ | {VARIABLE: "bash_complete", "COMP_WORDS": "autograder grade to", "COMP_CWORD": "2"}
    result = subprocess.run(
        [sys.executable, "-c", code, MAIN], cwd=TOY, env=env, capture_output=True, text=True
    )
    assert result.stdout.splitlines() == ["plain,toy", "False"]


@pytest.mark.parametrize("shell", [BashComplete, ZshComplete, FishComplete])
def test_each_shell_gets_a_script(shell):
    if shutil.which("bash") is None and shell is BashComplete:
        pytest.skip("bash is not installed")
    assert f"{VARIABLE}={shell.name}_complete" in shell(cli, {}, PROGRAM, VARIABLE).source()


def test_a_real_bash_completes_after_installing(tmp_path):
    """The line that is written works in a bash that is interactive and has nothing else."""
    program = tmp_path / "bin" / PROGRAM
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{MAIN}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = os.environ | {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": "",
        "PATH": f"{program.parent}:{os.environ['PATH']}",
    }

    def run(*command: object) -> str:
        result = subprocess.run(
            [*map(str, command)], cwd=TOY, env=env, capture_output=True, text=True, check=True, timeout=60
        )
        return result.stdout

    assert str(tmp_path / ".bashrc") in run(program, "--install-completion", "bash", "--lang", "en")
    asked = (
        "COMP_WORDS=(autograder verify toy/); COMP_CWORD=2; "
        "eval $(complete -p autograder | sed 's/.*-F \\([^ ]*\\) .*/\\1/') autograder; "
        "printf '%s\\n' ${COMPREPLY[@]}"
    )
    assert run("bash", "--rcfile", tmp_path / ".bashrc", "-ic", asked).splitlines()[-1] == "toy/q1_numbers"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("shell", "start", "script"),
    [
        ("bash", ".bashrc", ".local/share/autograder/complete.bash"),
        ("zsh", ".zshrc", ".local/share/autograder/complete.zsh"),
        ("fish", None, ".config/fish/completions/autograder.fish"),
    ],
)
def test_installing_writes_once_and_keeps_what_was_there(home, shell, start, script):
    if start:
        (home / start).write_text("alias ll='ls -l'", encoding="utf-8")
    first = [told.en for told in install(cli, shell)]
    files = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert home / script in files
    again = [told.en for told in install(cli, shell)]
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == files
    assert all("Written to" in line for line in first[:-1])
    assert all("has it already" in line for line in again[:-1])
    if start:
        kept, line = (home / start).read_text(encoding="utf-8").splitlines()
        assert kept == "alias ll='ls -l'"
        assert str(home / script) in line


def test_installing_takes_the_login_shell_and_refuses_an_unknown_one(home, monkeypatch):
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    list(install(cli, ""))
    assert (home / ".config/fish/completions/autograder.fish").is_file()
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    with pytest.raises(UserError, match="which shell"):
        list(install(cli, ""))


def test_what_cannot_be_written_is_one_line(home):
    (home / ".bashrc").mkdir()
    with pytest.raises(UserError, match=r"\.bashrc: Is a directory"):
        list(install(cli, "bash"))
