"""Answers the requests of graders; every method runs in a thread of its own."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from autograder.core.text import NO_SUCH_ANSWER
from autograder.desk.deciding import Desk, SentOverride, SentReply, SentScore, SentUndo, refused
from autograder.desk.export import exported
from autograder.desk.groups import MAX_SHOWN, Groups
from autograder.desk.guard import SELF_CONTAINED
from autograder.desk.pages import Pages
from autograder.desk.presence import Presence
from autograder.desk.source import Place, Snapshot, Source, label
from autograder.desk.student_part import student_part
from autograder.desk.today import histogram, new_requests, part_lines, ungraded
from autograder.records.decisions import Override, PartId
from autograder.records.run_key import run_key
from autograder.reports.essays import Answers, EssayPart, answers, equal_answers
from autograder.reports.feedback import drawn
from autograder.reports.history import acts, chosen
from autograder.reports.renderers import RENDERERS

_MAX_ACTS = 500  # on the page of the history


class Views:
    """Answers requests about one run."""

    def __init__(self, source: Source, pages: Pages, groups: Groups, *, anonymous: bool) -> None:
        self._source, self._pages, self._anonymous = source, pages, anonymous
        self._groups = groups
        self._presence = Presence()

    def _page(self, request: Request, template: str, **values: object) -> Response:
        about = {"exam": self._source.exam, "grader": request.scope["grader"]}
        people = self._source.snapshot().people
        return HTMLResponse(self._pages.render(template, **about, people=people, **values))

    # -- pages ----------------------------------------------------------------------------------------------

    def today(self, request: Request) -> Response:
        """The first page."""
        snapshot = self._source.snapshot()
        return self._page(
            request,
            "today.html",
            snapshot=snapshot,
            lines=part_lines(self._source, snapshot),
            requests=new_requests(snapshot),
            unexplained=self._groups.unexplained(snapshot),
            students=sorted(snapshot.students),
            absent=[label(name) for name in snapshot.results.header.absent],
            strangers=[label(one.name) for one in snapshot.standing.strangers(snapshot.by_student)],
        )

    def part(self, request: Request) -> Response:
        """One part of all students."""
        snapshot, (question, name) = self._source.snapshot(), self._place(request)
        declared = self._source.questions[question].question.part(name)
        verdicts = snapshot.by_part.get((question, name), {})
        none = Override(question=question, part=name)
        groups = self._groups.of_part(snapshot, (question, name))
        many = [group for group in groups or () if len(group.members) > 1]
        return self._page(
            request,
            "part.html",
            question=question,
            part=declared,
            essay=(question, name) in self._source.essays,
            verdicts={label(student): verdict for student, verdict in verdicts.items()},
            groups=None if groups is None else self._groups.shown(snapshot, many[:MAX_SHOWN]),
            alone=len(groups or ()) - len(many),
            bars=histogram([verdict.points for verdict in verdicts.values()], declared.points),
            override=snapshot.held.overrides.get((question, name, ""), none),
            seen=snapshot.held.seen(none.key),
        )

    def student(self, request: Request) -> Response:
        """All parts of one student."""
        snapshot = self._source.snapshot()
        student = self._student(request, snapshot)
        mine = chosen(snapshot.entries, student)
        return self._page(
            request,
            "student.html",
            student=label(student),
            results=snapshot.by_student[student].results,
            settled=snapshot.standing.settled(snapshot.by_student[student]),
            mine=acts(mine, snapshot.entries),
        )

    def student_part(self, request: Request) -> Response:
        """One part of one student."""
        snapshot, whose = self._whose(request)
        found = student_part(self._source, snapshot, whose)
        if found is None:
            raise HTTPException(404)
        return self._page(request, "student_part.html", shown=found)

    def requests(self, request: Request) -> Response:
        """What students asked."""
        snapshot = self._source.snapshot()
        return self._page(
            request, "requests.html", asked=list(reversed(snapshot.held.asked)), held=snapshot.held
        )

    def ungraded(self, request: Request) -> Response:
        """What is ungraded, and why."""
        snapshot = self._source.snapshot()
        found = [
            (label(student), place, snapshot.by_part[place][student]) for student, place in ungraded(snapshot)
        ]
        return self._page(request, "ungraded.html", found=found)

    def history(self, request: Request) -> Response:
        """What was decided, newest first."""
        snapshot = self._source.snapshot()
        found = acts(snapshot.entries, snapshot.entries)
        return self._page(
            request, "history.html", acts=found[:_MAX_ACTS], left_out=max(0, len(found) - _MAX_ACTS)
        )

    def export(self, request: Request) -> Response:
        """What can be fetched."""
        return self._page(request, "export.html", formats=list(RENDERERS))

    def exported(self, request: Request) -> Response:
        """The files of one format, as a ZIP file."""
        name = request.path_params["format"]
        if name not in RENDERERS:
            raise HTTPException(404)
        snapshot = self._source.snapshot()
        with TemporaryDirectory() as folder:
            material = self._source.material(snapshot)
            data = exported(name, snapshot.results, Path(folder), self._pages.language, material)
        kept = {"content-disposition": f'attachment; filename="{self._source.exam.name}-{name}.zip"'}
        return Response(data, media_type="application/zip", headers=kept)

    def dashboard(self, request: Request) -> Response:
        """The dashboard, as report writes it."""
        return _self_contained(self._pages.dashboard(self._source, self._source.snapshot()))

    def feedback(self, request: Request) -> Response:
        """A student's page, as report writes it."""
        name = request.path_params["name"]
        return _self_contained(self._pages.feedback(self._source, self._source.snapshot(), name))

    def similar(self, request: Request) -> Response:
        """Two submissions side by side."""
        question, pair = request.path_params["question"], request.path_params["pair"]
        return _self_contained(self._pages.similar(self._source, self._source.snapshot(), question, pair))

    def state(self, request: Request) -> Response:
        """How far the run is."""
        snapshot = self._source.snapshot()
        found = {"state": snapshot.state, "done": snapshot.done, "total": snapshot.total}
        return JSONResponse({**found, "version": snapshot.version})

    # -- pictures -------------------------------------------------------------------------------------------

    def drawn(self, request: Request) -> Response:
        """A declared picture, drawn of what a student's code returned."""
        snapshot, whose = self._whose(request)
        found = drawn(self._source.material(snapshot), *whose)
        number = request.path_params["number"]
        if number >= len(found) or not found[number].uri:
            raise HTTPException(404)
        kind, _, data = found[number].uri.removeprefix("data:").partition(";base64,")
        return Response(base64.b64decode(data), media_type=kind)

    def figure(self, request: Request) -> Response:
        """A figure that a student's code drew."""
        snapshot, whose = self._whose(request)
        return self._figure(snapshot, whose, request.path_params["name"])

    def _figure(self, snapshot: Snapshot, whose: PartId, name: str) -> Response:
        data = self._source.picture(snapshot, whose, name)
        return Response(data, media_type="image/png") if data else Response(status_code=404)

    # -- essays ---------------------------------------------------------------------------------------------

    def essay(self, request: Request) -> Response:
        """The answers to an essay part, of which the page fetches one after another."""
        about, found = self._answers(request, self._source.snapshot())
        return self._page(request, "essays.html", about=about, found=found, anonymous=self._anonymous)

    def answer(self, request: Request) -> Response:
        """One answer, to be put into the page of its part."""
        snapshot = self._source.snapshot()
        about, found = self._answers(request, snapshot)
        one = self._one(request, found)
        if one is None:
            raise HTTPException(404)
        named = not self._anonymous and "names" in request.query_params
        who = [label(answer.student) for answer in one.answers] if named else []
        return HTMLResponse(
            self._pages.render(
                "answer.html",
                about=about,
                one=one,
                who=who,
                people=snapshot.people,
                number=found.index(one) + 1,
                score=one.scored.score if one.scored else None,
            )
        )

    def answer_figure(self, request: Request) -> Response:
        """A figure of one answer, without a name in its address."""
        snapshot = self._source.snapshot()
        about, found = self._answers(request, snapshot)
        if (one := self._one(request, found)) is None:
            raise HTTPException(404)
        whose = PartId(one.first.student, about.question, about.part.name)
        return self._figure(snapshot, whose, request.path_params["name"])

    def scores(self, request: Request) -> Response:
        """The state of every answer, in the order in which they are graded."""
        _, found = self._answers(request, self._source.snapshot())
        return JSONResponse([{"id": one.id, "state": one.state, "version": one.version} for one in found])

    def _answers(self, request: Request, snapshot: Snapshot) -> tuple[EssayPart, list[Answers]]:
        place = self._place(request)
        if (about := self._source.essay(place)) is None:
            raise HTTPException(404)
        verdicts = snapshot.machine_by_part.get(place, {})
        found = answers(about, verdicts, self._source.facts(snapshot), snapshot.held)
        return about, equal_answers(found, run_key(self._source.run.folder))

    def _one(self, request: Request, found: list[Answers]) -> Answers | None:
        return next((one for one in found if one.id == request.path_params["id"]), None)

    # -- what graders send ----------------------------------------------------------------------------------

    def score_answers(self, request: Request, sent: SentScore) -> Response:
        """Points for an answer, and for all who wrote the same."""
        _, found = self._answers(request, self._source.snapshot())
        if (one := self._one(request, found)) is None:
            return refused(404, NO_SUCH_ANSWER)
        return self._desk(request).score_answers(one, sent)

    def score_part(self, request: Request, sent: SentScore) -> Response:
        """Points for one student's part."""
        snapshot, whose = self._whose(request)
        place = whose.question, whose.part
        verdict = snapshot.machine_by_part.get(place, {}).get(whose.student)
        if verdict is None:
            return refused(404, NO_SUCH_ANSWER)
        about = self._source.essay(place)
        mine = {whose.student: verdict}
        found = list(answers(about, mine, self._source.facts(snapshot), snapshot.held)) if about else []
        answer = Answers(id="", answers=tuple(found)) if found else None
        return self._desk(request).score_part(snapshot, whose, sent, answer)

    def override(self, request: Request, sent: SentOverride) -> Response:
        """Points for everyone, or for a group."""
        question, part = place = self._place(request)
        most = self._source.questions[question].question.part(part).points
        return self._desk(request).override(place, most, sent)

    def reply(self, request: Request, sent: SentReply) -> Response:
        """The answer to a student's request."""
        return self._desk(request).reply(self._source.snapshot().held, sent)

    def undo(self, request: Request, sent: SentUndo) -> Response:
        """Take a decision back."""
        return self._desk(request).undo(sent)

    def here(self, request: Request, sent: Mapping[str, str]) -> Response:
        """Tell what a page shows, and be told what others look at."""
        grader = request.scope["grader"]
        self._presence.look(grader, sent.get("page", "")[:40], sent.get("where", "")[:200])
        return JSONResponse(self._presence.others(grader))

    # -- what a request is about ----------------------------------------------------------------------------

    def _desk(self, request: Request) -> Desk:
        return Desk(source=self._source, grader=request.scope["grader"])

    def _place(self, request: Request) -> Place:
        question, part = request.path_params["question"], request.path_params["part"]
        entry = self._source.questions.get(question)
        if entry is None or part not in {one.name for one in entry.question.parts}:
            raise HTTPException(404)
        return question, part

    def _student(self, request: Request, snapshot: Snapshot) -> str:
        if (student := snapshot.students.get(request.path_params["student"])) is None:
            raise HTTPException(404)
        return student

    def _whose(self, request: Request) -> tuple[Snapshot, PartId]:
        snapshot = self._source.snapshot()
        return snapshot, PartId(self._student(request, snapshot), *self._place(request))


def _self_contained(page: bytes | None) -> Response:
    if page is None:
        raise HTTPException(404)
    return HTMLResponse(page, headers={"content-security-policy": SELF_CONTAINED})
