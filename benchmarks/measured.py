"""Runs a command and writes what it cost, all that it started included, as JSON.

    python benchmarks/measured.py REPORT SECONDS COMMAND...

A worker that is killed together with its sandbox is nobody's child any more, and its CPU time would be
counted nowhere: this process takes such orphans in (PR_SET_CHILD_SUBREAPER) and waits for them. The report:
{"status", "wall" and "cpu" in seconds, "samples": [[seconds, seconds of CPU of the command alone, MiB of its
RSS, MiB of the PSS of all that it started], ...]}, a sample every SECONDS; 0 is none. PSS divides a
page among the processes that share it.
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
    """Return the command's seconds of CPU and MiB of RSS, and MiB of PSS of all else under this process."""
    cpu = rss = others = 0.0
    with suppress(psutil.Error):
        times = command.cpu_times()
        cpu, rss = times.user + times.system, command.memory_info().rss
    for process in psutil.Process().children(recursive=True):
        if process.pid != command.pid:
            with suppress(psutil.Error):  # it has just ended
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
