"""Puts back the global state that probes and student code share, of Python and of every framework.

Nothing that one part of a submission sets may reach another part, or the grader's own computations. What is
put back is what a fresh process has.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

import numpy as np

from autograder.probing.arrays import make_repeatable


@dataclass(frozen=True, slots=True)
class Setting:
    """One global setting: how it is read and set, and its value in a fresh process."""

    get: Callable[[], Any]
    put: Callable[[Any], object]
    fresh: Any


def _numpy() -> Iterator[Setting]:
    yield Setting(np.geterr, lambda value: np.seterr(**value), _ERRORS)
    yield Setting(np.geterrcall, np.seterrcall, None)
    yield Setting(np.get_printoptions, lambda value: np.set_printoptions(**value), _PRINTED)


_ERRORS, _PRINTED = np.geterr(), np.get_printoptions()


def _torch() -> Iterator[Setting]:
    torch = sys.modules["torch"]
    yield Setting(torch.get_default_dtype, torch.set_default_dtype, torch.float32)
    yield Setting(torch.get_default_device, _put_device, torch.device("cpu"))
    yield Setting(torch.is_inference_mode_enabled, _put_inference_mode, False)
    yield Setting(torch.is_grad_enabled, torch._C._set_grad_enabled, True)
    yield Setting(torch.is_anomaly_enabled, torch.set_anomaly_enabled, False)
    yield Setting(
        torch.are_deterministic_algorithms_enabled,
        lambda on: torch.use_deterministic_algorithms(on, warn_only=True),
        True,
    )
    yield Setting(torch.get_num_threads, torch.set_num_threads, 1)
    yield Setting(torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "highest")
    yield Setting(_flushes_denormal, torch.set_flush_denormal, False)
    yield Setting(torch.is_warn_always_enabled, torch.set_warn_always, False)
    for device in ("cpu", "cuda"):
        enabled, enable = (
            partial(torch.is_autocast_enabled, device),
            partial(torch.set_autocast_enabled, device),
        )
        yield Setting(enabled, enable, False)
    printed = sys.modules["torch._tensor_str"].PRINT_OPTS
    yield Setting(
        lambda: {name: getattr(printed, name) for name in _TORCH_PRINTED},
        lambda value: torch.set_printoptions(**value),
        _TORCH_PRINTED,
    )


_TORCH_PRINTED = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}


_GUARDS: list[Any] = []  # the mode that a guard set ends when it is collected


def _put_inference_mode(on: bool) -> None:
    _GUARDS.append(sys.modules["torch"]._C._InferenceMode(on))


def _flushes_denormal() -> bool:
    return sys.float_info.min / 2 == 0  # a mode of the processor, so that any computation shows it


def _put_device(device: Any) -> None:
    torch = sys.modules["torch"]
    torch.set_default_device(None if device.type == "cpu" else device)


def _matplotlib() -> Iterator[Setting]:
    matplotlib = sys.modules["matplotlib"]
    parameters = matplotlib.rcParams
    no_backend = {"backend": None}  # which is put back by itself, and not in a notebook

    def put(new: Mapping[str, Any]) -> None:
        dict.update(parameters, {name: value for name, value in new.items() if name != "backend"})

    fresh = dict.copy(matplotlib.rcParamsDefault) | no_backend
    yield Setting(lambda: dict.copy(parameters) | no_backend, put, fresh)


def _pyplot() -> Iterator[Setting]:
    pyplot = sys.modules["matplotlib.pyplot"]
    yield Setting(pyplot.isinteractive, lambda on: pyplot.ion() if on else pyplot.ioff(), False)


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


def _keras() -> Iterator[Setting]:
    config = sys.modules["keras"].config
    yield Setting(config.floatx, config.set_floatx, "float32")
    yield Setting(lambda: config.dtype_policy().name, config.set_dtype_policy, "float32")
    yield Setting(config.image_data_format, config.set_image_data_format, "channels_last")
    yield Setting(config.epsilon, config.set_epsilon, 1e-7)


def _tensorflow() -> Iterator[Setting]:
    tf = sys.modules["tensorflow"]
    yield Setting(tf.executing_eagerly, _put_eager, True)
    yield Setting(tf.config.functions_run_eagerly, tf.config.run_functions_eagerly, False)


def _put_eager(on: bool) -> None:
    context = sys.modules["tensorflow.python.eager.context"]
    mode = context.EAGER_MODE if on else context.GRAPH_MODE
    vars(context)["default_execution_mode"] = mode
    context.context()._thread_local_data.is_eager = on


_OF_FRAMEWORKS: Mapping[str, Callable[[], Iterator[Setting]]] = {
    "numpy": _numpy,
    "torch": _torch,
    "matplotlib": _matplotlib,
    "matplotlib.pyplot": _pyplot,
    "keras": _keras,
    "tensorflow": _tensorflow,
}


def _settings() -> tuple[Setting, ...]:
    """Return the settings of all frameworks that are imported by now, whole or in part."""
    return _settings_of(tuple(name for name in _OF_FRAMEWORKS if name in sys.modules))


@lru_cache  # settings are put back often, and what is imported seldom changes
def _settings_of(frameworks: tuple[str, ...]) -> tuple[Setting, ...]:
    found: list[Setting] = []
    for name in frameworks:
        with suppress(Exception):  # a student's module may have its name, or have broken it
            found += _OF_FRAMEWORKS[name]()
    return tuple(found)


def put_back_settings() -> None:
    """Give every setting of every imported framework its fresh value."""
    for setting in _settings():
        try:
            if setting.get() != setting.fresh:
                setting.put(setting.fresh)
        except Exception:  # broken by a student: their own computations suffer
            continue


@lru_cache  # made before a zygote forks, as their copies would cost each worker time
def _names() -> Sequence[tuple[ModuleType, Mapping[str, Any]]]:
    return [(module, dict(vars(module))) for module in (builtins, warnings)]


@dataclass(frozen=True, slots=True)
class Process:
    """What else is global in a process: folder, environment, streams, warnings, builtins and the like."""

    folder: str
    own_folder: str
    environment: Mapping[str, str]
    encoded: Mapping[bytes, bytes]
    filters: tuple[Any, ...]
    streams: tuple[Any, Any, Any]
    names: Sequence[tuple[ModuleType, Mapping[str, Any]]]
    recursion: int

    @classmethod
    def now(cls) -> Process:
        """Return what this process has."""
        return cls(
            folder=os.getcwd(),
            own_folder=os.getcwd(),
            environment=dict(os.environ),
            encoded=dict(os.environb),
            filters=tuple(warnings.filters),
            streams=(sys.stdin, sys.stdout, sys.stderr),
            names=_names(),
            recursion=sys.getrecursionlimit(),
        )

    def with_own(self) -> Process:
        """Return what a submission starts from once it is loaded.

        Its functions find the folder that its top level went to, the variables that it added to the
        environment, and a recursion limit that it raised, as in a kernel.
        """
        added = {name: value for name, value in os.environb.items() if name not in self.encoded}
        encoded = {**self.encoded, **added}
        return replace(
            self,
            own_folder=os.getcwd(),
            encoded=encoded,
            environment={os.fsdecode(name): os.fsdecode(value) for name, value in encoded.items()},
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
        if os.environ._data != self.encoded:  # type: ignore[attr-defined]  # the variables as they are kept
            os.environ.clear()
            os.environ.update(self.environment)
            time.tzset()
        if len(warnings.filters) != len(self.filters) or tuple(warnings.filters) != self.filters:
            warnings.filters[:] = self.filters  # type: ignore[index]
            warnings._filters_mutated()  # type: ignore[attr-defined]
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
    """Make everything as in a fresh process but what a computation goes on with: random numbers and figures.

    Args:
        process: as it was before student code was loaded.
    """
    with suppress(Exception):
        process.put_back()
    with suppress(Exception):
        _put_back_backend()
    put_back_settings()


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


@contextmanager
def settings_put_back() -> Iterator[None]:
    """Put the frameworks' settings back afterwards."""
    try:
        yield
    finally:
        put_back_settings()


def reset(process: Process) -> None:
    """Make everything as in a fresh process, the random generators included, and close all figures.

    Args:
        process: as it was before student code was loaded.
    """
    put_back(process)
    with suppress(Exception):
        _close_figures()
    make_repeatable()


@contextmanager
def fresh_settings() -> Iterator[None]:
    """Let code run with fresh settings, and put back afterwards what was there before."""
    kept = [(setting, setting.get()) for setting in _settings()]
    put_back_settings()
    try:
        yield
    finally:
        for setting, value in kept:
            with suppress(Exception):
                if setting.get() != value:
                    setting.put(value)
