"""The environment of a run: everything besides the submission that decides what evidence it gives."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograder.core.exam import Framework, Profile
from autograder.sandbox.gpus import kind, usable

PACKAGES: Mapping[Framework, tuple[str, ...]] = {
    "python": (),
    "torch": ("torch",),
    "fastai": ("torch", "torchvision", "fastai"),
    "tensorflow": ("tensorflow", "keras"),
}
FRAMEWORK_PACKAGES = frozenset().union(*PACKAGES.values())
EXTRAS: Mapping[Framework, str] = {"torch": "torch", "fastai": "vision", "tensorflow": "tensorflow"}
# What runs inside a worker: a change to it may change evidence.
WORKER_MODULES = ("worker/*.py", "probing/*.py", "core/evidence.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Profile, device, versions and data. Evidence made in different environments is never compared.

    Attributes:
        datasets: the fingerprint of each dataset that the question reads.
        data: where they are; the same data elsewhere are the same environment.
    """

    profile: Profile
    device: str
    versions: Mapping[str, str]
    datasets: Mapping[str, str] = field(default_factory=dict)
    data: Path | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Return what goes into keys."""
        return {
            "profile": self.profile,
            "device": kind(self.device),
            "versions": dict(self.versions),
            "datasets": dict(self.datasets),
        }


def missing(framework: Framework) -> list[str]:
    """Return the packages of a framework that are not installed, without importing any."""
    return [name for name in PACKAGES[framework] if find_spec(name) is None]


def versions(framework: Framework) -> dict[str, str]:
    """Return the versions that decide evidence: Python, the machine, the worker, numpy and the framework."""
    found = {"python": platform.python_version(), "machine": platform.machine(), "worker": _worker_hash()}
    for name in ("numpy", *PACKAGES[framework]):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def versions_on(framework: Framework, device: str, gpu: str = "") -> dict[str, str]:
    """Return the versions, with the GPU's model where the device is one.

    Args:
        framework: of the question.
        device: where it is run.
        gpu: the model, where it is not one of this machine.
    """
    if kind(device) == "cpu":
        return versions(framework)
    return versions(framework) | {"gpu": gpu or next((found.model for found in usable(device)), "absent")}


@cache
def _worker_hash() -> str:
    engine = Path(__file__).parents[1]
    modules = [path for pattern in WORKER_MODULES for path in sorted(engine.glob(pattern))]
    return digest([path.read_text(encoding="utf-8") for path in modules])[:12]


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
