"""Markdown as HTML, with tables and code, and mathematics as MathML; no script is needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markupsafe import Markup

_ARG = re.compile(r"\\arg(?![A-Za-z])")  # the converter does not know it
_LOWEST = 6  # of the levels of headings
_BELOW = 1  # a statement stands below the heading of its part


@lru_cache(maxsize=4096)  # a class reads the same statements
def html_of(markdown: str) -> Markup:
    """Return Markdown as HTML that is safe to put into a page.

    HTML in it stays text. A formula between dollars becomes MathML, or stays as it is written if it cannot.
    """
    from markupsafe import Markup

    return Markup(_parser().render(markdown))


@lru_cache(maxsize=4096)
def html_of_line(markdown: str) -> Markup:
    """Return a line of Markdown, such as a title, as HTML without a paragraph around it."""
    from markupsafe import Markup

    return Markup(_parser().renderInline(markdown))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True, renderer=_mathml)
    parser.core.ruler.push("lower_headings", _lower_headings)
    return parser


def _mathml(formula: str, options: Mapping[str, bool]) -> str:
    from latex2mathml.converter import convert

    try:
        made = convert(
            _ARG.sub(r"\\operatorname{arg}", formula),
            display="block" if options["display_mode"] else "inline",
        )
    except Exception:  # its parser fails in many ways on what is no TeX
        made = ""
    known = made and "\\" not in made  # what it does not know it lets stand
    return made if known else f"<code>{escape(formula)}</code>"


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + _BELOW, _LOWEST)}"
