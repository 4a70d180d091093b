"""ILIAS: ``<last>_<first>_<login>_<number>/<time>_<file>``, perhaps below a folder for each team."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed

_FOLDER = re.compile(r"(?P<last>[^/]+)_(?P<first>[^_/]+)_(?P<login>[^_/]+)_(?P<number>\d+)")
_TIMED = re.compile(r"(?P<time>\d{14})_(?P<file>.+)")


class Ilias:
    """The names of ILIAS; a System."""

    name = "ilias"

    def surely(self, path: str) -> bool:
        """Return whether a path is that of a download, and not only like one."""
        named = {"Abgaben", "Submissions"} & set(path.split("/"))
        return bool(named) or _TIMED.fullmatch(path.rpartition("/")[2]) is not None

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        for number, part in enumerate(parts[:-1]):
            found = _FOLDER.fullmatch(part)
            if found is None:
                continue
            above, name = parts[number + 1 : -1], parts[-1]
            timed = _TIMED.fullmatch(name)
            login = found["login"]
            return Placed(
                account=f"{login}_{found['number']}",
                owners=(Owner(login, (login, f"{found['last']}{found['first']}")),),
                file="/".join([*above, timed["file"] if timed else name]),
                time=timed["time"] if timed else "",
                reply=f"{part}/{{}}",
            )
        return None
