"""Makes the files of checks: runs the solutions on open inputs and discloses what students may have."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from autograder.checks import Asserted, Ran, Withheld
from autograder.core.cells import split_cells
from autograder.core.check import Check, Observation
from autograder.core.evidence import Evidence, Json
from autograder.core.exam import Part
from autograder.core.mistake import Mistake
from autograder.core.outcome import PUBLIC, Attempt, Task
from autograder.core.progress import Progress
from autograder.core.text import Text
from autograder.core.variants import public_variant
from autograder.course.modules import CatalogError
from autograder.course.question import QuestionEntry
from autograder.course.source import needed_names, top_level
from autograder.handout.check_file import CheckFile
from autograder.handout.disclosure import Disclosure, Wrong, disclose_part, with_mistakes, withhold
from autograder.handout.drawings import named_pictures
from autograder.handout.own_code import (
    NOTHING,
    GivenAway,
    Trial,
    beyond_nothing,
    earned,
    rounds,
    together,
    trials,
)
from autograder.handout.portable import check_to_json
from autograder.handout.together import seal_together
from autograder.running.declarations import require_solution
from autograder.running.environment import environment_of
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion

_EARNS = Text(
    ko="열지 않습니다. {function}이(가) {answer}(으)로 {part}에서 {points:g}점을 받습니다",
    en="not opened, because {function} earns {points:g} points of {part} as {answer}",
)
_NEEDED = Text(
    ko="{path}: {function}이(가) {answer}(으)로 {part}에서 {points:g}점을 받는데 모든 배포본에 들어갑니다. "
    "측정 절차가 이것을 쓰지 않게 하세요",
    en="{path}: {function} earns {points:g} points of {part} as {answer}, and every release has it; let no "
    "probe need it",
)
_IS = Text(ko="{where}: {label} 검사를 {why}", en="{where}: {label} is {why}")

Disclosures = Mapping[str, Sequence[Disclosure]]  # by part, in the order of the checks


def make_check_files(
    entries: Sequence[QuestionEntry],
    key: bytes,
    runner: Runner,
    jobs: int,
    progress: Progress,
    *,
    mistakes: bool = True,
    say: Callable[[Text], None] = lambda line: None,
) -> dict[QuestionEntry, CheckFile]:
    """Run the solutions in the public and practice variants, and return what students get.

    Args:
        key: the course key, from which the salts of sealed references are derived.
        runner: runs the jobs that are not stored.
        jobs: the maximum number of workers at a time.
        mistakes: whether sealed checks recognise mistakes, all of which are then run.
        say: is told, a line each, which checks are withheld although their kind is not.

    Raises:
        NotRunnableError, DatasetError, InputsError, CatalogError: a question is wrong or cannot be run.
        CancelledError: the work was interrupted.
    """
    own = {entry: notebook_check_file(entry) for entry in entries if entry.question.notebook}
    environments = {entry: environment_of(entry, "mini", "cpu") for entry in entries if entry not in own}
    questions = prepare(environments, runner, key=None, wanted="solution", jobs=jobs, progress=progress)
    for question in questions.values():
        require_solution(question)
    disclosed = dict[QuestionEntry, Disclosures]()
    for entry, question in questions.items():
        found = disclose_question(question, key)
        disclosed[entry] = _close_answers(question, found, runner, jobs, progress, say)
        _tell(entry, disclosed[entry], say)
    if mistakes:
        _lock_all_mistakes(questions, disclosed, key, runner, jobs, progress)
    made = {
        entry: _with_pictures(question, make_check_file(question, disclosed[entry]), runner, jobs, progress)
        for entry, question in questions.items()
    }
    return own | {entry: seal_together(one, _solution(questions[entry])) for entry, one in made.items()}


def _solution(question: PreparedQuestion) -> Attempt:
    assert question.references.solution is not None  # it was required
    return question.references.solution


def _lock_all_mistakes(
    questions: Mapping[QuestionEntry, PreparedQuestion],
    disclosed: dict[QuestionEntry, Disclosures],
    key: bytes,
    runner: Runner,
    jobs: int,
    progress: Progress,
) -> None:
    """Run the mistakes, and let the sealed checks in ``disclosed`` recognise them."""
    work: dict[Label, KeyedJob] = {
        (entry.id, mistake.name): _mistake_job(question, mistake, disclosed[entry])
        for entry, question in questions.items()
        for mistake in entry.mistakes
        if mistake.loses & _sealed_parts(disclosed[entry])
    }
    mistaken = runner.all(Text(ko="대표 오답", en="mistakes"), work, jobs, progress)
    for entry in questions:
        own = {name: attempt for (id, name), attempt in mistaken.items() if id == entry.id}
        disclosed[entry] = lock_mistakes(entry, disclosed[entry], own, key)


def _tell(entry: QuestionEntry, disclosed: Disclosures, say: Callable[[Text], None]) -> None:
    for part, checks in disclosed.items():
        for found in checks:
            if found.why:
                label = found.check.label or Text(found.check.id)
                say(_IS.format(where=f"{entry.id} {part}", label=label, why=found.why))


def _close_answers(
    question: PreparedQuestion,
    disclosed: Disclosures,
    runner: Runner,
    jobs: int,
    progress: Progress,
    say: Callable[[Text], None],
) -> Disclosures:
    """Withhold the checks whose functions earn points as answers.

    Those that a probe needs, which is part of a release in any case, are told.
    """
    while given := _given_away(
        question, code := make_check_file(question, disclosed).code, runner, jobs, progress
    ):
        closed = {
            part: [_without(found, code, given) for found in checks] for part, checks in disclosed.items()
        }
        if closed == disclosed:
            for one in given:
                say(_NEEDED.format(path=question.entry.folder / "probes.py", **asdict(one)))
            break
        disclosed = closed
    return disclosed


def _with_pictures(
    question: PreparedQuestion, made: CheckFile, runner: Runner, jobs: int, progress: Progress
) -> CheckFile:
    """Add the pictures whose functions earn no points as answers."""
    entry = question.entry
    named = {part.name: named_pictures(entry, part) for part in entry.question.parts}
    names = {name for found in named.values() for name in found}
    code = entry.excerpt(names)
    new = {*top_level(code, (ast.FunctionDef,))} - {*top_level(made.code, (ast.FunctionDef,))}
    given = _given_away(question, code, runner, jobs, progress, among=new) if new else []
    telling = {one.function for one in given}
    safe = {name for name in names if not needed_names(code, name) & telling}
    pictures = {part: {name: one for name, one in own.items() if name in safe} for part, own in named.items()}
    parts = [replace(part, pictures=[*pictures[part.name].values()]) for part in made.question.parts]
    return replace(
        made,
        question=replace(made.question, parts=parts),
        drawing=entry.excerpt(safe),
        pictures={part: [*own] for part, own in pictures.items()},
    )


def _given_away(
    question: PreparedQuestion,
    code: str,
    runner: Runner,
    jobs: int,
    progress: Progress,
    among: Collection[str] | None = None,
) -> list[GivenAway]:
    """Return what functions of a release earn as answers, beyond what constants earn: all, or some."""
    entry = question.entry
    tasks = [task for task in question.tasks if task.variant == PUBLIC]

    def hand_in(code: str, groups: Sequence[Sequence[Trial]]) -> list[list[GivenAway]]:
        work: dict[Label, KeyedJob] = {
            (entry.id, str(number)): question.source_job(together(code, group), tasks)
            for number, group in enumerate(groups)
        }
        attempts = runner.all(Text(ko="배포본에 든 코드", en="code in the release"), work, jobs, progress)
        return [
            earned(question, group, attempts[entry.id, str(number)]) for number, group in enumerate(groups)
        ]

    tried = [
        trial
        for trial in trials(code, entry.stubs)
        if among is None or trial.function in among or trial.function == NOTHING
    ]
    groups = rounds([trial for trial in tried if trial.function != NOTHING])
    telling = [group for group, found in zip(groups, hand_in(code, groups), strict=True) if found]
    answers = {trial.answer for group in telling for trial in group}
    plain = [trial for trial in tried if trial.function == NOTHING and trial.answer in answers]
    alone = hand_in(code, [[trial] for trial in [*plain, *(trial for group in telling for trial in group)]])
    return beyond_nothing([one for found in alone for one in found])


def _without(found: Disclosure, code: str, given: Sequence[GivenAway]) -> Disclosure:
    """Return a check, withheld if one of its functions needs one that is an answer."""
    functions = [] if isinstance(found.check, Withheld) else [*_functions(check_to_json(found.check))]
    needed = {name for function in functions for name in needed_names(code, function)}
    for one in given:
        if one.function in needed:
            return withhold(found.check, _EARNS.format(**asdict(one)))
    return found


def _sealed_parts(disclosed: Disclosures) -> set[str]:
    return {part for part, checks in disclosed.items() if any(found.sealed for found in checks)}


def _mistake_job(question: PreparedQuestion, mistake: Mistake, disclosed: Disclosures) -> KeyedJob:
    """Return the job of a mistake: its parts with sealed checks, in the public variant."""
    parts = mistake.loses & _sealed_parts(disclosed)
    tasks = [task for task in question.tasks if task.part in parts and task.variant == PUBLIC]
    return question.source_job(question.entry.mistake_source(mistake), tasks)


def disclose_question(question: PreparedQuestion, key: bytes) -> Disclosures:
    """Return the checks of each part as students get them.

    Args:
        question: the question in its open variants, with the solution's attempt.
        key: the course key, from which the salts are derived.

    Raises:
        CatalogError: the solution has no evidence.
    """
    entry, disclosed = question.entry, {}
    for part in entry.question.parts:
        seen = _observations(part, question)
        disclosed[part.name] = disclose_part(part.checks, seen, _salt(entry, part, key))
    return disclosed


def _salt(entry: QuestionEntry, part: Part, key: bytes) -> bytes:
    return key + f"{entry.id}/{part.name}".encode()


def _observations(part: Part, question: PreparedQuestion) -> dict[str, Observation]:
    entry, solution = question.entry, _solution(question)
    found = {}
    for task in (task for task in question.tasks if task.part == part.name):
        outcome = solution.outcomes.get(task)
        if outcome is None or outcome.evidence is None:
            why = outcome and (outcome.failure or (outcome.fault and outcome.fault.message.en))
            raise CatalogError(
                f"{entry.solution_path}: the solution gave no evidence for {task}: {why}",
                ko=f"{entry.solution_path}: 모범 답안에서 {task}의 관측값이 나오지 않았습니다: {why}",
            )
        arrays = question.open_inputs[task.variant].arrays
        inputs = Evidence(arrays=arrays, facts=question.variants[task].settings)
        found[task.variant] = Observation(
            evidence=outcome.evidence, inputs=inputs, source=entry.solution_source
        )
    return found


def lock_mistakes(
    entry: QuestionEntry, disclosed: Disclosures, attempts: Mapping[str, Attempt], key: bytes
) -> Disclosures:
    """Add each mistake to the first sealed check that recognises it; only who makes it can read it."""
    found: dict[str, list[Disclosure]] = {}
    for part in entry.question.parts:
        wrong = [
            Wrong(name=mistake.name, explanation=mistake.explanation, evidence=outcome.evidence)
            for mistake in entry.mistakes
            if (attempt := attempts.get(mistake.name))
            and (outcome := attempt.outcomes.get(Task(part.name)))
            and outcome.evidence is not None
        ]
        found[part.name] = []
        for item, check in zip(disclosed[part.name], part.checks, strict=True):
            told, wrong = with_mistakes(item, check, wrong, _salt(entry, part, key))
            found[part.name].append(told)
    return found


def make_check_file(prepared: PreparedQuestion, disclosed: Disclosures) -> CheckFile:
    """Return the file of checks of a question.

    Raises:
        CatalogError: a probe or a check's function is not defined at the top level of the module.
    """
    entry, question = prepared.entry, prepared.entry.question
    parts = [
        replace(
            part,
            calls=[call.source for call in part.parsed_calls],
            checks=[found.check for found in disclosed[part.name]],
            pictures=(),
            facts=part.fact_names,
            vary={},
        )
        for part in question.parts
    ]
    sealed = {}
    for task in prepared.tasks:
        facts = {found.check.id: found.sealed.get(task.variant) for found in disclosed[task.part]}
        sealed[task] = Evidence(facts={label: value for label, value in facts.items() if value})
    return CheckFile(
        exam=entry.exam,
        name=entry.name,
        question=replace(question, parts=parts, withheld=frozenset(), datasets=(), inputs={}),
        code=entry.excerpt(_used(entry, parts)),
        variants=prepared.variants,
        inputs=prepared.open_inputs,
        sealed=sealed,
    )


def notebook_check_file(entry: QuestionEntry) -> CheckFile:
    """Return the file of checks of a notebook: its test cells, as students may see them, judge themselves.

    Raises:
        CatalogError: there is no file of them.
    """
    shown = entry.shown_source
    seen = {cell.name: cell.source for cell in split_cells(shown)}
    asked = entry.question
    parts = [replace(part, checks=[*_of_cell(part, seen.get(part.cell, ""))]) for part in asked.parts]
    variants = {Task(part.name): public_variant(asked, part) for part in parts}
    return CheckFile(
        exam=entry.exam,
        name=entry.name,
        question=replace(asked, parts=parts),
        code=shown,
        variants=variants,
        inputs={PUBLIC: Evidence()},
        sealed={task: Evidence() for task in variants},
    )


def _of_cell(part: Part, shown: str) -> Iterator[Check]:
    """Yield the checks of a part that its cell, as students see it, can be judged by; others are withheld."""
    for check in part.checks:
        if isinstance(check, Ran) and shown:
            yield replace(check, forgeable="")
        elif isinstance(check, Asserted) and f"'{check.name}'" in shown:
            yield check
        elif not isinstance(check, Asserted) or (check.hidden and shown):
            yield withhold(check).check


def _used(entry: QuestionEntry, parts: Sequence[Part]) -> set[str]:
    """Return the names of the course's own that these parts' probes, calls and checks need."""
    called = {name for part in parts for call in part.parsed_calls for name in call.names}
    used = {name for part in parts for check in part.checks for name in _functions(check_to_json(check))}
    used |= {part.probe for part in parts if part.probe}
    return used | called.intersection(top_level(entry.probe_source))


def _functions(value: Json) -> Iterator[str]:
    """Yield the names of the functions in the JSON of a check."""
    if isinstance(value, list):
        for item in value:
            yield from _functions(item)
    elif isinstance(value, dict):
        if isinstance(value.get("function"), dict):
            yield value["function"]["name"]
        for item in value.values():
            yield from _functions(item)
