"""The global settings of numpy, matplotlib, torch and TensorFlow, and their values in a fresh process.

A student's code may set them; probes, the grader's own computations and other parts must not notice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np


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


@contextmanager
def settings_put_back() -> Iterator[None]:
    """Put the frameworks' settings back afterwards."""
    try:
        yield
    finally:
        put_back_settings()


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
