"""Warm workers for the course's own code: a framework is imported once, inside bubblewrap, and then forked.

Solutions, mistakes, templates and inputs are run by these; a student's code never is, because workers of one
zygote share its process namespace. What a worker gives is the same to the bit as in a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import IO

from autograder.isolation import Box, Confined, Isolation
from autograder.sandbox import Bubblewrap
from autograder.zygote import MAX_GREETING, READY, STATUS

_START_SECONDS = 180.0
_KILL_SECONDS = 10.0
_MOST_IDLE = 4  # each holds some 500 MiB of a framework


@dataclass(slots=True)
class Zygote:
    """A process that has imported what a box asks for, and the channel to it."""

    worker: Confined
    channel: socket.socket

    def fork(self) -> Forked:
        """Start a worker.

        Raises:
            OSError: the zygote is gone.
        """
        theirs, ours = [], []
        for inward in (True, False, False):
            read, write = os.pipe()
            theirs.append(read if inward else write)
            ours.append(write if inward else read)
        try:
            socket.send_fds(self.channel, [b"f"], theirs)
        except OSError:
            for pipe in ours:
                os.close(pipe)
            raise
        finally:
            for pipe in theirs:
                os.close(pipe)
        stdin, stdout, stderr = ours
        return Forked(self, os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb", 0), os.fdopen(stderr, "rb", 0))


@dataclass(slots=True)
class Forked:
    """A forked worker, with as much of Popen's interface as the supervisor uses."""

    zygote: Zygote
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None
    status: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status; a negative one is a signal's.

        Raises:
            subprocess.TimeoutExpired: it has not ended in time.
        """
        if self.status is None:
            self.zygote.channel.settimeout(timeout)
            try:
                answer = self.zygote.channel.recv(STATUS.size)
            except TimeoutError:
                raise subprocess.TimeoutExpired("worker", timeout or 0) from None
            if len(answer) < STATUS.size:
                raise ConnectionResetError("the zygote is gone")
            (self.status,) = STATUS.unpack(answer)
        return self.status


@dataclass(slots=True)
class Warm:
    """Forks workers from zygotes, one zygote per kind of box and worker at a time."""

    cold: Bubblewrap
    name: str = "bubblewrap"
    counts_processes: bool = False  # the zygote and its workers are one user
    idle: list[tuple[Box, Zygote]] = field(default_factory=list)  # the longest idle first
    unfit: set[Box] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # bubblewrap ends its processes with the thread that started them
    starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "zygotes"))

    def start(self, box: Box) -> Confined:
        if box.extras or box.data or box in self.unfit:
            return self.cold.start(box)
        while True:
            zygote = self._take(box)
            fresh = zygote is None
            zygote = zygote or self._start_zygote(box)
            if zygote is None:
                self.unfit.add(box)
                return self.cold.start(box)
            try:
                return Confined(process=zygote.fork(), box=box)
            except OSError:  # it died while it was idle
                self._discard(zygote)
                if fresh:
                    raise

    def _take(self, box: Box) -> Zygote | None:
        with self.lock:
            found = next((item for item in self.idle if item[0] == box), None)
            if found is not None:
                self.idle.remove(found)
        return found[1] if found else None

    def _keep(self, box: Box, zygote: Zygote) -> None:
        with self.lock:
            self.idle.append((box, zygote))
            surplus = self.idle.pop(0)[1] if len(self.idle) > _MOST_IDLE else None
        if surplus:
            self._discard(surplus)

    def _start_zygote(self, box: Box) -> Zygote | None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            process = self.starter.submit(self.cold.spawn, box, theirs.fileno()).result()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        zygote = Zygote(Confined(process=process), ours)
        uid = random.SystemRandom().randrange(1 << 20, 1 << 30) if os.geteuid() == 0 else None
        greeting = json.dumps({"uid": uid, "imports": box.imports}).encode()
        assert len(greeting) <= MAX_GREETING
        ours.settimeout(_START_SECONDS)
        try:
            ours.send(greeting)
            if ours.recv(MAX_GREETING) == READY:
                return zygote
        except OSError:
            pass
        self._discard(zygote)
        return None

    def kill(self, worker: Confined) -> None:
        forked = worker.process
        if not isinstance(forked, Forked):
            self.cold.kill(worker)
            return
        try:
            if forked.status is None:
                forked.zygote.channel.send(b"k")
            forked.wait(_KILL_SECONDS)
            assert worker.box is not None
            self._keep(worker.box, forked.zygote)
        except (OSError, subprocess.TimeoutExpired):
            self._discard(forked.zygote)
        for pipe in (forked.stdin, forked.stdout, forked.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _discard(self, zygote: Zygote) -> None:
        zygote.channel.close()
        self.cold.kill(zygote.worker)

    def close(self) -> None:
        """End all zygotes."""
        for _, zygote in self.idle:
            self._discard(zygote)
        self.idle.clear()
        self.starter.shutdown()


@contextmanager
def warmed(isolation: Isolation) -> Iterator[Isolation]:
    """Give a warm isolation for the course's own code where ``isolation`` is bubblewrap, else that itself."""
    if not isinstance(isolation, Bubblewrap):
        yield isolation
        return
    warm = Warm(replace(isolation))
    try:
        yield warm
    finally:
        warm.close()
