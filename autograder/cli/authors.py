"""The command ``new`` for authors of questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Context, common

if TYPE_CHECKING:
    from autograder.core.exam import Framework


@click.group()
def new() -> None:
    """Start something new in a course."""


@new.command("question")
@click.argument("question_id", metavar="EXAM/QUESTION")
@click.option(
    "--framework",
    type=click.Choice(["python", "torch", "fastai", "tensorflow"]),
    default="torch",
    show_default=True,
    help="What the question is written in; python is numpy alone.",
)
@common
def question_command(context: Context, question_id: str, framework: Framework) -> None:
    """Write a question that passes verify, for you to change.

    \b
    Example:
      autograder new question my_exam/q1_attention --course my_course
    """
    from autograder.course.catalog import Course
    from autograder.course.modules import CatalogError
    from autograder.workflows.scaffold import write_question

    try:
        root = context.given or Course.find().root
    except CatalogError:
        root = Path.cwd()  # becomes a course
    exam, _, name = question_id.partition("/")
    for path in write_question(root, exam, name, framework):
        print(path)
    folder = f" --course {context.given}" if context.given else ""
    context.console.say(f"Try it: autograder verify {question_id}{folder}")
