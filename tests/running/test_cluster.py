"""Grading over a Dask cluster: a real scheduler and real workers, all on this machine's loopback."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

from autograder.records.run_folder import Run
from autograder.running.cluster import Cluster, ClusterError, connected, device_of
from autograder.running.cluster_worker import terms
from autograder.running.executor import Local, Site
from autograder.sandbox.unconfined import Unconfined
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY, RIGHT, edit
from tests.support.runs import evidence_files, rows, timeless
from tests.support.waiting import PATIENCE, wait_until

QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}


class Machines:
    """A scheduler, and workers that are processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.scheduler = self.start_scheduler()

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        command = [sys.executable, "-m", "dask", *arguments]
        with log:
            process = subprocess.Popen(
                command, cwd=REPOSITORY, env=os.environ | QUIET | environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        port = self.address.rpartition(":")[2]
        process = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

        def answers():
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), timeout=PATIENCE):
                return True

        wait_until(answers, f"no scheduler; see {self.folder}/scheduler.log")
        return process

    def start_worker(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        words = ["--host", "127.0.0.1", "--no-dashboard", "--no-nanny", "--nthreads", "2"]
        words += ["--local-directory", str(self.folder), *arguments]
        return self._start("worker", self.address, *words, **environment)

    def end(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


@pytest.fixture
def machines(tmp_path):
    found = Machines(tmp_path)
    yield found
    found.end()


@pytest.fixture
def class_of(toy_course, bubblewrap, tmp_path, submit):
    """A request to grade a class of one file each, into a run of this name."""

    def make(sources, run="run", **changes):
        for number, source in enumerate(sources):
            submissions = submit(f"student{number}", source)
        request = GradeRequest(
            course=toy_course,
            exam=toy_course.exam("toy"),
            submissions=submissions,
            run=Run(tmp_path / run),
            site=Site(executor=Local(bubblewrap), jobs=4),
        )
        return replace(request, **changes)

    return make


def graded_over(machines, request, tell=lambda line: None):
    with connected(machines.address, terms("bubblewrap", {"python"}), request.site.executor, tell) as cluster:
        return run_class(replace(request, site=Site(executor=cluster, jobs=32)))


def test_results_over_a_cluster_are_those_of_one_machine(machines, class_of, toy, submit):
    machines.start_worker()
    machines.start_worker()
    reader = "from pathlib import Path\nEXTRA = Path('data/ë.txt').read_text()\n" + RIGHT
    sources = [RIGHT, RIGHT.replace("/ len", "* len"), "import posix\nposix._exit(1)\n", "def f(:", reader]
    sources.append(RIGHT.replace("    return sum(values) / len(values)", "    while True: pass"))
    edit(toy.path, "SECONDS = 30", "SECONDS = 3")  # for the one that never ends
    sources.append(RIGHT + "\nprint('\\ud800')\nraise ValueError('\\ud800')\n")
    request = class_of(sources)
    extras = submit("student4", "", name="data").joinpath("student4/toy")
    (extras / "data").unlink()
    (extras / "data").mkdir()
    (extras / "data/ë.txt").write_text("extra")
    lines = []
    there = graded_over(machines, request, lines.append)
    here = run_class(class_of(sources, run="here"))
    assert timeless(there) == timeless(here)
    assert {row["status"] for row in rows(there).values()} >= {"passed", "failed", "fault", "manual"}
    assert rows(there)["student4", "mean"]["status"] == "passed"
    assert lines


@pytest.mark.hostile
@pytest.mark.parametrize("lost", ["worker", "scheduler"])
def test_what_is_killed_in_the_middle_costs_a_retry_and_nothing_else(machines, class_of, lost):
    first = machines.start_worker()
    slow = [0.1] * 6 + [2] * 2  # seconds; the last are not done when something is killed
    sources = [f"import time\ntime.sleep({seconds})\n{RIGHT}\n# {n}" for n, seconds in enumerate(slow)]
    request, lines, found = class_of(sources), [], []
    grading = threading.Thread(target=lambda: found.append(graded_over(machines, request, lines.append)))
    grading.start()
    wait_until(lambda: len(evidence_files(request.run)) >= 5 + 2)  # the references are 5 files
    (first if lost == "worker" else machines.scheduler).kill()
    done = evidence_files(request.run)
    assert len(done) < 5 + 8
    if lost == "scheduler":
        wait_until(lambda: any("is lost; waiting for it" in line for line in lines))
        machines.start_scheduler()
    machines.start_worker()  # of whom nobody knew when the run began
    grading.join(PATIENCE)
    assert timeless(found[0]) == timeless(run_class(class_of(sources, run="here")))
    after = evidence_files(request.run)
    assert {name: after[name] for name in done} == done
    assert any("is back; grading goes on" in line for line in lines) is (lost == "scheduler")


@pytest.mark.filterwarnings("ignore::distributed.versions.VersionMismatchWarning")  # Dask's own, too
def test_a_worker_with_other_versions_is_refused(machines, class_of, tmp_path, autograder):
    older = tmp_path / "older/numpy-1.0.dist-info"
    older.mkdir(parents=True)
    (older / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    refused = machines.start_worker(PYTHONPATH=str(older.parent))
    command = ["grade", "toy", tmp_path / "submissions", "--output", tmp_path / "cli", "--isolation"]
    command += ["bubblewrap", "--scheduler", machines.address, "--course", tmp_path / "course"]
    request = class_of([RIGHT])
    with Client(machines.address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=PATIENCE)
    result = autograder(*command)
    assert result.returncode == 2
    why = f"numpy 1.0 instead of {np.__version__}"
    assert re.search(
        rf"no worker of \S+ may grade; start them in this environment \(\S+: {why}\)", result.stderr
    )
    machines.start_worker("--resources", "GPU=1")  # which is not true
    lines = []
    with Client(machines.address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
    assert device_of(machines.address, "auto") == ("cpu", "")
    with pytest.raises(ClusterError, match="declares a GPU and has one; start one with"):
        device_of(machines.address, "cuda")
    graded_over(machines, request, lines.append)
    assert [line for line in lines if line.endswith(f"is refused: {why}.")]
    assert [line for line in lines if line.startswith("Grading on 1 workers with 2 threads")]
    assert refused.poll() is None  # it stays in the cluster
    assert autograder(*command).returncode == 0


def test_no_scheduler_is_one_clear_line():
    with pytest.raises(ClusterError, match=r"no Dask scheduler at tcp://127\.0\.0\.1:9 .*start one"):
        Cluster("tcp://127.0.0.1:9", terms("none", set()), Local(Unconfined()), print).connect(seconds=0.2)
