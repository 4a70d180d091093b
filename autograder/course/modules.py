"""Loads a course's Python modules, and says in one line what is wrong with one."""

from __future__ import annotations

import re
import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from autograder.core.errors import DeclarationError, UserError, reason
from autograder.course.source import shared_modules
from autograder.probing.shared import install

T = TypeVar("T")


class CatalogError(UserError):
    """A course, exam or question is absent or cannot be loaded; the message is one line."""


def module_name(path: Path) -> str:
    """Return the name under which a file is imported; files beside each other are in one package."""
    folder = "course_" + re.sub(r"\W", "_", str(path.parent.resolve()))
    return f"{folder}.{re.sub(chr(92) + 'W', '_', path.stem)}"


def load_module(path: Path) -> ModuleType:
    """Import a file without sys.path and bytecode, which Python would reuse after a small, quick edit.

    Raises:
        CatalogError: the file is absent or raises while it is imported.
    """
    name = module_name(path)
    spec = spec_from_file_location(name, path)
    if spec is None or not path.is_file():
        raise CatalogError(f"{path}: no such module")
    package, _, _ = name.rpartition(".")
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = []
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses, inspect and relative imports look modules up by name
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise raised(path, error) from error
    return module


def raised(path: Path, error: BaseException) -> CatalogError:
    """Return the error for what a course's file raised, with the line where it did."""
    said = error.msg if isinstance(error, SyntaxError) else error  # the line stands in front already
    text = f"{type(error).__name__}: {' '.join(str(said).split())}"
    if isinstance(error, DeclarationError) or (isinstance(error, OSError) and error.filename == str(path)):
        text = reason(error).en
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    where = f"{path}:{line}" if line else str(path)
    return CatalogError(f"{where}: {text}")


def declared(module: ModuleType, path: Path, name: str, kind: type[T]) -> T:
    """Return what a module declares under a name.

    Raises:
        CatalogError: it is not of this kind.
    """
    value = getattr(module, name, None)
    if not isinstance(value, kind):
        raise CatalogError(f"{path}: {name} must be a {kind.__name__}, got {type(value).__name__}")
    return value


def install_shared(course: Path, path: Path) -> None:
    """Make the shared modules that a file imports importable; what is wrong with the file is told later.

    Raises:
        CatalogError: a shared module is absent or raises.
    """
    try:
        found = shared_modules(course, path.read_text(encoding="utf-8", errors="replace"))
    except (FileNotFoundError, SyntaxError, ValueError, RecursionError):
        return
    try:
        for name, source in found.items():
            install(name, source)
    except (Exception, SystemExit) as error:
        raise raised(path, error) from error
