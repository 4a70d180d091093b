"""What holds of all that people decided: a function of the entries in ``decisions.db``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import structs

from autograder.records.decisions import (
    Applied,
    Changed,
    Decision,
    Entry,
    GroupName,
    ItemChanged,
    Key,
    Override,
    PartId,
    Reply,
    Request,
    Score,
    Source,
    SplitGroup,
    Undo,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and the reply to it, if there is one."""

    entry: Entry
    request: Request
    reply: Reply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What holds of all that was decided.

    Attributes:
        scores: by student and part, with the items as they are worth now.
        overrides: by question, part and group, which is empty for everyone.
        names: of groups, by question, part and group.
        splits: of groups, in the order in which they were decided.
        asked: the requests, oldest first.
        changed: the changes by which results were judged anew, oldest first.
        entries: the entry by which each of these holds.
        revisions: the newest revision about each thing, also where nothing holds.
        undone: the numbers of the entries that were taken back.
    """

    scores: Mapping[PartId, Score] = field(default_factory=dict)
    overrides: Mapping[tuple[str, str, str], Override] = field(default_factory=dict)
    names: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    splits: tuple[SplitGroup, ...] = ()
    asked: tuple[Asked, ...] = ()
    changed: tuple[Entry, ...] = ()
    entries: Mapping[Key, Entry] = field(default_factory=dict)
    revisions: Mapping[Key, int] = field(default_factory=dict)
    undone: frozenset[int] = frozenset()

    def seen(self, key: Key) -> int:
        """Return the newest revision about something; 0 if nobody decided about it."""
        return self.revisions.get(key, 0)

    def score(self, whose: PartId) -> Score:
        """Return the score of a student's part; an empty one if there is none."""
        empty = Score(student=whose.student, question=whose.question, part=whose.part)
        return self.scores.get(whose, empty)

    @property
    def groups(self) -> frozenset[str]:
        """The ids of the groups about which something holds."""
        ids = {group for _, _, group in (*self.overrides, *self.names) if group}
        return frozenset(ids | {split.group for split in self.splits})


def undone(entries: Iterable[Entry]) -> frozenset[int]:
    """Return the numbers of the entries that were taken back."""
    found: set[int] = set()
    for entry in sorted(entries, key=lambda one: -one.number):
        if isinstance(entry.decision, Undo) and entry.number not in found:
            found.add(entry.decision.number)
    return frozenset(found)


def what_holds(entries: Iterable[Entry]) -> Held:
    """Return what holds: of each thing the newest decision that was not taken back."""
    known = list(entries)
    gone = undone(known)
    newest, revisions, kept = dict[Key, Entry](), dict[Key, int](), list[Entry]()
    for entry in known:
        key = entry.decision.key
        revisions[key] = max(entry.revision, revisions.get(key, 0))
        if entry.number not in gone and not isinstance(entry.decision, Undo):
            newest[key] = entry
            kept.append(entry)
    decisions = [entry.decision for entry in newest.values()]
    items = {one.key: one for one in decisions if isinstance(one, ItemChanged)}
    scores = [_worth_now(one, items) for one in decisions if isinstance(one, Score)]
    overrides = [one for one in decisions if isinstance(one, Override) and not one.empty]
    names = [one for one in decisions if isinstance(one, GroupName) and one.name]
    return Held(
        scores={one.whose: one for one in scores if not one.empty},
        overrides={(one.question, one.part, one.group): one for one in overrides},
        names={(one.question, one.part, one.group): one.name for one in names},
        splits=tuple(one for one in decisions if isinstance(one, SplitGroup)),
        asked=tuple(_asked(newest)),
        changed=tuple(entry for entry in kept if isinstance(entry.decision, Changed)),
        entries=newest,
        revisions=revisions,
        undone=gone,
    )


def _worth_now(score: Score, items: Mapping[Key, ItemChanged]) -> Score:
    """Return a score whose items are worth, and say, what they do now."""
    if not (score.items and items):
        return score
    found = []
    for one in score.items:
        now = items.get(("item", score.question, score.part, one.item))
        found.append(Applied(item=one.item, points=now.points, ko=now.ko, en=now.en) if now else one)
    return structs.replace(score, items=tuple(found))


def _asked(newest: Mapping[Key, Entry]) -> Iterable[Asked]:
    for entry in newest.values():
        if isinstance(entry.decision, Request):
            answer = newest.get(("reply", str(entry.number)))
            reply = answer.decision if answer and isinstance(answer.decision, Reply) else None
            yield Asked(entry=entry, request=entry.decision, reply=reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A score as it held after a decision; an empty one where it was taken back.

    Attributes:
        number: of the newest revision about it.
        who, source, given: of the decision.
    """

    number: int
    score: Score
    who: str
    source: Source
    given: str


def scores_given(entries: Iterable[Entry]) -> dict[PartId, list[Given]]:
    """Return all scores that ever held, by student and part, oldest first."""
    mine: dict[Key, list[Entry]] = {}
    items: dict[Key, ItemChanged] = {}
    found: dict[PartId, list[Given]] = {}
    for entry in entries:
        key = entry.decision.key
        mine.setdefault(key, []).append(entry)
        now = _newest(mine[key])
        if key[0] == "item":
            items.pop(key, None)
            if isinstance(now, ItemChanged):
                items[key] = now
            for given in [one[-1] for one in found.values()]:
                if any(("item", *given.score.whose[1:], one.item) == key for one in given.score.items):
                    _add(found, _newest(mine[given.score.key]), items, entry, given.number)
        elif key[0] == "score":
            question, part, student = key[1:]
            none = Score(student=student, question=question, part=part)
            _add(found, now or none, items, entry, entry.revision)
    return found


def _newest(about_one: Iterable[Entry]) -> Decision | None:
    """Return what holds of all that was decided about one thing."""
    known = list(about_one)
    gone = undone(known)
    held = [one.decision for one in known if one.number not in gone and not isinstance(one.decision, Undo)]
    return held[-1] if held else None


def _add(
    found: dict[PartId, list[Given]],
    score: Decision | None,
    items: Mapping[Key, ItemChanged],
    entry: Entry,
    number: int,
) -> None:
    if isinstance(score, Score):
        given = Given(
            number=number,
            score=_worth_now(score, items),
            who=entry.who,
            source=entry.source,
            given=entry.given,
        )
        found.setdefault(score.whose, []).append(given)
