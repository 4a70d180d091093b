"""Why a source is not read, a cell left out, or a check forgeable: sentences for instructors."""

from autograder.core.text import Text

# fmt: off
# -- of a source that cannot be read
NO_TESTS = Text(ko="{source}: tests/test_*.py가 없습니다", en="{source}: there is no tests/test_*.py in it")
NO_ANSWERS = Text(ko="{source}: {usual} 가운데 아무것도 없고, 테스트가 불러오는 모듈도 그 자리에 없습니다. 모범 답안 모듈을 그 자리에 두세요", en="{source}: there is none of {usual}, and its tests import no module that lies there; put the solved one there")
NO_NOTEBOOK = Text(ko="{source}: 노트북이 없습니다", en="{source}: there is no notebook in it")
NOT_PYTHON = Text(ko="{path}: 파이썬 문법에 맞지 않습니다: {error}", en="{path}: its syntax is not Python's: {error}")
NOT_UTF8 = Text(ko="{path}: UTF-8로 저장한 파일이 아닙니다. 주피터에서 열어 다시 저장하세요", en="{path}: its text is not UTF-8; open it in Jupyter and save it")
NOT_A_NOTEBOOK = Text(ko="{path}: 노트북이 아닙니다. 노트북의 JSON이 들어 있지 않습니다", en="{path}: it is no notebook: there is no JSON of a notebook in it")
OTHER_LANGUAGE = Text(ko="{path}: 언어가 {language}입니다. 파이썬 노트북만 가져옵니다", en="{path}: its language is {language}; only Python's notebooks are imported")
UNREADABLE = Text(ko="{where}: {why}", en="{where}: {why}")

# -- of what is left out
NOTHING_GRADED = Text(ko="채점하는 테스트, 서술형, 과제가 없습니다", en="it has no test, essay or task that is graded")
POINTS = Text(ko="배점이 {points}입니다", en="its points are {points}")
RAW = Text(ko="Raw 셀에 배점이 있습니다. 아무도 답할 수 없습니다", en="a raw cell is graded, which nobody can answer")
MAGIC = Text(ko="%%{magic} 셀은 실행하지 않습니다", en="a cell of %%{magic} is not run")
TEST_IN_WORDS = Text(ko="마크다운으로 된 테스트는 아무것도 판정하지 못합니다. 사람이 채점하는 셀로 바꾸세요", en="a test in Markdown judges nothing; mark it as graded by a person")
NESTED = Text(ko="BEGIN SOLUTION 안에 BEGIN SOLUTION이 또 있습니다", en="BEGIN SOLUTION stands within BEGIN SOLUTION")
CLOSES_NOTHING = Text(ko="END {marker} 앞에 BEGIN이 없습니다", en="END {marker} closes nothing")
NOT_CLOSED = Text(ko="{marker}이(가) 닫히지 않았습니다", en="{marker} is not closed")
NO_FIGURE = Text(ko="그림 {target}이(가) 없거나 PNG, JPEG, GIF, WebP가 아닙니다", en="the figure {target} is not there, or no PNG, JPEG, GIF or WebP")
TOO_MANY_FILES = Text(ko="노트북 옆의 파일이 모두 {most}MB를 넘습니다", en="files beside the notebook are more than {most} MB")
NO_TEST_FILE = Text(ko="tests/에 그런 파일이 없거나, 같은 것을 두 번 부릅니다", en="there is no such file in tests/, or it stands twice")
NOT_READ = Text(ko="읽을 수 없습니다: {error}", en="it cannot be read: {error}")
OTHER_FORM = Text(ko="테스트 묶음도, @test_case가 붙은 함수도 없습니다", en="it has neither a test suite nor a function below @test_case")
SYNTAX = Text(ko="파이썬 문법에 맞지 않습니다", en="its syntax is not Python's")
FAILS_ITSELF = Text(ko="자신의 모범 답안으로도 실패합니다: {why}", en="it fails with its own solution: {why}")
NO_END = Text(ko="끝나지 않았습니다", en="it did not end")
MARKED = Text(ko="{mark} 표시가 있습니다", en="it is marked {mark}")
INHERITS = Text(ko="클래스가 {of}을(를) 상속합니다. 함수로 바꾸세요", en="its class inherits from {of}; make it a function")
NO_FIXTURE = Text(ko="픽스처 {name}이(가) 필요한데 conftest.py에 없습니다", en="it needs the fixture {name}, which is not in conftest.py")
FIXTURE_REQUESTS = Text(ko="픽스처 {name}이(가) request를 씁니다", en="its fixture {name} asks for the request")
NO_SNAPSHOT = Text(ko="스냅샷 파일이 없습니다", en="its snapshot is not there")
NAMED_SNAPSHOT = Text(ko="스냅샷에 따로 붙인 이름이 있습니다", en="its snapshot has a name of its own")

# -- of a cell that runs as it is
AS_IT_IS = Text(ko="원래대로 실행합니다: {why}", en="runs as it is: {why}")
UNREAD = Text(ko="문법을 읽을 수 없습니다", en="its syntax cannot be read")
NOT_TAKEN_APART = Text(ko="나눌 수 없습니다: {error}", en="it cannot be taken apart: {error}")
CALLED_AS_IT_IS = Text(ko="원래대로 실행하는 셀도 이것을 부릅니다", en="cells that run as they are call it, too")
CALLS_NOTHING = Text(ko="{call}이(가) 아무것도 부르지 않습니다", en="{call} calls nothing")
MATCHES = Text(ko="match 문이 있습니다", en="it has a match statement")
GOES_ON = Text(ko="학생의 코드가 준 값에 따라 뒤를 실행할지 정합니다", en="what the student's code gives decides whether it goes on")
CATCHES = Text(ko="자신의 assert를 스스로 잡습니다", en="it catches its own assertions")
ASSIGNS = Text(ko="assert 안에서 대입하거나 await을 씁니다", en="an assertion assigns or awaits")
ONE_SIDE = Text(ko="{call}에 비교할 두 값이 없습니다", en="{call} has not two sides")
NO_EXCEPTION = Text(ko="{call}에 예외의 이름이 없습니다", en="{call} names no exception")
CREDIT = Text(ko="마지막 줄이 점수입니다", en="its last line says its points")
TOO_LARGE = Text(ko="기록할 값이 너무 크거나 많습니다", en="what it records is too large or too many to leave the sandbox")
RECORDS_DIFFER = Text(ko="기대하는 값을 빼면 기록이 달라집니다", en="its records differ without the expected side")
NOT_PASSED = Text(ko="모범 답안이 검사를 통과하지 못합니다", en="its checks do not pass with the solution")
OTHERWISE = Text(ko="{name}의 판정이 원래와 다릅니다", en="it judges {name} otherwise")
TEMPLATE = Text(ko="빈 양식", en="the empty template")
MUTANT = Text(ko="변이 {one.number}({one.line}번째 줄: {one.after})", en="mutant {one.number}, line {one.line}: {one.after}")
MUTANT_OF = Text(ko="{place}의 변이 {one.number}({one.line}번째 줄: {one.after})", en="mutant {one.number} of {place}, line {one.line}: {one.after}")

# -- of a check that can be forged
EXPECTED_INSIDE = Text(ko="기대하는 값이 격리 환경 안에 남습니다", en="the expected side stays in the sandbox")
REDUCED = Text(ko="값이 너무 커서 격리 환경 안에서 줄인 뒤에 내보냅니다", en="its values are too large to leave the sandbox and are reduced in it")
JUDGED_INSIDE = Text(ko="값이 너무 크거나 많아서 격리 환경 안에서 판정합니다", en="its values are too large or too many to leave the sandbox and are judged in it")
COMPARED_INSIDE = Text(ko="{names}을(를) 격리 환경 안에서 비교합니다", en="{names} is compared in the sandbox")
NOT_THE_SAME = Text(ko="비교하는 값이 실행할 때마다 달라서 격리 환경 안에서 판정합니다", en="it is judged in the sandbox, as what it compares is not the same twice")
JUDGES_INSIDE = Text(ko="{names}이(가) 격리 환경 안에서 판정합니다", en="{names} judges in the sandbox")

# -- to know
BLANK_EARNS = Text(ko="{name}: 빈 양식이 {points:g}점을 그대로 얻습니다. 가져오기 전에도 그랬습니다", en="{name}: the empty template earns its {points:g} points, as it did before")
UNSOLVED = Text(ko="{modules}: template/에 있는 것을, 없으면 함수의 내용을 지운 것을 학생에게 줍니다. 문항의 handout/에서 고칠 수 있습니다", en="{modules}: students get what is in template/, or else what is left without the bodies of functions; edit it in the question's handout/")
