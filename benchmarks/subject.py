"""The subject of the benchmarks: the linear-regression question, and a class that answers it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.core.variants import assigned
from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.running.environment import environment_of
from autograder.running.jobs import CACHE_VARIABLE, Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion
from autograder.sandbox.job import Job

ROOT = Path(__file__).resolve().parents[1]
EXAM, QUESTION = "dl2022_midterm", "q2_linear_regression"
QUESTION_ID = f"{EXAM}/{QUESTION}"
FULL_MARKS = 40.0  # with the points of the essay


def answer() -> str:
    """Return the solution, which is written as a student would write it."""
    return Course(ROOT).question(QUESTION_ID).solution_source


def prepared(entry: QuestionEntry, runner: Runner) -> PreparedQuestion:
    """Return a question with its inputs."""
    environments = {entry: environment_of(entry, "mini", "cpu")}
    return prepare(environments, runner, key=Course(entry.course).key(), wanted="inputs")[entry]


def job_for(about: PreparedQuestion, source: str, student: str) -> Job:
    """Return the job that observes a source on public data and on the hidden variants of a student."""
    entry = about.entry
    question, key = entry.question, Course(entry.course).key()
    hidden = {part.name: assigned(question, part, key, entry.id, student) for part in question.parts}
    job = about.source_job(source, about.tasks_for(hidden)).job
    assert job is not None
    return job


def job_of(entry: QuestionEntry, source: str, runner: Runner) -> Job:
    """Return the job that observes a source on public data and on the hidden variants of one student."""
    return job_for(prepared(entry, runner), source, "student")


def write_copies(folder: Path, copies: int) -> Path:
    """Write ``copies`` answers that differ by a comment, in the layout of ``autograder grade``."""
    source = answer()
    for number in range(copies):
        path = folder / f"student{number:04}" / f"{QUESTION}.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{source}\n# {number}\n", encoding="utf-8")
    return folder


def make_references(cache: Path) -> Path:
    """Run the solution and the mistakes, and store their attempts in this cache alone."""
    command = [sys.executable, "-m", "autograder", "verify", QUESTION_ID, "--quiet", "--course", str(ROOT)]
    environ = {**os.environ, CACHE_VARIABLE: str(cache)}
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)
    return cache


def grade_command(submissions: Path, run: Path, references: Path, cores: int, isolation: str) -> list[str]:
    """Return the command that grades a class into ``run``, with a cache that has only the references."""
    cache = shutil.copytree(references, run.parent / f"{run.name}-cache")
    command = [sys.executable, "-m", "autograder", "grade", EXAM, str(submissions), "--question", QUESTION]
    command += ["--output", str(run), "--cache", str(cache), "--jobs", str(cores), "--quiet"]
    return [*command, "--isolation", isolation, "--course", str(ROOT)]
