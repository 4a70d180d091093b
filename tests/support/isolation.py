"""Isolations for tests: one that counts the workers it starts or refuses, and one whose workers are made up."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from autograder.core.evidence import Evidence
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.protocol import Box, Confined, Isolation
from autograder.worker.codec import encode
from autograder.worker.messages import MESSAGE_LENGTH


@dataclass(slots=True)
class Counting:
    """Another isolation, whose starts are counted; with ``refuses`` none succeeds.

    Attributes:
        behind: what starts the workers.
        refuses: whether a start fails, as where no worker can be started.
        boxes: of the workers that were asked for, one after another.
    """

    behind: Isolation = field(default_factory=Bubblewrap)
    refuses: bool = False
    boxes: list[Box] = field(default_factory=list)

    @property
    def starts(self) -> int:
        """How many workers were asked for."""
        return len(self.boxes)

    @property
    def name(self) -> str:
        return self.behind.name

    @property
    def counts_processes(self) -> bool:
        return self.behind.counts_processes

    def start(self, box: Box) -> Confined:
        self.boxes.append(box)
        if self.refuses:
            raise OSError("this test starts no worker")
        return self.behind.start(box)

    def kill(self, worker: Confined) -> None:
        self.behind.kill(worker)

    def close(self) -> None:
        """What is behind it belongs to somebody else."""

    @contextmanager
    def confining(self, name: str) -> Iterator[Isolation]:
        """Stand in for choose.confining: this isolation, whatever is asked for."""
        yield self


def message(facts: dict[str, object], arrays: dict[str, np.ndarray] | None = None) -> bytes:
    """What a worker sends to say this."""
    data = encode(Evidence(facts=facts, arrays=arrays or {}))
    return MESSAGE_LENGTH.pack(len(data)) + data


class Canned:
    """Its workers send what is given, packet by packet, and end with a status; an OSError is raised instead."""

    name, counts_processes = "canned", True

    def __init__(self, packets: Sequence[bytes], status: int | OSError = 0) -> None:
        self.packets, self.status = packets, status

    def start(self, box: Box) -> Confined:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for packet in self.packets:
            theirs.send(packet)
        theirs.close()
        read, write = os.pipe()
        os.close(write)
        pipes = io.BytesIO(), os.fdopen(ours.detach(), "rb", 0), os.fdopen(read, "rb", 0)
        return Confined(process=_Ended(*pipes, status=self.status))

    def kill(self, worker: Confined) -> None:
        for pipe in (worker.process.stdin, worker.process.stdout, worker.process.stderr):
            pipe.close()

    def close(self) -> None:
        """Nothing is kept."""


@dataclass(slots=True)
class _Ended:
    """A worker that has said all it says."""

    stdin: io.BytesIO
    stdout: io.FileIO
    stderr: io.FileIO
    status: int | OSError

    def wait(self, timeout: float | None = None) -> int:
        if isinstance(self.status, OSError):
            raise self.status
        return self.status
