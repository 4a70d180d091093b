"""Points that people gave: every revision of every score of a run, in ``RUN/manual.db``.

Rows are only ever added. If two people score the same part from the same revision, both insert the same
primary key: SQLite accepts one and the other gets an error, so that nobody overwrites an unseen score.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from autograder.core.errors import UserError
from autograder.core.points import add_points
from autograder.core.text import BY_HAND
from autograder.core.verdict import Result, Status, Verdict, finding_of
from autograder.records.results import ClassResults

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Table

Source = Literal["page", "nbgrader"]
_BUSY_SECONDS = 30.0  # to wait for another writer
_CHECK = "by hand"


class PartId(NamedTuple):
    """The identity of one student's part."""

    student: str
    question: str
    part: str


class HandScoreError(UserError):
    """``manual.db`` cannot be read or written; one line says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandScore:
    """What a person gave for one student's part.

    Attributes:
        automatic: points that replace the machine's; None keeps the machine's.
        waiting: points for what the machine left to a person; None if not graded yet.
        extra: extra credit on top of both; may be negative.
        settled: whether every item of the part has a score.
    """

    student: str
    question: str
    part: str
    automatic: float | None
    waiting: float | None
    extra: float
    settled: bool

    @property
    def whose(self) -> PartId:
        """The part that was scored."""
        return PartId(self.student, self.question, self.part)

    @property
    def empty(self) -> bool:
        """Whether the score holds no points at all."""
        return self.automatic is None and self.waiting is None and not self.extra


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a score.

    Attributes:
        number: 1, 2, ... for each student's part.
        score: the points given; empty if a score was withdrawn.
        source: the essay page, or nbgrader's formgrader.
        answer: fingerprint of the answer that was scored; empty if unknown.
        given: the time, in ISO 8601 and UTC.
    """

    number: int
    score: HandScore
    source: Source
    answer: str = ""
    given: str = ""


class OutdatedError(Exception):
    """Somebody else scored the part meanwhile; ``newest`` is their revision, None if there is none."""

    def __init__(self, newest: Revision | None) -> None:
        super().__init__(f"the newest is {newest}")
        self.newest = newest


@dataclass(frozen=True, slots=True)
class HandScores:
    """The scores in one SQLite file, which the first score creates."""

    path: Path

    def newest(self) -> dict[PartId, Revision]:
        """Return the newest revision of every part that was ever scored.

        Raises:
            HandScoreError: the file cannot be read.
        """
        return {whose: revisions[-1] for whose, revisions in self.history().items()}

    def current(self) -> list[HandScore]:
        """Return the scores in force, without those that were withdrawn.

        Raises:
            HandScoreError: the file cannot be read.
        """
        return [revision.score for revision in self.newest().values() if not revision.score.empty]

    def history(self) -> dict[PartId, list[Revision]]:
        """Return all revisions of every part, oldest first.

        Raises:
            HandScoreError: the file cannot be read, or SQLAlchemy is not installed.
        """
        if not self.path.exists():
            return {}
        try:
            from sqlalchemy import inspect, select
        except ModuleNotFoundError:
            raise HandScoreError(
                f"{self.path} needs sqlalchemy; run: pip install 'dl-autograder[report]'"
            ) from None

        found: dict[PartId, list[Revision]] = {}
        table = _table()
        with self._connected() as connection:
            if inspect(connection).has_table(table.name):  # missing while the first score is being added
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                    revision = _revision(row)
                    found.setdefault(revision.score.whose, []).append(revision)
        return found

    def give(self, score: HandScore, source: Source, *, seen: int, answer: str = "") -> Revision:
        """Add a revision after the revision number ``seen`` (0: none yet) and return it.

        Raises:
            OutdatedError: ``seen`` is not the newest revision; nothing was added.
            HandScoreError: the file cannot be written.
        """
        from sqlalchemy import func, insert, select
        from sqlalchemy.exc import IntegrityError
        from sqlalchemy.schema import CreateTable

        now = datetime.now(UTC).isoformat(timespec="seconds")
        revision = Revision(number=seen + 1, score=score, source=source, answer=answer, given=now)
        table, row = _table(), _row(revision)
        newest = select(func.max(table.c.number)).where(
            *(table.c[name] == row[name] for name in PartId._fields)
        )
        try:
            with self._connected() as connection:
                connection.execute(CreateTable(table, if_not_exists=True))
                if up_to_date := (connection.scalar(newest) or 0) == seen:
                    connection.execute(insert(table).values(row))
        except IntegrityError:  # somebody was faster
            up_to_date = False
        if not up_to_date:
            raise OutdatedError(self.newest().get(score.whose))
        return revision

    def _make_private(self) -> None:
        """Make an empty file as private as the results; what cannot be made is told on connecting.

        A file that is there is not opened: closing it would give up the locks that SQLite holds on it.
        """
        if not self.path.exists():
            with suppress(OSError):
                descriptor, empty = tempfile.mkstemp(dir=self.path.parent, prefix=".", suffix=".tmp")
                os.close(descriptor)
                with suppress(FileExistsError):
                    os.link(empty, self.path)
                os.unlink(empty)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Open a connection for one transaction, committed at the end and rolled back on an exception."""
        from sqlalchemy import NullPool, create_engine
        from sqlalchemy.exc import IntegrityError, SQLAlchemyError

        waiting = {"timeout": _BUSY_SECONDS}
        self._make_private()
        engine = create_engine(f"sqlite:///{self.path}", poolclass=NullPool, connect_args=waiting)
        try:
            with engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise HandScoreError(f"{self.path}: {str(error).splitlines()[0]}") from None
        finally:
            engine.dispose()


@cache
def _table() -> Table:
    from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, MetaData, String, Table

    whose = [Column(name, LargeBinary, primary_key=True) for name in PartId._fields]
    return Table(
        "revisions",
        MetaData(),
        *whose,
        Column("number", Integer, primary_key=True),
        Column("automatic", Float),
        Column("waiting", Float),
        Column("extra", Float, nullable=False),
        Column("settled", Boolean, nullable=False),
        Column("source", String, nullable=False),
        Column("answer", String, nullable=False),
        Column("given", String, nullable=False),
    )


def _row(revision: Revision) -> dict[str, Any]:
    """Return the database row; names are bytes, because a folder's name need not be UTF-8."""
    record = asdict(revision)
    score: dict[str, Any] = record.pop("score")
    return record | score | {name: os.fsencode(score[name]) for name in PartId._fields}


def _revision(row: RowMapping) -> Revision:
    record: dict[str, Any] = {**row} | {name: os.fsdecode(row[name]) for name in PartId._fields}
    score = HandScore(**{name: record.pop(name) for name in HandScore.__slots__})
    return Revision(score=score, **record)


def taken_back(score: HandScore) -> HandScore:
    """Return the score that withdraws ``score``."""
    return replace(score, automatic=None, waiting=None, extra=0.0, settled=False)


def with_hand_scores(results: ClassResults, scores: Iterable[HandScore]) -> ClassResults:
    """Return the results with the points that people gave."""
    given = {score.whose: score for score in scores}
    if not given:
        return results
    return replace(results, read=lambda: (_scored(result, given) for result in results))


def _scored(result: Result, given: Mapping[PartId, HandScore]) -> Result:
    whose = (PartId(result.student, result.question, verdict.part) for verdict in result.verdicts)
    verdicts = [
        _judged(verdict, given[mine]) if mine in given else verdict
        for mine, verdict in zip(whose, result.verdicts, strict=True)
    ]
    return replace(result, verdicts=tuple(verdicts))


def _judged(verdict: Verdict, score: HandScore) -> Verdict:
    machine = verdict.points if score.automatic is None else 0.0
    by_hand = add_points([score.automatic or 0.0, score.waiting or 0.0, score.extra])
    points = add_points([machine, by_hand])
    told = finding_of(_CHECK, BY_HAND, passed=True, points=by_hand)
    waits = score.waiting is None
    return replace(
        verdict,
        points=points,
        manual=verdict.manual if waits else 0.0,
        status=_status(points, verdict.max_points) if score.settled else verdict.status,
        findings=(*(one for one in verdict.findings if waits or not one.manual), told),
    )


def _status(points: float, max_points: float) -> Status:
    if points >= max_points - 1e-9:
        return Status.PASSED
    return Status.PARTIAL if points > 0 else Status.FAILED
