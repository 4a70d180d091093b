"""What students read, in every question: particles stand with their word, and both languages use the field's words."""

from __future__ import annotations

import re

import pytest

from autograder.core.text import Text
from autograder.course.catalog import Course
from tests.support.courses import REPOSITORY

COURSE = Course(REPOSITORY)
QUESTIONS = [entry for exam in COURSE.exams() for entry in exam.questions]
PARTICLES = [
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "에는",
    "에도",
    "에서는",
    "로",
    "로는",
    "로도",
    "으로",
    "으로는",
    "으로도",
    "와",
    "과",
    "와는",
    "과는",
    "도",
    "만",
    "만을",
    "까지",
    "부터",
    "처럼",
    "보다",
    "마다",
    "이다",
    "이고",
    "이며",
    "이면",
    "라는",
    "이라는",
    "라고",
    "이라고",
    "인",
    "일",
    "인지",
    "입니다",
    "이었다",
    "였다",
    "에게",
    "이나",
    "만큼",
    "뿐",
    "이어야",
    "여야",
    "이므로",
    "므로",
    "이지만",
]
# A particle after a formula, a piece of code or a Latin letter, and a space or a line break.
APART = re.compile(
    rf"(?:`[^`\n]+`|\$[^$\n]+\$|[A-Za-z0-9)\]}}])\s(?!이 (?:문항|소문항|노트북))(?:{'|'.join(PARTICLES)})(?=[\s,.;:)!?]|$)"
)
SPELLINGS = [("로짓", "logit"), ("에폭", "에포크", "epoch"), ("레이블", "라벨")]  # a question has one of each
KOREAN_BUT_NOT_OURS = re.compile("파라메터|테스트 데이터|이미지자료가 아닌")
ENGLISH_BUT_NOT_OURS = re.compile(r"\b(greatest|minus (?:one|two|five) number)\b")


def texts(value, seen=()):
    """Every Text in a declaration."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from texts(getattr(value, name))


def readable(entry):
    """Where a text stands, and what students of each language read there."""
    for part in entry.question.parts:
        yield f"{part.name}: statement", part.statement
        for check in part.checks:
            for text in texts(check):
                yield f"{part.name}: {check.id}", text
        for text in texts(part.pictures):
            yield f"{part.name}: pictures", text
    for mistake in entry.mistakes:
        yield f"mistake {mistake.name}", mistake.explanation


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry.id)
def test_particles_stand_with_what_they_follow(entry):
    found = [
        f"{where}: …{text.ko[max(0, match.start() - 10) : match.end() + 8]!r}"
        for where, text in readable(entry)
        for match in APART.finditer(text.ko)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry.id)
def test_the_words_are_the_fields_and_the_documents(entry):
    for where, text in readable(entry):
        assert not KOREAN_BUT_NOT_OURS.search(text.ko), where
        assert not ENGLISH_BUT_NOT_OURS.search(text.en), where


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda entry: entry.id)
def test_a_question_spells_a_word_in_one_way(entry):
    said = "\n".join(re.sub(r"`[^`]*`", "", text.ko) for _, text in readable(entry))
    for words in SPELLINGS:
        used = [word for word in words if re.search(rf"(?<![A-Za-z_.]){word}s?(?![A-Za-z_(=])", said)]
        assert len(used) < 2, used


def test_a_particle_apart_is_seen():
    assert APART.search("`crawl()` 는 저장한다")
    assert APART.search("행렬 $X$ 를")
    assert APART.search("w(x+b) 대신 wx+b 입니다.")
    assert not APART.search("{line}번째 줄(input) 이 문항에서")
    assert not APART.search("`crawl()`는 저장한다")
    assert not APART.search("`x` 가중치")
