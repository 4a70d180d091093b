"""Errors that a user can correct, in both languages, and the error of an interrupted run."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from autograder.core.text import Language, Text, said


class UserError(Exception):
    """Wrong usage or unreadable input, told in one clear line; the exit code is 2.

    ``str(error)`` is the line in English, or in the language of ``told_in``. What only the author of an exam
    meets has no other.

    Attributes:
        text: the line in both languages.
    """

    def __init__(self, told: Text | str, *, ko: str = "") -> None:
        self.text = said(told, ko)
        super().__init__(self.text.en)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class DeclarationError(UserError):
    """A declaration in an exam, question or solution module is wrong; the message says where and why."""


class CancelledError(RuntimeError):
    """The interruption of a run; nothing was decided."""


@contextmanager
def told_in(language: Language) -> Iterator[None]:
    """Have errors that a user can correct say their line in a language, where Python itself shows them."""
    try:
        yield
    except UserError as error:
        error.args = (error.text[language],)
        raise error.with_traceback(None) from None


_REASONS: Mapping[int | None, str] = {
    errno.ENOENT: "그런 파일이나 폴더가 없습니다",
    errno.EACCES: "권한이 없습니다",
    errno.EEXIST: "이미 있습니다",
    errno.EISDIR: "파일이 아니라 폴더입니다",
    errno.ENOTDIR: "폴더가 아닙니다",
    errno.ENAMETOOLONG: "이름이 너무 깁니다",
    errno.EROFS: "읽기 전용입니다",
    errno.ENOSPC: "디스크에 남은 공간이 없습니다",
    errno.EADDRINUSE: "이미 쓰이고 있습니다",
}


def reason(error: Exception) -> Text:
    """Return what the system says, without the name of the file; any other error as it is."""
    english = getattr(error, "strerror", None) or str(error)
    return Text(en=english, ko=_REASONS.get(getattr(error, "errno", None), english))


def hint(name: str, known: Iterable[str]) -> Text:
    """Return what may be named instead: the closest name, else all of them."""
    from difflib import get_close_matches  # a command that works needs none

    names = list(known)
    if close := get_close_matches(name, names, n=1):
        return Text(en=f"did you mean {close[0]!r}?", ko=f"{close[0]!r}을(를) 뜻하셨습니까?")
    return Text(en=f"there are: {', '.join(names) or 'none'}", ko=f"있는 것: {', '.join(names) or '없음'}")


def not_known(kind: Text, name: str, known: Iterable[str]) -> Text:
    """Return that nothing of a kind ("exam") has this name, and what may be named instead."""
    instead = hint(name, known)
    return Text(
        en=f"no {kind.en} is named {name!r}; {instead.en}",
        ko=f"{kind.ko} {name!r}은(는) 없습니다. {instead.ko}",
    )


REPORT = "pip install 'dl-autograder[report]'"


def to_install(what: Text | str, needed: str, command: str) -> Text:
    """Return that something needs what is not installed, and the command that installs it."""
    who = what if isinstance(what, Text) else Text(what)
    return Text(
        en=f"{who.en} needs {needed}; run: {command}",
        ko=f"{who.ko}에는 {needed}이(가) 필요합니다. 실행하세요: {command}",
    )
