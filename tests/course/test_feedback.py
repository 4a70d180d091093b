"""The words of checks and pictures: read beside the declaration, each said once and in every language."""

from __future__ import annotations

import re

import pytest

from autograder.checks import AtLeast, Close, Dtype, Essay, Relation, relation
from autograder.core.exam import Part
from autograder.core.text import Language, Text
from autograder.course.feedback import with_feedback
from autograder.course.statement import StatementError
from autograder.pictures import Curves

BOTH: tuple[Language, Language] = ("ko", "en")


@relation()
def sums(out):
    return out, out


def curves(evidence, inputs):
    return {}


PARTS = [
    Part(
        name="fit",
        points=4,
        checks=[sums, Close("out"), Dtype("out", ("float32",)), Essay("WHY")],
        pictures=[Curves(curves=curves), Curves(curves=curves)],
    ),
    Part(
        name="stop",
        points=2,
        checks=[sums, AtLeast("above chance", len, 0.1)],
        pictures=[Curves(curves=curves)],
    ),
]
KOREAN = """\
## fit, stop

### sums: 합
모두 더하면
1이어야 합니다.

## fit
### Close(out): 출력
### WHY

- 수렴을 말한다
  1점.
- 수치를 든다 1점.
그 밖은 0점.

```
# 주석
```
### picture 1, picture 2
손실.
## stop
### above chance: 정확도
### picture

멈춘 곳.
"""
ENGLISH = """\
## fit, stop
### sums: sum
They must sum to one.
## fit
### Close(out): the outputs
### WHY
1 for convergence.
### picture 1
The loss.
### picture 2
The loss.
## stop
### above chance: accuracy
### picture
Where it stopped.
"""


@pytest.fixture
def told(tmp_path):
    """Return the parts with what these files say."""

    def make(parts=PARTS, **files):
        for language, text in files.items():
            (tmp_path / f"feedback.{language}.md").write_text(text, encoding="utf-8")
        return with_feedback(parts, tmp_path, [one for one in BOTH if one in files])

    return make


# -- what is read -------------------------------------------------------------------------------------------


def test_checks_and_pictures_get_their_words_in_both_languages(told):
    fit, stop = told(ko=KOREAN, en=ENGLISH)
    equation, out, dtype, essay = fit.checks
    assert isinstance(equation, Relation)
    assert (equation.label, out.label) == (Text("합", "sum"), Text("출력", "the outputs"))
    assert equation.statement == Text("모두 더하면 1이어야 합니다.", "They must sum to one.")
    assert dtype == PARTS[0].checks[2]  # of which nothing is said
    assert essay.label == Text("서술형 WHY", "essay WHY")
    assert [one.caption.en for one in fit.pictures] == ["The loss.", "The loss."]
    assert stop.checks[0] == equation
    assert stop.checks[1].label == Text("정확도", "accuracy")
    assert stop.pictures[0].caption == Text("멈춘 곳.", "Where it stopped.")


def test_a_line_may_be_broken_anywhere_but_in_lists_and_between_paragraphs(told):
    essay = told(ko=KOREAN, en=ENGLISH)[0].checks[3]
    assert essay.rubric.ko.startswith("- 수렴을 말한다 1점.\n- 수치를 든다 1점. 그 밖은 0점.\n\n```")
    assert "# 주석" in essay.rubric.ko  # in code it is no heading


def test_one_language_stands_for_both_and_no_file_says_nothing(told):
    assert told(en=ENGLISH)[0].checks[1].label == Text("the outputs", "the outputs")


def test_without_files_nothing_changes(tmp_path):
    assert with_feedback(PARTS, tmp_path, BOTH) == PARTS


def test_several_checks_may_share_their_words(told):
    (part,) = told(
        [Part(name="fit", points=1, checks=[Close("a"), Close("b")])], en="## fit\n### a, Close(b): both\n"
    )
    assert [check.label.en for check in part.checks] == ["both", "both"]


# -- what is wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("## stop\n", "## stopp\n", "en.md:12: no part is named 'stopp'; did you mean 'stop'?"),
        ("### above", "### abov", "en.md:13: no check of stop is named 'abov chance'; did you mean"),
        ("### above chance", "### zzz", "en.md:13: no check of stop is named 'zzz'; there are sums, above chance, picture"),
        ("Close(out)", "out", "en.md:5: 'out' may be Close(out) or Dtype(out); say which"),
        ("picture 2", "picture 1", "en.md:10: picture 1 of part fit stands twice, see "),
        ("picture 2", "sums", "en.md:10: Relation(sums) of part fit stands twice, see "),
        ("### picture 2\nThe loss.\n", "", "en.md:1: nothing about picture 2 of part fit, unlike "),
        ("They must sum to one.\n", "", "en.md:2: Relation(sums) has no text here, unlike "),
        ("### sums: sum", "### sums", "en.md:2: Relation(sums) has no label here, unlike "),
        (": accuracy", "", "en.md:13: expected '### above chance: its label', or a text below it"),
        ("## fit, stop", "# fit", "en.md:1: expected '## part', and below it '### check: its label'"),
        ("## fit, stop\n", "", "en.md:1: expected '## part', and below it"),
        ("## fit, stop\n", "A text.\n## fit, stop\n", "en.md:1: expected '## part', and below it"),
        ("## stop\n", "## stop\nA text.\n", "en.md:12: expected '## part', and below it"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(told, tmp_path, old, new, why):
    assert old in ENGLISH
    with pytest.raises(StatementError) as caught:
        told(ko=KOREAN, en=ENGLISH.replace(old, new, 1))
    assert why in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/feedback.en.md:")


@pytest.mark.parametrize(
    ("check", "said", "why"),
    [
        (Close("x", label=Text(en="X")), "### x: other\n", "question.py has a label of Close(x) too; keep one of the two"),
        (Essay("x", rubric=Text(en="X")), "### x\nother\n", "question.py has a rubric of Essay(x) too; keep one of the two"),
        (Close("x"), "### x: X\nother\n", "Close(x) takes no text"),
    ],
)  # fmt: skip
def test_nothing_is_said_twice_or_where_it_has_no_place(told, check, said, why):
    with pytest.raises(StatementError, match=re.escape(f"feedback.en.md:2: {why}")):
        told([Part(name="fit", points=1, checks=[check])], en=f"## fit\n{said}")


def test_a_language_of_the_course_without_feedback_is_named(tmp_path):
    (tmp_path / "feedback.ko.md").write_text(KOREAN, encoding="utf-8")
    with pytest.raises(StatementError, match=r"feedback\.en\.md:1: no such feedback; write it, or take"):
        with_feedback(PARTS, tmp_path, BOTH)
