"""Gradebooks as systems export them, filled in, and read back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.roster import Roster, read_roster
from autograder.integrations.lms.gradebook import Filling, Final, GradebookError
from autograder.integrations.lms.raw_csv import RawCsv

CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"Toy exam (4711)",Final Score\r\n'
    '    Points Possible,,,,,40.00,(read only)\r\n'
    '"Kim, Ann",991,2001,ann,"A, B",,12\r\n'
    '"Lee ""Bo"", Bo",992,2002,bo,A,3.5,\r\n'
    '"Student, Test",999,,t,A,,\r\n'
)  # fmt: skip
MOODLE = (
    '"Identifier","Full name","Email address","Status","Grade","Maximum grade","Feedback comments"\n'
    '"Participant 77","김 안","ann@x.kr","Submitted","","40.00","line\nbreak"\n'
    '"Participant 78","Lee Bo","bo@x.kr","Submitted","","40.00",""'
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Toy exam [Total Pts: 40 Score] |123"\t"x"\r\n'
    '"Kim"\t"Ann"\t"ann"\t"2001"\t""\t"1"\r\n"Lee"\t"Bo"\t"bo"\t"2002"\t""\t"2"\r\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Toy exam Points Grade <Numeric MaxPoints:40 Weight:10>,Other Points Grade,End-of-Line Indicator\n"
    "#2001,#ann,,1,#\n#2002,#bo,,2,#\n"
)
GERMAN = "Nachname;Vorname;Matrikelnummer;Note;Quote\nKim;Ann;2001;;12,5\nLee;Bo;2002;;1\n"
EXPORTS = {
    "canvas": (CANVAS, "utf-8-sig", 5, "37.25"),
    "moodle": (MOODLE, "utf-8", 4, "37.25"),
    "blackboard": (BLACKBOARD, "utf-16", 4, "37.25"),
    "brightspace": (BRIGHTSPACE, "utf-8", 2, "37.25"),
    "ilias": (GERMAN, "cp949", 3, "37,25"),
}
RESULTS = [
    Final(id="2001", total=37.25, max_points=40, waiting=0),
    Final(id="2002", total=20, max_points=40, waiting=0),
]
ROSTER = "id,name,email\n2001,김 안,ann@x.kr\n2002,Lee Bo,bo@x.kr\n"


@pytest.fixture
def roster(tmp_path) -> Roster:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return read_roster(tmp_path / "roster.csv")


def fill(folder, system, text, encoding="utf-8", results=RESULTS, roster=None, **options):
    source, target = folder / "grades.csv", folder / "out/grades.csv"
    source.write_bytes(text.encode(encoding))
    filling = Filling(system=system, titles=["toy", "Toy exam"], roster=roster or Roster(), **options)
    return filling.fill(source, target, results), target


@pytest.mark.parametrize("system", EXPORTS)
def test_only_the_points_change(tmp_path, roster, system):
    text, encoding, column, points = EXPORTS[system]
    filled, target = fill(tmp_path, system, text, encoding, roster=roster)
    assert (filled.entered, filled.without_result, filled.without_row, filled.maximum) == (2, [], [], None)
    written = target.read_bytes().decode(encoding)
    delimiter = {"blackboard": "\t", "ilias": ";"}.get(system, ",")
    before = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    after = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    changed = [
        (row, at, old, new)
        for row, (old_row, new_row) in enumerate(zip(before, after, strict=True))
        for at, (old, new) in enumerate(zip(old_row, new_row, strict=True))
        if old != new
    ]
    first = 2 if system == "canvas" else 1
    old = "3.5" if system == "canvas" else ""
    assert changed == [(first, column, "", points), (first + 1, column, old, "20")]
    raw = RawCsv.parse(written, delimiter)
    raw.cells[first][column] = RawCsv.parse(text, delimiter).cells[first][column]
    raw.cells[first + 1][column] = RawCsv.parse(text, delimiter).cells[first + 1][column]
    assert raw.text == text  # quotes, ends of lines and all


@pytest.mark.parametrize(
    ("system", "text", "column"),
    [
        ("moodle", "이름,학번,과제: 연습 시험 (실제),강좌 총점 (실제)\n김 안,2001,-,-\n이 보,2002,-,-\n", 2),
        (
            "moodle",
            "Name;ID-Nummer;Aufgabe: Toy exam (Punkte);Kurs (Punkte)\nKim;2001;-;1\nLee;2002;-;1\n",
            2,
        ),
        ("moodle", "2026 딥러닝\n\n학번,성적,최고 성적\n2001,,40\n2002,,40\n", 1),
        ("canvas", "Student,ID,SIS User ID,Toy exam (1)\n,,,Manual Posting\nKim,1,2001,\nLee,2,2002,\n", 3),
        ("canvas", "학생,ID,SIS 사용자 ID,연습 시험 (1)\n만점,,,40\n김,1,2001,\n이,2,2002,\n", 3),
    ],
)
def test_exports_of_other_languages_and_with_other_lines(tmp_path, system, text, column):
    source = tmp_path / "grades.csv"
    source.write_text(text, encoding="utf-8")
    filling = Filling(system=system, titles=["toy", "Toy exam", "연습 시험"], roster=Roster())
    assert filling.fill(source, tmp_path / "out.csv", RESULTS).entered == 2
    delimiter = ";" if ";" in text else ","
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(delimiter)[column] for line in lines[-2:]] == ["37.25", "20"]


def test_the_mark_of_utf_16_stays(tmp_path):
    source = tmp_path / "grades.csv"
    for mark, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le")):
        source.write_bytes(mark + BLACKBOARD.encode(encoding))
        filling = Filling(system="blackboard", titles=[], roster=Roster())
        filled = filling.fill(source, tmp_path / "out.csv", RESULTS)
        data = filled.path.read_bytes()
        assert data[:2] == mark
        assert '"37.25"' in data[2:].decode(encoding)


def test_a_workbook_keeps_its_other_cells(tmp_path):
    from openpyxl import Workbook, load_workbook

    book = Workbook()
    for row in (
        ["Login", "Name", "Toy exam", "Formula"],
        ["2001", "Kim", None, "=1+1"],
        [2002, "Lee", 3, 4.5],
    ):
        book.active.append(row)
    book.active["D3"].number_format = "0.00"
    book.create_sheet("more")["A1"] = "kept"
    book.save(tmp_path / "grades.xlsx")
    filling = Filling(system="xlsx", titles=["Toy exam"], roster=Roster())
    filling.fill(tmp_path / "grades.xlsx", tmp_path / "out.xlsx", RESULTS)
    read = load_workbook(tmp_path / "out.xlsx")
    assert [list(row) for row in read.worksheets[0].iter_rows(values_only=True)] == [
        ["Login", "Name", "Toy exam", "Formula"], ["2001", "Kim", 37.25, "=1+1"], [2002, "Lee", 20, 4.5],
    ]  # fmt: skip
    assert (read["more"]["A1"].value, read.worksheets[0]["D3"].number_format) == ("kept", "0.00")


def test_who_is_missing_is_said_on_both_sides(tmp_path):
    results = [RESULTS[0], Final(id="2009", total=1, max_points=40, waiting=0)]
    filled, _ = fill(tmp_path, "canvas", CANVAS, results=results)
    assert (filled.entered, filled.without_result, filled.without_row) == (
        1,
        ['2002 (Lee "Bo", Bo)'],
        ["2009"],
    )


def test_open_points_are_no_grade(tmp_path):
    filled, target = fill(
        tmp_path, "canvas", CANVAS, results=[Final(id="2002", total=9, max_points=40, waiting=3)]
    )
    assert (filled.unfinished, filled.entered) == (["2002"], 0)
    assert target.read_text() == CANVAS.replace("\r\n", "\n")


def test_names_find_a_row_only_where_they_are_clear(tmp_path):
    text = "Full name,Email address,Grade\nKim Ann,a@x.kr,\nLee Bo,b@x.kr,\nLee Bo,c@x.kr,\n"
    results = [Final(id=name, total=5, max_points=40, waiting=0) for name in ("Kim Ann", "Lee Bo")]
    filled, target = fill(tmp_path, "moodle", text, results=results)
    assert (filled.entered, filled.without_row) == (1, ["Lee Bo"])
    assert filled.ambiguous == ["b@x.kr (Lee Bo)", "c@x.kr (Lee Bo)"]
    assert target.read_text() == text.replace("a@x.kr,", "a@x.kr,5")


def test_another_maximum_is_said_or_scaled_to(tmp_path):
    text = CANVAS.replace("40.00", "100.00")
    filled, target = fill(tmp_path, "canvas", text)
    assert (filled.maximum, "37.25" in target.read_text()) == (100, True)
    _, target = fill(tmp_path, "canvas", text, scale=True)
    assert "93.12" in target.read_text()


def test_the_column_must_be_clear(tmp_path):
    two = CANVAS.replace("Toy exam (4711)", "A (1)").replace("Final Score", "B (2)")
    with pytest.raises(GradebookError, match=r"Give --column; there are: A \(1\), B \(2\)"):
        fill(tmp_path, "canvas", two)
    filled, _ = fill(tmp_path, "canvas", two, column="A (1)")
    assert filled.column == "A (1)"
    with pytest.raises(GradebookError, match="no column is called 'C'"):
        fill(tmp_path, "canvas", two, column="C")
    with pytest.raises(GradebookError, match="none as canvas writes it"):
        fill(tmp_path, "canvas", "SIS User ID,Name\n1,a\n")


def test_the_export_is_never_written_over(tmp_path):
    (tmp_path / "grades.csv").write_text(CANVAS)
    filling = Filling(system="canvas", titles=[], roster=Roster())
    with pytest.raises(GradebookError, match="written over"):
        filling.fill(tmp_path / "grades.csv", tmp_path / "grades.csv", RESULTS)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.text('ab",;\n\r\t 한'), min_size=1, max_size=4), max_size=5), st.sampled_from(",;\t")
)
def test_a_parsed_file_is_itself_again_and_says_what_csv_says(table, delimiter):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    raw = RawCsv.parse(text.getvalue(), delimiter)
    assert raw.text == text.getvalue()
    assert [raw.values(number) for number in range(len(raw.cells))] == table


@settings(deadline=None)
@given(st.text('a",\n\r한'))
def test_any_text_is_itself_again(text):
    assert RawCsv.parse(text, ",").text == text
