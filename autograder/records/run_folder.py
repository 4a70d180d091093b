"""The folder of a run."""

from __future__ import annotations

import filecmp
import os
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, structs

from autograder.core.errors import reason
from autograder.core.text import Text
from autograder.core.verdict import Result, by_student
from autograder.records.decision_log import Decisions
from autograder.records.files import RunError, sweep, unwritable, whole
from autograder.records.forms import Header, LiveFile, PartRow, QuestionRow, ResultsFile, TotalRow
from autograder.records.locks import is_locked, locked
from autograder.records.manifest import Kept, Manifest
from autograder.records.results import ClassResults, Encoder, header_of, results_of, write_json, write_lines
from autograder.records.rows import Rows, parser, read_by_line, write_by_line

SCHEMA = 1
MANIFEST, RESULTS, LIVE, LOG = "run.json", "results.json", "live.json", "errors.log"
_DELETE = Text(
    ko="지우고 autograder grade를 다시 실행하세요. 증거는 남아 있고 제출물은 다시 실행되지 않습니다",
    en="delete it and run autograder grade again: evidence is kept and no submission is run again",
)
_AGAIN = Text(ko="같은 autograder grade를 다시 실행하세요", en="run the same autograder grade again")

T = TypeVar("T")
Submissions = Collection[tuple[str, Mapping[str, Kept]]]


class _Schema(Struct):
    schema: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveResults:
    """The state of a run in progress or interrupted: ``done`` of ``total`` submissions are judged.

    ``manifest`` is the future content of run.json.
    """

    results: ClassResults
    manifest: Manifest
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Run:
    """The folder of a run: ``run.json`` (what was run and how), ``evidence/``, ``results.json``.

    ``decisions.db`` holds what people decided; ``live.json`` exists until ``results.json`` is written;
    ``errors.log`` tells of submissions at which the grader itself failed.
    """

    folder: Path

    @property
    def evidence(self) -> Path:
        """The folder of stored attempts."""
        return self.folder / "evidence"

    def log(self, where: str, error: BaseException) -> Path:
        """Add an unexpected exception, with its traceback, to ``errors.log``, and return that file's path.

        Args:
            where: the student and the question.
        """
        path = self.folder / LOG
        told = "".join(traceback.format_exception(error))
        line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {where}\n{told}\n"
        with suppress(OSError), open(path, "ab", opener=partial(os.open, mode=0o600)) as file:
            file.write(line.encode(errors="backslashreplace"))
        return path

    def manifest(self) -> Manifest | None:
        """Return the content of ``run.json``, or None if the file does not exist.

        Raises:
            RunError: the file is damaged or of another schema.
        """
        found = self._read(MANIFEST, Manifest, _DELETE)
        return found and found[0]

    def recorded(self) -> tuple[Manifest, Submissions] | None:
        """Return ``run.json`` without its submissions, and these as pairs that are read on iteration.

        Raises:
            RunError: the file is damaged or of another schema; a damaged pair raises RowError on iteration.
        """
        found = self._read(MANIFEST, Manifest, _DELETE, submissions=_submission)
        if found is None:
            return None
        manifest, rows = found
        submissions = rows.get("submissions", manifest.submissions.items())
        return structs.replace(manifest, submissions={}), submissions

    def results(self) -> ClassResults | None:
        """Return ``results.json``, read on each iteration, or None if the file does not exist.

        Raises:
            RunError: the file is damaged or of another schema; a damaged row raises RowError on iteration.
        """
        return self.results_in(RESULTS)

    def results_in(self, name: str) -> ClassResults | None:
        """Return the results in a file of the folder, as :meth:`results` does, for instance earlier ones."""
        command = f"autograder rescore {self.folder}"
        advice = Text(ko=f"실행하세요: {command}", en=f"run {command}")
        kinds = {"results": parser(PartRow), "questions": parser(QuestionRow), "totals": parser(TotalRow)}
        if (found := self._read(name, ResultsFile, advice, **kinds)) is None:
            return None
        return self._class_results(*found)

    def live(self) -> LiveResults | None:
        """Return the content of ``live.json``; None if the run has ended.

        Raises:
            RunError: the file is damaged or of another schema.
        """
        if (found := self._read(LIVE, LiveFile, _AGAIN)) is None:
            return None
        file, rows = found
        results = self._class_results(file, rows).in_memory()
        return LiveResults(results=results, manifest=file.manifest, done=file.done, total=file.total)

    def _class_results(self, file: ResultsFile, rows: Mapping[str, Rows[Any]]) -> ClassResults:
        header = Header(**{name: getattr(file, name) for name in Header.__struct_fields__})
        parts, questions = rows.get("results", file.results), rows.get("questions", file.questions)
        return results_of(header, parts, questions, self.folder / RESULTS)

    def _read(
        self, name: str, type: type[T], advice: Text, **parsers: Callable[[bytes], Any]
    ) -> tuple[T, dict[str, Rows[Any]]] | None:
        path = self.folder / name
        try:
            rest, rows = read_by_line(path, parsers, advice)
            if parser(_Schema)(rest).schema != SCHEMA:
                raise RunError(
                    f"{path} is not of schema {SCHEMA}", ko=f"{path}의 스키마가 {SCHEMA}이(가) 아닙니다"
                )
            return parser(type)(rest), rows
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunError(
                f"{path} cannot be read: {error.strerror}",
                ko=f"{path}을(를) 읽을 수 없습니다: {reason(error).ko}",
            ) from None
        except (ValueError, RecursionError) as error:
            raise RunError(
                f"{path} is damaged: {error}; {advice.en}",
                ko=f"{path}이(가) 손상되었습니다: {error}. {advice.ko}",
            ) from None

    def write_manifest(self, manifest: Manifest) -> None:
        """Write ``run.json``.

        Raises:
            RunError: the file cannot be written.
        """
        with whole(self.folder / MANIFEST) as file:
            write_by_line(file, {"schema": SCHEMA, **structs.asdict(manifest)})

    def write_results(self, header: Header, found: Iterable[Result]) -> ClassResults:
        """Write ``results.json``, remove ``live.json``, and return the written results.

        Args:
            header: the description of the run.
            found: the results in order; one student's are in memory at a time.

        Raises:
            RunError: the file cannot be written.
        """
        return self.write_lines(header, Encoder().lines(by_student(found)))

    def write_lines(self, header: Header, lines: Iterable[tuple[str, bytes]]) -> ClassResults:
        """Write ``results.json`` as :meth:`write_results` does, from the lines of an Encoder.

        Raises:
            RunError: it cannot be written.
        """
        with whole(self.folder / RESULTS) as file:
            write_lines(file, header, lines, self.folder, schema=SCHEMA)
        (self.folder / LIVE).unlink(missing_ok=True)
        written = self.results()
        assert written is not None
        return written

    @contextmanager
    def keeping_results(self) -> Iterator[None]:
        """Keep results.json as ``results-<n>.json`` if other results replace it in the block.

        Raises:
            RunError: it cannot be kept.
        """
        path = self.folder / RESULTS
        kept = self.next_earlier
        try:
            with suppress(FileNotFoundError):
                os.link(path, kept)
        except OSError as error:
            raise unwritable(kept, error) from None
        try:
            yield
        finally:
            if kept.exists() and filecmp.cmp(path, kept, shallow=False):
                kept.unlink()

    @property
    def next_earlier(self) -> Path:
        """The file that keeps results when others replace them next."""
        return self.folder / f"results-{max(self.earlier, default=0) + 1}.json"

    @property
    def earlier(self) -> dict[int, Path]:
        """The files with results that were replaced, by their number; the newest is last."""
        found = {path.stem.removeprefix("results-"): path for path in self.folder.glob("results-*.json")}
        return {int(name): found[name] for name in sorted(filter(str.isdecimal, found), key=int)}

    def write_live(self, manifest: Manifest, found: Iterable[Result], done: int, total: int) -> None:
        """Write ``live.json`` with the results ``found`` so far, ``done`` of ``total`` submissions.

        Raises:
            RunError: the file cannot be written.
        """
        results = ClassResults(header_of(manifest), lambda: found)
        with whole(self.folder / LIVE) as file:
            write_json(file, results, self.folder, schema=SCHEMA, done=done, total=total, manifest=manifest)

    @property
    def decisions(self) -> Decisions:
        """What people decided."""
        return Decisions(self.folder / "decisions.db")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder against a second grader; the lock ends with the process, however it ends.

        Raises:
            RunError: another process is grading into the folder, or it cannot be written.
        """
        with ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(self._lock))
            except BlockingIOError:
                raise RunError(
                    f"{self.folder}: another process is grading into it",
                    ko=f"{self.folder}: 다른 프로세스가 이 폴더에 채점하고 있습니다",
                ) from None
            except OSError as error:
                raise unwritable(self.folder, error) from None
            for folder in (self.folder, self.evidence):
                sweep(folder)
            yield

    @property
    def busy(self) -> bool:
        """Whether a process is grading into the folder now."""
        return is_locked(self._lock)

    @property
    def _lock(self) -> Path:
        return self.folder / ".lock"


def _submission(line: bytes) -> tuple[str, dict[str, Kept]]:
    (found,) = _one_submission(b"{%s}" % line).items()
    return found


_one_submission = parser(dict[str, dict[str, Kept]])
