"""The run's own secret, by which what students send back is known to come from its pages."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from autograder.records.files import RunError, unwritable

_FILE = ".key"


def run_key(folder: Path) -> bytes:
    """Return the key of the run in a folder, which is made at the first call.

    Raises:
        RunError: it cannot be read or written, or is empty.
    """
    path = folder / _FILE
    try:
        if not path.exists():
            descriptor, own = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
            with suppress(FileExistsError):  # another process was first; its key counts
                os.link(own, path)
            os.unlink(own)
        key = path.read_bytes()
    except OSError as error:
        raise unwritable(path, error) from None
    if not key.strip():
        raise RunError(
            f"{path}: the key of the run is empty; delete it for a new one",
            ko=f"{path}: 이 결과의 키가 비어 있습니다. 새로 만들려면 지우세요",
        )
    return key
