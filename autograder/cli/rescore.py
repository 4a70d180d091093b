"""The commands ``rescore``, with its previews, and ``compare``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.classes import show_results
from autograder.cli.decide import login
from autograder.cli.options import FOLDER, Context, MisuseError, common, json_option, wide_option

if TYPE_CHECKING:
    from autograder.core.evidence import Json
    from autograder.course.catalog import ExamEntry
    from autograder.grading.changes import Change, What
    from autograder.records.results import ClassResults
    from autograder.records.run_folder import Run
    from autograder.workflows.what_if import Draft

_PATH = click.Path(path_type=Path)
_FIELD = re.compile(r"(?P<part>(?:\w+/)?\w+)(?:\.(?P<check>[^=\[]+?))?(?:\[(?P<item>[^\]]*)\])?")
_OPTIONS: tuple[tuple[What, str, str], ...] = (
    (
        "tolerance",
        "PART.CHECK=VALUE",
        "Another tolerance: 1e-3 (atol, or the bound), or rtol=1e-4,atol=0.",
    ),
    ("points", "PART=POINTS", "Other points for a part; its checks' in proportion."),
    ("withdraw", "PART", "The part is worth nothing, for nobody."),
    ("key", "PART.CHECK[ITEM]=ANSWER", "Another right answer; without [ITEM] the only one."),
)


def _change_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, form, told in reversed(_OPTIONS):
        command = click.option(f"--{name}", metavar=form, multiple=True, help=told)(command)
    return command


@click.command("rescore")
@click.argument("run", type=FOLDER)
@click.option("--preview", is_flag=True, help="Decide nothing: show who would change; a draft is kept.")
@click.option("--commit", is_flag=True, help="Let the draft stand.")
@click.option("--discard", is_flag=True, help="Remove the draft.")
@_change_options
@click.option("--reason", default="", help="Why a change is made; it is kept in the history.")
@click.option("--grader", metavar="NAME", default=login, help="Who decides (default: your login).")
@wide_option
@json_option
@common
def rescore_command(context: Context, run: Path, *, wide: bool, as_json: bool, **asked: Any) -> None:
    """Judge the stored evidence of RUN again by the present exam; no student code is run.

    Results that are replaced are kept as RUN/results-1.json, results-2.json, ... for autograder compare.
    PART may be QUESTION/PART, too.

    \b
    Examples:
      autograder rescore run/
      autograder rescore run/ --preview --tolerance adam_first_update.w1=1e-3 --withdraw convergence
      autograder rescore run/ --commit --reason "The tolerance was too small."
    """
    from autograder.records.run_folder import Run

    what, wanted = Run(run), _Asked(**asked)
    if wanted.discard:
        _discard(context, what)
    elif wanted.preview:
        _show_draft(context, _preview(context, what, wanted), as_json=as_json)
    else:
        before = what.results()
        if wanted.changed:
            _preview(context, what, wanted)
        decided = wanted.changed or wanted.commit
        results = _commit(context, what, wanted) if decided else _rescore(context, what, wanted.grader)
        _say_who_changed(context, before, results)
        show_results(context, what, results, wide=wide, as_json=as_json)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the options of ``rescore`` say."""

    preview: bool
    commit: bool
    discard: bool
    reason: str
    grader: str
    tolerance: tuple[str, ...]
    points: tuple[str, ...]
    withdraw: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether changes are given."""
        return any((self.tolerance, self.points, self.withdraw, self.key))

    def __post_init__(self) -> None:
        asked = [name for name in ("preview", "commit", "discard") if getattr(self, name)]
        if len(asked) > 1:
            raise MisuseError(
                f"--{asked[0]} or --{asked[1]}, not both",
                ko=f"--{asked[0]}와(과) --{asked[1]} 중 하나만 쓸 수 있습니다",
            )
        if self.changed and asked not in ([], ["preview"]):
            raise MisuseError(
                f"--{asked[0]} takes the draft as it is; changes are made with --preview",
                ko=f"--{asked[0]}은(는) 초안을 그대로 씁니다. 변경은 --preview로 하세요",
            )
        if (self.commit or (self.changed and not self.preview)) and not self.reason.strip():
            raise MisuseError(
                "give --reason TEXT; or see with --preview who would change",
                ko="--reason TEXT를 주세요. 바뀔 학생은 --preview로 볼 수 있습니다",
            )


def _rescore(context: Context, run: Run, grader: str) -> ClassResults:
    from autograder.workflows.groups import exam_of
    from autograder.workflows.rescore import rescore
    from autograder.workflows.rubrics import take_over_rubrics

    with context.console.progress() as bar:
        results = rescore(run, context.given, bar)
    changed = take_over_rubrics(run, exam_of(run, context.given), who=grader, source="command")
    if changed:
        context.console.say(
            f"{len(changed)} items of rubrics are worth what the course says now.",
            ko=f"채점 기준 {len(changed)}개의 점수를 지금 과목에 적힌 대로 바꾸었습니다.",
        )
    return results


def _preview(context: Context, run: Run, asked: _Asked) -> Draft:
    from autograder.workflows.groups import exam_of
    from autograder.workflows.what_if import preview

    changes = _changes(exam_of(run, context.given), asked)
    with context.console.progress() as bar:
        return preview(run, changes, context.given, bar)


def _commit(context: Context, run: Run, asked: _Asked) -> ClassResults:
    from autograder.records.decision_log import OutdatedError
    from autograder.workflows.what_if import By, commit

    try:
        commit(run, By(who=asked.grader, why=asked.reason, source="command"), context.given)
    except OutdatedError:
        raise MisuseError(
            "somebody else made a change just now; preview again",
            ko="방금 다른 사람이 변경했습니다. 다시 미리 보세요",
        ) from None
    results = run.results()
    assert results is not None
    return results


def _discard(context: Context, run: Run) -> None:
    from autograder.workflows.what_if import discard

    discard(run)
    context.console.say("There is no draft any more.", ko="초안을 버렸습니다.")


def _changes(exam: ExamEntry, asked: _Asked) -> list[Change]:
    """Return the changes that options describe.

    Raises:
        ChangeError: there is no such part.
        UsageError: an option is malformed.
    """
    from autograder.grading.changes import Change, parts_named

    parts = [(entry.name, part.name) for entry in exam.questions for part in entry.question.parts]
    found = []
    for what, form, _ in _OPTIONS:
        for text in getattr(asked, what):
            place, equals, value = (text, "=", "null") if what == "withdraw" else text.partition("=")
            match = _FIELD.fullmatch(place.strip())
            if not (equals and match and bool(match["check"]) == (".CHECK" in form)):
                raise MisuseError(f"--{what} {text}: give {form}", ko=f"--{what} {text}: {form} 꼴로 주세요")
            question, part = parts_named(match["part"], parts)
            check, item = match["check"] or "", match["item"] or ""
            made = partial(Change, question=question, part=part, check=check, item=item)
            found.append(made(what=what, value=_value(value)))
    return found


def _value(text: str) -> Json:
    """Return what a value says: JSON, numbers by name as in ``rtol=1,atol=2``, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        pairs = [pair.partition("=") for pair in text.split(",")]
        try:
            return {name.strip(): float(number) for name, _, number in pairs}
        except ValueError:
            return text


def _show_draft(context: Context, draft: Draft, *, as_json: bool) -> None:
    from autograder.reports.moves import moves_of, moves_table

    found, language = draft.about.comparison, context.console.language
    if as_json:
        about = {"changes": draft.about.changes, "uncaught": draft.about.uncaught}
        context.console.show_json({**about, "comparison": moves_of(found)})
        return
    context.console.show(moves_table(found, language))
    for one in draft.about.uncaught:
        context.console.say(
            f"The mistake {one.mistake} would lose nothing in {one.question} {one.part}.",
            ko=f"대표 오답 {one.mistake}이(가) {one.question} {one.part}에서 점수를 잃지 않게 됩니다.",
        )
    command = 'autograder rescore RUN --commit --reason "..."'
    context.console.say(f"It is a draft. Let it stand: {command}", ko=f"초안입니다. 확정하려면: {command}")


def _say_who_changed(context: Context, before: ClassResults | None, after: ClassResults) -> None:
    from autograder.grading.comparing import compare_results
    from autograder.reports.moves import counted

    found = compare_results(before or (), after)
    context.console.say(counted(found))
    if found.changes:
        context.console.say(
            "autograder compare RUN shows them.", ko="autograder compare RUN으로 볼 수 있습니다."
        )


@click.command("compare")
@click.argument("run", type=_PATH)
@click.argument("other", type=_PATH, required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Print a row for each part that changes, as CSV.")
@json_option
@common
def compare_command(context: Context, run: Path, other: Path | None, *, as_csv: bool, as_json: bool) -> None:
    """Show who has other results in OTHER than in RUN, and by how much.

    Both are folders of runs, or files of results in one. Of a single folder its results are compared with
    those that they replaced, RUN/results-<n>.json.

    \b
    Examples:
      autograder compare run/
      autograder compare run/results-1.json run/ --csv > changes.csv
      autograder compare run_of_monday/ run_of_tuesday/ --json
    """
    from autograder.grading.comparing import compare_results
    from autograder.reports.moves import moves_of, moves_table, write_moves

    found = compare_results(*_both(run, other))
    if as_json:
        context.console.show_json(moves_of(found))
    elif as_csv:
        write_moves(sys.stdout, found)
    else:
        context.console.show(moves_table(found, context.console.language))


def _both(run: Path, other: Path | None) -> Sequence[ClassResults]:
    from autograder.records.files import RunError
    from autograder.records.run_folder import Run

    if other is not None:
        return _results_at(run), _results_at(other)
    if not (earlier := Run(run).earlier):
        raise RunError(
            f"{run}: nothing was replaced yet; name what to compare with",
            ko=f"{run}: 아직 바뀐 결과가 없습니다. 비교할 것을 적으세요",
        )
    return _results_at([*earlier.values()][-1]), _results_at(run)


def _results_at(path: Path) -> ClassResults:
    from autograder.records.files import RunError
    from autograder.records.run_folder import RESULTS, Run

    run, name = (Run(path), RESULTS) if path.is_dir() else (Run(path.parent), path.name)
    if (found := run.results_in(name)) is None:
        raise RunError(
            f"{run.folder / name}: no such results", ko=f"{run.folder / name}: 그런 결과가 없습니다"
        )
    return found
