"""The places for workers on this machine, so that one can have it to itself when that matters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograder.core.errors import CancelledError
from autograder.sandbox.gpus import Gpu, usable

_TICK = 0.2  # seconds between looks at whether the run was interrupted


class Slots:
    """Each GPU has one worker at a time, the processors have any number."""

    def __init__(self) -> None:
        self._taken: set[object] = set()  # GPUs, and something for each worker on the processors
        self._reserved = False  # whether a caller of alone() waits for all places, or has them
        self._changed = threading.Condition()

    @contextmanager
    def one(self, device: str, cancel: threading.Event) -> Iterator[Gpu | None]:
        """Lend one of the device's GPUs, as soon as one is free; on the processors, a place beside others.

        Raises:
            CancelledError: ``cancel`` was set while waiting.
        """
        places = usable(device) or (object(),)
        with self._changed:
            self._wait(lambda: not self._reserved and not self._taken.issuperset(places), cancel)
            place = next(place for place in places if place not in self._taken)
            self._taken.add(place)
        try:
            yield place if isinstance(place, Gpu) else None
        finally:
            with self._changed:
                self._taken.remove(place)
                self._changed.notify_all()

    @contextmanager
    def alone(self, device: str, cancel: threading.Event) -> Iterator[Gpu | None]:
        """Lend one of the device's GPUs, or the processors, while no other worker has any.

        Raises:
            CancelledError: ``cancel`` was set while waiting.
        """
        with self._changed:
            self._wait(lambda: not self._reserved, cancel)
            self._reserved = True
        try:
            with self._changed:
                self._wait(lambda: not self._taken, cancel)
            yield next(iter(usable(device)), None)
        finally:
            with self._changed:
                self._reserved = False
                self._changed.notify_all()

    def _wait(self, holds: Callable[[], bool], cancel: threading.Event) -> None:
        while not self._changed.wait_for(holds, _TICK):
            if cancel.is_set():
                raise CancelledError
