"""results.json: written and read a student at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from autograder.core.verdict import Result, Verdict, totals
from autograder.course.catalog import question_number
from autograder.probing.arrays import CUBLAS, DETERMINISTIC
from autograder.records.rows import line_of
from autograder.records.run_folder import Run

_KNOWN = 512  # verdicts whose lines are kept
_NO_ROWS: Mapping[str, list[Any]] = {"results": [], "questions": [], "totals": []}


def in_order(result: Result) -> tuple[str, int]:
    """Return what results are sorted by: the student, then the question's place in the exam."""
    return result.student, question_number(result.question)


def write_results(run: Run, manifest: Mapping[str, Any], found: Iterable[Result]) -> dict[str, Any]:
    """Write results.json, and return what it says, to be read from there.

    Args:
        run: where to.
        manifest: of the run, with or without its submissions.
        found: in order; only one student's are in memory at a time.

    Raises:
        RunError: it cannot be written.
    """
    run.write_results({**_header(manifest), **_NO_ROWS}, _rows(found, _Encoder().rows))
    written = run.results()
    assert written is not None
    return {name: value for name, value in written.items() if name != "schema"}


def write_live(run: Run, manifest: Mapping[str, Any], found: Iterable[Result], done: int, total: int) -> None:
    """Write live.json, as :func:`write_results` does results.json, when ``done`` of ``total`` are judged.

    Raises:
        RunError: it cannot be written.
    """
    state = {"done": done, "total": total, "manifest": manifest, **_header(manifest), **_NO_ROWS}
    run.write_live(state, _rows(found, _Encoder().rows))


def as_results(manifest: Mapping[str, Any], found: Iterable[Result]) -> dict[str, Any]:
    """Return in memory what :func:`write_results` would write, for instance of a run without any yet."""
    lists: dict[str, list[Any]] = {name: [] for name in _NO_ROWS}
    for name, row in _rows(found, Result.rows):
        lists[name].append(row)
    return {**_header(manifest), **lists}


def in_memory(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return results whose lists are not read again each time, for what needs the whole class many times."""
    return {**results, **{name: list(results[name]) for name in _NO_ROWS}}


def _header(manifest: Mapping[str, Any]) -> dict[str, Any]:
    versions: dict[str, str] = {}
    datasets: dict[str, str] = {}
    for question in manifest["questions"].values():
        versions |= question["versions"]
        datasets |= question.get("datasets", {})
    return {
        **{name: manifest[name] for name in ("exam", "profile", "device", "isolation")},
        "settings": {**DETERMINISTIC, **CUBLAS},
        "versions": versions,
        "dataset": datasets,
        "submitted": manifest.get("submitted", {}),
    }


class _Encoder:
    """Makes lines of rows; what many verdicts share is encoded once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Verdict, bytes, bytes]] = {}

    def rows(self, result: Result) -> Iterator[bytes]:
        """Yield what :meth:`Result.rows` returns as lines."""
        whose = line_of(result.whose)[:-1]
        for verdict in result.verdicts:
            judged, findings = self._shared(verdict)
            seconds, memory = verdict.took()
            line = b'%s, %s, "seconds": %a, "memory_mb": %s, "findings": %s}'
            yield line % (whose, judged, seconds, b"null" if memory is None else b"%a" % memory, findings)

    def _shared(self, verdict: Verdict) -> tuple[bytes, bytes]:
        """Return the lines of what does not depend on how long it took."""
        key = id(verdict.findings), verdict.part, verdict.status, verdict.points
        if (known := self._known.get(key)) is None:
            if len(self._known) == _KNOWN:
                self._known.clear()
            findings = line_of([finding.to_json() for finding in verdict.findings])
            # With the verdict itself, so that no other findings get the id of these.
            known = self._known[key] = verdict, line_of(verdict.judged())[1:-1], findings
        return known[1:]


def _rows(found: Iterable[Result], rows: Callable[[Result], Iterable[Any]]) -> Iterator[tuple[str, Any]]:
    """Yield (list, item): parts, questions and totals, student by student."""
    for _, group in groupby(found, key=attrgetter("student")):
        results = list(group)
        for result in results:
            yield from (("results", row) for row in rows(result))
            yield "questions", result.summary()
        yield from (("totals", row) for row in totals(results))
