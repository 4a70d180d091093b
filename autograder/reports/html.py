"""Templates, escaping and links of the pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from autograder.reports.prose import html_of, html_of_line

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_MAX_NAME = 200  # bytes of a file's name, without its suffix


def environment(package: str) -> Environment:
    """Return the environment of a package's templates and the reports'.

    It escapes values and refuses missing ones.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("autograder.reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["points"] = "{:g}".format
    made.filters["markdown"] = html_of
    made.filters["line"] = html_of_line
    return made


def page_template(name: str) -> Template:
    """Return a template of the reports."""
    return environment("autograder.reports").get_template(name)


def source_of(name: str) -> str:
    """Return the text of a script or style sheet in the folder of the templates."""
    from importlib.resources import files

    return (files("autograder.reports") / "templates" / name).read_text(encoding="utf-8")


def content_hash(script: str) -> str:
    """Return the source expression that allows this inline script in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def data_island(value: Any) -> str:
    """Return JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace").decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page_bytes(html: str) -> bytes:
    """Return a page as UTF-8; a lone surrogate, as in the name of a file, becomes "?"."""
    return html.encode(errors="replace")


_SHORTENED = re.compile(r"-[0-9a-f]{16}$")  # how a shortened name ends, and no other


def file_name(student: str) -> str:
    """Return the name of a student's file without its suffix: safe as a file name and different for each."""
    name = re.sub(r"[^\w -]", lambda found: quote(found[0], safe="", errors="surrogatepass"), student)
    if len(name.encode()) <= _MAX_NAME and not _SHORTENED.search(name):
        return name
    return f"{name[:50]}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:16]}"


def feedback_address(student: str) -> str:
    """Return the address of a student's page, relative to the dashboard."""
    return f"feedback/{quote(file_name(student))}.html"


def anchor(question: str, part: str) -> str:
    """Return the anchor of a part in the student's page."""
    return f"{question}.{part}"
