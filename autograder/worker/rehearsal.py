"""Inside the sandbox: does a small job before workers are forked, as each of them does a student's.

What Python, IPython and a framework make when they first need it is made once, and code that has run before
is faster and writes to less of the memory that forks share. A submission sees nothing of it: generators are
seeded and settings put back before each task anyway, and the shell starts anew.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from functools import partial
from types import ModuleType

import numpy as np

from autograder.core.evidence import Array
from autograder.core.framework import Framework
from autograder.worker.jobs import FILE, ProbeCall, ProcessLimits, Step, WorkerJob, encode_job, read_job
from autograder.worker.limits import forget_peak_memory, peak_memory
from autograder.worker.loading import Student, read_submission
from autograder.worker.messages import Begin, Done, Loaded, encode_message
from autograder.worker.reading import Cell
from autograder.worker.reset import Process, put_back, reset, students_turn
from autograder.worker.shell import make_shell, run_module
from autograder.worker.tasks import load_code, observe

_ROUNDS = 10  # Python makes code faster once it has run about eight times
_QUESTION = """
import numpy as np
from autograder.probing import figures, networks

def probe(student, given, observe):
    observe("mean", student.mean, given.x)
    observe("fit", student.fit, given.x, given.y)
"""
_NUMPY = """
import numpy as np

def mean(x):
    return x.mean(axis=0)

def fit(x, y):
    return np.linalg.lstsq(x, y, rcond=None)[0]
"""
_TORCH = """
import torch
from torch import nn
import torch.nn.functional as F

def mean(x):
    images = x.reshape(1, 1, 2, 4)
    layers = nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU(), nn.Flatten(), nn.Linear(6, 2))
    loss = F.cross_entropy(layers(images), torch.tensor([1]))
    loss.backward()
    return torch.softmax(x, dim=1).mean(dim=0)

def fit(x, y):
    net = nn.Linear(2, 1)
    for optimizer in (torch.optim.Adam(net.parameters(), lr=0.1), torch.optim.SGD(net.parameters(), lr=0.1)):
        optimizer.zero_grad()
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        net.weight -= 0.1 * net.weight.grad
    return torch.tensor([loss.item(), *torch.randn(2).tolist()])
"""


def rehearse() -> None:
    """Do a job of our own and run a cell, some times over.

    Raises:
        RuntimeError: it did not give what it should.
    """
    shell = make_shell()  # before Process.now(), as it replaces some builtins for good
    process = Process.now()
    for _ in range(_ROUNDS):
        _do_job(process, *((_TORCH, "torch") if "torch" in sys.modules else (_NUMPY, "python")))
    names = dict(shell.user_ns)
    for _ in range(_ROUNDS):
        shell.run((Cell(where="rehearsal.ipynb[1]", source="%matplotlib inline\nx = [1, 2]\nx"),))
    shell.reset()
    shell.user_ns |= {name: value for name, value in names.items() if name not in shell.user_ns}
    put_back(process)


def _do_job(process: Process, submission: str, framework: Framework) -> None:
    x = np.arange(8, dtype=np.float32).reshape(4, 2)
    arrays: Mapping[str, Array] = {
        FILE: np.frombuffer(submission.encode(), np.uint8),
        "x": x,
        "y": x.sum(axis=1, keepdims=True),
    }
    job, arrays = read_job(io.BytesIO(encode_job(_job(framework), arrays)))
    names = load_code(job.code, job.code_name, job.shared)
    turn = partial(students_turn, process)
    contents, read = read_submission(job.file, arrays[FILE].tobytes(), {})
    assert contents is not None
    module = ModuleType("rehearsal")
    notes = run_module(contents.cells[0], module)
    (step,) = job.steps
    assert isinstance(step.call, ProbeCall)
    for message in (read, Loaded(notes=tuple(notes)), Begin()):
        encode_message(message)
    reset(process)
    forget_peak_memory()
    observed = observe(names, step.call, Student(module, turn), arrays, "cpu", turn)
    encode_message(Done(memory=peak_memory(0)), observed.evidence)
    if notes or observed.missing:
        raise RuntimeError(f"the rehearsal went wrong: {notes} {observed.missing}")


def _job(framework: Framework) -> WorkerJob:
    step = Step(
        variant="", memory=0, output=0, call=ProbeCall(function="probe", settings={}, framework=framework)
    )
    return WorkerJob(
        code=_QUESTION,
        code_name="rehearsal.py",
        shared={},
        file="rehearsal.py",
        beside=(),
        steps=(step,),
        device="cpu",
        imports=(),
        likely=(),
        datasets=(),
        data="",
        uid=None,
        filter=b"",
        setup_memory=0,
        setup_output=0,
        limits=ProcessLimits(memory=0, processes=0, scratch=0, cpu=0),
    )
