"""The names that learning systems give to what students handed in."""

from __future__ import annotations

import pytest

from autograder.integrations.lms.blackboard import Blackboard
from autograder.integrations.lms.brightspace import Brightspace
from autograder.integrations.lms.canvas import Canvas
from autograder.integrations.lms.files import Files
from autograder.integrations.lms.gradescope import Gradescope
from autograder.integrations.lms.ilias import Ilias
from autograder.integrations.lms.moodle import Moodle

FILES = Files(exam="mid", questions=["q1_x", "q1_x_long"], other_exams=["final"], wrapper="download")
NAMES = [
    (Canvas(), "kimann_991_12345_q1_x-1.ipynb", "kimann_991", ("kimann", "991"), "q1_x-1.ipynb", ""),
    (Canvas(), "submissions/kimann_LATE_991_12345_q1_x.py", "kimann_991", ("kimann", "991"), "q1_x.py", ""),
    (Canvas(), "홍길동_991_12345_a_1_2_b.py", "홍길동_991", ("홍길동", "991"), "a_1_2_b.py", ""),
    (Moodle(), "홍길동_77_assignsubmission_file_/src/q1_x.py", "홍길동_77", ("77", "홍길동"), "src/q1_x.py", ""),
    (Moodle(), "mid/Kim Ann_77_assignsubmission_file/q1_x.py", "Kim Ann_77", ("77", "Kim Ann"), "q1_x.py", ""),
    (Moodle(), "Kim Ann_77_assignsubmission_file_q1_x.py", "Kim Ann_77", ("77", "Kim Ann"), "q1_x.py", ""),
    (Moodle(), "A반-홍길동_77_assignsubmission_file_/q1_x.py", "A반-홍길동_77", ("77", "A반-홍길동", "홍길동"), "q1_x.py", ""),
    (Moodle(), "홍길동_77_assignsubmission_onlinetext_/onlinetext.html", "홍길동_77", ("77", "홍길동"), "", ""),
    (Blackboard(), "과제 1_hong1_attempt_2026-11-01-10-02-03_q1_x.ipynb", "과제 1_hong1", ("hong1", "과제 1_hong1"), "q1_x.ipynb", "2026-11-01-10-02-03"),
    (Blackboard(), "a_b_hong1_attempt_2026-11-01-10-02-03.txt", "a_b_hong1", ("hong1", "b_hong1", "a_b_hong1"), "", "2026-11-01-10-02-03"),
    # A file that is called like another's download stays its own student's.
    (Moodle(), "Ann_77_assignsubmission_file_x-Bo_78_assignsubmission_file_q1_x.py", "Ann_77", ("77", "Ann"), "x-Bo_78_assignsubmission_file_q1_x.py", ""),
    (Blackboard(), "a_ann_attempt_2026-11-01-10-02-03_x_bo_attempt_2026-11-02-10-02-03_q1_x.py", "a_ann", ("ann", "a_ann"), "x_bo_attempt_2026-11-02-10-02-03_q1_x.py", "2026-11-01-10-02-03"),
    (Canvas(), "ann_991_12345_bo_992_12346_q1_x.py", "ann_991", ("ann", "991"), "bo_992_12346_q1_x.py", ""),
    (Brightspace(), "12-34 - Ann - Nov 1, 2026 902 PM - 12-35 - Bo - Nov 2, 2026 902 PM - q1_x.py", "12-34 - Ann", ("Ann",), "12-35 - Bo - Nov 2, 2026 902 PM - q1_x.py", "Nov 1, 2026 902 PM"),
    (Brightspace(), "12-34 - Ann Kim - Nov 1, 2026 1002 AM/q1_x.py", "12-34 - Ann Kim", ("Ann Kim",), "q1_x.py", "Nov 1, 2026 1002 AM"),
    (Brightspace(), "12-34 - Ann Kim - Nov 1, 2026 902 PM - q1_x.py", "12-34 - Ann Kim", ("Ann Kim",), "q1_x.py", "Nov 1, 2026 902 PM"),
    (Brightspace(), "12-34 - 2001 - Ann Kim- 1 November, 2026 1002 - q1_x.py", "12-34 - 2001 - Ann Kim", ("2001 - Ann Kim", "2001", "Ann Kim"), "q1_x.py", "1 November, 2026 1002"),
    (Brightspace(), "12-34 - Ann Kim-Lee - 2026년 11월 1일 오전 1002/q1_x.py", "12-34 - Ann Kim-Lee", ("Ann Kim-Lee",), "q1_x.py", "2026년 11월 1일 오전 1002"),
    (Ilias(), "Blatt 1/Submissions/Kim Ann Bo a_kim 551/q1_x.py", "kim_551", ("kim", "a_kim", "Bo_a_kim", "KimAnn", "KimAnnBo", "KimAnnBoa"), "q1_x.py", ""),
    (Ilias(), "Blatt 1/Abgaben/Team 3/Kim_Ann_akim_551/20261101100203_q1_x.py", "akim_551", ("akim", "KimAnn"), "q1_x.py", "20261101100203"),
    (FILES, "submitted/1234/mid/q1_x.py", "1234", ("1234",), "q1_x.py", ""),
    (FILES, "download/1234 홍길동/lib/a.py", "1234 홍길동", ("1234 홍길동", "1234", "홍길동"), "lib/a.py", ""),
    (FILES, "1234_홍길동_q1_x_long.ipynb", "1234_홍길동", ("1234_홍길동", "1234", "홍길동"), "q1_x_long.ipynb", ""),
    (FILES, "1234.zip", "1234", ("1234",), "1234.zip", ""),
]  # fmt: skip


@pytest.mark.parametrize(("system", "path", "account", "keys", "file", "time"), NAMES)
def test_what_a_name_says(system, path, account, keys, file, time):
    placed = system.place(path)
    assert placed is not None
    (owner,) = placed.owners
    assert (placed.account, owner.keys, placed.file, placed.time) == (account, keys, file, time)
    assert placed.late == ("LATE" in path)


@pytest.mark.parametrize("system", [Canvas(), Moodle(), Blackboard(), Brightspace(), Ilias(), Gradescope()])
@pytest.mark.parametrize(
    "path", ["index.html", "q1_x.py", "1234/q1_x.py", "", "_attempt_", "a_1_2", "x_1_assignsubmission_file_"]
)
def test_what_is_no_name_of_a_system(system, path):
    assert system.place(path) is None


def test_another_exam_is_said():
    assert FILES.place("1234/final/q1_x.py").why.en == "of another exam"


GRADESCOPE = """---
submission_100:
  :submitters:
  - :name: Kim Ann
    :sid: '1234'
    :email: ann@x.kr
  - :name: Lee Bo
    :sid:
    :email: bo@x.kr
  :created_at: 2026-11-01 10:02:03.000000000 Z
  :score: 1.0
  :history:
  - :id: 99
    :created_at: 2026-10-01 00:00:00.000000000 Z
submission_101:
  :submitters:
  - :name: Cho Di
    :sid: '77'
  :created_at: 2026-11-02 10:02:03.000000000 Z
"""


def test_gradescope_says_whose_a_submission_is_and_when():
    system = Gradescope.of(GRADESCOPE)
    placed = system.place("assignment_9_export/submission_100/q1_x.py")
    assert [owner.keys for owner in placed.owners] == [("1234", "ann@x.kr", "Kim Ann"), ("bo@x.kr", "Lee Bo")]
    assert (placed.time, placed.file) == ("2026-11-01 10:02:03.000000000 Z", "q1_x.py")
    assert [owner.name for owner in system.place("submission_101/a/b.py").owners] == ["77"]
    assert [owner.name for owner in Gradescope.of("").place("submission_101/b.py").owners] == [
        "submission_101"
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("kimann_LATE_991_12345_q1_x.py", "kimann_LATE_991_12345_feedback.html"),
        ("홍길동_77_assignsubmission_file_/q1_x.py", "홍길동_77_assignsubmission_file_/feedback.html"),
        ("a_hong_attempt_2026-11-01-10-02-03_q.py", "a_hong_attempt_2026-11-01-10-02-03_feedback.html"),
        (
            "12-34 - Ann Kim - Nov 1, 2026 1002 AM/q1_x.py",
            "12-34 - Ann Kim - Nov 1, 2026 1002 AM/feedback.html",
        ),
        ("Abgaben/Kim_Ann_akim_551/q1_x.py", "Kim_Ann_akim_551/feedback.html"),
    ],
)
def test_feedback_goes_back_by_the_names_of_the_download(path, name):
    systems = (Canvas(), Moodle(), Blackboard(), Brightspace(), Ilias())
    (placed,) = [found for one in systems if (found := one.place(path)) is not None]
    assert placed.reply.format("feedback.html") == name
