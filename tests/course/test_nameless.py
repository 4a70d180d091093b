"""A student's code without what tells who wrote it, and without what the interface does not need."""

from __future__ import annotations

import ast

import pytest

from autograder.core.mistake import Mistake
from autograder.core.text import Text
from autograder.course.mistake_file import mistake_of_file, text_of_mistake
from autograder.course.nameless import nameless

SOURCE = '''"""홍길동 20221234"""
from __future__ import annotations
import numpy as np, torch
import pandas
from math import *
# by 홍길동
torch.manual_seed(0)
author = "홍길동"
table = []
for i in range(3):
    table.append(i)
table.sort()
gildong_scale = 2
def helper_gildong(x):
    "by 홍길동"
    return x * gildong_scale + np.pi
class Empty:
    """Gildong's"""
def f(values, gildong=1):
    """made by Hong"""
    note = f"홍길동 {values} 20221234"
    return helper_gildong(table), Empty, gildong, note
def unused(): pass
print(f([1]))
f(2)
if __name__ == "__main__":
    f(2)
REASON: str = "GILDONG wrote this"
model = f(3)
model.fit()
'''
PEOPLE = ["20221234_홍길동", "hong.gildong"]


def test_only_what_the_interface_needs_is_left_and_no_name():
    assert (
        nameless(SOURCE, ["f", "REASON"], PEOPLE)
        == """from __future__ import annotations
import numpy as np, torch
from math import *
torch.manual_seed(0)
table = []
for i in range(3):
    table.append(i)
table.sort()
student_scale = 2

def helper_student(x):
    return x * student_scale + np.pi

class Empty:
    pass

def f(values, student=1):
    note = f'student {values} student'
    return (helper_student(table), Empty, student, note)
REASON: str = 'student wrote this'
"""
    )


def test_it_computes_the_same():
    source = "scale = 2\ndef f(x):\n    # kim\n    kim_total = scale * x\n    return kim_total\nprint(f(3))\n"
    found: dict[str, object] = {}
    exec(nameless(source, ["f"], ["kim_minjun"]), found)
    assert found["f"](3) == 6


@pytest.mark.parametrize("name", ["f", "sum", "min", "np"])
def test_a_student_who_is_called_like_what_is_needed_changes_nothing(name):
    source = "import numpy as np\n\ndef f(x):\n    return np.min(sum(x))\n"
    assert nameless(source, ["f"], [name]) == source


def test_code_that_does_not_parse_is_refused():
    with pytest.raises(SyntaxError):
        nameless("def f(:", ["f"], [])


@pytest.mark.parametrize("said", ["plain", 'a "quoted" \\ one', '"""', "two\nlines: ko: x", "끝\\"])
def test_a_mistake_is_read_as_it_was_written(tmp_path, said):
    whole = "from __future__ import annotations\n\nx = 1\n"
    mistake = Mistake(name="m", explanation=Text(ko=said, en=said), loses=frozenset({"b", "a"}), whole=whole)
    path = tmp_path / "m.py"
    path.write_text(text_of_mistake(mistake), encoding="utf-8")
    found = mistake_of_file(path)
    assert (found.loses, found.explanation.en) == (mistake.loses, " ".join(said.split()))
    assert ast.unparse(ast.parse(found.whole).body[1]) == "from __future__ import annotations"
