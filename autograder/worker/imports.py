"""Inside the sandbox: tells the text of modules that was not read with the submission.

The working folder is writable, so that a module may be written, or written anew, while the submission runs.
Its text is told before any of it is run, and what is told is what is run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import decode_source
from types import CodeType, ModuleType

from autograder.worker.commands import UNKNOWN, module_source
from autograder.worker.messages import MAX_IMPORTED, MAX_TOLD
from autograder.worker.reading import MAX_CODE

Tell = Callable[[str], None]


def tell_imports(known: Collection[str], tell: Tell) -> Callable[[str | None], None]:
    """From now on tell the text of every module that is imported from elsewhere than the packages installed.

    Args:
        known: the texts of modules that were read, which need not be told again.
        tell: is given Python text; one that no check of names accepts, where a module has none.

    Returns:
        What tells a text that is run in another way than by an import; None for one that cannot be read.
    """
    finder = _Finder(known, tell)
    sys.meta_path.insert(sys.meta_path.index(PathFinder), finder)
    return finder.read_now


class _Finder(MetaPathFinder):
    def __init__(self, known: Collection[str], tell: Tell) -> None:
        self._known, self._tell, self._told, self._left = frozenset(known), tell, 0, MAX_TOLD // 2
        self._installed = tuple(os.path.join(os.path.abspath(path), "") for path in sys.path if path)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or spec.origin.startswith(self._installed):
            return None
        if type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(name, spec.origin, self.read_now)
        else:
            self.read_now(None)
        return spec

    def read_now(self, text: str | None) -> None:
        """Tell a text, unless it is known."""
        source = UNKNOWN if text is None or len(text) > MAX_CODE else module_source(text)
        if source.strip() and source not in self._known and self._told < MAX_IMPORTED:
            self._told += 1
            self._left -= len(source)
            self._tell(source if self._left >= 0 and self._told < MAX_IMPORTED else UNKNOWN)


class _Loader(SourceFileLoader):
    """Runs the text of a file, never a compiled form of it."""

    def __init__(self, name: str, path: str, read: Callable[[str], None]) -> None:
        super().__init__(name, path)
        self._read = read

    def get_code(self, fullname: str) -> CodeType:
        text = decode_source(self.get_data(self.path))
        self._read(text)
        return compile(text, self.path, "exec", dont_inherit=True)
