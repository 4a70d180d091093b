"""Chooses the isolation: the requested one, or the first that holds on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograder.core.errors import not_known
from autograder.core.text import Text
from autograder.sandbox.bubblewrap import Bubblewrap, end_orphans, works
from autograder.sandbox.conformance import Conformance, examine
from autograder.sandbox.protocol import SANDBOXES, Isolation, IsolationError
from autograder.sandbox.unconfined import Unconfined
from autograder.sandbox.warm import Warm

NAMES = ("auto", *SANDBOXES, "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The conformance of one sandbox on this machine, and advice if it does not work at all."""

    name: str
    conformance: Conformance
    advice: str = ""


def choose(name: str) -> Isolation:
    """Return the isolation for ``--isolation``; the caller closes it.

    ``auto`` gives the first of warm and cold bubblewrap on which no attempt to get out succeeds.

    Raises:
        IsolationError: the isolation does not hold on this machine, or the name is unknown.
    """
    if name == "none":
        return Unconfined()
    if name not in NAMES:
        raise IsolationError(not_known(Text(ko="격리 방법", en="isolation"), name, NAMES))
    if reason := works(Bubblewrap()):
        raise IsolationError(f"bubblewrap does not work here: {reason}. {_advice(reason)}".rstrip(". "))
    end_orphans()
    problems = []
    for candidate in SANDBOXES if name == "auto" else (name,):
        isolation: Isolation = Warm() if candidate == "warm" else Bubblewrap()
        found = examine(isolation)
        if found.holds:
            return isolation
        isolation.close()
        problems.append(f"{candidate}: {found.failure or 'not stopped: ' + ' '.join(found.succeeded)}")
    raise IsolationError(
        f"no sandbox holds here ({'; '.join(problems)}); run autograder doctor, "
        "or give --isolation none to run the submissions without one",
        ko=f"작동하는 격리 환경이 없습니다({'; '.join(problems)}). autograder doctor를 실행하거나, 격리하지 "
        "않고 실행하려면 --isolation none을 주세요",
    )


@contextmanager
def confining(name: str) -> Iterator[Isolation]:
    """Yield what :func:`choose` returns, and close it at the end."""
    isolation = choose(name)
    try:
        yield isolation
    finally:
        isolation.close()


def survey() -> list[Survey]:
    """Examine every sandbox, limits included, for ``autograder doctor``."""
    reason = works(Bubblewrap())
    found = []
    for name in SANDBOXES:
        if reason:
            failed = Conformance(failure=f"bubblewrap does not work here: {reason}")
            found.append(Survey(name=name, conformance=failed, advice=_advice(reason)))
            continue
        isolation: Isolation = Warm() if name == "warm" else Bubblewrap()
        try:
            found.append(Survey(name=name, conformance=examine(isolation, limits=True)))
        finally:
            isolation.close()
    return found


def _advice(reason: str) -> str:
    """Return advice for a reason why bubblewrap does not start; empty if the reason contains it."""
    if "not installed" in reason:
        return ""
    return (
        "Where AppArmor restricts user namespaces (Ubuntu 24.04 and later), allow bwrap in a profile; in a "
        "container, allow namespaces (docs/security.md says how); or give --isolation none to run the "
        "submissions without a sandbox"
    )
