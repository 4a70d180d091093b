"""ILIAS: ``<last>_<first>_<login>_<number>/<time>_<file>``, perhaps below a folder for each team."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed, tails

_ABOVE = {"Abgaben", "Submissions"}
_FOLDER = re.compile(r"(?P<last>[^/]+)_(?P<first>[^_/]+)_(?P<login>[^_/]+)_(?P<number>\d+)")
_TIMED = re.compile(r"(?P<time>\d{14})_(?P<file>.+)")


class Ilias:
    """The names of ILIAS; a System."""

    name = "ilias"

    def surely(self, path: str) -> bool:
        """Return whether a path is that of a download, and not only like one."""
        return bool(_ABOVE & set(path.split("/"))) or _TIMED.fullmatch(path.rpartition("/")[2]) is not None

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        for number, part in enumerate(parts[:-1]):
            # Some write spaces; elsewhere a name with spaces and a number may be anything.
            found = _FOLDER.fullmatch(part.replace(" ", "_") if _ABOVE & set(parts[:number]) else part)
            if found is None:
                continue
            above, name = parts[number + 1 : -1], parts[-1]
            timed = _TIMED.fullmatch(name)
            login, words = found["login"], found[0].split("_")[:-1]
            names = ("".join(words[:count]) for count in range(2, len(words)))
            return Placed(
                account=f"{login}_{found['number']}",
                owners=(Owner(login, (*tails("_".join(words[2:])), *names)),),
                file="/".join([*above, timed["file"] if timed else name]),
                time=timed["time"] if timed else "",
                reply=f"{part}/{{}}",
            )
        return None
