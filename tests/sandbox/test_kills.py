"""Whatever is killed at whatever moment, and whatever is full: nothing is lost, nothing is left, all is said.

The moments are drawn from a seed that every failure names; AUTOGRADER_KILL_SEED gives it again.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from autograder.core.outcome import FaultKind
from autograder.records.run_folder import Run
from autograder.sandbox import kills
from autograder.sandbox.choose import choose
from autograder.sandbox.protocol import Box
from autograder.sandbox.unconfined import Unconfined
from tests.support.attempts import MEAN, fault, value
from tests.support.courses import REFERENCES, RIGHT, TOY
from tests.support.processes import children as all_children
from tests.support.processes import descendants, let_on, named, pids, waiting
from tests.support.runs import evidence_files, rows, timeless
from tests.support.waiting import PATIENCE, wait_until

SEED = int(os.environ.get("AUTOGRADER_KILL_SEED") or random.SystemRandom().randrange(10**6))
AGAIN = f"with AUTOGRADER_KILL_SEED={SEED}"
STUDENTS = 6
SLEEP = "__import__('time').sleep({seconds})"
WRONG = RIGHT.replace("/ len(values)", "/ (len(values) - 1)")


@pytest.fixture(scope="module", autouse=True)
def _adopt_orphans():
    """A process that outlives its grader becomes a child of this one; those there before are others' business."""
    others.update(pid for pid, *_ in children(os.getpid()))
    prctl = ctypes.CDLL(None).prctl
    prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    yield
    prctl(36, 0, 0, 0, 0)
    others.clear()


@pytest.fixture(scope="module")
def submissions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for number in range(STUDENTS):
        path = folder / f"student{number}" / "q1_numbers.py"
        path.parent.mkdir()
        lines = [
            named(f"pupil{number}"),
            SLEEP.format(seconds=0.3),
            WRONG if number % 3 == 1 else RIGHT,
        ]
        path.write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def grader(submissions, tmp_path_factory):
    """Start ``grade`` on the class, by default with a cache of its own."""

    def start(run, *extra, cache=None, folder=submissions, **options):
        command = [sys.executable, "-m", "autograder", "grade", "toy", str(folder), "--jobs", "2"]
        command += ["--output", str(run), "--course", str(TOY), "--lang", "en", *extra]
        environment = os.environ | {"AUTOGRADER_CACHE": str(cache or tmp_path_factory.mktemp("cache"))}
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )

    return start


@pytest.fixture(scope="module")
def undisturbed(grader, tmp_path_factory):
    """The results of a run that nothing happened to, its evidence, and how long it took."""
    run = Run(tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    finish(grader(run.folder))
    return timeless(run.results()), evidence_files(run).keys(), time.monotonic() - began


def finish(process, *codes):
    """Wait for a grader and return (exit code, what it said)."""
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode in (codes or (0,)), f"{AGAIN}: exit code {process.returncode}: {said}"
    return process.returncode, said


def assert_complete(run, undisturbed):
    assert_nothing_runs(partial(children, os.getpid()))
    results, evidence, _ = undisturbed
    assert timeless(run.results()) == results, AGAIN
    assert evidence_files(run).keys() == evidence, AGAIN  # nothing lost, nothing twice
    left = [
        path for path in run.folder.rglob("*") if path.is_file() and path.suffix not in (".json", ".evidence")
    ]
    assert [path.name for path in left] == [".lock"], AGAIN


@contextmanager
def watched(run):
    """Read results.json and run.json without a pause; they must be whole at every moment."""
    stop, broken = threading.Event(), []

    def watch():
        while not stop.is_set():
            for name in ("results.json", "run.json"):
                with suppress(FileNotFoundError):
                    text = (run.folder / name).read_bytes()
                    try:
                        json.loads(text)
                    except ValueError:
                        broken.append(text)
            time.sleep(0.002)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not broken, AGAIN


# -- processes ----------------------------------------------------------------------------------------------


others: set[int] = set()  # processes that other tests of this session started, such as a warm sandbox


def children(parent):
    """(pid, name, command line) of the living children of a process, without those of other tests."""
    return [child for child in all_children(parent) if child[0] not in others]


def orphans():
    """What outlived its grader, but for bubblewraps that wait for ever to be started: the next run ends them."""
    return [child for child in children(os.getpid()) if "autograder" in child[2] and child[1] != "bwrap"]


def wait_for_lock(process):
    """Wait until a grader has got its folder: one that is still being imported has no state to keep."""

    def is_open():
        with suppress(OSError):
            files = list(Path(f"/proc/{process.pid}/fd").iterdir())
            return any(os.readlink(file).endswith("/.lock") for file in files)

    wait_until(lambda: process.poll() is not None or is_open(), "the grader did not lock its folder")


def assert_nothing_runs(left=orphans):
    wait_until(lambda: left() == [], f"{AGAIN}: something is left")


# -- the grader is ended ------------------------------------------------------------------------------------


def test_a_grader_ended_at_any_moment_loses_nothing_and_leaves_nothing(grader, undisturbed, tmp_path):
    choose, run, cache = random.Random(SEED), Run(tmp_path / "run"), tmp_path / "cache"
    with watched(run):
        for _ in range(5):
            before = evidence_files(run)
            process = grader(run.folder, cache=cache)
            wait_for_lock(process)
            time.sleep(choose.uniform(0, undisturbed[2] / 3))
            ending = choose.choice([signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
            process.send_signal(ending)
            process.wait(timeout=PATIENCE)
            codes = [-9 if ending == signal.SIGKILL else 130]
            complete = (manifest := run.manifest()) is not None and manifest.complete
            if complete:  # it came too late, perhaps when Python was ending
                codes += [0, -ending, -signal.SIGINT]  # Python ends so at a KeyboardInterrupt as it exits
            code, said = finish(process, *codes)
            assert code != 130 or complete or "the same command goes on" in said, AGAIN
            assert_nothing_runs()
            after = evidence_files(run)
            assert {name: after[name] for name in before} == before, AGAIN
        finish(grader(run.folder, cache=cache))
    assert_complete(run, undisturbed)


@pytest.mark.parametrize("isolation", ["bubblewrap", "none"])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_submission_that_sleeps_ends_with_its_grader(grader, tmp_path, isolation, ending):
    sleeper = tmp_path / "submissions" / "a" / "q1_numbers.py"
    sleeper.parent.mkdir(parents=True)
    sleeper.write_text("\n".join([named("sleeper"), SLEEP.format(seconds=60)]))
    process = grader(
        tmp_path / "run", "--isolation", isolation, folder=sleeper.parents[1], cache=tmp_path / "cache"
    )

    def sleeps():
        assert process.poll() is None, process.communicate()
        return any(name == "sleeper" for _, name, _, _ in descendants(process.pid))

    wait_until(sleeps)
    process.send_signal(ending)
    finish(process, -9 if ending == signal.SIGKILL else 130)
    assert_nothing_runs()


def test_a_bubblewrap_that_waits_for_one_that_was_killed_is_ended_by_the_next_run(bubblewrap):
    waiting, _ = os.pipe()
    command = bubblewrap.command(Box(scratch_mb=1))
    command[command.index("--die-with-parent")] = "--block-fd"
    command.insert(command.index("--block-fd") + 1, str(waiting))
    living = subprocess.Popen(command, pass_fds=[waiting])
    outside = subprocess.Popen(command, pass_fds=[waiting])
    wait_until(lambda: children(outside.pid) and children(living.pid))
    outside.kill()
    outside.wait()
    (inside,) = (pid for pid, *_ in children(os.getpid()) if pid != living.pid)
    choose("bubblewrap")
    assert_nothing_runs(lambda: [child for child in children(os.getpid()) if child[0] == inside])
    assert len(children(living.pid)) == 1
    os.kill(children(living.pid)[0][0], signal.SIGKILL)
    living.wait()


# -- what it started is killed ------------------------------------------------------------------------------


def pick(process, killed):
    """One process of each kind that is there: of the references, and of students not yet met with."""
    found = list(descendants(process.pid))
    names = {pid: name for pid, name, _, _ in found}
    commands = {pid: command for pid, _, command, _ in found}
    for pid, name, command, parent in found:
        if name.startswith("pupil"):
            yield from (
                (kind, name, target)
                for kind, target in (("worker", pid), ("bwrap", parent))
                if name not in killed
            )
        elif "zygote" in command and "zygote" in commands.get(parent, "") and names.get(parent) != "bwrap":
            yield "forked", "forked", pid
        elif "zygote" in command and name != "bwrap":
            yield "zygote", "zygote", pid
            yield "bwrap", "bwrap of the zygote", parent


def test_workers_the_warm_parent_and_bubblewrap_are_killed_and_every_result_comes(
    grader, undisturbed, tmp_path
):
    choose, run, cache = random.Random(SEED), Run(tmp_path / "run"), tmp_path / "cache"
    killed: set[str] = set()
    with watched(run):
        process = grader(run.folder, cache=cache)
        while process.poll() is None:
            targets = [target for target in pick(process, killed) if target[1] not in killed]
            if targets:
                _, whose, pid = choose.choice(targets)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.add(whose)
            time.sleep(choose.uniform(0, 0.1))
        code, _ = finish(process, 0, 3)
        assert len(killed) >= 2, AGAIN
        before = evidence_files(run)
        if code == 3:  # a reference was hit twice: nobody has got a zero for it
            assert {row["status"] for row in rows(run.results()).values()} <= {
                "passed",
                "failed",
                "manual",
                "ungraded",
            }
            finish(grader(run.folder, cache=cache))
    after = evidence_files(run)
    assert {name: after[name] for name in before} == before
    assert_complete(run, undisturbed)


VICTIM = f"""
{waiting("victim")}
def mean(values):
    wait()
    return 7.0
"""


@pytest.fixture
def run_and_kill(run):
    """Run VICTIM, kill its first workers from outside, and let the next one end."""

    def run_victim(times, before=lambda: None):
        met = set()

        def kill():
            for _ in range(times):
                wait_until(lambda: pids("victim") - met)
                before()
                (pid,) = pids("victim") - met
                met.add(pid)
                os.kill(pid, signal.SIGKILL)
            # After a failure of ours there is no other.
            wait_until(lambda: done.is_set() or pids("victim") - met)
            let_on("victim")

        done = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            killer = pool.submit(kill)
            try:
                attempt = run(VICTIM)
            finally:
                done.set()
            killer.result()
        return attempt

    return run_victim


def test_a_worker_that_is_killed_costs_a_retry_and_nothing_else(run_and_kill):
    assert value(run_and_kill(1)) == 7


def test_a_worker_that_is_killed_at_the_same_place_again_is_the_submissions_fault(run):
    suicide = "import os\ndef mean(values):\n    os.kill(os.getpid(), 9)\nREASON = 'x'\n"
    found = fault(run(suicide, isolation=Unconfined()))
    assert (found.kind, found.message.en) == (FaultKind.CRASH, "The program was killed by signal SIGKILL.")
    found = fault(run("import posix\ndef mean(values):\n    posix._exit(137)\n"))
    assert found.kind is FaultKind.CRASH


def test_a_worker_that_the_system_ends_for_want_of_memory_is_ungraded(run_and_kill, monkeypatch, tmp_path):
    statistics = tmp_path / "vmstat"
    statistics.write_text("nr_free_pages 5\noom_kill 3\n")
    monkeypatch.setattr(kills, "STATISTICS", statistics)
    said = partial(statistics.write_text, "nr_free_pages 5\noom_kill 4\n")
    outcome = run_and_kill(2, before=said).outcomes[MEAN]
    assert outcome.fault is None
    assert "ran out of memory" in outcome.failure
    assert "--jobs" in outcome.failure


def test_the_statistics_of_this_machine_are_read():
    assert kills.memory_kills() >= 0
    assert "oom_kill " in Path("/proc/vmstat").read_text()


# -- the disk is full or read-only ---------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path):
    """A file system of a few pages, and what mounts it again with other options."""
    path = tmp_path / "disk"
    path.mkdir()
    # The inputs, the solution and the mistakes fit, and some of the students: a file is at least a page.
    mount = ["mount", "-t", "tmpfs", "-o", f"size={4 * (REFERENCES + STUDENTS + 1)}k", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root, in a container that allows it, can mount a file system to fill")
    yield path, lambda options: subprocess.run(["mount", "-o", f"remount,{options}", str(path)], check=True)
    subprocess.run(["umount", str(path)], check=True)


def assert_one_line(said, *words):
    assert said.count("\n") == 1, said
    assert all(word in said for word in words), said


def test_a_full_and_then_a_read_only_disk_is_said_and_then_the_run_goes_on(
    grader, undisturbed, disk, tmp_path
):
    path, remount = disk
    run, cache = Run(path / "run"), tmp_path / "cache"
    with watched(run):
        _, said = finish(grader(run.folder, cache=cache), 2)
        assert_one_line(said, str(run.folder), "No space left on device", "make room", "what is done is kept")
        done = evidence_files(run)
        assert REFERENCES < len(done) < REFERENCES + STUDENTS
        remount("ro")
        _, said = finish(grader(run.folder, cache=cache), 2)
        assert_one_line(
            said, str(run.folder), "Read-only file system", "choose a folder that you may write to"
        )
        remount("rw,size=8m")
        finish(grader(run.folder, cache=cache))
    after = evidence_files(run)
    assert {name: after[name] for name in done} == done
    assert_complete(run, undisturbed)


def test_a_file_that_becomes_too_large_is_said_too(grader, undisturbed, tmp_path):
    run, cache = Run(tmp_path / "run"), tmp_path / "cache"
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (8_000, 8_000))
    _, said = finish(grader(run.folder, cache=cache, preexec_fn=limit), 2)
    assert_one_line(said, "results.json", "File too large", "make room")
    done = evidence_files(run)
    assert (
        len(done) == REFERENCES + STUDENTS
    )  # the limit holds for the workers as well, and they can live with it
    finish(grader(run.folder, cache=cache))
    assert evidence_files(run) == done
    assert_complete(run, undisturbed)


# -- two graders --------------------------------------------------------------------------------------------


def test_two_graders_at_once_give_one_refusal_and_a_whole_result(grader, undisturbed, tmp_path):
    run = Run(tmp_path / "run")
    with watched(run):
        both = [grader(run.folder, cache=tmp_path / "cache") for _ in range(2)]
        ends = sorted(finish(process, 0, 2) for process in both)
    assert ends[0][0] == 0
    assert ends[1][0] == 0 or "another process is grading into it" in ends[1][1]
    assert_complete(run, undisturbed)
