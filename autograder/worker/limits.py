"""Inside the sandbox: what this process gives up before it loads a submission, and what it may use."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from autograder.worker import linux
from autograder.worker.jobs import ProcessLimits


def drop_root(uid: int | None) -> None:
    """Become the user ``uid`` for good, if one is given; the sandbox was entered as root then."""
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        linux.drop_capabilities()


def limit_resources(limits: ProcessLimits) -> None:
    """Set the hard limits of this process, after the imports are done."""
    wanted = {
        "RLIMIT_AS": limits.memory and address_space() + limits.memory,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_FSIZE": limits.scratch,
        "RLIMIT_CPU": limits.cpu,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_SIGPENDING": 256,  # timers and queued signals are memory of the kernel
        "RLIMIT_MEMLOCK": 1 << 16,
    }
    for name, value in wanted.items():
        if value and (number := getattr(resource, name, None)) is not None:
            _, most = resource.getrlimit(number)  # a limit of the grader's own holds as well
            value = _lower(value, most)
            resource.setrlimit(number, (value, value))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower(value: int, limit: int) -> int:
    return value if limit == resource.RLIM_INFINITY else min(value, limit)


def address_space() -> int:
    """Return the bytes of address space this process has, or 0 where that cannot be known."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def limit_memory(base: int, budget: int) -> None:
    """Set what may be taken from now on, in bytes on top of ``base``; 0 is no limit but the hard one.

    It is the soft limit: a submission could raise it again, up to the hard limit of all its parts.
    """
    if budget:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (_lower(base + budget, hard), hard))


def forget_peak_memory() -> None:
    """Let the peak begin anew; where that is impossible it stays that of all the process did."""
    with suppress(Exception):
        linux.forget_peak_memory()


def peak_memory(base: int) -> int | None:
    """Return the most bytes in memory above ``base``; None where the system does not tell."""
    with suppress(Exception):
        return max(0, linux.peak_memory() - base)
    return None


def forgo_privileges(program: bytes) -> None:
    """Let no set-user-id program help anyone, and let the kernel refuse what the filter says."""
    if sys.platform == "linux":
        linux.no_new_privileges()
        if program:
            linux.filter_system_calls(program)
