"""Warm workers give what cold ones give, survive what runs in them, and leave nothing behind."""

from __future__ import annotations

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.core.errors import CancelledError
from autograder.core.outcome import FaultKind
from autograder.course.submission import of_source
from autograder.records.store import Store
from autograder.running.environment import Environment, environment_of, versions
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.protocol import Box
from autograder.sandbox.supervisor import run
from autograder.sandbox.warm import Warm
from tests.support.attempts import MEAN
from tests.support.courses import REPOSITORY
from tests.support.waiting import wait_until


@pytest.fixture
def warm(bubblewrap):
    isolation = Warm(bubblewrap)
    yield isolation
    isolation.close()


@pytest.fixture
def job(toy, bubblewrap, tmp_path):
    """The job of a source text, with files beside it, as a submission to the toy question."""
    environment = Environment(profile="mini", device="cpu", versions=versions("python"))
    runner = Runner(executor=Local(bubblewrap), store=Store(tmp_path / "store"))
    question = prepare({toy: environment}, runner, key=None, wanted="inputs")[toy]
    return lambda source, beside=None: question.job(of_source("q1_numbers.py", source, beside), [MEAN]).job


def at_hand(warm):
    """The workers that are running."""
    return [worker for zygote in list(warm.zygotes.values()) for worker in list(zygote.result().workers)]


def returning(expression, prelude=""):
    return f"import os, subprocess, sys, time\n{prelude}\ndef mean(values):\n    return float({expression})\n"


@pytest.mark.verify
def test_a_torch_question_gives_the_same_bytes_warm_and_cold(warm, bubblewrap, tmp_path):
    from autograder.course.catalog import Course

    entry = Course(REPOSITORY).question("dl2022_midterm/q2_linear_regression")
    first, second = (
        prepare(
            {entry: environment_of(entry, "mini", "cpu")},
            Runner(executor=Local(isolation), store=Store(tmp_path / isolation.name)),
            key=None,
            wanted="solution",
        )[entry].references.solution
        for isolation in (warm, bubblewrap)
    )
    for task, outcome in first.outcomes.items():
        other = second.outcomes[task].evidence
        assert outcome.evidence.facts == other.facts
        for name, array in outcome.evidence.arrays.items():
            assert array.tobytes() == other.arrays[name].tobytes(), (task, name)


def test_one_zygote_serves_one_worker_after_another_each_with_its_own_memory(warm, job):
    source = returning(
        "len(sys.argv) + sys.flags.dev_mode + len(os.listdir('.'))", "sys.argv.append('x')\nopen('left', 'w')"
    )
    values = [run(job(source), warm).outcomes[MEAN].evidence.arrays["mean"] for _ in range(3)]
    assert values[0] == values[1] == values[2]
    assert len(warm.zygotes) == 1


@pytest.mark.usefixtures("impatient")
def test_a_worker_that_hangs_ignores_signals_or_exits_is_a_fault_and_the_zygote_goes_on(warm, job):
    hang = "import signal\n[signal.signal(s, signal.SIG_IGN) for s in (2, 15)]"
    endless = job(returning("next(i for i in iter(int, 1) if i)", hang))
    assert run(endless, warm).outcomes[MEAN].fault.kind is FaultKind.TIME
    assert run(job(returning("os._exit(3)")), warm).outcomes[MEAN].fault.kind is FaultKind.EXIT
    assert run(job(returning("os.kill(os.getpid(), 11)")), warm).outcomes[MEAN].fault is not None
    assert run(job(returning("2.5")), warm).outcomes[MEAN].evidence.arrays["mean"] == 2.5
    assert len(warm.zygotes) == 1


def test_many_workers_that_end_by_themselves_while_being_ended(warm, job):
    for number in range(60):
        assert run(job(returning(number)), warm).outcomes[MEAN].evidence.arrays["mean"] == number
    assert len(warm.zygotes) == 1


def test_a_worker_is_alone_in_its_namespaces(warm, job):
    count = "sum(name.isdigit() for name in os.listdir('/proc'))"
    assert run(job(returning(count)), warm).outcomes[MEAN].evidence.arrays["mean"] == 1
    assert run(job(returning("os.getpid()")), warm).outcomes[MEAN].evidence.arrays["mean"] == 1


def test_what_a_zygote_imports_is_in_large_pages(warm):
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if not setting.exists() or "[never]" in setting.read_text():
        pytest.skip("this system has no large pages")
    worker = warm.start(Box(scratch_mb=64, imports=("torch",)))
    (zygote,) = (future.result() for future in warm.zygotes.values())
    outside = zygote.worker.process.pid
    inside = Path(f"/proc/{outside}/task/{outside}/children").read_text().strip()
    memory = Path(f"/proc/{inside}/smaps_rollup").read_text()
    warm.kill(worker)
    large, anonymous = (
        int(memory.partition(f"{kind}:")[2].split()[0]) for kind in ("AnonHugePages", "Anonymous")
    )
    assert large > anonymous / 4  # half of it; none where malloc cannot read the setting


def test_workers_of_one_zygote_run_at_the_same_time(warm, job):
    endless, cancel = job(returning("time.sleep(60)")), threading.Event()
    with ThreadPoolExecutor(4) as pool:
        attempts = [pool.submit(run, endless, warm, cancel) for _ in range(4)]
        wait_until(lambda: len(at_hand(warm)) == 4)
        cancel.set()
    assert all(isinstance(attempt.exception(), CancelledError) for attempt in attempts)
    assert len(warm.zygotes) == 1


def test_a_zygote_that_was_ended_is_replaced(warm, job):
    assert run(job(returning("1.0")), warm).outcomes[MEAN].evidence is not None
    for future in warm.zygotes.values():
        future.result().worker.process.kill()
        future.result().worker.process.wait()
    assert run(job(returning("3.0")), warm).outcomes[MEAN].evidence.arrays["mean"] == 3
    assert len(warm.zygotes) == 1


def test_a_zygote_that_is_ended_while_a_worker_runs_is_no_fault_of_the_student(warm, job):
    attempts = []
    worker = threading.Thread(
        target=lambda: attempts.append(run(job(returning("time.sleep(1) or 4.0")), warm))
    )
    worker.start()
    wait_until(lambda: at_hand(warm))
    time.sleep(0.3)  # in which it gets into the student's code, on a machine that is not busy
    next(iter(warm.zygotes.values())).result().worker.process.kill()
    worker.join()
    assert attempts[0].outcomes[MEAN].evidence.arrays["mean"] == 4  # run again


def test_a_process_that_cannot_be_forked_gives_a_cold_worker(warm):
    box = Box(scratch_mb=1, imports=("autograder.no_such_module",))
    worker = warm.start(box)
    assert isinstance(worker.process, subprocess.Popen)
    assert warm.zygotes[box.imports, ()].result() is None
    warm.kill(worker)


class _ForksOnly(Bubblewrap):
    def start(self, box):
        raise AssertionError("a cold worker was started")


def test_a_student_with_files_gets_a_warm_worker_with_a_copy_that_is_gone_with_it(job, tmp_path):
    beside = {}
    for name in ("helper.py", "images/a.txt"):
        beside[name] = tmp_path / name
        beside[name].parent.mkdir(exist_ok=True)
        beside[name].write_text("three = 3")
    own = job(returning("h.three + os.path.getsize('images/a.txt')", "import helper as h"), beside)
    change = job(returning("open('helper.py', 'w').write('three = 4')", "os.remove('images/a.txt')"), beside)
    alone = job(returning("len(os.listdir('.'))"))
    warm = Warm(_ForksOnly())
    try:
        values = [
            run(one, warm).outcomes[MEAN].evidence.arrays["mean"] for one in (own, change, alone, own, alone)
        ]
    finally:
        warm.close()
    assert values == [12, 9, 0, 12, 0]
    assert {path.read_text() for path in beside.values()} == {"three = 3"}
