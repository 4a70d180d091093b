"""Answers requests about groups of equal wrong answers, and about what would be if the exam were another."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from autograder.desk.deciding import Desk
from autograder.desk.groups import GroupDesk, Groups, SentMistake, SentName, SentSplit
from autograder.desk.pages import Pages
from autograder.desk.source import Snapshot, Source
from autograder.desk.what_if import SentChanges, SentCommit, SentDiscard, ShownDraft, WhatIf, fields_of
from autograder.grading.groups import Group
from autograder.workflows.in_force import changes_in_force
from autograder.workflows.what_if import draft_of


class GroupViews:
    """Answers requests about groups; every method runs in a thread of its own."""

    def __init__(self, source: Source, pages: Pages, groups: Groups) -> None:
        self._source, self._pages, self._groups = source, pages, groups

    def _page(self, request: Request, template: str, values: Mapping[str, object]) -> Response:
        about = {"exam": self._source.exam, "grader": request.scope["grader"]}
        people = self._source.snapshot().people
        return HTMLResponse(self._pages.render(template, **about, people=people, **values))

    def unexplained(self, request: Request) -> Response:
        """The groups that nothing explains, of all parts."""
        snapshot = self._source.snapshot()
        found = self._groups.unexplained(snapshot)
        groups = None if found is None else self._groups.shown(snapshot, found)
        return self._page(request, "unexplained.html", {"groups": groups})

    def group(self, request: Request) -> Response:
        """One group in full."""
        snapshot, group = self._group(request)
        return self._page(request, "group.html", {"page": self._groups.page(snapshot, group)})

    def call(self, request: Request, sent: SentName) -> Response:
        """A name for a group."""
        return self._desk(request).call(sent)

    def split(self, request: Request, sent: SentSplit) -> Response:
        """Members that are to be a group of their own."""
        return self._desk(request).split(sent)

    def make_mistake(self, request: Request, sent: SentMistake) -> Response:
        """A mistake of the course that is to be made of a group."""
        snapshot = self._source.snapshot()
        groups = [one for some in (self._groups.by_part(snapshot) or {}).values() for one in some]
        return self._desk(request).make_mistake(sent, groups)

    def what_if(self, request: Request) -> Response:
        """What can be changed, and the draft."""
        run = self._source.run
        shown = ShownDraft.of(draft_of(run))
        parts = list(fields_of(self._source.exam))
        standing = [*map(str, changes_in_force(run))]
        return self._page(request, "what_if.html", {"shown": shown, "parts": parts, "standing": standing})

    def preview(self, request: Request, sent: SentChanges) -> Response:
        """Changes to preview."""
        return self._what_if(request).preview(sent)

    def commit(self, request: Request, sent: SentCommit) -> Response:
        """Let the draft stand."""
        return self._what_if(request).commit(sent)

    def discard(self, request: Request, sent: SentDiscard) -> Response:
        """Remove the draft."""
        return self._what_if(request).discard(sent)

    def _what_if(self, request: Request) -> WhatIf:
        return WhatIf(source=self._source, grader=request.scope["grader"])

    def _desk(self, request: Request) -> GroupDesk:
        snapshot, group = self._group(request)
        desk = Desk(source=self._source, grader=request.scope["grader"])
        return GroupDesk(desk=desk, snapshot=snapshot, group=group)

    def _group(self, request: Request) -> tuple[Snapshot, Group]:
        snapshot, asked = self._source.snapshot(), request.path_params
        group = self._groups.find(snapshot, (asked["question"], asked["part"]), asked["id"])
        if group is None:
            raise HTTPException(404)
        return snapshot, group
