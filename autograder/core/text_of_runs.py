"""Sentences about a submission's file and about its run: faults, and notes, which cost nothing."""

from __future__ import annotations

from autograder.core.text import Text

# -- faults of the student's code ---------------------------------------------------------------------------

NOT_SUBMITTED = Text(
    ko="제출 파일 {wanted}.py 또는 {wanted}.ipynb를 찾지 못했습니다.{hint}",
    en="No file {wanted}.py or {wanted}.ipynb was submitted.{hint}",
)
CLOSE_NAME = Text(
    ko=" 혹시 {name}인가요? 파일 이름을 바꿔 주세요.", en=" Did you mean {name}? Rename the file."
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
    ko="{where} {line}번째 줄{text}: 문법 오류({error}). 채점 환경은 Python {python}입니다.",
    en="{where}, line {line}{text}: syntax error ({error}). It is graded with Python {python}.",
)
QUOTED_LINE = Text(ko="(`{text}`)", en=" (`{text}`)")
MISSING_NAME = Text(
    ko="{name}이(가) 정의되어 있지 않습니다.{hint}", en="{name} is not defined in the submission.{hint}"
)
CLOSE_DEFINITION = Text(ko=" 비슷한 이름: {name}.", en=" A similar name is there: {name}.")
UNWRITTEN = Text(
    ko="{name}: 아직 작성하지 않은 부분이 있습니다(raise NotImplementedError).",
    en="{name}: not written yet (raise NotImplementedError).",
)
EXCEPTION = Text(ko="실행 중 예외가 발생했습니다: {error}", en="The code raised an exception: {error}")
AUTHORS_FAILURE = Text(
    ko="문항을 만든 쪽의 코드에 오류가 있습니다: {error}",
    en="The question's own code failed: {error}",
)
IN_CALL = Text(ko="{call}: {what}", en="{call}: {what}")
BAD_RETURN = Text(ko="이 값은 쓸 수 없습니다: {error}", en="The value cannot be used: {error}")
BAD_USE = Text(
    ko="코드는 실행되었지만 그 결과를 쓰다가 예외가 발생했습니다: {error}",
    en="The code ran, but using what it gave raised an exception: {error}",
)
OTHER_ARGUMENTS = Text(
    ko="함수가 문항에 정해진 대로 인자를 받지 않습니다: {error}",
    en="The function does not take the arguments that the question gives it: {error}",
)
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
EVIDENCE_LIMIT = Text(
    ko="반환값을 읽을 수 없습니다: {error}", en="What the code returned could not be read: {error}"
)
TOO_LARGE = Text(
    ko="반환값의 모양이 {shape}입니다. 모범 답안과 비교하기에 너무 큽니다(원소 {elements:,}개까지).",
    en="What was returned has shape {shape}, too large to compare with the solution's (up to {elements:,} elements).",
)
LOOKED_AT_TOO_LONG = Text(
    ko="제출물이나 반환값을 살펴보는 데 {seconds:g}초가 넘게 걸려 중단했습니다. 지나치게 크거나 복잡한 부분이 있는지 확인하세요.",
    en="Looking at what was handed in or returned took more than {seconds:g} s and was stopped. Is something far too large "
    "or intricate?",
)
LOOKED_AT_TOO_LARGE = Text(
    ko="제출물이나 반환값을 살펴보는 데 메모리가 {megabytes:,}MB 넘게 들어 중단했습니다. 지나치게 크거나 복잡한 부분이 있는지 확인하세요.",
    en="Looking at what was handed in or returned took more than {megabytes:,} MB of memory and was stopped. Is something "
    "far too large or intricate?",
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
    ko="공개된 자료에서는 실행되지만 다른 자료(다른 시드·학습률·횟수)에서는 실행되지 않습니다({kind}). "
    "인자로 받은 값만 사용하는지 확인하세요.",
    en="The code runs on the published data but not on other data (another seed, learning rate or count): "
    "{kind}. Make sure that it uses nothing but its arguments.",
)

# What of a fault on hidden data may be told, by its kind.
FAULT_NAMES = {
    "source": Text(ko="파일을 읽지 못함", en="the file is not read"),
    "missing": Text(ko="이름이 정의되지 않음", en="a name is not defined"),
    "unwritten": Text(ko="작성하지 않은 부분", en="something is not written yet"),
    "exception": Text(ko="예외 발생", en="it raises an exception"),
    "time": Text(ko="시간 초과", en="it takes too long"),
    "memory": Text(ko="메모리 초과", en="it takes too much memory"),
    "evidence": Text(ko="쓸 수 없는 반환값", en="what it returns cannot be used"),
    "exit": Text(ko="프로그램 종료", en="it ends the program"),
    "crash": Text(ko="강제 종료", en="it is killed"),
}

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
IS_NONE = Text(
    ko="값이 None입니다. return 문을 빠뜨리지 않았는지 확인하세요.",
    en="It is None; is a return statement missing?",
)
NO_CUDA = Text(
    ko="채점 환경에는 이 코드가 요구하는 장치(CUDA 또는 MPS)가 없습니다. .cuda()나 'cuda' 대신 인자로 받은 device를 쓰거나 장치를 옮기지 마세요.",
    en="Where this is graded there is no such device (CUDA or MPS). Use the device that you are given instead of .cuda() or 'cuda', or do not move anything.",
)
NO_WORKERS = Text(
    ko="채점할 때에는 다른 프로세스를 시작할 수 없습니다. DataLoader에는 num_workers=0을 쓰세요.",
    en="No other process can be started when this is graded. Use num_workers=0 in a DataLoader.",
)
NO_PROCESSES = Text(
    ko="채점할 때에는 다른 프로그램이나 프로세스를 시작할 수 없습니다.",
    en="No other program or process can be started when this is graded.",
)
NO_NETWORK = Text(
    ko="채점할 때에는 인터넷에 연결할 수 없습니다. 필요한 파일은 함께 제출하세요.",
    en="There is no network when this is graded. Hand in the files that the code needs.",
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
    ko="{where} {line}번째 줄: 채점 환경에 없는 것이 필요합니다({error}). 이 코드만 건너뛰고 나머지는 실행했습니다.",
    en="{where}, line {line}: needs something that is not there when this is graded ({error}). Only this code was left out.",
)
INPUT_CALLED = Text(
    ko="{where} {line}번째 줄: 채점할 때에는 input()에 답할 사람이 없어 여기서 멈췄습니다. 값을 코드에 적으세요.",
    en="{where}, line {line}: nobody answers input() when this is graded, so it stopped there. Write the value into the code.",
)
EXIT_CALLED = Text(
    ko="{where} {line}번째 줄: 프로그램을 끝내는 명령({error})이 있습니다. 그 아래도 실행했습니다.",
    en="{where}, line {line}: it ends the program ({error}); what stands below was run all the same.",
)
CELL_UNREAD = Text(
    ko="{where} {line}번째 줄{text}: 문법 오류로 실행하지 못했습니다({error}). 채점 환경은 Python {python}입니다.",
    en="{where}, line {line}{text}: not run because of a syntax error ({error}). It is graded with Python {python}.",
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
    ko="같은 문항의 파일이 여럿이라, 이름의 번호와 저장 시각이 가장 늦은 {name}을(를) 읽었습니다. 읽지 않은 파일: {others}.",
    en="Of several files for this question {name} was taken, the newest by the number in its name and by its time. Not taken: {others}.",
)
UNPACKED = Text(ko="압축 파일 {name}을(를) 풀어서 읽었습니다.", en="The archive {name} was unpacked.")
HAND_IN_SOURCE = Text(
    ko=" {name}은(는) 채점할 수 없습니다. 노트북(.ipynb)이나 .py 파일을 제출하세요.",
    en=" {name} cannot be graded; hand in the notebook (.ipynb) or a .py file.",
)
ARCHIVE_THERE = Text(
    ko=" 압축 파일 {name}을(를) 풀어서 제출하세요.", en=" There is an archive, {name}; hand in what is in it."
)

TIMESTAMP_UNREADABLE = Text(
    ko="timestamp.txt에서 제출 시각을 읽을 수 없습니다({found}). 예: 2026-11-20 23:59:59 Asia/Seoul",
    en="timestamp.txt does not hold a date and time ({found}). Expected, for example: 2026-11-20 23:59:59 UTC",
)

# -- no result ----------------------------------------------------------------------------------------------

NOTHING_GRADED = Text(
    ko="채점 프로그램의 문제로 {parts} 채점을 보류했습니다. 0점이 아니며 조교가 다시 채점합니다.",
    en="Not graded because of a failure of the grader: {parts}. This is not a zero; the staff will grade it again.",
)
STAFF_GRADE_AGAIN = Text(
    ko="조교에게: 이 제출물은 채점되지 않았습니다. 원인을 고치고 다시 채점하십시오.",
    en="To the staff: this submission has no result. Mend the cause and rerun the autograder on it.",
)
