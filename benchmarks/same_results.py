"""Compares the results of this tree with those of an older revision on the same class.

Example:
    python benchmarks/same_results.py a163d89 --work build/a163d89

The class is that of `autograder demo`: the solution, the empty template, mistakes, and code that misbehaves.
The old revision writes it; both grade every exam with the data of `mini`, the same key and separate caches.
Every field of every row, question and total of the old results.json, except seconds and memory_mb, must have
the same value in the new one. Fields that only the new one has are listed. Exit code 1 if something differs.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MEASURED = frozenset({"seconds", "memory_mb"})  # differ from run to run
LISTS = {
    "results": ("student", "question", "part"),
    "questions": ("student", "question"),
    "totals": ("student",),
}
_SHOWN = 20  # differences of an exam
_WRITE_CLASS = """
import sys
from pathlib import Path
try:
    from autograder.course.catalog import Course
    from autograder.workflows.demo import write_class
except ImportError:  # before the engine had packages
    from autograder.catalog import Course
    from autograder.demo import write_class
write_class(Course(Path(sys.argv[1])).exam(sys.argv[2]), Path(sys.argv[3]))
"""


@dataclass(slots=True)
class Comparison:
    """The result of compare: the number of equal values, the differences, and the new fields."""

    same: int = 0
    differences: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)

    def value(self, old: Any, new: Any, where: str, kind: str) -> None:
        """Compare two JSON values; ``where`` is their path, ``kind`` their path without indices."""
        if isinstance(old, dict) and isinstance(new, dict):
            self.added |= {f"{kind}.{name}" for name in new.keys() - old.keys()}
            for name in old.keys() - MEASURED:
                if name in new:
                    self.value(old[name], new[name], f"{where}.{name}", f"{kind}.{name}")
                else:
                    self.differences.append(f"{where}.{name}: {old[name]!r} is gone")
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for number, (before, now) in enumerate(zip(old, new, strict=True)):
                self.value(before, now, f"{where}[{number}]", f"{kind}[]")
        elif repr(old) == repr(new):  # tells 1, 1.0 and True apart
            self.same += 1
        else:
            self.differences.append(f"{where}: {old!r}, now {new!r}")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Compare the rows, questions and totals of two results.json, by student, question and part."""
    found = Comparison()
    for name, keys in LISTS.items():
        before, now = (dict(_by_key(results[name], keys)) for results in (old, new))
        for key, item in before.items():
            if key in now:
                found.value(item, now[key], f"{name} {key}", name)
            else:
                found.differences.append(f"{name} {key}: gone")
        found.differences += [f"{name} {key}: only now" for key in now if key not in before]
        if list(before) != list(now) and set(before) == set(now):
            found.differences.append(f"{name}: in another order")
    return found


def _by_key(rows: Sequence[Mapping[str, Any]], keys: Collection[str]) -> Iterator[tuple[str, Any]]:
    for row in rows:
        yield "/".join(row[key] for key in keys), row


def extract(revision: str, folder: Path) -> Path:
    """Write the files of a revision into a folder, and return it."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def run_in(tree: Path, cache: Path, arguments: Sequence[str]) -> None:
    """Run Python with the engine of this tree.

    Raises:
        SystemExit: Python failed; the exit code 3 (ungraded) is no failure.
    """
    environ = {**os.environ, "PYTHONPATH": str(tree), "AUTOGRADER_KEY": "benchmark"}
    environ["AUTOGRADER_CACHE"] = str(cache)
    command = [sys.executable, *arguments]
    status = subprocess.run(command, cwd=tree, env=environ, check=False, stdout=sys.stderr).returncode
    if status not in (0, 3):
        raise SystemExit(f"{tree}: {' '.join(arguments)[:200]} ended with {status}")


def grade(tree: Path, exam: str, submissions: Path, run: Path, jobs: int) -> Path:
    """Grade the students who handed in this exam, and return the path of results.json."""
    cache = run.parent / f"{run.name}-cache"
    students = sorted(path.parent.name for path in submissions.glob(f"*/{exam}"))
    command = ["-m", "autograder", "grade", exam, str(submissions), "--output", str(run)]
    command += ["--cache", str(cache), "--jobs", str(jobs), "--course", str(tree), "--quiet"]
    run_in(tree, cache, [*command, *(word for name in students for word in ("--student", name))])
    return run / "results.json"


def grade_old(revision: str, exam: str, work: Path, jobs: int) -> Path:
    """Return the path of the revision's results.json; make it and the class if ``work`` lacks them."""
    results = work / "runs" / exam / "results.json"
    if not results.exists():
        with tempfile.TemporaryDirectory(prefix="same-results-") as folder:
            tree, submissions = extract(revision, Path(folder)), work / "submissions"
            if not any(submissions.glob(f"*/{exam}")):
                run_in(tree, work / "cache", ["-c", _WRITE_CLASS, str(tree), exam, str(submissions)])
            grade(tree, exam, submissions, results.parent, jobs)
    return results


def show(exam: str, found: Comparison) -> bool:
    """Print the comparison of an exam, and return whether all is the same."""
    print(f"{exam}: {found.same} values are the same, {len(found.differences)} differ")
    for line in found.differences[:_SHOWN]:
        print(f"  {line}")
    return not found.differences


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("revision", help="the older revision, as git names it")
    parser.add_argument("--exam", action="append", help="only this exam (may be repeated)")
    parser.add_argument("--jobs", type=int, default=2, help="workers at a time (default: 2)")
    parser.add_argument(
        "--work",
        type=Path,
        help="where the class and the old results are kept for the next call: submissions/ and "
        "runs/<exam>/results.json, as `autograder demo --output` of the old revision writes them",
    )
    options = parser.parse_args()
    exams = options.exam or sorted(path.parent.name for path in (ROOT / "exams").glob("*/__init__.py"))
    alike, added = True, set[str]()
    with tempfile.TemporaryDirectory(prefix="same-results-") as folder:
        work = (options.work or Path(folder) / "old").absolute()
        for exam in exams:
            old = grade_old(options.revision, exam, work, options.jobs)
            new = grade(ROOT, exam, work / "submissions", Path(folder) / "new" / exam, options.jobs)
            found = compare(json.loads(old.read_bytes()), json.loads(new.read_bytes()))
            alike, added = show(exam, found) and alike, added | found.added
    print("only in the new results:", ", ".join(sorted(added)) or "nothing")
    sys.exit(0 if alike else 1)


if __name__ == "__main__":
    main()
