"""roster.csv: who is in a class, from a table of our own form or one that a learning system exported."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path

from autograder.course.moments import MomentError, moment
from autograder.course.table_file import Line, Table, TableError, read_table
from autograder.course.which_file import is_junk

ROSTER = "roster.csv"
_MAX_ID = 120  # characters; it names a folder

# What a column is, by its heading without spaces and punctuation. Of several columns that identify a student
# the first kind with any text gives the id: a student number, a login, an address, the system's own number.
_NUMBER, _LOGIN, _EMAIL, _SYSTEM = "number", "login", "email", "system"
_KINDS = (_NUMBER, _LOGIN, _EMAIL, _SYSTEM)
_HEADINGS = {
    _NUMBER: "id studentid studentnumber studentno sisuserid sis사용자id idnumber idnummer "
    "orgdefinedid matriculation matriculationnumber matrikelnummer matrikel "
    "학번 학생번호 학생id sid",
    _LOGIN: "login loginid sisloginid sis로그인id username userid benutzername anmeldename "
    "아이디 로그인 로그인id 사용자id 사용자아이디 계정",
    _EMAIL: "email emailaddress emailadresse mail 이메일 이메일주소 전자우편 전자메일 메일 메일주소",
    _SYSTEM: "identifier usrid 식별번호 식별자 canvasid",
    "name": "name fullname student studentname 이름 성명 성함 학생 학생이름 학생명 전체이름",
    "first": "firstname givenname vorname",
    "last": "lastname surname familyname nachname 성",
    "section": "section sections 분반 반 섹션 학급 class",
    "group": "group groups groupname team 조 모둠 그룹 팀",
    "due": "due duedate 마감 마감일 마감일시 기한 제출기한",
    "submitted": "lastmodifiedsubmission submissiontime submittedat 제출일시 제출시각 최종수정제출 "
    "마지막수정제출 최근수정제출 수정일제출",
}
_KIND_OF = {heading: kind for kind, headings in _HEADINGS.items() for heading in headings.split()}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_NOBODY = ("pointspossible", "가능한점수", "만점", "studenttest", "teststudent")  # lines of Canvas
_PARTICIPANT = re.compile(r"\D+\s(\d+)")  # Moodle's "Participant 123"


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One student of a class.

    Attributes:
        id: which names the student's folder.
        due: when everything is due for them, if later than for the others.
        dues: when single exams are due for them, by exam.
        submitted: when they handed in, if the table says so.
        line: of the table.
        keys: all that a system may call them by.
        names: those of the keys that come from the name, which others may share.
    """

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    group: str = ""
    due: datetime | None = None
    dues: Mapping[str, datetime] = field(default_factory=dict)
    submitted: datetime | None = None
    line: int = 0
    keys: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Roster:
    """The students of a class, in the order of their table."""

    students: Sequence[Student] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Student]:
        """The students by id."""
        return {student.id: student for student in self.students}

    @cached_property
    def _by_key(self) -> Mapping[str, list[Student]]:
        found: dict[str, list[Student]] = {}
        for student in self.students:
            for key in student.keys:
                found.setdefault(key, []).append(student)
        return found

    def called(self, name: str) -> Sequence[Student]:
        """Return who may be called so, by id, login, address or name; of several, those whose id it is."""
        found = self._by_key.get(key_of(name), [])
        return [student for student in found if student.id == name] or found

    def group(self, name: str) -> Sequence[Student]:
        """Return the members of a group."""
        return [one for one in self.students if one.group and key_of(one.group) == key_of(name)]


def key_of(name: str) -> str:
    """Return a name's letters and digits, by which two spellings are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def read_roster(path: Path, zone: tzinfo | None = None) -> Roster:
    """Read a roster.

    Args:
        path: CSV in UTF-8, UTF-16 or cp949, or xlsx.
        zone: of times that have none.

    Raises:
        TableError: it cannot be read; the message names the line, and each line with an id that was there.
    """
    return roster_in(read_table(path), zone)


def roster_of(given: Path | None, course: Path, zone: tzinfo | None) -> Roster:
    """Return the roster at ``given``, else the course's roster.csv; an empty one if there is none.

    Raises:
        TableError: it cannot be read.
    """
    path = given or course / ROSTER
    return read_roster(path, zone) if given or path.is_file() else Roster()


def roster_in(table: Table, zone: tzinfo | None = None) -> Roster:
    """Return the students of a table, as :func:`read_roster` does."""
    path = table.path
    if not table.lines:
        raise TableError(
            f"{path}: there is a header, and no line of any student",
            ko=f"{path}: 제목 줄만 있고 학생의 줄이 없습니다",
        )
    columns = _columns(table.header)
    identifying = {kind: [at for at, one in columns.items() if one == kind] for kind in _KINDS}
    of_id = next(
        (
            at
            for kind in _KINDS
            for at in identifying[kind]
            if any(line.cells[at].strip() for line in table.lines)
        ),
        None,
    )
    if of_id is None:
        raise TableError(
            f"{path}: no column identifies students; expected id (or 학번, SIS Login ID, ID number, "
            f"Username, OrgDefinedId, ...), got {', '.join(table.header)}",
            ko=f"{path}: 학생을 구별하는 열이 없습니다. id(또는 학번, SIS Login ID, ID number, Username, "
            f"OrgDefinedId, ...)가 있어야 합니다. 있는 열: {', '.join(table.header)}",
        )
    reader = _Reader(path, table.header, columns, of_id, zone)
    students = [student for line in table.lines if (student := reader.student(line))]
    _refuse_twice(path, students)
    return Roster(students)


def _columns(header: Sequence[str]) -> dict[int, str]:
    """Return what the recognised columns are, by their number; of several with one heading the first."""
    keys = [key_of(heading.partition(":")[0]) for heading in header]
    found = {at: kind for at, key in enumerate(keys) if (kind := _KIND_OF.get(key))}
    if any(key.startswith("sis") for key in keys):  # Canvas, whose ID is its own
        found |= {at: _SYSTEM for at, key in enumerate(keys) if key == "id"}
    if "last" in found.values():  # 성 and 이름
        found |= {at: "first" for at, key in enumerate(keys) if key == "이름"}
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    header: Sequence[str]
    columns: Mapping[int, str]
    of_id: int
    zone: tzinfo | None

    def student(self, line: Line) -> Student | None:
        """Return the student of a line; None for lines that are about none, which Canvas writes."""
        name = self._name(line)
        numbers = frozenset(filter(None, map(key_of, self._numbers(line))))
        if key_of(name) in _NOBODY or not (name or numbers):
            return None
        id = _plain(line.cells[self.of_id])
        self._refuse_unusable(id, line)
        due, dues, submitted = self._times(line)
        written = [*self._names(line, name)]
        names = frozenset(filter(None, map(key_of, [*written, *map(_in_ascii, written)])))
        return Student(
            id=id,
            name=name,
            email=next(self._texts(line, _EMAIL), ""),
            section=next(self._texts(line, "section"), ""),
            group=next(self._texts(line, "group"), ""),
            line=line.number,
            keys=numbers | names,
            names=names - numbers,
            due=due,
            dues=dues,
            submitted=submitted,
        )

    def _texts(self, line: Line, kind: str) -> Iterator[str]:
        cells = (line.cells[at] for at, one in self.columns.items() if one == kind)
        return (text for cell in cells if (text := _plain(cell)))

    def _name(self, line: Line) -> str:
        if whole := next(self._texts(line, "name"), ""):
            return whole
        first, last = next(self._texts(line, "first"), ""), next(self._texts(line, "last"), "")
        korean = last and not last.isascii()
        return last + first if korean else f"{first} {last}".strip()

    def _numbers(self, line: Line) -> Iterator[str]:
        """Yield the numbers, logins and addresses of a student."""
        for kind in _KINDS:
            for text in self._texts(line, kind):
                yield text
                if "@" in text:
                    yield text.partition("@")[0]
                if kind == _SYSTEM and (participant := _PARTICIPANT.fullmatch(text)):
                    yield participant[1]

    def _names(self, line: Line, name: str) -> Iterator[str]:
        """Yield a student's name in the ways that systems write it."""
        yield name
        first, last = next(self._texts(line, "first"), ""), next(self._texts(line, "last"), "")
        before, comma, after = name.partition(",")
        words = name.split()
        if comma:
            yield after + before
        elif first and last:
            yield from (first + last, last + first)
        elif len(words) > 1:  # of "First Last"; systems write either order
            yield words[-1] + "".join(words[:-1])

    def _times(self, line: Line) -> tuple[datetime | None, dict[str, datetime], datetime | None]:
        """Return when everything and when single exams are due, and when was handed in."""
        dues, due, submitted = dict[str, datetime](), None, None
        for at, kind in self.columns.items():
            if kind not in ("due", "submitted") or not (text := line.cells[at].strip()) or text == "-":
                continue
            exam = self.header[at].partition(":")[2].strip()
            try:
                found = moment(text, self.zone, whole_day=kind == "due")
            except MomentError as error:
                if kind == "submitted":
                    continue
                raise TableError(f"{self.path}:{line.number}: {self.header[at]}: {error}") from None
            if kind == "submitted":
                submitted = found
            elif exam:
                dues[exam] = found
            else:
                due = found
        return due, dues, submitted

    def _refuse_unusable(self, id: str, line: Line) -> None:
        heading = self.header[self.of_id]
        if not id:
            raise TableError(
                f"{self.path}:{line.number}: no {heading} of {self._name(line) or 'a student'}",
                ko=f"{self.path}:{line.number}: {self._name(line) or '학생'}의 {heading}이(가) 없습니다",
            )
        if _ROUNDED.fullmatch(id):
            raise TableError(
                f"{self.path}:{line.number}: {heading} {id} was rounded by a spreadsheet; export the table "
                "again and do not save it there",
                ko=f"{self.path}:{line.number}: {heading} {id}은(는) 스프레드시트가 반올림한 값입니다. 표를 "
                "다시 내려받고 스프레드시트에서 저장하지 마세요",
            )
        odd = set("/\\") & set(id) or is_junk(id) or len(id) > _MAX_ID or not id.isprintable()
        if odd:
            raise TableError(
                f"{self.path}:{line.number}: {heading} {id[:60]!r} cannot name a folder",
                ko=f"{self.path}:{line.number}: {heading} {id[:60]!r}은(는) 폴더의 이름이 될 수 없습니다",
            )


def _in_ascii(name: str) -> str:
    """Return a name as systems write it that have plain letters only: Jörg as Joerg, José as Jose."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).translate(_GERMAN))
    return "".join(one for one in letters if not unicodedata.combining(one))


def _plain(cell: str) -> str:
    """Return a cell without what is there to keep spreadsheets from reading a number: ="1", #1, '1."""
    text = unicodedata.normalize("NFC", cell).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.lstrip("#'").strip()


def _refuse_twice(path: Path, students: Sequence[Student]) -> None:
    lines: dict[str, list[int]] = {}
    for student in students:
        lines.setdefault(student.id, []).append(student.line)
    twice = [f"{id} (lines {', '.join(map(str, at))})" for id, at in lines.items() if len(at) > 1]
    if twice:
        raise TableError(
            f"{path}: the same student more than once: {'; '.join(twice)}",
            ko=f"{path}: 같은 학생이 여러 번 나옵니다: {'; '.join(twice)}",
        )
