"""Blackboard: ``<assignment>_<user>_attempt_<time>_<file>``, and a text about each attempt without a file."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed, tails

_FILE = re.compile(
    r"(?P<title>.+?)_(?P<user>[^_/]+)_attempt_(?P<time>\d{4}(?:-\d{2}){5})(?:_(?P<file>.+)|\.txt)"
)


class Blackboard:
    """The names of Blackboard; a System."""

    name = "blackboard"

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        found = _FILE.fullmatch(path.rpartition("/")[2])
        if found is None:
            return None
        user = found["user"]
        return Placed(
            account=f"{found['title']}_{user}",
            owners=(Owner(user, tails(f"{found['title']}_{user}")),),
            file=found["file"] or "",
            time=found["time"],
            reply=f"{found['title']}_{user}_attempt_{found['time']}_{{}}",
        )
