"""Requests to look again: the small signed files that students make on their feedback pages and send back."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from autograder.core.errors import UserError
from autograder.records.decision_log import OutdatedError
from autograder.records.decisions import PartId, Request
from autograder.records.rows import parser
from autograder.records.run_folder import Run
from autograder.records.run_key import run_key

MAX_BYTES = 65_536  # of a file
MAX_TEXT = 4_000  # characters of what a student writes
MAX_REQUESTS = 100  # of one student
_NAME = re.compile(r"\.request(?:[-_ ]?\(?\d+\)?)?\.json", re.IGNORECASE)  # learning systems number files


class RequestFile(Struct, frozen=True, kw_only=True):
    """The content of a request's file; ``token`` is that of the student's page."""

    look_again: int
    exam: str
    student: str
    question: str
    part: str
    check: str = ""
    text: str
    made: str = ""
    token: str


_read = parser(RequestFile)


class RequestError(UserError):
    """A file is no request of this run; the message says why."""


class Taken(StrEnum):
    """What became of a request."""

    STORED = "stored"
    KNOWN = "known"  # it was stored before


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRequest:
    """A file that was taken, and what became of it."""

    request: Request
    what: Taken


def is_request(name: str) -> bool:
    """Return whether a file's name is that of a request."""
    return _NAME.search(name) is not None and name.lower().endswith(".json")


def page_token(key: bytes, exam: str, student: str) -> str:
    """Return what shows that a request comes from the page of this student."""
    said = json.dumps(["request", exam, student])
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def take_request(run: Run, data: bytes) -> TakenRequest:
    """Store a request in the run, unless it is there already.

    Args:
        data: the content of the file.

    Raises:
        RequestError: it is no request, not from a page of this run, or about nothing that the run has.
        RunError, DecisionsError: the run cannot be read or written.
    """
    file = _parsed(data)
    _demand_of_run(run, file)
    request = Request(
        student=file.student,
        question=file.question,
        part=file.part,
        check=file.check,
        text=file.text.strip(),
        made=file.made,
    )
    return _stored(run, request)


def _demand_of_run(run: Run, file: RequestFile) -> None:
    """Refuse what is not from a page of this run, or about nothing that it has."""
    results = run.results()
    if results is None:
        raise RequestError(
            "the run has no results yet; take it again when autograder grade is done",
            ko="아직 채점 결과가 없습니다. autograder grade가 끝난 뒤에 다시 받으세요",
        )
    if results.header.exam != file.exam:
        raise RequestError(
            f"it is a request about {file.exam}, which is another exam",
            ko=f"다른 시험({file.exam})에 관한 요청입니다",
        )
    if not hmac.compare_digest(page_token(run_key(run.folder), file.exam, file.student), file.token):
        raise RequestError(
            f"it does not come from the feedback page of {file.student!r} in this run",
            ko=f"이 결과에 있는 {file.student!r}의 피드백 페이지에서 온 것이 아닙니다",
        )
    parts = {PartId(one.student, one.question, part.part) for one in results for part in one.verdicts}
    if PartId(file.student, file.question, file.part) not in parts:
        raise RequestError(
            f"{file.student!r} has no part {file.question}/{file.part}",
            ko=f"{file.student!r}에게는 소문항 {file.question}/{file.part}이(가) 없습니다",
        )


def _stored(run: Run, request: Request) -> TakenRequest:
    held = run.decisions.held()
    if held.seen(request.key):
        return TakenRequest(request=request, what=Taken.KNOWN)
    if sum(one.request.student == request.student for one in held.asked) >= MAX_REQUESTS:
        raise RequestError(
            f"{request.student!r} has made {MAX_REQUESTS} requests already",
            ko=f"{request.student!r}이(가) 이미 {MAX_REQUESTS}번 요청했습니다",
        )
    try:
        run.decisions.decide([request], who=request.student, source="command", seen=[0])
    except OutdatedError:  # another process was faster
        return TakenRequest(request=request, what=Taken.KNOWN)
    return TakenRequest(request=request, what=Taken.STORED)


def _parsed(data: bytes) -> RequestFile:
    if len(data) > MAX_BYTES:
        raise RequestError(f"it has more than {MAX_BYTES:,} bytes", ko=f"{MAX_BYTES:,}바이트보다 큽니다")
    try:
        file = _read(data)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"it is no request: {error}", ko=f"요청이 아닙니다: {error}") from None
    if file.look_again != 1:
        raise RequestError(
            "it was made by another version of autograder", ko="다른 버전의 autograder로 만든 요청입니다"
        )
    if not file.text.strip() or len(file.text) > MAX_TEXT:
        raise RequestError(
            f"a request says what to look at, in at most {MAX_TEXT:,} characters",
            ko=f"다시 볼 것을 {MAX_TEXT:,}자 안에서 적어야 합니다",
        )
    if max(map(len, (file.check, file.made))) > MAX_TEXT:
        raise RequestError(
            "it is no request: a field is too long", ko="요청이 아닙니다. 너무 긴 항목이 있습니다"
        )
    return file


def take_requests(
    run: Run, files: Iterable[tuple[str, bytes]]
) -> list[tuple[str, TakenRequest | RequestError]]:
    """Store the requests in files, given as (name, content); return for each what became of it."""
    found: list[tuple[str, TakenRequest | RequestError]] = []
    for name, data in files:
        try:
            found.append((name, take_request(run, data)))
        except RequestError as error:
            found.append((name, error))
    return found
