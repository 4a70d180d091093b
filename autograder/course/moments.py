"""Points in time as people and learning systems write them, in a named time zone."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from autograder.course.timestamps import TimestampError, parse

_DAY_ONLY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_KOREAN = re.compile(
    r"(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일[^\d오]*(?:(오전|오후)\s*)?"
    r"(?:(\d{1,2})(?:[:시]\s*(?=\D|\d{1,2}(?!\d)|$)|(?=\d{2}(?!\d)))(\d{1,2})?)?"
)
_SLASHED = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})\.?(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_FORMS: Final = (
    "%A, %d %B %Y, %I:%M %p",  # Moodle
    "%A, %B %d, %Y, %I:%M %p",
    "%d %B %Y, %I:%M %p",
    "%b %d, %Y %I%M %p",  # Brightspace, in names of files, where no colon may be
    "%b %d, %Y %I:%M %p",
    "%B %d, %Y %I%M %p",
    "%B %d, %Y %I:%M %p",
    "%d %B, %Y %H%M",
    "%d %B %Y %H%M",
    "%d %B %Y %H.%M",
    "%d %b %Y %H%M",
    "%Y-%m-%d %H%M",
    "%d.%m.%Y %H%M",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%d-%H-%M-%S",  # Blackboard, in names of files
    "%Y%m%d%H%M%S",  # ILIAS
)


class MomentError(ValueError):
    """A text is no point in time, or has no time zone; the message says which."""


def moment(text: str, zone: tzinfo | None, *, whole_day: bool = False) -> datetime:
    """Return in UTC the time that a text says, in ISO 8601 or as a learning system writes it.

    Args:
        text: the text.
        zone: of texts that have none.
        whole_day: whether a date without a time means the end of that day.

    Raises:
        MomentError: the text is no time, or has no zone while ``zone`` is None.
    """
    plain = re.sub(r"[\s\u202f]+", " ", text).strip()
    naive = _naive(plain, whole_day=whole_day)
    if naive is None:
        with suppress(TimestampError):
            return parse(plain)
        raise MomentError(f"{text!r} is no date and time; write 2026-11-20 18:00")
    return at(naive, zone)


def at(naive: datetime, zone: tzinfo | None) -> datetime:
    """Return in UTC a time, which is in ``zone`` unless it has its own.

    Raises:
        MomentError: it has no zone, and ``zone`` is None.
    """
    if naive.tzinfo is None and zone is None:
        raise MomentError(f'{naive} has no time zone; write timezone = "Asia/Seoul", say, in course.toml')
    return (naive if naive.tzinfo else naive.replace(tzinfo=zone)).astimezone(UTC)


def end_of_day(naive: datetime) -> datetime:
    """Return the last second of a day."""
    return datetime.combine(naive.date(), time(23, 59, 59), naive.tzinfo)


def _naive(text: str, *, whole_day: bool) -> datetime | None:
    """Return a time without a zone; None if the text has one, or is none of the known forms."""
    try:
        if korean := _KOREAN.match(text):
            year, month, day, half, hour, minute = korean.groups()
            found = datetime(int(year), int(month), int(day), int(hour or 0) % (12 if half else 24))
            found += timedelta(hours=12 * (half == "오후"), minutes=int(minute or 0))
            return end_of_day(found) if whole_day and hour is None else found
        if slashed := _SLASHED.fullmatch(text):
            found = datetime(*(int(one or 0) for one in slashed.groups()))  # type: ignore[arg-type]
            return end_of_day(found) if whole_day and slashed[4] is None else found
        with suppress(ValueError):
            if _DAY_ONLY.fullmatch(text):
                found = datetime.strptime(text, "%Y-%m-%d")
                return end_of_day(found) if whole_day else found
            found = datetime.fromisoformat(text)
            return found if found.tzinfo is None else None
        for form in _FORMS:
            with suppress(ValueError):
                return datetime.strptime(text, form)
    except ValueError:  # the 31st of February
        return None
    return None
