"""The wheel of the installed engine, which students install; it holds nothing of any course."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

from autograder.core.errors import UserError

DISTRIBUTION = "dl-autograder"
_MADE_ON = (2020, 1, 1, 0, 0, 0)  # of the files in it, so that the same engine gives the same bytes
_LEFT_OUT = {"INSTALLER", "RECORD", "REQUESTED", "WHEEL", "direct_url.json"}  # of one installation only
_WHEEL = b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class WheelError(UserError):
    """The wheel cannot be made here."""


def engine_wheel() -> tuple[str, bytes]:
    """Return the file name and the bytes of the engine's wheel, made of the files that are installed here.

    An editable installation gives the same wheel as an ordinary one; the same engine gives the same bytes.

    Raises:
        WheelError: the engine is not installed, or its pyproject.toml changed since.
    """
    try:
        installed = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise WheelError(f"{DISTRIBUTION} is not installed; run: pip install -e . in its folder") from None
    _refuse_outdated(installed, Path(__file__).parents[2] / "pyproject.toml")
    stem = f"{DISTRIBUTION.replace('-', '_')}-{installed.version}"
    package, info = Path(__file__).parents[1], f"{stem}.dist-info"
    files = {
        f"{package.name}/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    for path in sorted(installed.files or (), key=str):
        folder, _, name = path.as_posix().partition("/")
        if folder == info and name not in _LEFT_OUT:
            files[f"{info}/{name}"] = path.read_binary()
    files[f"{info}/WHEEL"] = _WHEEL
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MADE_ON)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return f"{stem}-py3-none-any.whl", buffer.getvalue()


def _refuse_outdated(installed: metadata.Distribution, declared: Path) -> None:
    """Refuse metadata of an editable installation that are not those of its pyproject.toml any more."""
    from packaging.requirements import Requirement

    if not declared.is_file():  # an ordinary installation
        return
    project = tomllib.loads(declared.read_text(encoding="utf-8"))["project"]
    known = {Requirement(line) for line in installed.requires or () if "extra ==" not in line}
    commands = {command.name: command.value for command in installed.entry_points}
    now = project["version"], {*map(Requirement, project["dependencies"])}, project["scripts"]
    if (installed.version, known, commands) != now:
        raise WheelError(
            f"{declared} changed since {DISTRIBUTION} was installed; run: pip install -e . there"
        )


def _record(files: dict[str, bytes], own: str) -> bytes:
    """Return the list of the wheel's files with their hashes, as PEP 376 has it."""
    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\n")
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([name, f"sha256={digest}", len(data)])
    rows.writerow([own, "", ""])
    return lines.getvalue().encode()
