"""What is stored: evidence comes back or is run again, and what is damaged is said in one line."""

from __future__ import annotations

import errno
import subprocess
import sys

import numpy as np
import pytest

from autograder.core.evidence import MAX_DEPTH, Evidence
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.records.files import RunError
from autograder.records.run_folder import Run
from autograder.records.store import Store
from autograder.worker.codec import MAX_ARRAYS, decode, encode

ONES = Attempt(outcomes={Task("mean"): Outcome(evidence=Evidence(arrays={"mean": np.ones(3)}))})


def test_a_store_asks_the_one_behind_it_and_keeps_what_it_finds(tmp_path):
    behind = Store(tmp_path / "behind")
    behind.save("key", ONES)
    front = Store(tmp_path / "front", behind=behind)
    assert front.load("unknown") is None
    assert front.load("key").outcomes.keys() == ONES.outcomes.keys()
    assert Store(tmp_path / "front").load("key").outcomes.keys() == ONES.outcomes.keys()


@pytest.mark.parametrize("links", [True, False])
def test_what_two_stores_hold_is_one_file_where_the_system_has_links(tmp_path, monkeypatch, links):
    def refuse(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    if not links:
        monkeypatch.setattr("os.link", refuse)
    behind = Store(tmp_path / "behind")
    front = Store(tmp_path / "front", behind=behind)
    for _ in range(2):  # the second time both are there
        front.save("key", ONES)
        one, other = tmp_path / "front" / "key.evidence", tmp_path / "behind" / "key.evidence"
        assert one.samefile(other) == links
        assert one.read_bytes() == other.read_bytes()
    kept = one.read_bytes()
    behind.save("key", Attempt(outcomes={}))
    assert one.read_bytes() == kept != other.read_bytes()
    assert {path.name for path in tmp_path.rglob("*.*")} == {"key.evidence"}


def test_what_a_worker_may_send_can_be_stored(tmp_path):
    """More facts and arrays than one worker may send stand in what is stored of several tasks."""
    facts: dict = {}
    for _ in range(MAX_DEPTH - 2):
        facts = {"a": facts}
    arrays = {str(number): np.zeros(0) for number in range(MAX_ARRAYS)}
    found = decode(encode(Evidence(arrays=arrays, facts={"facts": facts})), limit=1 << 30)
    outcome = Outcome(evidence=Evidence(arrays=found.arrays, facts=found.facts["facts"]))
    attempt = Attempt(outcomes={Task("mean"): outcome, Task("mean", "practice"): outcome})
    store = Store(tmp_path)
    store.save("key", attempt)
    assert store.load("key").outcomes.keys() == attempt.outcomes.keys()


def test_one_bit_that_changed_in_a_store_is_noticed(tmp_path):
    store = Store(tmp_path)
    store.save("key", ONES)
    path = tmp_path / "key.evidence"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert store.load("key") is None, place
    path.write_bytes(whole)
    assert store.load("key") is not None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is damaged: Expecting property name"),
        (b"[" * 100_000, "is damaged"),
        (b'{"schema": 2}', "is not of schema 1"),
        (b'{"schema": 1}', "is damaged: Object missing required field"),
    ],
)
def test_damaged_results_and_manifests_are_one_clear_line(tmp_path, content, why):
    for name, read in (("results.json", Run.results), ("run.json", Run.manifest)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RunError, match=why) as caught:
            read(Run(tmp_path))
        assert "\n" not in str(caught.value)


def test_a_store_needs_no_database():
    """Students have the store, and not what keeps points given by hand."""
    code = "import sys, autograder.records.store; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
