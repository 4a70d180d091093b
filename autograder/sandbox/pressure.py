"""Whether processors were scarce for a while, as Linux counts it (pressure stall information)."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

PRESSURE = Path("/proc/pressure/cpu")
_SCARCE = 0.1  # of the time that passed


@dataclass(frozen=True, slots=True)
class Waited:
    """At a moment of the monotonic clock: the seconds in which anything had to wait for a processor so far.

    ``seconds`` is None where the system does not count them.
    """

    moment: float
    seconds: float | None


def waited_for_processors() -> Waited:
    """Return what the system has counted until now."""
    try:
        found = re.search(r"some .*total=(\d+)", PRESSURE.read_text())
    except OSError:
        found = None
    return Waited(time.monotonic(), int(found[1]) / 1e6 if found else None)


def were_scarce(since: Waited) -> bool:
    """Return whether something had to wait in a tenth of the time since then; True if that is not known."""
    now = waited_for_processors()
    if now.seconds is None or since.seconds is None:
        return True
    return now.seconds - since.seconds > _SCARCE * (now.moment - since.moment)
