"""Prints tables, remarks and progress on the terminal."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from autograder.core.text import EMPTY, Language, Text, said

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import Task, TaskID

    from autograder.records.results import ClassResults
    from autograder.reports.standing import Standing


_NO_TERMINAL = 250  # columns of a file or a pipe
_NOTHING = Text(ko="아직 없습니다.", en="None so far.")
_NO_LIMIT = 10_000  # columns; no table is wider


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The terminal: its language, and its verbosity (-1 quiet, 0 normal, 1 verbose)."""

    language: Language
    verbosity: int = 0

    def show(self, renderable: Any, width: int = _NO_TERMINAL) -> None:
        """Print a table, or its title if it has no rows; ``width`` is its width where that is no terminal."""
        from rich.console import Console as RichConsole

        if getattr(renderable, "row_count", None) == 0:
            self.tell(renderable.title or _NOTHING[self.language])
            return
        RichConsole(width=None if sys.stdout.isatty() else width).print(renderable)

    def show_class(
        self, results: ClassResults, standing: Standing | None = None, *, wide: bool = False
    ) -> None:
        """Print the table of a class so that it fits, or in full width, however narrow the terminal is."""
        from rich.console import Console as RichConsole

        from autograder.reports.table import class_table

        columns = get_terminal_size().columns if sys.stdout.isatty() else _NO_TERMINAL
        table = class_table(results, self.language, None if wide else columns, standing)
        needed = RichConsole(width=_NO_LIMIT).measure(table).maximum if wide else 0
        RichConsole(width=max(columns, needed)).print(table)

    def show_json(self, value: Any) -> None:
        """Print dataclasses or Structs as JSON to standard output."""
        from msgspec import to_builtins

        print(json.dumps(to_builtins(value), ensure_ascii=False, indent=1))

    def say(self, told: Text | str, *, ko: str = "") -> None:
        """Print a remark to standard error, unless quiet."""
        if self.verbosity >= 0:
            print(said(told, ko)[self.language], file=sys.stderr)

    def tell(self, told: Text | str, *, ko: str = "") -> None:
        """Print a line of the result to standard output."""
        print(said(told, ko)[self.language])

    @contextmanager
    def progress(self) -> Iterator[Bar]:
        """Show a progress bar on standard error, or a line every few seconds where that is no terminal.

        If verbose, print each step; if quiet, nothing.
        """
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
        console = RichConsole(stderr=True)
        hidden = self.verbosity < 0 or not console.is_terminal
        with Progress(*columns, console=console, disable=hidden) as bar, ExitStack() as stack:
            if self.verbosity == 0 and hidden:
                stack.enter_context(_logged(bar, self.language))
            yield Bar(bar, self.language, steps=self.verbosity > 0)


_LOG_EVERY = 5.0  # seconds
_SAME_EVERY = 6  # lines; a phase that stands for minutes does not fill a log
_STATE = Text(
    ko="{phase}: {total:.0f}개 중 {done:.0f}개{left}", en="{phase}: {done:.0f} of {total:.0f}{left}"
)
_LEFT = Text(ko=", 약 {seconds:.0f}초 남음", en=", about {seconds:.0f} s left")


@contextmanager
def _logged(bar: RichProgress, language: Language) -> Iterator[None]:
    """Print how far the newest phase is, every few seconds while the block runs."""
    ended = threading.Event()

    def log() -> None:
        last, same = "", 0
        while not ended.wait(_LOG_EVERY):
            line = _state(bar.tasks[-1])[language] if bar.tasks else ""
            same = same + 1 if line == last else 0
            if line and same % _SAME_EVERY == 0:
                print(line, file=sys.stderr, flush=True)
            last = line

    thread = threading.Thread(target=log, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _state(task: Task) -> Text:
    """Return what a log says of a phase; nothing once it has ended, or if there is nothing to do."""
    if task.finished or not task.total:
        return EMPTY
    left = EMPTY if task.time_remaining is None else _LEFT.format(seconds=task.time_remaining)
    return _STATE.format(phase=task.description, done=task.completed, total=task.total, left=left)


class Bar:
    """Shows a Progress as a bar of rich for each phase."""

    def __init__(self, bar: RichProgress, language: Language, *, steps: bool) -> None:
        self._bar = bar
        self._language = language
        self._steps = steps
        self._task: TaskID | None = None

    def begin(self, phase: Text, total: int) -> None:
        """Begin a phase of ``total`` steps."""
        self._task = self._bar.add_task(phase[self._language], total=total)

    def step(self, what: str) -> None:
        """Advance by one step."""
        if self._task is not None:
            self._bar.advance(self._task)
        if self._steps:
            print(what, file=sys.stderr)
