"""Notebooks run as Jupyter runs them: IPython's own shell, in a process of its own for each test."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from types import ModuleType

import pytest

from autograder.worker.reading import Cell
from autograder.worker.shell import run_module

RUN = """
import json, sys
from autograder.worker.reading import Cell
from autograder.worker.shell import make_shell
cells = [Cell(f"q.ipynb[{number}]", source) for number, source in enumerate(json.loads(sys.argv[1]), start=1)]
shell = make_shell()
problems = shell.run(tuple(cells))
names = {name: value for name, value in shell.user_ns.items() if isinstance(value, int | float | str | bool)}
print("RESULT", json.dumps({"names": names, "problems": [
    [problem.kind, problem.where, problem.details.get("error"), list(problem.binds)] for problem in problems]}))
"""


@pytest.fixture
def run(tmp_path):
    def run_cells(*cells):
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        cells = [textwrap.dedent(cell) for cell in cells]
        done = subprocess.run(
            [sys.executable, "-c", RUN, json.dumps(cells)],
            cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
            env={"PYTHONPATH": ":".join(sys.path), "HOME": str(home), "MPLBACKEND": "Agg", "MPLCONFIGDIR": str(tmp_path / "mpl"), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert list(home.iterdir()) == [], "IPython writes no history, profile or configuration"
        return json.loads(done.stdout.rpartition("RESULT ")[2])

    return run_cells


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["x = 1", "y = x + 1"], {"x": 1, "y": 2}),
        (["%time x = 3"], {"x": 3}),
        (["%%time\nx = 3"], {"x": 3}),
        (["%%capture\nprint(1)\nx = 3"], {"x": 3}),
        (["%%capture out\nprint(7)", "x = out.stdout"], {"x": "7\n"}),
        (["%%writefile helper.py\ndef f(): return 5", "from helper import f\nx = f()"], {"x": 5}),
        (["%%writefile helper.py\nx = 6", "%run helper.py"], {"x": 6}),
        (["import os\nos.makedirs('data')", "%cd data\nx = os.path.basename(os.getcwd())"], {"x": "data"}),
        (["import asyncio\nawait asyncio.sleep(0)\nx = 1"], {"x": 1}),
        (["async def f(): return 4", "x = await f()"], {"x": 4}),
        (["%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.show()\nx = len(plt.get_fignums())"], {"x": 1}),
        (["%matplotlib notebook\nx = 1"], {"x": 1}),
        (["%load_ext autoreload\n%autoreload 2\nx = 1"], {"x": 1}),
        (["def f():\n    display({'a': 1})\n    return 2", "x = f()"], {"x": 2}),
        (["x = __name__"], {"x": "__main__"}),
        (["if __name__ == '__main__':\n    x = 1"], {"x": 1}),
        (["x = 'google.colab' in str(get_ipython())"], {"x": False}),
        (["def f(): return 'google.colab' in str(get_ipython())", "x = f()"], {"x": False}),
        (["import pickle\nclass Net: pass\nx = type(pickle.loads(pickle.dumps(Net()))).__name__"], {"x": "Net"}),
        (["40 + 2", "x = _"], {"x": 42}),
        (["x = In[-1]"], {"x": "x = In[-1]"}),
        (["from tqdm.notebook import tqdm\nx = sum(tqdm(range(4)))"], {"x": 6}),
        (["import ipywidgets\nslider = ipywidgets.IntSlider(value=3)\ndisplay(slider)\nx = slider.value"], {"x": 3}),
        (["from IPython.display import clear_output, HTML\nclear_output(wait=True)\nHTML('<b>')\nx = 1"], {"x": 1}),
        (["from __future__ import annotations", "def f(a: NotDefined): return 1", "x = f(0)"], {"x": 1}),
        (["%env ANSWER=5\nimport os\nx = os.environ['ANSWER']"], {"x": "5"}),
        (["%config InlineBackend.figure_format = 'retina'\nx = 1"], {"x": 1}),
        (["x: int = 3;"], {"x": 3}),
        (["#@title Setup { run: \"auto\" }\nx = 1 #@param {type:\"integer\"}"], {"x": 1}),
        (["def f(n=3): ?\nx = 1", "x = 2"], {"x": 2}),
    ],
)  # fmt: skip
def test_what_runs_in_jupyter_runs_here(run, cells, names):
    found = run(*cells)
    assert {name: found["names"].get(name) for name in names} == names, found["problems"]


@pytest.mark.parametrize(
    "statement",
    [
        "!pip install somepackage",
        "%pip install somepackage",
        "files = !ls",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "import no_such_package as nsp\nnsp.set_theme()",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/data.csv').read()",
        "rows = open('/content/drive/MyDrive/data.csv').read()",
        "import subprocess\nsubprocess.run(['no_such_program'])",
    ],
)
def test_what_is_not_here_fails_in_its_own_statement(run, statement):
    found = run(f"{statement}\nx = 1", "y = 2")
    assert found["names"]["x"] == 1
    assert found["names"]["y"] == 2
    assert found["problems"]


def test_a_cell_that_raises_ends_there_and_the_next_one_runs(run):
    found = run("x = 1\n1 / 0\ny = 2", "z = 3")
    assert found["names"].get("y") is None
    assert found["names"]["z"] == 3
    assert found["problems"] == [["raised", "q.ipynb[1]", "ZeroDivisionError: division by zero", ["y"]]]


def test_input_ends_its_cell_and_is_named(run):
    found = run("name = input('number: ')\ny = 2", "z = 3")
    assert found["names"].get("y") is None
    assert [problem[0] for problem in found["problems"]] == ["input"]


@pytest.mark.parametrize("cell", ["exit()", "quit", "import sys; sys.exit(1)", "raise SystemExit"])
def test_an_exit_ends_nothing_but_is_noted(run, cell):
    found = run(cell, "z = 3")
    assert found["names"]["z"] == 3
    assert [problem[0] for problem in found["problems"]] == ["exit"]


@pytest.mark.parametrize(
    "cell", ["%%bash\nls", "%%sh\nls", "%%script bash\nls", "%%python3\nx = 1", "%%ruby\nputs 1", "%%R\n1"]
)
def test_other_programs_are_refused(run, cell):
    found = run(cell, "z = 3")
    assert found["names"]["z"] == 3
    assert len(found["problems"]) == 1


def test_a_cell_that_does_not_parse_is_named_with_what_it_would_have_defined(run):
    found = run("def f(x:\n    return x\nimport numpy as np", "z = 3")
    (problem,) = found["problems"]
    assert problem[:2] == ["syntax", "q.ipynb[1]"]
    assert set(problem[3]) >= {"f", "np"}


def test_a_statement_that_fails_says_what_it_would_have_defined(run):
    found = run(
        "import no_such_package as nsp", "a, (b, c) = 1 / 0, 2", "with open('missing') as file:\n    rows = 1"
    )
    assert [problem[3] for problem in found["problems"]] == [["nsp"], ["a", "b", "c"], ["file", "rows"]]


def test_a_statement_of_a_module_that_cannot_be_compiled_is_noted_and_the_others_run():
    module = ModuleType("q")
    notes = run_module(Cell("q.py", "x = 1\nreturn 5\ny = 2\nbreak\nz = 3\n"), module)
    assert [(note.kind, note.details["line"]) for note in notes] == [("raised", 2), ("raised", 4)]
    assert (module.x, module.y, module.z) == (1, 2, 3)


def test_a_file_that_is_run_and_raises_is_noted_and_the_cell_goes_on(run):
    found = run("%%writefile helper.py\nx = 1\n1 / 0\ny = 2", "%run helper.py\nz = 3")
    assert (found["names"]["z"], found["names"].get("y")) == (3, None)
    assert found["problems"] == [["raised", "q.ipynb[2]", "ZeroDivisionError: division by zero", ["*"]]]


def test_a_file_that_is_run_and_is_not_there_is_noted(run):
    found = run("%run no_such_file.py\nz = 3")
    assert found["names"]["z"] == 3
    assert len(found["problems"]) == 1


def test_a_name_that_is_defined_anew_is_no_longer_lost(run):
    found = run("files = !ls", "files = ['a']", "assert files == ['b']\nx = 1")
    assert found["names"].get("x") is None, "a statement that fails by itself ends its cell"
    assert found["problems"][-1][0] == "raised"


def test_what_needs_the_output_of_a_command_fails_alone(run):
    found = run("files = !ls\nfirst = files[0]\nx = 1")
    assert found["names"]["x"] == 1


def test_a_word_alone_makes_no_absence(run):
    found = run("raise ValueError('no connection between the layers')\nx = 1")
    assert found["names"].get("x") is None
    assert found["problems"][0][0] == "raised"
