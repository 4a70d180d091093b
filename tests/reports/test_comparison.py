"""Two submissions side by side: what is the same, the same but for names, and different."""

from __future__ import annotations

from autograder.core.text import Text
from autograder.reports.comparison import comparison_name, comparison_page, rows

MINE = (
    "def total(values):\n    found = 0\n    for value in values:\n        found += value\n    return found\n"
)
THEIRS = MINE.replace("found", "s").replace("values:", "values:  # all").replace("return s", "return s + 1")


def test_lines_that_differ_in_names_alone_are_told_from_others():
    found = rows(MINE, THEIRS)
    assert [row.kind for row in found] == ["same", "renamed", "renamed", "renamed", "different"]
    assert [row.left for row in found] == MINE.splitlines()
    assert [row.right for row in found] == THEIRS.splitlines()


def test_a_line_that_one_lacks_stands_beside_nothing():
    found = rows(MINE, "import os\n" + MINE)
    assert (found[0].left, found[0].right, found[0].kind) == (None, "import os", "different")
    assert {row.kind for row in found[1:]} == {"same"}


def test_keywords_and_builtins_are_no_names():
    assert [row.kind for row in rows("x = len(a)", "x = sum(a)")] == ["different"]
    assert [row.kind for row in rows("while x:", "if x:")] == ["different"]


def test_the_page_shows_both_and_runs_nothing_of_theirs():
    page = comparison_page(Text("가", "a"), ("k<b>", "p"), ("<script>alert(1)</script>", "x = 1"), "en")
    assert "<script>alert" not in page
    assert "k&lt;b&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_names_of_files_differ_by_pair():
    assert comparison_name(("a", "b/c")) == "a--b%2Fc"
    assert comparison_name(("a", "b")) != comparison_name(("b", "a"))
