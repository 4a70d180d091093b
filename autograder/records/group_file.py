"""groups.json: the groups that were found last, so that they are found at once, and keep their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from autograder.core.evidence import Evidence
from autograder.grading.groups import Anchor, Answered, Group, Trait
from autograder.records.files import RunError, write_whole
from autograder.records.rows import line_of, parser

SCHEMA = 1
Published = Callable[[str, str], Evidence]  # what was observed for an attempt's key and a part


class KeptAnchor(Struct, frozen=True, kw_only=True, array_like=True):
    """What the members of a group are compared with."""

    question: str
    part: str
    id: str
    key: str
    digest: str
    trait: Trait

    def anchor(self, published: Published) -> Anchor:
        """Return the anchor, whose evidence is read when it is needed."""
        return Anchor(
            id=self.id,
            trait=self.trait,
            key=self.key,
            digest=self.digest,
            published=lambda: published(self.key, self.part),
        )


class _Member(Struct, frozen=True, kw_only=True, array_like=True):
    student: str
    key: str
    digest: str
    losses: int
    trait: int  # its number among those of the file


class _Group(Struct, frozen=True, kw_only=True, array_like=True):
    anchor: KeptAnchor
    former: tuple[str, ...]
    members: list[_Member]


class _File(Struct, frozen=True, kw_only=True):
    """The content of groups.json.

    Attributes:
        stamp: of everything that the groups are found in.
        traits: what members have in common to the letter.
        former: anchors of groups without members about which something was decided.
    """

    schema: int
    stamp: str
    traits: list[Trait]
    groups: list[_Group]
    former: list[KeptAnchor]


_read_file = parser(_File)


class KeptGroups:
    """The groups that were found last; none if the file is absent or damaged, for it can be made anew."""

    def __init__(self, path: Path, published: Published) -> None:
        self._path, self._published = path, published
        self._file = _File(schema=SCHEMA, stamp="", traits=[], groups=[], former=[])
        with suppress(OSError, ValueError, RecursionError):
            found = _read_file(path.read_bytes())
            if found.schema == SCHEMA:
                self._file = found

    @property
    def anchors(self) -> list[KeptAnchor]:
        """The anchors of all groups, those without members last."""
        return [*(group.anchor for group in self._file.groups), *self._file.former]

    def groups(self, stamp: str) -> list[Group] | None:
        """Return the groups if they were found in what has this stamp."""
        if stamp != self._file.stamp:
            return None
        return [
            Group(
                question=one.anchor.question,
                part=one.anchor.part,
                id=one.anchor.id,
                anchor=one.anchor.anchor(self._published),
                members=tuple(self._answered(member, one.anchor.part) for member in one.members),
                former=one.former,
            )
            for one in self._file.groups
        ]

    def _answered(self, member: _Member, part: str) -> Answered:
        return Answered(
            student=member.student,
            trait=self._file.traits[member.trait],
            key=member.key,
            losses=member.losses,
            digest=member.digest,
            published=lambda: self._published(member.key, part),
        )

    def keep(self, stamp: str, groups: Sequence[Group], former: Iterable[KeptAnchor]) -> None:
        """Write the groups; who may only read the run gets them all the same."""
        traits = {
            trait: number
            for number, trait in enumerate(dict.fromkeys(m.trait for group in groups for m in group.members))
        }
        kept = [_Group(anchor=_kept(one), former=one.former, members=_members(one, traits)) for one in groups]
        file = _File(schema=SCHEMA, stamp=stamp, traits=list(traits), groups=kept, former=list(former))
        with suppress(RunError):
            write_whole(self._path, line_of(file))


def _kept(group: Group) -> KeptAnchor:
    anchor = group.anchor
    return KeptAnchor(
        question=group.question,
        part=group.part,
        id=anchor.id,
        key=anchor.key,
        digest=anchor.digest,
        trait=anchor.trait,
    )


def _members(group: Group, traits: dict[Trait, int]) -> list[_Member]:
    return [
        _Member(
            student=one.student, key=one.key, digest=one.digest, losses=one.losses, trait=traits[one.trait]
        )
        for one in group.members
    ]
