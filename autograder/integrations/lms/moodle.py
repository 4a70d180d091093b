"""Moodle: ``<full name>_<number>_assignsubmission_file_/<file>``, or without the folder."""

from __future__ import annotations

import re

from autograder.integrations.lms.placed import Owner, Placed

_FOLDER = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")


class Moodle:
    """The names of Moodle; a System."""

    name = "moodle"

    def place(self, path: str) -> Placed | None:
        """Return what a path says; see System."""
        parts = path.split("/")
        for number, part in enumerate(parts):
            if found := _FOLDER.fullmatch(part):
                inside = "/".join(filter(None, [found["file"], *parts[number + 1 :]]))
                return self._placed(found, inside) if inside else None
        return None

    def _placed(self, found: re.Match[str], inside: str) -> Placed:
        name, number = found["name"], found["number"]
        without_group = name.rpartition("-")[2]  # "<group>-<name>" where an assignment has groups
        keys = dict.fromkeys([number, name, without_group] if "-" in name else [number, name])
        return Placed(
            account=f"{name}_{number}",
            owners=(Owner(name, tuple(keys)),),
            file=inside if found["kind"] == "file" else "",
            reply=f"{name}_{number}_assignsubmission_file_/{{}}",
        )
