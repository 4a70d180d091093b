"""Accepts a cut only where original cells and imported checks agree: solution, template and mutants."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.core.cells import ENDED, NamedCell, join_cells
from autograder.core.errors import UserError
from autograder.core.evidence import Evidence
from autograder.core.outcome import PUBLIC, Attempt, FaultKind, Task
from autograder.core.progress import Progress
from autograder.core.text import EMPTY, Text
from autograder.core.verdict import Verdict
from autograder.course.mutation import mutants
from autograder.course.question import QuestionEntry
from autograder.course.template import template
from autograder.grading.grade import grade_part
from autograder.integrations.importers import reasons
from autograder.probing.recording import MAX_REACHED
from autograder.running.environment import json_hash
from autograder.running.executor import Site
from autograder.running.jobs import KeyedJob, Label, Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import PreparedQuestion, as_submission

_MAX_MUTANTS = 24
_MUTANT_SECONDS = 20.0
_KEY = b"import"


@dataclass(frozen=True, slots=True)
class Trial:
    """What running a question in the sandbox's form and as it was gave.

    Attributes:
        ready: the question.
        solution: the solution's run with the expected sides.
        mine: its run in the form that students' are run in.
        raw: its run with the cells as they were.
        others: pairs of runs, in the students' form and as it was: of the template, then of mutants.
    """

    ready: PreparedQuestion
    solution: Attempt
    mine: Attempt
    raw: Attempt
    others: Mapping[Text, tuple[Attempt, Attempt]] = field(default_factory=dict)

    def seconds(self, part: str) -> float:
        """Return how long the solution's cells took for a part."""
        return max((one.seconds for one in self.solution.of_part(part).values()), default=0.0)

    def reached(self, part: str) -> list[str]:
        """Return the assertions that the solution's run of a part reached."""
        return [name for name in _facts(self.solution, Task(part)) if name != ENDED]

    def ended(self, part: str, attempt: Attempt | None = None) -> bool:
        """Return whether the original cell of a part ended well, by default with the solution."""
        return _ended(attempt or self.raw, Task(part))

    def credit(self, part: str) -> float:
        """Return the number in the last line of a part's original cell, 0 for none."""
        return float(_facts(self.raw, Task(part)).get(ENDED, {}).get("credit", 0.0))

    def why(self, part: str) -> Text:
        """Return what the original cell of a part raised with the solution."""
        outcome = self.raw.outcomes.get(Task(part))
        faults = list(outcome.missing.values()) if outcome else []
        faults += [outcome.fault] if outcome and outcome.fault else []
        said = faults[0].message if faults else reasons.NO_END
        return Text(ko=" ".join(said.ko.split()), en=" ".join(said.en.split()))

    def too_large(self, part: str) -> bool:
        """Return whether what the solution's cells record for a part is more than may leave the sandbox, or
        than is recorded."""
        outcome = self.solution.outcomes[Task(part)]
        if outcome.fault is not None and outcome.fault.kind is FaultKind.EVIDENCE:
            return True
        return any(len(seen) >= MAX_REACHED for seen in _plain(outcome.evidence or Evidence()).values())

    def disagreement(self, part: str) -> Text:
        """Return where the imported checks of a part and its original cell disagree; empty if nowhere."""
        if not self._same_records(part):
            return reasons.RECORDS_DIFFER
        if not self._passes(part, self.mine):
            return reasons.NOT_PASSED
        for name, (mine, raw) in self.others.items():
            if self._passes(part, mine) != _ended(raw, Task(part)) and not self._stricter(part, mine, raw):
                return reasons.OTHERWISE.format(name=name)
        return EMPTY

    def drawn_badly(self, part: str) -> bool:
        """Return whether the solution cannot be run on inputs that are drawn anew, or they change nothing."""
        variants = {name: one.evidence for name, one in self.solution.of_part(part).items() if name != PUBLIC}
        public = self.solution.outcomes[Task(part)].evidence or Evidence()
        plain = _plain(public)
        sizes = {one: len(seen) for one, seen in plain.items()}
        for name, evidence in variants.items():
            if evidence is None or not _ended(self.solution, Task(part, name)):
                return True
            found = _plain(evidence)
            if {one: len(seen) for one, seen in found.items()} != sizes:
                return True
            if found == plain or "'k': 'error'" in repr(found):
                return True
        return not self._passes(part, self.mine, hidden=True)

    def unlike(self, part: str) -> set[str]:
        """Return the assertions that record other values where the expected side is cut."""
        theirs, mine = (one.outcomes[Task(part)].evidence for one in (self.solution, self.mine))
        if theirs is None or mine is None:
            return set()
        expected, found = _students(theirs), _students(mine)
        return {name for name in expected.keys() & found.keys() if expected[name] != found[name]}

    def _same_records(self, part: str) -> bool:
        for variant, outcome in self.solution.of_part(part).items():
            mine = self.mine.outcomes.get(Task(part, variant))
            if outcome.evidence is None or mine is None or mine.evidence is None:
                return False
            if _students(outcome.evidence) != _students(mine.evidence):
                return False
        return True

    def _verdict(self, part: str, attempt: Attempt, *, hidden: bool = False) -> Verdict:
        outcomes = {
            task: one
            for task, one in attempt.outcomes.items()
            if hidden or task.variant == PUBLIC or task.part != part
        }
        references = replace(self.ready.references, solution=self.solution, mistakes=())
        declared = self.ready.entry.question.part(part)
        return grade_part(declared, replace(attempt, outcomes=outcomes), references)

    def _passes(self, part: str, attempt: Attempt, *, hidden: bool = False) -> bool:
        verdict, points = (
            self._verdict(part, attempt, hidden=hidden),
            self.ready.entry.question.part(part).points,
        )
        return verdict.points >= points and all(one.passed for one in verdict.findings)

    def _stricter(self, part: str, mine: Attempt, raw: Attempt) -> bool:
        """Return whether only ours fails, for a NaN that the original lets pass."""
        kinds = {one.kind for one in self._verdict(part, mine).findings if not one.passed}
        return self.ended(part, raw) and kinds == {"asserted_nan"}


def _plain(evidence: Evidence) -> dict[str, list[object]]:
    return {name: fact for name, fact in evidence.facts.items() if name != ENDED and isinstance(fact, list)}


def _students(evidence: Evidence) -> dict[str, object]:
    """Return what was recorded on the student's side, arrays too, whatever their names."""
    return {
        name: _with_arrays([one.get("s") for one in reached if isinstance(one, dict)], evidence)
        for name, reached in _plain(evidence).items()
    }


def _with_arrays(value: object, evidence: Evidence) -> object:
    if isinstance(value, dict):
        made = {key: _with_arrays(one, evidence) for key, one in value.items()}
        if "at" in value and str(value["at"]) in evidence.arrays:
            made["at"] = evidence.arrays[str(value["at"])].tobytes()
        return made
    return [_with_arrays(one, evidence) for one in value] if isinstance(value, list) else value


def _ended(attempt: Attempt, task: Task) -> bool:
    return _facts(attempt, task).get(ENDED, {}).get("well") is True


def _facts(attempt: Attempt, task: Task) -> Mapping[str, Any]:
    outcome = attempt.outcomes.get(task)
    return outcome.evidence.facts if outcome and outcome.evidence else {}


def try_question(
    entry: QuestionEntry,
    raw: Sequence[NamedCell],
    raw_files: Mapping[str, Path],
    site: Site,
    progress: Progress,
    *,
    thorough: bool,
) -> Trial:
    """Run a question in both forms.

    Args:
        entry: the question, as it was written.
        raw, raw_files: the cells, and the files beside it, as they were.
        site: where it is run.
        progress: is told.
        thorough: whether the template and mutants are run, too.

    Raises:
        UserError: it cannot be run here.
        CancelledError: the run was interrupted.
    """
    runner, where = Runner(executor=site.executor), site.environments([entry])
    ready = prepare(where, runner, key=_KEY, wanted="inputs", jobs=site.jobs, progress=progress)[entry]
    public = [task for task in ready.tasks if task.variant == PUBLIC]

    def as_it_was(source: str) -> KeyedJob:
        return _as_it_was(ready.job(as_submission(entry, source), public), raw, raw_files)

    source, id = entry.solution_source, entry.id
    work: dict[Label, KeyedJob] = {
        (id, "expected"): ready.solution_job(),
        (id, "mine"): ready.source_job(source, ready.tasks),
        (id, "raw"): as_it_was(source),
    }
    tried = {reasons.TEMPLATE: template(entry)} | _mutants(source) if thorough else {}
    for name, one in tried.items():
        work[id, name.en, "mine"] = _short(ready.source_job(one, public))
        work[id, name.en, "raw"] = _short(as_it_was(one))
    return _trial(ready, tried, runner.all(Text(ko="가져오기", en="import"), work, site.jobs, progress))


def _trial(ready: PreparedQuestion, tried: Collection[Text], found: Mapping[Label, Attempt]) -> Trial:
    id = ready.entry.id
    others = {name: (found[id, name.en, "mine"], found[id, name.en, "raw"]) for name in tried}
    trial = Trial(ready, found[id, "expected"], found[id, "mine"], found[id, "raw"], others)
    if failure := next((one.failure for one in trial.solution.outcomes.values() if one.failure), None):
        raise UserError(
            f"{id}: it could not be run here: {failure}", ko=f"{id}: 여기에서는 실행할 수 없습니다: {failure}"
        )
    return trial


def _as_it_was(keyed: KeyedJob, raw: Sequence[NamedCell], raw_files: Mapping[str, Path]) -> KeyedJob:
    """Return a job with the test cells, and the files beside them, as they were."""
    assert keyed.job is not None
    code, submission = join_cells(raw), keyed.job.submission
    submission = replace(submission, beside={**submission.beside, **raw_files})
    key = json_hash([keyed.key, "raw", code, [path.read_bytes().hex() for path in raw_files.values()]])
    return replace(keyed, key=key, job=replace(keyed.job, code=code, submission=submission))


def _short(keyed: KeyedJob) -> KeyedJob:
    assert keyed.job is not None
    limits = {
        name: replace(limit, seconds=min(limit.seconds, _MUTANT_SECONDS))
        for name, limit in keyed.job.limits.items()
    }
    return replace(keyed, key=json_hash([keyed.key, "short"]), job=replace(keyed.job, limits=limits))


def _mutants(source: str) -> dict[Text, str]:
    """Return some of a solution's mutants, spread evenly over it and the modules that its cells write."""
    found: dict[Text, str] = {}
    with suppress(SyntaxError, ValueError, RecursionError):
        found = {reasons.MUTANT.format(one=one): one.source for one in mutants(source)}
        for place, text, literal in _written(source):
            for one in mutants(text):
                name = reasons.MUTANT_OF.format(place=place, one=one)
                found[name] = source.replace(literal, repr(one.source))
    step = max(1, -(-len(found) // _MAX_MUTANTS))
    return dict([*found.items()][::step])


def _written(source: str) -> Iterator[tuple[str, str, str]]:
    """Yield each module that a solution's cells write: its path, its text, and the literal of that."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(args=[ast.Constant(value="writefile"), ast.Constant(value=str(place)), text]):
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and place.endswith(".py"):
                    yield place, text.value, ast.get_source_segment(source, text) or repr(text.value)
