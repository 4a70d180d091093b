"""Warm bubblewrap: a framework is imported once, inside bubblewrap, and then forked for each worker.

A worker gives the same evidence to the bit as in a process of its own and is as isolated (zygote.py), but
starts in milliseconds instead of seconds.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

import msgspec

from autograder.sandbox.bubblewrap import SHARED_MEMORY, Bubblewrap
from autograder.sandbox.protocol import Box, Confined
from autograder.sandbox.seccomp import program
from autograder.worker.jobs import FIT, MAX_REQUEST, STATUS, Fork, Imports

_START_SECONDS = 180.0
_KILL_SECONDS = 10.0
_MAX_ZYGOTES = 4  # each holds some 500 MiB of a framework
# A zygote with what some submissions import takes seconds to start, and saves each of them a part of one.
_FEW_ALIKE = 5

Kind = tuple[tuple[str, ...], tuple[str, ...]]  # what a zygote has imported: what it must, and what it could


@dataclass(slots=True, eq=False)
class Zygote:
    """A process that has imported the modules of a kind of box, and the channel to it."""

    worker: Confined
    channel: socket.socket
    workers: set[Forked] = field(default_factory=set)  # those that are running

    def fork(self, box: Box) -> Forked:
        """Start a worker.

        Raises:
            OSError: the zygote is gone.
        """
        uid = random.SystemRandom().randrange(1 << 20, 1 << 30)  # nobody else's; unused where we are not root
        wanted = Fork(uid=uid, scratch=box.scratch_mb << 20, shared_memory=SHARED_MEMORY)
        control, control_inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        (stdin, ours), (out, stdout), (err, stderr) = os.pipe(), os.pipe(), os.pipe()
        theirs = [stdin, stdout, stderr, control_inside.detach()]
        pipes = os.fdopen(ours, "wb"), os.fdopen(out, "rb", 0), os.fdopen(err, "rb", 0)
        forked = Forked(self, control, *pipes)
        try:
            socket.send_fds(self.channel, [msgspec.json.encode(wanted)], theirs)
        except OSError:
            forked.close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        self.workers.add(forked)
        return forked


@dataclass(slots=True, eq=False)
class Forked:
    """A forked worker, with the part of Popen's interface that the supervisor uses."""

    zygote: Zygote
    control: socket.socket
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None
    status: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status; a negative one is a signal's.

        Raises:
            subprocess.TimeoutExpired: it has not ended in time.
            ConnectionResetError: the zygote is gone.
        """
        if self.status is None:
            self.control.settimeout(timeout)
            try:
                answer = self.control.recv(STATUS.size)
            except TimeoutError:
                raise subprocess.TimeoutExpired("worker", timeout or 0) from None
            if len(answer) < STATUS.size:
                raise ConnectionResetError("the process that forks the workers is gone")
            (self.status,) = STATUS.unpack(answer)
        return self.status

    def kill(self) -> None:
        """End the worker and all that it started.

        Raises:
            OSError, subprocess.TimeoutExpired: the zygote does not answer.
        """
        if self.status is None:
            self.control.shutdown(socket.SHUT_WR)
            self.wait(_KILL_SECONDS)

    def close(self) -> None:
        """Close the pipes and the socket; the zygote may end now."""
        self.zygote.workers.discard(self)
        for pipe in (self.stdin, self.stdout, self.stderr, self.control):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


@dataclass(slots=True)
class Warm:
    """Forks workers from zygotes, one zygote for each set of imports.

    A submission that imports more than its question does gets a zygote that has imported that too, once some
    others did so and while there is room; until then one with less, and its worker imports the rest.

    A worker that sees a folder of datasets, and one on CUDA, get a cold sandbox: their boxes are not alike.
    """

    cold: Bubblewrap = field(default_factory=Bubblewrap)
    name: str = "warm"
    counts_processes: bool = True
    # None if the imports started threads; the most recently used is last.
    zygotes: dict[Kind, Future[Zygote | None]] = field(default_factory=dict)
    asked: Counter[Kind] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # bubblewrap ends its processes with the thread that started them
    starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "zygotes"))

    def start(self, box: Box) -> Confined:
        if box.data or box.gpu:
            return self.cold.start(box)
        for _ in range(2):
            if (zygote := self._zygote(box)) is None:
                break
            try:
                return Confined(
                    process=zygote.fork(box), filter=program(processes=box.processes, loopback=box.loopback)
                )
            except OSError:  # it died while it was idle
                self._discard(zygote)
        return self.cold.start(box)

    def _zygote(self, box: Box) -> Zygote | None:
        """Return the zygote for a box, or None if its imports must not be forked."""
        with self.lock:
            kind = self._kind(box)
            found = self.zygotes.pop(kind, None)
            zygote = self.zygotes[kind] = found or Future()
        if found is None:
            try:
                zygote.set_result(self._start_zygote(box, kind))
            except BaseException as error:
                zygote.set_exception(error)
                with self.lock:
                    self.zygotes.pop(kind, None)
            self._end_surplus()
        return zygote.result()

    def _kind(self, box: Box) -> Kind:
        """Return the kind of zygote for a box: with the most of its imports that is here, or worth it."""
        whole = box.imports, box.likely
        self.asked[whole] += 1
        if self.asked[whole] > _FEW_ALIKE and whole not in self.zygotes and len(self.zygotes) < _MAX_ZYGOTES:
            return whole
        here = [kind for kind, zygote in self.zygotes.items() if kind[0] == box.imports and _of(zygote)]
        less = [kind for kind in here if set(kind[1]) <= set(box.likely)]
        return max(less, key=lambda kind: len(kind[1]), default=(box.imports, ()))

    def _end_surplus(self) -> None:
        """End idle zygotes that exceed _MAX_ZYGOTES, the least recently used ones."""
        with self.lock:
            started = {kind: zygote for kind, zygote in self.zygotes.items() if _of(zygote) is not None}
            surplus = list(started.items())[: max(0, len(started) - _MAX_ZYGOTES)]
            ended = [zygote for kind, future in surplus if (zygote := _of(future)) and not zygote.workers]
            self.zygotes = {k: future for k, future in self.zygotes.items() if _of(future) not in ended}
        for zygote in ended:
            self._end(zygote)

    def _start_zygote(self, box: Box, kind: Kind) -> Zygote | None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            process = self.starter.submit(self.cold.spawn, box, theirs.fileno()).result()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        zygote = Zygote(Confined(process=process), ours)
        greeting = msgspec.json.encode(Imports(*kind))
        assert len(greeting) <= MAX_REQUEST
        ours.settimeout(_START_SECONDS)
        try:
            ours.send(greeting)
            if ours.recv(MAX_REQUEST) == FIT:
                return zygote
        except OSError:
            pass
        self._end(zygote)
        return None

    def kill(self, worker: Confined) -> None:
        forked = worker.process
        if not isinstance(forked, Forked):
            self.cold.kill(worker)
            return
        try:
            forked.kill()
        except (OSError, subprocess.TimeoutExpired):
            self._discard(forked.zygote)
        forked.close()

    def _discard(self, zygote: Zygote) -> None:
        """End a zygote that does not answer; its workers end with it, and their tasks are run again."""
        with self.lock:
            self.zygotes = {k: future for k, future in self.zygotes.items() if _of(future) is not zygote}
        self._end(zygote)

    def _end(self, zygote: Zygote) -> None:
        zygote.channel.close()
        self.cold.kill(zygote.worker)

    def close(self) -> None:
        """End all zygotes."""
        for zygote in filter(None, map(_of, self.zygotes.values())):
            self._end(zygote)
        self.zygotes.clear()
        self.starter.shutdown()


def _of(future: Future[Zygote | None]) -> Zygote | None:
    return future.result() if future.done() and future.exception() is None else None
