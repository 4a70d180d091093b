"""Makes the helpers that questions of a course share importable, from source that travels with a job."""

from __future__ import annotations

import sys
from types import ModuleType


def install(name: str, source: str) -> None:
    """Make a module importable by its dotted name; packages around it that are not there are made, empty."""
    module = sys.modules[name] = ModuleType(name)
    exec(compile(source, f"<{name}>", "exec", dont_inherit=True), module.__dict__)
    while "." in name:
        package, _, last = name.rpartition(".")
        if package not in sys.modules:
            sys.modules[package] = ModuleType(package)
            sys.modules[package].__path__ = []
        setattr(sys.modules[package], last, sys.modules[name])
        name = package
