"""Inside the sandbox: loads a submission, calls the probes on it, sends raw evidence back.

It knows no references, no checks and no scores, and imports neither ``grading`` nor ``reference``. The job
comes on standard input; messages go out on what standard output was at the start, as ``<u64 length><bytes
of one Evidence>``; everything that is printed goes to standard error. Once the submission is loaded nothing
here can be trusted any more, and the supervisor trusts none of it.
"""

from __future__ import annotations
import __future__

import base64
import importlib
import io
import linecache
import os
import resource
import struct
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, BinaryIO

from autograder.core.evidence import Evidence, EvidenceError, collect, decode, encode
from autograder.probing.arrays import BadReturnError, make_repeatable
from autograder.worker import linux
from autograder.worker.datasets import Dataset, read

MESSAGE_LENGTH = struct.Struct("<Q")
MAX_JOB = 1 << 32
MODULE = "submission"
_TRACEBACK_CHARACTERS = 4_000
_FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})
_OUT_OF_MEMORY = ("can't allocate memory", "out of memory", "Unable to allocate", "Cannot allocate memory")


class MissingNameError(AttributeError):
    """The submission does not define a name of the interface."""


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
    """The way out: messages to the supervisor, on a descriptor that print does not reach."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._file: BinaryIO = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)

    def send(self, event: str, evidence: Evidence | None = None, **facts: object) -> None:
        """Send one message; the evidence's facts travel under ``facts``."""
        inner = evidence or Evidence()
        data = encode(Evidence(arrays=inner.arrays, facts={"event": event, "facts": inner.facts, **facts}))
        self._file.write(MESSAGE_LENGTH.pack(len(data)) + data)
        self._file.flush()


def drop_root(uid: int | None) -> None:
    """Become the user ``uid`` for good, if one is given; the sandbox was entered as root then."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        linux.drop_capabilities()


def limit_resources(limits: Mapping[str, int]) -> None:
    """Set the hard limits of this process, in bytes, seconds and counts, after the imports are done.

    A limit of 0 is none.
    """
    wanted = {
        "RLIMIT_AS": limits["memory"] and address_space() + limits["memory"],
        "RLIMIT_NPROC": limits["processes"],
        "RLIMIT_FSIZE": limits["scratch"],
        "RLIMIT_CPU": limits["cpu"],
        "RLIMIT_NOFILE": 256,
    }
    for name, value in wanted.items():
        if value:
            number = getattr(resource, name)
            _, most = resource.getrlimit(number)  # a limit of the grader's own holds as well
            value = _lower(value, most)
            resource.setrlimit(number, (value, value))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower(value: int, limit: int) -> int:
    return value if limit == resource.RLIM_INFINITY else min(value, limit)


def address_space() -> int:
    """Return the bytes of address space this process has, or 0 where that cannot be known."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def limit_memory(base: int, budget: int) -> None:
    """Set what may be taken from now on, in bytes on top of ``base``; 0 is no limit but the hard one.

    It is the soft limit: a submission could raise it again, up to the hard limit of all its parts.
    """
    if budget:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (_lower(base + budget, hard), hard))


def forget_peak_memory() -> None:
    """Let the peak begin anew; where that is impossible it stays that of all the process did."""
    with suppress(Exception):
        linux.forget_peak_memory()


def peak_memory(base: int) -> int | None:
    """Return the most bytes in memory above ``base``; None where the system does not tell."""
    with suppress(Exception):
        return max(0, linux.peak_memory() - base)
    return None


def forgo_privileges(program: bytes) -> None:
    """Let no set-user-id program help anyone, and let the kernel refuse what the filter says."""
    if sys.platform == "linux":
        linux.no_new_privileges()
        if program:
            linux.filter_system_calls(program)


def load_submission(cells: list[list[str]]) -> tuple[Student, list[dict[str, Any]]]:
    """Execute the cells in one module; a cell that raises is reported and does not stop the next.

    A future statement of one cell holds for the later ones, as in IPython.

    Args:
        cells: pairs (where, source).

    Returns:
        The module's names, and for each cell that raised its description.
    """
    module = ModuleType(MODULE)
    module.__dict__["__file__"] = cells[0][0] if cells else MODULE
    sys.modules[MODULE] = module
    names = frozenset(where for where, _ in cells)
    problems, future = [], 0
    for where, source in cells:
        lines = source.splitlines(keepends=True)
        linecache.cache[where] = (len(source), None, lines, where)
        try:
            code = compile(source, where, "exec", flags=future, dont_inherit=True)
            future |= code.co_flags & _FUTURE
            exec(code, module.__dict__)
        except BaseException as error:
            problems.append({"where": where, **describe(error, names)})
    return Student(module), problems


def describe(error: BaseException, own: frozenset[str]) -> dict[str, Any]:
    """Return kind, message and traceback of an exception, the latter trimmed to the student's lines.

    Args:
        error: what was raised.
        own: the file names of the submission's cells.
    """
    message = str(error)
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    kind = "exception"
    if isinstance(error, MissingNameError):
        kind, text = "missing", message
    elif isinstance(error, NotImplementedError):
        kind = "unwritten"
        last = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
        text = last[-1].name if last else text
    elif isinstance(error, SystemExit):
        kind, text = "exit", str(error.code)
    elif isinstance(error, MemoryError) or any(phrase in text for phrase in _OUT_OF_MEMORY):
        kind = "memory"
    elif isinstance(error, BadReturnError | EvidenceError):
        kind, text = "return", message
    return {"kind": kind, "error": text[:1_000], "traceback": _own_lines(error.__traceback__, own)}


def _own_lines(trace: TracebackType | None, own: frozenset[str]) -> str:
    frames = [frame for frame in traceback.extract_tb(trace) if frame.filename in own]
    return "".join(traceback.format_list(frames))[-_TRACEBACK_CHARACTERS:]


def load_code(source: str, name: str) -> dict[str, Any]:
    """Execute the exam's own code, before the submission; return its names."""
    module = ModuleType("exam")
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def read_datasets(facts: Mapping[str, Any]) -> list[dict[str, Dataset]]:
    """Return what ``given`` is called with after seed and profile: the datasets, if it reads any."""
    if not facts["datasets"]:
        return []
    profile, folder = facts["tasks"][0]["profile"], Path(facts["data"])
    return [{name: read(name, profile, folder) for name in facts["datasets"]}]


def run_given(code: Mapping[str, Any], task: Mapping[str, Any], data: Sequence[Any]) -> Evidence:
    """Make the inputs of one variant: ``given(seed, profile)`` or ``given(seed, profile, data)``."""
    return collect(code[task["function"]](task["seed"], task["profile"], *data))


def run_probe(code: Mapping[str, Any], task: Mapping[str, Any], student: Student, job: Evidence) -> Evidence:
    """Call one part's probe on copies of its inputs."""
    prefix = task["variant"] + "/"
    arrays = {name[len(prefix) :]: a.copy() for name, a in job.arrays.items() if name.startswith(prefix)}
    probe = code[task["function"]]
    return collect(probe(student, {**arrays, **task["settings"]}, job.facts["device"]))


def main() -> None:
    """Do one job: import, announce ``ready``, load, announce ``loaded``, then one message per task."""
    channel = Channel()
    job = decode(sys.stdin.buffer.read(), limit=MAX_JOB, facts_limit=MAX_JOB)
    sys.stdin = io.StringIO()
    facts = job.facts
    drop_root(facts["uid"])
    if sys.platform == "linux":
        linux.die_with_parent()  # without a sandbox, too, nothing outlives a grader that is killed
    for name in facts["imports"]:
        importlib.import_module(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    code = load_code(facts["code"], facts["code_name"])
    data = read_datasets(facts)
    make_repeatable()
    base = address_space()
    limit_resources(facts["limits"])
    limit_memory(base, facts["setup_memory"])
    forgo_privileges(base64.b64decode(facts["filter"]))
    channel.send("ready")
    forget_peak_memory()
    resident = peak_memory(0) or 0
    cells = facts["cells"]
    student, problems = load_submission(cells)
    channel.send("loaded", problems=problems)
    own = frozenset(where for where, _ in cells)
    for index, task in enumerate(facts["tasks"]):
        channel.send("begin", task=index)
        limit_memory(base, task["memory"])
        if facts["given"]:
            run = partial(run_given, code, task, data)
        else:
            run = partial(run_probe, code, task, student, job)
        _do(run, channel, index, own, resident)
    # What a submission registered to run at exit is not run.
    os._exit(0)


def _do(
    run: Callable[[], Evidence], channel: Channel, index: int, own: frozenset[str], resident: int
) -> None:
    make_repeatable()
    forget_peak_memory()
    try:
        evidence = run()
        with suppress(Exception):  # they may be the student's own by now
            sys.stdout.flush()
            sys.stderr.flush()
        channel.send("done", evidence, task=index, memory=peak_memory(resident))
    except BaseException as error:
        channel.send("fault", task=index, memory=peak_memory(resident), **describe(error, own))
