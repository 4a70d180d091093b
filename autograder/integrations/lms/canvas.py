"""Canvas: ``<login>[_LATE]_<user>_<attachment>_<file>``, all in one folder."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed

_FILE = re.compile(r"(?P<login>[^/]+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)")


class Canvas:
    """The names of Canvas; a System."""

    name = "canvas"

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        found = _FILE.fullmatch(path.rpartition("/")[2])
        if found is None:
            return None
        login, user = found["login"], found["user"]
        return Placed(
            account=f"{login}_{user}",
            owners=(Owner(login, (login, user)),),
            file=found["file"],
            late=found["late"] is not None,
            reply=f"{login}_{found['late'] or ''}{user}_{found['attachment']}_{{}}",
        )
