"""Sentences in Korean and English. Every sentence of the engine that a student may read stands here."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from autograder.core.particles import with_particles

Language = Literal["ko", "en"]


def default_language() -> Language:
    """Return the language of the locale: Korean if it is Korean, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ko" if value.startswith("ko") else "en"
    return "ko" if (locale.getlocale()[0] or "").startswith(("ko", "Korean")) else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, or a template with ``{fields}``, in both languages; what is left out is as the other."""

    ko: str = ""
    en: str = ""

    def __post_init__(self) -> None:
        if not (self.ko and self.en):
            object.__setattr__(self, "ko", self.ko or self.en)
            object.__setattr__(self, "en", self.en or self.ko)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.en)

    def format(self, **fields: object) -> Text:
        """Return the filled template; of a field that is a Text, each language takes its own sentence."""
        texts = {name: value for name, value in fields.items() if isinstance(value, Text)}
        return Text(
            ko=with_particles(self.ko.format(**fields | {name: text.ko for name, text in texts.items()})),
            en=self.en.format(**fields | {name: text.en for name, text in texts.items()}),
        )

    def shortened(self, most: int) -> Text:
        """Return the sentence, cut off where it has more characters than this."""
        if max(len(self.ko), len(self.en)) <= most:
            return self
        return Text(ko=self.ko[:most] + "...", en=self.en[:most] + "...")

    def to_json(self) -> dict[str, str]:
        """Return ``{"ko": ..., "en": ...}``, the form used in results.json."""
        return {"ko": self.ko, "en": self.en}

    def __getitem__(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


EMPTY = Text()


def said(told: Text | str, ko: str = "") -> Text:
    """Return a whole sentence, with its particles; it is in English alone if it has no Korean."""
    text = told if isinstance(told, Text) else Text(en=told, ko=ko)
    return Text(en=text.en, ko=with_particles(text.ko))


def join(texts: Iterable[Text], separator: str = " ") -> Text:
    """Return the sentences joined, in both languages."""
    parts = [text for text in texts if text.ko or text.en]
    return Text(ko=separator.join(part.ko for part in parts), en=separator.join(part.en for part in parts))


# -- what a check is about ----------------------------------------------------------------------------------

VALUE_OF = Text(ko="{name}의 값", en="value of {name}")
SHAPE_OF = Text(ko="{name}의 모양", en="shape of {name}")
DTYPE_OF = Text(ko="{name}의 자료형", en="dtype of {name}")
FINITE_VALUES_OF = Text(ko="{name}: 유한한 값", en="finite values in {name}")
PICTURE_OF = Text(ko="그림 {name}", en="picture {name}")
ANSWER_OF = Text(ko="{name}의 답", en="answer {name}")
FORM_OF = Text(ko="{name}의 형식", en="form of {name}")
ESSAY_OF = Text(ko="서술형 {name}", en="essay {name}")
NAMES_TO_USE = Text(ko="써야 하는 것", en="what must be used")
NAMES_NOT_TO_USE = Text(ko="쓸 수 없는 것", en="what may not be used")
OPERATORS_OF = Text(ko="실행된 연산", en="operators that ran")
WHOLE_PART = Text(ko="소문항 전체", en="the whole part")
INPUTS = Text(ko="인자", en="arguments")


# -- findings of checks -------------------------------------------------------------------------------------

PASSED = Text(ko="맞았습니다.", en="Right.")
# They follow what the check is about: "training losses: 3 of 10 values differ ...".
ABSENT = Text(ko="값이 없습니다.", en="It is not there.")
SHAPE = Text(ko="모양이 {got}입니다. {expected}이어야 합니다.", en="The shape is {got}, expected {expected}.")
DTYPE = Text(
    ko="자료형이 {got}입니다. 쓸 수 있는 자료형: {allowed}.", en="The dtype is {got}, allowed: {allowed}."
)
NOT_FINITE = Text(
    ko="값 {total}개 중 {count}개가 유한하지 않습니다(NaN 또는 무한대). 처음 나오는 곳: {where}.",
    en="{count} of {total} values are not finite (NaN or infinite), first at {where}.",
)
DIFFERS = Text(
    ko="값 {total}개 중 {count}개가 다릅니다. 가장 크게 다른 곳은 {where}입니다: 제출값 {got:.7g}{expected}, "
    "차이 {difference:.4g}(허용 오차 {allowed:.2g}).",
    en="{count} of {total} values differ, most at {where}: got {got:.7g}{expected}, a difference of "
    "{difference:.4g} (allowed {allowed:.2g}).",
)
ONE_DIFFERS = Text(
    ko="제출값 {got:.7g}{expected}, 차이 {difference:.4g}(허용 오차 {allowed:.2g}).",
    en="Got {got:.7g}{expected}, a difference of {difference:.4g} (allowed {allowed:.2g}).",
)
EXPECTED_VALUE = Text(ko=", 기준값 {value:.7g}", en=", expected {value:.7g}")
NAN_DIFFERS = Text(
    ko="NaN의 위치가 기준과 다릅니다. {count}곳이 다르고 처음 다른 곳은 {where}입니다.",
    en="NaN appears in other places than expected ({count} in all, first at {where}).",
)
ON_AXIS = Text(ko="{axis} {place}", en="{axis} {place}")
NOT_NUMBERS = Text(ko="숫자가 아니라 {got}입니다.", en="Numbers are expected, got {got}.")
RELATION = Text(ko="{statement} {detail}", en="{statement} {detail}")
NO_METRIC = Text(
    ko="제출한 값에서 계산할 수 없습니다({error}).",
    en="It cannot be computed from the values handed in ({error}).",
)
BELOW = Text(
    ko="{got:.4g}입니다. {bound:.4g} 이상이어야 합니다.",
    en="It is {got:.4g}, at least {bound:.4g} is needed.",
)
ABOVE = Text(
    ko="{got:.4g}입니다. {bound:.4g} 이하여야 합니다.", en="It is {got:.4g}, at most {bound:.4g} is allowed."
)
FILES_LEFT_OUT = Text(
    ko="함께 제출한 파일이 {count:,}개 또는 {size}MB를 넘어 큰 파일부터 제외했습니다. 필요한 파일만 제출하세요.",
    en="More than {count:,} files or {size} MB were handed in; the largest were left out. Hand in only what is needed.",
)
NOT_AN_OPTION = Text(
    ko="제출한 답은 {got}입니다. 다음 중 하나여야 합니다: {options}.",
    en="Your answer is {got}; it must be one of {options}.",
)
NOT_A_PICTURE = Text(
    ko="한 변이 50~4000픽셀인 그림이어야 합니다.",
    en="It must be a picture of 50 to 4,000 pixels a side.",
)
NOT_JUDGEABLE = Text(
    ko="제출한 값으로는 이 검사를 계산할 수 없습니다({error}).",
    en="This cannot be computed from the values returned ({error}).",
)
WRONG_CHOICE = Text(
    ko="답 {total}개 중 {count}개가 틀렸습니다({which}).",
    en="{count} of {total} answers wrong: {which}.",
)
WRONG_ANSWER = Text(
    ko="제출한 답은 {got}입니다. 정답이 아닙니다.", en="Your answer is {got}, which is wrong."
)
WRONG_FACT = Text(ko="제출값은 {got}{expected}입니다.", en="Got {got}{expected}.")
EXPECTED_FACT = Text(ko=", 기준값은 {value}", en=", expected {value}")
NOT_AS_ASKED = Text(ko="문항에서 요구한 대로가 아닙니다.", en="This is not as the question asks.")
NOTHING = Text(ko="없음", en="none")
OF_SHAPES = Text(ko="계산할 수 없습니다(모양: {shapes}).", en="It cannot be computed (shapes: {shapes}).")
NOT_USED = Text(ko="{names}을(를) 사용해야 합니다.", en="{names} must be used.")
FORBIDDEN = Text(
    ko="{line}번째 줄에서 사용이 금지된 {name}을(를) 사용했습니다.",
    en="{name}, used in line {line}, is forbidden.",
)
OTHER_OPERATORS = Text(
    ko="이 소문항에서 쓸 수 없는 torch의 연산이 실행되었습니다: {names}. 어떤 이름으로 불렀는지는 상관이 없습니다. 직접 계산하세요.",
    en="torch ran operators that may not be used in this part, whatever they were called by: {names}. Compute it yourself.",
)
NO_SUCH_OPERATOR = Text(
    ko="torch의 다음 연산이 실행되지 않았습니다: {names}.",
    en="torch did not run any of these operators: {names}.",
)
NO_OPERATORS = Text(
    ko="torch에서 계산한 것이 기록되지 않았습니다. 함수가 불리는 동안 torch로 계산하세요.",
    en="Nothing was recorded that torch computed. Compute with torch while the function is called.",
)
LEADS_ASTRAY = Text(
    ko="{line}번째 줄: {name}은(는) 금지된 이름에 이를 수 있어 이 문항에서 쓸 수 없습니다. 실행할 코드를 그대로 쓰고, 모듈의 것은 '모듈.이름'으로 쓰세요.",
    en="Line {line}: {name} can lead to forbidden names and is not allowed here. Write the code itself, and what is in a module as module.name.",
)
NAME_AT_RUN_TIME = Text(
    ko='{line}번째 줄: getattr의 이름이 실행할 때 정해집니다. getattr(객체, "이름")처럼 이름을 그대로 쓰거나 사전(dict)을 쓰세요.',
    en='Line {line}: the name that getattr looks up is made at run time. Write it out, as in getattr(object, "name"), or use a dict.',
)
MODULE_PASSED_ON = Text(
    ko="{line}번째 줄: 모듈 {name}을(를) 값으로 넘기거나 담아 둘 수 없습니다. 쓰는 자리마다 '{name}.이름'으로 쓰세요.",
    en="Line {line}: the module {name} must not be passed on or kept as a value. Write {name}.something where you use it.",
)
PRIVATE_NAME = Text(
    ko="{line}번째 줄: {name}의 {inside}은(는) 내부용 이름이라 이 문항에서 쓸 수 없습니다. 문서에 있는 공개된 이름을 쓰세요.",
    en="Line {line}: {inside} in {name} is private and not allowed here. Use the public name from the documentation.",
)
STAR_IMPORT = Text(
    ko="{line}번째 줄: from {name} import * 대신 쓰는 이름을 적으세요(from {name} import 이름).",
    en="Line {line}: instead of from {name} import *, import the names that you use (from {name} import name).",
)
UNKNOWN_IMPORT = Text(
    ko="{line}번째 줄: {name}은(는) 이 문항에서 불러올 수 없습니다. 필요하지 않으면 지우고, 필요하면 직접 작성하세요.",
    en="Line {line}: {name} must not be imported here. Leave it out, or write what you need of it yourself.",
)
TOO_MANY_ALIASES = Text(
    ko="이름에 다른 이름을 거듭 붙여서 무엇을 쓰는지 알 수 없습니다. 원래 이름을 쓰세요.",
    en="Names were given to names so many times that what they stand for cannot be told. Use the original names.",
)
ESSAY_WAITS = Text(
    ko="서술형 답안입니다. 사람이 채점 기준표에 따라 채점합니다.",
    en="A written answer; a person grades it by the rubric.",
)
BY_HAND = Text(ko="사람이 채점한 점수: {points:g}점.", en="Points given by hand: {points:g}.")
RUBRIC_ITEM = Text(ko="채점 기준({points:+g}점): {text}", en="Rubric ({points:+g}): {text}")
SCORE_INSTEAD = Text(
    ko="사람이 정한 점수: 자동 채점 {machine:g}점 대신 {points:g}점.",
    en="Decided by a person: {points:g} points instead of the {machine:g} of the machine.",
)
EXTRA_POINTS = Text(
    ko="사람이 정한 조정: {points:+g}점.", en="Decided by a person: {points:+g} points on top."
)
COMMENT = Text(ko="채점자의 말: {text}", en="From the grader: {text}")
REQUEST_WAITS = Text(
    ko="재검토 요청을 받았습니다: {text}", en="Your request to look again has arrived: {text}"
)
REQUEST_ACCEPTED = Text(
    ko="재검토 요청({text})을 받아들였습니다. {reply}", en="Your request ({text}) was accepted. {reply}"
)
REQUEST_DECLINED = Text(
    ko="재검토 요청({text})을 검토했고, 채점은 그대로입니다. {reply}",
    en="Your request ({text}) was looked at; the grading stands. {reply}",
)
ESSAY_EMPTY = Text(ko="답을 쓰지 않았습니다.", en="No answer was written.")
HIDDEN_ONLY = Text(
    ko="공개된 자료에서는 맞지만 다른 자료(다른 시드·학습률·횟수)에서는 틀립니다. "
    "답을 고정하지 말고 인자로 받은 값에서 계산하세요.",
    en="Right on the published data, wrong on other data (another seed, learning rate or count). "
    "Compute the answer from the arguments instead of fixing it.",
)
ON_OTHER_DATA = Text(
    ko="공개된 자료에서는 맞지만 다른 자료(다른 시드·학습률·횟수)에서는 틀립니다. {what}",
    en="Right on the published data, wrong on other data (another seed, learning rate or count). {what}",
)
CHANGED_INPUT = Text(
    ko="{function}: 인자 {name}의 값이 호출 뒤에 바뀌었습니다. 감점은 없지만, 부르는 쪽의 자료가 그대로 남도록 먼저 복사하세요.",
    en="{function} changed its argument {name} in place. That costs nothing, but copy it first: the caller's data "
    "should stay as they are.",
)
WRONG_SHAPE_THERE = Text(ko="모양이 다릅니다.", en="The shape is wrong there.")
WRONG_DTYPE_THERE = Text(ko="자료형이 다릅니다.", en="The dtype is wrong there.")
NOT_FINITE_THERE = Text(
    ko="유한하지 않은 값(NaN 또는 무한대)이 있습니다.",
    en="Some values are not finite there (NaN or infinite).",
)
VALUES_DIFFER_THERE = Text(ko="값이 기준과 다릅니다.", en="The values differ from what is expected there.")
ABSENT_THERE = Text(ko="값이 없습니다.", en="The value is missing there.")
OUT_OF_BOUNDS_THERE = Text(ko="기준에 미치지 못합니다.", en="It does not reach the bound there.")
WRONG_ANSWER_THERE = Text(ko="답이 다릅니다.", en="The answer is wrong there.")
KNOWN_MISTAKE = Text(ko="{message} {explanation}", en="{message} {explanation}")

ASSERTED_OF = Text(ko="`{name}`", en="`{name}`")
ON_HIDDEN_TEST = Text(ko="비공개 검사", en="a hidden test")
FORGEABLE_PART = Text(ko="{title} (위조 가능)", en="{title} (forgeable)")
CELL_ENDS = Text(ko="검사 셀의 실행", en="the test cell runs")
ASSERTED_NOT = Text(
    ko="`{source}`이(가) 성립하지 않습니다. 얻은 값: {got}", en="`{source}` does not hold; got {got}"
)
ASSERTED_NAN = Text(
    ko="`{source}`: 수가 아닌 값(NaN)이 있습니다.", en="`{source}`: it has NaN where numbers are expected"
)
ASSERTED_HIDDEN = Text(ko="비공개 검사를 통과하지 못했습니다.", en="A hidden test does not hold.")
ASSERTED_REACHED = Text(
    ko="검사가 {expected}번 이루어져야 하는데 {got}번 이루어졌습니다.",
    en="It must be tested {expected} times and was {got} times.",
)
CELL_RAISED = Text(ko="검사 셀이 끝까지 실행되지 않았습니다.", en="The test cell did not run to its end.")

SEALED_DIFFERS = Text(
    ko="기준값과 다릅니다(첫 축의 {which}번째).",
    en="It differs from the reference, along the first axis at {which}.",
)
SEALED_ALL_DIFFERS = Text(ko="기준값과 다릅니다.", en="It differs from the reference.")
LEFT_TO_GRADING = Text(ko="제출 후 채점할 때 검사합니다.", en="This is judged when your work is graded.")
NOT_SELF_CHECKED = Text(
    ko="실행은 되었습니다. 맞았는지는 제출 후 채점할 때에만 판정합니다.",
    en="It ran. Whether it is right is judged only when it is graded.",
)
NOTEBOOK_CHECKED = Text(
    ko="터미널에서 `autograder check {name}` 을(를) 실행하면 노트북을 처음부터 끝까지 실행하고, 공개된 테스트 셀마다 통과했는지 알려 줍니다. 숨은 테스트는 제출 후에 채점합니다.",
    en="In a terminal, `autograder check {name}` runs the notebook from top to bottom and says of each published test cell whether it passes. Hidden tests are judged when it is graded.",
)
OWN_CODE_UNCONFINED = Text(
    "여기서는 격리 환경을 쓸 수 없어 코드를 격리하지 않고 실행합니다.",
    "No sandbox works here; your code is run without one.",
)
PUBLIC_CHECKS_ONLY = Text(
    ko="공개 검사의 결과입니다. 채점에서는 기준값과 다른 자료로도 검사합니다.",
    en="These are the published checks. Grading also compares with reference values and uses other data.",
)

# -- what is released to students ---------------------------------------------------------------------------

NOTEBOOK_INTRODUCTION = Text(
    ko="`raise NotImplementedError`와 빈 상수를 답으로 바꾸고, 소문항마다 끝에 있는 `check` 셀로 확인하세요. 셀은 나누거나 더해도 됩니다. 제출할 파일의 이름은 `{question}.ipynb` 또는 `{question}.py`이며 둘 중 하나만 냅니다.",
    en="Replace `raise NotImplementedError` and the empty constants by your answers, and check yourself with the `check` cell at the end of each part. You may split cells and add more. Hand in `{question}.ipynb` or `{question}.py`, one of the two.",
)

MINUTES = Text(ko="{minutes}분", en="{minutes} minutes")
POINTS = Text(ko="{points:g}점", en="{points:g} points")
NAME_AND_NUMBER = Text(ko="**이름:** \n\n**학번:** ", en="**Name:** \n\n**Student number:** ")
SET_UP = Text(
    ko="이 셀을 먼저 실행하세요. Colab에서는 그 전에 {archive}을(를) 왼쪽의 파일 창에 올리세요.",
    en="Run this cell first. On Colab, upload {archive} to the files on the left before that.",
)

# -- on the essay page ----------------------------------------------------------------------------------------

NO_SUCH_ANSWER = Text(
    ko="이 답안은 더 이상 채점을 기다리지 않습니다. 페이지를 새로 고치세요.",
    en="This answer waits for nobody any more. Reload the page.",
)
ANSWER_CHANGED = Text(
    ko="답안이 그 사이에 바뀌었습니다. 페이지를 새로 고쳐 새 답안을 읽으세요.",
    en="The answer has changed meanwhile. Reload the page to read the new one.",
)
NOT_POINTS = Text(ko="0에서 {most:g} 사이의 수를 입력하세요.", en="Enter a number from 0 to {most:g}.")
TEXT_TOO_LONG = Text(ko="{most:,}자까지 쓸 수 있습니다.", en="Write at most {most:,} characters.")
NOTHING_TO_UNDO = Text(ko="취소할 결정이 없습니다.", en="There is nothing to take back.")
SCORED_MEANWHILE = Text(
    ko="다른 사람이 그 사이에 채점했습니다.", en="Somebody else has scored this meanwhile."
)

# -- our own failures ---------------------------------------------------------------------------------------

UNGRADED = Text(
    ko="채점 프로그램의 문제로 채점을 보류했습니다. 0점이 아니며 다시 채점합니다. ({why})",
    en="Not graded because of a failure of the grader. This is not a zero; it will be graded again. ({why})",
)

NOT_SPLIT = Text(
    ko="묶음의 일부를 고르세요. 모두를 고르거나 아무도 고르지 않을 수는 없습니다.",
    en="Choose some of the members, neither all nor none.",
)
NOT_NAMED = Text(
    ko="대표 오답을 만들지 못했습니다. 식별자와 설명을 확인하세요. {error}",
    en="The mistake could not be made. It needs an identifier and an explanation. {error}",
)
NOT_CHANGED = Text(ko="바꾸지 못했습니다. {error}", en="It could not be changed. {error}")
NO_REASON = Text(ko="이유를 적으세요.", en="Say why.")

KINDS = {template: name.lower() for name, template in list(globals().items()) if isinstance(template, Text)}
