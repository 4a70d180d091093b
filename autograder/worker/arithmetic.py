"""How a worker computes: threads and precision; grading leaves both as they are."""

from __future__ import annotations

import sys
from typing import Any

from msgspec import Struct

_IN_PLACE = {"uniform_", "normal_", "bernoulli_", "exponential_", "cauchy_", "log_normal_", "geometric_"}
_MADE = {"rand", "randn", "normal"}
_FROM_TENSORS = {"rand_like", "randn_like", "normal", "bernoulli", "multinomial"}


class Arithmetic(Struct, frozen=True, forbid_unknown_fields=True):
    """How a worker computes, for measuring what rounding does.

    Attributes:
        threads: of torch.
        wide: whether torch has float64 where code asks for float32, by default or by name. Random numbers
            stay those of float32, so that a network starts where it did and only rounding differs.
    """

    threads: int = 1
    wide: bool = False

    def begin(self) -> None:
        """Make it so for the whole process; the frameworks are imported."""
        if self.wide and "torch" in sys.modules:
            _widen()
        self.put()

    def put(self) -> None:
        """Make it so after settings were put back."""
        torch = sys.modules.get("torch")
        if torch is None or self == AS_GRADED:
            return
        torch.set_num_threads(self.threads)
        if self.wide:
            torch.set_default_dtype(torch.float64)


AS_GRADED = Arithmetic()


def _widen() -> None:
    """Let torch compute in float64 from now on in this thread, with random numbers drawn in float32."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    single, double = torch.float32, torch.float64

    def narrow(value: Any) -> Any:
        return value.to(single) if isinstance(value, torch.Tensor) and value.dtype is double else value

    class Wide(TorchDispatchMode):  # type: ignore[misc]  # torch is not typed here
        def __torch_dispatch__(self, function: Any, _: Any, arguments: Any = (), named: Any = None) -> Any:
            named, name = dict(named or {}), function.overloadpacket.__name__
            if named.get("dtype") is single:
                named["dtype"] = double
            tensors = [value for value in arguments if isinstance(value, torch.Tensor)]
            if name == "lift_fresh" and tensors[0].dtype is single:
                return tensors[0].to(double)
            if not any(tensor.dtype is double for tensor in tensors):
                if name in _MADE and not tensors and named.get("dtype") in (None, double):
                    return function(*arguments, **{**named, "dtype": single}).to(double)
                return function(*arguments, **named)
            if name in _IN_PLACE:
                drawn = torch.empty_like(arguments[0], dtype=single)
                function(drawn, *map(narrow, arguments[1:]), **named)
                return arguments[0].copy_(drawn)
            if name in _FROM_TENSORS:
                like = {"dtype": single} if named.get("dtype") is double else {}
                found = function(*map(narrow, arguments), **{**named, **like})
                return found.to(double) if found.dtype is single else found
            return function(*arguments, **named)

    Wide().__enter__()
