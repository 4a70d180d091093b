"""Sentences of click and errors of wrong usage, in both languages; an English sentence is found by its template."""

from autograder.core.text import Text

# click's own
CLICK = (
    Text(en="Usage: {usage}", ko="사용법: {usage}"),
    Text(en="Options", ko="옵션"),
    Text(en="Commands", ko="명령"),
    Text(en="Positional arguments", ko="인자"),
    Text(en="Show this message and exit.", ko="이 도움말을 보여 주고 끝냅니다."),
    Text(en="Show the version and exit.", ko="버전을 보여 주고 끝냅니다."),
    Text(en="default: {value}", ko="기본값: {value}"),
    Text(en="required", ko="필수"),
    Text(en="Try '{command}' for help.", ko="도움말: {command}"),
    Text(en="Error: {message}", ko="오류: {message}"),
    Text(en="Missing command.", ko="명령이 없습니다."),
    Text(en="Missing argument '{name}'.", ko="인자 '{name}'이(가) 없습니다."),
    Text(en="Missing argument '{name}'. {message}", ko="인자 '{name}'이(가) 없습니다. {message}"),
    Text(en="Missing option '{name}'.", ko="옵션 '{name}'이(가) 없습니다."),
    Text(en="Missing option '{name}'. {message}", ko="옵션 '{name}'이(가) 없습니다. {message}"),
    Text(en="Choose from:", ko="다음 중에서 고르세요:"),
    Text(en="No such option '{name}'.", ko="옵션 '{name}'은(는) 없습니다."),
    Text(en="No such option '{name}'. {message}", ko="옵션 '{name}'은(는) 없습니다. {message}"),
    Text(en="No such option: {name}", ko="옵션 {name}은(는) 없습니다."),
    Text(en="No such option: {name} {message}", ko="옵션 {name}은(는) 없습니다. {message}"),
    Text(en="No such command '{name}'.", ko="명령 '{name}'은(는) 없습니다."),
    Text(en="No such command '{name}'. {message}", ko="명령 '{name}'은(는) 없습니다. {message}"),
    Text(en="Did you mean {name}?", ko="{name}을(를) 뜻하셨습니까?"),
    Text(en="(Did you mean one of: {names}?)", ko="(다음 중 하나를 뜻하셨습니까: {names})"),
    Text(en="(Possible options: {names})", ko="(다음 중 하나를 뜻하셨습니까: {names})"),
    Text(en="Got unexpected extra argument ({args})", ko="남는 인자가 있습니다({args})."),
    Text(en="Got unexpected extra arguments ({args})", ko="남는 인자가 있습니다({args})."),
    Text(en="Option '{name}' requires an argument.", ko="옵션 '{name}'에는 값이 필요합니다."),
    Text(en="Option '{name}' does not take a value.", ko="옵션 '{name}'에는 값을 줄 수 없습니다."),
    Text(en="Invalid value: {message}", ko="값이 잘못되었습니다: {message}"),
    Text(en="Invalid value for {name}: {message}", ko="{name}의 값이 잘못되었습니다: {message}"),
    Text(en="{value} is not one of {values}.", ko="{value}은(는) 다음 중 하나가 아닙니다: {values}."),
    Text(en="{value} is not a valid integer.", ko="{value}은(는) 정수가 아닙니다."),
    Text(en="{value} is not a valid integer range.", ko="{value}은(는) 정수가 아닙니다."),
    Text(en="{value} is not a valid float.", ko="{value}은(는) 수가 아닙니다."),
    Text(en="{value} is not a valid float range.", ko="{value}은(는) 수가 아닙니다."),
    Text(en="{value} is not in the range {range}.", ko="{value}은(는) 범위 {range}에 있지 않습니다."),
    Text(en="Directory '{name}' does not exist.", ko="폴더 '{name}'이(가) 없습니다."),
    Text(en="Directory '{name}' is a file.", ko="'{name}'은(는) 폴더가 아니라 파일입니다."),
    Text(en="File '{name}' does not exist.", ko="파일 '{name}'이(가) 없습니다."),
    Text(en="File '{name}' is a directory.", ko="'{name}'은(는) 파일이 아니라 폴더입니다."),
    Text(en="Path '{name}' does not exist.", ko="경로 '{name}'이(가) 없습니다."),
    Text(en="{kind} '{name}' is not readable.", ko="'{name}'을(를) 읽을 수 없습니다."),
    Text(en="{kind} '{name}' is not writable.", ko="'{name}'에 쓸 수 없습니다."),
)

# errors of wrong usage
ERRORS = (
    Text(
        en="no course: neither {here} nor a parent has a folder exams/; give --course PATH",
        ko="과목을 찾지 못했습니다. {here}에도 그 위에도 폴더 exams/가 없습니다. --course PATH를 주세요",
    ),
    Text(
        en="{path}: no folder {folder}/ of a release beside it or above it, and {message}",
        ko="{path}: 옆에도 위에도 배포본의 폴더 {folder}/가 없습니다. {message}",
    ),
    Text(
        en="{path}: not a course, it has no folder exams/",
        ko="{path}: 과목이 아닙니다. 폴더 exams/가 없습니다",
    ),
    Text(en="no exam is named {name}; {message}", ko="시험 {name}은(는) 없습니다. {message}"),
    Text(en="no question is named {name}; {message}", ko="문항 {name}은(는) 없습니다. {message}"),
    Text(en="no part is named {name}; {message}", ko="소문항 {name}은(는) 없습니다. {message}"),
    Text(en="no dataset is named {name}; {message}", ko="데이터셋 {name}은(는) 없습니다. {message}"),
    Text(en="no format is named {name}; {message}", ko="형식 {name}은(는) 없습니다. {message}"),
    Text(en="no device is named {name}; {message}", ko="장치 {name}은(는) 없습니다. {message}"),
    Text(en="no isolation is named {name}; {message}", ko="격리 방법 {name}은(는) 없습니다. {message}"),
    Text(en="there are: {names}", ko="있는 것: {names}"),
    Text(en="there are {names}", ko="있는 것: {names}"),
    Text(en="did you mean {name}?", ko="{name}을(를) 뜻하셨습니까?"),
    Text(
        en="there is no device {name} here; give --device cpu",
        ko="이 컴퓨터에는 장치 {name}이(가) 없습니다. --device cpu를 주세요",
    ),
    Text(
        en="which shell? give --install-completion {shells} or {last}",
        ko="어느 셸입니까? --install-completion {shells} 또는 {last}을(를) 주세요",
    ),
    Text(en="{path}: no such file", ko="{path}: 그런 파일이 없습니다"),
    Text(
        en="{path}: no such file; expected a .py or .ipynb file",
        ko="{path}: 그런 파일이 없습니다. .py 또는 .ipynb 파일이어야 합니다",
    ),
    Text(
        en="{path}: no question has this name; {message}", ko="{path}: 이 이름의 문항이 없습니다. {message}"
    ),
    Text(
        en="{path}: several questions have this name ({places}); give --question EXAM/QUESTION",
        ko="{path}: 이 이름의 문항이 여럿입니다({places}). --question EXAM/QUESTION을 주세요",
    ),
    Text(
        en="{path}: {name} is no question of this release; {message}",
        ko="{path}: {name}은(는) 이 배포본의 문항이 아닙니다. {message}",
    ),
    Text(en="did you mean {name}? Otherwise {message}", ko="{name}을(를) 뜻하셨습니까? 아니면 {message}"),
    Text(en="give --question, one of: {names}", ko="--question을 주세요. 있는 것: {names}"),
    Text(
        en="{question} has no part {name}; {message}",
        ko="{question}에는 소문항 {name}이(가) 없습니다. {message}",
    ),
    Text(
        en="{folder}: no results.json; run autograder grade ... --output {run} first",
        ko="{folder}: results.json이 없습니다. 먼저 autograder grade ... --output {run} 을 실행하세요",
    ),
    Text(
        en="{folder}: no run.json; run autograder grade ... --output {run} first",
        ko="{folder}: run.json이 없습니다. 먼저 autograder grade ... --output {run} 을 실행하세요",
    ),
    Text(
        en="{folder}: no run.json; it is not a folder that autograder grade wrote",
        ko="{folder}: run.json이 없습니다. autograder grade가 쓴 폴더가 아닙니다",
    ),
    Text(
        en="{run}: nothing was replaced yet; name what to compare with",
        ko="{run}: 아직 바뀐 결과가 없습니다. 비교할 것을 적으세요",
    ),
    Text(en="{path}: no such results", ko="{path}: 그런 결과가 없습니다"),
    Text(
        en="{folder}: no student folders; expected SUBMISSIONS/<student>/<exam>/<question>.py or .ipynb",
        ko="{folder}: 학생의 폴더가 없습니다. SUBMISSIONS/<학생>/<시험>/<문항>.py 또는 .ipynb이어야 합니다",
    ),
    Text(en="{folder}: No such file or directory", ko="{folder}: 그런 파일이나 폴더가 없습니다"),
    Text(en="{folder}: no folder for student {names}", ko="{folder}: 학생 {names}의 폴더가 없습니다"),
    Text(
        en="{folder}: another process is grading into it",
        ko="{folder}: 다른 프로세스가 이 폴더에 채점하고 있습니다",
    ),
    Text(
        en="{folder} holds a run with {name} {before}, asked for is {asked}; choose another --output",
        ko="{folder}에는 {name} {before}(으)로 채점한 결과가 있습니다(지금은 {asked}). 다른 --output을 고르세요",
    ),
    Text(
        en="{folder}: the run was interrupted; finish it with the same autograder grade command",
        ko="{folder}: 채점이 중단되었습니다. 같은 autograder grade 명령으로 마치세요",
    ),
    Text(
        en="{folder}: there is no draft; autograder rescore RUN --preview makes one",
        ko="{folder}: 초안이 없습니다. autograder rescore RUN --preview로 만드세요",
    ),
    Text(
        en="{folder}: the run or the exam changed since the preview; preview again",
        ko="{folder}: 미리 본 뒤에 채점 결과나 시험이 바뀌었습니다. 다시 미리 보세요",
    ),
    Text(
        en="{question} needs {names}; run: pip install {packages}",
        ko="{question}에는 {names}이(가) 필요합니다. 실행하세요: pip install {packages}",
    ),
    Text(
        en="pages need {names}; run: {command}",
        ko="페이지를 만들려면 {names}이(가) 필요합니다. 실행하세요: {command}",
    ),
    Text(
        en="{name} is not installed; run: {command}",
        ko="{name}이(가) 설치되어 있지 않습니다. 실행하세요: {command}",
    ),
    Text(en="{name} is missing; {command}", ko="{name}이(가) 없습니다. 실행하세요: {command}"),
    Text(
        en="--scheduler needs Dask; run: {command}",
        ko="--scheduler에는 Dask가 필요합니다. 실행하세요: {command}",
    ),
    Text(
        en="give --reason TEXT; or see with --preview who would change",
        ko="--reason TEXT를 주세요. 바뀔 학생은 --preview로 볼 수 있습니다",
    ),
    Text(en="--{one} or --{other}, not both", ko="--{one}와(과) --{other} 중 하나만 쓸 수 있습니다"),
    Text(
        en="--{one} takes the draft as it is; changes are made with --preview",
        ko="--{one}은(는) 초안을 그대로 씁니다. 변경은 --preview로 하세요",
    ),
    Text(en="--name needs {options}, too", ko="--name에는 {options}도 필요합니다"),
    Text(
        en="{there} is there already; nothing was written",
        ko="{there}이(가) 이미 있습니다. 아무것도 쓰지 않았습니다",
    ),
    Text(
        en="{name}: expected EXAM/QUESTION such as my_exam/q1_attention: small letters, digits and underscores, "
        "the question beginning with q and its number",
        ko="{name}: my_exam/q1_attention과 같은 EXAM/QUESTION이어야 합니다. 소문자, 숫자, 밑줄을 쓰고 문항은 q와 번호로 "
        "시작합니다",
    ),
    Text(
        en="port {port}: {error}; give another --port, or none",
        ko="포트 {port}: {error}. 다른 --port를 주거나 빼세요",
    ),
    Text(
        en="{path}: the name of a picture ends in {names}",
        ko="{path}: 그림의 이름은 다음 중 하나로 끝나야 합니다: {names}",
    ),
    Text(
        en="bubblewrap is not installed; install it ({how}), or give --isolation none to run without a sandbox",
        ko="bubblewrap이 설치되어 있지 않습니다. 설치하거나({how}) --isolation none을 주어 격리하지 않고 실행하세요",
    ),
    Text(
        en="no sandbox holds here ({problems}); run autograder doctor, or give --isolation none to run the "
        "submissions without one",
        ko="작동하는 격리 환경이 없습니다({problems}). autograder doctor를 실행하거나, 격리하지 않고 실행하려면 --isolation "
        "none을 주세요",
    ),
)

SENTENCES = (*CLICK, *ERRORS)
