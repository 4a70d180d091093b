"""The cells of a question of the kind notebook, as text: ``# %% kind name`` above each.

The kinds are ``given`` (locked, the question's own), ``answer`` (the student's) and ``test``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MARK = re.compile(r"^# %% (given|answer|test) (\S+)((?: \w+)*)[ \t]*$\n?", re.MULTILINE)
ENDED = "ended"  # the fact of a test cell that says how it ended, beside what its assertions saw
# Flags of a test cell.
UNSEEDED = "unseeded"  # random numbers go on from the cell above
APART = "apart"  # it leaves no names in the notebook
LAST = "last"  # where the notebook lacks it, it is run after all others


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A cell with its name, which in nbgrader is its id; flags stand behind the name."""

    kind: str
    name: str
    source: str
    flags: tuple[str, ...] = ()

    def written(self) -> str:
        """Return the cell's text, with its mark."""
        mark = " ".join(["# %%", self.kind, self.name, *self.flags])
        return f"{mark}\n{self.source.rstrip()}\n" if self.source.strip() else f"{mark}\n"


def split_cells(text: str) -> list[NamedCell]:
    """Return the cells of a text; what stands above the first mark is none."""
    pieces = _MARK.split(text)
    rest = zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True)
    return [
        NamedCell(kind, name, source.strip("\n"), tuple(flags.split())) for kind, name, flags, source in rest
    ]


def join_cells(cells: Iterable[NamedCell]) -> str:
    """Return cells as text."""
    return "\n".join(cell.written() for cell in cells)
