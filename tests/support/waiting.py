"""Waiting for what another process or thread does, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds, for what takes a second or two where nothing else runs
_PAUSE = 0.01


def wait_until(condition: Callable[[], object], what: str = "") -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: it does not hold after PATIENCE seconds.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what or "what the test waits for did not come")
        time.sleep(_PAUSE)
