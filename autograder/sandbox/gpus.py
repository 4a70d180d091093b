"""Finds the GPUs of this machine, and those that a ``--device`` means.

A device is ``cpu``, ``cuda`` (any GPU of the first one's model) or ``cuda:I`` (the I-th). Evidence and keys
contain ``cpu`` or ``cuda`` only; the GPU's model is recorded among the versions.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.core.errors import UserError, not_known
from autograder.core.text import Text

DRIVER = Path("/proc/driver/nvidia/gpus")  # where NVIDIA's driver describes each GPU


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A GPU: its index among the visible ones, its model, its UUID for CUDA, and its device file."""

    index: int
    model: str
    uuid: str
    node: str


def visible() -> tuple[Gpu, ...]:
    """Return the visible GPUs; if ``$CUDA_VISIBLE_DEVICES`` is set, only those that it lists."""
    found: list[tuple[str, str, str]] = []
    for path in sorted(DRIVER.glob("*/information")):
        facts = dict(re.findall(r"^([^:\n]+):[ \t]*(.*?)[ \t]*$", path.read_text(), re.MULTILINE))
        node = f"/dev/nvidia{facts.get('Device Minor')}"
        if Path(node).exists():  # in a container the driver names all, and only some are lent
            found.append((facts.get("Model", "unknown"), facts.get("GPU UUID", str(len(found))), node))
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is not None:
        words = [word.strip() for word in wanted.split(",")]
        numbers = [n for word in words for n, gpu in enumerate(found) if word and word in (str(n), gpu[1])]
        found = [found[number] for number in numbers]
    return tuple(
        Gpu(index=index, model=model, uuid=uuid, node=node) for index, (model, uuid, node) in enumerate(found)
    )


def usable(device: str) -> tuple[Gpu, ...]:
    """Return the GPUs that a device means: none for the CPU, and always of one model."""
    if kind(device) == "cpu":
        return ()
    found = visible()
    _, _, index = device.partition(":")
    if index:
        return tuple(gpu for gpu in found if gpu.index == int(index))
    return tuple(gpu for gpu in found if gpu.model == found[0].model)


def kind(device: str) -> str:
    """Return ``cpu`` or ``cuda``."""
    return device.partition(":")[0]


def choose_device(name: str) -> str:
    """Return the device for ``--device``; ``auto`` is ``cuda`` if a GPU is visible, else ``cpu``.

    Raises:
        UserError: the name is unknown, or this machine has no such device.
    """
    if name == "auto":
        return "cuda" if visible() else "cpu"
    if re.fullmatch(r"cpu|cuda(:\d+)?", name) is None:
        raise UserError(
            not_known(Text(ko="장치", en="device"), name, ["auto", "cpu", "cuda", "cuda:0", "..."])
        )
    if name != "cpu" and not usable(name):
        raise UserError(
            f"there is no device {name} here; give --device cpu",
            ko=f"이 컴퓨터에는 장치 {name}이(가) 없습니다. --device cpu를 주세요",
        )
    return name
