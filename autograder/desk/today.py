"""What the first page says: what waits, what is ungraded, what was asked, and how each part went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.core.exam import Part
from autograder.core.verdict import Status
from autograder.desk.source import Place, Snapshot, Source
from autograder.records.held import Asked

_BARS = 10  # of a histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """A part in numbers.

    Attributes:
        waits: how many answers wait for a person.
        mean: the mean points.
    """

    question: str
    part: Part
    essay: bool
    counts: Mapping[Status, int]
    waits: int
    mean: float

    @property
    def students(self) -> int:
        """How many have a result."""
        return sum(self.counts.values())

    @property
    def ungraded(self) -> int:
        """For how many the part is ungraded."""
        return self.counts.get(Status.UNGRADED, 0)


def part_lines(source: Source, snapshot: Snapshot) -> list[PartLine]:
    """Return the parts in the exam's order."""
    found = []
    for entry in source.exam.questions:
        for part in entry.question.parts:
            place = entry.name, part.name
            verdicts = snapshot.by_part.get(place, {}).values()
            points = [verdict.points for verdict in verdicts]
            line = PartLine(
                question=entry.name,
                part=part,
                essay=place in source.essays,
                counts=Counter(verdict.status for verdict in verdicts),
                waits=sum(verdict.manual > 0 for verdict in verdicts),
                mean=sum(points) / max(1, len(points)),
            )
            found.append(line)
    return found


def new_requests(snapshot: Snapshot) -> list[Asked]:
    """Return the requests without a reply."""
    return [one for one in snapshot.held.asked if one.reply is None]


def ungraded(snapshot: Snapshot) -> list[tuple[str, Place]]:
    """Return what is ungraded: whose, and which part."""
    return [
        (student, place)
        for place, verdicts in snapshot.by_part.items()
        for student, verdict in verdicts.items()
        if verdict.status is Status.UNGRADED
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of a histogram: from, to (in points), and how many; ``share`` of the highest bar."""

    low: float
    high: float
    count: int
    share: float


def histogram(points: Sequence[float], most: float) -> list[Bar]:
    """Return how many have how many points of ``most``; the last bar has those with all of them."""
    width = (most or 1.0) / _BARS
    counts = Counter(min(_BARS, max(0, int(one / width + 1e-9))) for one in points)
    highest = max(counts.values(), default=1)
    return [
        Bar(low=n * width, high=(n + 1) * width, count=counts[n], share=counts[n] / highest)
        for n in range(_BARS + 1)
    ]
