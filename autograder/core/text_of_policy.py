"""Sentences in Korean and English about what a course's policy adds to a total and takes from it."""

from __future__ import annotations

from autograder.core.text import Text

LATE_BY = Text(ko="{late} 늦게 제출: {less}", en="late by {late}: {less}")
PERCENT_LESS = Text(ko="−{percent:g} %", en="−{percent:g} %")
POINTS_LESS = Text(ko="−{points:g}점", en="−{points:g} points")
IN_TIME_BY_GRACE = Text(
    ko="{late} 늦었지만 유예 시간 안에 제출: 감점 없음", en="late by {late}, within the grace: nothing less"
)
BONUS = Text(ko="가산점 {points}점", en="bonus {points}")
AFTER_POLICY = Text(ko="채점 규정을 적용한 점수", en="with the course's policy")
