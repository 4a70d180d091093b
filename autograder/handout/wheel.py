"""The students' wheel: of the engine what a self-check imports, and nothing of any course."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import re
import zipfile
from importlib import metadata
from pathlib import Path

import autograder
from autograder.core.errors import UserError
from autograder.course.source import imported_packages
from autograder.running.environment import WORKER_MODULES

PACKAGE = Path(autograder.__file__).parent
DISTRIBUTION = "dl-autograder"
NAME = "dl_autograder_student"
# What students start; what is started for them, or read, without being imported; what probes may import.
_ROOTS = (
    "__init__.py",
    "handout/student.py",
    "handout/check_cell.py",
    "worker/zygote.py",
    "sandbox/attempts.py",
)
_DATE = (2020, 1, 1, 0, 0, 0)  # of the files in it, so that the same engine gives the same bytes
_WHEEL = b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_IMPORTED_AS = {"pillow": "PIL", "ipython": "IPython"}


class WheelError(UserError):
    """The students' wheel cannot be made here."""


def student_modules() -> list[Path]:
    """Return the engine's modules that a self-check imports, directly or through others, in order."""
    todo, found = [PACKAGE / name for name in _ROOTS], set[Path]()
    todo += [path for pattern in WORKER_MODULES for path in PACKAGE.glob(pattern)]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += [PACKAGE / name for name in _imports(path)]
    return sorted(found)


def _imports(path: Path) -> set[str]:
    """Return the files of the package that a module imports anywhere but for type checking."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(_without_typing(tree)):
        if isinstance(node, ast.Import):
            names |= {item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{item.name}" for item in node.names}
    return {file for name in names for file in _files(name)}


def _without_typing(tree: ast.Module) -> ast.Module:
    body = [node for node in tree.body if not isinstance(node, ast.If) or "TYPE_" not in ast.dump(node.test)]
    return ast.Module(body=body, type_ignores=[])


def _files(name: str) -> list[str]:
    """Return the file of ``autograder.x.y``, a module or a package, if it is one."""
    first, *inner = name.split(".")
    if first != PACKAGE.name or not inner:
        return []
    files = ["/".join(inner) + ".py", "/".join([*inner, "__init__.py"])]
    return [file for file in files if (PACKAGE / file).is_file()]


def student_wheel() -> tuple[str, bytes]:
    """Return the file name and the bytes of the wheel; the same engine gives the same bytes.

    Raises:
        WheelError: this engine is not installed, so that its requirements are not known.
    """
    info, modules = f"{NAME}-{autograder.__version__}.dist-info", student_modules()
    files = {f"{PACKAGE.name}/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in modules}
    # A package that is but a folder for some of its modules comes without what it says of the others.
    files = {f"{Path(name).parent}/__init__.py": b"" for name in files} | files
    files[f"{PACKAGE.name}/__main__.py"] = b"from autograder.handout.student import main\n\nmain()\n"
    files[f"{info}/METADATA"] = _metadata(modules).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nautograder = autograder.handout.student:main\n"
    record = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return f"{NAME}-{autograder.__version__}-py3-none-any.whl", buffer.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _metadata(modules: list[Path]) -> str:
    try:
        wanted, python = (
            metadata.requires(DISTRIBUTION) or [],
            metadata.metadata(DISTRIBUTION)["Requires-Python"],
        )
    except metadata.PackageNotFoundError:
        raise WheelError(f"{DISTRIBUTION} is not installed; run: pip install -e . in its folder") from None
    used = {name for path in modules for name in imported_packages(path.read_text(encoding="utf-8"))}
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {NAME.replace('_', '-')}",
        f"Version: {autograder.__version__}",
        "Summary: The self-check of deep-learning exams",
        f"Requires-Python: {python}",
    ]
    for requirement in wanted:
        name = re.split(r"[^\w.-]", requirement)[0].lower()
        if "extra ==" not in requirement and _IMPORTED_AS.get(name, name) in used:
            lines.append(f"Requires-Dist: {requirement}")
    return "\n".join(lines) + "\n"
