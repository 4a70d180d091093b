"""Worker side: which operators torch runs, in every thread, by whatever name they were reached.

A worker imports this before it loads a submission: what it needs of torch is kept here, so that whatever a
submission does to ``torch.autograd.profiler`` changes nothing. ``observe.operators()`` is what probes use.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch._C import _autograd
from torch._C._autograd import (
    _disable_profiler,
    _enable_profiler,
    _enable_record_function,
    _KinetoEvent,
    _prepare_profiler,
    _ProfilerResult,
)
from torch._C._profiler import (
    ProfilerActivity,
    ProfilerConfig,
    ProfilerState,
    RecordScope,
    _ExperimentalConfig,
)

_CONFIG = ProfilerConfig(
    ProfilerState.KINETO,
    False,  # shapes
    False,  # memory
    False,  # the Python stack
    False,  # FLOPs
    False,  # modules
    _ExperimentalConfig(profile_all_threads=True),
    "0" * 32,
)
_ACTIVITIES = {ProfilerActivity.CPU}
_OPERATOR = RecordScope.FUNCTION.value
_OTHERS = ("autograd::", "torch::", "profiler::")  # the engine's own entries
_events, _start = _ProfilerResult.events, _ProfilerResult.trace_start_ns
_name, _scope = _KinetoEvent.name, _KinetoEvent.scope
_nanoseconds = time.time_ns

# It hides the operators of a thread from the profiler, and nothing but torch's own tests needs it.
for _module in (_autograd, torch.autograd):
    vars(_module).pop("_enable_record_function", None)


class NotRecordedError(Exception):
    """The record of what ran was stopped while it was made."""


@contextmanager
def recorded_operators() -> Iterator[set[str]]:
    """Collect the names of the operators that run within, ``"addmm"`` for ``aten::addmm``.

    Those of another library keep its name: ``"quantized::linear"``. The set is filled when the context ends.
    A record takes 0.5 ms, 1.5 µs an operator as it runs, and memory of 500 bytes for each.

    Raises:
        NotRecordedError: something within stopped the profiler.
    """
    found: set[str] = set()
    _enable_record_function(True)
    try:
        earliest, latest = _begin()
    except RuntimeError:  # something left it running
        _disable_profiler()
        earliest, latest = _begin()
    try:
        yield found
    finally:
        result = _disable_profiler()
        ours = result is not None and earliest <= _start(result) <= latest
        found |= _operators(result) if ours else set()
    if not ours:
        raise NotRecordedError("the record of torch's operators was stopped while the function ran")


def _begin() -> tuple[int, int]:
    """Start the profiler; return the times between which it was, in nanoseconds."""
    before = _nanoseconds()
    _prepare_profiler(_CONFIG, _ACTIVITIES)
    _enable_profiler(_CONFIG, _ACTIVITIES)
    return before, _nanoseconds()


def _operators(result: _ProfilerResult) -> set[str]:
    names = {_name(event) for event in _events(result) if _scope(event) == _OPERATOR}
    return {name.removeprefix("aten::") for name in names if "::" in name and not name.startswith(_OTHERS)}
