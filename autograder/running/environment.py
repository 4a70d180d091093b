"""The environment of a run: everything besides the code and inputs that affects the evidence."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct

from autograder.core.errors import UserError
from autograder.core.framework import Framework, Profile
from autograder.core.text import EMPTY, Text
from autograder.course.data import data_folder, fingerprint
from autograder.course.question import QuestionEntry
from autograder.sandbox.gpus import kind, usable

PACKAGES: Mapping[Framework, tuple[str, ...]] = {
    "python": (),
    "torch": ("torch",),
    "fastai": ("torch", "torchvision", "fastai"),
    "tensorflow": ("tensorflow", "keras"),
}
FRAMEWORK_PACKAGES = frozenset().union(*PACKAGES.values())
EXTRAS: Mapping[Framework, str] = {"torch": "torch", "fastai": "vision", "tensorflow": "tensorflow"}
_NO_TENSORFLOW = (3, 14)  # the first Python without it
_NOT_YET = Text(
    ko="이 Python에서 쓸 수 있는 TensorFlow는 아직 없습니다", en="there is no TensorFlow for this Python yet"
)
_ABSENT = Text(
    ko="{names}이(가) 설치되어 있지 않습니다. 실행하세요: {command}",
    en="{names} not installed; run: {command}",
)
_ENGINE = Path(__file__).parents[1]
_IMPORTED = re.compile(r"^ *from autograder\.([\w.]+) import ", re.MULTILINE)


class NotRunnableError(UserError):
    """A framework that a question needs is not installed; the message says why, and what to install."""


class EnvironmentRecord(Struct, frozen=True, kw_only=True):
    """An environment in files; the device is ``cpu`` or ``cuda``."""

    profile: Profile
    device: str
    versions: dict[str, str]
    datasets: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Profile, device, versions and data. Evidence from different environments is never compared.

    Attributes:
        datasets: the fingerprint of each dataset that the question reads.
        data: the folder of the datasets; not part of the comparison of environments.
    """

    profile: Profile
    device: str
    versions: Mapping[str, str]
    datasets: Mapping[str, str] = field(default_factory=dict)
    data: Path | None = field(default=None, compare=False)

    def record(self) -> EnvironmentRecord:
        """Return what is hashed into keys."""
        return EnvironmentRecord(
            profile=self.profile,
            device=kind(self.device),
            versions=dict(self.versions),
            datasets=dict(self.datasets),
        )


def missing(framework: Framework) -> list[str]:
    """Return the names of a framework's packages that are not installed; nothing is imported."""
    return [name for name in PACKAGES[framework] if find_spec(name) is None]


def absence(framework: Framework) -> Text:
    """Return what of a framework is not installed, and how to get it; empty if all of it is."""
    if not (absent := missing(framework)):
        return EMPTY
    if framework == "tensorflow" and sys.version_info >= _NO_TENSORFLOW:
        return _NOT_YET
    return _ABSENT.format(
        names=", ".join(absent), command=f"pip install 'dl-autograder[{EXTRAS[framework]}]'"
    )


def versions(framework: Framework) -> dict[str, str]:
    """Return the versions that affect evidence: Python, the machine, the worker, numpy, the framework."""
    found = {"python": platform.python_version(), "machine": platform.machine(), "worker": _worker_hash()}
    for name in ("numpy", *PACKAGES[framework]):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def versions_on(framework: Framework, device: str, gpu: str = "") -> dict[str, str]:
    """Return the versions, with the GPU's model if the device is a GPU.

    Args:
        framework: the question's framework.
        device: the device on which the question is run.
        gpu: the GPU's model, if it is not in this machine.
    """
    if kind(device) == "cpu":
        return versions(framework)
    return versions(framework) | {"gpu": gpu or next((found.model for found in usable(device)), "absent")}


def environment_of(
    entry: QuestionEntry, profile: Profile, device: str, data: Path | None = None, gpu: str = ""
) -> Environment:
    """Return the environment in which a question is run now.

    Args:
        entry: the question.
        profile: ``mini`` or ``full``.
        device: the device on which the question is run.
        data: the folder of the official datasets; None for the default.
        gpu: the model of the GPUs, if they are not in this machine.

    Raises:
        NotRunnableError: the question's framework is not installed.
        DatasetError: a dataset that the question reads is missing.
    """
    framework = entry.question.framework
    if why := absence(framework):
        raise NotRunnableError(Text("{question}: {why}").format(question=entry.id, why=why))
    names = entry.question.datasets
    folder = data_folder(profile, entry.course, data) if names else None
    return Environment(
        profile=profile,
        device=device,
        versions=versions_on(framework, device, gpu),
        datasets={name: fingerprint(name, profile, entry.course, folder) for name in names} if folder else {},
        data=folder,
    )


@cache
def worker_modules() -> list[Path]:
    """Return the modules that affect evidence: ``worker/``, ``probing/``, and what these import."""
    todo = [path for folder in ("worker", "probing") for path in (_ENGINE / folder).glob("*.py")]
    found = set[Path]()
    while todo:
        if (path := todo.pop()) not in found:
            found.add(path)
            names = _IMPORTED.findall(path.read_text(encoding="utf-8"))
            todo += [file for name in names if (file := _ENGINE / f"{name.replace('.', '/')}.py").is_file()]
    return sorted(found)


@cache
def _worker_hash() -> str:
    return json_hash([path.read_text(encoding="utf-8") for path in worker_modules()])[:12]


def json_hash(value: Any) -> str:
    """Return the SHA-256 of a JSON value, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
