"""Runs the engine's own work in several processes; none of them may run a student's code."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from autograder.core.errors import UserError

T = TypeVar("T")
R = TypeVar("R")
_QUEUED = 4  # items that wait for each process


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_processes(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Yield ``work(item)`` for every item, in their order; a few items at a time are in memory.

    ``work``, its items and its results are pickled, so it must be a function of a module. It must not run a
    student's code.

    Raises:
        UserError: a process was killed.
        Exception: whatever ``work`` raises.
    """
    spawn = multiprocessing.get_context("spawn")  # a fork would copy the locks of this process's threads
    with ProcessPoolExecutor(cores(), spawn, _leave_interrupts_to_the_parent) as pool:
        running: deque[Future[R]] = deque()
        try:
            for item in items:
                if len(running) == _QUEUED * cores():
                    yield running.popleft().result()
                running.append(pool.submit(work, item))
            while running:
                yield running.popleft().result()
        except BrokenProcessPool:
            raise UserError(
                f"a process that helped was killed, for want of memory maybe; {cores()} were at work: "
                "end other programs, or allow fewer cores (taskset --cpu-list 0), and run the same again"
            ) from None
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
