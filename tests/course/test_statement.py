"""Statements: what is read of them, and that what is missing is one line with file and line."""

from __future__ import annotations

import re

import pytest

from autograder import Part, Question
from autograder.course.statement import StatementError, read_statement, with_statements

PARTS = ["mean", "sums"]
TEXT = """# Numbers & $n$

## mean: The mean

Find $\\frac{1}{n} \\sum x$.

### A remark

    # no heading: it is code

## sums:  Sums of `x`

```python
# no heading
## mean: no heading either
```
~~~
# nor this
~~~
The end.
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "statement.en.md"


def read(path, text):
    path.write_text(text, encoding="utf-8")
    return read_statement(path, PARTS)


def test_the_title_and_each_parts_title_and_text_are_read(path):
    found = read(path, TEXT)
    assert found.title == "Numbers & $n$"
    assert list(found.parts) == PARTS
    assert found.parts["mean"].title == "The mean"
    assert found.parts["mean"].text == (
        "Find $\\frac{1}{n} \\sum x$.\n\n### A remark\n\n    # no heading: it is code"
    )
    assert found.parts["sums"].title == "Sums of `x`"
    assert found.parts["sums"].text.startswith("```python\n# no heading\n")
    assert found.parts["sums"].text.endswith("The end.")


def test_parts_may_stand_in_another_order_and_lines_end_as_they_like(path):
    path.write_bytes(b"# T\r\n\r\n## sums: S\r\nb\r\n## mean: M\r\na\r\n")
    found = read_statement(path, PARTS)
    assert {name: (part.title, part.text) for name, part in found.parts.items()} == {
        "mean": ("M", "a"),
        "sums": ("S", "b"),
    }


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "it must begin with a title, '# ...'"),
        ("no title\n", 1, "it must begin with a title, '# ...'"),
        ("## mean: M\n## sums: S\n", 1, "it must begin with a title, '# ...'"),
        ("# T\n\nmean: M\n", 3, "no statement of part mean: add '## mean: ...'"),
        ("# T\n\n## mean: M\n\ntext\n", 5, "no statement of part sums: add '## sums: ...'"),
        ("# T\n\n## mean: M\n## sum: S\n", 4, "'sum' is no part, or stands twice; parts: mean, sums"),
        ("# T\n## mean: M\n## mean: M\n", 3, "'mean' is no part, or stands twice; parts: mean, sums"),
        ("# T\n\n## mean\n", 3, "expected '## part: its title', got '## mean'"),
        ("# T\n\n## mean:\n", 3, "expected '## part: its title', got '## mean:'"),
        ("# T\n\n## The mean: M\n", 3, "expected '## part: its title', got '## The mean: M'"),
        ("# T\n## mean: M\n# Another\n", 3, "expected '## part: its title', got '# Another'"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_line(path, text, line, why):
    with pytest.raises(StatementError, match=re.escape(f"{path}:{line}: {why}")) as caught:
        read(path, text)
    assert "\n" not in str(caught.value)


def test_a_statement_that_cannot_be_read_is_named(path):
    missing = f"{path}:1: no such statement; write it, or take its language out of languages in course.toml"
    with pytest.raises(StatementError, match=re.escape(missing)):
        read_statement(path, PARTS)
    path.write_bytes("# 제목\n".encode("cp949"))
    with pytest.raises(StatementError, match=re.escape(f"{path}: the statement cannot be read: ")):
        read_statement(path, PARTS)


def test_every_language_of_the_course_is_asked_for_and_no_other(tmp_path):
    question = Question(framework="python", parts=[Part(name=name, points=1, calls="f()") for name in PARTS])
    for language, title in (("en", "Numbers"), ("ko", "수")):
        text = f"# {title}\n## mean: {title} 1\nx\n## sums: {title} 2\ny\n"
        (tmp_path / f"statement.{language}.md").write_text(text, encoding="utf-8")
    title, words = with_statements(question, tmp_path, ["ko", "en"])
    assert (title.ko, title.en) == ("수", "Numbers")
    assert [(one.ko, one.en) for one in words["sums"]] == [("수 2", "Numbers 2"), ("y", "y")]
    (tmp_path / "statement.ko.md").unlink()
    title, _ = with_statements(question, tmp_path, ["en"])
    assert title.en == "Numbers"
    with pytest.raises(StatementError, match=r"statement\.ko\.md:1: no such statement"):
        with_statements(question, tmp_path, ["ko", "en"])


def test_a_figure_beside_the_statement_is_taken_into_it(path):
    (path.parent / "net.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = read(path, TEXT.replace("The end.", "![The net](net.png) ![far](https://example.org/a.png)"))
    assert "![The net](data:image/png;base64,iVBORw0KGgo=)" in found.parts["sums"].text
    assert "![far](https://example.org/a.png)" in found.parts["sums"].text


def test_a_figure_that_is_not_there_is_told_with_its_line(path):
    with pytest.raises(StatementError, match=rf"{re.escape(str(path))}:5: no such figure: net.png"):
        read(path, TEXT.replace("Find", "![The net](net.png) Find"))
    fenced = TEXT.replace("# no heading\n", "![a](b.png)\n", 1)
    assert "![a](b.png)" in read(path, fenced).parts["sums"].text
