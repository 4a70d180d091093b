"""Prints tables, remarks and progress on the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.core.text import Language

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The terminal: its language, and its verbosity (-1 quiet, 0 normal, 1 verbose)."""

    language: Language
    verbosity: int = 0

    def show(self, renderable: Any, width: int = 250) -> None:
        """Print a table to standard output; ``width`` is its width in columns if that is not a terminal."""
        from rich.console import Console as RichConsole

        RichConsole(width=None if sys.stdout.isatty() else width).print(renderable)

    def show_json(self, value: Any) -> None:
        """Print dataclasses or Structs as JSON to standard output."""
        from msgspec import to_builtins

        print(json.dumps(to_builtins(value), ensure_ascii=False, indent=1))

    def say(self, line: str) -> None:
        """Print a remark to standard error, unless quiet."""
        if self.verbosity >= 0:
            print(line, file=sys.stderr)

    @contextmanager
    def progress(self) -> Iterator[Bar]:
        """Show a progress bar on standard error if it is a terminal; if verbose, print each step."""
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
        console = RichConsole(stderr=True)
        hidden = self.verbosity < 0 or not console.is_terminal
        with Progress(*columns, console=console, disable=hidden) as bar:
            yield Bar(bar, steps=self.verbosity > 0)


class Bar:
    """Shows a Progress as a bar of rich for each phase."""

    def __init__(self, bar: RichProgress, *, steps: bool) -> None:
        self._bar = bar
        self._steps = steps
        self._task: TaskID | None = None

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase of ``total`` steps."""
        self._task = self._bar.add_task(phase, total=total)

    def step(self, what: str) -> None:
        """Advance by one step."""
        if self._task is not None:
            self._bar.advance(self._task)
        if self._steps:
            print(what, file=sys.stderr)
