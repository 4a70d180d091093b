"""How long work tells how far it has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told how far long work has come."""

    def begin(self, phase: str, total: int) -> None:
        """A phase with ``total`` steps begins."""

    def step(self, what: str) -> None:
        """One step is done; ``what`` names it."""


class Silent:
    """A Progress that shows nothing."""

    def begin(self, phase: str, total: int) -> None:
        """Show nothing."""

    def step(self, what: str) -> None:
        """Show nothing."""
