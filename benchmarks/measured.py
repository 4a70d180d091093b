"""Runs a command and writes the cost of it and its descendants as JSON.

    python benchmarks/measured.py REPORT SECONDS COMMAND...

A worker that is killed together with its sandbox becomes an orphan, and its CPU time would not be counted:
this process adopts orphans (PR_SET_CHILD_SUBREAPER) and waits for them. The report is {"status", "wall" and
"cpu" in seconds, "samples": [[seconds since the start, CPU seconds of the command alone, its RSS in MiB, PSS
of its descendants in MiB], ...]}, with a sample every SECONDS, or none if that is 0. PSS divides a page among
the processes that share it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36


def look(command: psutil.Process) -> tuple[float, float, float]:
    """Return the command's CPU seconds and RSS in MiB, and the PSS in MiB of all other descendants."""
    cpu = rss = others = 0.0
    with suppress(psutil.Error):
        times = command.cpu_times()
        cpu, rss = times.user + times.system, command.memory_info().rss
    for process in psutil.Process().children(recursive=True):
        if process.pid != command.pid:
            with suppress(psutil.Error):  # the process has just ended
                others += process.memory_full_info().pss
    return cpu, rss / 2**20, others / 2**20


def main() -> None:
    report, every, command = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    with subprocess.Popen(command) as process:
        seen, samples = psutil.Process(process.pid), []
        while True:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(every or None)
                break
            samples.append((time.perf_counter() - began, *look(seen)))
    wall = time.perf_counter() - began
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"status": status, "wall": wall, "cpu": used.ru_utime + used.ru_stime, "samples": samples}
    report.write_text(json.dumps(cost), encoding="utf-8")


if __name__ == "__main__":
    main()
