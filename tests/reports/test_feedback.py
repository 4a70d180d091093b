"""The page a student reads: both languages, pictures, the mistake by name, nothing of the student's that runs."""

from __future__ import annotations

import base64
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from autograder.core.evidence import Evidence
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.text import Text
from autograder.records.run_folder import Run
from autograder.reports.feedback import write_feedback
from autograder.reports.html import file_name
from autograder.reports.material import Material, figures, material_of
from autograder.reports.renderers import RENDERERS
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import RIGHT, TOY
from tests.support.hostile_text import HOSTILE, hostile_run
from tests.support.page import Page
from tests.support.results import results_of, row

WITHHELD = "withheld"


@pytest.fixture
def graded(toy_course, bubblewrap, submit, tmp_path):
    """A run of a class of three: right, wrong in a known way, and raising."""
    submit("right", RIGHT)
    submit("wrong", RIGHT.replace("total += value", "total = value"))
    folder = submit("raises", RIGHT.replace("return sums", "return sums[999]"))
    return grade(toy_course, folder, Run(tmp_path / "run"), bubblewrap)


def grade(course, submissions, run, isolation):
    site = Site(executor=Local(isolation), jobs=2)
    run_class(
        GradeRequest(course=course, exam=course.exam("toy"), submissions=submissions, run=run, site=site)
    )
    return run


def pages(run, folder, language="en", course=TOY):
    found = RENDERERS["html"](run.results(), folder, language, material_of(run, course))
    return {path.stem: path.read_text(encoding="utf-8") for path in found}


def test_pages_do_without_what_is_not_installed_and_material_says_what_they_lack(
    graded, tmp_path, monkeypatch
):
    for name in ("matplotlib", "rapidfuzz"):
        monkeypatch.setitem(sys.modules, name, None)
    found = pages(graded, tmp_path / "out")
    assert not Page(found["wrong"]).all("img")
    assert "cannot be drawn" not in found["wrong"]
    assert "Only equal texts were looked for" in found["dashboard"]
    warnings = material_of(graded, TOY).warnings()
    assert [text.en.partition(";")[0] for text in warnings] == [
        "pages have no pictures: matplotlib not installed",
        "the dashboard lists equal submissions, not similar ones: rapidfuzz not installed",
    ]


def test_a_page_tells_what_was_wrong_and_draws_it(graded, tmp_path):
    found = pages(graded, tmp_path / "out")
    assert set(found) == {"right", "wrong", "raises", "dashboard"}
    wrong = Page(found["wrong"])
    assert "The total was not carried on." in wrong.text
    assert "합을 이어 가지 않았습니다." in wrong.text
    assert "[total_not_carried]" not in wrong.text  # it stands by itself, not in the sentence
    (image,) = wrong.all("img")
    assert image["alt"] == "The sums"
    kind, _, data = image["src"].partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert b"<svg" in base64.b64decode(data)
    assert image != Page(found["right"]).all("img")[0]
    assert {"id": "q1_numbers.cumulative", "class": "partial"} in wrong.all("section")
    raises = Page(found["raises"])
    assert "list index out of range" in raises.text
    assert 'q1_numbers.py", line' in raises.text
    assert "autograder" not in raises.text.replace("dl-autograder", "")  # the student's own lines only
    assert not raises.all("img")


def test_what_was_written_stands_beside_what_went_wrong(graded, tmp_path):
    found = pages(graded, tmp_path / "out")
    raises = found["raises"]
    (line,) = re.findall(r'<span class="marked"><i>\d+</i>(.*)', raises)
    assert line.strip() == "return sums[999]"
    order = [raises.index(word) for word in ("What you wrote", "What went wrong", "What was asked")]
    assert order == sorted(order)
    assert 'class="code"' not in found["right"]
    assert "The total was not carried on." in Page(found["wrong"]).text.split("What to look at again")[1]


def test_a_fault_of_the_whole_file_is_told_once_with_its_line(toy_course, bubblewrap, submit, tmp_path):
    folder = submit("odd", RIGHT.replace("def cumulative(", "def cumulative(("))
    page = pages(grade(toy_course, folder, Run(tmp_path / "run"), bubblewrap), tmp_path / "out")["odd"]
    assert page.count("syntax error") == 1
    assert "<code>" not in page.split("syntax error")[0].rsplit("<section", 1)[1]
    assert "def cumulative((" in page.split("syntax error")[0]
    assert "Therefore no part of this question could be run." in page


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_is_self_contained_and_begins_in_the_language_asked_for(graded, tmp_path, language):
    page = Page(pages(graded, tmp_path / "out", language)["wrong"])
    chosen = [attributes["id"] for attributes in page.all("input") if "checked" in attributes]
    assert chosen == [language]
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("script")) == 3  # the language, and what requests are made of and how
    assert not page.all("link")
    addresses = [a.get("src") or a.get("href") for _, a in page.tags if a.get("src") or a.get("href")]
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "누적합을 구하라." in page.text
    assert "Find the cumulative sums." in page.text


def test_nothing_withheld_and_no_hidden_variant_reaches_a_picture(graded):
    material = material_of(graded, TOY)
    attempt, part = (
        material.attempt("wrong", "q1_numbers"),
        material.question("q1_numbers").question.part("cumulative"),
    )
    seen = material.observe(attempt, part, "q1_numbers")
    assert set(seen.inputs.arrays) == {"values"}  # and not "label"
    assert seen.inputs["scale"] == 1.0
    assert not np.array_equal(seen.evidence["sums"], seen.reference["sums"])


def test_pages_are_written_without_the_course_and_say_so(graded, autograder, tmp_path):
    graded.write_manifest(structs.replace(graded.manifest(), course=str(tmp_path / "gone")))
    result = autograder("report", graded.folder, "--format", "html", "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "pages have no titles and no pictures" in result.stderr
    assert "The total was not carried on." in (tmp_path / "out/feedback/wrong.html").read_text(
        encoding="utf-8"
    )


def test_a_run_without_its_reference_has_no_pictures_and_says_so(graded, autograder, tmp_path):
    for path in graded.evidence.glob("*.evidence"):
        if path.stem == graded.manifest().questions["q1_numbers"].references.solution:
            path.write_bytes(b"damaged")
    result = autograder("report", graded.folder, "--format", "html", "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "q1_numbers: no pictures" in result.stderr
    assert not Page((tmp_path / "out/feedback/wrong.html").read_text(encoding="utf-8")).all("img")


def test_no_hostile_text_becomes_markup(tmp_path):
    run = hostile_run(tmp_path / "run")
    for language in ("ko", "en"):
        found = pages(run, tmp_path / language, language)
        assert len(found) == len(HOSTILE) + 1
        for name, text in found.items():
            page = Page(text)
            assert "pwned" not in [attributes.get("id") for _, attributes in page.tags]
            assert not [a for _, a in page.tags if any(key.startswith("on") for key in a)]
            assert len(page.all("script")) == 3
            assert "49" not in page.text.replace("{{ 7 * 7 }}", "")[:2_000]
            assert "What was returned cannot be drawn" in page.text or name == "dashboard"


def test_files_of_different_students_differ_and_stay_inside_the_folder():
    names = [
        "kim",
        "김",
        "a b",
        "..",
        "../x",
        "a/b",
        "a%2Fb",
        "",
        "CON",
        "x" * 300,
        "x" * 299 + "y",
        *HOSTILE,
    ]
    found = [file_name(name) for name in names]
    assert len(set(found)) == len(names)
    assert all("/" not in name and len(name.encode()) < 250 for name in found)
    assert ".." not in [f"{name}" for name in found[4:]]


def test_only_png_files_among_the_public_evidence_are_shown_as_figures():
    png = np.frombuffer(b"\x89PNG\r\n\x1a\n rest", np.uint8)
    arrays = {"figure": png, "figure_fake": np.arange(9, dtype=np.uint8), "other": png}
    outcomes = {Task("a"): Outcome(evidence=Evidence(arrays=arrays)), Task("b", "hidden1"): Outcome(evidence=Evidence(arrays=arrays))}  # fmt: skip
    attempt = Attempt(outcomes=outcomes)
    assert list(figures(attempt, "a")) == ["figure"]
    assert figures(attempt, "b") == {}


def test_each_failed_check_says_its_own_sentence(graded, submit, tmp_path, toy_course, bubblewrap):
    """A mistake's explanation stands apart from what was found."""
    submissions = submit("odd", RIGHT.replace("return sums", "return [sum + 1 for sum in sums]"))
    found = pages(grade(toy_course, submissions, graded, bubblewrap), tmp_path / "out")
    named = set()
    for result in graded.results():
        for verdict in result.verdicts if result.student in ("wrong", "odd") else ():
            for finding in verdict.findings:
                assert finding.passed or finding.message.en in Page(found[result.student]).text
                named |= {(result.student, finding.mistake)}
    assert named == {("wrong", "total_not_carried"), ("wrong", None), ("odd", None)}


def test_a_mistake_is_explained_apart_from_what_was_found(tmp_path):
    told = Text(ko="값 [None] 이", en="got [None] here")
    why = Text(ko="부호가 바뀌었습니다.", en="The sign is wrong.")
    wrong = row("kim", "a", "failed", 0, message=told, mistake="sign")
    (finding,) = wrong.verdicts[0].findings
    named = replace(wrong.verdicts[0], findings=(replace(finding, explanation=why),))
    results = results_of([replace(wrong, verdicts=(named,))])
    (path,) = write_feedback(results, tmp_path, "en", Material(run=Run(tmp_path)))
    page = path.read_text(encoding="utf-8")
    assert page.count("The sign is wrong.") == 1
    assert "[sign]" not in page
    assert "got [None] here" in page


def test_the_pages_of_many_are_written_in_processes_and_are_the_same(
    graded, submit, tmp_path, toy_course, bubblewrap
):
    few = pages(graded, tmp_path / "few")
    for number in range(20):
        submissions = submit(f"other{number}", RIGHT)
    many = pages(grade(toy_course, submissions, graded, bubblewrap), tmp_path / "many")
    assert len(many) == len(few) + 20
    assert {name: many[name] for name in few if name != "dashboard"} == {
        name: page for name, page in few.items() if name != "dashboard"
    }
    assert "data:image/svg+xml" in many["other19"]
