"""The history of a run's decisions, for the terminal and the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct, to_builtins
from rich.table import Table

from autograder.core.evidence import Json
from autograder.core.text import Language, Text
from autograder.records.decisions import (
    Changed,
    Decision,
    Entry,
    GroupName,
    ItemChanged,
    Key,
    Override,
    Reply,
    Request,
    Score,
    SplitGroup,
)
from autograder.records.held import Held, undone
from autograder.reports.heads import add_columns
from autograder.reports.part import escape

_EVERYONE = Text(ko="모두", en="everyone")
_GROUP = Text(ko="묶음 {group}", en="group {group}")
_STUDENTS = Text(ko="{count}명", en="{count} students")
_ACCEPTED = {True: Text(ko="받아들임", en="accepted"), False: Text(ko="그대로 둠", en="declined")}
_SHOWN = 3  # names in a line


class EntryRow(Struct, frozen=True, kw_only=True):
    """An entry in JSON; ``undone`` if it was taken back."""

    number: int
    act: int
    kind: str
    decision: Json
    who: str
    why: str
    source: str
    given: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was decided together, as people read it.

    Attributes:
        number: by which it is undone.
        about: the part, or what else it is about.
        whose: for whom.
        what: was decided.
        undone: whether all of it was taken back.
    """

    number: int
    given: str
    who: str
    why: str
    about: str
    whose: Text
    what: Text
    undone: bool


def chosen(entries: Iterable[Entry], student: str | None = None, part: str | None = None) -> list[Entry]:
    """Return the entries that concern a student, and a part, also as ``question/part``; undos with them."""
    known = list(entries)
    asked: dict[Key, Key] = {("reply", str(one.number)): one.decision.key for one in known}
    return [one for one in known if _concerns(asked.get(key := one.decision.key, key), student, part)]


def _concerns(key: Key, student: str | None, part: str | None) -> bool:
    kind, *rest = key
    if kind == "request":
        rest = [*rest[1:3], rest[0]]
    students = rest[3:] if kind == "split" else rest[2:3] if kind in ("score", "request") else []
    places = {"/".join(rest[:2]), *rest[1:2]}
    return (part is None or part in places) and (student is None or student in students)


def _students(decision: Decision) -> Sequence[str]:
    if isinstance(decision, SplitGroup):
        return decision.students
    return [decision.student] if isinstance(decision, Score | Request) else []


def entry_rows(entries: Iterable[Entry], everything: Iterable[Entry]) -> list[EntryRow]:
    """Return entries as JSON has them; what is undone is seen from everything."""
    gone = undone(everything)
    return [
        EntryRow(
            number=one.number,
            act=one.act,
            kind=str(one.decision.__struct_config__.tag),
            decision=to_builtins(one.decision),
            who=one.who,
            why=one.why,
            source=one.source,
            given=one.given,
            undone=one.number in gone,
        )
        for one in entries
    ]


def acts(entries: Iterable[Entry], everything: Iterable[Entry]) -> list[Act]:
    """Return what was decided together, newest first."""
    gone, found = undone(everything), dict[int, list[Entry]]()
    for entry in entries:
        found.setdefault(entry.act, []).append(entry)
    return [_act(mine, gone) for mine in reversed(found.values())]


def _act(mine: Sequence[Entry], gone: frozenset[int]) -> Act:
    first = mine[0]
    decision = first.decision
    question, part = getattr(decision, "question", ""), getattr(decision, "part", "")
    return Act(
        number=first.act,
        given=first.given,
        who=first.who,
        why=first.why,
        about=" · ".join(filter(None, (question, part))),
        whose=_whose(mine),
        what=_what(decision),
        undone=all(one.number in gone for one in mine),
    )


def _whose(mine: Sequence[Entry]) -> Text:
    decision = mine[0].decision
    if isinstance(decision, Override | GroupName):
        return _GROUP.format(group=decision.group) if decision.group else _EVERYONE
    names = [name for one in mine for name in _students(one.decision)]
    if len(names) <= _SHOWN:
        return Text(ko=", ".join(names), en=", ".join(names))
    return _STUDENTS.format(count=len(names))


def _what(decision: Decision) -> Text:
    """Return in a few words what was decided."""
    match decision:
        case Score():
            given = [decision.automatic, decision.by_hand, decision.extra or None]
            if decision.empty:
                return Text(ko="점수 취소", en="no score any more")
            points = " + ".join(f"{one:g}" for one in given if one is not None)
            items = ", ".join(one.item for one in decision.items) if decision.waiting is None else ""
            told = Text(ko="{points}점", en="{points} points").format(points=points) if points else Text()
            return _joined(told, f"[{items}]" if items else "", _quoted(decision.comment))
        case Override():
            points = "" if decision.points is None else f"= {decision.points:g}"
            extra = f"{decision.extra:+g}" if decision.extra else ""
            return (
                _joined(Text(), points, extra, _quoted(decision.comment))
                if not decision.empty
                else Text(ko="조정 취소", en="no adjustment any more")
            )
        case GroupName(name=name):
            return Text(ko="이름: {name}", en="called {name}").format(name=name)
        case SplitGroup():
            return Text(ko="묶음에서 나눔", en="split from group {group}").format(group=decision.group)
        case ItemChanged():
            told = Text(ko="채점 기준 {item}: {points:+g}점", en="rubric item {item}: {points:+g}")
            return told.format(item=decision.item, points=decision.points)
        case Request():
            return Text(ko="재검토 요청: {text}", en="request: {text}").format(text=decision.text)
        case Reply():
            told = Text(ko="요청 {number}: {word}", en="request {number}: {word}")
            answer = told.format(number=decision.request, word=_ACCEPTED[decision.accepted])
            return _joined(answer, _quoted(decision.text))
        case Changed():
            told = Text(ko="다시 채점, {moved}명의 점수가 바뀜", en="judged anew, {moved} students moved")
            return told.format(moved=decision.moved)
    return Text(ko="{number}번 취소", en="undid {number}").format(number=decision.number)


def _joined(text: Text, *more: str) -> Text:
    rest = [one for one in more if one]
    return Text(ko=" ".join(filter(None, [text.ko, *rest])), en=" ".join(filter(None, [text.en, *rest])))


def _quoted(text: str) -> str:
    return f"“{text}”" if text else ""


def history_table(found: Sequence[Act], language: Language) -> Table:
    """Return a table of what was decided, newest first."""
    table = Table()
    headings = (
        Text(ko="번호", en="number"),
        Text(ko="때", en="when"),
        Text(ko="누가", en="who"),
        Text(ko="소문항", en="part"),
        Text(ko="누구에게", en="for whom"),
        Text(ko="결정", en="decision"),
        Text(ko="까닭", en="why"),
    )
    add_columns(table, headings, language)
    for act in found:
        about = escape(act.about), escape(act.whose[language]), escape(act.what[language]), escape(act.why)
        style = "strike dim" if act.undone else ""
        table.add_row(str(act.number), act.given, escape(act.who), *about, style=style)
    return table


class RequestRow(Struct, frozen=True, kw_only=True):
    """A request in JSON; without a reply ``accepted`` is None."""

    number: int
    student: str
    question: str
    part: str
    check: str
    text: str
    given: str
    accepted: bool | None
    reply: str


def request_rows(held: Held) -> list[RequestRow]:
    """Return the requests as JSON has them, oldest first."""
    return [
        RequestRow(
            number=one.entry.number,
            student=one.request.student,
            question=one.request.question,
            part=one.request.part,
            check=one.request.check,
            text=one.request.text,
            given=one.entry.given,
            accepted=one.reply.accepted if one.reply else None,
            reply=one.reply.text if one.reply else "",
        )
        for one in held.asked
    ]


def requests_table(rows: Sequence[RequestRow], language: Language) -> Table:
    """Return a table of requests."""
    table = Table(show_lines=True)
    headings = (
        Text(ko="번호", en="number"),
        Text(ko="학생", en="student"),
        Text(ko="소문항", en="part"),
        Text(ko="요청", en="request"),
        Text(ko="답", en="answer"),
    )
    add_columns(table, headings, language)
    for row in rows:
        place = f"{row.question}\n{row.part}\n{row.check}".strip()
        answer = "" if row.accepted is None else f"{_ACCEPTED[row.accepted][language]} {row.reply}".strip()
        table.add_row(str(row.number), *map(escape, (row.student, place, row.text, answer)))
    return table
