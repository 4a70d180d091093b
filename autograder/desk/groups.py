"""What pages show of groups of equal wrong answers, and what graders decide about a group."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from msgspec import Struct
from starlette.responses import JSONResponse, Response

from autograder.core.errors import UserError
from autograder.core.exam import Part
from autograder.core.text import NOT_NAMED, NOT_SPLIT, Text
from autograder.core.verdict import Finding
from autograder.course.catalog import ExamEntry
from autograder.course.modules import CatalogError
from autograder.desk.deciding import Desk, refused
from autograder.desk.source import Place, Snapshot, Source, label
from autograder.grading.groups import Group, Kind
from autograder.records.decisions import GroupName, Override, SplitGroup
from autograder.records.files import RunError
from autograder.records.results import ClassResults
from autograder.records.run_folder import Run
from autograder.reports.excerpts import Excerpt
from autograder.reports.groups import KINDS, Shown, name_of
from autograder.reports.similarity import Likeness
from autograder.workflows.decided import splits_of
from autograder.workflows.groups import find_groups, kept_groups
from autograder.workflows.naming import name_group

MAX_SHOWN = 100  # groups of a part
_MOMENT = 0.3  # seconds that a page waits for groups
_MAX_COMPARED = 60  # members of whom similar code is looked for


class SentName(Struct, frozen=True, kw_only=True):
    """What a group is to be called."""

    seen: int
    name: str


class SentSplit(Struct, frozen=True, kw_only=True):
    """The members that are to be a group of their own, as labelled."""

    students: tuple[str, ...] = ()
    reason: str = ""


class SentMistake(Struct, frozen=True, kw_only=True):
    """The mistake of the course that is to be made of a group."""

    slug: str
    ko: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """A group in a list.

    Attributes:
        name: what people call it, else the mistake's name, else its id.
        essay: what its members wrote, if it is one of essays.
        failed: the representative's failed findings.
        decided: whether points or a comment hold for it.
    """

    group: Group
    name: str
    kind: Text
    essay: str
    failed: Sequence[Finding]
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPage:
    """A group in full.

    Attributes:
        representative, students: as labelled.
        called: what people call it; empty if nothing.
        seen, seen_name: the newest revision of the points, and of the name.
        can_be_named: whether a mistake of the course can be made of it.
    """

    shown: ShownGroup
    part: Part
    representative: str
    students: Sequence[str]
    code: Sequence[Excerpt]
    alike: Likeness | None
    override: Override
    seen: int
    called: str
    seen_name: int
    can_be_named: bool


class Groups:
    """The groups of the run that the server shows, found anew when the results or decisions change.

    Where graders are not to know who wrote an essay there are no groups of essays.
    """

    def __init__(self, source: Source, *, anonymous: bool) -> None:
        self._source, self._anonymous, self._lock = source, anonymous, threading.Lock()
        self._of: tuple[ClassResults | None, tuple[SplitGroup, ...]] = None, ()
        self._found: Mapping[Place, Sequence[Group]] | None = None
        self._finding: threading.Thread | None = None

    def by_part(self, snapshot: Snapshot) -> Mapping[Place, Sequence[Group]] | None:
        """Return the groups of each part; None while they are being found, or the run is going on."""
        if snapshot.state != "ended":
            return None
        with self._lock:  # looked for once for all who look at it
            if self._of[0] is not snapshot.machine or self._of[1] != snapshot.held.splits:
                self._found = self._look(snapshot)
                self._of = (snapshot.machine, snapshot.held.splits) if self._found is not None else (None, ())
            return self._found

    def _look(self, snapshot: Snapshot) -> Mapping[Place, Sequence[Group]] | None:
        """Return the groups if they are found in a moment; else go on in a thread."""
        run, exam, held = self._source.run, self._source.exam, snapshot.held
        if (found := kept_groups(run, exam, splits_of(held))) is None:
            if self._finding is None or not self._finding.is_alive():
                self._finding = threading.Thread(
                    target=find_groups, args=(run, exam, (), held.groups), daemon=True
                )
                self._finding.start()
            self._finding.join(_MOMENT)
            found = kept_groups(run, exam, splits_of(held))
        if found is None:
            return None
        groups: dict[Place, list[Group]] = {}
        for one in found:
            if not (self._anonymous and one.trait.kind is Kind.ESSAY):
                groups.setdefault((one.question, one.part), []).append(one)
        return groups

    def find(self, snapshot: Snapshot, place: Place, id: str) -> Group | None:
        """Return the group of this id, also one that it had before."""
        return next((one for one in self.of_part(snapshot, place) or () if id in one.ids), None)

    def of_part(self, snapshot: Snapshot, place: Place) -> Sequence[Group] | None:
        """Return the groups of a part; None as :meth:`by_part`."""
        found = self.by_part(snapshot)
        return None if found is None else found.get(place, ())

    def unexplained(self, snapshot: Snapshot) -> list[Group] | None:
        """Return the groups of two and more that nothing explains, the largest first; None as by_part."""
        kinds = Kind.WRONG, Kind.FAULT
        if (by_part := self.by_part(snapshot)) is None:
            return None
        found = [
            one
            for groups in by_part.values()
            for one in groups
            if one.trait.kind in kinds and len(one.members) > 1
        ]
        return sorted(found, key=lambda one: -len(one.members))

    def shown(self, snapshot: Snapshot, groups: Sequence[Group]) -> list[ShownGroup]:
        """Return what a list shows of groups."""
        about = Shown.of(groups, snapshot.machine, self._source.material(snapshot))
        return [_shown(snapshot, about, group) for group in groups]

    def page(self, snapshot: Snapshot, group: Group) -> GroupPage:
        """Return what the page of a group shows."""
        about = Shown.of([group], snapshot.machine, self._source.material(snapshot))
        held = snapshot.held
        name = GroupName(question=group.question, part=group.part, group=group.id, name="")
        override = _override(snapshot, group)
        return GroupPage(
            shown=_shown(snapshot, about, group),
            part=self._source.questions[group.question].question.part(group.part),
            representative=label(group.representative.student),
            students=[*map(label, group.students)],
            code=() if group.trait.kind is Kind.ESSAY else about.code(group),
            alike=about.alike(group) if 1 < len(group.members) <= _MAX_COMPARED else None,
            override=override,
            seen=held.seen(override.key),
            called=name_of(group, held.names),
            seen_name=held.seen(name.key),
            can_be_named=group.trait.kind is Kind.WRONG,
        )


def _find(run: Run, exam: ExamEntry, decided: Collection[str]) -> None:
    with suppress(UserError):  # pages then say that there are none yet
        find_groups(run, exam, decided=decided)


def _override(snapshot: Snapshot, group: Group) -> Override:
    """Return what holds for a group; what was decided under an earlier id is taken over."""
    places = [(group.question, group.part, id) for id in group.ids]
    found = [snapshot.held.overrides[place] for place in places if place in snapshot.held.overrides]
    none = Override(question=group.question, part=group.part, group=group.id)
    return found[0] if found else none


def _shown(snapshot: Snapshot, about: Shown, group: Group) -> ShownGroup:
    essay = group.trait.kind is Kind.ESSAY
    mistake = group.trait.name if group.trait.kind is Kind.MISTAKE else ""
    return ShownGroup(
        group=group,
        name=name_of(group, snapshot.held.names) or mistake or group.id,
        kind=KINDS[group.trait.kind],
        essay=about.essay(group) if essay else "",
        failed=() if essay else about.failed(group),
        decided=not _override(snapshot, group).empty,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDesk:
    """What one grader does with one group."""

    desk: Desk
    snapshot: Snapshot
    group: Group

    def call(self, sent: SentName) -> Response:
        """Give the group a name; an empty one withdraws it."""
        name = sent.name.strip()[:200]
        made = GroupName(question=self.group.question, part=self.group.part, group=self.group.id, name=name)
        return self.desk.decide([made], [sent.seen], "")

    def split(self, sent: SentSplit) -> Response:
        """Make a group of its own of some members."""
        names = {label(student): student for student in self.group.students}
        chosen = tuple(sorted(names[one] for one in sent.students if one in names))
        if not 0 < len(chosen) < len(names):
            return refused(422, NOT_SPLIT)
        made = SplitGroup(
            question=self.group.question, part=self.group.part, group=self.group.id, students=chosen
        )
        return self.desk.decide([made], [self.snapshot.held.seen(made.key)], sent.reason)

    def make_mistake(self, sent: SentMistake, groups: Sequence[Group]) -> Response:
        """Write the mistake into the course."""
        source, said = self.desk.source, Text(ko=sent.ko.strip(), en=sent.en.strip())
        if not said.ko:
            return refused(422, NOT_NAMED.format(error=""))
        try:
            found = name_group(source.run, source.exam, self.group, groups, sent.slug.strip(), said)
        except (RunError, CatalogError) as error:
            return refused(422, NOT_NAMED.format(error=error.text))
        return JSONResponse({"path": str(found.path), "question": found.question})
