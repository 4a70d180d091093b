"""Guesses which large packages a submission imports, so that a worker has them before its time begins."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec

from autograder.core.framework import Framework
from autograder.course.submission import Submission

# What is imported for each; where TensorFlow has been imported torch must not be, as it may end the process.
_MODULES = {
    "torch": "torch",
    "torchvision": "torchvision",
    "matplotlib": "matplotlib.pyplot",
    "pandas": "pandas",
    "sklearn": "sklearn",
}
_NOT_BESIDE_TENSORFLOW = frozenset({"torch", "torchvision"})
_IMPORT = re.compile(rb"\b(?:import|from)[ \t]+([\w., \t]{1,200})")  # also within a notebook's JSON
_NAME = re.compile(rb"[\w.]+")
_READ = 256 << 10  # bytes; imports stand at the top


def likely_imports(submission: Submission, framework: Framework) -> tuple[str, ...]:
    """Return modules that a submission seems to import, by its text alone.

    A wrong guess costs time and nothing else.

    Args:
        submission: whose packages are meant only where none of its own files has their name.
        framework: of the question.
    """
    clauses = _IMPORT.findall(submission.data[:_READ])
    names = {name.partition(b".")[0].decode() for clause in clauses for name in _NAME.findall(clause)}
    if framework == "tensorflow":
        names -= _NOT_BESIDE_TENSORFLOW
    own = {path.partition("/")[0].removesuffix(".py") for path in submission.beside}
    return tuple(module for name, module in _MODULES.items() if name in names - own and _installed(name))


@cache
def _installed(name: str) -> bool:
    return find_spec(name) is not None
