"""Measures what one submission can make the trusted side do: CPU and memory, above an honest submission's.

Example:
    python benchmarks/bombs.py
    python benchmarks/bombs.py --kind names --kind quadratic

Of each kind of bomb the largest is made that is within the limits of size. `autograder grade` grades it and
`autograder report --format html` writes its pages, each alone. Counted are the command and the processes that
it forks, not the sandbox and what is in it: CPU seconds, and the peak of resident memory of the command plus
that of its largest helper. Goal: less than 2 s and 200 MiB more than for an honest submission, for grading
and for the report each. Exit code 1 if a bomb is over the goal, or if it was not graded.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from machine import bar, describe, show

ROOT = Path(__file__).resolve().parents[1]
COURSE = ROOT / "tests/support/bombs"  # it judges in every way that the size of an answer may make slow
HONEST = (COURSE / "solutions/bombs/q1_bombs/solution.py").read_text(encoding="utf-8")
GOAL_SECONDS, GOAL_MB = 2.0, 200.0
_LOOK = 0.03  # seconds between looks at the processes
_NOTEBOOK = 64 << 20  # bytes
_CODE = 512 * 1024  # characters of Python that are read
_FACTS = (1 << 20) - 4096  # bytes of facts, with room for what else a message says
_ELEMENTS = 1 << 14  # numbers that are taken where fewer are asked for
_SEND = """
import json, os, stat, struct
CHANNEL = next(fd for fd in range(3, 256) if stat.S_ISFIFO(os.stat(fd).st_mode))

def send(message):
    facts = json.dumps(message | {"facts": {}}).encode()
    body = struct.pack("<I", len(facts)) + facts + struct.pack("<Q", 2) + b"{}"
    data = memoryview(struct.pack("<Q", len(body)) + body)
    while data:
        data = data[os.write(CHANNEL, data) :]
"""


def honest_but(code: str) -> dict[str, bytes]:
    """Return the honest module with more code below."""
    return {"q1_bombs.py": f"{HONEST}\n{code}".encode()}


def returning(name: str, code: str) -> dict[str, bytes]:
    """Return the honest module in which one function returns something else."""
    return honest_but(f"import json\ndef {name}(values):\n    return {code}\n")


def cell(source: str, outputs: str = "") -> str:
    head = '{"cell_type":"code","metadata":{},"execution_count":null,"source":'
    return head + json.dumps(source) + ',"outputs":[' + outputs + "]}"


def notebook(*cells: str) -> dict[str, bytes]:
    """Return the honest cells and others in a notebook."""
    head = '{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":['
    return {"q1_bombs.ipynb": f"{head}{','.join([cell(HONEST), *cells])}]}}".encode()}


def saying(*messages: str) -> dict[str, bytes]:
    """Return the honest module with code that sends messages of its own to the supervisor as it is loaded."""
    return honest_but("\n".join([_SEND, *(f"send({message})" for message in messages)]))


def filled(line: Callable[[int], str], size: int = _CODE - 4096) -> str:
    """Return lines up to so many characters."""
    lines, length = list[str](), 0
    while length < size:
        lines.append(line(len(lines)))
        length += len(lines[-1]) + 1
    return "\n".join(lines[:-1])


WIDE = f"json.loads('[' + '[],' * {_FACTS // 3 - 200} + '[]]')"
KINDS: Mapping[str, Callable[[], dict[str, bytes]]] = {
    "outputs": lambda: notebook(cell("x = 1", ",".join(["{}"] * (_NOTEBOOK // 3 - 4096)))),
    "cells": lambda: notebook(*[cell("")] * (_NOTEBOOK // 90)),
    "statements": lambda: honest_but(filled(lambda n: "x=1")),
    "long cell": lambda: notebook(cell(filled(lambda n: "x=[1,2]"))),
    "magics": lambda: notebook(cell(filled(lambda n: f"!ls {n}" if n < 490 else f"x{n} = 1"))),
    "aliases": lambda: honest_but("import numpy as a0\n" + filled(lambda n: f"a{n + 1}=a{n}.b{n}.c.d")),
    "names": lambda: honest_but("del vector\n" + filled(lambda n: f"vectof{'r' * 190}{n}=1")),
    "imports": lambda: honest_but(filled(lambda n: f"import a{n}.b.c.d as c{n}")),
    "nested": lambda: honest_but(filled(lambda n: "x = " + "(" * 90 + "1" + ")" * 90)),
    "getattr": lambda: honest_but("def f(n):\n" + filled(lambda n: "    getattr(f, 'abcdef' + n)")),
    "quadratic": lambda: returning("vector", f"np.arange({_ELEMENTS}.0)"),
    "NaN": lambda: returning("vector", f"np.full({_ELEMENTS}, np.nan)"),
    "column": lambda: returning("vector", f"np.zeros(({_ELEMENTS}, 1))"),
    "dimensions": lambda: returning("vector", "np.zeros((2,) * 14)"),
    "pixels": lambda: returning("images", "np.zeros((60_000, 1, 1))"),
    "wide image": lambda: returning("images", "np.zeros((1, 2, 31_000)) + np.arange(31_000.)"),
    "high image": lambda: returning("images", "np.zeros((1, 31_000, 2)) + np.arange(2.)"),
    "images": lambda: returning("images", "np.random.default_rng(0).normal(size=(48, 36, 36))"),
    "undeclared": lambda: returning("extras", "{'x': np.ones(63 << 20, np.uint8)}"),
    "arrays": lambda: returning("extras", "{str(n): np.ones(1) for n in range(9_990)}"),
    "wide facts": lambda: returning("answers", f"{{'choice': {WIDE}}}"),
    "deep facts": lambda: returning(
        "answers", "{str(n): json.loads('[' * 28 + ']' * 28) for n in range(14_000)}"
    ),
    "long text": lambda: returning("answers", f"{{'choice': 'x' * {_FACTS}}}"),
    "long error": lambda: returning("answers", f"{{'metric': 'x' * {_FACTS}}}"),
    "raising": lambda: honest_but(filled(lambda n: f"raise ValueError('{'x' * 2_000}{n}')")),
    "notes": lambda: notebook(*[cell(f"raise ValueError('x' * 10_000 + '{n}')") for n in range(3_000)]),
    "told modules": lambda: saying(
        *[f"{{'event': 'imported', 'source': '{n}' + '#' * (8_380_000)}}" for n in range(49)]
    ),
    "told notes": lambda: saying(
        """{"event": "loaded", "notes": [
            {"kind": "raised", "where": str(n), "details": {"error": "\U0001f600" + "_이(가)" * 700}}
            for n in range(1_000)
        ]}"""
    ),
    "told faults": lambda: saying(
        "{'event': 'loaded'}",
        "{'event': 'begin'}",
        """{"event": "done", "missing": {
            str(n): {"kind": "exception", "error": "e", "traceback": ""} for n in range(18_000)
        }}""",
    ),
    "printed": lambda: honest_but("print('x' * (1 << 26))"),
    "files": lambda: honest_but("") | {f"{n:0200}.txt": b"x" for n in range(1_990)},
    "large files": lambda: honest_but("") | {f"{n}.bin": bytes(31 << 20) for n in range(8)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the trusted side spent: CPU seconds, and peaks in MiB of the command and its largest helper."""

    seconds: float
    own_mb: float
    helper_mb: float

    def above(self, other: Spent) -> tuple[float, float]:
        """Return the seconds and MiB more than in another run."""
        memory = max(0.0, self.own_mb - other.own_mb) + max(0.0, self.helper_mb - other.helper_mb)
        return self.seconds - other.seconds, memory


def _peak(pid: int) -> float:
    """Return the peak resident MiB of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024


def _helpers(process: psutil.Process, command: Sequence[str]) -> list[psutil.Process]:
    """Return what a process forked of itself; the sandbox has another command line."""
    found = []
    for child in process.children():
        with suppress(psutil.Error):
            if child.cmdline()[1:] == command[1:]:
                found += [child, *_helpers(child, command)]
    return found


def spend(command: Sequence[str], environ: Mapping[str, str]) -> Spent:
    """Run a command and return what the trusted side spent.

    Raises:
        SystemExit: it failed; 3 (something is ungraded) is a failure too.
    """
    cpu: dict[int, float] = {}
    peaks: dict[int, float] = {}
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, env=dict(environ), stdout=said, stderr=said) as running,
    ):
        own = psutil.Process(running.pid)
        while not _ended(running.pid):
            with suppress(psutil.Error, OSError, ValueError):
                for process in [own, *_helpers(own, command)]:
                    with suppress(psutil.Error, OSError, ValueError, IndexError):
                        times = process.cpu_times()
                        cpu[process.pid] = times.user + times.system
                        peaks[process.pid] = max(peaks.get(process.pid, 0.0), _peak(process.pid))
            time.sleep(_LOOK)
        times = own.cpu_times()  # of one that has ended and was not waited for
        cpu[own.pid] = times.user + times.system
        if running.wait() != 0:
            said.seek(0)
            raise SystemExit(
                f"{' '.join(command)} ended with {running.returncode}:\n{said.read()[-4000:].decode()}"
            )
    helper = max((peak for pid, peak in peaks.items() if pid != running.pid), default=0.0)
    return Spent(seconds=sum(cpu.values()), own_mb=peaks[running.pid], helper_mb=helper)


def _ended(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"


def measure(folder: Path, name: str, files: Mapping[str, bytes]) -> tuple[Spent, Spent]:
    """Return what grading a submission took, and writing its pages."""
    submission, run = folder / "submissions" / name / "student" / "bombs", folder / "runs" / name
    submission.mkdir(parents=True)
    for path, data in files.items():
        (submission / path).write_bytes(data)
    environ = {
        **os.environ,
        "AUTOGRADER_CACHE": str(folder / "cache"),
        "AUTOGRADER_KEY": "bombs",
        "PYTHONPATH": str(ROOT),
    }
    engine = [sys.executable, "-m", "autograder"]
    common = ["--course", str(COURSE), "--quiet"]
    grade = [
        *engine,
        "grade",
        "bombs",
        str(submission.parents[1]),
        "--output",
        str(run),
        "--jobs",
        "1",
        *common,
    ]
    report = [*engine, "report", str(run), "--format", "html", *common]
    return spend(grade, environ), spend(report, environ)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="only this (may be repeated)")
    options = parser.parse_args()
    kinds, rows, over = options.kind or list(KINDS), [], []
    with tempfile.TemporaryDirectory() as name, bar("bombs", len(kinds) + 2) as step:
        folder = Path(name)
        measure(folder, "first", honest_but(""))  # makes the references
        step("references")
        honest = measure(folder, "honest", honest_but("# honest"))
        step("honest")
        for kind in kinds:
            found = [
                now.above(usual)
                for now, usual in zip(measure(folder, kind, KINDS[kind]()), honest, strict=True)
            ]
            within = all(seconds < GOAL_SECONDS and mb < GOAL_MB for seconds, mb in found)
            over += [] if within else [kind]
            rows.append(
                (kind, *(f"{number:.2f}" for pair in found for number in pair), "" if within else "OVER")
            )
            step(kind)
    columns = ("kind", "grade: s", "MiB", "report: s", "MiB", "")
    show(
        f"more than an honest submission; goal {GOAL_SECONDS:g} s, {GOAL_MB:g} MiB; {describe()}",
        columns,
        rows,
    )
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
