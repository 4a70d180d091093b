"""Preparation of questions: variants, the inputs of each, and the references to judge by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from msgspec import to_builtins

from autograder.core.errors import UserError
from autograder.core.evidence import Evidence
from autograder.core.exam import Limit, Profile, Question
from autograder.core.outcome import PUBLIC, Attempt, Task, faulty
from autograder.core.progress import Progress, Silent
from autograder.core.variants import Variant, pool, practice_variant, public_variant
from autograder.course.catalog import QuestionEntry
from autograder.course.submission import Submission, of_source
from autograder.grading.grade import References
from autograder.grading.mistakes import KnownMistake
from autograder.records.manifest import ReferenceKeys
from autograder.running.environment import FRAMEWORK_PACKAGES, Environment, json_hash
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.sandbox.job import SETUP, Job
from autograder.worker.messages import GivenCall, ProbeCall

Wanted = Literal["inputs", "solution", "mistakes"]  # what to prepare; each includes those before it
Variants = Mapping[Task, Variant]
_GIVEN = "given"  # the part's name in tasks that make inputs


class InputsError(UserError):
    """The inputs of a question could not be made: its ``given`` is wrong, or the engine failed."""


def variants_of(entry: QuestionEntry, key: bytes | None) -> dict[Task, Variant]:
    """Return the variants of every part.

    Args:
        entry: the question.
        key: the course key, for the public and the hidden variants; None for the public one and one for
            practice, which students may have.
    """
    question, found = entry.question, {}
    for part in question.parts:
        practice = [practice_variant(question, part, entry.id)]
        others = practice if key is None else pool(question, part, key, entry.id)
        for variant in (public_variant(question, part), *others):
            found[Task(part.name, variant.name)] = variant
    return found


def as_submission(entry: QuestionEntry, source: str) -> Submission:
    """Return source text as if a student had handed it in as a module."""
    return of_source(f"{entry.name}.py", source)


@dataclass(frozen=True, kw_only=True)
class PreparedQuestion:
    """A question that is ready for running and judging submissions.

    Attributes:
        entry: the question.
        environment: the environment in which everything runs.
        variants: the variant of each task.
        inputs: what ``given`` returned, by variant's name, withheld arrays included.
        references: the inputs by task and, if they were prepared, the attempts of the solution and the
            mistakes.
    """

    entry: QuestionEntry
    environment: Environment
    variants: Variants
    inputs: Mapping[str, Evidence]
    references: References

    @cached_property
    def digest(self) -> str:
        """The hash of everything besides the submission that affects evidence."""
        return question_digest(self.entry, self.environment, self.variants)

    @cached_property
    def open_inputs(self) -> dict[str, Evidence]:
        """The inputs without the withheld arrays, which never enter a sandbox."""
        withheld = self.entry.question.withheld
        return {
            variant: Evidence(
                arrays={name: array for name, array in inputs.arrays.items() if name not in withheld}
            )
            for variant, inputs in self.inputs.items()
        }

    @property
    def tasks(self) -> list[Task]:
        """The tasks of all variants of all parts."""
        return list(self.variants)

    def tasks_for(self, assigned: Mapping[str, str]) -> list[Task]:
        """Return the tasks of each part's public variant and of its ``assigned`` hidden variant."""
        return [task for task in self.variants if task.variant in (PUBLIC, assigned[task.part])]

    def job(self, submission: Submission, tasks: Sequence[Task]) -> KeyedJob:
        """Return the job, with its key, that runs a submission on these tasks."""
        names = [str(task) for task in tasks]
        if submission.fault is not None:
            fault = submission.fault
            key = json_hash([fault.kind.value, fault.message.to_json(), names])
            return KeyedJob(key=key, attempt=faulty(tasks, fault, notes=submission.notes))
        notes = [note.to_json() for note in submission.notes]
        question = self.entry.question
        job = Job(
            code=self.entry.probe_source,
            code_name=f"<{self.entry.id}>",
            framework=question.framework,
            submission=submission,
            tasks=tasks,
            calls={task: self._call(task) for task in tasks},
            inputs=self.open_inputs,
            limits=_limits(question, self.environment.profile),
            device=self.environment.device,
            preload=question.preload,
            question=self.digest,
        )
        return KeyedJob(key=json_hash([self.digest, names, submission.digest, notes]), job=job)

    def _call(self, task: Task) -> ProbeCall:
        probe = self.entry.question.part(task.part).probe
        return ProbeCall(function=probe.__name__, settings=dict(self.variants[task].settings))

    def source_job(self, source: str, tasks: Sequence[Task]) -> KeyedJob:
        """Return the job that runs a source text as a submitted module."""
        return self.job(as_submission(self.entry, source), tasks)

    def solution_job(self) -> KeyedJob:
        """Return the job that runs the solution on every task."""
        return replace(self.source_job(self.entry.solution_source, self.tasks), ours=True)

    def reference_keys(self) -> ReferenceKeys:
        """Return the keys of the inputs and of the solution's attempt, which reports show."""
        given = given_job(self.entry, self.environment, self.variants)
        return ReferenceKeys(given=given.key, solution=self.solution_job().key)


def _limits(question: Question, profile: Profile) -> dict[str, Limit]:
    found = {part.name: part.limit for part in question.parts} | {SETUP: question.setup}
    return {name: limit.on(profile) for name, limit in found.items()}


def question_digest(entry: QuestionEntry, environment: Environment, variants: Variants) -> str:
    """Return the hash of everything besides the submission that affects evidence; checks are not hashed."""
    question = entry.question
    parts = {str(task): [v.seed, dict(v.settings)] for task, v in variants.items()}
    limits = _limits(question, environment.profile)
    functions = {part.name: part.probe.__name__ for part in question.parts}
    code = [entry.given_source, entry.probe_source, functions, sorted(question.withheld)]
    code += [list(question.preload)] if question.preload else []
    return json_hash([entry.id, to_builtins(environment.record()), parts, to_builtins(limits), code])


def given_job(entry: QuestionEntry, environment: Environment, variants: Variants) -> KeyedJob:
    """Return the job that makes the inputs of all variants of a question."""
    seeds = {variant.name: variant.seed for variant in variants.values()}
    tasks = [Task(_GIVEN, name) for name in seeds]
    question, profile = entry.question, environment.profile
    # Most inputs need numpy alone: then the worker does not import a framework.
    needed = not entry.given_packages.isdisjoint(FRAMEWORK_PACKAGES)
    digest = question_digest(entry, environment, variants)
    job = Job(
        code=entry.given_source,
        code_name=f"<{entry.id}>",
        framework=question.framework if needed else "python",
        submission=Submission(),
        tasks=tasks,
        calls={
            task: GivenCall(function=question.given.__name__, seed=seeds[task.variant], profile=profile)
            for task in tasks
        },
        inputs={},
        limits={_GIVEN: question.setup, SETUP: question.setup},
        given=True,
        preload=question.preload if needed else (),
        datasets=question.datasets,
        data=environment.data,
        question=digest,
    )
    return KeyedJob(key=json_hash([digest, _GIVEN]), job=job, ours=True)


def with_inputs(
    entry: QuestionEntry, environment: Environment, variants: Variants, inputs: Mapping[str, Evidence]
) -> PreparedQuestion:
    """Return a question whose references hold only these inputs, given by variant's name."""
    by_task = {
        task: Evidence(arrays=inputs[variant.name].arrays, facts=variant.settings)
        for task, variant in variants.items()
    }
    return PreparedQuestion(
        entry=entry,
        environment=environment,
        variants=variants,
        inputs=inputs,
        references=References(inputs=by_task),
    )


def _inputs(entry: QuestionEntry, given: Attempt) -> dict[str, Evidence]:
    inputs = {}
    for task, outcome in given.outcomes.items():
        if outcome.evidence is None:
            why = outcome.failure or (outcome.fault and outcome.fault.message.en)
            raise InputsError(f"{entry.id}: the inputs {task.variant} could not be made: {why}")
        inputs[task.variant] = outcome.evidence
    return inputs


def reference_jobs(question: PreparedQuestion, *, mistakes: bool = True) -> dict[Label, KeyedJob]:
    """Return the jobs of the solution and of each mistake, by the labels of :func:`_label`."""
    entry = question.entry
    # If the public variant trains for long, only the solution is run on it.
    hidden_only = entry.question.long_training and question.environment.profile == "full"
    tasks = [task for task in question.tasks if not hidden_only or task.variant != PUBLIC]
    wrong = {
        _label(entry, mistake.name): question.source_job(entry.mistake_source(mistake), tasks)
        for mistake in (entry.mistakes if mistakes else ())
    }
    return {_label(entry): question.solution_job(), **wrong}


def _label(entry: QuestionEntry, mistake: str = "") -> Label:
    return (entry.id, "mistake", mistake) if mistake else (entry.id, "solution")


def with_references(question: PreparedQuestion, attempts: Mapping[Label, Attempt]) -> PreparedQuestion:
    """Return a question with the attempts of :func:`reference_jobs` as its references."""
    entry = question.entry
    known = [
        KnownMistake(
            name=mistake.name,
            explanation=mistake.explanation,
            loses=mistake.loses,
            attempt=attempts[_label(entry, mistake.name)],
        )
        for mistake in entry.mistakes
        if _label(entry, mistake.name) in attempts
    ]
    inputs, solution = question.references.inputs, attempts[_label(entry)]
    return replace(question, references=References(inputs=inputs, solution=solution, mistakes=known))


def prepare(
    environments: Mapping[QuestionEntry, Environment],
    runner: Runner,
    *,
    key: bytes | None,
    wanted: Wanted = "mistakes",
    jobs: int = 1,
    progress: Progress | None = None,
) -> dict[QuestionEntry, PreparedQuestion]:
    """Prepare questions; attempts that the runner's store holds are not run again.

    Args:
        environments: the questions, each with the environment in which it is run.
        runner: runs and stores attempts.
        key: the course key, for hidden variants; None for the variants that students may have.
        wanted: whether to prepare the inputs, also the solution, or also the mistakes.
        jobs: the maximum number of jobs at a time.
        progress: is told of every job.

    Raises:
        InputsError, CatalogError: a question or its solution is wrong.
        CancelledError: the run was interrupted.
        RunError: an attempt cannot be written.
    """
    progress = progress or Silent()
    variants = {entry: variants_of(entry, key) for entry in environments}
    # Source is parsed in one thread only: ast.parse is not safe in several (CPython issue 106905).
    given: dict[Label, KeyedJob] = {
        (entry.id,): given_job(entry, environments[entry], variants[entry]) for entry in environments
    }
    made = runner.all("inputs", given, jobs, progress)
    questions = {
        entry: with_inputs(entry, environment, variants[entry], _inputs(entry, made[entry.id,]))
        for entry, environment in environments.items()
    }
    if wanted == "inputs":
        return questions
    work: dict[Label, KeyedJob] = {}
    for question in questions.values():
        work |= reference_jobs(question, mistakes=wanted == "mistakes")
    attempts = runner.all("references", work, jobs, progress)
    return {entry: with_references(question, attempts) for entry, question in questions.items()}
