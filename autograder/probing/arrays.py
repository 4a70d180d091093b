"""Worker side: from a framework's tensors to numpy, and everything that makes a run repeatable."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.core.evidence import Array

# Imported before a submission is loaded and its time begins. torch._dynamo comes with the first torch
# optimiser.
PRELOAD = {
    "python": [],
    "torch": ["torch", "torch._dynamo"],
    "fastai": ["torch", "torch._dynamo", "torchvision", "fastai.vision.all"],
    "tensorflow": ["tensorflow", "keras"],
}

# What makes torch on a GPU give the same bits again; recorded with every result.
CUBLAS = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8"}  # in the environment, before CUDA is used
DETERMINISTIC = {
    "use_deterministic_algorithms": True,  # only warns where there is none
    "cuda.matmul.allow_tf32": False,
    "cudnn.allow_tf32": False,
    "cudnn.benchmark": False,
}


class BadReturnError(TypeError):
    """An unusable return value of a student's function; the message says what was expected."""


def to_numpy(value: Any, name: str = "value") -> Array:
    """Copy a tensor, array, number or nested sequence of these to a numpy array of its shape and dtype.

    A list is stacked along a new first axis, an empty one to float32 (0,). Tensors are copied to the CPU.

    Args:
        value: what a student's function returned.
        name: used in error messages.

    Raises:
        BadReturnError: it is none of these, or its items have different shapes.
    """
    if value is None:
        raise BadReturnError(f"{name} is None; is a return statement missing?")
    if isinstance(value, list | tuple):
        pieces = [to_numpy(item, f"{name}[{index}]") for index, item in enumerate(value)]
        if len({piece.shape for piece in pieces}) > 1:
            raise BadReturnError(f"{name}: the items have different shapes {[p.shape for p in pieces]}")
        return np.stack(pieces) if pieces else np.empty(0, dtype=np.float32)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = torch.Tensor.numpy(torch.Tensor.cpu(torch.Tensor.detach(value)).as_subclass(torch.Tensor))
    elif hasattr(value, "numpy") and not isinstance(value, np.ndarray):  # a TensorFlow tensor or variable
        value = value.numpy()
    array = np.array(value)
    if array.dtype.kind not in "biufc":
        raise BadReturnError(f"{name} must be numbers, got {type(value).__name__}")
    return array


def pair(value: Any, name: str) -> tuple[Any, Any]:
    """Return the two items of a returned pair.

    Raises:
        BadReturnError: it is not a tuple or list of two.
    """
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise BadReturnError(f"{name} must return two values, got {_describe(value)}")
    return value[0], value[1]


def _describe(value: object) -> str:
    return f"{type(value).__name__} of {len(value)}" if isinstance(value, Sequence) else type(value).__name__


def make_repeatable(seed: int = 0) -> None:
    """Seed Python, numpy and the imported frameworks, and ask torch for deterministic algorithms."""
    random.seed(seed)
    np.random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is not None:
        # Without a GPU, manual_seed would note where it was called from, for the GPU that may yet appear.
        seed_all = torch.manual_seed if torch.cuda.is_available() else torch.default_generator.manual_seed
        seed_all(seed)
        torch.use_deterministic_algorithms(DETERMINISTIC["use_deterministic_algorithms"], warn_only=True)
        torch.backends.cuda.matmul.allow_tf32 = DETERMINISTIC["cuda.matmul.allow_tf32"]
        torch.backends.cudnn.allow_tf32 = DETERMINISTIC["cudnn.allow_tf32"]
        torch.backends.cudnn.benchmark = DETERMINISTIC["cudnn.benchmark"]
    if "tensorflow" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)
