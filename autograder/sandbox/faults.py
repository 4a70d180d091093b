"""Says in both languages what went wrong with a student's code, from a worker's report or its end.

What a worker says need not be true: it is put into sentences, shortened, and decides nothing.
"""

from __future__ import annotations

import platform
import signal
from collections.abc import Mapping, Sequence

from autograder.core.exam import Limit
from autograder.core.outcome import Fault, FaultKind
from autograder.core.text import Text, join
from autograder.core.text_of_runs import (
    AUTHORS_FAILURE,
    BAD_RETURN,
    BAD_USE,
    BROKEN_NOTEBOOK,
    CELL_UNREAD,
    CLOSE_DEFINITION,
    CODE_ELSEWHERE,
    COMMAND_REFUSED,
    CONFLICT_MARKERS,
    CRASHED,
    EMPTY_FILE,
    EXCEPTION,
    EXIT_CALLED,
    EXITED,
    FIRST_CAUSE,
    GRAPHICS_MEMORY,
    IN_CALL,
    IN_COMMENT,
    IN_MARKDOWN,
    IN_RAW,
    INPUT_CALLED,
    IS_NONE,
    MEMORY_LIMIT,
    MISSING_NAME,
    NO_CODE,
    NO_CUDA,
    NO_INPUT,
    NO_NETWORK,
    NO_PROCESSES,
    NO_WORKERS,
    NOT_A_NOTEBOOK,
    NOT_HERE,
    OTHER_ARGUMENTS,
    OTHER_KERNEL,
    QUOTED_LINE,
    RAISED,
    SYNTAX_ERROR,
    TOO_LARGE_FILE,
    TRAILING_TEXT,
    UNWRITTEN,
    WRONG_ENCODING,
)
from autograder.worker.messages import Elsewhere, Hint, Note, NoteKind, Problem, ProblemKind, Read

_MAX_CHARACTERS, _MAX_TRACE = 1_000, 4_000  # an honest worker sends no more of an error or a traceback
_MAX_NOTES = 200  # an honest worker sends no more
_MAX_CAUSES = 200  # names
_NOTHING = Text("", "")
_SENTENCES: Mapping[NoteKind, Text] = {
    "empty": EMPTY_FILE,
    "encoding": WRONG_ENCODING,
    "json": BROKEN_NOTEBOOK,
    "no_notebook": NOT_A_NOTEBOOK,
    "conflict": CONFLICT_MARKERS,
    "kernel": OTHER_KERNEL,
    "no_code": NO_CODE,
    "too_large": TOO_LARGE_FILE,
    "file_syntax": SYNTAX_ERROR,
    "trailing": TRAILING_TEXT,
    "syntax": CELL_UNREAD,
    "raised": RAISED,
    "command": COMMAND_REFUSED,
    "absent": NOT_HERE,
    "input": INPUT_CALLED,
    "exit": EXIT_CALLED,
}
_HINTS: Mapping[Hint, Text] = {
    "": _NOTHING,
    "device": NO_CUDA,
    "workers": NO_WORKERS,
    "processes": NO_PROCESSES,
    "network": NO_NETWORK,
    "input": NO_INPUT,
    "none": IS_NONE,
}
_RAISED: Mapping[ProblemKind, Text] = {
    "exception": EXCEPTION,
    "arguments": OTHER_ARGUMENTS,
    "use": BAD_USE,
}
_ELSEWHERE: Mapping[Elsewhere, Text] = {"markdown": IN_MARKDOWN, "raw": IN_RAW, "comment": IN_COMMENT}


def sentence(note: Note) -> Text:
    """Return what a note says."""
    where = note.where[:_MAX_CHARACTERS]
    texts = {name: text[:_MAX_CHARACTERS] for name, text in note.details.items() if isinstance(text, str)}
    numbers = {name: number for name, number in note.details.items() if isinstance(number, int)}
    template = CODE_ELSEWHERE if note.kind == "no_code" and "hint" in texts else _SENTENCES[note.kind]
    said = template.format(
        where=where,
        name=where,
        python=platform.python_version(),
        error=texts.get("error", ""),
        text=QUOTED_LINE.format(text=texts["text"]) if texts.get("text") else _NOTHING,
        kernel=texts.get("kernel", ""),
        line=numbers.get("line", 1),
        size=numbers.get("size", 0),
        allowed=numbers.get("allowed", 0),
        advice=_NOTHING,
    )
    return join([said, _HINTS[note.hint]])


def unreadable(note: Note) -> Fault:
    """Return the fault of a file in which there is nothing to run."""
    return Fault(kind=FaultKind.SOURCE, message=sentence(note))


def sentences(notes: Sequence[Note]) -> dict[Text, None]:
    """Return what the first of these notes say, in order, once each.

    A statement that failed for want of a name that an earlier one would have defined is not told.
    """
    told, bound = dict[Text, None](), set[object]()
    for note in notes[:_MAX_NOTES]:
        if note.details.get("name") not in bound:
            told[sentence(note)] = None
        bound.update(note.binds)
    return told


def first_causes(notes: Sequence[Note]) -> dict[str, Text]:
    """Return, for each name that pieces of a submission would have defined, what went wrong first.

    A statement that failed for want of a name is followed to the one that would have defined it.
    """
    by_name: dict[str, Note] = {}
    for note in notes[:_MAX_NOTES]:
        for name in note.binds[:_MAX_CAUSES]:
            by_name.setdefault(name, note)
    return {name: sentence(_first(note, by_name)) for name, note in list(by_name.items())[:_MAX_CAUSES]}


def _first(note: Note, by_name: Mapping[str, Note]) -> Note:
    for _ in range(_MAX_NOTES):
        earlier = by_name.get(str(note.details.get("name", "")))
        if earlier is None or earlier is note:
            break
        note = earlier
    return note


def fault_of(
    problem: Problem, read: Read, causes: Mapping[str, Text], limit: Limit, device: str = "cpu"
) -> Fault:
    """Return the fault for what a student's code raised.

    Args:
        problem: as reported by the worker, untrusted.
        read: what it read of the student's file.
        causes: what went wrong first, for names that are not defined.
        limit: what the part may use.
        device: where it ran.
    """
    error, name = problem.error[:_MAX_CHARACTERS], problem.name
    match problem.kind:
        case "missing":
            hint = _NOTHING if error in causes else _hint(problem, read)
            kind, message, name = FaultKind.MISSING, MISSING_NAME.format(name=error, hint=hint), error
        case "unwritten":
            kind, message = FaultKind.UNWRITTEN, UNWRITTEN.format(name=error)
        case "exit":
            kind, message = FaultKind.EXIT, EXITED.format(code=error)
        case "memory":
            said = GRAPHICS_MEMORY if device.startswith("cuda") else MEMORY_LIMIT
            kind, message = FaultKind.MEMORY, said.format(megabytes=limit.memory_mb, error=error)
        case "return":
            told = Text(ko=problem.korean[:_MAX_CHARACTERS] or error, en=error)
            kind, message = FaultKind.EXCEPTION, BAD_RETURN.format(error=told)
        case "exception" | "arguments" | "use":
            kind, message = FaultKind.EXCEPTION, _RAISED[problem.kind].format(error=error)
        case "author":
            kind, message = FaultKind.AUTHOR, AUTHORS_FAILURE.format(error=error)
    if problem.call and problem.kind not in ("missing", "unwritten", "use"):
        message = IN_CALL.format(call=problem.call[:_MAX_CHARACTERS], what=message)
    cause = causes.get(name) or (causes.get("*") if problem.kind == "missing" or problem.name else None)
    first = FIRST_CAUSE.format(what=cause) if cause else _NOTHING
    more = join([_HINTS[problem.hint], first])
    if more.en:
        message = join([_ended(message), more])
    return Fault(kind=kind, message=message, traceback=problem.traceback[:_MAX_TRACE])


def _ended(text: Text) -> Text:
    """Return a text that ends as a sentence, so that another may follow."""
    return text if text.en.endswith((".", "!", "?")) else Text(ko=f"{text.ko}.", en=f"{text.en}.")


def _hint(problem: Problem, read: Read) -> Text:
    """Say where else a missing name stands, or which name is similar."""
    if (where := read.elsewhere.get(problem.error)) is not None:
        return _ELSEWHERE[where].format(name=problem.error[:_MAX_CHARACTERS])
    return CLOSE_DEFINITION.format(name=problem.close[:_MAX_CHARACTERS]) if problem.close else _NOTHING


def describe_end(status: int) -> Fault:
    """Return the fault for the end of a worker that had loaded student code.

    Args:
        status: exit status; negative or above 128 for a signal.
    """
    number = -status if status < 0 else status - 128
    try:
        name = signal.Signals(number).name
    except ValueError:
        return Fault(kind=FaultKind.EXIT, message=EXITED.format(code=status))
    return Fault(kind=FaultKind.CRASH, message=CRASHED.format(signal=name))
