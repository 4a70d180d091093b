"""Downloads, honest and hostile, sorted into a folder of submissions."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import stat
import tarfile
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.core.errors import UserError
from autograder.course.catalog import Course
from autograder.course.policy import policy_of
from autograder.course.roster import Roster, read_roster
from autograder.course.submission import find, students
from autograder.course.timestamps import submitted_at
from autograder.integrations.lms.collect import CollectRequest, collect
from autograder.integrations.lms.questions import Questions
from autograder.integrations.lms.sources import SourceError
from autograder.records.files import RunError
from tests.support.courses import REPOSITORY, RIGHT, TOY

Q = "q1_numbers"
POLICY = 'timezone = "Asia/Seoul"\n[exams.toy]\ndue = 2026-11-01T18:00:00\n'


class Class:
    """A class that hands in to the toy exam, collected into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(TOY, folder / "course")
        self.course = Course(folder / "course")
        self.policy()
        self.roster = Roster()

    def policy(self, more: str = "") -> None:
        (self.course.root / "course.toml").write_text(POLICY + more, encoding="utf-8")

    def listed(self, text: str) -> None:
        path = self.folder / "roster.csv"
        path.write_text(text, encoding="utf-8")
        self.roster = read_roster(path, policy_of(self.course.root, ["toy"]).zone)

    def collect(self, *sources: Path, system: str = "auto", language: str = "en"):
        request = CollectRequest(
            exam=self.course.exam("toy"),
            folder=self.out,
            roster=self.roster,
            policy=policy_of(self.course.root, ["toy"]),
            system=system,
            language=language,
        )
        return collect(request, sources)

    @property
    def out(self) -> Path:
        return self.folder / "submissions"

    def zip(self, files: dict[str, str | bytes], name: str = "download.zip") -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for inner, content in files.items():
                packed.writestr(inner, content)
        return path

    def written(self) -> dict[str, str]:
        found = (path for path in self.out.rglob("*") if path.is_file())
        inside = {path.relative_to(self.out).as_posix(): path for path in found}
        return {
            name: path.read_text(encoding="utf-8")
            for name, path in sorted(inside.items())
            if not name.startswith(".collected") and name != "collected.csv"
        }

    def rows(self) -> list[dict[str, str]]:
        text = (self.out / "collected.csv").read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def room(tmp_path):
    return Class(tmp_path)


def statuses(room: Class) -> dict[str, str]:
    return {row["path"]: row["status"] for row in room.rows()}


MOODLE = {
    f"홍길동_77_assignsubmission_file_/{Q}.py": "# 1",
    "김철수_78_assignsubmission_file_/답안.py": RIGHT,
    "김철수_78_assignsubmission_file_/lib/utils.py": "x = 1",
}


def test_a_zip_of_moodle(room):
    room.listed(
        "Identifier,Full name,ID number\nParticipant 77,홍길동,2001\nParticipant 78,김철수,2002\nParticipant 79,이영희,2003\n"
    )
    done = room.collect(room.zip(MOODLE))
    assert room.written() == {
        f"2001/toy/{Q}.py": "# 1",
        "2002/toy/lib/utils.py": "x = 1",
        f"2002/toy/{Q}.py": RIGHT,
    }
    assert (done.new, done.absent, done.strangers) == (3, ["2003"], [])
    assert list(students(room.out)) == ["2001", "2002"]
    assert find([room.out / "2002"], "toy", Q).data.decode() == RIGHT


def test_a_second_call_changes_nothing_and_a_third_adds_what_is_new(room):
    first = room.collect(room.zip(MOODLE))
    before = {path: path.stat().st_mtime_ns for path in room.out.rglob("*.py")}
    again = room.collect(room.zip(MOODLE, "the same (1).zip"))
    assert (first.new, again.new) == (3, 0)
    assert {path: path.stat().st_mtime_ns for path in room.out.rglob("*.py")} == before
    third = room.collect(room.zip({**MOODLE, f"홍길동_77_assignsubmission_file_/{Q}.py": "# 2"}))
    assert third.new == 1
    assert room.written()[f"홍길동/toy/{Q}.py"] == "# 2"
    kept = [row for row in room.rows() if row["status"] == "kept"]
    assert [(row["student"], row["question"], row["why"]) for row in kept] == [
        ("홍길동", Q, "another attempt counts")
    ]
    content = room.out / ".collected/files" / kept[0]["sha256"][:2] / kept[0]["sha256"]
    assert content.read_text() == "# 1"


def test_reasons_are_in_the_language_of_the_last_call(room):
    download = room.zip({**MOODLE, f"홍길동_77_assignsubmission_file_/{Q}.ipynb": "{}", "what.txt": "?"})
    seen = {}
    for language in ("ko", "en"):
        room.collect(download, language=language)
        seen[language] = {row["path"]: row["why"] for row in room.rows() if row["why"]}
    assert seen["ko"].keys() == seen["en"].keys()
    assert set(seen["en"].values()) == {"another attempt counts", "its name does not say whose it is"}
    assert not any(re.search(r"[A-Za-z]{2}", why) for why in seen["ko"].values())


def test_a_ledger_whose_reasons_are_in_english_alone_is_read(room):
    """As they were written before; what is known stays known."""
    link = zipfile.ZipInfo(f"홍길동_77_assignsubmission_file_/{Q}.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = room.folder / "link.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(link, "elsewhere")
        file.writestr("홍길동_77_assignsubmission_file_/__MACOSX/x", "")
    room.collect(packed)
    path = room.out / ".collected/ledger.json"
    ledger = json.loads(path.read_text("utf-8"))
    for record in ledger["files"]:
        record["why"] = record["why"]["en"]
    path.write_text(json.dumps(ledger), "utf-8")
    before = room.rows()
    assert room.collect(packed).new == 0
    assert room.rows() == before
    assert {row["status"] for row in before} == {"refused", "left out"}


def test_what_a_person_changed_stays(room):
    room.collect(room.zip(MOODLE))
    mine = room.out / "홍길동/toy" / f"{Q}.py"
    mine.write_text("# mended by hand")
    room.collect(room.zip({f"홍길동_77_assignsubmission_file_/{Q}.py": "# 3"}))
    assert mine.read_text() == "# mended by hand"
    (row,) = [row for row in room.rows() if row["status"] == "taken" and row["student"] == "홍길동"]
    assert "by hand" in row["why"]


BLACKBOARD = {
    f"과제_hong_attempt_2026-11-01-10-02-03_{Q}.py": "# first",
    f"과제_hong_attempt_2026-11-01-17-00-00_{Q}.py": "# on time",
    f"과제_hong_attempt_2026-11-02-09-00-00_{Q}.py": "# late",
    "과제_hong_attempt_2026-11-02-09-00-00.txt": "Name: hong",
}


@pytest.mark.parametrize(
    ("more", "taken", "time"),
    [
        ("", "# on time", datetime(2026, 11, 1, 8, tzinfo=UTC)),
        ('attempts = "last"\n', "# late", datetime(2026, 11, 2, tzinfo=UTC)),
        ('attempts = "first"\n', "# first", datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)),
        ("max_attempts = 1\n", "# first", datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)),
        ('grace = "16 h"\n', "# late", datetime(2026, 11, 2, tzinfo=UTC)),
    ],
)
def test_the_attempt_that_counts(room, more, taken, time):
    room.policy(more)
    room.collect(room.zip(BLACKBOARD))
    assert room.written()[f"hong/toy/{Q}.py"] == taken
    assert submitted_at(room.out / "hong", "toy") == time
    assert statuses(room)["과제_hong_attempt_2026-11-02-09-00-00.txt"] == "left out"
    assert [row["status"] for row in room.rows()].count("kept") == 2


def test_a_students_own_due_date(room):
    room.listed("id,due\nhong,2026-11-02\n")
    room.collect(room.zip(BLACKBOARD))
    assert room.written()[f"hong/toy/{Q}.py"] == "# late"


def test_times_need_a_time_zone(room):
    (room.course.root / "course.toml").unlink()
    with pytest.raises(UserError, match="no time zone"):
        room.collect(room.zip(BLACKBOARD))


def test_canvas_marks_what_is_late_without_a_time(room):
    done = room.collect(room.zip({f"hong_LATE_9_1_{Q}.py": "# a", f"kim_8_2_{Q}-1.py": "# b"}))
    assert room.written() == {f"hong/toy/{Q}.py": "# a", f"kim/toy/{Q}.py": "# b"}
    assert done.untimed == ["hong"]
    room.listed("id,제출일시\nhong,2026-11-01 19:00\n")
    assert room.collect(room.zip({})).untimed == []
    assert submitted_at(room.out / "hong", "toy") == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_on_time_goes_before_late_by_the_mark_of_canvas(room):
    room.collect(room.zip({f"hong_9_1_{Q}.py": "# on time"}))
    room.collect(room.zip({f"hong_LATE_9_2_{Q}.py": "# late"}))
    assert room.written() == {f"hong/toy/{Q}.py": "# on time"}


def test_a_newer_attempt_counts_whatever_its_files_are_called(room):
    folder = "홍길동_77_assignsubmission_file_"
    room.collect(room.zip({f"{folder}/{Q}.py": "# first"}))
    room.listed("Identifier,성명,ID number,제출일시\nParticipant 77,홍길동,2001,2025-10-31 10:00\n")
    room.collect(room.zip({f"{folder}/1번 답안.py": RIGHT}))  # the time is before that of the zip's entries
    assert room.written()[f"2001/toy/{Q}.py"] == RIGHT


def test_the_same_file_handed_in_once_more_is_not_late(room):
    listed = "Identifier,성명,ID number,제출일시\nParticipant 77,홍길동,2001,{}\n"
    files = {f"홍길동_77_assignsubmission_file_/{Q}.py": "# 1"}
    room.policy()
    before = room.zip(files)
    room.listed(listed.format("2026-11-01 17:00"))
    room.collect(before)
    room.listed(listed.format("2126-11-02 10:00"))
    room.collect(before)
    assert [row["late"] for row in room.rows()] == [""]


ROSTER = "학번,이름,아이디\n2001,Jörg Kim,kim_ann\n2002,이안,lee_ann\n"
BB = "HW_1_{}_attempt_2026-10-01-10-02-03_" + f"{Q}.py"


@pytest.mark.parametrize(
    "names",
    [
        (BB.format("kim_ann"), BB.format("lee_ann")),  # logins with underscores
        (BB.format("2001"), BB.format("2002")),  # which almost are names of Canvas
        (f"Abgaben/Kim_Joerg_x_551/{Q}.py", f"Abgaben/Lee_An_lee_ann_552/{Q}.py"),
        (f"중간고사/A반/2001/{Q}.py", f"중간고사/B반/이안/{Q}.py"),
        (f"중간고사/2001 Kim - {Q}.py", f"중간고사/이안 - {Q}.py"),
    ],
)
def test_the_roster_says_who_is_meant(room, names):
    room.listed(ROSTER)
    done = room.collect(room.zip({names[0]: "# 1", names[1]: "# 2"}))
    written = room.written()
    assert (written[f"2001/toy/{Q}.py"], written[f"2002/toy/{Q}.py"]) == ("# 1", "# 2")
    assert (done.absent, done.strangers) == ([], [])


def test_logins_with_underscores_stay_apart_without_a_roster(room):
    room.collect(room.zip({BB.format("kim_ann"): "# 1", BB.format("lee_ann"): "# 2"}))
    assert sorted(text for name, text in room.written().items() if name.endswith(".py")) == ["# 1", "# 2"]


def test_a_group_hands_in_one_file(room):
    room.listed("id,name,group\n1,Kim Ann,A\n2,Lee Bo,A\n3,Cho Di,\n")
    files = {
        f"Kim Ann_77_assignsubmission_file_/{Q}.py": "# A",
        f"Cho Di_78_assignsubmission_file_/{Q}.py": "# C",
    }
    room.collect(room.zip(files))
    assert sorted(room.written()) == [f"1/toy/{Q}.py", f"3/toy/{Q}.py"]
    room.policy("groups = true\n")
    room.collect(room.zip(files))
    assert sorted(room.written()) == [f"1/toy/{Q}.py", f"2/toy/{Q}.py", f"3/toy/{Q}.py"]


def test_a_folder_named_after_a_group(room):
    room.listed("id,name,group\n1,Kim Ann,Team A\n2,Lee Bo,Team A\n")
    room.collect(room.zip({f"Team A_77_assignsubmission_file_/{Q}.py": "# A"}))
    assert sorted(room.written()) == [f"1/toy/{Q}.py", f"2/toy/{Q}.py"]


def test_two_of_one_name_are_not_taken_for_each_other(room):
    files = {f"홍길동_{number}_assignsubmission_file_/{Q}.py": f"# {number}" for number in (77, 78)}
    room.collect(room.zip(files))
    assert room.written() == {f"홍길동/toy/{Q}.py": "# 77", f"홍길동_78/toy/{Q}.py": "# 78"}
    room.listed("id,name\n1,홍길동\n2,홍길동\n")
    done = room.collect(room.zip({}))
    assert (room.written(), done.absent) == ({}, ["1", "2"])
    assert {row["status"] for row in room.rows()} == {"unknown"}
    assert "1 (line 2), 2 (line 3)" in room.rows()[0]["why"]
    room.listed("Identifier,name,ID number\nParticipant 77,홍길동,1\nParticipant 78,홍길동,2\n")
    room.collect(room.zip({}))
    assert room.written() == {f"1/toy/{Q}.py": "# 77", f"2/toy/{Q}.py": "# 78"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "euc-kr"])
def test_names_in_zips_of_every_system(room, encoding):
    name = f"홍길동_77_assignsubmission_file_/{Q}.py"
    room.collect(
        room.zip({name.encode(encoding).decode("cp437"): "# 1"} if encoding != "utf-8" else {name: "# 1"})
    )
    found = room.written()
    if encoding != "utf-8":  # zipfile marks what is not ASCII as UTF-8; take the mark off
        shutil.rmtree(room.out)
        path = room.zip({})
        with zipfile.ZipFile(path, "w") as packed:
            info = zipfile.ZipInfo("x" * len(name.encode(encoding)))
            packed.writestr(info, "# 1")
        data = path.read_bytes().replace(b"x" * len(name.encode(encoding)), name.encode(encoding))
        path.write_bytes(data)
        room.collect(path)
        found = room.written()
    assert found == {f"홍길동/toy/{Q}.py": "# 1"}


def test_names_of_dos_and_of_macs(room):
    path = room.zip({"x" * 33 + f"/{Q}.py": "# 1"})
    name = "Müller_77_assignsubmission_file_/".encode("cp437")
    assert len(name) == 33
    path.write_bytes(path.read_bytes().replace(b"x" * 33, name[:33]))
    room.collect(path)
    decomposed = unicodedata.normalize("NFD", f"홍길동_78_assignsubmission_file_/{Q}.py")
    room.collect(room.zip({decomposed: "# 2", "__MACOSX/._a": "", ".DS_Store": ""}))
    assert room.written() == {f"Müller/toy/{Q}.py": "# 1", f"홍길동/toy/{Q}.py": "# 2"}
    assert [row["status"] for row in room.rows()].count("left out") == 2


def inner(files: dict[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


def test_an_archive_that_was_handed_in_is_unpacked_without_the_folder_around_it(room):
    packed = inner(
        {
            f"hw/{Q}.py": "import lib.a",
            "hw/lib/a.py": "x = 1",
            "__MACOSX/._q": "",
            "hw/more.zip": inner({"a": "b"}),
        }
    )
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w:gz") as tar:
        for name, kind in (
            (f"{Q}.py", tarfile.REGTYPE),
            ("link.py", tarfile.SYMTYPE),
            ("pipe", tarfile.FIFOTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member, io.BytesIO())
    room.collect(room.zip({"hong_9_1_work.zip": packed, "kim_8_2_work.tar.gz": tape.getvalue()}))
    written = sorted(
        path.relative_to(room.out).as_posix() for path in room.out.glob("[!.]*/toy/**/*") if path.is_file()
    )
    assert written == ["hong/toy/lib/a.py", "hong/toy/more.zip", f"hong/toy/{Q}.py", f"kim/toy/{Q}.py"]
    found = statuses(room)
    assert found["hong_9_1_work.zip"] == found["kim_8_2_work.tar.gz"] == "unpacked"
    assert found["kim_8_2_work.tar.gz/link.py"] == found["kim_8_2_work.tar.gz/pipe"] == "refused"
    assert found["hong_9_1_work.zip/__MACOSX/._q"] == "left out"


def test_what_is_hostile_is_refused_with_a_row_and_the_rest_is_taken(room, tmp_path):
    path = room.zip({
        f"hong_9_1_{Q}.py": "# 1",
        f"../kim_8_2_{Q}.py": "",
        f"/kim_8_3_{Q}.py": "",
        f"C:/kim_8_4_{Q}.py": "",
        f"..\\kim_8_5_{Q}.py": "",
        "bomb_7_1_zeros.bin": b"\0" * (64 << 20),
        "bad_6_1_work.zip": b"PK\3\4 no archive",
        "deep_5_1_work.zip": inner({"../../up.py": "", "/abs.py": "", "big.bin": b""}),
    })  # fmt: skip
    with zipfile.ZipFile(path, "a") as packed:
        link = zipfile.ZipInfo(f"link_4_1_{Q}.py")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    room.collect(path)
    refused = {row["path"]: row["why"] for row in room.rows() if row["status"] == "refused"}
    outside = "its name leads outside"
    assert refused == {
        f"../kim_8_2_{Q}.py": outside,
        f"/kim_8_3_{Q}.py": outside,
        f"C:/kim_8_4_{Q}.py": outside,
        f"../kim_8_5_{Q}.py": outside,
        "bomb_7_1_zeros.bin": "unpacks to 64 MB from 63 kB",
        "bad_6_1_work.zip": refused["bad_6_1_work.zip"],
        "deep_5_1_work.zip/../../up.py": outside,
        "deep_5_1_work.zip//abs.py": outside,
        f"link_4_1_{Q}.py": "a link",
    }
    assert refused["bad_6_1_work.zip"].startswith("an archive that cannot be unpacked")
    assert room.written()[f"hong/toy/{Q}.py"] == "# 1"
    assert not list(tmp_path.glob("*.py"))
    assert not list(tmp_path.parent.glob("up.py"))


def test_a_students_file_says_nothing_of_whose_the_others_are(room):
    entry = "submission_{}:\n  :submitters:\n  - :name: {}\n    :sid: '{}'\n"
    told = entry.format(100, "Kim", 1) + entry.format(101, "Lee", 2)
    forged = entry.format(100, "Lee", 2) + entry.format(101, "Kim", 1)
    room.collect(
        room.zip({
            "export/submission_100/submission_metadata.yml": forged,
            f"export/submission_100/{Q}.py": "# kim",
            f"export/submission_101/{Q}.py": "# lee",
            "export/submission_metadata.yml": told,
        })
    )  # fmt: skip
    assert {name: room.written()[name] for name in (f"1/toy/{Q}.py", f"2/toy/{Q}.py")} == {
        f"1/toy/{Q}.py": "# kim",
        f"2/toy/{Q}.py": "# lee",
    }


@pytest.mark.parametrize(
    "name", ["submission_{}/x.py", "kim_9_{}_x.py", "x_kim_attempt_2026-11-01-10-00-0{}_x.py"]
)
def test_how_one_student_calls_files_does_not_decide_how_the_others_are_read(room, name):
    mine = {f"kim/{name.format(number)}": "" for number in range(9)}
    room.collect(room.zip(mine | {f"{other}/{Q}.py": f"# {other}" for other in ("lee", "cho", "han")}))
    for other in ("lee", "cho", "han"):
        assert room.written()[f"{other}/toy/{Q}.py"] == f"# {other}"


def tape_bomb():
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 32 << 20
    return gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"a" * header.size, 1)


def tape_cut_off():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tape:
        for number in range(3):
            entry = tarfile.TarInfo(f"{number}.bin")
            entry.size = 50_000
            tape.addfile(entry, io.BytesIO(os.urandom(entry.size)))
    return packed.getvalue()[:70_000]


@pytest.mark.parametrize("pack", [tape_bomb, tape_cut_off])
def test_an_archive_of_one_student_that_cannot_be_unpacked_costs_only_itself(room, pack):
    room.collect(room.zip({f"hong_9_1_{Q}.py": "# 1", "kim_8_2_work.tar.gz": pack()}))
    assert room.written()[f"hong/toy/{Q}.py"] == "# 1"
    (why,) = [row["why"] for row in room.rows() if row["path"] == "kim_8_2_work.tar.gz"]
    assert why.startswith("an archive that cannot be unpacked: ")


def test_a_file_that_nearly_defines_a_name_again_and_again_is_looked_through_once(room):
    names = Questions.of(room.course.exam("toy")).asked[0].own
    nearly = "".join(f'"{name}: x' for name in names)
    room.collect(room.zip({f"hong_9_1_{Q}.py": "# 1", "kim_8_2_answer.py": nearly * (1 << 15)}))
    assert room.written()[f"hong/toy/{Q}.py"] == "# 1"


@pytest.mark.hostile
def test_a_download_that_unpacks_to_much_more_than_itself_is_taken_in_part(room):
    files = {f"s{number}_9_{number}_zeros.bin": bytes(7 << 20) + bytes([number]) for number in range(160)}
    room.collect(room.zip(files | {f"hong_9_1_{Q}.py": "# 1"}))
    whys = [row["why"] for row in room.rows() if row["status"] == "refused"]
    assert set(whys) == {"unpacks to more than 100 times the download"}
    assert 0 < len(whys) < 20


def test_a_damaged_file_costs_only_itself(room):
    path = room.zip({f"hong_9_1_{Q}.py": "# 1", f"kim_8_2_{Q}.py": "# damaged " + "abc" * 50})
    data = bytearray(path.read_bytes())
    data[data.index(f"kim_8_2_{Q}.py".encode()) + len(f"kim_8_2_{Q}.py") + 3] ^= 0xFF
    path.write_bytes(data)
    room.collect(path)
    assert list(room.written()) == [f"hong/toy/{Q}.py"]
    assert [row["why"].partition(":")[0] for row in room.rows() if row["status"] == "refused"] == ["damaged"]


def test_links_and_pipes_in_a_folder(room, tmp_path):
    folder = tmp_path / "folder"
    (folder / "1").mkdir(parents=True)
    (folder / "1" / f"{Q}.py").write_text("# 1")
    (folder / "1" / "passwd").symlink_to("/etc/passwd")
    (folder / "2").symlink_to("/etc")
    os.mkfifo(folder / "1" / "pipe")
    room.collect(folder)
    assert room.written() == {f"1/toy/{Q}.py": "# 1"}
    assert {row["path"]: row["why"] for row in room.rows() if row["status"] == "refused"} == {
        "1/passwd": "a link", "2": "a link", "1/pipe": "no ordinary file",
    }  # fmt: skip


def test_a_link_that_stands_where_a_file_is_to_be_written_is_not_followed(room, tmp_path):
    (room.out / "1/toy").mkdir(parents=True)
    (tmp_path / "victim").write_text("precious")
    (room.out / "1/toy" / f"{Q}.py").symlink_to(tmp_path / "victim")
    room.collect(room.zip({f"1/{Q}.py": "# 1"}))
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_file_and_a_folder_of_one_name_cost_only_themselves(room):
    room.collect(room.zip({f"1/{Q}.py": "# 1", "1/lib": "file"}, "a.zip"))
    room.collect(room.zip({"1/lib/a.py": "x", f"2/{Q}.py": "# 2"}, "b.zip"))
    assert {f"1/toy/{Q}.py", f"2/toy/{Q}.py"} <= set(room.written())


def test_nbgraders_folders_with_their_times(room):
    files = {
        f"submitted/1/toy/{Q}.py": "# 1",
        "submitted/1/toy/timestamp.txt": "2026-11-01 10:00:00.5 Asia/Seoul",
        "submitted/1/other/q1.py": "",
    }
    (room.course.root / "exams/other").mkdir()
    (room.course.root / "exams/other/__init__.py").write_text("")
    room.collect(room.zip(files))
    assert sorted(room.written()) == [f"1/toy/{Q}.py", "1/toy/timestamp.txt"]
    assert submitted_at(room.out / "1", "toy") == datetime(2026, 11, 1, 1, tzinfo=UTC)
    assert statuses(room)["submitted/1/other/q1.py"] == "left out"


def test_a_source_that_cannot_be_read(room, tmp_path):
    (tmp_path / "x.zip").write_text("no zip")
    for source, why in ((tmp_path / "x.zip", "neither a folder nor"), (tmp_path / "no.zip", "no such file")):
        with pytest.raises(SourceError, match=why):
            room.collect(source)


def test_one_collects_at_a_time(room):
    from autograder.integrations.lms.ledger import Collection

    with Collection(room.out).locked(), pytest.raises(RunError, match="another process"):
        room.collect(room.zip({}))


def test_a_formula_in_a_name_is_none_in_the_table(room):
    room.collect(room.zip({f"=cmd()_9_1_{Q}.py": "# 1"}))
    assert room.rows()[0]["path"].startswith("'=")


def test_which_question_a_file_answers(room, tmp_path):
    asked = Questions.of(room.course.exam("toy"))
    for name in (f"{Q}.ipynb", f"{Q} (2).py", "Q1.py", "문제 1.ipynb", "홍길동_q1.py", f"mid_{Q}.py"):
        assert asked.named(name) == (Q,), name
    for name in ("answer.py", f"{Q}.html", "q2.py", "q1.txt"):
        assert asked.named(name) == (), name
    path = tmp_path / "answer"
    for text, found in (
        (RIGHT, (Q,)),
        ("x = 1", ()),
        ('{"metadata": {"autograder": {"question": "toy/q1_numbers"}}}', (Q,)),
        ('"question": "toy/q2_other"', ()),
    ):
        path.write_text(text)
        assert asked.contained(path) == found


PORTS = REPOSITORY / "tests/ports/course"


def test_one_notebook_with_every_question_answers_each(tmp_path):
    """Also a method that is called like a function of another question does not answer that one."""
    asked = Questions.of(Course(PORTS).exam("ports"))
    sources = {
        name: (PORTS / "solutions/ports" / name / "solution.py").read_text(encoding="utf-8")
        for name in asked.names
    }
    path = tmp_path / "x"
    for name, source in sources.items():
        for text in (
            source,
            json.dumps({"cells": [{"source": source.splitlines(keepends=True)}]}),
            json.dumps(source),
        ):
            path.write_text(text, encoding="utf-8")
            assert asked.contained(path) == (name,)
    path.write_text(json.dumps([{"source": source} for source in sources.values()]), encoding="utf-8")
    assert asked.contained(path) == tuple(sources)


def test_a_notebook_with_every_question_is_written_for_each(tmp_path):
    names = ["q1_blocks", "q2_batchnorm", "q3_rnn"]
    sources = [
        (PORTS / "solutions/ports" / name / "solution.py").read_text(encoding="utf-8") for name in names
    ]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        packed.writestr("kim_9_1_midterm.ipynb", json.dumps([{"source": source} for source in sources]))
        packed.writestr("kim_9_2_q2_batchnorm.py", "# a file of its own goes first")
    request = CollectRequest(
        exam=Course(PORTS).exam("ports"),
        folder=tmp_path / "out",
        roster=Roster(),
        policy=policy_of(PORTS, ["ports"]),
    )
    collect(request, [tmp_path / "x.zip"])
    written = {path.name for path in (tmp_path / "out/kim/ports").iterdir()}
    assert written == {"q1_blocks.ipynb", "q2_batchnorm.py", "q3_rnn.ipynb"}
