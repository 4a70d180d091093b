"""Drives one worker after another through a job: enforces the limits, and turns ends into faults.

A worker does the tasks of a job in order and reports each. When the submission ends or hangs it, the current
task gets a fault, its part is over, and a new worker does the rest. A worker that ends before student code
was loaded is a failure of the engine: it is tried once more, and then every task left is a failure, never a
fault. One that was killed is replaced; it is a fault only if that happens at the same task again.
"""

from __future__ import annotations

import fcntl
import os
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from autograder.core.errors import CancelledError
from autograder.core.outcome import Attempt, Fault, FaultKind, Outcome, Task
from autograder.core.text_of_runs import AT_LOADING, TIME_LIMIT
from autograder.sandbox.faults import describe_end, unreadable
from autograder.sandbox.gpus import Gpu
from autograder.sandbox.job import Job
from autograder.sandbox.kills import Kills, was_killed
from autograder.sandbox.protocol import Box, Confined, Isolation, Process
from autograder.sandbox.session import Session, take_messages
from autograder.worker.messages import Read

START_SECONDS = 180.0  # for the interpreter and the framework; exceeding it is a failure of the engine
_TICK = 0.2  # seconds between looks at the clock
# Seconds between looks at output that is dropped: a flood of it has to wait. It comes through a wide pipe,
# so that a gigabyte passes in half a minute.
_PAUSE = 0.02
_OUTPUT_KEPT = 4_000  # bytes of the end of what was printed
_CHUNK = 1 << 20
_MAX_NOTES = 200  # of an attempt


@dataclass(frozen=True, slots=True)
class _Failure:
    """An end that is the engine's failure; ``why`` is in English."""

    why: str


@dataclass(frozen=True, slots=True)
class _Killed:
    """An end by a signal that was sent."""

    status: int


_End = Fault | _Failure | _Killed | None  # how a worker ended; None: well


def run(
    job: Job, isolation: Isolation, cancel: threading.Event | None = None, gpu: Gpu | None = None
) -> Attempt:
    """Run a job to its end.

    Args:
        job: what to run; its submission has no fault.
        isolation: confines each worker.
        cancel: when set, the worker is ended.
        gpu: the one that the workers see, if any.

    Returns:
        An attempt with an outcome for every task, except those that come after a fault of their part.

    Raises:
        CancelledError: ``cancel`` was set.
    """
    cancel = cancel or threading.Event()
    outcomes: dict[Task, Outcome] = {}
    sessions: list[Session] = []
    left, failures, kills = list(job.tasks), 0, Kills()
    while left:
        if cancel.is_set():
            raise CancelledError
        session, end = _one_worker(job, left, isolation, cancel, gpu)
        sessions.append(session)
        outcomes |= session.outcomes
        if isinstance(end, _Killed):
            end = _blame(end, session, kills)
        if isinstance(end, Fault):
            outcomes |= _spread(end, session)
        elif end is not None:
            failures += 1
            outcomes |= {task: Outcome(failure=end.why) for task in session.tasks} if failures == 2 else {}
        over = {task.part for task, outcome in outcomes.items() if outcome.evidence is None}
        left = [task for task in left if task not in outcomes and task.part not in over]
    return _attempt(job, {task: outcomes[task] for task in job.tasks if task in outcomes}, sessions)


def _attempt(job: Job, outcomes: Mapping[Task, Outcome], sessions: Sequence[Session]) -> Attempt:
    read = next((session.read for session in reversed(sessions) if session.read), Read())
    told = [*job.submission.notes, *(note for session in sessions for note in session.notes)]
    notes = tuple(dict.fromkeys(told))[:_MAX_NOTES]
    imported = dict.fromkeys(text for session in sessions for text in session.imported)
    source = "\n\n".join([read.source, *imported])
    output = sessions[-1].printed.decode(errors="replace") if sessions else ""
    return Attempt(outcomes=outcomes, source=source, modules=read.modules, notes=notes, output=output)


def _blame(end: _Killed, session: Session, kills: Kills) -> Fault | _Failure | None:
    if kills.for_want_of_memory():
        return _Failure("the system ran out of memory and ended the worker; give fewer --jobs")
    return describe_end(end.status) if kills.again(session.task, loaded=session.loaded) else None


def _spread(end: Fault, session: Session) -> dict[Task, Outcome]:
    """Return the outcomes of a fault: while loading it is every task's, later the running task's."""
    if session.loaded:
        return {session.task: Outcome(fault=end, seconds=time.monotonic() - session.since)}
    if end.kind is not FaultKind.SOURCE:
        where = session.job.submission.name or session.job.code_name
        end = replace(end, message=AT_LOADING.format(where=where, what=end.message))
    return {task: Outcome(fault=end) for task in session.tasks}


def _one_worker(
    job: Job, tasks: Sequence[Task], isolation: Isolation, cancel: threading.Event, gpu: Gpu | None
) -> tuple[Session, _End]:
    """Start a worker and follow it; return what it reported, and how it ended."""
    session = Session(job=job, tasks=tasks, since=time.monotonic())
    box = Box(
        scratch_mb=job.scratch_mb,
        processes=job.largest("processes") > 0,
        loopback=job.largest("loopback") > 0,
        gpu=gpu,
        data=job.data,
        imports=job.imports,
        likely=job.likely,
    )
    try:
        worker = isolation.start(box)
    except OSError as error:
        return session, _Failure(f"the worker could not be started: {error}")
    try:
        try:
            others = list(job.submission.beside.values())
            message = job.encode(tasks, worker, count_processes=isolation.counts_processes)
        except OSError as error:
            return session, _Failure(f"a file of the submission cannot be read: {error}")
        threading.Thread(target=_feed, args=(worker, message, others), daemon=True).start()
        return session, _follow(session, worker.process, cancel)
    finally:
        isolation.kill(worker)


def _feed(worker: Confined, message: bytes, others: Sequence[Path]) -> None:
    """Write the job and the files, in a thread of its own; if the worker is gone, its status says why."""
    assert worker.process.stdin is not None
    with suppress(OSError, ValueError), worker.process.stdin as pipe:
        pipe.write(message)
        for path in others:
            with path.open("rb") as file:
                shutil.copyfileobj(file, pipe)


def _follow(session: Session, process: Process, cancel: threading.Event) -> _End:
    assert process.stdout is not None
    assert process.stderr is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, session.buffer)
        selector.register(process.stderr, selectors.EVENT_READ, session.printed)
        while process.stdout in {key.fileobj for key in selector.get_map().values()}:
            if cancel.is_set():
                raise CancelledError
            _read(session, selector, _TICK)
            if trouble := take_messages(session) or _unread(session) or _over_limit(session):
                return trouble
            if session.dropping:
                _widen(process.stderr)
                time.sleep(_PAUSE)
            if session.done:
                _read(session, selector, 0)  # what was printed before the last message
                return None
    return _ended(session, process)


def _widen(pipe: IO[bytes]) -> None:
    with suppress(OSError, AttributeError):  # no more is allowed, or this is not Linux
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _CHUNK)


def _read(session: Session, selector: selectors.BaseSelector, timeout: float) -> None:
    for key, _ in selector.select(timeout):
        data = os.read(key.fd, _CHUNK)
        key.data.extend(data)
        if not data:
            selector.unregister(key.fileobj)
        elif key.data is session.printed:
            session.printed_bytes += len(data)
            del session.printed[:-_OUTPUT_KEPT]


def _ended(session: Session, process: Process) -> _End:
    try:
        status = process.wait(timeout=2)
    except subprocess.TimeoutExpired:  # the channel was closed by hand
        status = 0
    except OSError as error:
        return _Failure(f"how the worker ended is not known: {error}")
    if not session.ready:
        with suppress(OSError, ValueError):
            assert process.stderr is not None
            session.printed.extend(os.read(process.stderr.fileno(), _CHUNK))
        printed = session.printed.decode(errors="replace").strip()
        return _Failure(f"the worker ended with status {status} before it was ready: {printed[-1_000:]}")
    if status in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        return _timed_out(session)
    return _Killed(status) if was_killed(status) else describe_end(status)


def _timed_out(session: Session) -> Fault:
    return Fault(kind=FaultKind.TIME, message=TIME_LIMIT.format(seconds=session.limit.seconds))


def _over_limit(session: Session) -> Fault | _Failure | None:
    spent = time.monotonic() - session.since
    if not session.ready:
        return _Failure(f"the worker was not ready after {spent:.0f} s") if spent > START_SECONDS else None
    if spent > session.limit.seconds:
        return _timed_out(session)
    return None


def _unread(session: Session) -> Fault | None:
    return unreadable(session.read.fault) if session.read and session.read.fault else None
