"""What the name of a downloaded file says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from autograder.core.text import EMPTY, Text


@dataclass(frozen=True, slots=True)
class Owner:
    """Who handed in: what to call them where no roster knows them, and what a roster may know them by."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What a file's path in a download says.

    Attributes:
        account: identifies who handed in within the system; no two have the same.
        owners: who that is; several who handed in together.
        file: the path within what they handed in; empty for a text of the system's own about it.
        time: when, as the system writes it; empty if the name does not say.
        late: whether the system marks it as late.
        reply: the name that a file of feedback needs to reach them, with ``{}`` for its own name; empty if
            the system takes none by name.
        why: why the file is not taken; empty if it is.
    """

    account: str
    owners: tuple[Owner, ...]
    file: str
    time: str = ""
    late: bool = False
    reply: str = ""
    why: Text = EMPTY


def tails(text: str) -> tuple[str, ...]:
    """Return what stands behind each underscore of a text, the shortest first, and the whole text.

    A login may have underscores as what stands before it may; the roster knows which of these it is.
    """
    words = text.split("_")
    return tuple("_".join(words[at:]) for at in range(len(words) - 1, -1, -1))


class System(Protocol):
    """A learning system: how it names what students handed in."""

    @property
    def name(self) -> str:
        """The system's name, as ``--from`` has it."""

    def place(self, path: str) -> Placed | None:
        """Return what a path in a download says; None if the system does not write such a path."""
