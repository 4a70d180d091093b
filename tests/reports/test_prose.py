"""Markdown as HTML: every statement of the course, and texts that mean harm."""

from __future__ import annotations

import re

import pytest

from autograder.course.catalog import Course
from autograder.reports.prose import html_of, html_of_line
from tests.support.courses import REPOSITORY

ENTRIES = [entry for exam in Course(REPOSITORY).exams() for entry in exam.questions]
CODE = re.compile("<code>.*?</code>|<pre>.*?</pre>", re.S)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_statements_of_the_course_leave_nothing_unrendered(entry):
    for part in entry.question.parts:
        for text in (part.statement.ko, part.statement.en):
            shown = CODE.sub("", html_of(text))
            assert "$" not in shown
            assert "\\" not in shown
            assert 'math inline"><code' not in html_of(text)
            assert ("<table>" in shown) == ("|---|" in text)


def test_a_formula_becomes_mathml():
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>" in html_of(r"$\frac{1}{n}$")
    assert 'display="block"' in html_of("$$x^2$$")
    assert 'display="block"' in html_of("so that $$x^2$$ holds")
    assert "<mo>arg</mo>" in html_of(r"$\arg\max_k x$")


@pytest.mark.parametrize("text", [r"$\nosuchthing x$", r"$\frac{$", r"$}{$"])
def test_a_formula_that_cannot_be_converted_stays_as_written(text):
    assert f"<code>{text.strip('$')}</code>" in html_of(text)


def test_prices_are_no_formulas():
    assert html_of("It costs $5 or $6.") == "<p>It costs $5 or $6.</p>\n"


def test_headings_stand_below_that_of_the_part():
    assert html_of("### Data\n\n###### Small") == "<h4>Data</h4>\n<h6>Small</h6>\n"


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", '<img src=x onerror="alert(1)">', "$<script>$"],
)
def test_no_markup_of_a_text_is_kept(text):
    shown = html_of(text)
    assert not re.search("<(script|img|a)", shown), shown


def test_a_line_has_no_paragraph():
    assert html_of_line("Sums of `x`") == "Sums of <code>x</code>"
