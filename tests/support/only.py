"""The command line as it is where nothing but the wheel and an extra is installed.

    python -m tests.support.only torch demo dl2022_midterm

What is installed besides cannot be imported.
"""

from __future__ import annotations

import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def with_requirements(name: str, extras: frozenset[str], found: set[tuple[str, frozenset[str]]]) -> None:
    """Add a distribution and everything that it requires here to ``found``."""
    if (name, extras) in found:
        return
    found.add((name, extras))
    for line in metadata.requires(name) or ():
        needed = Requirement(line)
        wanted = needed.marker is None or any(
            needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)
        )
        if wanted:
            with_requirements(canonicalize_name(needed.name), frozenset(needed.extras), found)


def absent(extra: str) -> list[str]:
    """Return the modules that would not be installed."""
    found: set[tuple[str, frozenset[str]]] = set()
    with_requirements("dl-autograder", frozenset([extra]), found)
    kept = {name for name, _ in found}
    return [
        module
        for module, distributions in metadata.packages_distributions().items()
        if kept.isdisjoint(map(canonicalize_name, distributions)) and module not in sys.stdlib_module_names
    ]


if __name__ == "__main__":
    from autograder.cli.main import main

    sys.modules |= dict.fromkeys(absent(sys.argv.pop(1)))  # None: not to be imported
    main()
