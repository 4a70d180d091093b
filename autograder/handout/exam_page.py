"""Makes the page of an exam for reading and printing."""

from __future__ import annotations

import base64

from autograder.core.diagram import svg
from autograder.core.exam import Part
from autograder.core.text import Language
from autograder.course.asked import names_by_part
from autograder.course.catalog import ExamEntry
from autograder.course.question import QuestionEntry
from autograder.reports.html import content_hash, environment, page_bytes, source_of


def exam_page(exam: ExamEntry, language: Language) -> bytes:
    """Return a self-contained HTML page with every statement and what is to be filled in.

    Args:
        exam: the exam.
        language: the language that is shown first; the page has both.

    Raises:
        CatalogError: a question cannot be loaded.
    """
    questions = [(entry, _stubs(entry)) for entry in exam.questions]
    html = (
        environment("autograder.handout")
        .get_template("exam.html")
        .render(
            exam=exam.exam,
            points=sum(entry.question.points for entry, _ in questions),
            questions=questions,
            diagram=_diagram,
            language=language,
            style=source_of("page.css"),
            script=(script := source_of("language.js")),
            script_hash=content_hash(script),
        )
    )
    return page_bytes(html)


def _stubs(entry: QuestionEntry) -> dict[str, str]:
    """Return what is to be filled in for each part."""
    return {
        part: "\n\n".join(entry.stubs[name] for name in names) for part, names in names_by_part(entry).items()
    }


def _diagram(part: Part) -> str:
    """Return the address of a part's diagram, which holds the drawing itself; empty if there is none."""
    if part.diagram is None:
        return ""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg(part.diagram).encode()).decode()}"
