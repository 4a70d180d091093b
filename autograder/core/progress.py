"""The protocol by which long work reports its progress."""

from __future__ import annotations

from typing import Protocol

from autograder.core.text import Text


class Progress(Protocol):
    """A receiver of progress reports."""

    def begin(self, phase: Text, total: int) -> None:
        """Begin a phase of ``total`` steps."""

    def step(self, what: str) -> None:
        """Count one step, named ``what``, as done."""


class Silent:
    """A Progress that shows nothing."""

    def begin(self, phase: Text, total: int) -> None:
        """Show nothing."""

    def step(self, what: str) -> None:
        """Show nothing."""
