"""Devices and GPUs. Where none is, the driver's files stand for them; what CUDA itself does is not tested here."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.core.errors import CancelledError, UserError
from autograder.core.evidence import Evidence
from autograder.core.exam import Limit
from autograder.core.outcome import Attempt, Fault, FaultKind, Outcome, Task
from autograder.core.text import Text
from autograder.course.submission import Submission
from autograder.running.environment import Environment, versions, versions_on
from autograder.running.executor import Local
from autograder.sandbox import gpus as devices
from autograder.sandbox import supervisor
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.faults import fault_of
from autograder.sandbox.gpus import Gpu, choose_device, usable, visible
from autograder.sandbox.job import Job
from autograder.sandbox.protocol import Box
from autograder.sandbox.unconfined import Unconfined
from autograder.worker.jobs import ProbeCall
from autograder.worker.messages import Problem, Read

A100 = [Gpu(index=index, model="A100", uuid=f"GPU-{index}", node=f"/dev/nvidia{index}") for index in (0, 1)]
T4 = Gpu(index=2, model="T4", uuid="GPU-2", node="/dev/nvidia2")


@pytest.fixture
def gpus(monkeypatch):
    monkeypatch.setattr(devices, "visible", lambda: (*A100, T4))


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """The driver's own list of three GPUs, of which one was not lent to this container."""
    for bus, model in enumerate(["NVIDIA A100-SXM4-80GB", "Tesla T4", "Tesla T4"]):
        path = tmp_path / f"0000:0{bus}:00.0/information"
        path.parent.mkdir()
        path.write_text(
            f"Model: \t\t {model}\nIRQ:   \t\t 14{bus}\nGPU UUID: \t GPU-{bus}\nVideo BIOS: \t 92:0\n"
            f"Device Minor: \t {bus}\nGPU Excluded:\t No\n"
        )
    monkeypatch.setattr(devices, "DRIVER", tmp_path)
    exists = Path.exists
    lent = {"/dev/nvidia0", "/dev/nvidia2"}
    monkeypatch.setattr(Path, "exists", lambda self: str(self) in lent or exists(self))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.parametrize(
    ("variable", "found"),
    [
        (None, [(0, "GPU-0"), (1, "GPU-2")]),
        ("1", [(0, "GPU-2")]),
        ("GPU-2, GPU-0", [(0, "GPU-2"), (1, "GPU-0")]),
        ("", []),
    ],
)
def test_the_gpus_in_sight_are_those_that_the_driver_lends(driver, monkeypatch, variable, found):
    if variable is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    assert [(gpu.index, gpu.uuid) for gpu in visible()] == found


def test_a_device_means_gpus_of_one_model(gpus):
    assert [choose_device(name) for name in ("auto", "cpu", "cuda:1")] == ["cuda", "cpu", "cuda:1"]
    assert usable("cpu") == ()
    assert usable("cuda") == tuple(A100)
    assert usable("cuda:2") == (T4,)
    with pytest.raises(UserError, match="there is no device cuda:3 here; give --device cpu"):
        choose_device("cuda:3")


def test_which_gpu_it_was_makes_no_other_evidence():
    one, other = (Environment(profile="mini", device=name, versions={}) for name in ("cuda", "cuda:1"))
    assert one.record() == other.record()
    assert one.record().device == "cuda"


def test_the_model_stands_among_the_versions(gpus):
    assert versions_on("python", "cpu") == versions("python")
    assert versions_on("python", "cuda:2") == versions("python") | {"gpu": "T4"}
    assert versions_on("python", "cuda", "H100")["gpu"] == "H100"
    assert versions_on("python", "cuda:3")["gpu"] == "absent"


def test_a_worker_sees_its_own_gpu_only(monkeypatch):
    nodes = ["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [self / name for name in nodes])
    command = Bubblewrap().command(Box(scratch_mb=1, gpu=A100[1]))
    bound = {command[at + 1] for at, word in enumerate(command) if word == "--dev-bind"}
    assert bound == {"/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm"}
    assert command[command.index("CUDA_VISIBLE_DEVICES") + 1] == "GPU-1"
    hidden = Bubblewrap().command(Box(scratch_mb=1))
    assert "--dev-bind" not in hidden
    assert hidden[hidden.index("CUDA_VISIBLE_DEVICES") + 1] == ""


TASKS = [Task("a"), Task("b"), Task("b", "h1"), Task("c")]
JOB = Job(
    code="",
    code_name="<code>",
    framework="python",
    submission=Submission(),
    tasks=TASKS,
    calls={task: ProbeCall(function="probe", settings={}) for task in TASKS},
    inputs={},
    limits={name: Limit() for name in ("a", "b", "c", "")},
    device="cuda",
)


class Machine:
    """Instead of the supervisor: records which jobs run on which GPU at the same time."""

    def __init__(self, monkeypatch, memory_faults):
        self.left, self.running, self.seen, self.lock = memory_faults, [], [], threading.Lock()
        monkeypatch.setattr(supervisor, "run", self.run)

    def run(self, job, isolation, cancel, gpu):
        with self.lock:
            self.running.append(gpu)
            self.seen.append((tuple(job.tasks), sorted(one.index for one in self.running)))
            full = self.left > 0
            self.left -= 1
        time.sleep(0.05)
        with self.lock:
            self.running.remove(gpu)
        fault = Outcome(fault=Fault(kind=FaultKind.MEMORY, message=Text("가득", "full")))
        good = Outcome(evidence=Evidence(facts={"run": len(self.seen)}))
        outcomes = {task: fault if full and task.part == "b" else good for task in job.tasks}
        outcomes.pop(Task("b", "h1") if full else None, None)  # a part is over with its first fault
        return Attempt(outcomes=outcomes)


def test_each_gpu_has_one_worker_at_a_time_and_all_are_used(gpus, monkeypatch):
    machine, local = Machine(monkeypatch, memory_faults=0), Local(Unconfined())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: local.run(JOB, threading.Event()), range(12)))
    assert {tuple(together) for _, together in machine.seen} <= {(0,), (1,), (0, 1)}
    assert {0, 1} == {index for _, together in machine.seen for index in together}
    local.run(replace(JOB, device="cuda:2"), threading.Event())
    assert machine.seen[-1][1] == [2]


def test_out_of_memory_counts_only_if_it_happens_again_alone(gpus, monkeypatch):
    machine, local = Machine(monkeypatch, memory_faults=1), Local(Unconfined())
    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(lambda _: local.run(JOB, threading.Event()), range(12)))
    assert all(set(attempt.outcomes) == set(TASKS) and not attempt.faulted for attempt in attempts)
    again = [together for tasks, together in machine.seen if tasks == tuple(TASKS[1:3])]
    assert len(again) == 1
    assert len(again[0]) == 1  # nothing else ran, on any GPU
    machine = Machine(monkeypatch, memory_faults=2)
    attempt = local.run(JOB, threading.Event())
    assert attempt.outcomes[Task("b")].fault.kind is FaultKind.MEMORY
    assert attempt.outcomes[Task("a")].evidence is not None
    assert len(machine.seen) == 2


def test_waiting_for_a_gpu_can_be_interrupted(gpus):
    local, cancel = Local(Unconfined()), threading.Event()
    threading.Timer(0.1, cancel.set).start()
    one, other = (local.slots.one("cuda", cancel) for _ in range(2))
    with one, other, pytest.raises(CancelledError):
        local.run(JOB, cancel)


def test_out_of_memory_on_a_gpu_is_said_in_its_own_words():
    problem = Problem(kind="memory", error="OutOfMemoryError: CUDA out of memory.", traceback="")
    said = {device: fault_of(problem, Read(), {}, Limit(), device).message.en for device in ("cuda", "cpu")}
    assert said["cuda"].startswith("Out of memory, also with the GPU to itself")
    assert "memory limit of" in said["cpu"]
