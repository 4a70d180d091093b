"""An instructor's day with 60 students: from the LMS's downloads to the LMS's gradebook, at the desk and by commands."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from openpyxl import load_workbook
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from autograder.records.run_folder import Run
from autograder.workflows.decided import decided
from tests.browser.grader import Grader
from tests.support.command import autograder
from tests.support.courses import TOY
from tests.support.desk import serving
from tests.support.moodle_class import (
    COURSE,
    REASONS,
    UNEXPLAINED,
    Member,
    download,
    first_attempts,
    gradebook,
    last_attempts,
    members,
    worksheet,
)
from tests.support.runs import rows
from tests.support.waiting import wait_until

STRANGER = "청강생"
KEYS = {3.0: "12", 2.0: "1", 1.0: "2", 0.0: "0"}  # of the rubric's items, by what they are worth
LATE, ROUNDED, OFF, ASKS, ASKS_IN_VAIN = "2026021", "2026011", "2026060", "2026057", "2026058"


@dataclass
class Day:
    """What lies in the instructor's folder, and the points that everybody should have by now."""

    folder: Path
    browser: Chrome
    points: dict[str, list[float]] = field(default_factory=dict)  # of mean, cumulative and reason

    @cached_property
    def class_(self) -> dict[str, Member]:
        return {one.id: one for one in members()}

    @property
    def run(self) -> Run:
        return Run(self.folder / "run")

    def prepare(self) -> None:
        """Write what the course and the LMS have."""
        course, class_ = shutil.copytree(TOY, self.folder / "course"), list(self.class_.values())
        (course / "course.toml").write_text(COURSE, encoding="utf-8")
        (self.folder / "worksheet.csv").write_bytes(worksheet(class_).encode("utf-8-sig"))
        gradebook(class_, self.folder / "department.xlsx")
        download(self.folder / "first.zip", dict(first_attempts(class_)))
        download(self.folder / "last.zip", dict(last_attempts(class_)))
        self.points = {one.id: [*one.machine, 0.0] for one in class_} | {STRANGER: [2.0, 5.0, 0.0]}

    def command(self, *arguments: object) -> tuple[str, str]:
        """Run a command in the folder; return what it printed and what it remarked."""
        done = autograder(*arguments, cwd=self.folder, lang="ko")
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    def holds(self) -> bool:
        """Whether everybody has the points that they should have."""
        found = rows(decided(self.run, self.run.results()))
        points = {
            student: [found[student, part]["points"] for part in ("mean", "cumulative", "reason")]
            for student in self.points
        }
        assert points == self.points
        return True

    # -- the morning: what came in --------------------------------------------------------------------------

    def collect_and_grade(self) -> None:
        about = "--exam", "toy", "--output", "submissions", "--roster", "worksheet.csv", "--course", "course"
        self.command("collect", "first.zip", *about)
        said = self.command("collect", "last.zip", *about)[1]
        assert "여러 번 제출: 2026016, 2026017, 2026018, 2026019, 2026020, 2026023. collected.csv" in said
        text = (self.folder / "submissions/collected.csv").read_text(encoding="utf-8-sig")
        became = Counter(row["status"] for row in csv.DictReader(io.StringIO(text)))
        assert became == {"taken": 60, "kept": 6}
        run = "--output", "run", "--roster", "worksheet.csv", "--course", "course"
        graded = self.command("grade", "toy", "submissions", *run)[1]
        for remarks in (said, graded):
            assert "제출하지 않음: 2026014\n" in remarks
            assert f"명단에 없음: {STRANGER}\n" in remarks
        assert self.holds()

    # -- equal wrong answers --------------------------------------------------------------------------------

    def name_a_group(self, grader: Grader) -> None:
        found = json.loads(self.command("groups", "run", "--part", "cumulative", "--json")[0])
        (group,) = [one for one in found if len(one["students"]) == len(UNEXPLAINED)]
        assert (set(group["students"]), group["kind"]) == (UNEXPLAINED, "wrong")
        grader.open("")
        grader.find(".numbers a[href=groups]").click()
        link = f'table.list a[href*="{group["id"]}"]'
        grader.until(lambda: grader.find(link))
        grader.reloaded(lambda: grader.find(link).click())
        grader.fill(
            "#mistake", slug="begins_at_one", ko="합을 1에서 시작했습니다.", en="The sums begin at 1."
        )
        grader.until(lambda: "autograder verify toy/q1_numbers" in grader.find("#told").text)
        written = (self.folder / "course/solutions/toy/q1_numbers/mistakes/begins_at_one.py").read_text(
            "utf-8"
        )
        assert not [one.name for one in self.class_.values() if one.name in written]
        self.command("verify", "toy/q1_numbers", "--course", "course")
        self.command("rescore", "run")
        told = [row["student"] for row in rows(self.run.results()).values() if "begins_at_one" in str(row)]
        assert set(told) == UNEXPLAINED
        assert self.holds()

    # -- what if --------------------------------------------------------------------------------------------

    def widen_a_tolerance(self, grader: Grader) -> None:
        """Try a tolerance that a mistake would slip through, discard it, and commit a better one."""

        def preview(tolerance: str) -> None:
            grader.open("what-if")
            grader.find('tr[data-part=mean] [data-name="atol"]').send_keys(tolerance)
            grader.reloaded(grader.find("#changes button").click)

        preview("0.5")
        assert "divided_by_n_minus_one" in grader.find("#draft .bad + ul").text
        grader.reloaded(grader.find("#discard").click)
        preview("0.001")
        assert not grader.browser.find_elements(By.CSS_SELECTOR, "#draft .bad")
        shown = [
            row.text.split()[0] for row in grader.browser.find_elements(By.CSS_SELECTOR, "#draft tbody tr")
        ]
        assert shown == ["2026011", "2026012", "2026013"]
        assert self.holds()  # nothing is decided yet
        draft = (self.run.folder / "draft/results.json").read_bytes()
        grader.reloaded(lambda: grader.fill("#commit", reason="반올림해도 됩니다."))
        assert (self.run.folder / "results.json").read_bytes() == draft
        for student in shown:
            self.points[student][0] = 2.0
        assert self.holds()
        moved = json.loads(self.command("compare", "run", "--json")[0])["changes"]
        assert [(one["student"], one["points"]) for one in moved] == [(student, 2) for student in shown]

    # -- essays ---------------------------------------------------------------------------------------------

    def grade_essays_by_keys(self, grader: Grader) -> None:
        """From the first page on nothing is clicked; an answer that many wrote is graded once."""
        grader.open("")
        grader.browser.find_element(By.PARTIAL_LINK_TEXT, "reason").send_keys(Keys.ENTER)
        read: list[str] = []
        for left in range(len(REASONS), 0, -1):
            grader.until(lambda: grader.find("#answer .prose").text not in ["", *read])
            assert len(read) == len(REASONS) - left
            read.append(grader.find("#answer .prose").text)
            grader.press(*KEYS[REASONS[read[-1]]], Keys.ENTER)
        grader.until(lambda: grader.find("#scored").text == str(len(REASONS)))
        assert set(read) == set(REASONS)
        for student, member in self.class_.items():
            self.points[student][2] = REASONS.get(member.reason, 0.0)
        assert self.holds()

    # -- single students ------------------------------------------------------------------------------------

    def override_and_undo(self, grader: Grader) -> None:
        page = f"student/{OFF}/q1_numbers/mean"
        grader.open(page)
        grader.reloaded(lambda: grader.fill("#score", automatic="1", comment="거의", reason="식은 맞음"))
        self.points[OFF][0] = 1.0
        assert self.holds()
        assert "식은 맞음" in self.command("history", "run", "--student", OFF)[0]
        grader.reloaded(grader.find("table.history form button").click)
        self.points[OFF][0] = 0.0
        assert self.holds()

    def ask(self, student: str, text: str) -> Path:
        """Let a student ask to look again on their feedback page, which lies on their own computer."""
        saved = self.folder / "downloads"
        allow = {"behavior": "allow", "downloadPath": str(saved)}
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
        self.browser.get((self.folder / f"run/report/feedback/{student}.html").as_uri())
        form = self.browser.find_element(By.CSS_SELECTOR, "form.ask[data-part=mean]")
        self.browser.execute_script("arguments[0].closest('details').open = true", form)
        form.find_element(By.NAME, "text").send_keys(text)
        form.find_element(By.TAG_NAME, "button").click()
        file = saved / "q1_numbers-mean.request.json"
        wait_until(file.is_file, "the browser saved no request")
        assert form.find_element(By.CLASS_NAME, "made").is_displayed()
        return file.rename(self.folder / f"{student}.request.json")

    def answer_requests(self, grader: Grader) -> None:
        self.command("report", "run", "--format", "html")
        asked = {ASKS: "제 식도 평균입니다.", ASKS_IN_VAIN: "왜 틀렸나요?"}
        files = {
            f"{self.class_[student].folder}/q1_numbers-mean.request.json": self.ask(student, text).read_text()
            for student, text in asked.items()
        }
        download(self.folder / "inbox.zip", files)
        about = "--exam", "toy", "--output", "submissions", "--roster", "worksheet.csv", "--course", "course"
        said = self.command("collect", "inbox.zip", *about, "--run", "run")[1]
        assert "새 요청 2건" in said
        numbers = {
            one["student"]: one["number"] for one in json.loads(self.command("requests", "run", "--json")[0])
        }
        grader.open("requests")
        forms = grader.browser.find_elements(By.CSS_SELECTOR, "section.request")
        (mine,) = [one for one in forms if asked[ASKS] in one.text]
        mine.find_element(By.NAME, "text").send_keys("맞습니다.")
        mine.find_element(By.CSS_SELECTOR, "[name=accepted][value=true]").click()
        grader.reloaded(mine.find_element(By.TAG_NAME, "button").click)
        no = "--decline", "--text", "값이 2만큼 큽니다."
        self.command("requests", "run", "--answer", numbers[ASKS_IN_VAIN], *no)
        self.command("decide", "run", "--part", "mean", "--student", ASKS, "--points", "1.5")
        self.points[ASKS][0] = 1.5
        assert self.holds()

    # -- the evening: what goes back ------------------------------------------------------------------------

    def final(self, student: str) -> float:
        """What a student should have in the end: two days late cost a fifth, and one has a bonus."""
        total = sum(self.points[student])
        return round(total * 0.8 if student == LATE else total + (student == "2026003"), 2)

    def see_the_feedback(self, grader: Grader) -> None:
        self.command("report", "run", "--format", "feedback-zip")
        with zipfile.ZipFile(self.folder / "run/report/feedback.zip") as packed:
            pages = {name: packed.read(name).decode() for name in packed.namelist()}
        mine = {
            one: pages[f"{member.folder}/feedback.html"]
            for one, member in self.class_.items()
            if member.source
        }
        assert len(pages) == len(mine) + 2  # the stranger's, and that of who handed in nothing
        assert {one for one, page in mine.items() if "합을 1에서 시작했습니다." in page} == UNEXPLAINED
        assert "맞습니다." in mine[ASKS]
        assert "값이 2만큼 큽니다." in mine[ASKS_IN_VAIN]
        grader.open(f"student/{LATE}/q1_numbers/mean")
        told = "26시간 늦게 제출: −20 %", "late by 26 h: −20 %"
        for page, late in zip((mine[LATE], grader.find("p.total").text), told, strict=True):
            assert late in page
            assert f"{self.final(LATE):g} / 10" in page

    def fill_in_gradebooks(self) -> None:
        self.command("report", "run", "--format", "moodle", "--gradebook", "worksheet.csv")
        self.command("report", "run", "--format", "xlsx", "--gradebook", "department.xlsx")
        before, after = (
            list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
            for path in (self.folder / "worksheet.csv", self.folder / "run/report/worksheet.csv")
        )
        expected = [[*row[:5], f"{self.final(row[2]):g}", *row[6:]] for row in before[1:]]
        assert after == [before[0], *expected]
        old, new = (
            load_workbook(path)
            for path in (self.folder / "department.xlsx", self.folder / "run/report/department.xlsx")
        )
        first, second = ([[cell.value for cell in row] for row in one.worksheets[0]] for one in (old, new))
        assert second == [first[0], *([*row[:3], self.final(row[0]), row[4]] for row in first[1:])]
        assert new["메모"]["A1"].value == old["메모"]["A1"].value
        assert new.worksheets[0]["C2"].number_format == "0.0"


def test_a_day_from_the_download_to_the_gradebook(tmp_path: Path, cache: Path, browser: Chrome):
    day = Day(tmp_path, browser)
    day.prepare()
    day.collect_and_grade()
    with serving(day.run.folder, "--grader", "cho") as (client, _):
        grader = Grader(browser, client)
        day.name_a_group(grader)
        day.widen_a_tolerance(grader)
        day.grade_essays_by_keys(grader)
        day.override_and_undo(grader)
        day.answer_requests(grader)
        day.see_the_feedback(grader)
        assert grader.refused() == []
    day.fill_in_gradebooks()
