"""What the pages share: the templates, escaping, and addresses that one page has in another."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from jinja2 import Template

_LONGEST = 200  # bytes of a file's name, without its ending


def template(name: str) -> Template:
    """Return a template of the package; whatever is filled in is escaped, and nothing may be left out."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("autograder.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = "{:g}".format
    return environment.get_template(name)


def source_of(name: str) -> str:
    """Return the text of a script or style sheet that stands beside the templates."""
    from importlib.resources import files

    return (files("autograder.reports") / "templates" / name).read_text(encoding="utf-8")


def content_hash(script: str) -> str:
    """Return what a Content-Security-Policy calls a script that stands in the page, so that no other runs."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def data_island(value: Any) -> str:
    """Return JSON that may stand inside a script element, whatever strings it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="replace").decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page_bytes(html: str) -> bytes:
    """Return a page as UTF-8; half a surrogate pair, which may stand in the name of a file, becomes "?"."""
    return html.encode(errors="replace")


def file_name(student: str) -> str:
    """Return a file's name without its ending: no way out of the folder, and not that of another student."""
    name = re.sub(r"[^\w -]", lambda found: quote(found[0], safe="", errors="surrogatepass"), student)
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{name[:50]}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:16]}"


def feedback_address(student: str) -> str:
    """Return where a student's page is, as an address relative to the dashboard."""
    return f"feedback/{quote(file_name(student))}.html"


def anchor(question: str, part: str) -> str:
    """Return the name of a part's place in the student's page; both names are identifiers of the course."""
    return f"{question}.{part}"
