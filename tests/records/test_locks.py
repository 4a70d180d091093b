"""Locks: who waits, who is refused, and what is left of a lock when its process ends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from autograder.core.errors import CancelledError
from autograder.records.locks import claimed, is_locked, locked

HOLD = """
import sys, threading
from pathlib import Path
from autograder.records.locks import claimed, locked
path = Path(sys.argv[2])
with claimed(path, threading.Event()) if sys.argv[1] == "claimed" else locked(path):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def hold():
    """Let another process hold a lock until it is told to end or killed."""
    started = []

    def start(kind, path):
        command = [sys.executable, "-c", HOLD, kind, str(path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        with process:  # closes its pipes
            process.kill()


def test_whoever_claims_what_is_claimed_waits_until_it_is_done_or_cancelled(tmp_path, hold):
    path, cancel = tmp_path / "new" / ".key.lock", threading.Event()
    process = hold("claimed", path)
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(CancelledError), claimed(path, cancel):
        raise AssertionError("two hold it")
    process.stdin.close()
    with claimed(path, threading.Event()):
        process.wait()
        assert path.exists()
    assert not path.exists()


def test_a_claim_goes_with_its_process(tmp_path, hold):
    path = tmp_path / ".key.lock"
    hold("claimed", path).kill()
    with claimed(path, threading.Event()):
        assert path.exists()
    assert not list(tmp_path.iterdir())


def test_threads_take_turns(tmp_path):
    inside, most = [], []

    def work():
        with claimed(tmp_path / ".lock", threading.Event()):
            inside.append(None)
            most.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 5


def test_where_nothing_can_be_locked_everyone_goes_on(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / ".lock", tmp_path / "file" / "below" / ".lock"):
        with claimed(path, threading.Event()):
            assert (tmp_path / "file").exists()


def test_a_second_lock_is_refused_and_who_asks_is_told_at_once(tmp_path, hold, monkeypatch):
    path = tmp_path / ".lock"
    assert not is_locked(path)
    process = hold("locked", path)
    with monkeypatch.context() as patch:
        patch.delattr(time, "sleep")  # it waits for nothing
        assert is_locked(path)
    with pytest.raises(BlockingIOError), locked(path):
        raise AssertionError("two hold it")
    process.kill()
    process.wait()
    assert not is_locked(path)
    with locked(path):
        # Workers are started while a grader holds its lock, and may outlive it for a moment.
        worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        assert is_locked(path)
    assert not is_locked(path)
    worker.communicate(b"\n")
    assert path.exists()
