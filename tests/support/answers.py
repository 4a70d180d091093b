"""Grades source text of submissions to one question, on the public and the hidden inputs."""

from __future__ import annotations

from autograder.course.submission import of_source
from autograder.grading.grade import grade
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from tests.support.courses import KEY


def judge_of(entry, isolation, folder, wanted="solution"):
    """Return a function of a source and names of parts, by default all, to their verdicts by part.

    With ``wanted="mistakes"`` declared mistakes are named.
    """
    runner = Runner(executor=Local(isolation), store=Store(folder))
    environment = environment_of(entry, "mini", "cpu")
    question = prepare({entry: environment}, runner, key=KEY.encode(), wanted=wanted)[entry]

    def judge(source, parts=None):
        tasks = [task for task in question.tasks if parts is None or task.part in parts]
        attempt = runner.run(question.job(of_source(f"{entry.name}.py", source), tasks))
        verdicts = {verdict.part: verdict for verdict in grade(entry.question, attempt, question.references)}
        return {part: verdict for part, verdict in verdicts.items() if parts is None or part in parts}

    return judge
