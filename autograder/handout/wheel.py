"""Makes the wheel of the installed engine for students; it has nothing of any course."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import tomllib
import zipfile
from collections.abc import Collection, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from autograder.core.errors import UserError

DISTRIBUTION = "dl-autograder"
_MADE_ON = (2020, 1, 1, 0, 0, 0)  # of every file in an archive, so that the same files give the same bytes
_KEPT = ("METADATA", "entry_points.txt", "licenses/")  # what else is there is the installer's own
_WHEEL = b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class WheelError(UserError):
    """The wheel cannot be made here."""


def engine_wheel() -> tuple[str, bytes]:
    """Return the file name and the bytes of the engine's wheel; the same engine gives the same bytes.

    Raises:
        WheelError: the engine is not installed, or its pyproject.toml changed after that.
    """
    try:
        installed = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise WheelError(
            f"{DISTRIBUTION} is not installed; run: pip install -e . in its folder",
            ko=f"{DISTRIBUTION}이(가) 설치되어 있지 않습니다. 그 폴더에서 실행하세요: pip install -e .",
        ) from None
    declared = Path(__file__).parents[2] / "pyproject.toml"
    _refuse_outdated(installed, declared)
    stem = f"{DISTRIBUTION.replace('-', '_')}-{installed.version}"
    files, info = dict(package_files()), f"{stem}.dist-info"
    for path in sorted(installed.files or (), key=str):
        folder, _, name = path.as_posix().partition("/")
        if folder == info and name.startswith(_KEPT):
            files[f"{info}/{name}"] = path.read_binary()
    if declared.is_file():  # an editable installation keeps the entry points of its own day
        files[f"{info}/entry_points.txt"] = _entry_points(declared)
    files[f"{info}/WHEEL"] = _WHEEL
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    return f"{stem}-py3-none-any.whl", archive(files)


def package_files() -> Iterator[tuple[str, bytes]]:
    """Yield the path, as ``autograder/...``, and the content of each file of the engine."""
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(package.parent).as_posix(), path.read_bytes()


def archive(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """Return a ZIP file; the same files give the same bytes, and ``programs`` are executable."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _MADE_ON)
            entry.external_attr = (0o755 if name in programs else 0o644) << 16
            file.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _refuse_outdated(installed: metadata.Distribution, declared: Path) -> None:
    """Raise WheelError if an editable installation has other metadata than its pyproject.toml."""
    from packaging.requirements import Requirement

    if not declared.is_file():  # an ordinary installation
        return
    project = tomllib.loads(declared.read_text(encoding="utf-8"))["project"]
    known = {Requirement(line) for line in installed.requires or () if "extra ==" not in line}
    if (installed.version, known) != (project["version"], {*map(Requirement, project["dependencies"])}):
        raise WheelError(
            f"{declared} changed since {DISTRIBUTION} was installed; run: pip install -e . there",
            ko=f"{DISTRIBUTION}을(를) 설치한 뒤에 {declared}이(가) 바뀌었습니다. 그 폴더에서 실행하세요: "
            "pip install -e .",
        )


def _entry_points(declared: Path) -> bytes:
    """Return the file of the commands and plugins that a pyproject.toml declares."""
    project = tomllib.loads(declared.read_text(encoding="utf-8"))["project"]
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    sections = (
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in sorted(points.items()))])
        for group, points in sorted(groups.items())
    )
    return ("\n\n".join(sections) + "\n").encode()


def _record(files: dict[str, bytes], own: str) -> bytes:
    """Return the wheel's RECORD: its files with their hashes, as in PEP 376."""
    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\n")
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([name, f"sha256={digest}", len(data)])
    rows.writerow([own, "", ""])
    return lines.getvalue().encode()
