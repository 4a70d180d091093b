"""Whose a collected file is, and which attempt counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.core.text import EMPTY, Text
from autograder.course.policy import due_for
from autograder.course.roster import Roster, Student, key_of
from autograder.grading.policy import ExamPolicy
from autograder.integrations.lms.ledger import FileRecord, OwnerRecord

_LONGEST = 60  # letters of a folder's name; a Korean one takes three bytes

_LATE = Text(ko="늦었고, 기한 안에 낸 것이 있습니다", en="late, and there is one on time")
_OTHER = Text(ko="다른 제출물을 채점합니다", en="another attempt counts")
_AFTER = Text(ko="제출은 {most}번까지 받습니다", en="after {most} attempts")
_SEVERAL = Text(
    ko="{name!r}은(는) 명단의 학생 여럿을 뜻할 수 있습니다: {lines}",
    en="{name!r} may be several students of the roster: {lines}",
)


@dataclass(frozen=True, slots=True)
class Owned:
    """Who handed a file in: folders of students, or why that is not known."""

    students: tuple[str, ...]
    why: Text = EMPTY


def owned(record: FileRecord, roster: Roster, policy: ExamPolicy, taken: Mapping[str, str]) -> Owned:
    """Return whose a file is.

    Args:
        record: of the file.
        roster: of the class; may be empty.
        policy: says whether one member of a group hands in for all.
        taken: the account of each name that no roster knows, so that two people of one name stay apart.
    """
    found: dict[str, None] = {}
    for owner in record.owners:
        members = roster.group(owner.name)
        known = [] if members else _known(owner, roster)
        if len(known) > 1:
            lines = Text(
                ko=", ".join(f"{one.id}({one.line}번째 줄)" for one in known),
                en=", ".join(f"{one.id} (line {one.line})" for one in known),
            )
            return Owned((), _SEVERAL.format(name=owner.name, lines=lines))
        for student in known:
            members = _team(student, roster) if policy.groups else [student]
        found |= dict.fromkeys(one.id for one in members)
        if not members:
            found[_unlisted(owner, record.account, taken)] = None
    return Owned(tuple(found))


def _known(owner: OwnerRecord, roster: Roster) -> list[Student]:
    """Return the students whom all that is said of an owner may mean; what nobody is called says nothing."""
    known = {key_of(key): students for key in owner.keys if (students := roster.called(key))}
    # What is only the end of something else that is known says nothing of its own.
    whole = [key for key in known if not any(other != key and other.endswith(key) for other in known)]
    meant = [{one.id: one for one in known[key]} for key in whole]
    if not meant:
        return []
    common = [one for id, one in meant[0].items() if all(id in other for other in meant)]
    return common or list({id: one for other in meant for id, one in other.items()}.values())


def _team(student: Student, roster: Roster) -> Sequence[Student]:
    return roster.group(student.group) if student.group else [student]


def _unlisted(owner: OwnerRecord, account: str, taken: Mapping[str, str]) -> str:
    """Return the folder of one whom no roster knows; no two accounts share one."""
    for name in (owner.name, account):
        if taken.get(_folder(name), account) == account:
            return _folder(name)
    return f"{_folder(owner.name)}_{_short(account)}"


def _folder(name: str) -> str:
    """Return a name that a folder may have."""
    plain = "".join("_" if letter in "/\\" or not letter.isprintable() else letter for letter in name)
    plain = plain.strip().lstrip(".~$") or "unnamed"
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}_{_short(name)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def taken_names(records: Sequence[FileRecord], roster: Roster) -> dict[str, str]:
    """Return the account that came first with each folder's name; those of the roster are nobody's."""
    found = dict.fromkeys(roster.by_id, "")
    for record in records:
        for owner in record.owners:
            found.setdefault(_folder(owner.name), record.account)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files that count for one student.

    Attributes:
        answers: by question.
        beside: the other files, by their path.
        why_not: of each file that does not count, why, by its identity.
    """

    answers: Mapping[str, FileRecord]
    beside: Mapping[str, FileRecord]
    why_not: Mapping[tuple[str, ...], Text]


def choose(
    records: Sequence[FileRecord],
    questions: Sequence[str],
    policy: ExamPolicy,
    exam: str,
    student: Student | None,
) -> Chosen:
    """Choose among all files that one student handed in for an exam."""
    due = due_for(policy, exam, student)
    limit = due + policy.grace if due else None
    timed = all(record.time for record in records)  # else what is known of one says nothing of the others
    ordered = sorted(records, key=lambda record: (0 if timed else record.batch, *_age(record)))
    attempts = list(dict.fromkeys(map(_attempt, ordered)))
    counted = set(attempts if policy.max_attempts is None else attempts[: policy.max_attempts])
    pool = [record for record in ordered if _attempt(record) in counted]
    why_not = {
        record.identity: _AFTER.format(most=policy.max_attempts)
        for record in ordered
        if _attempt(record) not in counted
    }
    answers = {}
    for question in questions:
        if candidates := _candidates(pool, question):
            answers[question] = _counting(candidates, policy, limit)
    used = {record.identity for record in answers.values()}
    others: dict[str, list[FileRecord]] = {}
    for record in pool:
        if not record.named and record.identity not in used:
            others.setdefault(record.file, []).append(record)
    beside = {file: _counting(found, policy, limit) for file, found in others.items()}
    used |= {record.identity for record in beside.values()}
    for record in pool:
        if record.identity not in used:
            why_not[record.identity] = _other_counts(record, limit)
    return Chosen(answers=answers, beside=beside, why_not=why_not)


def _candidates(pool: Sequence[FileRecord], question: str) -> Sequence[FileRecord]:
    """Return the files that may answer a question, of each attempt those whose names say so, if any does.

    A file whose name says nothing answers by what it defines. One that is named after another question does
    so only where nothing else is there.
    """
    attempts: dict[str, list[FileRecord]] = {}
    for record in pool:
        attempts.setdefault(_attempt(record), []).append(record)
    found: list[FileRecord] = []
    for files in attempts.values():
        named = [record for record in files if question in record.named]
        found += named or [one for one in files if question in one.contains and not one.named]
    return found or [record for record in pool if question in record.contains]


def _age(record: FileRecord) -> tuple[str, int, bool, str]:
    return record.moment, record.batch, record.file.casefold().endswith(".ipynb"), record.path


def _attempt(record: FileRecord) -> str:
    return record.time or f"call {record.batch}"


def is_late(record: FileRecord, limit: datetime | None) -> bool:
    """Return whether a file was handed in after the limit or, of an unknown time, is marked as late."""
    if record.time and limit is not None:
        return datetime.fromisoformat(record.time) > limit
    return record.late and not record.time


def _counting(found: Sequence[FileRecord], policy: ExamPolicy, limit: datetime | None) -> FileRecord:
    """Return the file that counts, of several in the order of their times."""
    if policy.attempts == "first":
        first = [record for record in found if _attempt(record) == _attempt(found[0])]
        return first[-1]
    on_time = [record for record in found if not is_late(record, limit)]
    return (on_time or found)[-1] if policy.attempts == "last_on_time" else found[-1]


def _other_counts(record: FileRecord, limit: datetime | None) -> Text:
    return _LATE if is_late(record, limit) else _OTHER
