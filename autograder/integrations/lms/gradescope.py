"""Gradescope: ``submission_<number>/<file>``, and a text that says whose they are and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autograder.integrations.lms.placed import Owner, Placed

_METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\d+")
_ENTRY = re.compile(r"""^["']?(submission_\d+)["']?:[ \t]*$""", re.MULTILINE)
_FIELD = re.compile(r"""^ {2,4}(?:- )?:(name|sid|email|created_at): *(.*?) *$""", re.MULTILINE)


def is_metadata(path: str) -> bool:
    """Return whether a path in a download is that of Gradescope's metadata, and not of a student's file."""
    *folders, name = path.split("/")
    return name == _METADATA and not any(map(_FOLDER.fullmatch, folders))


@dataclass(frozen=True, slots=True)
class _Said:
    owners: tuple[Owner, ...]
    time: str


@dataclass(frozen=True, slots=True)
class Gradescope:
    """The names of Gradescope; a System. ``said`` is what the metadata says, by folder."""

    said: Mapping[str, _Said] = field(default_factory=dict)
    name: str = "gradescope"

    @classmethod
    def of(cls, metadata: str) -> Gradescope:
        """Return the system with what the text of ``submission_metadata.yml`` says."""
        entries = list(_ENTRY.finditer(metadata))
        ends = [*(entry.start() for entry in entries), len(metadata)][1:]
        said = {
            entry[1]: _said(metadata[entry.end() : end])
            for entry, end in zip(entries, ends, strict=False)  # without entries there is one end more
        }
        return cls(said)

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        for number, part in enumerate(parts[:-1]):
            if _FOLDER.fullmatch(part):
                said = self.said.get(part)
                return Placed(
                    account=part,
                    owners=said.owners if said else (Owner(part, (part,)),),
                    file="/".join(parts[number + 1 :]),
                    time=said.time if said else "",
                )
        return None


def _said(entry: str) -> _Said:
    """Return what an entry says of its newest submission; older ones stand below ``:history:``."""
    newest = entry.partition("\n  :history:")[0]
    fields = [(name, value.strip("'\"")) for name, value in _FIELD.findall(newest)]
    time = next((value for name, value in fields if name == "created_at"), "")
    return _Said(tuple(_owners(fields)), time)


def _owners(fields: list[tuple[str, str]]) -> Iterator[Owner]:
    """Yield the submitters, each of whom begins with a name."""
    starts = [number for number, (name, _) in enumerate(fields) if name == "name"]
    for start, end in zip(starts, [*starts[1:], len(fields)], strict=True):
        mine = {name: value for name, value in fields[start:end] if value not in ("", "null")}
        keys = tuple(mine[name] for name in ("sid", "email", "name") if name in mine)
        if keys:
            yield Owner(keys[0], keys)
