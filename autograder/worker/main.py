"""Inside the sandbox: loads a submission, calls the probes on it, sends raw evidence back.

It knows no references, no checks and no scores. The job comes on standard input; messages go out on the
original standard output; everything that is printed goes to standard error. Once the submission is loaded
nothing here can be trusted any more, and the supervisor trusts none of it.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from autograder.core.evidence import Array, Evidence
from autograder.probing.observing import AuthorsError
from autograder.worker import linux
from autograder.worker.imports import tell_imports
from autograder.worker.jobs import FILE, CellCall, GivenCall, Step, WorkerJob, read_job
from autograder.worker.limits import (
    address_space,
    drop_root,
    forget_peak_memory,
    forgo_privileges,
    limit_memory,
    limit_resources,
    peak_memory,
)
from autograder.worker.loading import (
    Student,
    authors_problem,
    describe,
    load,
    own_modules,
    prepare,
    read_submission,
    take_absent,
    write_files,
)
from autograder.worker.messages import (
    Begin,
    Done,
    Imported,
    Loaded,
    Message,
    Note,
    Problem,
    Raised,
    Ready,
    encode_message,
)
from autograder.worker.notebook import Notebook
from autograder.worker.output import Printed
from autograder.worker.reset import Process, put_back, reset, students_turn
from autograder.worker.shell import make_shell
from autograder.worker.tasks import Observed, load_code, make_inputs, observe, read_datasets

_MAX_NOTES = 200


class Channel:
    """The channel of messages to the supervisor, on a descriptor that print does not reach."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._file: BinaryIO = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)

    def send(self, message: Message, evidence: Evidence | None = None) -> None:
        """Send one message; raises what :func:`encode_message` raises."""
        self._file.write(encode_message(message, evidence))
        self._file.flush()


def main() -> None:
    """Do one job: import, say ``Ready``, read, say ``Read``, load, say ``Loaded``, then do the tasks."""
    channel, leave = Channel(), os._exit
    job, arrays = read_job(received := sys.stdin.buffer)
    sys.stdin = io.StringIO()
    drop_root(job.uid)
    if sys.platform == "linux":
        linux.die_with_parent()  # without a sandbox, too, nothing outlives a grader that is killed
    import_all(job.imports, job.likely)
    notebook = any(isinstance(step.call, CellCall) for step in job.steps)
    code = {} if notebook else load_code(job.code, job.code_name, job.shared)
    data = read_datasets(job)
    submitted = arrays[FILE].tobytes() if job.file else b""
    write_files(job.beside, received)
    inputs = {name: array for name, array in arrays.items() if name != FILE}
    del arrays
    make_shell()
    printed = Printed(2, job.setup_output)
    sys.stdout = sys.stderr = printed
    job.arithmetic.begin()
    process = Process.now(job.arithmetic)
    reset(process)
    base = _confine(job)
    channel.send(Ready())
    forget_peak_memory()
    worker = _Worker(channel, process, printed, base, job.code_name, job.code if notebook else None)
    student = worker.load(job.file, submitted, [other.path for other in job.beside]) if job.file else None
    if not job.file:
        channel.send(Loaded())
    for step in job.steps if student or not job.file else ():
        if isinstance(step.call, CellCall):
            worker.do(partial(worker.observe_cell, step.call), step)
            continue
        mine = _of(step.variant, inputs)
        if isinstance(step.call, GivenCall):
            worker.do(partial(make_inputs, code, step.call, data, mine), step)
        else:
            worker.do(partial(observe, code, step.call, student, mine, job.device, worker.turn), step)
    leave(0)  # and nothing that a submission registered to run at exit is run


def import_all(names: Sequence[str], likely: Sequence[str]) -> None:
    """Import modules; of the ``likely`` ones those that can be imported."""
    for name in names:
        importlib.import_module(name)
    for name in likely:
        with suppress(Exception):
            importlib.import_module(name)
    if sys.platform == "linux" and sys.version_info >= (3, 14):
        _fork_by_default()


def _fork_by_default() -> None:
    """Let multiprocessing fork, as before Python 3.14 and on Colab, where a submission chooses nothing else.

    The server that starts processes since then looks for the file of the submission, of which there is none
    here, and knows nothing that a cell defines.
    """
    context = importlib.import_module("multiprocessing.context")
    context._default_context._default_context = context._default_context.get_context("fork")


def _confine(job: WorkerJob) -> int:
    """Set the limits and give up all privileges; return the bytes of address space taken so far."""
    base = address_space()
    limit_resources(job.limits)
    limit_memory(base, job.setup_memory)
    forgo_privileges(job.filter)
    return base


def _of(variant: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    prefix = f"{variant}/"
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


class _Worker:
    """Loads the submission and does one task after another, each as in a fresh process.

    ``base`` is the bytes of address space before the submission; ``code_name`` names the question's code;
    ``plan`` has the question's cells, where a notebook is run.
    """

    def __init__(
        self,
        channel: Channel,
        process: Process,
        printed: Printed,
        base: int,
        code_name: str,
        plan: str | None = None,
    ) -> None:
        self._channel, self._process, self._printed = channel, process, printed
        self._base, self._code_name = base, code_name
        self._resident = peak_memory(0) or 0
        self._cells: frozenset[str] = frozenset()
        self._student: Student | None = None
        self._plan, self._notes = plan, list[Note]()
        self._notebook: Notebook | None = None

    def load(self, name: str, data: bytes, beside: Sequence[bytes]) -> Student | None:
        """Read and run the submission; return its names, None if there is nothing to run."""
        own = own_modules(Path(), map(os.fsdecode, beside))
        contents, message = read_submission(name, data, own)
        self._channel.send(message)
        if contents is None:
            return None
        self._cells = frozenset(cell.where for cell in contents.cells)
        tell = tell_imports(own.values(), lambda text: self._channel.send(Imported(source=text)))
        make_shell().tell = tell
        if self._plan is not None:
            prepare(contents)
            self._notebook = Notebook(self._plan, contents, make_shell())
            self._student = Student(make_shell().user_module)
            self._channel.send(Loaded())
            return self._student
        self._student, notes = load(contents, self.turn)
        self._process = self._process.with_own()
        put_back(self._process)
        self._channel.send(Loaded(notes=notes, dropped=self._printed.dropped))
        return self._student

    def observe_cell(self, call: CellCall) -> Observed:
        """Observe a cell of the notebook."""
        assert self._notebook is not None
        found, self._notes = self._notebook.observe(call)
        return found

    def turn(self) -> AbstractContextManager[None]:
        """Return what the student's functions run in."""
        return students_turn(self._process)

    def _absent(self) -> tuple[str, ...]:
        return take_absent(self._student) if self._student else ()

    def do(self, run: Callable[[], Observed], step: Step) -> None:
        """Do a task within its limits."""
        self._channel.send(Begin())
        limit_memory(self._base, step.memory)
        self._printed.begin(step.output)
        if self._notebook is None:  # in which cells see what those above left
            reset(self._process)
        self._absent()  # what a task that failed asked for is none of this one's
        forget_peak_memory()
        try:
            observed = run()
            done = Done(
                memory=peak_memory(self._resident),
                dropped=self._printed.dropped,
                absent=self._absent(),
                missing={
                    name: replace(self._describe(error), call=observed.calls.get(name, ""))
                    for name, error in observed.missing.items()
                },
                changed=observed.changed,
                notes=tuple(self._notes[:_MAX_NOTES]),
            )
            self._channel.send(done, observed.evidence)
        except BaseException as error:
            problem = self._describe(error)
            taken = peak_memory(self._resident)
            self._channel.send(Raised(problem=problem, memory=taken, dropped=self._printed.dropped))

    def _describe(self, error: BaseException) -> Problem:
        """Return what was raised; it is the author's if no line of the student's has to do with it."""
        found = describe(getattr(error, "cause", error), self._cells, self._process.folder)
        if isinstance(error, AuthorsError) and not found.traceback and found.kind != "missing":
            return authors_problem(error.cause, self._code_name)
        return found
