"""Takes the files of a download into the ledger, whatever they are called and whatever is in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import structs

from autograder.core.errors import UserError
from autograder.core.text import EMPTY, Text
from autograder.course.beside import MAX_BYTES, MAX_FILES
from autograder.course.moments import MomentError, moment
from autograder.course.timestamps import TIMESTAMP
from autograder.course.which_file import decoded
from autograder.integrations.lms.blackboard import Blackboard
from autograder.integrations.lms.brightspace import Brightspace
from autograder.integrations.lms.canvas import Canvas
from autograder.integrations.lms.files import Files
from autograder.integrations.lms.gradescope import Gradescope, is_metadata
from autograder.integrations.lms.ilias import Ilias
from autograder.integrations.lms.ledger import Collection, FileRecord, OwnerRecord
from autograder.integrations.lms.moodle import Moodle
from autograder.integrations.lms.placed import Placed, System
from autograder.integrations.lms.questions import Questions, is_code
from autograder.integrations.lms.sources import (
    MORE_FILES,
    Item,
    ReadError,
    SourceError,
    is_archive,
    items_of,
)

UNPACKED = Text(ko="압축을 풀었습니다. 안의 파일이 아래에 있습니다", en="unpacked: its files follow")
JUNK = Text(ko="운영체제나 프로그램이 만든 파일입니다", en="of an operating system or a tool")
_TOO_MUCH = Text(
    ko="압축을 풀면 내려받은 것의 {ratio}배를 넘습니다",
    en="unpacks to more than {ratio} times the download",
)
_MORE_TOGETHER = Text(ko="합쳐서 {most}MB를 넘습니다", en="more than {most} MB together")
_NOT_UNPACKED = Text(ko="압축 파일을 풀 수 없습니다: {why}", en="an archive that cannot be unpacked: {why}")
_RATIO, _SMALL = 100, 1 << 30  # a download that unpacks to more than that, and to more than 1 GB
# Of those that know as many files the first is meant; almost anything may be a name of Canvas.
_NAMED = (Moodle(), Blackboard(), Brightspace(), Ilias(), Canvas())


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Takes downloads for one exam.

    Attributes:
        batch: the number of this call.
        now: when it is, in ISO 8601.
        system: the name of a System, or ``auto``.
        other_exams: of the course.
        zone: of the times in names.
        listed: whether somebody in the roster may be called so.
    """

    collection: Collection
    exam: str
    questions: Questions
    batch: int
    now: str
    system: str
    other_exams: Sequence[str]
    zone: ZoneInfo | None
    listed: Callable[[str], object]

    def records(self, source: Path) -> list[FileRecord]:
        """Keep the files of a download and return a record of each.

        Raises:
            SourceError: it cannot be read at all.
            UserError: names have times, and the course has no time zone.
        """
        system = self._system(source)
        left = None if source.is_dir() else max(_SMALL, _RATIO * source.stat().st_size)
        found: list[FileRecord] = []
        with items_of(source) as items:
            for item in items:
                if left is not None and item.size > left:
                    item = replace(item, refused=_TOO_MUCH.format(ratio=_RATIO))
                taken = list(self._taken(item, system, source))
                left = left and left - taken[0].size * bool(taken[0].sha256)
                found += taken
        return self._with_timestamps(found)

    def _system(self, source: Path) -> System:
        """Return the system asked for or, of those that know half of the files, the one that knows most.

        What is in one folder has one vote together: how one student calls files decides nothing for others.
        """
        with items_of(source) as items:
            paths = [item.path for item in items if not item.junk and not item.refused]
        gradescope = Gradescope.of(self._metadata(source))
        top = {path.partition("/")[0] for path in paths}
        wrapper = source.stem if top == {source.stem} else ""
        files = Files(
            exam=self.exam,
            questions=self.questions.names,
            other_exams=self.other_exams,
            wrapper=wrapper,
            listed=self.listed,
        )
        systems: dict[str, System] = {one.name: one for one in (*_NAMED, gradescope, files)}
        if self.system != "auto":
            return systems[self.system]
        groups = _by_folder(paths)
        counts = {
            name: sum(_known(one, group) for group in groups)
            for name, one in systems.items()
            if name != "files"
        }
        if not any(map(Ilias().surely, paths)):
            counts["ilias"] = 0
        best = max(counts, key=lambda name: counts[name])
        return systems[best] if counts[best] and 2 * counts[best] >= len(groups) else files

    def _metadata(self, source: Path) -> str:
        """Return the text of Gradescope's metadata; empty if there is none."""
        with items_of(source) as items:
            for item in items:
                if is_metadata(item.path) and not item.refused:
                    with suppress(ReadError):
                        return b"".join(item.chunks(MAX_BYTES)).decode("utf-8", "replace")
        return ""

    def _taken(self, item: Item, system: System, source: Path) -> Iterator[FileRecord]:
        modified = "" if item.modified <= 0 else _iso(item.modified)
        record = FileRecord(
            exam=self.exam,
            system=system.name,
            source=_said(source.name),
            path=_said(item.path),
            modified=modified,
            batch=self.batch,
            collected=self.now,
            size=item.size,
        )
        placed = None if item.junk else system.place(item.path)
        if placed is not None:
            record = self._with_names(record, placed)
        if why := item.refused or (JUNK if item.junk else placed.why if placed else EMPTY):
            yield structs.replace(record, told=why)
            return
        yield from self._kept(record, item, may_unpack=placed is not None)

    def _with_names(self, record: FileRecord, placed: Placed) -> FileRecord:
        return structs.replace(
            record,
            account=_said(placed.account),
            owners=tuple(
                OwnerRecord(name=_said(one.name), keys=tuple(map(_said, one.keys))) for one in placed.owners
            ),
            file=_said(placed.file),
            time=self._time(placed.time),
            late=placed.late,
            reply=_said(placed.reply),
        )

    def _time(self, text: str) -> str:
        if not text:
            return ""
        try:
            return moment(text, self.zone).isoformat()
        except MomentError as error:
            if self.zone is None:
                raise UserError(
                    f"the names of the files have times: {error}",
                    ko=f"파일의 이름에 시각이 있습니다: {error}",
                ) from None
            return ""

    def _kept(self, record: FileRecord, item: Item, *, may_unpack: bool) -> Iterator[FileRecord]:
        try:
            sha256, size = self.collection.keep(item.chunks())
        except ReadError as error:
            yield structs.replace(record, told=error.why)
            return
        record = structs.replace(record, sha256=sha256, size=size)
        if may_unpack and is_archive(record.file):
            yield from self._unpacked(record)
            return
        path = self.collection.content(sha256)
        if is_code(record.file):
            name = record.file.rpartition("/")[2]
            record = structs.replace(
                record, named=self.questions.named(name), contains=self.questions.contained(path)
            )
        yield record

    def _unpacked(self, archive: FileRecord) -> Iterator[FileRecord]:
        """Yield the records of an archive that was handed in and of its files; inner ones stay packed."""
        found: list[FileRecord] = []
        left = MAX_BYTES
        try:
            with items_of(self.collection.content(archive.sha256), handed_in=True) as items:
                for item in islice(items, MAX_FILES + 1):
                    if len(found) == MAX_FILES:
                        found.append(_inside(archive, item, MORE_FILES.format(most=MAX_FILES)))
                        break
                    if item.junk or item.refused:
                        found.append(_inside(archive, item, item.refused or JUNK))
                    elif item.size > left:
                        found.append(_inside(archive, item, _MORE_TOGETHER.format(most=MAX_BYTES >> 20)))
                    else:
                        found += self._kept(_inside(archive, item, EMPTY), item, may_unpack=False)
                        left -= found[-1].size
        except SourceError as error:
            yield structs.replace(archive, told=_NOT_UNPACKED.format(why=error.why))
            return
        yield structs.replace(archive, told=UNPACKED)
        yield from _without_wrapper(found)

    def _with_timestamps(self, records: Sequence[FileRecord]) -> list[FileRecord]:
        """Return records with the times in nbgrader's files of times, which are no files of students."""
        times = {}
        for record in records:
            if record.file == TIMESTAMP and record.sha256:
                text = self.collection.content(record.sha256).read_bytes()[:200].decode("utf-8", "replace")
                with suppress(MomentError):
                    times[record.account] = moment(text, self.zone or ZoneInfo("UTC")).isoformat()
        return [
            structs.replace(record, time=record.time or times.get(record.account, "")) for record in records
        ]


def _by_folder(paths: Sequence[str]) -> list[list[str]]:
    """Return the paths below each name that stands beside others at the top of a download."""
    around = os.path.commonpath([os.path.dirname(path) for path in paths]) if paths else ""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.removeprefix(around).lstrip("/").partition("/")[0], []).append(path)
    return list(found.values())


def _known(system: System, paths: Sequence[str]) -> float:
    """Return the share of the paths that a system knows."""
    return sum(system.place(path) is not None for path in paths) / len(paths)


def _iso(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""


def _inside(archive: FileRecord, item: Item, why: Text) -> FileRecord:
    """Return the record of a file in an archive that was handed in."""
    return structs.replace(
        archive,
        path=f"{archive.path}/{_said(item.path)}",
        file=_said(item.path),
        modified=_iso(item.modified) if item.modified > 0 else archive.modified,
        size=item.size,
        sha256="",
        told=why,
    )


def _without_wrapper(records: Sequence[FileRecord]) -> Iterator[FileRecord]:
    """Yield records whose files do not have the folder that is around all of them."""
    taken = [record.file for record in records if not record.why]
    around = os.path.commonpath([os.path.dirname(file) for file in taken]) if taken else ""
    for record in records:
        inside = record.file.removeprefix(f"{around}/") if around and not record.why else record.file
        yield structs.replace(record, file=inside)


def _said(text: str) -> str:
    """Return a text that can be written as UTF-8."""
    return decoded(text) or text.encode("utf-8", "backslashreplace").decode()
