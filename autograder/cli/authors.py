"""The commands ``new`` for authors of questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Context, common

if TYPE_CHECKING:
    from autograder.core.framework import Framework
    from autograder.core.text import Language
    from autograder.workflows.scaffold import Kind


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
@click.option(
    "--kind",
    type=click.Choice(["code", "true-false", "essay"]),
    default="code",
    show_default=True,
    help="What students hand in: code, or answers without any.",
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(["ko", "en"]),
    multiple=True,
    default=("ko", "en"),
    show_default=True,
    help="A language of the course, if it is new; may be given twice.",
)
@common
def question_command(
    context: Context, question_id: str, framework: Framework, kind: Kind, languages: tuple[Language, ...]
) -> None:
    """Write a question that passes verify, for you to change.

    \b
    Examples:
      autograder new question my_exam/q1_attention --course my_course
      autograder new question my_exam/q2_softmax --kind true-false --language en
    """
    from autograder.course.catalog import Course
    from autograder.course.modules import CatalogError
    from autograder.workflows.scaffold import write_question

    try:
        root = context.given or Course.find().root
    except CatalogError:
        root = Path.cwd()  # becomes a course
    exam, _, name = question_id.partition("/")
    for path in write_question(root, exam, name, framework, kind, languages):
        print(path)
    folder = f" --course {context.given}" if context.given else ""
    context.console.say(f"Try it: autograder verify {question_id}{folder}")


@new.command("mistake")
@click.argument("question_id", metavar="EXAM/QUESTION")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("name")
@common
def mistake_command(context: Context, question_id: str, number: int, name: str) -> None:
    """Write mutant NUMBER, as verify --mutants lists it, as the mistake NAME.

    \b
    Example:
      autograder new mistake dl2022_midterm/q2_linear_regression 7 gradient_not_copied
    """
    from autograder.course.promotion import mutant_numbered, promote
    from autograder.workflows.mutants import parts_calling

    entry = context.course.question(question_id)
    mutant = mutant_numbered(entry, number)
    print(promote(entry, mutant, name, parts_calling(entry, mutant.inside)))
    context.console.say(
        f"{mutant.before} → {mutant.after}\n"
        "Write its explanation, and leave of its parts those that shall lose points; then let a check see it."
    )
