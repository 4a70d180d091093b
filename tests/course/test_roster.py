"""Rosters of our own form and of learning systems, in the encodings that these write."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from autograder.course.moments import MomentError, moment
from autograder.course.roster import read_roster
from autograder.course.table_file import TableError

SEOUL = ZoneInfo("Asia/Seoul")
KOREAN = "학번,이름,이메일,분반,조\n20211234,홍길동,gd@x.kr,1,A조\n20215678,김철수,cs@x.kr,2,A조\n"


@pytest.fixture
def roster(tmp_path):
    def read(content: str | bytes, encoding: str = "utf-8", name: str = "roster.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_roster(path, SEOUL)

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_korean_headings_in_every_encoding(roster, encoding):
    first, second = roster(KOREAN, encoding).students
    assert (first.id, first.name, first.email, first.section, first.group) == (
        "20211234",
        "홍길동",
        "gd@x.kr",
        "1",
        "A조",
    )
    assert (second.id, second.line) == ("20215678", 3)


SYSTEMS = {
    "ours": ("id,name,email,section,group,due\n1234,Kim Ann,a@x.kr,S,G,\n", "1234", "Kim Ann"),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Mid (12)\n    Points Possible,,,,,40\n"
        '"Kim, Ann",991,1234,ann,S1,\n"Student, Test",992,,ab12,S1,\n',
        "1234", "Kim, Ann",
    ),
    "moodle": (
        "First name,Last name,ID number,Email address\nAnn,Kim,1234,ann@x.kr\n", "1234", "Ann Kim",
    ),
    "worksheet": (
        'Identifier,Full name,Email address,Last modified (submission)\nParticipant 991,Ann Kim,ann@x.kr,"Friday, 20 November 2026, 9:00 PM"\n',
        "ann@x.kr", "Ann Kim",
    ),
    "blackboard": ('"Last Name"\t"First Name"\t"Username"\t"Student ID"\n"Kim"\t"Ann"\t"ann"\t"1234"\n', "1234", "Ann Kim"),
    "brightspace": ("OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n#1234,#ann,Kim,Ann,#\n", "1234", "Ann Kim"),
    "ilias": ("Nachname;Vorname;Benutzername;Matrikelnummer\nKim;Ann;ann;1234\n", "1234", "Ann Kim"),
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_exports_of_systems(roster, system):
    text, id, name = SYSTEMS[system]
    read = roster(text, "utf-16" if system == "blackboard" else "utf-8")
    assert [(one.id, one.name) for one in read.students] == [(id, name)]
    for called in ("kimann", "Ann Kim", "ANN-KIM"):
        assert [one.id for one in read.called(called)] == [id]
    if system in ("canvas", "worksheet"):
        assert [one.id for one in read.called("991")] == [id]
    if system == "worksheet":
        assert read.students[0].submitted == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_a_workbook(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["학번", "이름"])
    book.active.append([20211234, "홍길동"])
    book.save(tmp_path / "roster.xlsx")
    (one,) = read_roster(tmp_path / "roster.xlsx").students
    assert (one.id, one.name) == ("20211234", "홍길동")


def test_numbers_and_dates_of_a_workbook(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in (["학번", "마감"], [20211234.0, datetime(2026, 11, 20)], [2, datetime(2026, 11, 20, 18, 30)]):
        book.active.append(row)
    book.save(tmp_path / "roster.xlsx")
    first, second = read_roster(tmp_path / "roster.xlsx", SEOUL).students
    assert (first.id, first.due) == ("20211234", datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC))
    assert second.due == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_own_due_dates(roster):
    (one,) = roster("id;due;due:midterm\n1234;2026-11-20;2026-11-22 18:00\n").students
    assert one.due == datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)
    assert one.dues == {"midterm": datetime(2026, 11, 22, 9, tzinfo=UTC)}


WRONG = {
    "id,name\n1,a\n2,b\n1,c\n": "roster.csv: the same student more than once: 1 (lines 2, 4)",
    "x,y\n1,2\n": "roster.csv: no column identifies students",
    "id,name\n1,a\n,b\n": "roster.csv:3: no id of b",
    "학번\n2.02112E+07\n": "roster.csv:2: 학번 2.02112E+07 was rounded by a spreadsheet",
    "id\n../up\n": "roster.csv:2: id '../up' cannot name a folder",
    "id\n.hidden\n": "roster.csv:2: id '.hidden' cannot name a folder",
    "id,due\n1,soon\n": "roster.csv:2: due: 'soon' is no date and time",
    "id,name\n1,Kim, Ann\n": "roster.csv:2: 3 cells, the header has 2",
    "": "roster.csv: empty",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_an_error_names_the_line(roster, text):
    with pytest.raises(TableError) as error:
        roster(text)
    assert WRONG[text] in str(error.value)


def test_bytes_in_no_encoding_and_a_folder(roster, tmp_path):
    with pytest.raises(TableError, match=r":2: not utf-8 nor cp949"):
        roster(b"id\n\xff\xff\xfe\n")
    with pytest.raises(TableError, match="not a workbook"):
        roster("no workbook", name="roster.xlsx")
    with pytest.raises(TableError, match="directory"):
        read_roster(tmp_path)


def test_two_students_of_one_name_are_both_meant(roster):
    read = roster("id,name\n1,홍길동\n2,홍길동\n")
    assert [one.id for one in read.called("홍길동")] == ["1", "2"]
    assert [one.id for one in read.called("2")] == ["2"]


def test_nobody_is_called_by_a_part_of_a_login(roster):
    read = roster("Username,Student ID\nkim1,2001\nlee2,2002\n")
    assert read.called("1") == []
    assert [one.id for one in read.called("kim1")] == ["2001"]


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-01 10:02", 1),
        ("2026-11-01T10:02:00+09:00", 1),
        ("2026-11-01 10:02:00 UTC", 10),
        ("2026-11-01-10-02-00", 1),
        ("20261101100200", 1),
        ("Nov 1, 2026 1002 AM", 1),
        ("2026. 11. 1. 10:02".replace(". ", ".").replace(".10", " 10"), 1),
        ("2026년 11월 1일(일) 오전 10:02", 1),
        ("2026년 11월 1일 오후 10:02", 13),
        ("Sunday, 1 November 2026, 10:02 AM", 1),
        ("Sunday, November 1, 2026, 10:02 AM", 1),
    ],
)
def test_times_as_systems_write_them(text, hour):
    assert moment(text, SEOUL) == datetime(2026, 11, 1, hour, 2, tzinfo=UTC)


def test_a_time_needs_a_zone():
    with pytest.raises(MomentError, match="no time zone"):
        moment("2026-11-01 10:02", None)
    with pytest.raises(MomentError, match="no date and time"):
        moment("2026-02-31", SEOUL)
