"""A question that is ready for running and judging submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from msgspec import to_builtins

from autograder.checks import Essay, Picture
from autograder.core.evidence import Array, Evidence
from autograder.core.exam import Limit, Part, Question
from autograder.core.framework import Profile
from autograder.core.generators import draw_inputs, draw_sizes
from autograder.core.outcome import PUBLIC, Attempt, Outcome, Task, faulty
from autograder.core.variants import Variant, pool, practice_variant, public_variant
from autograder.course.question import QuestionEntry
from autograder.course.submission import Submission, of_source, with_files
from autograder.grading.grade import References
from autograder.probing.figures import MAX_BYTES
from autograder.records.manifest import ReferenceKeys
from autograder.running.environment import FRAMEWORK_PACKAGES, Environment, json_hash
from autograder.running.jobs import KeyedJob
from autograder.sandbox.job import SETUP, Job
from autograder.worker.jobs import CellCall, GivenCall, ProbeCall

Variants = Mapping[Task, Variant]
_TIMES = 4  # what a student returns may be so many times as large as what the solution returns
_SMALL = 1 << 14  # elements that are never too many: (n, n) where (n, 1) is asked for is still told as such
_GIVEN = "given"  # the part's name in tasks that make inputs


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
        if part.cell and part.cell not in entry.drawn_cells:
            others = []
        for variant in (public_variant(question, part), *others):
            found[Task(part.name, variant.name)] = variant
    if question.notebook:  # is run once as it stands; tests with other inputs come after it
        return dict(sorted(found.items(), key=lambda item: item[0].variant != PUBLIC))
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
        sealed: whether these are a release's, in which no array stands as it is.
    """

    entry: QuestionEntry
    environment: Environment
    variants: Variants
    inputs: Mapping[str, Evidence]
    references: References
    sealed: bool = False

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

    def job(self, submission: Submission, tasks: Sequence[Task], *, expected: bool = False) -> KeyedJob:
        """Return the job, with its key, that runs a submission on these tasks.

        With ``expected`` the expected sides of a notebook's tests are run too, which is for the solution
        alone.
        """
        files = self.entry.expected_files if expected else self.entry.files
        submission = with_files(submission, files)
        names = [str(task) for task in tasks]
        if submission.fault is not None:
            fault = submission.fault
            key = json_hash([fault.kind.value, fault.message.to_json(), names])
            return KeyedJob(key=key, attempt=faulty(tasks, fault, notes=submission.notes))
        notes = [note.to_json() for note in submission.notes]
        question = self.entry.question
        code = self.entry.expected_source if expected else self.entry.probe_source
        job = Job(
            code=code,
            code_name=self.entry.code_name,
            shared=self.entry.shared,
            framework=question.framework,
            submission=submission,
            tasks=tasks,
            calls={task: self.call(task) for task in tasks},
            inputs=self.open_inputs,
            limits=_limits(question, self.environment.profile),
            device=self.environment.device,
            preload=question.preload,
            question=self.digest,
            elements=self._elements(tasks),
        )
        known = [self.digest, names, submission.digest, notes, *([code] if expected else [])]
        return KeyedJob(key=json_hash(known), job=job)

    def _elements(self, tasks: Sequence[Task]) -> dict[Task, dict[str, int]]:
        """Return how many elements each array may have, where the solution's evidence is known.

        What is judged is bounded by that: no equation runs over more than a few times what it is made for.
        """
        if self.references.solution is None or self.sealed:
            return {}
        known = {task: self.references.solution.outcomes[task].evidence for task in tasks}
        parts = {part.name: part for part in self.entry.question.parts}
        return {
            task: {name: _most(parts[task.part], name, array) for name, array in evidence.arrays.items()}
            for task, evidence in known.items()
            if evidence is not None and not parts[task.part].cell  # whose arrays are named as they are met
        }

    def call(self, task: Task) -> ProbeCall | CellCall:
        """Return what is observed for a task."""
        question, settings = self.entry.question, dict(self.variants[task].settings)
        part = question.part(task.part)
        if part.cell:
            essays = [check.name for check in part.checks if isinstance(check, Essay)]
            seed = None if task.variant == PUBLIC else self.variants[task].seed
            return CellCall(cell=part.cell, seed=seed, text=essays[0] if essays else "")
        return ProbeCall(
            function=part.probe,
            settings=settings,
            calls=tuple(call.source for call in part.parsed_calls),
            interface=tuple(question.interface),
            facts=tuple(part.fact_names),
            framework=question.framework,
        )

    def source_job(self, source: str, tasks: Sequence[Task]) -> KeyedJob:
        """Return the job that runs a source text as a submitted module."""
        return self.job(as_submission(self.entry, source), tasks)

    def solution_job(self) -> KeyedJob:
        """Return the job that runs the solution on every task."""
        submission = as_submission(self.entry, self.entry.solution_source)
        expected = bool(self.entry.question.notebook)
        return replace(self.job(submission, self.tasks, expected=expected), ours=True)

    def reference_keys(self) -> ReferenceKeys:
        """Return the keys of the inputs and of the solution's attempt, which reports show."""
        given = given_job(self.entry, self.environment, self.variants)
        return ReferenceKeys(given=given.key, solution=self.solution_job().key)


def _most(part: Part, name: str, array: Array) -> int:
    """Return how many elements a student's array may have beside the solution's."""
    pictured = any(isinstance(check, Picture) and name in check.reads for check in part.checks)
    return max(_TIMES * array.size, MAX_BYTES if pictured else _SMALL)


def _limits(question: Question, profile: Profile) -> dict[str, Limit]:
    found = {part.name: part.limit for part in question.parts} | {SETUP: question.setup}
    return {name: limit.on(profile) for name, limit in found.items()}


def question_digest(entry: QuestionEntry, environment: Environment, variants: Variants) -> str:
    """Return the hash of everything besides the submission that affects evidence.

    Of checks it is only which facts they read.
    """
    question = entry.question
    parts = {str(task): [v.seed, dict(v.settings)] for task, v in variants.items()}
    limits = _limits(question, environment.profile)
    observed = {
        part.name: [part.probe or part.cell or [call.source for call in part.parsed_calls], part.fact_names]
        for part in question.parts
    }
    code = [entry.probe_source, dict(entry.shared), observed, sorted(question.withheld)]
    code += [repr(sorted(question.inputs.items())), repr(sorted(question.sizes.items()))]
    code += [question.interface]
    code += [list(question.preload)] if question.preload else []
    return json_hash([entry.id, to_builtins(environment.record()), parts, to_builtins(limits), code])


def given_job(entry: QuestionEntry, environment: Environment, variants: Variants) -> KeyedJob:
    """Return the job that makes the inputs of all variants of a question.

    Declared inputs are drawn here; where there is no ``given`` besides, nothing is run.
    """
    seeds = {variant.name: variant.seed for variant in variants.values()}
    tasks = [Task(_GIVEN, name) for name in seeds]
    question, profile = entry.question, environment.profile
    # Most inputs need numpy alone: then the worker does not import a framework.
    needed = not entry.given_packages.isdisjoint(FRAMEWORK_PACKAGES)
    digest = question_digest(entry, environment, variants)
    key = json_hash([digest, _GIVEN])
    drawn = {name: Evidence(arrays=_drawn(question, seed)) for name, seed in seeds.items()}
    if not question.given:
        made = {task: Outcome(evidence=drawn[task.variant]) for task in tasks}
        return KeyedJob(key=key, attempt=Attempt(outcomes=made), ours=True)
    job = Job(
        code=entry.probe_source,
        code_name=entry.code_name,
        shared=entry.shared,
        framework=question.framework if needed else "python",
        submission=Submission(),
        tasks=tasks,
        calls={
            task: GivenCall(function=question.given, seed=seeds[task.variant], profile=profile)
            for task in tasks
        },
        inputs=drawn,
        limits={_GIVEN: question.setup, SETUP: question.setup},
        given=True,
        preload=question.preload if needed else (),
        datasets=question.datasets,
        data=environment.data,
        question=digest,
    )
    return KeyedJob(key=key, job=job, ours=True)


def _drawn(question: Question, seed: int) -> dict[str, Array]:
    return draw_inputs(question.inputs, draw_sizes(question.inputs, question.sizes, seed), seed)
