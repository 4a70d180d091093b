"""``RUN/decisions.db``: every decision of people about a run; entries are only ever added."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from autograder.core.errors import REPORT, UserError, to_install
from autograder.records.decisions import Decision, Entry, PartId, Score, Source, Undo, key_text
from autograder.records.held import Held, undone, what_holds
from autograder.records.rows import line_of, parser

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping, Table

_BUSY_SECONDS = 30.0  # to wait for another writer
_EARLIER = "manual.db"  # the hand scores of runs from before there were decisions


class _Stored(Struct, frozen=True):
    """The form in which a decision is stored."""

    decision: Decision


_read_stored = parser(_Stored)


class DecisionsError(UserError):
    """``decisions.db`` cannot be read or written, or a decision does not fit; one line says why."""


class OutdatedError(Exception):
    """Somebody else decided about the same meanwhile; ``newest`` are their entries."""

    def __init__(self, newest: Sequence[Entry]) -> None:
        super().__init__(f"the newest are {newest}")
        self.newest = newest


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions in one SQLite file, which the first decision creates.

    Hand scores in a ``manual.db`` beside it are its first entries.
    """

    path: Path

    def history(self, after: int = 0) -> list[Entry]:
        """Return the entries, oldest first; only those with a number above ``after``.

        Raises:
            DecisionsError: the file cannot be read, or SQLAlchemy is not installed.
        """
        with _connected(self.path) as connection:
            found = _entries(connection, after) if connection else []
        return found if found or after else self._earlier()

    def held(self) -> Held:
        """Return what holds; raises what :meth:`history` does."""
        return what_holds(self.history())

    def decide(
        self, decisions: Sequence[Decision], *, who: str, source: Source, seen: Sequence[int], why: str = ""
    ) -> list[Entry]:
        """Add decisions that are made together, all of them or none, and return their entries.

        Args:
            seen: of each, the newest revision about the same that whoever decides knows; 0 for none.
            who: the name of who decides.
            why: the reason.

        Raises:
            OutdatedError: there is a newer revision; nothing was added.
            DecisionsError: the file cannot be written.
        """
        _make_private(self.path)
        with _connected(self.path, write=True) as connection:
            if connection is None:
                raise DecisionsError(
                    f"{self.path} cannot be made; choose a folder that you may write to",
                    ko=f"{self.path}을(를) 만들 수 없습니다. 쓸 수 있는 폴더를 고르세요",
                )
            number = self._ready(connection) + 1
            if newer := _newer(connection, decisions, seen):
                raise OutdatedError(newer)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            made = [
                Entry(
                    number=number + index,
                    act=number,
                    revision=known + 1,
                    decision=decision,
                    who=who,
                    why=why,
                    source=source,
                    given=now,
                )
                for index, (decision, known) in enumerate(zip(decisions, seen, strict=True))
            ]
            _insert(connection, made)
        return made

    def undo(self, act: int, *, who: str, source: Source, why: str = "") -> list[Entry]:
        """Take back what was decided together under this number, and return the new entries.

        What somebody decided about the same afterwards stays.

        Raises:
            OutdatedError: somebody else decided about the same at this moment; nothing was added.
            DecisionsError: there is no such entry, or it was taken back already.
        """
        known = self.history()
        wanted = next((entry.act for entry in known if entry.number == act), None)
        if wanted is None:
            raise DecisionsError(
                f"there is no decision number {act}; autograder history shows them",
                ko=f"결정 {act}번은 없습니다. autograder history로 볼 수 있습니다",
            )
        mine = [entry for entry in known if entry.act == wanted]
        if undone(known) >= {entry.number for entry in mine}:
            raise DecisionsError(
                f"decision number {act} was taken back already", ko=f"결정 {act}번은 이미 취소되었습니다"
            )
        revisions = what_holds(known).revisions
        decisions = [Undo(number=entry.number, about=entry.decision.key) for entry in mine]
        seen = [revisions[one.about] for one in decisions]
        return self.decide(decisions, who=who, source=source, seen=seen, why=why)

    def _ready(self, connection: Connection) -> int:
        """Make the table, with the scores of earlier days, if there is none; return the highest number."""
        from sqlalchemy import func, select
        from sqlalchemy.schema import CreateTable

        table = _table()
        connection.execute(CreateTable(table, if_not_exists=True))
        if (highest := connection.scalar(select(func.max(table.c.number)))) is None:
            earlier = self._earlier()
            _insert(connection, earlier)
            return len(earlier)
        return int(highest)

    def _earlier(self) -> list[Entry]:
        """Return the hand scores in ``manual.db``, oldest first."""
        with _connected(self.path.with_name(_EARLIER)) as connection:
            rows = _rows_of_manual(connection) if connection else []
        return [
            Entry(
                number=number,
                act=number,
                revision=row["number"],
                decision=_earlier_score(row),
                who="",
                why="",
                source=row["source"],
                given=row["given"],
            )
            for number, row in enumerate(rows, start=1)
        ]


@contextmanager
def _connected(path: Path, *, write: bool = False) -> Iterator[Connection | None]:
    """Open a file for one transaction, which an exception rolls back; None if it is absent."""
    if not path.exists():
        yield None
        return
    try:
        from sqlalchemy import NullPool, create_engine
        from sqlalchemy.exc import SQLAlchemyError
    except ModuleNotFoundError:
        raise DecisionsError(to_install(str(path), "sqlalchemy", REPORT)) from None
    # Begun by hand: whoever writes locks the file before reading what the newest revisions are.
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=NullPool,
        connect_args={"timeout": _BUSY_SECONDS},
        isolation_level="AUTOCOMMIT",
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
    except SQLAlchemyError as error:
        raise DecisionsError(f"{path}: {str(error).splitlines()[0]}") from None
    finally:
        engine.dispose()


def _make_private(path: Path) -> None:
    """Make an empty file as private as the results; what cannot be made is told on connecting.

    A file that is there is not opened: closing it would give up the locks that SQLite holds on it.
    """
    if not path.exists():
        with suppress(OSError):
            descriptor, empty = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
            os.close(descriptor)
            with suppress(FileExistsError):
                os.link(empty, path)
            os.unlink(empty)


@cache
def _table() -> Table:
    from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint

    return Table(
        "entries",
        MetaData(),
        Column("number", Integer, primary_key=True),
        Column("act", Integer, nullable=False),
        Column("about", String, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("decision", LargeBinary, nullable=False),
        Column("who", String, nullable=False),
        Column("why", String, nullable=False),
        Column("source", String, nullable=False),
        Column("given", String, nullable=False),
        UniqueConstraint("about", "revision"),
    )


def _insert(connection: Connection, entries: Sequence[Entry]) -> None:
    from sqlalchemy import insert

    if entries:
        connection.execute(insert(_table()), [_row(entry) for entry in entries])


def _row(entry: Entry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in Entry.__struct_fields__}
    return values | {"decision": line_of(_Stored(entry.decision)), "about": key_text(entry.decision.key)}


def _entries(connection: Connection, after: int) -> list[Entry]:
    from sqlalchemy import inspect, select

    table = _table()
    if not inspect(connection).has_table(table.name):  # missing while the first decision is being added
        return []
    rows = connection.execute(select(table).where(table.c.number > after).order_by(table.c.number)).mappings()
    return [_entry(row) for row in rows]


def _entry(row: RowMapping) -> Entry:
    try:
        decision = _read_stored(row["decision"]).decision
    except (ValueError, RecursionError) as error:
        raise DecisionsError(
            f"decision number {row['number']} is damaged: {error}",
            ko=f"결정 {row['number']}번의 기록이 손상되었습니다: {error}",
        ) from None
    return Entry(**{name: row[name] for name in Entry.__struct_fields__} | {"decision": decision})


def _newer(connection: Connection, decisions: Iterable[Decision], seen: Iterable[int]) -> list[Entry]:
    """Return the newest entry about each thing of which a newer revision than that seen is there."""
    from sqlalchemy import func, select

    table, found = _table(), list[Entry]()
    for decision, known in zip(decisions, seen, strict=True):
        mine = table.c.about == key_text(decision.key)
        newest = connection.scalar(select(func.max(table.c.revision)).where(mine)) or 0
        if newest < known:
            raise DecisionsError(f"revision {known} cannot have been seen: there are {newest}")
        if newest > known:
            last = select(table).where(mine, table.c.revision == newest)
            found += [_entry(row) for row in connection.execute(last).mappings()]
    return found


def _rows_of_manual(connection: Connection) -> list[Any]:
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("revisions"):
        return []
    query = text("SELECT * FROM revisions ORDER BY given, number")
    return [dict(row) for row in connection.execute(query).mappings()]


def _earlier_score(row: dict[str, Any]) -> Score:
    """Return the score in a row; names are bytes there, because a folder's name need not be UTF-8."""
    student, question, part = (os.fsdecode(row[name]) for name in PartId._fields)
    return Score(
        student=student,
        question=question,
        part=part,
        automatic=row["automatic"],
        waiting=row["waiting"],
        extra=row["extra"],
        settled=bool(row["settled"]),
        answer=row["answer"],
    )
