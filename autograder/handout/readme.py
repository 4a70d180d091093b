"""Makes the README of a release."""

from __future__ import annotations

from autograder.core.text import NOTEBOOK_CHECKED
from autograder.course.catalog import ExamEntry
from autograder.course.question_files import CHECKS_FOLDER
from autograder.handout.cells import archive_name
from autograder.running.environment import EXTRAS

_README = """\
# {title}

{table}

{own_tests}## 준비 / Set-up

```
pip install "./{wheel}" {packages}
```

Python 3.11 이상이 필요합니다. / Python 3.11 or later is needed.

[![Open In Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
Colab에서는 노트북을 열고, 폴더 보기에 `{archive}` 파일을 올린 뒤 첫 셀을 실행합니다.
On Colab open a notebook, upload `{archive}` in the view of files, and run the first cell.

## 풀기 / Work

- 문항마다 노트북(`.ipynb`)과 파이썬 파일(`.py`)이 있습니다. 둘 중 하나만 채워서 냅니다.
  파일 이름은 바꾸지 마세요.
  For each question there is a notebook (`.ipynb`) and a module (`.py`). Fill in and hand in one of the
  two. Keep the file's name.
- `raise NotImplementedError`와 빈 상수를 답으로 바꿉니다. 함수와 상수의 이름은 그대로 둡니다.
  Replace `raise NotImplementedError` and the empty constants by your answers; keep the names.
- 폴더 `{checks}/`는 자가 점검에 쓰입니다. 노트북 옆에 두세요. 제출하지 않아도 됩니다.
  The folder `{checks}/` is for the self-check. Keep it beside the notebooks; it need not be handed in.

## 확인하기 / Check yourself

노트북에서는 소문항 끝의 `check(...)` 셀을 실행합니다. 터미널에서는:
In a notebook run the `check(...)` cell at the end of a part. In a terminal:

```
autograder check {first}.ipynb
autograder check {first}.py --lang ko
```

`%load_ext autograder` 뒤에는 `%check`가 노트북의 모든 소문항을 확인하고, `pytest {first}.py`는
소문항마다 테스트 하나를 실행합니다(VS Code의 테스트 탐색기에서도).
After `%load_ext autograder`, `%check` checks all parts of a notebook; `pytest {first}.py` runs a test for
each part, also in the test explorer of VS Code.

자가 점검은 공개된 자료와 연습용 자료로 합니다. 기준값은 봉인되어 있어 맞는지만 알려 주고 값은 보이지
않습니다. 참/거짓 문제와 서술형은 제출한 뒤에 채점합니다.
The self-check uses the published data and data for practice. Reference values are sealed: you are told
whether yours are right, and not what they are. True-or-false questions and essays are judged after you
hand in.
"""


def readme(exam: ExamEntry, wheel: str) -> str:
    """Return the README in Markdown; ``wheel`` is the file name of the engine's wheel."""
    title = exam.exam.title
    rows = [
        f"| `{entry.name}` | {asked.title.ko} / {asked.title.en} | {asked.points:g} |"
        for entry in exam.questions
        for asked in [entry.question]
    ]
    frameworks = {entry.question.framework for entry in exam.questions}
    extras = ",".join(sorted(EXTRAS[framework] for framework in frameworks & EXTRAS.keys()))
    preloaded = {module.partition(".")[0] for entry in exam.questions for module in entry.question.preload}
    notebooks = [f"{e.question.notebook}.ipynb" for e in exam.questions if e.question.notebook]
    own = [NOTEBOOK_CHECKED.format(name=name) for name in notebooks]
    return _README.format(
        own_tests="".join(f"{one.ko}\n{one.en}\n\n" for one in own),
        title=f"{title.ko} / {title.en}",
        table="\n".join(["| 문항 / question | | 배점 / points |", "|---|---|---:|", *rows]),
        wheel=f"{wheel}[{extras}]" if extras else wheel,
        packages=" ".join(sorted({"jupyterlab", "pytest"} | preloaded)),
        checks=CHECKS_FOLDER,
        archive=archive_name(exam.name),
        first=exam.questions[0].question.notebook or exam.questions[0].name,
    )
