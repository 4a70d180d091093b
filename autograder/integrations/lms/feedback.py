"""Packs feedback pages by the names that a learning system needs to give them back."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.integrations.lms.choose import owned, taken_names
from autograder.integrations.lms.ledger import Collection, records_of
from autograder.records.files import whole
from autograder.reports.standing import Standing

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pages give the same archive


@dataclass(frozen=True, slots=True)
class Packed:
    """The archive, and the students whose pages have their own name, because no download has one."""

    path: Path
    nameless: Sequence[str]


def pack_feedback(
    pages: Mapping[str, Path], target: Path, submissions: Path | None, standing: Standing
) -> Packed:
    """Write a zip of pages, each by the name that its student's newest download has for it.

    Args:
        pages: by student.
        target: the archive.
        submissions: the folder that ``collect`` wrote; None if there is none.
        standing: the roster and policy by which files were collected.

    Raises:
        UserError, RunError: what was collected cannot be read, or the archive not be written.
    """
    replies = replies_of(submissions, standing) if submissions else {}
    nameless = []
    with whole(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, page in pages.items():
            names = replies.get(student, [])
            alone = [name for name in names if sum(name in others for others in replies.values()) == 1]
            for name in names:
                own = "feedback.html" if name in alone else f"feedback_{page.name}"
                _add(archive, name.replace("{}", own), page)
            if not names:
                nameless.append(student)
                _add(archive, page.name, page)
    return Packed(target, nameless)


def _add(archive: zipfile.ZipFile, name: str, page: Path) -> None:
    archive.writestr(zipfile.ZipInfo(name, _EPOCH), page.read_bytes(), zipfile.ZIP_DEFLATED)


def replies_of(submissions: Path, standing: Standing) -> dict[str, list[str]]:
    """Return, by student, the names of replies, with ``{}``; of each account only the newest."""
    records = records_of(Collection(submissions).load(), standing.exam)
    taken = taken_names(records, standing.roster)
    found: dict[str, dict[str, str]] = {}
    for record in sorted(records, key=lambda one: (one.batch, one.moment)):
        if record.reply and record.file:
            for student in owned(record, standing.roster, standing.policy, taken).students:
                found.setdefault(student, {})[record.account] = record.reply
    return {student: list(replies.values()) for student, replies in found.items()}
