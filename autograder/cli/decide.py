"""The commands ``history`` and ``decide``: what people decided about a run, and deciding without the desk."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cli.options import FILE, FOLDER, Context, MisuseError, common, json_option
from autograder.core.errors import not_known
from autograder.core.text import Text
from autograder.records.files import not_a_run

if TYPE_CHECKING:
    from autograder.core.exam import Part
    from autograder.records.decisions import Decision, Entry, Override, Score
    from autograder.records.held import Held
    from autograder.records.run_folder import Run

    Making = Callable[[], list[Entry]]


def login() -> str:
    """Return the name of who is logged in; "grader" where nobody is."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "grader"


@click.command("history")
@click.argument("run", type=FOLDER)
@click.option("--student", metavar="NAME", help="Only what was decided about this student.")
@click.option("--part", metavar="[QUESTION/]PART", help="Only what was decided about this part.")
@json_option
@common
def history_command(
    context: Context, run: Path, student: str | None, part: str | None, *, as_json: bool
) -> None:
    """Show every decision of people about RUN, newest first: who, when, what and why.

    \b
    Examples:
      autograder history run/
      autograder history run/ --student kim --json
    """
    from autograder.reports.history import acts, chosen, entry_rows, history_table

    everything = _run_at(run).decisions.history()
    found = chosen(everything, student, part)
    if as_json:
        context.console.show_json(entry_rows(found, everything))
    else:
        context.console.show(history_table(acts(found, everything), context.console.language))


def _run_at(folder: Path) -> Run:
    """Return the run in a folder; a RunError says that it has none."""
    from autograder.records.run_folder import Run

    if (run := Run(folder)).recorded() is None:
        raise not_a_run(folder)
    return run


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What the options of ``decide`` say."""

    part: str | None
    student: str | None
    group: str | None
    everyone: bool
    points: float | None
    extra: float | None
    comment: str | None
    withdraw: bool

    def __post_init__(self) -> None:
        given = self.points, self.extra, self.comment
        if not self.withdraw and all(one is None for one in given):
            raise MisuseError(
                "give --points, --extra, --comment, --withdraw or --undo",
                ko="--points, --extra, --comment, --withdraw, --undo 중 하나를 주세요",
            )
        if self.part is None or (self.student is not None) + (self.group is not None) + self.everyone != 1:
            raise MisuseError(
                "give --part, and one of --student, --group and --everyone",
                ko="--part를 주고, --student, --group, --everyone 중 하나를 주세요",
            )

    def demand_possible(self, part: Part) -> None:
        """Refuse points that the part has not."""
        if self.points is not None and not 0 <= self.points <= part.points:
            raise MisuseError(
                f"--points {self.points:g}: {part.name} is worth 0 to {part.points:g} points",
                ko=f"--points {self.points:g}: {part.name}의 점수는 0~{part.points:g}점입니다",
            )
        if self.extra is not None and not abs(self.extra) <= part.points:
            raise MisuseError(
                f"--extra {self.extra:g}: {part.name} is worth {part.points:g} points",
                ko=f"--extra {self.extra:g}: {part.name}의 배점은 {part.points:g}점입니다",
            )

    def changes(self) -> dict[str, float | str]:
        """Return the values to change, of those that scores and overrides share."""
        found = {"extra": self.extra, "comment": self.comment}
        empty: dict[str, float | str] = {"extra": 0.0, "comment": ""}
        return empty if self.withdraw else {name: one for name, one in found.items() if one is not None}


@click.command("decide")
@click.argument("run", type=FOLDER)
@click.option("--part", metavar="[QUESTION/]PART", help="The part about which to decide.")
@click.option("--student", metavar="NAME", help="For this student.")
@click.option("--group", metavar="ID", help="For the members of this group; see autograder groups.")
@click.option("--everyone", is_flag=True, help="For everyone.")
@click.option("--points", type=float, help="Points instead of the machine's.")
@click.option("--extra", type=float, help="Points on top; below zero they are taken off.")
@click.option("--comment", help="A comment for whom it concerns.")
@click.option("--withdraw", is_flag=True, help="Withdraw what was decided for them before.")
@click.option("--undo", type=int, metavar="NUMBER", help="Take back a decision by its number in the history.")
@click.option("--reason", default="", help="Why; it is kept in the history.")
@click.option("--grader", metavar="NAME", default=login, help="Who decides (default: your login).")
@common
def decide_command(
    context: Context, run: Path, *, undo: int | None, reason: str, grader: str, **wanted: Any
) -> None:
    """Decide about a part of RUN for one student, a group or everyone; results.json stays as it is.

    Reports show each decision as its own line. Every decision can be undone by its number.

    \b
    Examples:
      autograder decide run/ --part mean --student kim --points 2 --reason "The statement was ambiguous."
      autograder decide run/ --part q1_numbers/mean --everyone --extra 1 --reason "A slip in (a)."
      autograder decide run/ --part mean --group 863b43 --points 1 --comment "Nearly."
      autograder decide run/ --undo 12
    """
    from autograder.records.run_folder import Run

    what = Run(run)
    if undo is not None:
        _make(context, run, partial(what.decisions.undo, undo, who=grader, source="command", why=reason))
        return
    held = what.decisions.held()
    decision = _decision(context, what, held, _Wanted(**wanted))
    _make(context, run, _deciding(what, held, decision, grader, reason))


def _deciding(run: Run, held: Held, decision: Decision, grader: str, why: str = "") -> Making:
    seen = [held.seen(decision.key)]
    return partial(run.decisions.decide, [decision], who=grader, source="command", seen=seen, why=why)


def _make(context: Context, run: Path, make: Making) -> None:
    """Make a decision, and say by which number it can be taken back."""
    from autograder.records.decision_log import OutdatedError

    try:
        number = make()[0].act
    except OutdatedError:
        raise MisuseError(
            "somebody else decided about the same just now; look at autograder history",
            ko="방금 다른 사람이 같은 것을 결정했습니다. autograder history를 보세요",
        ) from None
    say_decided(context, run, number)


def say_decided(context: Context, run: Path, number: int) -> None:
    """Say the number of a decision and how to take it back."""
    command = f"autograder decide {run} --undo {number}"
    context.console.say(
        f"Decision {number}. Take it back: {command}", ko=f"결정 {number}번. 취소하려면: {command}"
    )


def _decision(context: Context, run: Run, held: Held, wanted: _Wanted) -> Score | Override:
    from msgspec import structs

    from autograder.records.decisions import Override, PartId

    question, part = _part(context, run, wanted.part or "")
    wanted.demand_possible(part)
    changes = wanted.changes()
    if wanted.student is not None:
        _demand_student(run, wanted.student)
        score = held.score(PartId(wanted.student, question, part.name))
        automatic = None if wanted.withdraw else score.automatic if wanted.points is None else wanted.points
        settled = automatic is not None or score.by_hand is not None
        return structs.replace(score, automatic=automatic, settled=settled, **changes)
    place = f"{question}/{part.name}"
    group = "" if wanted.group is None else _group(context, run, held, place, wanted.group)
    none = Override(question=question, part=part.name, group=group)
    before = held.overrides.get((question, part.name, group), none)
    points = None if wanted.withdraw else before.points if wanted.points is None else wanted.points
    return structs.replace(before, points=points, **changes)


def _part(context: Context, run: Run, name: str) -> tuple[str, Part]:
    """Return the question and the part of this name.

    Raises:
        ChangeError: there is none, or there are several.
    """
    from autograder.grading.changes import parts_named
    from autograder.workflows.groups import exam_of

    exam = exam_of(run, context.given)
    parts = {(entry.name, part.name): part for entry in exam.questions for part in entry.question.parts}
    found = parts_named(name, list(parts))
    return found[0], parts[found]


def _demand_student(run: Run, student: str) -> None:
    names = {one.student for one in run.results() or ()}
    if student not in names:
        raise MisuseError(not_known(Text(ko="학생", en="student"), student, sorted(names)))


def _group(context: Context, run: Run, held: Held, part: str, id: str) -> str:
    from autograder.workflows.decided import splits_of
    from autograder.workflows.groups import exam_of, find_groups, group_of, in_parts

    exam = exam_of(run, context.given)
    groups = find_groups(run, exam, splits_of(held), held.groups)
    return group_of(in_parts(groups, exam, [part]), id).id


@click.command("requests")
@click.argument("run", type=FOLDER)
@click.argument("files", nargs=-1, type=FILE)
@click.option("--answer", type=int, metavar="NUMBER", help="Answer the request of this number.")
@click.option("--accept/--decline", default=None, help="Whether what was asked for is granted.")
@click.option("--text", default="", help="The answer that the student reads.")
@click.option("--grader", metavar="NAME", default=login, help="Who decides (default: your login).")
@json_option
@common
def requests_command(
    context: Context,
    run: Path,
    files: tuple[Path, ...],
    answer: int | None,
    text: str,
    grader: str,
    *,
    accept: bool | None,
    as_json: bool,
) -> None:
    """Store requests to look again, the files that students make on their feedback pages; show all of RUN.

    autograder collect --run stores those in a download. They are answered here or at the desk (autograder
    serve), and the answer stands on the next feedback page. Points are given by autograder decide.

    \b
    Examples:
      autograder requests run/ inbox/*.request.json
      autograder requests run/ --answer 3 --decline --text "The first sum differs, too."
      autograder requests run/ --json
    """
    from autograder.reports.history import request_rows, requests_table

    found = _run_at(run)
    if (answer is None) != (accept is None) or (answer is None and text):
        raise MisuseError(
            "--answer NUMBER needs --accept or --decline, and these need --answer",
            ko="--answer NUMBER에는 --accept 또는 --decline이 필요하고, 이 둘에는 --answer가 필요합니다",
        )
    if files:
        store_requests(context, run, [(str(path), path.read_bytes()) for path in files])
    if answer is not None and accept is not None:
        _answer(context, found, answer, grader, text, accepted=accept)
    rows = request_rows(found.decisions.held())
    if as_json:
        context.console.show_json(rows)
    else:
        context.console.show(requests_table(rows, context.console.language))


def _answer(context: Context, run: Run, number: int, grader: str, text: str, *, accepted: bool) -> None:
    from autograder.records.decisions import Reply

    held = run.decisions.held()
    numbers = [one.entry.number for one in held.asked]
    if number not in numbers:
        known = ", ".join(map(str, numbers))
        raise MisuseError(
            f"no request has the number {number}; there are: {known or 'none'}",
            ko=f"번호가 {number}인 요청이 없습니다. 있는 것: {known or '없음'}",
        )
    reply = Reply(request=number, accepted=accepted, text=text.strip())
    _make(context, run.folder, _deciding(run, held, reply, grader))


def store_requests(context: Context, run: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Store requests in a run, and say what became of them."""
    from autograder.records.requests import RequestError, Taken, take_requests
    from autograder.records.run_folder import Run

    found = take_requests(Run(run), files)
    for name, one in found:
        if isinstance(one, RequestError):
            context.console.say(f"refused: {name}: {one}", ko=f"거절: {name}: {one.text.ko}")
    stored = sum(not isinstance(one, RequestError) and one.what is Taken.STORED for _, one in found)
    context.console.say(
        f"{stored} new requests; answer them: autograder serve {run}, or autograder requests {run}",
        ko=f"새 요청 {stored}건. 답하려면: autograder serve {run} 또는 autograder requests {run}",
    )
