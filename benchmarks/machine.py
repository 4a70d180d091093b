"""Tools of the benchmarks: pinned cores, the cost of a command, the machine's name, tables, progress."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

MEASURED = Path(__file__).with_name("measured.py")


def first_cores(count: int) -> list[int]:
    """Return the first ``count`` cores that this process may use.

    Raises:
        SystemExit: there are fewer.
    """
    there = sorted(os.sched_getaffinity(0))
    if len(there) < count:
        raise SystemExit(f"{count} cores were asked for, {len(there)} are there")
    return there[:count]


@contextmanager
def pinned(cores: Collection[int]) -> Iterator[None]:
    """Confine this thread, and all that it starts in the block, to these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe() -> str:
    """Return the processor, the number of cores, the load and the date, for titles of tables."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    model = next(names, platform.machine())
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {datetime.now(UTC):%Y-%m-%d}"


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show progress on standard error; yield a function to call with the name of each finished step."""
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)

        def step(name: str) -> None:
            progress.update(task, advance=1, description=f"{what}: {name}")
            if not console.is_terminal:
                print(f"{what}: {name}", file=sys.stderr, flush=True)

        yield step


def show(title: str, columns: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; the first column is aligned left, the others right."""
    table = Table(title=title)
    for index, name in enumerate(columns):
        table.add_column(name, justify="right" if index else "left")
    for row in rows:
        table.add_row(*row)
    console = Console()
    console = console if console.is_terminal else Console(width=160)
    console.print(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of a command with all its descendants.

    Attributes:
        wall, cpu: seconds of wall time and of CPU.
        samples: (seconds since the start, CPU seconds of the command alone, its RSS in MiB, PSS of its
            descendants in MiB).
    """

    wall: float
    cpu: float
    samples: Sequence[tuple[float, float, float, float]]

    @property
    def peak_mb(self) -> float:
        """The maximum of the memory samples, in MiB."""
        return max((own + others for _, _, own, others in self.samples), default=float("nan"))


def cost_of(command: Sequence[str], cwd: Path | None = None, sample_every: float = 0.0) -> Cost:
    """Run a command to its end on the cores of this process.

    Raises:
        SystemExit: the command failed; the message has its output.
    """
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as report:
        wrapped = [sys.executable, str(MEASURED), report.name, str(sample_every), *command]
        done = subprocess.run(
            wrapped, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        found = json.loads(report.read() or '{"status": "none"}')
    if found.pop("status") != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-4_000:]}")
    return Cost(**found)
