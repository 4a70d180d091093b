"""Groups students who got the same wrong in a part: by what their code computed, not by how it is written."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from autograder.checks import Essay
from autograder.core.check import Check
from autograder.core.evidence import Evidence
from autograder.core.exam import Part
from autograder.core.outcome import PUBLIC, FaultKind
from autograder.core.text import HIDDEN_ONLY, KINDS
from autograder.core.verdict import Finding, Status, Verdict
from autograder.grading.alike import SOURCE, Alike, Reading

_FAULTS = frozenset(kind.value for kind in FaultKind)
_OWN = re.compile(r"0x[0-9a-fA-F]+|\b(?:line|cell) \d+|`[^`]*`")  # differs where the same went wrong
_WORD = re.compile(r"\d+(?:\.\d+)*|\w+|[-+*/=<>^%]")
_DIGITS = 12  # of a group's id


class Kind(StrEnum):
    """What the members of a group have in common."""

    MISTAKE = "mistake"  # a declared one, which explains all that failed
    FAULT = "fault"  # nothing was computed, for the same cause
    WRONG = "wrong"  # the same checks failed, on the same values
    ESSAY = "essay"  # the same text


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """What is equal to the letter among the members of a group.

    Attributes:
        failed: each check that failed, with the cause where it had nothing to judge.
        name: the mistake's name; of an essay a digest of what it says, empty if that is nothing.
    """

    kind: Kind
    failed: tuple[tuple[str, str], ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a student has for a part.

    Attributes:
        key: of the attempt: the same key, the same evidence.
        digest: of what was observed on published data; only equal evidence shares it.
        published: returns that evidence.
        losses: how many parts of the question lose points.
    """

    student: str
    trait: Trait
    key: str
    losses: int = 1
    digest: str = ""
    published: Callable[[], Evidence] = Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The first member that a group ever had: who agrees with it belongs to the group."""

    id: str
    trait: Trait
    key: str
    digest: str = ""
    published: Callable[[], Evidence] = Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A person's decision to make a group of its own of some members of a group."""

    id: str
    students: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Students who got the same wrong in a part, or wrote the same.

    Attributes:
        id: a digest of what makes the group.
        former: ids of groups that have become this one, for instance when their mistake was named.
        parent: the id of the group that a person split it from; empty if nobody did.
        anchor: what members are compared with.
        members: in alphabetical order.
    """

    question: str
    part: str
    id: str
    anchor: Anchor
    members: tuple[Answered, ...]
    former: tuple[str, ...] = ()
    parent: str = ""

    @property
    def trait(self) -> Trait:
        """What is equal among the members."""
        return self.anchor.trait

    @property
    def ids(self) -> tuple[str, ...]:
        """Its id and those that it had before."""
        return (self.id, *self.former)

    @property
    def students(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(member.student for member in self.members)

    @property
    def representative(self) -> Answered:
        """The member whose code shows best what is wrong: hardly anything else is."""
        return min(self.members, key=lambda one: (one.losses, one.key != self.anchor.key, one.student))


# -- what is equal to the letter ----------------------------------------------------------------------------


def trait_of(verdict: Verdict, part: Part) -> Trait | None:
    """Return what a verdict says of what went wrong, essays left out; None if nothing did."""
    checks = {check.id: check for check in part.checks}
    failed = [
        found
        for found in verdict.findings
        if not found.passed and not isinstance(checks.get(found.check), Essay)
    ]
    if not failed or verdict.status is Status.UNGRADED:
        return None
    told = tuple((found.check, _cause(found, checks.get(found.check))) for found in failed)
    if failed[0].mistake is not None:
        return Trait(kind=Kind.MISTAKE, failed=told, name=failed[0].mistake)
    nothing = all(found.kind in _FAULTS for found in failed)
    return Trait(kind=Kind.FAULT if nothing else Kind.WRONG, failed=told)


def _cause(found: Finding, check: Check | None) -> str:
    """Return what is said of a failed check besides its name, if that is not in the evidence."""
    if found.kind in _FAULTS or isinstance(check, SOURCE):
        return f"{found.kind}: {_OWN.sub('', found.message.en)}"
    if found.variant == PUBLIC:
        return ""
    return KINDS[HIDDEN_ONLY] if found.kind == KINDS[HIDDEN_ONLY] else "hidden"


def essay_trait(texts: Iterable[str]) -> Trait:
    """Return what texts say, however they are spaced, punctuated and written in capitals."""
    plain = (unicodedata.normalize("NFKC", text).casefold() for text in texts)
    said = "\0".join(" ".join(_WORD.findall(text)) for text in plain)
    return Trait(kind=Kind.ESSAY, name=_digest(said) if said.strip("\0") else "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]


# -- groups -------------------------------------------------------------------------------------------------


def groups_of(
    question: str,
    part: Part,
    answers: Sequence[Answered],
    known: Sequence[Anchor] = (),
    device: str = "cpu",
) -> list[Group]:
    """Return the groups of a part: named mistakes first, then unexplained, then essays; large ones first.

    Evidence belongs to the first anchor with which it agrees, so that no rounding edge cuts a group in two:
    to one of those ``known``, else to the most frequent evidence not yet in a group.

    Args:
        question: the question's name.
        part: the declaration.
        answers: what students have that is wrong or written; one may have both.
        known: the anchors of groups that were seen before.
        device: where all ran; tolerances may depend on it.
    """
    whose = _Naming(question, part.name)
    found: dict[str, tuple[Anchor, list[Answered]]] = {}
    for trait, mine in _by_trait(answers).items():
        before = [anchor for anchor in known if _one(anchor.trait) == trait]
        for answer, anchor in _anchored(whose, part, mine, before, device):
            found.setdefault(anchor.id, (anchor, []))[1].append(answer)
    former = _former(known, found)
    return ranked(
        whose.group(anchor, members, former.get(anchor.id, ())) for anchor, members in found.values()
    )


def ranked(groups: Iterable[Group]) -> list[Group]:
    """Return groups of a part in the order in which they are shown."""
    return sorted(groups, key=_rank)


def _rank(group: Group) -> tuple[int, int, str]:
    order = {Kind.MISTAKE: 0, Kind.ESSAY: 2}
    return order.get(group.trait.kind, 1), -len(group.members), group.id


def _one(trait: Trait) -> Trait:
    """Return what makes one group of students: a mistake whichever checks saw it, on whichever variant."""
    return replace(trait, failed=()) if trait.kind is Kind.MISTAKE else trait


def _by_trait(answers: Iterable[Answered]) -> dict[Trait, list[Answered]]:
    found: dict[Trait, list[Answered]] = {}
    for answer in answers:
        found.setdefault(_one(answer.trait), []).append(answer)
    return found


@dataclass(frozen=True, slots=True)
class _Naming:
    """Makes ids of the groups of a part."""

    question: str
    part: str

    def id(self, *what: object) -> str:
        return _digest(json.dumps([self.question, self.part, *what], ensure_ascii=False))

    def anchor(self, answer: Answered) -> Anchor:
        one = _one(answer.trait)
        values = answer.digest if one.kind is Kind.WRONG else ""
        return Anchor(
            id=self.id(one.kind.value, one.failed, one.name, values),
            trait=answer.trait,
            key=answer.key,
            digest=answer.digest,
            published=answer.published,
        )

    def group(self, anchor: Anchor, members: Iterable[Answered], former: tuple[str, ...]) -> Group:
        return Group(
            question=self.question,
            part=self.part,
            id=anchor.id,
            anchor=anchor,
            members=tuple(sorted(members, key=lambda one: one.student)),
            former=former,
        )


def _anchored(
    whose: _Naming, part: Part, answers: Sequence[Answered], known: Sequence[Anchor], device: str
) -> Iterator[tuple[Answered, Anchor]]:
    """Yield answers of one trait, each with the anchor of its group."""
    trait = answers[0].trait
    reading = Reading.of(part, {check for check, _ in trait.failed}, device)
    if trait.kind is not Kind.WRONG or reading.names == ():
        anchor = known[0] if known else whose.anchor(min(answers, key=lambda one: (one.digest, one.key)))
        yield from ((answer, anchor) for answer in answers)
        return
    forms: dict[str, Alike[Anchor]] = {}
    for anchor in known:
        forms.setdefault(reading.form(anchor.published()), Alike(reading)).add(anchor, anchor.published)
    often = Counter(answer.digest for answer in answers)
    by_digest: dict[str, Anchor] = {}
    for answer in sorted(answers, key=lambda one: (-often[one.digest], one.digest, one.key)):
        if answer.digest not in by_digest:
            evidence = answer.published()
            alike = forms.setdefault(reading.form(evidence), Alike(reading))
            if (near := alike.find(evidence)) is None:
                near = whose.anchor(answer)
                alike.add(near, near.published)
            by_digest[answer.digest] = near
        yield answer, by_digest[answer.digest]


def _former(
    known: Sequence[Anchor], found: Mapping[str, tuple[Anchor, Sequence[Answered]]]
) -> dict[str, tuple[str, ...]]:
    """Return which earlier groups each group is now, though a mistake was named or is named no more.

    An earlier group is where its anchor's evidence is, if there the same checks failed.
    """
    places: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    for id, (_, members) in found.items():
        if found[id][0].trait.kind in (Kind.MISTAKE, Kind.WRONG):
            for answer in members:
                for sign in (answer.key, answer.digest):
                    places.setdefault((sign, answer.trait.failed), id)
    former: dict[str, tuple[str, ...]] = {}
    for anchor in known:
        signs = [(sign, anchor.trait.failed) for sign in (anchor.key, anchor.digest) if sign]
        place = next((places[sign] for sign in signs if sign in places), None)
        if place is not None and place != anchor.id and anchor.id not in found:
            former[place] = (*former.get(place, ()), anchor.id)
    return former


def split_up(groups: Iterable[Group], splits: Iterable[Split]) -> list[Group]:
    """Return groups of a part, split as people decided, in order."""
    found = list(groups)
    for split in splits:
        found = [one for group in found for one in _split(group, split)]
    return ranked(found)


def _split(group: Group, split: Split) -> list[Group]:
    apart = tuple(one for one in group.members if one.student in split.students)
    if split.id not in group.ids or not apart:
        return [group]
    rest = tuple(one for one in group.members if one.student not in split.students)
    new = split_id(group.question, group.part, split)
    own = replace(group, id=new, parent=group.id, former=(), members=apart)
    return [own, *([replace(group, members=rest)] if rest else [])]


def split_id(question: str, part: str, split: Split) -> str:
    """Return the id of the group that a split makes."""
    return _Naming(question, part).id("split", split.id, sorted(split.students))
