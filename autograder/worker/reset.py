"""Puts back what is global in a process, so that each part of a submission starts as in a fresh one.

Nothing that one part of a submission sets may reach another part, or the grader's own computations.
"""

from __future__ import annotations

import asyncio
import builtins
import decimal
import gc
import locale
import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from types import ModuleType
from typing import Any

from autograder.probing.arrays import make_repeatable
from autograder.worker.arithmetic import AS_GRADED, Arithmetic
from autograder.worker.settings import put_back_settings


def _put_back_backend() -> None:
    """Draw into memory again."""
    matplotlib, pyplot = (sys.modules.get(name) for name in ("matplotlib", "matplotlib.pyplot"))
    if pyplot is not None and pyplot.get_backend().lower() != "agg":
        pyplot.switch_backend("agg")
    elif matplotlib is not None:
        dict.update(matplotlib.rcParams, backend="agg")


def _close_figures() -> None:
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close("all")


@lru_cache  # made before a zygote forks, as their copies would cost each worker time
def _names() -> Sequence[tuple[ModuleType, Mapping[str, Any]]]:
    return [(module, dict(vars(module))) for module in (builtins, warnings)]


@dataclass(frozen=True, slots=True)
class Process:
    """What is global in a process besides settings of frameworks.

    Attributes:
        folder: where probes run.
        own_folder: where the student's functions run.
        environment: the variables and their values, encoded.
        filters: of warnings.
        streams: standard input, output and error.
        names: modules that others use all the time, each with the values of its names.
        recursion: the limit of nested calls.
        arithmetic: how it computes.
    """

    folder: str
    own_folder: str
    environment: Mapping[bytes, bytes]
    filters: tuple[Any, ...]
    streams: tuple[Any, Any, Any]
    names: Sequence[tuple[ModuleType, Mapping[str, Any]]]
    recursion: int
    arithmetic: Arithmetic = AS_GRADED

    @classmethod
    def now(cls, arithmetic: Arithmetic = AS_GRADED) -> Process:
        """Return what this process has."""
        return cls(
            folder=os.getcwd(),
            own_folder=os.getcwd(),
            environment=dict(os.environb),
            filters=tuple(warnings.filters),
            streams=(sys.stdin, sys.stdout, sys.stderr),
            names=_names(),
            recursion=sys.getrecursionlimit(),
            arithmetic=arithmetic,
        )

    def with_own(self) -> Process:
        """Return what a submission starts from once it is loaded.

        Its functions find the folder that its top level went to, the variables that it added to the
        environment, and a recursion limit that it raised, as in a kernel.
        """
        return replace(
            self,
            own_folder=os.getcwd(),
            environment={**os.environb, **self.environment},
            recursion=max(self.recursion, sys.getrecursionlimit()),
        )

    def put_back(self) -> None:
        """Make it so again."""
        for module, names in self.names:
            if vars(module) != names:
                vars(module).update(names)
        sys.stdin, sys.stdout, sys.stderr = self.streams
        with suppress(OSError):
            os.chdir(self.folder)
        if os.environ._data != self.environment:  # type: ignore[attr-defined]  # as Python keeps them
            os.environb.clear()
            os.environb.update(self.environment)
            time.tzset()
        if tuple(warnings.filters) != self.filters:
            warnings.resetwarnings()
            warnings.filters.extend(self.filters)  # type: ignore[attr-defined]
        sys.setrecursionlimit(self.recursion)
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        socket.setdefaulttimeout(None)
        if logging.root.manager.disable != logging.NOTSET:
            logging.disable(logging.NOTSET)  # which makes all loggers forget what they know
        decimal.setcontext(decimal.DefaultContext.copy())
        asyncio.set_event_loop_policy(None)
        if locale.setlocale(locale.LC_ALL) != "C.UTF-8":
            locale.setlocale(locale.LC_ALL, "C.UTF-8")
        gc.enable()
        os.umask(0o022)


def put_back(process: Process) -> None:
    """Make everything as it was but what a computation goes on with: random numbers and figures.

    Args:
        process: as it is to be.
    """
    with suppress(Exception):
        process.put_back()
    with suppress(Exception):
        _put_back_backend()
    put_back_settings()
    process.arithmetic.put()


@contextmanager
def students_turn(process: Process) -> Iterator[None]:
    """Let a student's function run in the student's folder, and put everything back afterwards."""
    if process.own_folder != process.folder:
        with suppress(OSError):
            os.chdir(process.own_folder)
    try:
        yield
    finally:
        put_back(process)


def reset(process: Process) -> None:
    """Make everything as it was, seed the random generators, and close all figures.

    Args:
        process: as it is to be.
    """
    put_back(process)
    with suppress(Exception):
        _close_figures()
    make_repeatable()
