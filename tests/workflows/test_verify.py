"""Pinned values: what they are compared with, and what a wrong file says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograder.core.evidence import Evidence
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.course.modules import CatalogError
from autograder.running.environment import Environment
from autograder.workflows.verify import verify_pinned

ENVIRONMENT = Environment(profile="mini", device="cpu", versions={}, datasets={"mnist": "mini:0"})
EVIDENCE = Evidence(arrays={"sums": np.array([[1, 2], [3, 4]], np.float32)}, facts={"name": "Adam"})
SOLUTION = Attempt(outcomes={Task("cumulative"): Outcome(evidence=EVIDENCE)})
FACT = {"part": "cumulative", "source": "the document", "fact": "name", "value": "Adam"}
ARRAY = {"part": "cumulative", "source": "numpy", "array": "sums", "value": [3, 4], "row": 1, "atol": 0.1}


def lines(toy, *values):
    toy.pinned_path.parent.mkdir(parents=True)
    toy.pinned_path.write_text(json.dumps({"about": "for readers", "values": values}))
    return list(verify_pinned(toy, SOLUTION, ENVIRONMENT))


@pytest.mark.parametrize(
    ("value", "got", "holds"),
    [
        (FACT, "Adam", True),
        (FACT | {"value": "SGD"}, "Adam", False),
        (FACT | {"fact": "other"}, "no evidence", False),
        (FACT | {"part": "other"}, "no evidence", False),
        (ARRAY, "differs by at most 0", True),
        (ARRAY | {"value": [3, 4.05]}, "differs by at most 0.05", True),
        (ARRAY | {"value": [3, 4.5], "rtol": 0.2}, "differs by at most 0.5", True),
        (ARRAY | {"value": [3, 4.5]}, "differs by at most 0.5", False),
        (ARRAY | {"value": 3}, "shape (2,) instead of ()", False),
        (ARRAY | {"row": [1, 0], "value": [[3, 4], [1, 2]]}, "differs by at most 0", True),
        (ARRAY | {"array": "other"}, "no evidence", False),
    ],
)
def test_a_value_is_compared_with_the_evidence(toy, value, got, holds):
    (line,) = lines(toy, value)
    assert (line.got.en, line.holds) == (got, holds)


def test_values_for_another_profile_or_the_official_data_are_left_out(toy):
    assert lines(toy, FACT | {"profile": "full"}, FACT | {"official": True}) == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (ARRAY | {"atol": "small"}, r"Expected `float`, got `str` - at `\$\.values\[1\]\.atol`"),
        (ARRAY | {"tolerance": 1}, r"unknown field `tolerance` - at `\$\.values\[1\]`"),
        (ARRAY | {"fact": "name"}, r"expected either `fact` or `array` - at `\$\.values\[1\]`"),
        (ARRAY | {"row": 7}, r"index 7 is out of bounds"),
    ],
)
def test_a_wrong_file_is_refused_by_its_name_and_field(toy, value, why):
    with pytest.raises(CatalogError, match=rf"q1_numbers\.json: .*{why}"):
        lines(toy, FACT, value)
