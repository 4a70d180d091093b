"""What of a test cell enters the sandbox, and how the files of a homework are read; nothing is run."""

from __future__ import annotations

import ast
import json
import re
from string import Formatter
from textwrap import dedent

import pytest

from autograder.checks.predicates import holds
from autograder.checks.values import read_value
from autograder.core.text import Text
from autograder.integrations.importers import otter_tests, reasons
from autograder.integrations.importers.build import make_cells
from autograder.integrations.importers.forms import count_assertions
from autograder.integrations.importers.from_nbgrader import read_notebook
from autograder.integrations.importers.from_otter import settings
from autograder.integrations.importers.from_pytest import read_pytest
from autograder.integrations.importers.model import Assignment, ImportingError, Piece
from autograder.integrations.importers.sources import read_source
from autograder.probing.recording import Recorder

GIVEN = "import numpy as np\n\ndef rel(a, b):\n    print(a)\n    return np.abs(a - b).max()\n"
ANSWER = "def f(x, mode=None):\n    return x * 1.0\n"


def cut(test, answer=ANSWER):
    """The student's form of a test cell, and its assertions."""
    pieces = [
        Piece(kind="given", name="given", source=GIVEN),
        Piece(kind="answer", name="answer", source=answer),
        Piece(kind="test", name="test", source=dedent(test)),
    ]
    made = make_cells(Assignment(name="sheet", title="Sheet", pieces=pieces), {})
    return next(one.source for one in made.student if one.kind == "test"), made.assertions["test"]


def test_what_is_compared_in_a_variable_is_compared_outside():
    mine, (near, far) = cut("""
        want = np.array([1.25, 8.5])
        off = np.abs(f(np.ones(2)) - want).max()
        print("off by", off)
        ok = off < 1e-6
        assert ok
        if off > 2:
            raise ValueError(f"{off} is too much")
    """)
    assert "8.5" not in mine
    assert mine.count("f(np.ones(2))") == 1, "the student's function is called once, and where it was"
    assert near.predicate == "max(abs(s0 - e0)) < 1e-06"
    assert far.predicate == "not max(abs(s0 - e0)) > 2"
    assert not any([near.forgeable, far.forgeable])
    assert [near.source, far.source] == ["assert ok", "if off > 2:"], "students read what stands in the cell"


def test_what_is_compared_in_a_loops_variable_is_compared_outside():
    mine, (one,) = cut("""
        for x, want in [(1.0, 7.25), (3.0, 9.75)]:
            off = abs(f(x) - want)
            assert off < 1e-8
    """)
    assert "7.25" not in mine
    assert "9.75" not in mine
    assert one.predicate == "abs(s0 - e0) < 1e-08"


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("good = True\nfor x, y in [(1, 2)]:\n    good &= f(x) == y\nassert good", "good"),
        ("off = []\nfor x, y in [(1, 2)]:\n    off.append(abs(f(x) - y))\nassert max(off) < 1", "off"),
        ("same = [f(x) == y for x, y in [(1, 2)]]\nassert all(same)", "same"),
        ("off = f(1) - 2.5\nf(off)\nassert abs(off) < 1", "off"),
        ("off = rel(f(np.ones(2)), np.ones(2))\nassert off < 1", "off"),
    ],
)
def test_what_is_compared_in_the_sandbox_nevertheless_is_forgeable(test, name):
    _, (one,) = cut(test)
    assert one.forgeable.en == f"{name} is compared in the sandbox"


def test_what_a_students_function_is_given_is_never_cut():
    """A right answer may read what the solution does not."""
    mine, _ = cut("m = 'train'\nassert f(2.5, m) == 2.5\nassert f(1.5, mode={'k': m}) == 1.5")
    assert "f(2.5, m)" in mine
    assert "{'k': m}" in mine


def test_a_function_that_a_function_gets_and_calls_is_read():
    mine, _ = cut("def twice(g):\n    got = g(2.5)\n    return g(got)\nassert twice(f) == 2.5")
    assert "twice(f)" in mine


def test_one_of_two_assertions_may_hold():
    """In the manner of CS336: nothing more is asked of who matches the one."""
    mine, (one,) = cut("""
        def check():
            near = np.allclose(f(2.5), 7.25)
            if near:
                return
            np.testing.assert_allclose(f(2.5), np.array([8.75]), atol=1e-3)
        check()
    """)
    assert one.predicate == "allclose(s0, 7.25) or np_assert_allclose(s1, e0, atol=0.001)"
    assert "8.75" not in mine


def test_calls_are_counted_as_assertions_too():
    tree = ast.parse("assert x\nnp.testing.assert_allclose(x, y)\nself.assertEqual(x, y)\nprint(x)")
    assert count_assertions(tree) == 3


def test_students_see_a_test_without_its_hidden_lines():
    source = "x = 2.5\nassert f(x) == 2.5\nif True:\n    assert f(9) == 9\nassert np.isclose(f(7), 7)"
    test = Piece(kind="test", name="test", source=source, hidden=frozenset({4, 5}))
    made = make_cells(Assignment(name="sheet", title="", pieces=[test]), {})
    (shown,) = made.shown
    assert ast.unparse(ast.parse(shown.source)) == "x = 2.5\n_observe('a1', lambda: f(x))\nif True:\n    pass"


MODULE = """
def check_f(target):
    assert target(2.5) == 7.25


def same(found, wanted):
    if len(found) != len(wanted):
        raise AssertionError("not as many")
    for a, b in zip(found, wanted):
        if a != b:
            print("wrong", b)
            raise AssertionError("wrong")
"""


@pytest.mark.parametrize(
    ("above", "test"),
    [
        ("import checks", "checks.check_f(f)\nchecks.same([f(1)], [8.75])"),
        ("import checks as c", "c.check_f(f)\nc.same([f(1)], [8.75])"),
        ("from checks import *", "check_f(f)\nsame([f(1)], [8.75])"),
    ],
)
def test_what_modules_beside_the_notebook_ask_is_recorded(above, test):
    pieces = [
        Piece(kind="given", name="given", source=above),
        Piece(kind="answer", name="answer", source=ANSWER),
        Piece(kind="test", name="test", source=test),
    ]
    files = {"checks.py": MODULE.encode()}
    made = make_cells(Assignment(name="sheet", title="", pieces=pieces, files=files), {})
    assert [one.predicate for one in made.shared.values()] == ["s0 == 7.25", "not s0 != e0", "not s0 != e0"]
    assert made.inside["test"] == []
    assert b"raise" not in made.files["checks.py"]


# -- damaged notebooks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"metadata": {}, "nbformat": 4, "nbformat_minor": 4}', "there is no JSON of a notebook in it"),
        (b"[]", "there is no JSON of a notebook in it"),
        ('{"cells": "\uac00"}'.encode("cp949"), "its text is not UTF-8; open it in Jupyter and save it"),
        (b"", "it is no notebook"),
    ],
)
def test_a_damaged_notebook_gets_one_clear_line(tmp_path, data, why):
    path = tmp_path / "\uacfc\uc81c 1.ipynb"
    path.write_bytes(data)
    with pytest.raises(ImportingError) as found:
        read_notebook(path)
    assert str(found.value).startswith(f"{path}: ")
    assert why in str(found.value)
    assert "\n" not in str(found.value)


def test_points_of_a_raw_cell_are_not_dropped_silently(tmp_path):
    about = {"nbgrader": {"grade": True, "solution": False, "points": 5, "grade_id": "words"}}
    cell = {"cell_type": "raw", "metadata": about, "source": "x"}
    path = tmp_path / "sheet.ipynb"
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    (one,) = read_notebook(path).left_out
    assert (one.where, one.points) == ("words", 5)


@pytest.mark.parametrize(
    "text", ["points:\n    - 1\n    - 2.5", "points: [1, 2.5]", "# points:\n#   - 1\n#   - 2.5"]
)
def test_otters_points_may_be_a_list_of_lines(text):
    assert settings(f"# BEGIN QUESTION\nname: q1\n{text}\nmanual: true") == {
        "name": "q1", "points": [1, 2.5], "manual": True,
    }  # fmt: skip


def test_shares_of_a_point_make_up_a_whole():
    cases = [otter_tests.Case("assert x", hidden=False) for _ in range(3)]
    test = otter_tests.Test(name="q1", cases=cases)
    assert [piece.points for piece in test.pieces()] == [0.333333, 0.333334, 0.333333]


# -- homework in files --------------------------------------------------------------------------------------


@pytest.fixture
def homework(tmp_path):
    """A homework in the manner of many courses: tests that import what students write."""
    files = {
        "hw.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "apps/model.py": "import tensor\n\nclass Net:\n    def run(self, x):\n        return tensor.double(x)\n",
        "python/tensor/__init__.py": "import importlib.metadata\n\nfrom .ops import double\n"
        'VERSION = importlib.metadata.version("tensor")\n',
        "python/tensor/ops.py": "def double(x):\n    return 2 * x\n",
        "data/table.csv": "1,2\n",
        "tests/test_tensor.py": """
            import sys
            sys.path.append("./python")
            sys.path.append("./apps")
            import unittest
            import grading_service
            import numpy as np
            import model
            import tensor as tn

            def submit():
                grading_service.submit(tn.double(3))

            def near(a, b):
                np.testing.assert_allclose(a, b)

            class Doubling(unittest.TestCase):
                by = 3.25

                def setUp(self):
                    super().setUp()
                    self.x = np.array([self.by, 2])
                    self.want = 2 * self.x

                def close(self, a, b):
                    near(a, b)

                def test_near(self):
                    self.close(tn.double(self.x), self.want)

                def testNet(self):
                    class Own:
                        def __init__(self):
                            self.x = 1
                    self.assertEqual(model.Net().run(Own().x), 2)
        """,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return tmp_path


def test_a_homework_whose_tests_import_what_students_write(homework):
    (found,) = read_source(homework, "auto").assignments
    assert found.name == "model"
    assert {*found.written} == {"model", "tensor"}
    assert not found.left_out
    assert found.files.keys() == {"data/table.csv", "tensor-0.dist-info/METADATA"}
    assert b"tensor.double" not in found.handout
    cells = {piece.name: piece.source for piece in found.pieces}
    assert "sys.path[:0] = ['python']" in cells["modules"]
    assert "sys.modules['model'] = sys.modules['__main__']" in cells["modules"]
    assert "grading_service" not in cells["test_tensor-above"], "what tests do not need is not asked for"
    assert cells["python-tensor-ops-py"].startswith("%%writefile python/tensor/ops.py")


def test_of_a_test_class_objects_become_variables(homework):
    (found,) = read_source(homework, "auto").assignments
    made = make_cells(found, {})
    mine = {one.name: one.source for one in made.student}
    assert "2 * self_x" not in mine["test_tensor-test_near"]
    assert "self_x = np.array([self_by, 2])" in mine["test_tensor-test_near"]
    assert "self.x = 1" in mine["test_tensor-testNet"], "a class of the test's own is as it was"
    (one,) = made.assertions["test_tensor-testNet"]
    assert one.predicate == "s0 == 2"
    (shared,) = made.shared.values()
    assert shared.predicate == "np_assert_allclose(s0, e0)"


def test_a_homework_without_a_module_says_what_is_missing(tmp_path):
    (tmp_path / "test_it.py").write_text("import math\n\ndef test_it():\n    assert math.pi\n")
    with pytest.raises(Exception, match="its tests import no module that lies there"):
        read_pytest(tmp_path)


def test_every_reason_of_an_import_is_said_in_both_languages():
    """With the same fields; import.md of a Korean course has no English sentence."""
    said = {name: one for name, one in vars(reasons).items() if isinstance(one, Text)}
    assert len(said) > 50
    for name, one in said.items():
        fields = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in (one.ko, one.en)]
        assert fields[0] == fields[1], name
        words = re.sub(r"{[^}]*}", "", one.ko)
        assert re.search("[가-힣]", words) or not re.search(r"\w", words), name
        assert not re.search("[가-힣]", one.en), name


def test_a_release_of_a_package_hands_out_all_of_its_modules_unsolved(tmp_path):
    solved = 'SIZE = 3\nKEY = \'b\'\nrelu = lambda x: max(x, 0)\nclass Net:\n    def run(self):\n        """Runs."""\n        return SIZE\n'
    inside = "if True:\n    async def later():\n        return 77\n"
    files = {
        "tests/test_net.py": "from net.layers import KEY, SIZE, Net\ndef test_net():\n    assert Net().run() == SIZE\n",
        "tests/adapters.py": "from net.inner.more import later\ndef run():\n    return later\n",
        "net/layers.py": solved,
        "net/inner/more.py": inside,
        "net/given.py": "def helper():\n    return 1\n",
        "template/net/given.py": "# given\ndef helper():\n    return 1\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    read = read_pytest(tmp_path)
    assert {name: one.decode() for name, one in read.modules.items()} == {
        "adapters.py": "from net.inner.more import later\n\ndef run():\n    raise NotImplementedError\n",
        "net/layers.py": 'SIZE = 3\nKEY = ...\nrelu = ...\n\nclass Net:\n\n    def run(self):\n        """Runs."""\n'
        "        raise NotImplementedError\n",
        "net/inner/more.py": "if True:\n\n    async def later():\n        raise NotImplementedError\n",
        "net/given.py": files["template/net/given.py"],
    }
    templates = "".join(piece.template for piece in read.pieces if piece.kind == "answer")
    assert not any(text in templates for text in ("77", "'b'", "return SIZE"))
    assert not [name for name in read.files if "template" in name]


@pytest.mark.parametrize(
    "test",
    [
        "import pytest\nwith pytest.raises(ValueError, match='neg') as found:\n    f(3)\nassert 'x' in str(found.value)",
        "import unittest\nt = unittest.TestCase()\nt.assertRaisesRegex(ValueError, 'neg', f, 3)\nassert 'x' in str(f)",
    ],
)
def test_what_an_exception_must_say_is_judged_outside(test):
    mine, (raised, said) = cut(test)
    assert (raised.predicate, said.predicate) == ("raised(s0, e0) and matches(s1, e1)", "'x' in s0")
    assert "with _observe.raising('a1', True)" in mine
    assert "neg" not in mine


@pytest.mark.parametrize(
    ("test", "predicate", "forgeable"),
    [
        ("assert f(1).pop() == 2 and f(1).pop() == 1", "s0 == 2 and s1 == 1", ""),
        ("assert np.allclose(f(1), f(1))", "allclose(s0, s1)", ""),
        ("x = np.ones(2)\nassert f(x) is not x", "s0", ""),
        ("assert f(1) is None", "s0 is None", ""),
        ("assert type(f(1)) is float", "s0 is e0", ""),
        ("import pandas as pd\npd.testing.assert_series_equal(f(1), pd.Series([1]))", "s0 is None", "pd.testing.assert_series_equal()"),
        ("x = np.ones(2)\nassert f(x).equals(x)", "s0", "equals()"),
    ],
)  # fmt: skip
def test_what_a_call_gives_is_not_taken_twice_and_nothing_is_dropped(test, predicate, forgeable):
    _, (one,) = cut(test)
    assert one.predicate == predicate
    assert one.forgeable.en == (f"{forgeable} judges in the sandbox" if forgeable else "")


FIXTURES = """
import pytest
from bank import greet, home, put

@pytest.fixture
def box():
    return []

@pytest.fixture(params=[1, 2])
def number(request):
    return request.param

@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("cat")
    yield path
    path.unlink()

@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    monkeypatch.setenv("BANK_HOME", "here")

def test_every_time(box, number):
    assert put(box, number) == [number]

@pytest.mark.parametrize("value, size", [pytest.param("a", 1, id="one"), ("b", 1)])
def test_anew(box, value, size):
    assert len(put(box, value)) == size

def test_file(file):
    assert file.read_text() == "cat"

def test_said(capsys):
    greet()
    out, err = capsys.readouterr()
    assert (out, err) == ("hello\\n", "")
    assert capsys.readouterr().out == ""

def test_home():
    assert home() == "here"
"""
BANK = """
import os

def put(box, value):
    box.append(value)
    return box

def greet():
    print("hello")

def home():
    return os.environ.get("BANK_HOME", "away")
"""


def test_pytests_fixtures_are_made_anew_for_each_case(tmp_path):
    (tmp_path / "bank.py").write_text(BANK)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_bank.py").write_text(FIXTURES)
    read = read_pytest(tmp_path)
    assert not read.left_out
    tests = [piece for piece in read.pieces if piece.kind == "test"]
    assert len(tests) == 5
    names = {}
    exec(BANK, names)
    for piece in tests:
        exec(piece.source, dict(names))
    assert names["home"]() == "away", "what a test changes is put back"
    names["put"] = lambda box, value: [value] if value != 2 else []
    with pytest.raises(AssertionError):
        exec(tests[0].source, dict(names))


def test_what_a_loop_prints_is_asked_for():
    source = otter_tests.with_output("for n in (1, 2):\n    print(n, f(n))", "1 2\n2 4")
    exec(source, {"f": lambda n: 2 * n})
    with pytest.raises(AssertionError):
        exec(source, {"f": lambda n: n})


def test_names_of_the_notebook_are_asked_for_where_they_are():
    mine, (one,) = cut("assert 'f' in vars()")
    assert one.predicate == "s0"
    recorder = Recorder()
    exec(mine, {"_observe": recorder, "f": 1})
    assert recorder.seen["a1"][0]["s"][0] == {"k": "bool", "v": True}
    exec("_observe('a2', lambda: f)", {"_observe": recorder, "f": ...})
    assert recorder.seen["a2"][0]["s"] == [{"k": "ellipsis"}]
    assert not holds("s0 is not ...", {"s0": lambda: read_value({"k": "ellipsis"}, {})}, {})
