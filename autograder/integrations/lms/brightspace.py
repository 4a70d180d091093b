"""Brightspace: ``<numbers> - <name> - <time>/<file>``, or with ` - ` for the folder."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed

_FOLDER = re.compile(
    r"(?P<numbers>\d+-\d+) ?- (?P<name>.+?) ?- (?P<time>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{3,4} [AP]M)"
    r"(?: ?- (?P<file>.+))?"
)


class Brightspace:
    """The names of Brightspace; a System."""

    name = "brightspace"

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        for number, part in enumerate(parts):
            if found := _FOLDER.fullmatch(part):
                inside = "/".join(filter(None, [found["file"], *parts[number + 1 :]]))
                folder = f"{found['numbers']} - {found['name']} - {found['time']}"
                return Placed(
                    account=f"{found['numbers']} - {found['name']}",
                    owners=(Owner(found["name"], (found["name"],)),),
                    file=inside,
                    time=found["time"],
                    reply=f"{folder}/{{}}",
                )
        return None
