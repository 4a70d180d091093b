"""results.json and run.json of classes of any size: written and read a student at a time."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice

import pytest
from rich.console import Console

from autograder.core.text import Text
from autograder.core.verdict import Finding, Result, Status, Verdict, results_of
from autograder.records.files import RunError
from autograder.records.results import as_results, in_memory, write_results
from autograder.records.rows import SheetError
from autograder.records.run_folder import Run
from autograder.reports import RENDERERS
from autograder.reports.material import material_of
from autograder.reports.table import MOST_STUDENTS, class_table

MANIFEST = {
    "exam": "toy",
    "profile": "mini",
    "device": "cpu",
    "isolation": "warm",
    "course": "/course",
    "complete": True,
    "questions": {"q1_x": {"bench": "0" * 64, "versions": {"numpy": "2"}}},
}
SAID = Text(ko="다릅니다\n\ud800", en="differs, in\n[two] lines\x1b")


def a_class(students: int, memory_mb: float | None = 12.5) -> Iterator[Result]:
    for number in range(students):
        finding = Finding(check="Close(mean)", passed=False, message=SAID, mistake="a_mistake")
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
    written = write_results(run, MANIFEST, a_class(3))
    assert list(results_of(written)) == list(a_class(3))
    plain = json.loads((tmp_path / "results.json").read_bytes())
    assert plain == {"schema": 1, **written} == {"schema": 1, **as_results(MANIFEST, a_class(3))}
    assert in_memory(written) == as_results(MANIFEST, a_class(3))
    assert plain["totals"][2] == {
        "student": "s000002",
        "points": 6.0,
        "max_points": 8,
        "manual": 0.0,
        "ungraded": 0,
    }
    rows = written["results"]
    assert (len(rows), rows[-1], rows[1:3]) == (12, plain["results"][-1], plain["results"][1:3])
    with pytest.raises(IndexError):
        rows[12]


def test_results_stay_what_they_are_when_others_take_their_place(tmp_path):
    first = write_results(Run(tmp_path), MANIFEST, a_class(2))
    second = write_results(Run(tmp_path), MANIFEST, a_class(1))
    assert list(results_of(first)) == list(a_class(2))
    assert first != second
    Run(tmp_path).write_results(first)
    assert Run(tmp_path).results() == {"schema": 1, **first}


def test_files_that_a_person_put_into_another_form_are_read_too(tmp_path):
    run = Run(tmp_path)
    written = write_results(run, MANIFEST, a_class(2))
    other = json.dumps({"schema": 1, **written}, default=list, indent=4)
    (tmp_path / "results.json").unlink()
    (tmp_path / "results.json").write_text(other)
    assert run.results() == {"schema": 1, **written}
    empty = write_results(run, MANIFEST, [])
    assert (list(empty["results"]), list(empty["totals"])) == ([], [])
    submissions = {f"s{number} \udce9": {"q1_x": {"key": "0" * 64, "variants": {}}} for number in range(3)}
    run.write_manifest({**MANIFEST, "submissions": submissions})
    manifest, pairs = run.recorded()
    assert (manifest["submissions"], len(pairs), dict(pairs)) == ({}, 3, submissions)
    assert run.manifest()["submissions"] == submissions


def test_runs_from_before_memory_was_measured_can_be_read(tmp_path):
    run = Run(tmp_path)
    write_results(run, MANIFEST, a_class(1))
    path = tmp_path / "results.json"
    path.write_bytes(path.read_bytes().replace(b'"memory_mb": 12.5, ', b""))
    assert list(results_of(run.results())) == list(a_class(1, memory_mb=None))


def test_a_damaged_row_is_one_clear_line(tmp_path):
    run = Run(tmp_path)
    write_results(run, MANIFEST, a_class(2))
    path = tmp_path / "results.json"
    path.write_bytes(path.read_bytes().replace(b'"status": "failed"', b'"status": "fail', 1))
    with pytest.raises(
        SheetError, match=r"results\.json is damaged: results: .*s000000.*; run autograder rescore"
    ):
        list(run.results()["results"])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RunError, match=r"is damaged.*; run autograder rescore"):
        run.results()


def test_a_large_class_takes_no_more_memory_than_a_small_one(tmp_path):
    def peak(students: int) -> int:
        tracemalloc.start()
        try:
            run = Run(tmp_path / str(students))
            results = write_results(run, MANIFEST, a_class(students))
            RENDERERS["csv"](results, run.folder, "en", material_of(run))
            assert sum(1 for _ in results_of(results)) == 2 * students
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small = peak(300)
    assert (tmp_path / "300/results.json").stat().st_size > 3 << 18
    assert peak(900) < small + (1 << 20)


def test_of_many_students_the_terminal_shows_a_summary(tmp_path):
    results = write_results(Run(tmp_path), MANIFEST, a_class(MOST_STUDENTS + 1))
    for language, said in (("en", "1,001 students"), ("ko", "1,001 명")):
        shown = _text(class_table(results, language))
        assert said in shown
        assert "s000000" not in shown
        (line,) = [line for line in shown.splitlines() if "q2_y" in line and "second" in line]
        assert line.replace("│", " ").split() == ["q2_y", "second", "1.50", "0", "0", "1,001", "0", "0", "0"]
    few = {**results, "totals": list(islice(results["totals"], 2)), "results": results["results"][:8]}
    assert "s000001" in _text(class_table(few, "en"))


def _text(table) -> str:
    console = Console(width=200, file=io.StringIO())
    console.print(table)
    return console.file.getvalue()
