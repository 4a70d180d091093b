"""Worker side: what a torch or Keras network is made of, as facts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

from autograder.probing.arrays import BadReturnError, describe, describe_korean


def classes(module: Any, name: str = "") -> list[str]:
    """Return the qualified class name of a torch module and of every module inside, in its own order.

    torch's own classes read as users write them: ``torch.nn.Linear``, not ``torch.nn.modules.linear.Linear``.

    Raises:
        BadReturnError: it is not a torch module.
    """
    import torch

    if not isinstance(module, torch.nn.Module):
        raise BadReturnError(
            f"{name or 'the network'} must be a torch.nn.Module, got {describe(module)}",
            f"{name or '네트워크'}은(는) torch.nn.Module이어야 하는데 {describe_korean(module)}입니다",
        )
    return [_public_name(type(inner)) for inner in torch.nn.Module.modules(module)]


def _public_name(kind: type) -> str:
    if kind.__module__.startswith("torch.nn.modules."):
        return f"torch.nn.{kind.__qualname__}"
    return f"{kind.__module__}.{kind.__qualname__}"


def noting_classes(function: Callable[..., Any], found: set[str]) -> Callable[..., Any]:
    """Return a function that does the same and adds to ``found`` which classes of torch modules computed.

    Those are classes that are not torch's own, any method of which ran meanwhile, in any thread, besides
    ``__init__``.
    """
    import torch

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        inside = event == "call" and code.co_argcount and code.co_name != "__init__"
        if not inside or frame.f_globals.get("__name__", "").startswith("torch."):
            return
        module = frame.f_locals.get(code.co_varnames[0])
        if isinstance(module, torch.nn.Module):
            methods = {f"{kind.__qualname__}.{code.co_name}" for kind in type(module).__mro__}
            if code.co_qualname in methods:
                found.add(type(module).__qualname__)

    @wraps(function)
    def noted(*arguments: Any, **named: Any) -> Any:
        sys.setprofile(note)
        threading.setprofile(note)
        try:
            return function(*arguments, **named)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    return noted


def parameters(module: Any, name: str = "") -> list[list[Any]]:
    """Return ``[name, shape]`` of every trainable parameter of a torch module.

    Raises:
        BadReturnError: it is not a torch module.
    """
    classes(module, name)
    return [[key, list(value.shape)] for key, value in module.named_parameters() if value.requires_grad]


def optimizer_class(optimizer: Any) -> str:
    """Return the name of the class of torch's that an optimiser is or inherits, ``"Adam"``."""
    kinds = (kind for kind in type(optimizer).__mro__ if kind.__module__.startswith("torch.optim"))
    return next(kinds).__name__


class Updates:
    """What torch's optimisers did, in any thread.

    Attributes:
        steps: how many updates there were.
        changed: how many of them changed the parameters; late in a training single ones are too small to.
        classes: the classes of torch's that made them.
        optimizer: the class and the settings of the one that made the last update.
        first: the parameters before the first update and its gradients, for an update without momentum.
        parameters: of the last update, after it.
    """

    def __init__(self) -> None:
        self.steps, self.changed = 0, 0
        self.classes: set[str] = set()
        self.optimizer: dict[str, Any] = {}
        self.first: tuple[list[Any], list[Any]] = ([], [])
        self.parameters: list[Any] = []
        self._last: Any = None

    def note(self, optimizer: Any) -> None:
        """Add an update, which this optimiser has just made."""
        import torch

        self.steps += 1
        group = optimizer.param_groups[0]
        self.parameters = [value for one in optimizer.param_groups for value in one["params"]]
        last = self.parameters[-1].detach().clone()
        self.changed += self._last is None or not torch.equal(last, self._last)
        self._last = last
        if not self.first[0]:
            grads = [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in self.parameters]
            before = [p.detach() + group["lr"] * g for p, g in zip(self.parameters, grads, strict=True)]
            self.first = before, grads
            self.changed = int(any(bool(grad.any()) for grad in grads) and group["lr"] != 0)
        settings = {name: float(group.get(name, 0)) for name in ("lr", "momentum", "weight_decay")}
        self.optimizer = {"class": optimizer_class(optimizer), **settings}
        self.classes.add(self.optimizer["class"])


@contextmanager
def after_each_step(note: Callable[[Any], None] | None = None) -> Iterator[Updates]:
    """Call ``note(optimizer)`` after every update that an optimiser of torch makes within, in any thread.

    Without it the record that ``with`` gives notes them.
    """
    from torch.optim.optimizer import register_optimizer_step_post_hook

    found = Updates()
    handle = register_optimizer_step_post_hook(lambda optimizer, *_: (note or found.note)(optimizer))
    try:
        yield found
    finally:
        handle.remove()


def layers(model: Any, name: str = "") -> list[dict[str, Any]]:
    """Return for every layer of a built Keras model its class, parameter count, output shape and activation.

    ``{"class": "Conv2D", "parameters": 156, "output": [None, 24, 24, 6], "activation": "relu"}``; the
    activation is None where a layer has none, the output None where it is unknown.

    Raises:
        BadReturnError: it is not a Keras model, or was never built.
    """
    import keras

    if not isinstance(model, keras.Model):
        raise BadReturnError(
            f"{name or 'the model'} must be a Keras model, got {describe(model)}",
            f"{name or '모델'}은(는) Keras 모델이어야 하는데 {describe_korean(model)}입니다",
        )
    if not model.built:
        raise BadReturnError(
            f"{name or 'the model'} was never built: fit it, or call it once",
            f"{name or '모델'}의 파라미터가 아직 없습니다. fit으로 학습하거나 한 번 호출하세요",
        )
    return [_layer(layer) for layer in model.layers]


def _layer(layer: Any) -> dict[str, Any]:
    activation = getattr(layer, "activation", None)
    try:
        output = [None if size is None else int(size) for size in layer.output.shape]
    except (AttributeError, ValueError):  # called on several inputs, or not part of a graph
        output = None
    return {
        "class": type(layer).__name__,
        "parameters": int(layer.count_params()),
        "output": output,
        "activation": getattr(activation, "__name__", None),
    }
