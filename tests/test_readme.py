"""The commands of the README do what it says, as it says them."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.support.courses import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a class of one and with a student's file."""
    folder = tmp_path_factory.mktemp("readme")
    solution = (REPOSITORY / "solutions/dl2022_midterm/q2_linear_regression/solution.py").read_text(
        encoding="utf-8"
    )
    for path in (folder / "SUBMISSIONS/kim/dl2022_midterm/x", folder / "x"):
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "q2_linear_regression.py").write_text(solution, encoding="utf-8")
    return folder


def test_the_two_commands_stand_at_the_top():
    assert COMMANDS[:2] == ["make demo", "make test"]
    targets = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{command.split()[1]}:" in targets for command in COMMANDS if command.startswith("make"))


TRIED = dict.fromkeys(command for command in COMMANDS if command.startswith("autograder"))
# Grading makes the references of a whole exam: with those of make verify it costs little.
SLOW = [pytest.param(one, marks=pytest.mark.verify if "RUN" in one else []) for one in TRIED]


@pytest.mark.parametrize("command", SLOW)
def test_a_command_of_the_readme_works(autograder, folder, command):
    arguments = [word for word in shlex.split(command)[1:] if word not in ("--lang", "ko")]
    result = autograder(*arguments, "--course", REPOSITORY, cwd=folder)
    assert result.returncode == 0, result.stderr + result.stdout


def test_ci_runs_the_readmes_test_command():
    assert "\nmake test\n" in (REPOSITORY / ".ci/run").read_text(encoding="utf-8")


def test_links_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []
