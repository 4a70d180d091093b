"""A class of 60 in a Korean Moodle: its worksheet, two downloads, and what its code and its words are worth."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from tests.support.class_of_60 import UNDECLARED, sources
from tests.support.courses import RIGHT

FAMILIES, GIVEN = "강김박오윤이임장정최", ("도윤", "민준", "서연", "유나", "지호", "하은")
ROUNDED = RIGHT.replace("/ len(values)", "/ len(values) // 0.001 * 0.001")
ON_TIME, IN_GRACE, LATE = (
    "2026년 11월 20일 오후 5:30",
    "2026년 11월 20일 오후 6:05",
    "2026년 11월 21일 오후 8:00",
)
COURSE = """
timezone = "Asia/Seoul"
pass_mark = 60

[exams.toy]
due = 2026-11-20T18:00:00
grace = "10 min"
late = { percent = 10, per = "day" }
bonuses = { 2026003 = 1 }
"""
# What is written for the essay part, and the points of the rubric's items that apply.
REASONS = {
    "합을 개수로 나누면 모든 값을 같은 무게로 셉니다. 예: (1 + 3) / 2 = 2": 3.0,
    "모든 값을 더해 개수로 나누기 때문입니다.": 2.0,
    "예를 들어 1과 3의 평균은 2입니다.": 1.0,
    "because": 0.0,
    "평균이니까": 0.0,
}
_WORKSHEET = (
    *("식별번호", "성명", "학번", "이메일 주소", "상태", "성적", "최고 성적"),
    *("최종 수정 (제출)", "최종 수정 (성적)", "피드백 의견"),
)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A student: the number by which Moodle has them, what they handed in, when, and what they wrote."""

    id: str
    name: str
    participant: int
    kind: str
    source: str
    reason: str
    submitted: str = ON_TIME

    @property
    def folder(self) -> str:
        """The folder that Moodle makes for them in a download."""
        return f"{self.name}_{self.participant}_assignsubmission_file_"

    @property
    def machine(self) -> tuple[float, float]:
        """The points of ``mean`` and ``cumulative`` that their code is worth."""
        mean = 0.0 if self.kind in ("f", "t", "rounded", "nothing") else 2.0
        return mean, 0.0 if self.kind in ("w", "m", "nothing") else 5.0


def members() -> list[Member]:
    """Return the class; one has handed in nothing, three have rounded, two are late."""
    names = [family + given for given in GIVEN for family in FAMILIES]
    names[1] = names[0]  # two people have one name
    found = []
    for number, (key, source) in enumerate(sources().items()):
        kind, reason = key[0], list(REASONS)[number % len(REASONS)]
        if number in (10, 11, 12):
            kind, source = "rounded", ROUNDED
        if number == 13:
            kind, source, reason = "nothing", "", ""
        if kind == "w":  # some write who they are
            source = source.replace("    return sums\n", f"    author = {names[number]!r}\n    return sums\n")
        submitted = {20: LATE, 21: IN_GRACE, 22: LATE, 13: "-"}.get(number, ON_TIME)
        member = Member(
            id=f"{2026001 + number}",
            name=names[number],
            participant=7000 + 3 * number,
            kind=kind,
            source=source.replace('REASON = "because"', f"REASON = {reason!r}"),
            reason=reason,
            submitted=submitted,
        )
        found.append(member)
    return found


def worksheet(class_: Sequence[Member]) -> str:
    """Return the grading worksheet that Moodle exports; it is the roster, too."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_WORKSHEET)
    for one in class_:
        state = "제출됨" if one.source else "제출 안 함"
        about = f"참가자 {one.participant}", one.name, one.id, f"{one.id}@example.org", state
        writer.writerow([*about, "", "10.00", one.submitted, "-", "의견, \n두 줄" if one.kind == "t" else ""])
    return text.getvalue()


def gradebook(class_: Sequence[Member], path: Path) -> None:
    """Write a workbook of a department, in which the exam is one column of several."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["학번", "이름", "출석", "연습 시험", "비고"])
    for number, one in enumerate(reversed(class_)):
        sheet.append([one.id, one.name, 10 - number % 3, None, "=1+1" if number == 5 else None])
    sheet["C2"].number_format = "0.0"
    book.create_sheet("메모")["A1"] = "그대로"
    book.save(path)


def download(path: Path, files: Mapping[str, str]) -> Path:
    """Write a zip whose names are in cp949 without saying so, as archives from Korean Windows are."""
    stand_ins = {f"<{number:06}>".encode(): name.encode("cp949") for number, name in enumerate(files)}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for mark, (name, content) in zip(stand_ins, files.items(), strict=True):
            # zipfile would write Korean as UTF-8 and say so; a name of the same length keeps all offsets
            packed.writestr(mark.decode().ljust(len(name.encode("cp949")), "-"), content)
    data = written.getvalue()
    for mark, name in stand_ins.items():
        data = data.replace(mark.ljust(len(name), b"-"), name)
    path.write_bytes(data)
    return path


def first_attempts(class_: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """Yield what lay in Moodle on the day before: seven attempts, of which the last is right."""
    for one in class_[15:20]:
        yield f"{one.folder}/q1_numbers.py", "def mean(values): return 0\n"
    yield f"{class_[22].folder}/q1_numbers.py", class_[22].source


def last_attempts(class_: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """Yield what lies in Moodle after the last day, with a stranger's."""
    for number, one in enumerate(class_):
        if one.source:
            name = ("q1_numbers.py", f"{one.name} 1번 답안.py")[number % 2]
            yield f"{one.folder}/{name}", one.source if number != 22 else "def mean(values): return 1\n"
    yield "청강생_9999_assignsubmission_file_/q1_numbers.py", RIGHT


UNEXPLAINED = frozenset(one.id for one in members() if one.kind == UNDECLARED[0][0])
