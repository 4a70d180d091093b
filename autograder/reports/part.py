"""A student's view of a part, for the terminal and for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape as escape_html

from rich.markup import escape as escape_markup
from rich.table import Table
from rich.text import Text as RichText

from autograder.core.exam import Question
from autograder.core.text import EMPTY, PUBLIC_CHECKS_ONLY, Language, Text
from autograder.core.verdict import RIGHT, Finding, Status, Verdict, failed_once, labelled, told
from autograder.pictures.render import Rendered
from autograder.reports.names import STATUS_NAMES

STYLES = {
    Status.PASSED: "green",
    Status.PARTIAL: "yellow",
    Status.FAILED: "red",
    Status.FAULT: "magenta",
    Status.MANUAL: "cyan",
    Status.UNGRADED: "reverse red",
}

_RIGHT, _WRONG, _LATER = Text("맞음", "right"), Text("틀림", "wrong"), Text("채점 때", "when graded")
_SO_FAR = Text("지금까지 맞음", "right so far")

# A student's text must not move the cursor or colour the screen.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def plain(text: str) -> str:
    """Make a text safe to print: escape control characters."""
    return text.translate(_CONTROLS)


def escape(text: str) -> str:
    """Make a text safe to print with rich: escape control characters and markup."""
    return escape_markup(plain(text))


def part_table(
    question: Question, verdicts: Sequence[Verdict], notes: Sequence[Text], language: Language
) -> Table:
    """Return a student's view: the status of each part, and its findings in words."""
    caption = "\n".join(note[language] for note in (*notes, PUBLIC_CHECKS_ONLY))
    table = Table(title=escape(question.title[language]), caption=escape(caption), show_lines=True)
    table.add_column(Text(ko="소문항", en="part")[language])
    table.add_column(Text(ko="상태", en="status")[language])
    table.add_column(Text(ko="검사 결과", en="findings")[language], overflow="fold")
    for verdict in verdicts:
        status = f"[{STYLES[verdict.status]}]{status_word(verdict)[language]}[/]"
        title = question.part(verdict.part).title[language]
        named = "\n".join(filter(None, [escape(title), verdict.part]))
        table.add_row(named, status, "\n".join(_findings(verdict, language)))
    return table


def part_text(verdict: Verdict, language: Language) -> str:
    """Return the findings of a part as plain lines: a table's cell, without colours."""
    return "\n".join(RichText.from_markup(line).plain for line in _findings(verdict, language))


def waits(verdict: Verdict) -> bool:
    """Return whether nothing can be said of a part before it is graded."""
    return verdict.status is Status.MANUAL and all(finding.kind != RIGHT for finding in verdict.findings)


def status_word(verdict: Verdict) -> Text:
    """Return the name of the status; a part that waits is judged when it is graded, not always by hand."""
    if verdict.status is not Status.MANUAL:
        return STATUS_NAMES[verdict.status]
    return _LATER if waits(verdict) else _SO_FAR


def _findings(verdict: Verdict, language: Language) -> Iterable[str]:
    """Yield lines: failed findings with tracebacks, then those judged later, then the names that passed."""
    for finding in failed_once(verdict.findings):
        yield f"[red]✗[/] {escape(labelled(finding)[language])}"
        if finding.traceback:
            yield escape(finding.traceback.rstrip())
    passed = [finding for finding in verdict.findings if finding.passed]
    for finding in passed:
        if finding.kind != RIGHT:
            yield f"· {escape(labelled(finding)[language])}"
    if names := [escape(finding.about[language]) for finding in passed if finding.kind == RIGHT]:
        yield f"[green]✓[/] {', '.join(names)}"


# -- in a notebook ------------------------------------------------------------------------------------------

_COLOURS = {
    Status.PASSED: "#1a7f37",
    Status.PARTIAL: "#9a6700",
    Status.FAILED: "#cf222e",
    Status.FAULT: "#8250df",
    Status.MANUAL: "#0969da",
    Status.UNGRADED: "#cf222e",
}
_HEADINGS = (Text("검사", "check"), Text("결과", "result"), Text("설명", "what was found"))
_CELL = "text-align:left;vertical-align:top;padding:4px 10px;"


def part_html(
    verdict: Verdict, language: Language, title: Text = EMPTY, pictures: Sequence[Rendered] = ()
) -> str:
    """Return the findings of a part as an HTML table, wrong ones first; for light and dark backgrounds.

    The pictures stand below it.
    """
    colour, status = _COLOURS[verdict.status], status_word(verdict)[language]
    named = f"<code>{escape_html(verdict.part)}</code>"
    heading = (
        f'<span style="color:#fff;background:{colour};padding:1px 8px;border-radius:3px">{status}</span> '
        f"<b>{escape_html(title[language]) or named}</b>{f' {named}' if title[language] else ''}"
    )
    headings = "".join(f'<th style="{_CELL}">{heading[language]}</th>' for heading in _HEADINGS)
    shown = [*failed_once(verdict.findings), *(one for one in verdict.findings if one.passed)]
    rows = "".join(_row(finding, language) for finding in shown)
    note = escape_html(PUBLIC_CHECKS_ONLY[language])
    return (
        f'<div>{heading}<table style="margin:6px 0"><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody>'
        f"</table>{''.join(_figure(one, language) for one in pictures)}"
        f'<div style="opacity:0.7">{note}</div></div>'
    )


def _figure(picture: Rendered, language: Language) -> str:
    caption = escape_html(picture.caption[language])
    return (
        f'<figure style="margin:6px 0"><img src="{picture.uri}" alt="{caption}" '
        f'style="max-width:100%;background:#fff"><figcaption>{caption}</figcaption></figure>'
    )


def _row(finding: Finding, language: Language) -> str:
    later = finding.passed and finding.kind != RIGHT
    word = (_LATER if later else _RIGHT if finding.passed else _WRONG)[language]
    colour = _COLOURS[Status.MANUAL if later else Status.PASSED if finding.passed else Status.FAILED]
    message = "" if finding.kind == RIGHT else escape_html(told(finding)[language])
    trace = f"<pre>{escape_html(finding.traceback.rstrip())}</pre>" if finding.traceback else ""
    return (
        f'<tr><td style="{_CELL}">{escape_html(finding.about[language])}</td>'
        f'<td style="{_CELL}color:{colour};font-weight:bold;white-space:nowrap">{word}</td>'
        f'<td style="{_CELL}">{message}{trace}</td></tr>'
    )
