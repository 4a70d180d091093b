"""What tests read of a run: what results say as JSON, without what a clock decides, and the run's files."""

from __future__ import annotations

import io
import json

from autograder.records.results import ClassResults, write_json
from autograder.records.run_folder import Run


def content(results: ClassResults):
    """What stands in results.json, but for its schema."""
    file = io.BytesIO()
    write_json(file, results)
    return json.loads(file.getvalue())


def rows(results: ClassResults):
    return {(row["student"], row["part"]): row for row in content(results)["results"]}


def timeless(results: ClassResults):
    """Results without what a clock decides."""
    said = content(results)
    return {**said, "results": [{**row, "seconds": 0, "memory_mb": 0} for row in said["results"]]}


def evidence_files(run: Run):
    return {path.name: path.stat().st_mtime_ns for path in run.evidence.glob("*.evidence")}
