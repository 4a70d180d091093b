"""Inside the sandbox: loads a submission, calls the probes on it, sends raw evidence back.

It knows no references, no checks and no scores. The job comes on standard input; messages go out on the
original standard output; everything that is printed goes to standard error. Once the submission is loaded
nothing here can be trusted any more, and the supervisor trusts none of it.
"""

from __future__ import annotations
import __future__

import importlib
import io
import linecache
import os
import resource
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, BinaryIO

from autograder.core.evidence import Array, Evidence, EvidenceError, collect
from autograder.probing.arrays import BadReturnError, make_repeatable
from autograder.worker import linux
from autograder.worker.datasets import Dataset, read
from autograder.worker.messages import (
    Begin,
    Done,
    GivenCall,
    Loaded,
    Message,
    ProbeCall,
    Problem,
    ProblemKind,
    ProcessLimits,
    Raised,
    Ready,
    WorkerJob,
    decode_job,
    encode_message,
)

MODULE = "submission"
_TRACEBACK_CHARACTERS = 4_000
_FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "Unable to allocate", "Cannot allocate memory")


class MissingNameError(AttributeError):
    """A name of the interface that the submission does not define."""


class Student:
    """The submission's names as attributes, for probes."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._module, name)
        except AttributeError:
            raise MissingNameError(name) from None


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


def drop_root(uid: int | None) -> None:
    """Become the user ``uid`` for good, which only root can; None changes nothing."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        linux.drop_capabilities()


def limit_resources(limits: ProcessLimits) -> None:
    """Set the hard limits of this process, after the imports are done."""
    wanted = {
        "RLIMIT_AS": limits.memory and address_space() + limits.memory,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_FSIZE": limits.scratch,
        "RLIMIT_CPU": limits.cpu,
        "RLIMIT_NOFILE": 256,
    }
    for name, value in wanted.items():
        if value:
            number = getattr(resource, name)
            _, inherited = resource.getrlimit(number)  # a limit of the grader's own holds as well
            value = _lower(value, inherited)
            resource.setrlimit(number, (value, value))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower(value: int, limit: int) -> int:
    return value if limit == resource.RLIM_INFINITY else min(value, limit)


def address_space() -> int:
    """Return this process's address space in bytes, or 0 if unknown."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def limit_memory(base: int, budget: int) -> None:
    """Limit the address space to ``base`` plus ``budget`` bytes; a budget of 0 leaves only the hard limit.

    It is the soft limit: a submission could raise it again, up to the hard limit of all its parts.
    """
    if budget:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (_lower(base + budget, hard), hard))


def forget_peak_memory() -> None:
    """Reset the peak if the system allows it; else it stays that of the whole process."""
    with suppress(Exception):
        linux.forget_peak_memory()


def peak_memory(base: int) -> int | None:
    """Return the peak resident bytes above ``base``; None if unknown."""
    with suppress(Exception):
        return max(0, linux.peak_memory() - base)
    return None


def forgo_privileges(program: bytes) -> None:
    """Give up privileges that programs could gain, and install the system call filter if there is one."""
    if sys.platform == "linux":
        linux.no_new_privileges()
        if program:
            linux.filter_system_calls(program)


def load_submission(cells: Sequence[tuple[str, str]]) -> tuple[Student, list[Problem]]:
    """Execute the cells in one module; a cell that raises is reported and does not stop the next.

    A future statement of one cell holds for the later ones, as in IPython.

    Args:
        cells: pairs (where, source).

    Returns:
        The module's names, and a problem for each cell that raised.
    """
    module = ModuleType(MODULE)
    module.__dict__["__file__"] = cells[0][0] if cells else MODULE
    sys.modules[MODULE] = module
    names = frozenset(where for where, _ in cells)
    problems: list[Problem] = []
    future = 0
    for where, source in cells:
        lines = source.splitlines(keepends=True)
        linecache.cache[where] = (len(source), None, lines, where)
        try:
            code = compile(source, where, "exec", flags=future, dont_inherit=True)
            future |= code.co_flags & _FUTURE
            exec(code, module.__dict__)
        except BaseException as error:
            problems.append(describe(error, names, where))
    return Student(module), problems


def describe(error: BaseException, own: frozenset[str], where: str = "") -> Problem:
    """Return a student's exception as a problem, its traceback trimmed to the student's lines.

    Args:
        error: what was raised.
        own: the file names of the submission's cells.
        where: the cell, if one was being loaded.
    """
    kind, text = _kind_and_text(error, own)
    trace = _own_lines(error.__traceback__, own)
    return Problem(kind=kind, error=text[:1_000], traceback=trace, where=where)


def _kind_and_text(error: BaseException, own: frozenset[str]) -> tuple[ProblemKind, str]:
    message = str(error)
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    if isinstance(error, MissingNameError):
        return "missing", message
    if isinstance(error, NotImplementedError):
        last = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
        return "unwritten", last[-1].name if last else text
    if isinstance(error, SystemExit):
        return "exit", str(error.code)
    if isinstance(error, MemoryError) or any(phrase in text for phrase in _OUT_OF_MEMORY):
        return "memory", text
    if isinstance(error, BadReturnError | EvidenceError):
        return "return", message
    return "exception", text


def _own_lines(trace: TracebackType | None, own: frozenset[str]) -> str:
    frames = [frame for frame in traceback.extract_tb(trace) if frame.filename in own]
    return "".join(traceback.format_list(frames))[-_TRACEBACK_CHARACTERS:]


def load_code(source: str, name: str) -> dict[str, Any]:
    """Execute the exam's own code, before the submission; return its names."""
    module = ModuleType("exam")
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def read_datasets(job: WorkerJob) -> list[dict[str, Dataset]]:
    """Return the arguments of ``given`` after seed and profile: the datasets by name, if it reads any."""
    call = job.steps[0].call if job.steps else None
    if not job.datasets or not isinstance(call, GivenCall):
        return []
    return [{name: read(name, call.profile, Path(job.data)) for name in job.datasets}]


def run_given(code: Mapping[str, Any], call: GivenCall, data: Sequence[Any]) -> Evidence:
    """Make the inputs of one variant: ``given(seed, profile)`` or ``given(seed, profile, data)``."""
    return collect(code[call.function](call.seed, call.profile, *data))


def run_probe(
    code: Mapping[str, Any],
    call: ProbeCall,
    student: Student,
    inputs: Mapping[str, Array],
    device: str,
) -> Evidence:
    """Call one part's probe on copies of its inputs."""
    arrays = {name: array.copy() for name, array in inputs.items()}
    return collect(code[call.function](student, {**arrays, **call.settings}, device))


def main() -> None:
    """Do one job: import, say ``Ready``, load, say ``Loaded``, then two messages per task."""
    channel = Channel()
    job, arrays = decode_job(sys.stdin.buffer.read())
    sys.stdin = io.StringIO()
    drop_root(job.uid)
    if sys.platform == "linux":
        linux.die_with_parent()  # without a sandbox, too, nothing outlives a grader that is killed
    for name in job.imports:
        importlib.import_module(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    code = load_code(job.code, job.code_name)
    data = read_datasets(job)
    make_repeatable()
    base = address_space()
    limit_resources(job.limits)
    limit_memory(base, job.setup_memory)
    forgo_privileges(job.filter)
    channel.send(Ready())
    forget_peak_memory()
    resident = peak_memory(0) or 0
    student, problems = load_submission(job.cells)
    channel.send(Loaded(problems=tuple(problems)))
    own = frozenset(where for where, _ in job.cells)
    for step in job.steps:
        channel.send(Begin())
        limit_memory(base, step.memory)
        if isinstance(step.call, GivenCall):
            run = partial(run_given, code, step.call, data)
        else:
            run = partial(run_probe, code, step.call, student, _of(step.variant, arrays), job.device)
        _do(run, channel, own, resident)
    # What a submission registered to run at exit is not run.
    os._exit(0)


def _of(variant: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    prefix = f"{variant}/"
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _do(run: Callable[[], Evidence], channel: Channel, own: frozenset[str], resident: int) -> None:
    make_repeatable()
    forget_peak_memory()
    try:
        evidence = run()
        with suppress(Exception):  # they may be the student's own by now
            sys.stdout.flush()
            sys.stderr.flush()
        channel.send(Done(memory=peak_memory(resident)), evidence)
    except BaseException as error:
        channel.send(Raised(problem=describe(error, own), memory=peak_memory(resident)))
