"""The record of what torch runs: complete in every thread, by any name, and lost if it is stopped."""

from __future__ import annotations

import queue
import threading
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder.core.calls import parse_call
from autograder.core.evidence import OPERATORS
from autograder.probing.observing import Given, Observer, run_calls
from autograder.probing.operators import NotRecordedError, recorded_operators

CELL = torch.nn.RNNCell(3, 4)
X = torch.ones(3)


def in_a_new_thread():
    thread = threading.Thread(target=CELL, args=(X,))
    thread.start()
    thread.join()


class Waiting:
    """A thread that was there before."""

    def __init__(self):
        self.asked, self.answers = queue.Queue(), queue.Queue()
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while True:
            self.answers.put(self.asked.get()())

    def __call__(self):
        self.asked.put(lambda: CELL(X))
        self.answers.get()


def without_torch_functions():
    with torch._C.DisableTorchFunction():
        CELL(X)


def scripted():
    torch.jit.trace(CELL, (X[None], torch.zeros(1, 4)))(X[None], torch.zeros(1, 4))


def by_name_of_the_operator():
    weights = [parameter.detach() for parameter in CELL.parameters()]
    torch.ops.aten.rnn_tanh_cell(X[None], torch.zeros(1, 4), *weights)


def with_a_fake_profiler():
    torch.autograd.profiler.profile = SimpleNamespace
    CELL(X)


WAYS = [
    in_a_new_thread,
    Waiting(),
    without_torch_functions,
    scripted,
    by_name_of_the_operator,
    with_a_fake_profiler,
    lambda: torch._VF.rnn_tanh_cell(X[None], torch.zeros(1, 4), *CELL.parameters()),
]


@pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
@pytest.mark.parametrize("way", WAYS)
def test_a_cell_is_seen_whatever_the_way_to_it(way, monkeypatch):
    monkeypatch.setattr(torch.autograd.profiler, "profile", torch.autograd.profiler.profile)
    with recorded_operators() as names:
        way()
    assert "rnn_tanh_cell" in names


def test_only_operators_are_recorded_and_only_within():
    X.exp()
    with recorded_operators() as names, torch.autograd.profiler.record_function("aten::mine"):
        (X.requires_grad_() * 2).sum().backward()
    X.log()
    assert {"mul", "sum"} <= names
    assert not {"exp", "log", "mine"} & names
    assert all(":" not in name for name in names)


def exchange_the_record():
    torch._C._autograd._disable_profiler()
    CELL(X)
    torch.autograd.profiler.profile().__enter__()


def test_a_record_that_was_stopped_is_none():
    autograd = torch._C._autograd
    with pytest.raises(NotRecordedError), recorded_operators() as names:
        autograd._disable_profiler()
    with pytest.raises(NotRecordedError), recorded_operators() as names:
        exchange_the_record()
    assert names == set()
    with recorded_operators() as names:
        X.exp()
    assert "exp" in names
    for module in (torch.autograd, autograd):
        assert not hasattr(module, "_enable_record_function")  # hides a thread's operators


def observed(calls, **student):
    observer = Observer(nullcontext, [OPERATORS])
    given = Given({"x": np.ones((2, 3), np.float32)}, {}, "torch", "cpu")
    code = {"torch": torch}
    run_calls(
        [parse_call(call) for call in calls], SimpleNamespace(**student), given, observer, code, [*student]
    )
    return observer


def test_calls_of_the_students_are_recorded_and_the_authors_own_are_not():
    observer = observed(
        ["y = softmax(x)", "z = torch.tanh(x)", "w = shifted(x)"],
        softmax=lambda x: torch.softmax(x, 1),
        shifted=lambda x: x + 1,
    )
    assert {"_softmax", "add"} <= set(observer.evidence.facts[OPERATORS])
    assert "tanh" not in observer.evidence.facts[OPERATORS]


def test_what_a_returned_value_computes_when_it_is_read_is_recorded():
    class Lazy(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            with torch._C.DisableTorchFunction():
                torch.softmax(torch.ones(3), 0)
                return function(*args, **(kwargs or {}))

    observer = observed(["y = softmax(x)"], softmax=lambda x: x.as_subclass(Lazy))
    assert "_softmax" in observer.evidence.facts[OPERATORS]


def test_a_failure_keeps_what_ran_before_it():
    def fails(x):
        raise ValueError(x.exp())

    observer = observed(["y = fails(x)", "z = right(x)"], fails=fails, right=lambda x: x.log())
    assert {"exp", "log"} <= set(observer.evidence.facts[OPERATORS])
    assert set(observer.missing) == {"y"}


def test_one_stopped_record_costs_all_of_it():
    def stops(x):
        torch._C._autograd._disable_profiler()
        return x.softmax(0)

    observer = observed(
        ["y = right(x)", "z = stops(x)", "w = right(x)"], stops=stops, right=lambda x: x.log()
    )
    assert OPERATORS not in observer.evidence.facts
    assert isinstance(observer.missing[OPERATORS], NotRecordedError)


def test_a_probe_says_what_is_recorded():
    observer = Observer(nullcontext, [OPERATORS])
    observer("y", lambda: X.softmax(0))
    with observer.operators():
        observer("z", lambda: X.exp())
    assert "exp" in observer.evidence.facts[OPERATORS]
    assert "_softmax" not in observer.evidence.facts[OPERATORS]
