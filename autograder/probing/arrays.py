"""Worker side: from a framework's tensors to numpy, and everything that makes a run repeatable."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.core.evidence import Array, Json

if TYPE_CHECKING:
    from autograder.core.framework import Framework

# Imported before a submission is loaded and its time begins. torch._dynamo comes with the first torch
# optimiser; the record of torch's operators keeps what it needs of torch before a submission can change it.
_TORCH = ["torch", "torch._dynamo", "autograder.probing.operators"]
PRELOAD = {
    "python": [],
    "torch": _TORCH,
    "fastai": [*_TORCH, "torchvision", "fastai.vision.all"],
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

# What evidence cannot store, and as what it is stored. numpy takes TensorFlow's bfloat16 for bytes.
_STORED = {"bfloat16": "float32", "float128": "float64", "complex256": "complex128"}


class BadReturnError(TypeError):
    """An unusable return value of a student's function.

    Args:
        en: what was expected and what came, in English.
        ko: the same in Korean, where ``이(가)`` and the like take the form that the word before asks for; if
            left out, Korean readers get the English.
    """

    def __init__(self, en: str, ko: str = "") -> None:
        super().__init__(en)
        self.ko = ko


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
        raise BadReturnError(
            f"{name} is None; is a return statement missing?",
            f"{name}이(가) None입니다. return 문을 빠뜨리지 않았는지 확인하세요",
        )
    if isinstance(value, list | tuple):
        pieces = [to_numpy(item, f"{name}[{index}]") for index, item in enumerate(value)]
        if len({piece.shape for piece in pieces}) > 1:
            raise BadReturnError(
                f"{name}: the items have different shapes {(shapes := [p.shape for p in pieces])}",
                f"{name}: 원소의 모양이 서로 다릅니다 {shapes}",
            )
        return np.stack(pieces) if pieces else np.empty(0, dtype=np.float32)
    try:
        array = np.array(from_framework(value))
    except NotImplementedError as error:  # a tensor without data; the student's code is written
        raise BadReturnError(f"{name} has no numbers: {error}", f"{name}에 값이 없습니다: {error}") from None
    array = array.astype(_STORED.get(array.dtype.name, array.dtype), copy=False)
    if array.dtype.kind not in "biufc":
        raise BadReturnError(
            f"{name} must be numbers, got {describe(value)}",
            f"{name}은(는) 숫자여야 하는데 {describe_korean(value)}입니다",
        )
    return array


def from_framework(value: Any) -> Any:
    """Return a framework's tensor as a numpy array, anything else as it is."""
    torch, tensorflow, keras = (sys.modules.get(name) for name in ("torch", "tensorflow", "keras"))
    if torch is not None and isinstance(value, torch.Tensor):
        plain = torch.Tensor.detach(value)
        if plain.layout != torch.strided:
            plain = torch.Tensor.to_dense(plain)
        plain = plain.as_subclass(torch.Tensor).cpu().resolve_conj().resolve_neg()
        narrow = plain.dtype == torch.bfloat16 or (plain.is_floating_point() and plain.itemsize == 1)
        return (plain.float() if narrow else plain).numpy()
    if tensorflow is not None and isinstance(value, tensorflow.Tensor | tensorflow.Variable):
        return value.numpy()
    if keras is not None and isinstance(value, keras.Variable):
        return keras.ops.convert_to_numpy(value)
    return value


def to_fact(value: Any, name: str = "value") -> Json:
    """Return a value as plain JSON: numpy's and frameworks' numbers and arrays, tuples and dictionaries too.

    Args:
        value: what a student's function returned.
        name: used in error messages.

    Raises:
        BadReturnError: it holds something else, or a number that is not finite.
    """
    value = from_framework(value)
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if value is None or type(value) is bool:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadReturnError(
                f"{name} is {float(value)}, which is not finite",
                f"{name}이(가) {float(value)}(으)로, 유한한 값이 아닙니다",
            )
        return float(value)
    if isinstance(value, list | tuple):
        return [to_fact(item, f"{name}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {str(to_fact(key, name)): to_fact(item, f"{name}[{key!r}]") for key, item in value.items()}
    raise BadReturnError(
        f"{name} must be text, a number, or a list or dictionary of these, got {describe(value)}",
        f"{name}은(는) 문자열, 숫자, 또는 이것들의 list나 dict여야 하는데 {describe_korean(value)}입니다",
    )


def to_tensor(array: Array, framework: Framework, device: str) -> Any:
    """Return an array as the framework's tensor on a device; with plain Python as it is."""
    if framework in ("torch", "fastai"):
        return sys.modules["torch"].from_numpy(array).to(device)
    if framework == "tensorflow":
        return sys.modules["tensorflow"].constant(array)
    return array


def framework_names(framework: Framework) -> dict[str, Any]:
    """Return the imported modules that calls may use, by the names that people give them."""
    modules = {"np": "numpy"}
    if framework == "tensorflow":
        modules |= {"tf": "tensorflow", "keras": "keras"}
    elif framework != "python":
        modules |= {"torch": "torch"}
    return {name: sys.modules[module] for name, module in modules.items() if module in sys.modules}


def pair(value: Any, name: str) -> tuple[Any, Any]:
    """Return the two items of a returned pair.

    Raises:
        BadReturnError: it is not a tuple or list of two.
    """
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise BadReturnError(
            f"{name} must return two values, got {describe(value)}",
            f"{name}은(는) 값 두 개를 반환해야 하는데 {describe_korean(value)}을(를) 반환했습니다",
        )
    return value[0], value[1]


def describe(value: object) -> str:
    """Return what a value is, for messages: its type, and its length if it is a sequence, but no text."""
    if value is None:
        return "None"
    kind = type(value).__name__
    return f"{kind} of {len(value)}" if isinstance(value, Sequence) and not isinstance(value, str) else kind


def describe_korean(value: object) -> str:
    """Return the same in Korean."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"길이가 {len(value)}인 {type(value).__name__}"
    return describe(value)


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
