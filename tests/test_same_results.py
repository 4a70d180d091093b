"""The script that compares two revisions' results finds what differs, and nothing else."""

from __future__ import annotations

import importlib.util
import sys
from copy import deepcopy

import pytest

from tests.support.courses import REPOSITORY


@pytest.fixture(scope="module")
def compare():
    """Benchmarks are scripts and no package."""
    spec = importlib.util.spec_from_file_location("same_results", REPOSITORY / "benchmarks/same_results.py")
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compare


@pytest.fixture
def old():
    finding = {"check": "Close(y)", "passed": False, "message": {"ko": "틀림", "en": "wrong"}, "points": 0.0}
    row = {"student": "kim", "question": "q1", "part": "a", "points": 2.0, "seconds": 0.1, "memory_mb": 9.0}
    question = {"student": "kim", "question": "q1", "points": 2.0, "notes": []}
    return {
        "results": [row | {"findings": [finding]}, row | {"part": "b", "findings": []}],
        "questions": [question],
        "totals": [{"student": "kim", "points": 2.0, "max_points": 4}],
    }


def test_measured_and_new_fields_are_no_difference(compare, old):
    new = deepcopy(old)
    new["results"][0] |= {"seconds": 0.2, "memory_mb": 8.0, "group": None}
    new["results"][0]["findings"][0]["variant"] = "public"
    found = compare(old, new)
    assert found.differences == []
    assert found.added == {"results.group", "results.findings[].variant"}
    assert found.same > 10


def change(results, path, value):
    *inner, last = path
    for step in inner:
        results = results[step]
    results[last] = value


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            ("results", 0, "points"),
            2.0000000000000004,
            "results kim/q1/a.points: 2.0, now 2.0000000000000004",
        ),
        (
            ("results", 0, "findings", 0, "passed"),
            True,
            "results kim/q1/a.findings[0].passed: False, now True",
        ),
        (
            ("results", 0, "findings", 0, "message", "en"),
            "no",
            "results kim/q1/a.findings[0].message.en: 'wrong'",
        ),
        (("results", 0, "findings"), [], "results kim/q1/a.findings: [{"),
        (("totals", 0, "max_points"), 4.0, "totals kim.max_points: 4, now 4.0"),
        (("totals",), [], "totals kim: gone"),
        (("questions", 0, "student"), "lee", "questions kim/q1: gone"),
    ],
)
def test_a_difference_is_told(compare, old, path, value, told):
    new = deepcopy(old)
    change(new, path, value)
    assert compare(old, new).differences[0].startswith(told)


def test_a_lost_field_and_another_order_are_told(compare, old):
    new = deepcopy(old)
    new["results"].reverse()
    del new["results"][0]["points"]
    assert compare(old, new).differences == [
        "results kim/q1/b.points: 2.0 is gone",
        "results: in another order",
    ]
