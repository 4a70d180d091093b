"""Parallel work in threads, each of which waits for a worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

# Seconds. A signal that comes just as a wait begins is heard only when that wait ends.
_TICK = 0.2

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(
    jobs: int,
    cancel: threading.Event,
    work: Callable[[T], R],
    items: Iterable[T],
    take: Callable[[T, R], None],
) -> None:
    """Call ``take(item, work(item))`` for every item as it is done; only ``work`` is called in other threads.

    At most 2 x ``jobs`` items are in progress at a time. On any exception, KeyboardInterrupt included,
    ``cancel`` is set, the threads are waited for, and the exception is raised again.
    """
    source = iter(items)
    with ThreadPoolExecutor(jobs) as executor:
        running: dict[Future[R], T] = {}
        try:
            while True:
                for item in source:
                    running[executor.submit(work, item)] = item
                    if len(running) >= 2 * jobs:
                        break
                if not running:
                    return
                done, _ = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
                for future in done:
                    take(running.pop(future), future.result())
        except BaseException:
            cancel.set()
            for future in running:
                future.cancel()
            raise
