"""The documentation: every page is reached, every page of commands is made of the commands, sources are given."""

from __future__ import annotations

import re

import click
import pytest
import yaml

from autograder.cli.main import cli
from tests.support.courses import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
TEXT = {page: (DOCS / page).read_text(encoding="utf-8") for page in PAGES}
USERS = ["students.md", "instructors.md", "authors.md", "administrators.md", "index.ko.md"]


def in_nav(item) -> list[str]:
    if isinstance(item, str):
        return [item]
    return [page for below in (item.values() if isinstance(item, dict) else item) for page in in_nav(below)]


def test_every_page_is_in_the_navigation_once():
    nav = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert sorted(in_nav(nav)) == PAGES


def test_the_page_of_commands_is_made_of_the_commands():
    text = TEXT["commands.md"]
    assert "::: mkdocs-click" in text
    assert ":module: autograder.cli.main" in text
    assert ":command: cli" in text


@pytest.mark.parametrize("page", USERS)
def test_what_a_users_page_names_exists(page):
    """Commands and options in backticks and blocks, as somebody would type them."""
    named = re.findall(r"autograder ((?:--lang ko )?[a-z]+(?: [a-z]+)?)((?:[^`\n]|\\\n)*)", TEXT[page])
    assert named
    for words, rest in named:
        command: click.Command = cli
        for word in words.replace("--lang ko ", "").split():
            if isinstance(command, click.Group):
                assert word in command.commands, words
                command = command.commands[word]
        known = {option for param in command.params for option in param.opts} | {"--help", "--lang"}
        assert set(re.findall(r"(?<!\w)--[a-z][a-z-]*", rest)) <= known, (words, rest)


def test_the_comparison_has_a_source_for_every_system_it_names():
    text = TEXT["compare.md"]
    table, sources = text.split("## Sources")
    given = {int(number) for number in re.findall(r"^(\d+)\. \[.*\]\(https://", sources, re.MULTILINE)}
    assert {int(number) for number in re.findall(r"\[(\d+)\]", table)} == given
    for row in [line for line in table.splitlines() if line.startswith("| ")][1:]:
        name, _, *others = [cell.strip() for cell in row.strip("|").split("|")]
        assert all(re.search(r"\[\d+\]", cell) or cell == "not found" for cell in others), (name, row)
