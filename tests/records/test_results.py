"""results.json and run.json of classes of any size: written and read a student at a time."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice

import jsonschema
import msgspec
import pytest
from msgspec import structs
from rich.console import Console

from autograder.core.text import Text
from autograder.core.verdict import Finding, Result, Status, Verdict, told
from autograder.records.decided import with_scores
from autograder.records.decisions import Score
from autograder.records.files import RunError
from autograder.records.forms import ResultsFile
from autograder.records.held import Held
from autograder.records.manifest import Kept, Manifest, QuestionRecord
from autograder.records.results import header_of, results_in_memory, write_json
from autograder.records.rows import RowError
from autograder.records.run_folder import Run
from autograder.reports.material import material_of
from autograder.reports.renderers import RENDERERS
from autograder.reports.table import MAX_STUDENTS, class_table
from tests.support.runs import content

MANIFEST = Manifest(
    exam="toy",
    course="/course",
    profile="mini",
    device="cpu",
    isolation="warm",
    complete=True,
    questions={"q1_x": QuestionRecord(digest="0" * 64, versions={"numpy": "2"})},
    submissions={},
)
HEADER = header_of(MANIFEST)
SAID = Text(ko="다릅니다\n\ud800", en="differs, in\n[two] lines\x1b")


def a_class(students: int, memory_mb: float | None = 12.5) -> Iterator[Result]:
    for number in range(students):
        finding = Finding(
            check="Close(mean)",
            passed=False,
            message=SAID,
            mistake="a_mistake",
            explanation=Text(ko="까닭", en="why"),
            kind="differs",
            numbers={"index": 3},
        )
        verdicts = [
            Verdict(
                part=part,
                status=Status.FAILED,
                points=1.5,
                max_points=2,
                findings=(finding,) * 3,
                memory_mb=memory_mb,
            )
            for part in ("first", "second")
        ]
        for question in ("q1_x", "q2_y"):
            yield Result(student=f"s{number:06}", question=question, verdicts=tuple(verdicts), notes=(SAID,))


def test_results_read_back_are_those_written_and_plain_json(tmp_path):
    run = Run(tmp_path)
    written = run.write_results(HEADER, a_class(3))
    assert list(written) == list(written) == list(a_class(3))
    assert written.header == HEADER
    plain = json.loads((tmp_path / "results.json").read_bytes())
    assert plain == {"schema": 1, **content(written)}
    assert content(results_in_memory(HEADER, a_class(3))) == content(written.in_memory()) == content(written)
    assert plain["totals"][2] == {
        "student": "s000002",
        "points": 6.0,
        "max_points": 8,
        "manual": 0.0,
        "ungraded": 0,
    }
    assert plain["results"][0] == {
        "student": "s000000",
        "question": "q1_x",
        "part": "first",
        "status": "failed",
        "points": 1.5,
        "max_points": 2,
        "manual": 0.0,
        "seconds": 0.0,
        "memory_mb": 12.5,
        "findings": 3 * [FINDING],
    }
    assert repr(plain["results"][0]["max_points"]) == "2"  # a whole number stays one
    assert plain["questions"][0]["notes"] == [{"ko": SAID.ko, "en": SAID.en}]
    assert len(plain["results"]) == 12


FINDING = {
    "check": "Close(mean)",
    "passed": False,
    "message": {"ko": f"{SAID.ko} 까닭", "en": f"{SAID.en} why"},
    "mistake": "a_mistake",
    "points": 0.0,
    "max_points": 0.0,
    "kind": "differs",
    "variant": "public",
    "numbers": {"index": 3},
    "explanation": {"ko": "까닭", "en": "why"},
    "reason": {"ko": SAID.ko, "en": SAID.en},
}


def test_results_stay_what_they_are_when_others_take_their_place(tmp_path):
    first = Run(tmp_path).write_results(HEADER, a_class(2))
    second = Run(tmp_path).write_results(HEADER, a_class(1))
    assert list(first) == list(a_class(2))
    assert list(second) == list(a_class(1))
    Run(tmp_path).write_results(first.header, first)
    assert list(Run(tmp_path).results()) == list(first)


def test_files_that_a_person_put_into_another_form_are_read_too(tmp_path):
    run = Run(tmp_path)
    written = run.write_results(HEADER, a_class(2))
    other = json.dumps({"schema": 1, **content(written), "more": [1]}, indent=4)
    (tmp_path / "results.json").unlink()
    (tmp_path / "results.json").write_text(other)
    assert list(run.results()) == list(written)
    assert run.results().header == HEADER
    assert content(run.write_results(HEADER, []))["totals"] == []
    submissions = {f"s{number} \udce9": {"q1_x": Kept(key="0" * 64, variants={})} for number in range(3)}
    run.write_manifest(structs.replace(MANIFEST, submissions=submissions))
    manifest, pairs = run.recorded()
    assert (manifest.submissions, len(pairs), dict(pairs)) == ({}, 3, submissions)
    assert run.manifest().submissions == submissions


def test_runs_of_before_can_be_read(tmp_path):
    """Memory, and a finding's kind, numbers and mistake's explanation, were not always there."""
    run = Run(tmp_path)
    run.write_results(HEADER, a_class(1))
    path = tmp_path / "results.json"
    old = json.loads(path.read_bytes())
    for row in old["results"]:
        del row["memory_mb"]
        for finding in row["findings"]:
            for name in ("kind", "numbers", "explanation", "reason"):
                del finding[name]
    path.write_text(json.dumps(old))
    for result in run.results():
        for verdict in result.verdicts:
            assert verdict.memory_mb is None
            assert told(verdict.findings[0]).en == f"{SAID.en} why"


def test_a_damaged_row_is_one_clear_line(tmp_path):
    run = Run(tmp_path)
    run.write_results(HEADER, a_class(2))
    path = tmp_path / "results.json"
    whole = path.read_bytes()
    for old, new, why in (
        (b'"status":"failed"', b'"status":"fail', "Invalid enum value"),
        (b'"status":"failed"', b'"status"', "delimiter"),
        (b'"status":"failed"', b'"status":"fail"', r"Invalid enum value 'fail' - at `\$\.status`"),
        (b'"points":1.5', b'"points":1e10', "Expected `float` <= "),
    ):
        path.write_bytes(whole.replace(old, new, 1))
        with pytest.raises(
            RowError, match=rf"results\.json is damaged: results: .*{why}.*s000000.*; run autograder rescore"
        ) as error:
            list(run.results())
        assert "\n" not in str(error.value)
    lines = whole.split(b"\n")
    first = next(number for number, line in enumerate(lines) if b'"part":"first"' in line)
    lines[first], lines[first + 2] = lines[first + 2], lines[first]
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(RowError, match=r"is not in its place; run autograder rescore"):
        list(run.results())
    path.write_bytes(whole[:-20])
    with pytest.raises(RunError, match=r"is damaged.*; run autograder rescore"):
        run.results()


def test_the_files_of_others_can_be_checked_against_a_schema(tmp_path):
    Run(tmp_path).write_results(HEADER, a_class(2))
    schema = msgspec.json.schema(ResultsFile)
    jsonschema.validate(json.loads((tmp_path / "results.json").read_bytes()), schema)


def test_a_large_class_takes_no_more_memory_than_a_small_one(tmp_path):
    def peak(students: int) -> int:
        tracemalloc.start()
        try:
            run = Run(tmp_path / str(students))
            results = run.write_results(HEADER, a_class(students))
            results = with_scores(results, Held(scores={GIVEN.whose: GIVEN}))
            RENDERERS["csv"](results, run.folder, "en", material_of(run))
            with (run.folder / "copy.json").open("wb") as file:
                write_json(file, results, run.folder)
            assert sum(1 for _ in results) == 2 * students
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small = peak(300)
    assert (tmp_path / "300/results.json").stat().st_size > 3 << 18
    assert peak(900) < small + (1 << 20)


GIVEN = Score(student="s000001", question="q1_x", part="first", automatic=1, settled=True)


def test_of_many_students_the_terminal_shows_a_summary(tmp_path):
    results = Run(tmp_path).write_results(HEADER, a_class(MAX_STUDENTS + 1))
    for language, said in (("en", "1,001 students"), ("ko", "1,001 명")):
        shown = _text(class_table(results, language))
        assert said in shown
        assert "s000000" not in shown
        (line,) = [line for line in shown.splitlines() if "q2_y" in line and "second" in line]
        assert line.replace("│", " ").split() == ["q2_y", "second", "1.50", "0", "0", "1,001", "0", "0", "0"]
    few = results_in_memory(results.header, islice(results, 4))
    assert "s000001" in _text(class_table(few, "en"))


def test_a_table_that_does_not_fit_counts_the_parts_by_status(tmp_path):
    results = Run(tmp_path).write_results(HEADER, a_class(4))
    full = _text(class_table(results, "en", 80))
    assert "second" in full
    narrow = _text(class_table(results, "en", 40))
    assert "second" not in narrow
    assert "--wide" in narrow
    (line,) = [line for line in narrow.splitlines() if "s000001" in line]
    total = next(one.totals for one in results.students() if one.student == "s000001")
    assert f"{total.points:g}/{total.max_points:g}" in line


def _text(table) -> str:
    console = Console(width=200, file=io.StringIO())
    console.print(table)
    return console.file.getvalue()
