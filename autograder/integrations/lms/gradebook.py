"""Fills final points into the gradebook that a learning system exported; nothing else in it changes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.core.errors import UserError
from autograder.core.verdict import StudentResults
from autograder.course.roster import Roster, Student, key_of, roster_in
from autograder.course.table_file import Line, Table, decoded_text, delimiter_of, header_at, open_workbook
from autograder.integrations.lms.raw_csv import RawCsv
from autograder.records.files import whole, write_whole
from autograder.reports.standing import Standing

# Headings of columns of points, and where they say the maximum. A key stands for a heading in any spelling.
_POINTS: Mapping[str, re.Pattern[str]] = {
    "canvas": re.compile(r"(?P<title>.+) \(\d+\)"),
    "moodle": re.compile(
        r"(?P<title>(?:grade|성적|점수|bewertung)$|.+(?= \((?:real|실제|실점수|punkte)\)$)).*", re.IGNORECASE
    ),
    "blackboard": re.compile(
        r"(?P<title>.+?) \[(?:Total Pts|총점|Gesamtpunkte): ?(?:up to )?(?P<most>[\d.,]+)?[^\]]*\].*"
    ),
    "brightspace": re.compile(r"(?P<title>.+) Points Grade(?: <.*?MaxPoints:(?P<most>[\d.]+).*>)?.*"),
    "ilias": re.compile(r"(?P<title>mark|note|grade|punkte|points|점수)", re.IGNORECASE),
    "xlsx": re.compile(r"(?P<title>.+)"),
}
_MOST = {
    key_of(name) for name in ("Maximum grade", "최고 성적", "최대 성적", "최고점", "Bestwertung", "만점")
}
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


class GradebookError(UserError):
    """A gradebook cannot be filled in; the message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """What is entered for a student; ``waiting`` are points without which it is no final total."""

    id: str
    total: float
    max_points: float
    waiting: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was filled in.

    Attributes:
        path: the new file.
        column: the heading.
        entered: how many students have their points in it.
        without_result: the rows of students who have no result.
        without_row: the students with a result who have no row.
        ambiguous: the rows that may be of several students, or of one who has another row.
        unfinished: the students whose row was left as it is, because points are still open.
        maximum: of the column, where it says one that is not the exam's.
    """

    path: Path
    column: str
    entered: int
    without_result: Sequence[str]
    without_row: Sequence[str]
    ambiguous: Sequence[str]
    unfinished: Sequence[str]
    maximum: float | None


def finals(students: Iterable[StudentResults], standing: Standing) -> list[Final]:
    """Return what is entered for each student: the total with the policy."""
    found = []
    for student in students:
        settled, totals = standing.settled(student), student.totals
        found.append(
            Final(
                id=student.student,
                total=settled.total,
                max_points=settled.max_points,
                waiting=totals.manual + totals.ungraded,
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Fills in a gradebook.

    Attributes:
        system: whose export it is, one of canvas, moodle, blackboard, brightspace, ilias; or xlsx for any.
        titles: what the column may be called: the exam's name and titles.
        column: the heading, if it was given.
        scale: whether points are scaled to the column's maximum.
        roster: of the class; it says who has which number, login and address.
    """

    system: str
    titles: Sequence[str]
    roster: Roster
    column: str = ""
    scale: bool = False

    def fill(self, gradebook: Path, target: Path, results: Sequence[Final]) -> Filled:
        """Write a copy of the gradebook with the students' points.

        Raises:
            TableError, GradebookError: it cannot be read, or it is not clear which column is meant.
            RunError: the copy cannot be written.
        """
        if gradebook.resolve() == target.resolve():
            raise GradebookError(
                f"{gradebook}: would be written over; give another --output",
                ko=f"{gradebook}: 원래 파일을 덮어쓰게 됩니다. 다른 --output을 주세요",
            )
        if gradebook.suffix.lower() == ".xlsx":
            return self._workbook(gradebook, target, results)
        text, encoding = decoded_text(gradebook)
        raw = RawCsv.parse(text, delimiter_of(text))
        records = [raw.values(number) for number in range(len(raw.cells))]
        comma = raw.delimiter != "," and any(
            _DECIMAL_COMMA.fullmatch(cell.strip()) for record in records for cell in record
        )

        def enter(row: int, column: int, points: float) -> None:
            said = f"{points:g}"
            raw.set(row, column, said.replace(".", ",") if comma else said)

        filled = self._entered(gradebook, target, records, results, enter)
        data = raw.text.encode(encoding)
        if encoding == "utf-16":  # as the file had it
            marks = gradebook.read_bytes()[:2]
            data = marks + raw.text.encode("utf-16-be" if marks == b"\xfe\xff" else "utf-16-le")
        write_whole(target, data)
        return filled

    def _workbook(self, gradebook: Path, target: Path, results: Sequence[Final]) -> Filled:
        book = open_workbook(gradebook)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        records = [["" if cell is None else str(cell) for cell in row] for row in rows]

        def enter(row: int, column: int, points: float) -> None:
            sheet.cell(row + 1, column + 1).value = points

        filled = self._entered(gradebook, target, records, results, enter)
        with whole(target) as file:
            written = io.BytesIO()
            book.save(written)
            file.write(written.getvalue())
        return filled

    def _entered(
        self,
        gradebook: Path,
        target: Path,
        records: Sequence[Sequence[str]],
        results: Sequence[Final],
        enter: Callable[[int, int, float], None],
    ) -> Filled:
        table = _table(gradebook, records)
        column = self._column(gradebook, table.header)
        rows = roster_in(table).students
        matched, ambiguous = match_rows(rows, [one.id for one in results], self.roster)
        by_id = {one.id: one for one in results}
        unfinished, maxima = [], []
        for row in rows:
            final = by_id.get(matched.get(row.line, ""))
            if final is None:
                continue
            if final.waiting:
                unfinished.append(final.id)
                continue
            most = self._maximum(table, column, records[row.line - 1])
            points = final.total
            if most and final.max_points and most != final.max_points:
                maxima.append(most)
                points = points * most / final.max_points if self.scale else points
            enter(row.line - 1, column, round(points, 2))
        return Filled(
            path=target,
            column=table.header[column],
            entered=len(matched) - len(unfinished),
            without_result=[_called(r) for r in rows if r.line not in matched and r.line not in ambiguous],
            without_row=[id for id in by_id if id not in matched.values()],
            ambiguous=[_called(row) for row in rows if row.line in ambiguous],
            unfinished=unfinished,
            maximum=maxima[0] if maxima else None,
        )

    def _column(self, path: Path, header: Sequence[str]) -> int:
        """Return the column of the points."""
        if self.column:
            found = [at for at, heading in enumerate(header) if heading.strip() == self.column.strip()]
            if len(found) == 1:
                return found[0]
            raise GradebookError(
                f"{path}: no column is called {self.column!r}; there are: {', '.join(header)}",
                ko=f"{path}: 열 {self.column!r}이(가) 없습니다. 있는 열: {', '.join(header)}",
            )
        fits = {
            at: fit
            for at, heading in enumerate(header)
            if (fit := _POINTS[self.system].fullmatch(heading.strip()))
        }
        wanted = set(map(key_of, self.titles))
        titles = {at: fit["title"] for at, fit in fits.items()}
        # Moodle says first what it is: "Assignment: Toy exam (Real)"
        named = [
            at for at, title in titles.items() if {key_of(title), key_of(title.partition(":")[2])} & wanted
        ]
        candidates = named or list(fits)
        if len(candidates) != 1:
            names = ", ".join(header[at] for at in candidates) or f"none as {self.system} writes it"
            raise GradebookError(
                f"{path}: which column has the points? Give --column; there are: {names}",
                ko=f"{path}: 점수를 쓸 열을 알 수 없습니다. --column을 주세요. 있는 열: {names}",
            )
        return candidates[0]

    def _maximum(self, table: Table, column: int, record: Sequence[str]) -> float | None:
        """Return the maximum of a column, in its heading, in Canvas's row of it, or in a column of it."""
        fit = _POINTS[self.system].fullmatch(table.header[column].strip())
        said = (fit.groupdict().get("most") if fit else None) or ""
        if not said:
            of_row = [record[at] for at, name in enumerate(table.header) if key_of(name) in _MOST]
            canvas = [line.cells[column] for line in table.lines if key_of(line.cells[0]) == "pointspossible"]
            said = next((one for one in [*of_row, *canvas] if one.strip()), "")
        try:
            return float(said.replace(",", "."))
        except ValueError:  # "(read only)"
            return None


def _table(path: Path, records: Sequence[Sequence[str]]) -> Table:
    """Return the records as a table whose lines have the number of their record, from 1."""
    if not records:
        raise GradebookError(f"{path}: empty", ko=f"{path}: 비어 있습니다")
    first = header_at(records)
    header = records[first]
    lines = [
        Line(number=number, cells=[*row, *[""] * len(header)][: len(header)])
        for number, row in enumerate(records[first + 1 :], first + 2)
        if any(cell.strip() for cell in row)
    ]
    return Table(path=path, header=header, lines=lines)


def match_rows(
    rows: Sequence[Student], ids: Sequence[str], roster: Roster
) -> tuple[dict[int, str], set[int]]:
    """Return whose each row is, by its line, and the lines of which that is not clear.

    Numbers, logins and addresses go first; then names that only one row and only one student have.
    """
    known = {id: roster.by_id.get(id) or Student(id=id, keys=frozenset([key_of(id)])) for id in ids}
    strong = {
        row.line: [id for id, one in known.items() if (row.keys - row.names) & (one.keys - one.names)]
        for row in rows
    }
    found, ambiguous = _unique(strong)
    left = {
        id: one.keys if one.line == 0 else one.names for id, one in known.items() if id not in found.values()
    }
    weak = {
        row.line: [id for id, names in left.items() if row.names & names]
        for row in rows
        if row.line not in found and row.line not in ambiguous
    }
    by_name, unclear = _unique(weak)
    return found | by_name, ambiguous | unclear


def _unique(candidates: Mapping[int, Sequence[str]]) -> tuple[dict[int, str], set[int]]:
    """Return the lines with one student who has one line, and the other lines that have any."""
    counts: dict[str, int] = {}
    for ids in candidates.values():
        for id in ids:
            counts[id] = counts.get(id, 0) + 1
    clear = {line: ids[0] for line, ids in candidates.items() if len(ids) == 1 and counts[ids[0]] == 1}
    return clear, {line for line, ids in candidates.items() if ids and line not in clear}


def _called(student: Student) -> str:
    return f"{student.id} ({student.name})" if student.name else student.id
