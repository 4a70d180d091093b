"""Sentences in Korean and English. Every sentence of the engine that a student may read stands here."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Language = Literal["ko", "en"]


def default_language() -> Language:
    """Return the language of the locale: Korean if it is Korean, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ko" if value.startswith("ko") else "en"
    return "ko" if (locale.getlocale()[0] or "").startswith(("ko", "Korean")) else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, or a template with ``{fields}``, in both languages."""

    ko: str
    en: str

    def format(self, **fields: object) -> Text:
        """Return the filled template; of a field that is a Text, each language takes its own sentence."""
        texts = {name: value for name, value in fields.items() if isinstance(value, Text)}
        return Text(
            ko=self.ko.format(**fields | {name: text.ko for name, text in texts.items()}),
            en=self.en.format(**fields | {name: text.en for name, text in texts.items()}),
        )

    def to_json(self) -> dict[str, str]:
        """Return ``{"ko": ..., "en": ...}``, the form used in results.json."""
        return {"ko": self.ko, "en": self.en}

    def __getitem__(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en


def join(texts: Iterable[Text], separator: str = " ") -> Text:
    """Return the sentences joined, in both languages."""
    parts = [text for text in texts if text.ko or text.en]
    return Text(ko=separator.join(part.ko for part in parts), en=separator.join(part.en for part in parts))


# -- faults of the student's code ---------------------------------------------------------------------------

NOT_SUBMITTED = Text(
    ko="제출 파일 {wanted}.py 또는 {wanted}.ipynb를 찾지 못했습니다.{hint}",
    en="No file {wanted}.py or {wanted}.ipynb was submitted.{hint}",
)
CLOSE_NAME = Text(
    ko=" 혹시 {name}인가요? 파일 이름을 바꿔 주세요.", en=" Did you mean {name}? Rename the file."
)
TWO_FILES = Text(
    ko="{first}와 {second}가 모두 있습니다. 하나만 제출하세요.",
    en="Both {first} and {second} are there. Hand in only one of them.",
)
EMPTY_FILE = Text(ko="{name}: 파일이 비어 있습니다.", en="{name}: the file is empty.")
NOT_A_FILE = Text(ko="{name}: 보통 파일이 아닙니다.", en="{name}: not an ordinary file.")
OUTSIDE_LINK = Text(
    ko="{name}: 제출 폴더 밖을 가리키는 링크는 읽지 않습니다. 파일 자체를 제출하세요.",
    en="{name}: a link that leaves the submission folder is not read. Hand in the file itself.",
)
TOO_LARGE_FILE = Text(
    ko="{name}: 파일이 {size:,}바이트로 허용 크기 {allowed:,}바이트를 넘습니다. {advice}",
    en="{name}: the file has {size:,} bytes, allowed are {allowed:,}. {advice}",
)
CLEAR_OUTPUTS = Text(
    ko="노트북이라면 출력을 모두 지우고 저장하세요.", en="In a notebook, clear all outputs and save."
)
WRONG_ENCODING = Text(
    ko="{name}: UTF-8로 읽을 수 없습니다({error}). UTF-8로 저장하세요.",
    en="{name}: cannot be read as UTF-8 ({error}). Save it as UTF-8.",
)
UNREADABLE_FILE = Text(ko="{name}: 읽을 수 없습니다({error}).", en="{name}: cannot be read ({error}).")
BROKEN_NOTEBOOK = Text(
    ko="{name}: 올바른 노트북 파일이 아닙니다({error}).", en="{name}: not a valid notebook ({error})."
)
NO_CODE = Text(ko="{name}: 코드 셀이 없습니다.", en="{name}: there is no code cell.")
SYNTAX_ERROR = Text(
    ko="{where} {line}번째 줄: 문법 오류({error}). 채점에는 Python {python}을 사용합니다.",
    en="{where}, line {line}: syntax error ({error}). It is graded with Python {python}.",
)
MISSING_NAME = Text(
    ko="{name}이(가) 정의되어 있지 않습니다.{hint}", en="{name} is not defined in the submission.{hint}"
)
CLOSE_DEFINITION = Text(ko=" 비슷한 이름: {name}.", en=" A similar name is there: {name}.")
UNWRITTEN = Text(
    ko="{name}: 아직 작성하지 않은 부분이 있습니다(raise NotImplementedError).",
    en="{name}: not written yet (raise NotImplementedError).",
)
EXCEPTION = Text(ko="실행 중 예외가 발생했습니다: {error}", en="The code raised an exception: {error}")
BAD_RETURN = Text(ko="반환값을 사용할 수 없습니다: {error}", en="The returned value cannot be used: {error}")
TIME_LIMIT = Text(
    ko="제한 시간 {seconds:g}초를 넘겨 중단했습니다. 끝나지 않는 반복문이 있는지 확인하세요.",
    en="Stopped at the time limit of {seconds:g} s. Look for a loop that never ends.",
)
MEMORY_LIMIT = Text(
    ko="메모리 제한 {megabytes:,}MB를 넘겼습니다: {error}",
    en="The memory limit of {megabytes:,} MB was reached: {error}",
)
GRAPHICS_MEMORY = Text(
    ko="GPU를 혼자 쓸 때에도 메모리가 모자랐습니다: {error}",
    en="Out of memory, also with the GPU to itself: {error}",
)
OUTPUT_LIMIT = Text(
    ko="출력이 {kilobytes:,}KB를 넘어 중단했습니다. print를 줄이세요.",
    en="Stopped because more than {kilobytes:,} KB were printed. Print less.",
)
EVIDENCE_LIMIT = Text(
    ko="반환값을 읽을 수 없습니다: {error}", en="What the code returned could not be read: {error}"
)
EXITED = Text(
    ko="코드가 프로그램을 종료했습니다(종료 코드 {code}). exit(), quit(), os._exit()를 지우세요.",
    en="The code ended the program (exit status {code}). Remove exit(), quit() and os._exit().",
)
CRASHED = Text(
    ko="프로그램이 신호 {signal}로 강제 종료되었습니다.", en="The program was killed by signal {signal}."
)
AT_LOADING = Text(ko="{where}을(를) 불러올 때: {what}", en="While {where} was being loaded: {what}")

ON_HIDDEN_DATA = Text(
    ko="공개된 자료에서는 실행되지만 다른 자료(다른 시드·학습률·횟수)에서는 실행되지 않습니다(유형: {kind}). "
    "인자로 받은 값만 사용하는지 확인하세요.",
    en="The code runs on the published data but not on other data (another seed, learning rate or count; "
    "kind of fault: {kind}). Make sure that it uses nothing but its arguments.",
)

# -- why a name is missing, and what helps ------------------------------------------------------------------

FIRST_CAUSE = Text(ko="먼저 일어난 문제: {what}", en="What went wrong first: {what}")
IN_MARKDOWN = Text(
    ko=" {name}은(는) 마크다운 셀에 있습니다. 코드 셀로 바꾸세요.",
    en=" {name} stands in a Markdown cell; make it a code cell.",
)
IN_RAW = Text(
    ko=" {name}은(는) 원시(raw) 셀에 있습니다. 코드 셀로 바꾸세요.",
    en=" {name} stands in a raw cell; make it a code cell.",
)
IN_COMMENT = Text(
    ko=" {name}은(는) 주석으로만 있습니다. 주석 기호 #을 지우세요.",
    en=" {name} stands in comments only; remove the # signs.",
)
NO_CUDA = Text(
    ko="채점 환경에는 이 코드가 요구하는 장치(CUDA 또는 MPS)가 없습니다. .cuda()나 'cuda' 대신 인자로 받은 device를 쓰거나 장치를 옮기지 마세요.",
    en="Where this is graded there is no such device (CUDA or MPS). Use the device that you are given instead of .cuda() or 'cuda', or do not move anything.",
)
NO_WORKERS = Text(
    ko="채점할 때에는 다른 프로세스를 시작할 수 없습니다. DataLoader에는 num_workers=0을 쓰세요.",
    en="No other process can be started when this is graded. Use num_workers=0 in a DataLoader.",
)
NO_INPUT = Text(
    ko="채점할 때에는 input()에 답할 사람이 없습니다. 값을 코드에 적으세요.",
    en="Nobody answers input() when this is graded. Write the value into the code.",
)

# -- files that cannot be read ------------------------------------------------------------------------------

NOT_A_NOTEBOOK = Text(
    ko="{name}: 노트북의 내용이 아닙니다. Jupyter에서 저장한 .ipynb 파일을 제출하세요.",
    en="{name}: this is not the content of a notebook. Hand in the .ipynb file that Jupyter saves.",
)
CONFLICT_MARKERS = Text(
    ko="{name}: 병합 충돌 표시(<<<<<<<, =======, >>>>>>>)가 남아 있어 읽을 수 없습니다. 충돌을 해결하고 다시 저장하세요.",
    en="{name}: conflict markers of a merge (<<<<<<<, =======, >>>>>>>) are left in it. Resolve the conflict and save it again.",
)
OTHER_KERNEL = Text(
    ko="{name}: 커널이 Python이 아니라 {kernel}입니다. Python 노트북으로 제출하세요.",
    en="{name}: its kernel is {kernel}, not Python. Hand in a Python notebook.",
)
CODE_ELSEWHERE = Text(
    ko="{name}: 실행할 코드 셀이 없습니다. 답이 마크다운·원시 셀이나 주석에만 있습니다. 코드 셀에 쓰세요.",
    en="{name}: there is no code to run; the answers stand in Markdown or raw cells or in comments only. Put them into code cells.",
)

# -- notes, which cost nothing ------------------------------------------------------------------------------

RAISED = Text(
    ko="{where} {line}번째 줄: 실행 중 예외가 발생했습니다({error}).",
    en="{where}, line {line}: raised an exception ({error}).",
)
COMMAND_REFUSED = Text(
    ko="{where} {line}번째 줄: {error} 명령은 실행하지 않았습니다. 채점할 때에는 셸 명령과 설치가 되지 않으며, 나머지는 실행했습니다.",
    en="{where}, line {line}: {error} was not run. Shell commands and installs do not work when this is graded; the rest was run.",
)
NOT_HERE = Text(
    ko="{where} {line}번째 줄: 채점 환경에 없는 것을 사용합니다({error}). 이 문장만 건너뛰고 나머지는 실행했습니다.",
    en="{where}, line {line}: it asks for what is not there when this is graded ({error}). Only this statement was left out.",
)
INPUT_CALLED = Text(
    ko="{where} {line}번째 줄: input()에 답할 사람이 없어 셀의 나머지를 실행하지 못했습니다. 값을 코드에 적으세요.",
    en="{where}, line {line}: nobody answers input() when this is graded, so the rest of the cell was not run. Write the value into the code.",
)
EXIT_CALLED = Text(
    ko="{where} {line}번째 줄: 프로그램을 끝내는 명령({error})이 있습니다. 그 아래도 실행했습니다.",
    en="{where}, line {line}: it ends the program ({error}); what stands below was run all the same.",
)
CELL_UNREAD = Text(
    ko="{where} {line}번째 줄: 문법 오류로 실행하지 못했습니다({error}). 채점에는 Python {python}을 사용합니다.",
    en="{where}, line {line}: not run because of a syntax error ({error}). It is graded with Python {python}.",
)
TRAILING_TEXT = Text(
    ko="{where}: 노트북이 끝난 뒤에 있는 내용은 읽지 않았습니다.",
    en="{where}: what stands after the end of the notebook was not read.",
)
OUTPUT_DROPPED = Text(
    ko="출력이 {kilobytes:,}KB를 넘어 나머지는 버렸습니다. 감점은 없습니다.",
    en="More than {kilobytes:,} KB were printed; the rest was dropped. This costs nothing.",
)
TAKEN_AS = Text(
    ko="{name} 파일을 {wanted}의 답안으로 읽었습니다.", en="{name} was taken as the answer to {wanted}."
)
NEWEST_TAKEN = Text(
    ko="같은 문항의 파일이 여럿이라 가장 새로운 {name}을(를) 읽었습니다. 읽지 않은 파일: {others}.",
    en="Of several files for this question the newest, {name}, was taken. Not taken: {others}.",
)
UNPACKED = Text(ko="압축 파일 {name}을(를) 풀어서 읽었습니다.", en="The archive {name} was unpacked.")
HAND_IN_SOURCE = Text(
    ko=" {name}은(는) 채점할 수 없습니다. 노트북(.ipynb)이나 .py 파일을 제출하세요.",
    en=" {name} cannot be graded; hand in the notebook (.ipynb) or a .py file.",
)
ARCHIVE_THERE = Text(
    ko=" 압축 파일 {name}을(를) 풀어서 제출하세요.", en=" There is an archive, {name}; hand in what is in it."
)

MAGIC_SKIPPED = Text(
    ko="{where}: IPython 명령 {magics}은(는) 실행하지 않았습니다.",
    en="{where}: the IPython commands {magics} were not run.",
)
CELL_SKIPPED = Text(
    ko="{where}: 문법 오류로 건너뛰었습니다({line}번째 줄, {error}).",
    en="{where}: skipped because of a syntax error (line {line}, {error}).",
)
CELL_RAISED = Text(
    ko="{where}: 실행 중 예외가 발생했습니다({error}).", en="{where}: raised an exception ({error})."
)
TIMESTAMP_UNREADABLE = Text(
    ko="timestamp.txt에서 제출 시각을 읽을 수 없습니다({found}). 예: 2026-11-20 23:59:59 Asia/Seoul",
    en="timestamp.txt does not hold a date and time ({found}). Expected, for example: 2026-11-20 23:59:59 UTC",
)

# -- findings of checks -------------------------------------------------------------------------------------

PASSED = Text(ko="맞았습니다.", en="Right.")
ABSENT = Text(ko="{name}이(가) 없습니다.", en="{name} is not there.")
SHAPE = Text(
    ko="{name}의 모양이 {got}입니다. 기대: {expected}.", en="{name} has shape {got}, expected {expected}."
)
DTYPE = Text(
    ko="{name}의 자료형이 {got}입니다. 허용: {allowed}.", en="{name} has dtype {got}, allowed: {allowed}."
)
NOT_FINITE = Text(
    ko="{name}: 원소 {total}개 중 {count}개가 유한하지 않습니다(NaN 또는 무한대). 첫 위치: {index}.",
    en="{name}: {count} of {total} elements are not finite (NaN or infinite), first at {index}.",
)
DIFFERS = Text(
    ko="{name}: 원소 {total}개 중 {count}개가 다릅니다. 가장 큰 차이는 {index}에서 {difference:.4g}이고 "
    "허용 오차는 {allowed:.2g}입니다. 제출값 {got:.7g}{expected}.",
    en="{name}: {count} of {total} elements differ. The greatest difference is {difference:.4g} at {index}, "
    "allowed is {allowed:.2g}. Got {got:.7g}{expected}.",
)
EXPECTED_VALUE = Text(ko=", 기준값 {value:.7g}", en=", expected {value:.7g}")
NAN_DIFFERS = Text(
    ko="{name}: NaN의 위치가 기준과 다릅니다. {count}곳이 다르고 첫 위치는 {index}입니다.",
    en="{name}: NaN stands in other places than expected; {count} places differ, first at {index}.",
)
NOT_NUMBERS = Text(ko="{name}: 숫자가 아니라 {got}입니다.", en="{name}: numbers are expected, got {got}.")
RELATION = Text(ko="{statement} {detail}", en="{statement} {detail}")
NO_METRIC = Text(
    ko="{name}을(를) 제출한 값에서 계산할 수 없습니다 ({error}).",
    en="{name} cannot be computed from the values handed in ({error}).",
)
BELOW = Text(
    ko="{name}이(가) {got:.4g}입니다. {bound:.4g} 이상이어야 합니다.",
    en="{name} is {got:.4g}, at least {bound:.4g} is needed.",
)
ABOVE = Text(
    ko="{name}이(가) {got:.4g}입니다. {bound:.4g} 이하여야 합니다.",
    en="{name} is {got:.4g}, at most {bound:.4g} is allowed.",
)
FILES_LEFT_OUT = Text(
    ko="{folder}에 파일이 {count}개 또는 {size}MB보다 많아서 함께 가져가지 않았습니다. 이미지나 가중치를 쓴다면 이 파일과 함께 따로 폴더에 두세요.",
    en="{folder} holds more than {count} files or {size} MB, so none of them were brought along. If your file reads images or weights, put it and them into a folder of their own.",
)
NOT_AN_OPTION = Text(
    ko="{name}은(는) 다음 중 하나여야 합니다: {options}. 제출한 값은 {got}입니다.",
    en="{name} must be one of {options}, got {got}.",
)
NOT_A_PICTURE = Text(
    ko="{name}은(는) 한 변이 50~4000픽셀인 그림이어야 합니다.",
    en="{name} must be a picture of 50 to 4,000 pixels a side.",
)
WRONG_CHOICE = Text(
    ko="{name}: {total}개 중 {count}개의 답이 틀렸습니다({which}).",
    en="{name}: {count} of {total} answers are wrong ({which}).",
)
WRONG_FACT = Text(ko="{name}: 제출값 {got}{expected}.", en="{name}: got {got}{expected}.")
EXPECTED_FACT = Text(ko=", 기준값 {value}", en=", expected {value}")
NOT_USED = Text(ko="{names}을(를) 사용해야 합니다.", en="{names} must be used.")
FORBIDDEN = Text(
    ko="{line}번째 줄에서 사용이 금지된 {name}을(를) 사용했습니다.",
    en="{name}, used in line {line}, is forbidden.",
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
ESSAY_EMPTY = Text(ko="{name}: 답을 쓰지 않았습니다.", en="{name}: no answer was written.")
HIDDEN_ONLY = Text(
    ko="{check}: 공개된 자료에서는 맞지만 다른 자료(다른 시드·학습률·횟수)에서는 틀립니다. "
    "답을 고정하지 말고 인자로 받은 값에서 계산하세요.",
    en="{check}: right on the published data, wrong on other data (another seed, learning rate or count). "
    "Compute the answer from the arguments instead of fixing it.",
)
ON_OTHER_DATA = Text(
    ko="{check}: 공개된 자료에서는 맞지만 다른 자료(다른 시드·학습률·횟수)에서는 틀립니다. {what}",
    en="{check}: right on the published data, wrong on other data (another seed, learning rate or count). {what}",
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
KNOWN_MISTAKE = Text(ko="{message} [{name}] {explanation}", en="{message} [{name}] {explanation}")

SEALED_DIFFERS = Text(
    ko="{name}: {total}묶음 중 {count}묶음이 기준값과 다릅니다(첫 축의 위치: {which}).",
    en="{name}: {count} of {total} groups of elements differ from the reference (on the first axis: {which}).",
)
LEFT_TO_GRADING = Text(ko="제출 후 채점할 때 검사합니다.", en="This is judged when your work is graded.")
NOT_SELF_CHECKED = Text(
    ko="실행은 되었습니다. 맞았는지는 제출 후 채점할 때에만 판정합니다.",
    en="It ran. Whether it is right is judged only when it is graded.",
)
PUBLIC_CHECKS_ONLY = Text(
    ko="공개 검사의 결과입니다. 채점에서는 기준값과 다른 자료로도 검사합니다.",
    en="These are the published checks. Grading also compares with reference values and uses other data.",
)

# -- what is released to students ---------------------------------------------------------------------------

NOTEBOOK_INTRODUCTION = Text(
    ko="`raise NotImplementedError` 와 빈 상수를 답으로 바꾸고, 소문항마다 끝에 있는 `check` 셀로 확인하세요. 셀은 나누거나 더해도 됩니다. 제출할 파일의 이름은 `{question}.ipynb` 또는 `{question}.py` 이며 둘 중 하나만 냅니다.",
    en="Replace `raise NotImplementedError` and the empty constants by your answers, and check yourself with the `check` cell at the end of each part. You may split cells and add more. Hand in `{question}.ipynb` or `{question}.py`, one of the two.",
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
SCORED_MEANWHILE = Text(
    ko="다른 사람이 그 사이에 채점했습니다.", en="Somebody else has scored this meanwhile."
)

# -- our own failures ---------------------------------------------------------------------------------------

UNGRADED = Text(
    ko="채점 프로그램의 문제로 채점을 보류했습니다. 0점이 아니며 다시 채점합니다. ({why})",
    en="Not graded because of a failure of the grader. This is not a zero; it will be graded again. ({why})",
)

KINDS = {template: name.lower() for name, template in list(globals().items()) if isinstance(template, Text)}
