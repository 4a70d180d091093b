"""Inside the sandbox: takes what student code prints, drops what is too much, and says so once."""

from __future__ import annotations

import io
import os
from typing import Any


class Printed(io.TextIOBase):
    """A text stream onto a descriptor that takes any amount and passes on the first bytes of it.

    A print of a gigabyte costs what making the text costs, and nobody has to read it.
    """

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor = descriptor
        self.begin(limit)

    encoding = "utf-8"
    errors = "backslashreplace"

    @property
    def buffer(self) -> _Bytes:
        """The same stream for bytes."""
        return _Bytes(self)

    def write(self, text: str) -> int:
        """Pass on what fits; return the characters taken, which are all."""
        if self._left > 0:
            # No more of a long text is encoded than could be passed on.
            self.pass_on(text[: self._left + 1].encode("utf-8", "backslashreplace"))
        elif text:
            self.dropped = True
        return len(text)

    def pass_on(self, data: bytes | memoryview) -> None:
        """Write the bytes that fit."""
        self.dropped |= len(data) > self._left
        data = data[: self._left]
        self._left -= len(data)
        while data:
            data = data[os.write(self._descriptor, data) :]

    def begin(self, limit: int) -> None:
        """Let so many bytes be printed from now on."""
        self._left, self.dropped = limit, False

    def fileno(self) -> int:
        """Return the descriptor, for libraries that write to it by themselves."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return that nobody is watching."""
        return False

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def close(self) -> None:
        """Stay open: what is printed after it was closed costs nothing either."""

    def reconfigure(self, **_: Any) -> None:
        """Stay as it is."""


class _Bytes(io.RawIOBase):
    def __init__(self, stream: Printed) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._stream.pass_on(view)
        return view.nbytes
