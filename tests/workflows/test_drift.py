"""What moved between two records of the solutions' evidence, and by how much."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from autograder.course.catalog import Course
from autograder.running.environment import EnvironmentRecord, json_hash
from autograder.workflows.drift import (
    Record,
    RecordError,
    RecordFacts,
    SolutionRecord,
    compare_records,
    read_record,
    write_record,
)
from tests.support.courses import TOY

QUESTION = "toy/q1_numbers"


def record(arrays, *, key="k", inputs="i", torch="2.14.0", facts=None):
    solution = SolutionRecord(
        environment=EnvironmentRecord(profile="mini", device="cpu", versions={"torch": torch}, datasets={}),
        inputs={"public": inputs},
        facts={"mean": facts or {"optimizer": "Adam"}},
    )
    return Record(
        arrays={f"{QUESTION}|mean|{name}": np.asarray(array) for name, array in arrays.items()},
        facts=RecordFacts(key=key, questions={QUESTION: solution}),
    )


def test_every_number_that_moved_is_told_with_the_largest_difference():
    before = record({"same": [1.0, np.nan], "moved": [1.0, -2.0, 4.0], "shape": [1.0], "count": [3, 4]})
    after = record({"same": [1.0, np.nan], "moved": [1.0, -2.5, 4.1], "shape": [[1.0]], "count": [3, 5]})
    moved = {item.name: item for item in compare_records(before, after).moved}
    assert set(moved) == {"moved", "shape", "count"}
    assert (moved["moved"].absolute, moved["moved"].relative, moved["moved"].elements) == (0.5, 0.25, 2)
    assert moved["moved"].change == "2 of 3 numbers"
    assert moved["shape"].change == "shape (1,) → (1, 1)"
    assert (moved["count"].absolute, moved["count"].relative) == (1, 0.25)


def test_the_largest_relative_difference_stands_first():
    before, after = record({"a": [1.0], "b": [100.0]}), record({"a": [1.1], "b": [101.0]})
    assert [item.name for item in compare_records(before, after).moved] == ["a", "b"]


def test_facts_inputs_and_versions_that_differ_are_told():
    drift = compare_records(record({}), record({}, inputs="j", torch="2.15.0", facts={"optimizer": "AdamW"}))
    assert drift.versions == ["torch 2.14.0 → 2.15.0"]
    assert {(item.task, item.change) for item in drift.moved} == {
        ("inputs", "'i' → 'j'"),
        ("mean", "'Adam' → 'AdamW'"),
    }


def test_a_number_that_became_nan_has_moved():
    (moved,) = compare_records(record({"a": [1.0, 2.0]}), record({"a": [1.0, np.nan]})).moved
    assert moved.elements == 1


@pytest.mark.parametrize(
    ("questions", "key", "why"),
    [
        ([QUESTION], b"other", "another course key"),
        (["toy/q2"], b"k", rf"has other questions \({QUESTION}\)"),
    ],
)
def test_a_record_of_other_hidden_variants_or_questions_is_refused(tmp_path, questions, key, why):
    path = tmp_path / "before.evidence"
    write_record(record({"a": [1.0]}, key=json_hash(b"k".hex())), path)
    assert read_record(path, ["toy/q2", QUESTION], b"k").arrays.keys() == {f"{QUESTION}|mean|a"}
    with pytest.raises(RecordError, match=why):
        read_record(path, questions, key)


def test_verify_records_and_compares(autograder, tmp_path):
    path = tmp_path / "before.evidence"
    recorded = autograder("verify", "--course", TOY, "--record", path)
    assert recorded.returncode == 0, recorded.stderr
    same = autograder("verify", "--course", TOY, "--against", path)
    assert same.returncode == 0
    assert "the same versions: no values moved\n" in same.stdout
    assert "relative" not in same.stdout
    before = read_record(path, [QUESTION], Course(TOY).key())
    name = f"{QUESTION}|cumulative/public|sums"
    write_record(replace(before, arrays={**before.arrays, name: before.arrays[name] * 1.25}), path)
    other = json.loads(autograder("verify", "--course", TOY, "--against", path, "--json").stdout)
    (moved,) = other["drift"]["moved"]
    assert (moved["question"], moved["task"], moved["name"]) == (QUESTION, "cumulative/public", "sums")
    assert moved["relative"] == pytest.approx(0.2)


def test_a_file_that_is_no_record_is_told_at_once(autograder, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"not a record")
    result = autograder("verify", "--course", TOY, "--against", path)
    assert result.returncode == 2
    assert "not a record of autograder verify --record" in result.stderr
