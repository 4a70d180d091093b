"""Does the engine's own work on what students handed in, in processes with limits of memory and time.

The processes are forked from this one, so that they have all that was prepared, and are used again and again.
Work is done in steps. A step that goes over a limit raises OverLimitError; if it cannot be interrupted, its
process is killed, and the item is given to another one, in which that step raises at once. None of them may
run a student's code.
"""

from __future__ import annotations

import gc
import mmap
import os
import queue
import resource
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any, Generic, NoReturn, TypeVar

from autograder.core.errors import CancelledError, UserError
from autograder.core.outcome import Fault, FaultKind, OverLimitError
from autograder.core.text_of_runs import LOOKED_AT_TOO_LARGE, LOOKED_AT_TOO_LONG
from autograder.sandbox.faults import describe_end
from autograder.sandbox.kills import memory_kills
from autograder.worker import linux
from autograder.worker.limits import address_space

T = TypeVar("T")
R = TypeVar("R")

_TICK = 0.2  # seconds between looks at whether the work was cancelled
_HUNG = 600.0  # seconds without an answer, after which a process is ended and its item tried once more
_GRACE = 2.0  # seconds for an idle process to end by itself
_NAME_BYTES = 1000  # of a step
_QUEUED = 2  # items that wait for each process
_NUMBER = 4  # bytes
_PAUSE = 0.002  # seconds


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What each step may take.

    Attributes:
        seconds: of CPU until it is interrupted.
        more: seconds of CPU after these until its process is killed.
        memory_mb: MiB of address space on top of what its process has when the step begins.
    """

    seconds: float
    more: float
    memory_mb: int


class LostError(UserError):
    """A process was ended, and not for what it looked at."""


class Steps:
    """The steps of the work on one item."""

    def __init__(self, allowed: Allowed | None = None, place: mmap.mmap | None = None) -> None:
        """Without arguments nothing is limited."""
        self._allowed, self._place, self._running = allowed, place, False
        self.over: Mapping[str, Fault] = {}  # the steps that had their process killed

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do what is in the block as a step, whose name is its own among those of the item.

        Raises:
            OverLimitError: the block went over a limit, here or in an earlier process.
        """
        if (fault := self.over.get(name)) is not None:
            raise OverLimitError(fault)
        if (allowed := self._allowed) is None:
            yield
            return
        self._begin(name, allowed)
        try:
            yield
        except MemoryError as error:
            raise OverLimitError(too_large(allowed)) from error
        finally:
            self._running = False  # before anything is called: from here on the handler raises nothing
            self._end()

    def _begin(self, name: str, allowed: Allowed) -> None:
        assert self._place is not None
        said = name.encode(errors="replace")[:_NAME_BYTES]
        self._place[: 2 + len(said)] = len(said).to_bytes(2, "little") + said
        killed = int(time.process_time() + allowed.seconds + allowed.more) + 1
        _set_soft(resource.RLIMIT_CPU, killed)
        self.limit_memory()
        self._running = True
        signal.setitimer(signal.ITIMER_PROF, allowed.seconds, allowed.seconds)

    def _end(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _set_soft(resource.RLIMIT_CPU, None)
        assert self._place is not None
        self._place[:2] = bytes(2)

    def limit_memory(self) -> None:
        """Set what may be taken of memory from now on."""
        if self._allowed is not None:
            _set_soft(resource.RLIMIT_AS, address_space() + (self._allowed.memory_mb << 20))

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Raise OverLimitError in the running step; a handler of SIGPROF, which comes again and again."""
        if self._running and self._allowed is not None:
            raise OverLimitError(_too_long(self._allowed))


def _too_long(allowed: Allowed) -> Fault:
    return Fault(kind=FaultKind.TIME, message=LOOKED_AT_TOO_LONG.format(seconds=allowed.seconds))


def too_large(allowed: Allowed) -> Fault:
    """Return the fault of what takes more memory than is allowed."""
    return Fault(kind=FaultKind.MEMORY, message=LOOKED_AT_TOO_LARGE.format(megabytes=allowed.memory_mb))


def _set_soft(limit: int, value: int | None) -> None:
    """Set a soft limit of this process; None lifts it as far as possible."""
    hard = resource.getrlimit(limit)[1]
    if value is None or (hard != resource.RLIM_INFINITY and value > hard):
        value = hard
    resource.setrlimit(limit, (value, hard))


class Processes(Generic[T, R]):
    """Processes that do ``work(item, steps)``; a context manager, inside of which they live.

    ``work``, with everything that it refers to, is what it was when the block was entered. Items and results
    are pickled. Several threads may call :meth:`do`.
    """

    def __init__(self, work: Callable[[T, Steps], R], count: int, allowed: Allowed) -> None:
        """Elsewhere than on Linux the work is done in this process, without limits, one item at a time."""
        self._work, self._count, self._allowed = work, max(1, count), allowed
        self._all: list[_Process] = []
        self._idle: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        self._here = threading.Lock()

    def __enter__(self) -> Processes[T, R]:
        try:
            for _ in range(self._count if sys.platform == "linux" else 0):
                process = _Process(self._work, self._allowed)
                self._all.append(process)
                self._idle.put(process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._all:
            process.let_go()
        for process in self._all:
            process.wait()
        self._all.clear()

    def do(self, item: T, cancel: threading.Event | None = None) -> R:
        """Return ``work(item, steps)``, from the next process that is idle.

        Raises:
            CancelledError: ``cancel`` was set.
            LostError: a process was ended from outside.
            Exception: whatever ``work`` raises; its traceback is a note.
        """
        if not self._all:
            with self._here:
                return self._work(item, Steps())
        process = self._idle.get()
        try:
            found: R = process.do(item, cancel or threading.Event())
            return found
        finally:
            self._idle.put(process)

    def map(self, items: Iterable[T]) -> Iterator[R]:
        """Yield ``work(item, steps)`` for every item, in their order; a few items at a time are in memory."""
        cancel, running = threading.Event(), deque[Future[R]]()
        with ThreadPoolExecutor(self._count) as threads:
            try:
                for item in items:
                    if len(running) == _QUEUED * self._count:
                        yield running.popleft().result()
                    running.append(threads.submit(self.do, item, cancel))
                while running:
                    yield running.popleft().result()
            except BaseException:
                cancel.set()
                for future in running:
                    future.cancel()
                raise


@dataclass(slots=True)
class _Ends:
    """How processes ended at one item: the steps that are over a limit, and those that were killed once."""

    allowed: Allowed
    over: dict[str, Fault] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    before: int = field(default_factory=memory_kills)

    def add(self, step: str, status: int) -> None:
        """Take in an end; whoever sends SIGKILL has to do so twice at the same step.

        Raises:
            LostError: no step is to blame.
        """
        if step and status == -signal.SIGXCPU:
            self.over[step] = _too_long(self.allowed)
        elif step not in self.once:
            self.once.add(step)
        elif not step or memory_kills() > self.before:
            raise LostError(
                f"a process that looks at what was handed in was ended twice (status {status}), for want of "
                "memory maybe: end other programs, or allow fewer cores (taskset --cpu-list 0), and try "
                "again",
                ko=f"제출물을 살피는 프로세스가 두 번 종료되었습니다(상태 {status}). 메모리가 모자랐을 수 "
                "있습니다. 다른 프로그램을 끝내거나 코어를 적게 쓰고(taskset --cpu-list 0) 다시 실행하세요",
            )
        else:
            self.over[step] = describe_end(status)


class _Process:
    """A process, and the keeper that forks it anew when it was killed.

    The keeper has one thread; this process may have many by then, whose locks a fork would copy.
    """

    def __init__(self, work: Callable[[Any, Steps], Any], allowed: Allowed) -> None:
        self._allowed = allowed
        self._place = mmap.mmap(-1, 2 + _NAME_BYTES)  # shared: the step at which it is
        self._control, theirs = socket.socketpair()
        self._connection: Connection | None = None
        self._pid = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads
            self._keeper = os.fork()
        if self._keeper == 0:
            _keep(theirs, work, Steps(allowed, self._place))
        theirs.close()

    def do(self, item: Any, cancel: threading.Event) -> Any:
        ends = _Ends(self._allowed)
        while True:
            if cancel.is_set():
                raise CancelledError
            connection = self._connected()
            try:
                connection.send((ends.over, item))
                self._await(connection, cancel)
                worked, answer = connection.recv()
            except (EOFError, OSError):
                ends.add(*self._ended(connection))
                continue
            if worked:
                return answer
            raise answer

    def _connected(self) -> Connection:
        """Return the connection to the process, which is forked if there is none."""
        if self._connection is None:
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            self._connection = Connection(ours.detach())
            self._pid = self._told()
        return self._connection

    def _told(self) -> int:
        """Return the number that the keeper sends: the process that it forked, or the status of its end."""
        number = self._control.recv(_NUMBER, socket.MSG_WAITALL)
        if len(number) < _NUMBER:
            raise LostError(
                "a process that forks others was ended; try again",
                ko="다른 프로세스를 만드는 프로세스가 종료되었습니다. 다시 실행하세요",
            )
        return int.from_bytes(number, "little", signed=True)

    def _await(self, connection: Connection, cancel: threading.Event) -> None:
        """Wait for an answer, or for the end of the process."""
        until = time.monotonic() + _HUNG
        while not connection.poll(_TICK):
            if cancel.is_set():
                os.kill(self._pid, signal.SIGKILL)
                self._ended(connection)
                raise CancelledError
            if time.monotonic() > until:
                os.kill(self._pid, signal.SIGKILL)

    def _ended(self, connection: Connection) -> tuple[str, int]:
        """Return the step at which the process ended, and its status."""
        connection.close()
        self._connection = None
        status, length = self._told(), int.from_bytes(self._place[:2], "little")
        step = self._place[2 : 2 + length].decode(errors="replace")
        self._place[:2] = bytes(2)
        return step, status

    def let_go(self) -> None:
        """Let the keeper and its process, which is idle, end."""
        if self._connection is not None:
            self._connection.close()
        self._control.close()

    def wait(self) -> None:
        """Wait for the end."""
        until = time.monotonic() + _GRACE
        while time.monotonic() < until:
            if os.waitpid(self._keeper, os.WNOHANG)[0]:
                return
            time.sleep(_PAUSE)
        os.kill(self._keeper, signal.SIGKILL)  # its process ends with it
        os.waitpid(self._keeper, 0)


# -- in the forked processes --------------------------------------------------------------------------------


def _keep(control: socket.socket, work: Callable[[Any, Steps], Any], steps: Steps) -> NoReturn:
    """Fork a process for each connection that comes, one after the other; tell its number and its status."""
    try:
        linux.die_with_parent()
        for number in (signal.SIGINT, signal.SIGTERM):  # this process's parent decides what they mean
            signal.signal(number, signal.SIG_IGN)
        _let_go_of_files(control.fileno())
        gc.freeze()  # a collection would write to all pages
        while True:
            _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not descriptors:
                break
            if (pid := os.fork()) == 0:
                linux.die_with_parent()
                control.close()
                _serve(Connection(descriptors[0]), work, steps)
            os.close(descriptors[0])
            control.sendall(pid.to_bytes(_NUMBER, "little"))
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            control.sendall(status.to_bytes(_NUMBER, "little", signed=True))
    finally:
        os._exit(0)


def _let_go_of_files(but: int) -> None:
    """Let other descriptors lead nowhere: nobody waits for their end here, and no lock is held."""
    nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in (but, nowhere):
            with suppress(OSError):  # the folder's own
                os.dup2(nowhere, int(name), inheritable=False)


def _serve(connection: Connection, work: Callable[[Any, Steps], Any], steps: Steps) -> NoReturn:
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGPROF, steps.interrupt)
        while True:
            steps.over, item = connection.recv()
            connection.send(_answer(work, item, steps))
    finally:  # the connection was closed
        os._exit(0)


def _answer(work: Callable[[Any, Steps], Any], item: Any, steps: Steps) -> tuple[bool, Any]:
    """Return whether the work was done, and its result or what was raised."""
    steps.limit_memory()
    try:
        return True, work(item, steps)
    except Exception as error:
        error.add_note("".join(traceback.format_exception(error)))
        return False, error
    finally:
        _set_soft(resource.RLIMIT_AS, None)
