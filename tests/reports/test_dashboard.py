"""The instructor's page: the data behind the heat map, the analysis of parts, and what needs a person."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.core.verdict import totals
from autograder.course.course_file import pass_mark_of
from autograder.course.modules import CatalogError
from autograder.grading.statistics import distribution, items
from autograder.records.run_folder import Run
from autograder.reports.dashboard import dashboard_page
from autograder.reports.html import content_hash, data_island
from autograder.reports.material import Material
from tests.support.hostile_text import ALL
from tests.support.results import results_of, row

ROWS = [
    *(
        row(s, "a", "passed" if p == 4 else "failed", p, mistake=None if p else "sign", memory_mb=m)
        for s, p, m in zip("kpls", (4, 4, 0, 0), (1.0, 8.0, 2.5, None), strict=True)
    ),
    *(row(s, "b", "partial", p, seconds=p) for s, p in zip("kpls", (4, 3, 1, 0), strict=True)),
    *(row(s, "c", "manual", 1, most=4, manual=2) for s in "kpl"),
    row("s", "c", "ungraded", 0),
]


def test_items_say_how_hard_a_part_was_and_whom_it_told_apart():
    a, b, c = items(results_of(ROWS))
    assert (a.part, a.difficulty) == ("a", 0.5)
    assert b.difficulty == pytest.approx(0.5)
    # The other parts' points are 5, 4, 2, 0 for shares 1, 1, 0, 0: by hand the correlation is 7/sqrt(59).
    assert a.discrimination == pytest.approx(7 / 59**0.5)
    assert c.difficulty == pytest.approx(0.5)  # of what a machine gives, without the ungraded
    assert c.discrimination is None  # everybody has the same
    assert [(one.name, one.students) for one in a.mistakes] == [("sign", ["l", "s"])]
    assert [(one.name, one.students) for one in a.checks] == [("Close(x)", ["l", "s"])]
    assert b.seconds == (2.0, 4.0)
    assert (a.memory, b.memory) == ((2.5, 8.0), None)
    assert c.statuses == {"manual": 3, "ungraded": 1}


def test_every_student_is_in_one_tenth():
    bins = distribution(student.totals for student in results_of(ROWS).students())
    assert [(b.low, b.high) for b in bins] == [(10 * i, 10 * i + 10) for i in range(10)]
    assert sum(b.count for b in bins) == 4
    everything = totals(row("k", "a", "passed", 4).verdicts)
    assert [b.count for b in distribution([everything])] == [0] * 9 + [1]


def test_the_page_holds_the_map_and_what_needs_a_person(tmp_path):
    page = dashboard_page(results_of(ROWS), "en", Material(run=Run(tmp_path)))
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert [column["part"] for column in data["columns"]] == ["a", "b", "c"]
    (s,) = [student for student in data["students"] if student["name"] == "s"]
    assert s["address"] == "feedback/s.html"
    assert [data["statuses"][state[0]]["key"] for state in s["cells"]] == ["failed", "partial", "ungraded"]
    assert "3 students, 6 points" in re.sub(r"<span lang=\"ko\">.*?</span>|</?span[^>]*>|</?b>", "", page)
    assert 'href="feedback/k.html#q1_x.c"' in page
    assert "1 × why" in page
    assert "2 MiB, 8 MiB" in page
    assert [state[3] for state in s["cells"]] == [None, None, None]
    assert "mini:0" in page
    assert "http" not in page.replace("http-equiv", "")  # nothing comes from anywhere else


def test_only_the_pages_own_script_may_run(tmp_path):
    page = dashboard_page(results_of(ROWS), "en", Material(run=Run(tmp_path)))
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert len(scripts) == 2
    assert all(content_hash(script) in policy for script in scripts)
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_a_data_island_cannot_be_left_and_reads_back():
    text = data_island({"x": ALL})
    assert "<" not in text
    assert ">" not in text
    assert json.loads(text) == {"x": ALL.replace("\ud800", "?")}


def test_who_is_right_on_published_data_only_is_told():
    found = []
    for student, variants in (("fixed", ["hidden1"]), ("both", ["public", "hidden1"]), ("right", [])):
        one = row(student, "a", "failed" if variants else "passed", 0)
        (finding,) = one.verdicts[0].findings
        findings = tuple(replace(finding, variant=variant) for variant in variants) or (finding,)
        found.append(replace(one, verdicts=(replace(one.verdicts[0], findings=findings),)))
    (item,) = items(results_of(found))
    assert item.only_published == ["fixed"]
    page = dashboard_page(results_of(found), "en", Material(run=Run(Path("nowhere"))))
    assert "Right on published data only" in page


def test_the_pass_mark_of_the_course_is_counted(tmp_path, toy_course):
    (toy_course.root / "course.toml").write_text("pass_mark = 60\n")
    material = Material(run=Run(tmp_path), exam=toy_course.exam("toy"))
    page = dashboard_page(results_of(ROWS), "en", material)
    assert "with 60 % and more" in page
    totals_ = [student.totals for student in results_of(ROWS).students()]
    passed = sum(total.points >= 0.6 * total.max_points for total in totals_)
    assert f'<div class="tile"><b>{passed}</b>' in page
    assert "and more" not in dashboard_page(results_of(ROWS), "en", Material(run=Run(tmp_path)))


@pytest.mark.parametrize("mark", ["0", "101", '"60"', "true"])
def test_a_pass_mark_that_is_no_percentage_is_refused(toy_course, mark):
    (toy_course.root / "course.toml").write_text(f"pass_mark = {mark}\n")
    with pytest.raises(CatalogError, match=r"course\.toml: pass_mark must be percent"):
        pass_mark_of(toy_course.root)


def test_where_points_can_be_given_what_waits_leads_there(tmp_path):
    material = Material(run=Run(tmp_path))
    assert 'href="essay/q1_x/c"' in dashboard_page(results_of(ROWS), "en", material, served=True)
    assert 'href="essay/' not in dashboard_page(results_of(ROWS), "en", material)
