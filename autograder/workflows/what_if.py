"""Judges a run by a changed exam without deciding anything yet: a draft, to be committed or discarded."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from autograder.core.exam import Question
from autograder.core.progress import Progress, Silent
from autograder.course.catalog import ExamEntry
from autograder.grading.changes import Change, uncaught
from autograder.grading.comparing import Comparison, compare_results
from autograder.records.decisions import Changed, Source
from autograder.records.files import RunError, unwritable, write_whole
from autograder.records.results import ClassResults
from autograder.records.rows import line_of, parser
from autograder.records.run_folder import MANIFEST, RESULTS, Run
from autograder.running.environment import json_hash
from autograder.running.executor import Confine
from autograder.sandbox.choose import confining
from autograder.workflows.in_force import changes_in_force
from autograder.workflows.rescore import Rejudging

FOLDER, ABOUT = "draft", "draft.json"
_SCHEMA = 1


class Uncaught(Struct, frozen=True, kw_only=True):
    """A declared mistake that would lose no points in a part any more."""

    question: str
    mistake: str
    part: str


class About(Struct, frozen=True, kw_only=True):
    """The content of draft.json.

    Attributes:
        changes: besides those in force.
        uncaught: mistakes that lose points now, or by their declaration, and would not any more.
        comparison: who changes, and by how much.
        run: a digest of what was judged and of the results beside which the draft stands.
        exam: a digest of the files of the exam.
    """

    schema: int
    changes: tuple[Change, ...]
    uncaught: tuple[Uncaught, ...]
    comparison: Comparison
    run: str
    exam: str


_read_about = parser(About)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides, from where, and why."""

    who: str
    why: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Results that are not decided yet, and what is known of them."""

    about: About
    results: ClassResults


def preview(
    run: Run,
    changes: Sequence[Change] = (),
    course: Path | None = None,
    progress: Progress | None = None,
    confine: Confine = confining,
) -> Draft:
    """Judge a run by the exam as it is now, with changes, into a draft, which replaces an earlier one.

    Raises:
        RunError, CatalogError, IsolationError: as rescore.
        ChangeError: a change does not fit the exam.
    """
    with run.locked():
        standing = changes_in_force(run)
        judging = Rejudging.of(run, course, confine, [*standing, *changes])
        _ = judging.questions  # what does not fit is told before anything is removed
        _remove(run)
        results = judging.write(_folder(run), progress or Silent())
        about = About(
            schema=_SCHEMA,
            changes=tuple(changes),
            uncaught=tuple(_uncaught(judging, judging.changed_by(standing) if changes else {})),
            comparison=compare_results(run.results() or (), results),
            run=_digest_of_run(run),
            exam=_digest_of_exam(judging.exam),
        )
        write_whole(run.folder / FOLDER / ABOUT, line_of(about))
    return Draft(about=about, results=results)


def _uncaught(judging: Rejudging, before: Mapping[str, Question]) -> Iterator[Uncaught]:
    """Yield the mistakes that would not be caught, but for those that are not caught ``before`` either."""
    device = judging.manifest.device
    for name, about in judging.ready.items():
        known = {*uncaught(before[name], about.references, device)} if name in before else set()
        for mistake, part in uncaught(judging.questions[name], about.references, device):
            if (mistake, part) not in known:
                yield Uncaught(question=name, mistake=mistake, part=part)


def draft_of(run: Run) -> Draft | None:
    """Return the draft of a run; None if there is none.

    Raises:
        RunError: it is damaged.
    """
    try:
        about = _read_about((run.folder / FOLDER / ABOUT).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(
            f"{run.folder / FOLDER / ABOUT} is damaged: {error}; discard the draft",
            ko=f"{run.folder / FOLDER / ABOUT}이(가) 손상되었습니다: {error}. 초안을 버리세요",
        ) from None
    results = _folder(run).results()
    if results is None or about.schema != _SCHEMA:
        raise RunError(
            f"{run.folder / FOLDER}: the draft is damaged or of another version; discard it",
            ko=f"{run.folder / FOLDER}: 초안이 손상되었거나 다른 버전의 것입니다. 버리세요",
        )
    return Draft(about=about, results=results)


def commit(
    run: Run,
    by: By,
    course: Path | None = None,
    confine: Confine = confining,
) -> Draft:
    """Let the draft's results stand, to the letter; the earlier ones are kept as ``results-<n>.json``.

    Raises:
        RunError: there is no draft, or what it was made from has changed since.
        OutdatedError: somebody else decided on a change at this moment.
        DecisionsError: the decision cannot be written.
    """
    with run.locked():
        if (draft := draft_of(run)) is None:
            raise RunError(
                f"{run.folder}: there is no draft; autograder rescore RUN --preview makes one",
                ko=f"{run.folder}: 초안이 없습니다. autograder rescore RUN --preview로 만드세요",
            )
        judging = Rejudging.of(run, course, confine)
        if (draft.about.run, draft.about.exam) != (_digest_of_run(run), _digest_of_exam(judging.exam)):
            raise RunError(
                f"{run.folder}: the run or the exam changed since the preview; preview again",
                ko=f"{run.folder}: 미리 본 뒤에 채점 결과나 시험이 바뀌었습니다. 다시 미리 보세요",
            )
        judging.record_references()
        _record(run, draft, by)  # before the results, which a rescore makes again
        try:
            with run.keeping_results():
                os.replace(run.folder / FOLDER / RESULTS, run.folder / RESULTS)
        except OSError as error:
            raise unwritable(run.folder / RESULTS, error) from None
        _remove(run)
    return draft


def _record(run: Run, draft: Draft, by: By) -> None:
    changes = msgspec.to_builtins(draft.about.changes)
    decision = Changed(
        changes=tuple(changes), results=run.next_earlier.name, moved=len(draft.about.comparison.changes)
    )
    seen = run.decisions.held().seen(decision.key)
    run.decisions.decide([decision], who=by.who, source=by.source, seen=[seen], why=by.why)


def discard(run: Run) -> None:
    """Remove the draft, if there is one."""
    with run.locked():
        _remove(run)


def _folder(run: Run) -> Run:
    return Run(run.folder / FOLDER)


def _remove(run: Run) -> None:
    for name in (ABOUT, RESULTS):  # without the first there is no draft
        (run.folder / FOLDER / name).unlink(missing_ok=True)
    shutil.rmtree(run.folder / FOLDER, ignore_errors=True)


def _digest_of_run(run: Run) -> str:
    changes = json_hash(msgspec.to_builtins(changes_in_force(run)))
    return json_hash([_digest([run.folder / MANIFEST, run.folder / RESULTS]), changes])


def _digest_of_exam(exam: ExamEntry) -> str:
    """Return a digest of all files by which the exam judges."""
    folders = [exam.course / "exams" / name for name in (exam.name, "_shared")]
    folders += [exam.course / name / exam.name for name in ("solutions", "data/measured", "data/pinned")]
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return _digest([path for path in files if path.is_file() and path.suffix != ".pyc"])


def _digest(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(os.fsencode(path) + b"\0")
        with suppress(FileNotFoundError), path.open("rb") as file:
            found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()
