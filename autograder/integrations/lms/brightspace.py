"""Brightspace: ``<numbers> - <name> - <time>/<file>``, or with ` - ` for the folder."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed

# The time is written as the language of the course has it, without a colon: Nov 1, 2026 1002 AM.
_TIME = r"(?=[^/]{,12}\d{4})[^/]{8,20}?\d{1,2}[:.]?\d{2}(?: ?[AaPp]\.?[Mm]\.?)?"
_FOLDER = re.compile(rf"(?P<numbers>\d+-\d+) ?- (?P<name>.+?) ?- (?P<time>{_TIME})(?: ?- (?P<file>.+))?")


class Brightspace:
    """The names of Brightspace; a System."""

    name = "brightspace"

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        for number, part in enumerate(parts):
            if found := _FOLDER.fullmatch(part):
                inside = "/".join(filter(None, [found["file"], *parts[number + 1 :]]))
                keys = dict.fromkeys(
                    [found["name"], *found["name"].split(" - ")]
                )  # some put the id before it
                folder = f"{found['numbers']} - {found['name']} - {found['time']}"
                return Placed(
                    account=f"{found['numbers']} - {found['name']}",
                    owners=(Owner(found["name"], tuple(keys)),),
                    file=inside,
                    time=found["time"],
                    reply=f"{folder}/{{}}",
                )
        return None
