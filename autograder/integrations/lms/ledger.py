"""What was collected into a folder of submissions: a record of every file, and the files themselves."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from msgspec import DecodeError, Struct, ValidationError, field, json

from autograder.core.errors import UserError
from autograder.core.text import EMPTY, Text
from autograder.records.files import RunError, unwritable, write_whole
from autograder.records.locks import locked

COLLECTED = "collected.csv"
_FOLDER = ".collected"


class OwnerRecord(Struct, frozen=True, kw_only=True):
    """One who handed a file in; see Owner."""

    name: str
    keys: tuple[str, ...]


class FileRecord(Struct, frozen=True, kw_only=True):
    """A file of a download, as it was collected.

    Attributes:
        exam: which it was collected for.
        system: whose names the download has.
        source: the name of the download.
        path: in the download; a file of an archive in it after the archive's own path.
        account: who handed in, within the system; empty if nobody.
        owners: who that is.
        file: the path within what was handed in.
        named: the questions that its name means.
        contains: the questions that its contents answer.
        time: when it was handed in, in ISO 8601; empty if unknown.
        modified: when it was changed, in ISO 8601; empty if unknown.
        late: whether the system marks it as late.
        batch: the number of the call that collected it, from 1.
        collected: when that was, in ISO 8601.
        size: in bytes.
        sha256: of its content; empty if it was not taken.
        told: why it was not taken; empty if it was. In a ledger of before it is in English alone.
        reply: the name that feedback needs, with ``{}``.
    """

    exam: str
    system: str
    source: str
    path: str
    account: str = ""
    owners: tuple[OwnerRecord, ...] = ()
    file: str = ""
    named: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    time: str = ""
    modified: str = ""
    late: bool = False
    batch: int
    collected: str = ""
    size: int
    sha256: str = ""
    told: Text | str = field(default=EMPTY, name="why")
    reply: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same file, whatever the download is called."""
        return self.exam, self.system, self.account, self.path, self.sha256, self.why.en

    @property
    def why(self) -> Text:
        """Why it was not taken; empty if it was."""
        return self.told if isinstance(self.told, Text) else Text(en=self.told)

    @property
    def moment(self) -> str:
        """When it was handed in, as far as is known: by its time, else by the last change."""
        return self.time or self.modified


class Ledger(Struct, kw_only=True):
    """All records of a folder of submissions; ``placed`` are the files written, with their digests."""

    schema: int = 1
    batch: int = 0
    files: list[FileRecord] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of submissions that are collected; what was downloaded is kept in ``.collected``."""

    folder: Path

    @property
    def _ledger(self) -> Path:
        return self.folder / _FOLDER / "ledger.json"

    def load(self) -> Ledger:
        """Return what was collected so far.

        Raises:
            UserError: it cannot be read.
        """
        try:
            return json.decode(self._ledger.read_bytes(), type=Ledger)
        except FileNotFoundError:
            return Ledger()
        except (OSError, DecodeError, ValidationError) as error:
            raise UserError(
                f"{self._ledger} cannot be read: {error}; move it away and collect all downloads again",
                ko=f"{self._ledger}을(를) 읽을 수 없습니다: {error}. 다른 곳으로 옮기고 내려받은 것을 모두 "
                "다시 모으세요",
            ) from None

    def save(self, ledger: Ledger) -> None:
        """Write what was collected.

        Raises:
            RunError: it cannot be written.
        """
        write_whole(self._ledger, json.format(json.encode(ledger), indent=1))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder against a second collector.

        Raises:
            RunError: another process collects into it, or it cannot be written.
        """
        inside = self.folder / _FOLDER
        try:
            inside.mkdir(parents=True, exist_ok=True)
            with locked(inside / "lock"):
                yield
        except BlockingIOError:
            raise RunError(
                f"{self.folder}: another process is collecting into it",
                ko=f"{self.folder}: 다른 프로세스가 이 폴더에 모으고 있습니다",
            ) from None
        except PermissionError as error:
            raise unwritable(self.folder, error) from None

    def content(self, sha256: str) -> Path:
        """Return the path of a kept file."""
        return self.folder / _FOLDER / "files" / sha256[:2] / sha256

    def keep(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep a file's content and return its digest and size.

        Raises:
            ReadError: the content cannot be read; nothing is kept.
            RunError: it cannot be written.
        """
        inside = self.folder / _FOLDER
        sha, size = hashlib.sha256(), 0
        descriptor, name = tempfile.mkstemp(dir=inside, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    sha.update(chunk)
                    size += len(chunk)
                    try:
                        file.write(chunk)
                    except OSError as error:
                        raise unwritable(inside, error) from None
            target = self.content(sha.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(name, target)
        finally:
            Path(name).unlink(missing_ok=True)
        return sha.hexdigest(), size


def digest_of(path: Path) -> str:
    """Return the digest of a file; empty if there is no ordinary file.

    Raises:
        OSError: it cannot be read.
    """
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def records_of(ledger: Ledger, exam: str) -> Sequence[FileRecord]:
    """Return the records of an exam."""
    return [one for one in ledger.files if one.exam == exam]
