"""Packs what benchmarks/cuda.sh measured into one JSON file.

    python benchmarks/brought.py FOLDER OUT

FOLDER has the course with its data/measured, and in found/ what the commands printed. OUT is
{"measured": [...], "verified": {device.question: lines}, "tables": {device.question: what calibrate printed},
"left_out": [...], "devices": [...], "torch": version}.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

from msgspec import to_builtins

from autograder.course.catalog import Course
from autograder.sandbox.gpus import visible


def main(folder: Path, out: Path) -> None:
    found = folder / "found"
    left_out = found / "left_out"
    entries = [entry for exam in Course(folder).exams() for entry in exam.questions]
    verified = {
        path.stem: json.loads(text)
        for path in sorted(found.glob("*.json"))
        if (text := path.read_text(encoding="utf-8")).strip()
    }
    brought = {
        "torch": metadata.version("torch"),
        "devices": ["cpu", *(gpu.model for gpu in visible())],
        "left_out": left_out.read_text(encoding="utf-8").splitlines() if left_out.exists() else [],
        "measured": [to_builtins(entry.measured) for entry in entries if entry.measured_path.exists()],
        "verified": verified,
        "tables": {path.stem: path.read_text(encoding="utf-8") for path in sorted(found.glob("*.txt"))},
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(brought, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [line for rows in verified.values() for line in rows]
    hold = sum(line["holds"] for line in lines)
    print(f"{out}: {len(brought['measured'])} questions measured, {hold} of {len(lines)} lines hold")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
