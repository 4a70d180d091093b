"""The types of confinement: what a worker may see, the handle to it, and the Protocol of a backend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from autograder.core.errors import UserError
from autograder.sandbox.gpus import Gpu

SANDBOXES = ("warm", "bubblewrap")  # give the same evidence to the bit; the first that holds is used


class IsolationError(UserError):
    """An isolation that does not work on this machine; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The files and resources that a worker may see and use.

    Attributes:
        scratch_mb: MiB of the private writable folder.
        processes: whether it may start other processes.
        loopback: whether it may open internet sockets, within a network of its own.
        gpu: the GPU that is visible, if any.
        data: a folder of datasets, visible read-only; only for a worker that gets no submission.
        imports: the modules that the worker imports first.
        likely: the modules that it tries to import then.
    """

    scratch_mb: int
    processes: bool = False
    loopback: bool = False
    gpu: Gpu | None = None
    data: Path | None = None
    imports: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()


class Process(Protocol):
    """The part of Popen's interface that following a worker needs."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confined:
    """A worker that was started, with pipes for stdin, stdout and stderr.

    Attributes:
        process: the worker's process.
        uid: the user that the worker must become by itself, or None.
        scratch: its folder on this machine, to be removed after it, or None.
        data: the path at which it sees the folder of datasets.
        filter: the seccomp program that it must install before it loads a submission, or empty.
    """

    process: Process
    uid: int | None = None
    scratch: Path | None = None
    data: str = ""
    filter: bytes = b""


class Isolation(Protocol):
    """A way to confine a worker."""

    @property
    def name(self) -> str:
        """The name recorded in results."""

    @property
    def counts_processes(self) -> bool:
        """Whether a limit on processes counts only the worker's, not the instructor's."""

    def start(self, box: Box) -> Confined:
        """Start a worker.

        Raises:
            OSError: it cannot be started.
        """

    def kill(self, worker: Confined) -> None:
        """End the whole process tree, wait for it, close its pipes and remove its folder."""

    def close(self) -> None:
        """End the processes that are kept for later workers."""
