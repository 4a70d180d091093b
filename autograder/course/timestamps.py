"""Reads nbgrader's ``timestamp.txt``, the time when a submission was handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

TIMESTAMP = "timestamp.txt"
_MAX_BYTES = 200


class TimestampError(ValueError):
    """A file has no valid date and time; the message is its content."""


def submitted_at(student: Path, exam: str) -> datetime | None:
    """Return the time, in UTC, in ``student/exam/timestamp.txt``; None if there is no such file.

    Raises:
        TimestampError: the file has no valid date and time.
    """
    path = student / exam / TIMESTAMP
    try:
        if path.is_symlink() or not path.is_file():
            return None
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode("utf-8", "replace").strip()
        return parse(text) if text else None
    except OSError as error:
        raise TimestampError(error.strerror or str(error)) from None


def parse(text: str) -> datetime:
    """Return in UTC a time such as ``2026-11-20 23:59:59.25 Asia/Seoul``, with ``+0900``, or in ISO 8601.

    Raises:
        TimestampError: the text has none of these forms.
    """
    moment, _, zone = text.rpartition(" ") if text.count(" ") == 2 else (text, "", "")
    try:
        found = datetime.fromisoformat(moment)
        if found.tzinfo is None:
            found = found.replace(tzinfo=_zone(zone))
        return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # ZoneInfo raises ValueError, LookupError or OSError
        raise TimestampError(text) from None


def _zone(name: str) -> tzinfo:
    if name in ("", "UTC", "Z"):
        return UTC
    if name[0] in "+-":
        digits = name[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
        return timezone(-offset if name[0] == "-" else offset)
    try:
        return ZoneInfo(name)
    except KeyError:  # ZoneInfoNotFoundError
        raise ValueError(name) from None
