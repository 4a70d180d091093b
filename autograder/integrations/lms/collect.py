"""Collects downloads into the layout that ``grade`` reads; a second call adds what is new."""

from __future__ import annotations

import csv
import errno
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from autograder.core.errors import reason
from autograder.core.text import EMPTY, Language, Text
from autograder.course.catalog import Course, ExamEntry
from autograder.course.policy import CoursePolicy, due_for
from autograder.course.roster import Roster
from autograder.course.timestamps import TIMESTAMP
from autograder.integrations.lms.choose import Chosen, choose, is_late, owned, taken_names
from autograder.integrations.lms.files import OTHER_EXAM
from autograder.integrations.lms.intake import JUNK, UNPACKED, Intake
from autograder.integrations.lms.ledger import (
    COLLECTED,
    Collection,
    FileRecord,
    Ledger,
    digest_of,
    records_of,
)
from autograder.integrations.lms.questions import Questions
from autograder.records.files import unwritable, write_whole
from autograder.records.requests import MAX_BYTES, is_request
from autograder.reports.spreadsheet import safe

_REQUEST = Text(
    ko="재검토 요청입니다. autograder collect --run RUN이 저장합니다",
    en="a request to look again; autograder collect --run RUN stores it",
)
_OF_THE_SYSTEM = Text(ko="학습 관리 시스템이 만든 파일입니다", en="what the system itself says")
_NOBODY = Text(ko="이름만으로는 누구의 파일인지 알 수 없습니다", en="its name does not say whose it is")
_NO_PLACE = Text(ko="그 자리에는 다른 파일이 있습니다", en="another file has its place")
_BY_HAND = Text(
    ko="그 자리의 파일을 사람이 고쳤으므로 그대로 둡니다",
    en="the file that is there was written by hand, and stays",
)
_NOT_WRITTEN = Text(ko="쓸 수 없습니다: {why}", en="cannot be written: {why}")
# A name that is a folder elsewhere, or too long: that concerns one file only.
_OF_THE_NAME = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a file for one student; a line of collected.csv.

    Attributes:
        status: ``taken`` answers a question, ``beside`` lies beside an answer, ``kept`` does not count,
            ``request`` asks to look again, ``unknown`` is of nobody known, ``unpacked``, ``left out`` or
            ``refused``.
        to: where it was written, in the folder of submissions.
        why: what is to be said of it, in the language of the call.
    """

    exam: str
    status: str
    student: str = ""
    question: str = ""
    file: str = ""
    time: str = ""
    late: str = ""
    to: str = ""
    why: str = ""
    system: str = ""
    source: str = ""
    path: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a call did.

    Attributes:
        rows: of the exam, one for each file and student.
        new: how many files were not there before.
        absent: the students of the roster without any answer.
        strangers: the students with answers that the roster does not know.
        untimed: the students whose answers are late by the system's mark, by an unknown time.
    """

    rows: Sequence[Row]
    new: int
    absent: Sequence[str]
    strangers: Sequence[str]
    untimed: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class CollectRequest:
    """What ``collect`` was asked to do; the roster may be empty, ``language`` is of what rows say."""

    exam: ExamEntry
    folder: Path
    roster: Roster
    policy: CoursePolicy
    system: str = "auto"
    language: Language = "en"


def collect(request: CollectRequest, sources: Sequence[Path]) -> Collected:
    """Take downloads into a folder of submissions.

    Every file is kept as it was downloaded in ``.collected``. The ones that count are written where ``grade``
    finds them, with the time in timestamp.txt. A file there that somebody wrote or changed by hand stays.

    Raises:
        SourceError: a download cannot be read at all; nothing of any is taken.
        UserError, RunError, CatalogError: one line says what is wrong.
    """
    collection = Collection(request.folder)
    questions = Questions.of(request.exam)
    with collection.locked():
        ledger = collection.load()
        new = _new_records(request, collection, ledger, questions, sources)
        ledger.files += new
        ledger.batch += bool(new)
        collection.save(ledger)
        arranging = _Arranging(
            request=request, collection=collection, ledger=ledger, questions=questions.names
        )
        rows = arranging.arrange()
        collection.save(ledger)
        _write_csv(request.folder / COLLECTED, request.exam.name, rows)
    return arranging.said(rows, len(new))


def _new_records(
    request: CollectRequest,
    collection: Collection,
    ledger: Ledger,
    questions: Questions,
    sources: Sequence[Path],
) -> list[FileRecord]:
    """Return the records of the files that were not collected before."""
    exam = request.exam
    intake = Intake(
        collection=collection,
        exam=exam.name,
        questions=questions,
        batch=ledger.batch + 1,
        now=datetime.now(UTC).isoformat(),
        system=request.system,
        other_exams=[name for name in Course(exam.course).exam_names if name != exam.name],
        zone=request.policy.zone,
        listed=request.roster.called,
    )
    found = {record.identity: record for source in sources for record in intake.records(source)}
    known = {record.identity for record in ledger.files}
    return [record for identity, record in found.items() if identity not in known]


@dataclass(frozen=True, kw_only=True)
class _Arranging:
    """Writes the files that count where they are expected."""

    request: CollectRequest
    collection: Collection
    ledger: Ledger
    questions: Sequence[str]
    untimed: list[str] = field(default_factory=list)

    @property
    def exam(self) -> str:
        return self.request.exam.name

    def arrange(self) -> list[Row]:
        """Write the files and return a row of every one for every student whose it is."""
        rows: list[Row] = []
        mine: dict[str, list[FileRecord]] = {}
        records = records_of(self.ledger, self.exam)
        taken = taken_names(records, self.request.roster)
        for record in records:
            if status := _status(record):
                own = _REQUEST if status == "request" else _OF_THE_SYSTEM
                rows.append(self._row(record, status, record.why or own))
                continue
            owner = owned(record, self.request.roster, self.request.policy.of(self.exam), taken)
            if not owner.students:
                rows.append(self._row(record, "unknown", owner.why or _NOBODY))
            for student in owner.students:
                mine.setdefault(student, []).append(record)
        wanted: dict[str, str] = {}
        for student, files in sorted(mine.items()):
            rows += self._student(student, files, wanted)
        self._remove_others(wanted)
        return rows

    def _student(self, id: str, files: Sequence[FileRecord], wanted: dict[str, str]) -> Iterator[Row]:
        policy = self.request.policy.of(self.exam)
        student = self.request.roster.by_id.get(id)
        due = due_for(policy, self.exam, student)
        limit = due + policy.grace if due else None
        if student and student.submitted:
            files = _with_time(files, student.submitted.isoformat())
        chosen = choose(files, self.questions, policy, self.exam, student)
        targets = dict(_targets(chosen))
        for record in files:
            about = {"student": id, "late": "late" if is_late(record, limit) else ""}
            to = [target for target, one in targets.items() if one.identity == record.identity]
            for target in to:
                path = f"{id}/{self.exam}/{target}"
                why = self._place(path, record.sha256, wanted)
                question = _question(target, record, chosen)
                status = "taken" if question else "beside"
                yield self._row(record, status, why, question=question, to=path, **about)
            if not to:
                why = chosen.why_not.get(record.identity, _NO_PLACE)
                yield self._row(record, "kept", why, question=", ".join(record.named), **about)
        self._timestamp(id, chosen, limit, wanted)

    def _row(self, record: FileRecord, status: str, why: Text, **more: str) -> Row:
        return Row(
            exam=record.exam,
            status=status,
            file=record.file,
            time=record.time,
            why=why[self.request.language],
            system=record.system,
            source=record.source,
            path=record.path,
            size=record.size,
            sha256=record.sha256,
            **more,
        )

    def _timestamp(self, id: str, chosen: Chosen, limit: datetime | None, wanted: dict[str, str]) -> None:
        """Write when the answers that count were handed in, of several times the last."""
        answers = chosen.answers.values()
        if any(record.late and not record.time for record in answers):
            self.untimed.append(id)
        if time := max((record.time for record in answers), default=""):
            said = datetime.fromisoformat(time).strftime("%Y-%m-%d %H:%M:%S UTC\n").encode()
            sha256, _ = self.collection.keep([said])
            self._place(f"{id}/{self.exam}/{TIMESTAMP}", sha256, wanted)

    def _place(self, path: str, sha256: str, wanted: dict[str, str]) -> Text:
        """Write a kept file, unless a person's is there; return what is to be said of it."""
        wanted[path] = sha256
        target = self.request.folder / path
        try:
            there = digest_of(target)
            if there == sha256:
                self.ledger.placed[path] = sha256
                return EMPTY
            by_hand = not there or there != self.ledger.placed.get(path)
            if (target.is_symlink() or target.exists()) and by_hand:
                return _BY_HAND
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(self.collection.content(sha256), target)
        except OSError as error:
            if error.errno in _OF_THE_NAME:
                return _NOT_WRITTEN.format(why=reason(error))
            raise unwritable(target, error) from None
        self.ledger.placed[path] = sha256
        return EMPTY

    def _remove_others(self, wanted: dict[str, str]) -> None:
        """Remove what an earlier call wrote and does not count any more; it is kept in ``.collected``."""
        for path, sha256 in list(self.ledger.placed.items()):
            if path in wanted or path.split("/")[1] != self.exam:
                continue
            target = self.request.folder / path
            try:
                if digest_of(target) == sha256:
                    target.unlink()
            except OSError as error:
                raise unwritable(target, error) from None
            del self.ledger.placed[path]

    def said(self, rows: Sequence[Row], new: int) -> Collected:
        """Return what is to be told of the call."""
        answered = {row.student for row in rows if row.status == "taken"}
        roster = self.request.roster.by_id
        return Collected(
            rows=rows,
            new=new,
            absent=[id for id in roster if id not in answered],
            strangers=sorted(answered - set(roster)) if roster else [],
            untimed=self.untimed,
        )


def requests_in(folder: Path, exam: str) -> list[tuple[str, bytes]]:
    """Return the names and contents of all requests to look again that were collected for an exam.

    Raises:
        RunError: what was collected cannot be read.
    """
    collection = Collection(folder)
    found = [one for one in records_of(collection.load(), exam) if one.sha256 and is_request(one.path)]
    small = [one for one in found if one.size <= MAX_BYTES]
    return [(one.path, collection.content(one.sha256).read_bytes()) for one in small]


def _status(record: FileRecord) -> str:
    """Return what became of a file that is of no student's answers; empty of others."""
    if record.sha256 and is_request(record.path):
        return "request"
    if record.why:
        known = {UNPACKED.en: "unpacked", JUNK.en: "left out", OTHER_EXAM.en: "left out"}
        return known.get(record.why.en, "refused")
    return "left out" if record.account and record.file in ("", TIMESTAMP) else ""


def _with_time(files: Sequence[FileRecord], said: str) -> list[FileRecord]:
    """Return the files with the time that the roster says, which is that of what the system had last.

    It is not that of a file which was here before: the student handed in the same once more.
    """
    newest = max(one.batch for one in files)
    of_it = [one.batch == newest and not one.time and said <= (one.collected or said) for one in files]
    return [structs.replace(one, time=said) if it else one for one, it in zip(files, of_it, strict=True)]


def _targets(chosen: Chosen) -> Iterator[tuple[str, FileRecord]]:
    """Yield (path in the student's folder of the exam, file) of all that count; answers go first."""
    taken = set()
    for question, record in chosen.answers.items():
        notebook = ".ipynb" in record.file.casefold().rpartition("/")[2]
        target = f"{question}{'.ipynb' if notebook else '.py'}"
        taken.add(target)
        yield target, record
    for file, record in chosen.beside.items():
        if file not in taken:
            yield file, record


def _question(target: str, record: FileRecord, chosen: Chosen) -> str:
    """Return the question that a file answers at a path; empty if it lies beside."""
    name = target.rpartition(".")[0]
    return name if chosen.answers.get(name) is record else ""


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that readers see all of it or nothing."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with open(descriptor, "wb") as file, source.open("rb") as content:
            shutil.copyfileobj(content, file)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def _write_csv(path: Path, exam: str, rows: Sequence[Row]) -> None:
    """Write the rows of an exam; those of others that stand there stay."""
    columns = list(Row.__slots__)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    if path.is_file():
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            header, *before = csv.reader(file) or [[]]
        if header == columns:
            writer.writerows(row for row in before if row and row[0] != exam)
    writer.writerows([safe(getattr(row, name)) for name in columns] for row in rows)
    write_whole(path, text.getvalue().encode("utf-8-sig", "backslashreplace"))
