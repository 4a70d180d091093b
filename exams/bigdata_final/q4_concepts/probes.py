"""Reads the answers to the concepts in whatever form they are written."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Mapping

from autograder.probing.arrays import BadReturnError, to_fact

SPELLINGS = {
    "hayoung": ("하영", "hayoung", "hayeong"),
    "jaein": ("재인", "jaein"),
    "seoyeon": ("서연", "seoyeon"),
    "gyubin": ("규빈", "gyubin", "kyubin"),
}


def shape(answer):
    """The lengths of a shape, a list: of a tuple, list, array, TensorShape, single number, or text of these."""
    if isinstance(answer, str):
        with contextlib.suppress(SyntaxError, ValueError):
            answer = ast.literal_eval(answer.strip())
    if type(answer).__name__ == "TensorShape":
        answer = tuple(answer)
    lengths = to_fact(answer, "a shape")
    lengths = lengths if isinstance(lengths, list) else [lengths]
    if lengths in ([], [None]) or not all(
        length is None or type(length) in (int, float) for length in lengths
    ):
        raise BadReturnError(
            f"a shape such as (1, 2, 3, 4) is asked for, got {answer!r:.60}",
            f"(1, 2, 3, 4)와 같은 모양으로 답해야 하는데 {answer!r:.60}입니다",
        )
    return lengths


def items(answer):
    """The items of a list, tuple, set or array, or of a text with commas or spaces between them."""
    if isinstance(answer, str):
        return answer.replace(",", " ").split()
    if isinstance(answer, set | frozenset):
        answer = sorted(answer, key=str)
    found = to_fact(list(answer.values()) if isinstance(answer, Mapping) else answer, "the answer")
    return found if isinstance(found, list) else [found]


def people(answer):
    """Who is named and who is not, by the names in Latin letters; names in Korean are taken too."""
    if isinstance(answer, str) and _person(answer):
        answer = [answer]
    named = items(answer)
    unknown = [name for name in named if not isinstance(name, str) or _person(name) is None]
    if unknown or not named:
        what = f"who is {unknown[0]!r:.40}?" if unknown else "nobody is named"
        ko = f"{unknown[0]!r:.40}은(는) 누구인지 알 수 없습니다" if unknown else "아무도 적지 않았습니다"
        raise BadReturnError(
            f"names such as ['서연', 'gyubin'] are asked for; {what}",
            f"['서연', 'gyubin']과 같이 이름을 적어야 합니다. {ko}",
        )
    chosen = {_person(name) for name in named}
    return {who: who in chosen for who in SPELLINGS}


def _person(name):
    """The person meant by a name, in Korean or Latin letters, or None."""
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    return next((who for who, spellings in SPELLINGS.items() if plain in spellings), None)
