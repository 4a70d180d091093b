"""Heads of tables and short words in them, in both languages, by the English word."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from autograder.core.text import Language, Text

_HEADS = {
    text.en: text
    for text in (
        # of columns
        Text(ko="시험", en="exam"),
        Text(ko="문항", en="question"),
        Text(ko="소문항", en="part"),
        Text(ko="배점", en="points"),
        Text(ko="프레임워크", en="framework"),
        Text(ko="실행 가능", en="runnable"),
        Text(ko="공식 데이터셋", en="official data"),
        Text(ko="대상", en="subject"),
        Text(ko="기대", en="expected"),
        Text(ko="결과", en="got"),
        Text(ko="작업", en="task"),
        Text(ko="값", en="value"),
        Text(ko="변화", en="change"),
        Text(ko="절대", en="absolute"),
        Text(ko="상대", en="relative"),
        Text(ko="데이터셋", en="dataset"),
        Text(ko="공식", en="official"),
        Text(ko="이용 조건", en="licence"),
        Text(ko="현재 상태", en="here"),
        Text(ko="내장(mini)", en="embedded (mini)"),
        Text(ko="검사", en="check"),
        Text(ko="반올림 오차\n절대 | 상대", en="rounding\nabs | rel"),
        Text(ko="가장 큰 경우", en="most by"),
        Text(ko="허용 오차\natol | rtol", en="tolerance\natol | rtol"),
        Text(ko="가장 가까운 대표 오답\n절대 | 상대", en="nearest mistake\nabs | rel"),
        Text(ko="대표 오답", en="which"),
        Text(ko="허용 오차의 배수\n반올림 … 오답", en="in tolerances\nrounding … mistake"),
        Text(ko="까닭", en="why"),
        Text(ko="격리", en="isolation"),
        Text(ko="시도", en="attempts"),
        Text(ko="결과", en="result"),
        Text(ko="보호", en="protection"),
        Text(ko="바탕", en="rests on"),
        # of tables
        Text(ko="확인", en="verify"),
        Text(ko="데이터셋", en="datasets"),
        Text(ko="맞지 않음", en="does not fit"),
        Text(ko="격리 환경을 벗어나려는 시도", en="Attempts to get out of the sandbox"),
        Text(ko="보호가 바탕으로 삼는 것", en="What the protections rest on"),
        # in cells
        Text(ko="예", en="yes"),
        Text(ko="없음", en="none"),
        Text(ko="없음", en="missing"),
        Text(ko="없음", en="absent"),
        Text(ko="있음", en="present"),
        Text(ko="맞음", en="holds"),
        Text(ko="틀림", en="FAILS"),
        Text(ko="보류", en="UNGRADED"),
    )
}


def head(word: str, language: Language) -> str:
    """Return a head of a table, or a short word in one, in a language; an empty one is empty in both."""
    return _HEADS[word][language] if word else ""


def add_columns(table: Table, headings: Iterable[Text], language: Language) -> None:
    """Add a column for each heading; what does not fit in one is continued below."""
    for heading in headings:
        table.add_column(heading[language], overflow="fold")
