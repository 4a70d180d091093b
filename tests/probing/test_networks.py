"""Which classes of torch modules computed while a function ran."""

from __future__ import annotations

import sys
import threading

import pytest
import torch

from autograder.probing.networks import after_each_step, noting_classes

X = torch.ones(1, 3)


class Own(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)

    def forward(self, x):
        return self.layer(x)

    def step(self, x):
        return self.layer(x)


class Inherits(Own):
    @torch.no_grad()
    def forward(self, x):
        return super().forward(x)


class Bare(torch.nn.Linear):
    """A class of one's own that computes nothing itself."""


def in_a_thread():
    thread = threading.Thread(target=Own(), args=(X,))
    thread.start()
    thread.join()


def with_another_forward():
    net = torch.nn.ModuleDict({"layer": torch.nn.Linear(3, 2)})
    net.forward = lambda x: net["layer"](x)
    net(X)


def by_a_function_of_the_network():
    def forward(net, x):
        return net.layer(x)

    forward(Own(), X)


@pytest.mark.parametrize(
    ("way", "names"),
    [
        (lambda: Own()(X), {"Own"}),
        (lambda: Own().forward(X), {"Own"}),
        (lambda: Own().step(X), {"Own"}),
        (lambda: Inherits()(X), {"Inherits"}),
        (lambda: torch.nn.Sequential(Own(), torch.nn.ReLU())(X), {"Own"}),
        (in_a_thread, {"Own"}),
        (lambda: Bare(3, 2)(X), set()),
        (lambda: torch.nn.RNN(3, 2)(X), set()),
        (Own, set()),
        (with_another_forward, set()),
        (by_a_function_of_the_network, set()),
    ],
)
def test_a_class_counts_if_a_method_of_its_own_ran(way, names):
    found: set[str] = set()
    noting_classes(way, found)()
    assert found == names
    assert sys.getprofile() is None


def test_what_the_function_returns_and_raises_is_as_before():
    assert noting_classes(lambda x, *, y: x + y, set())(1, y=2) == 3
    with pytest.raises(ZeroDivisionError):
        noting_classes(lambda: 1 / 0, set())()
    assert sys.getprofile() is None


# -- updates ------------------------------------------------------------------------------------------------


def test_updates_are_recorded_with_the_parameters_before_the_first_and_its_gradients():
    layer = torch.nn.Linear(2, 1, bias=False)
    start, x = layer.weight.detach().clone(), torch.tensor([[1.0, 2.0]])
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
    with after_each_step() as seen:
        for _ in range(3):
            optimizer.zero_grad()
            layer(x).sum().backward()
            optimizer.step()
    assert (seen.steps, seen.changed, seen.classes) == (3, 3, {"SGD"})
    assert seen.optimizer == {"class": "SGD", "lr": 0.5, "momentum": 0.0, "weight_decay": 0.0}
    (before,), (gradient,) = seen.first
    torch.testing.assert_close(before, start)
    torch.testing.assert_close(gradient, x)
    torch.testing.assert_close(seen.parameters[0], start - 1.5 * x)
    optimizer.step()  # no longer seen
    assert seen.steps == 3


def test_updates_without_a_gradient_or_with_the_rate_0_change_nothing():
    for rate, value in ((0.0, 1.0), (0.5, 0.0)):
        layer = torch.nn.Linear(2, 1, bias=False)
        optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
        with after_each_step() as seen:
            for _ in range(2):
                (value * layer(torch.ones(1, 2))).sum().backward()
                optimizer.step()
        assert (seen.steps, seen.changed) == (2, 0)
