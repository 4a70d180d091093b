"""Reading a file in the sandbox: tolerant as Jupyter is, and clear about what cannot be read."""

from __future__ import annotations

import json

import pytest

from autograder.worker.reading import (
    Cell,
    UnreadableError,
    defined_names,
    parses,
    plain_source,
    read_contents,
    written_modules,
)


def notebook(*sources, **top):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, **top}).encode()


def sources(data, name="q1.ipynb"):
    return [cell.source for cell in read_contents(name, data).cells]


def problem(data, name="q1.ipynb"):
    with pytest.raises(UnreadableError) as caught:
        read_contents(name, data)
    return caught.value.note


@pytest.mark.parametrize(
    "data",
    [
        notebook("x = 1"),
        notebook(["x ", "= 1"]),
        b"\xef\xbb\xbf" + notebook("x = 1"),
        notebook("x = 1").decode().encode("utf-16"),
        notebook("x = 1", nbformat=4, nbformat_minor=99, metadata={"kernelspec": {"name": "python3"}}),
        notebook(
            "x = 1", metadata={"kernelspec": {"language": "Python"}, "language_info": {"name": "python"}}
        ),
        notebook("x = 1", metadata=None),
        notebook("x = 1", nbformat="four"),
        json.dumps(
            {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}], "nbformat": 3}
        ).encode(),
        json.dumps(
            {"cells": [{"cell_type": "code", "source": "x = 1", "outputs": {"odd": [None]}}]}
        ).encode(),
        json.dumps({"cells": [{"source": "x = 1"}, 7, None, {"cell_type": "markdown"}]}).encode(),
    ],
)
def test_a_notebook_is_read_whatever_it_lacks(data):
    assert sources(data) == ["x = 1"]


def test_a_cell_without_source_is_empty_and_keeps_its_number():
    data = json.dumps({"cells": [{"cell_type": "code"}, {"cell_type": "code", "source": "x = 1"}]}).encode()
    assert [cell.where for cell in read_contents("q1.ipynb", data).cells] == ["q1.ipynb[1]", "q1.ipynb[2]"]


def test_what_stands_after_the_notebook_is_noted_and_costs_nothing():
    contents = read_contents("q1.ipynb", notebook("x = 1") + b"\n}garbage")
    assert [note.kind for note in contents.notes] == ["trailing"]
    assert contents.cells[0].source == "x = 1"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"{", "json"),
        (b"[1, 2]", "no_notebook"),
        (b"[" * 100_000, "json"),
        (notebook(), "no_code"),
        (notebook("   \n"), "no_code"),
        (b'{"cells": [\n<<<<<<< HEAD\n  {}\n=======\n>>>>>>> theirs\n]}', "conflict"),
        (notebook("x <- 1", metadata={"kernelspec": {"name": "ir", "display_name": "R"}}), "kernel"),
        (notebook("x = 1", metadata={"language_info": {"name": "julia"}}), "kernel"),
        (notebook("x = 1" * 200_000), "too_large"),
        (b"\xff\xfe\x00", "encoding"),
    ],
)
def test_what_cannot_be_read_has_a_reason(data, kind):
    assert problem(data).kind == kind


def test_a_kernel_of_another_language_is_named():
    assert problem(notebook("x", metadata={"kernelspec": {"name": "ir", "display_name": "R"}})).details == {
        "kernel": "R"
    }


def test_answers_in_markdown_raw_cells_and_comments_are_found():
    cells = [
        {"cell_type": "markdown", "source": "def in_markdown(x):\n    return x"},
        {"cell_type": "raw", "source": "RAW: int = 3"},
        {"cell_type": "code", "source": "# def commented(x):\n#     return x\ny = 1"},
    ]
    found = read_contents("q1.ipynb", json.dumps({"cells": cells}).encode()).elsewhere
    assert found == {"in_markdown": "markdown", "RAW": "raw", "commented": "comment"}


def test_a_module_is_one_cell_and_no_notebook():
    contents = read_contents("q1.py", b"x = 1\r\ny = 2\r")
    assert contents.cells == (Cell("q1.py", "x = 1\ny = 2\n"),)
    assert not contents.notebook


@pytest.mark.parametrize(
    "text", ["!pip install x\nx = 1", "%matplotlib inline\nx = 1", "get_ipython().system('ls')\nx = 1"]
)
def test_a_script_of_colab_or_nbconvert_is_a_notebooks_code(text):
    assert read_contents("q1.py", text.encode()).notebook


def test_a_notebook_that_is_named_py_is_read_as_one():
    assert sources(notebook("x = 1"), "q1.py") == ["x = 1"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"x = (", "file_syntax"),
        (b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", "conflict"),
        (b"  \n", "empty"),
    ],
)
def test_a_module_that_cannot_be_run_has_a_reason(text, kind):
    assert problem(text, "q1.py").kind == kind


def test_a_module_in_the_encoding_that_it_names_is_read():
    assert sources("# -*- coding: cp949 -*-\nx = '값'".encode("cp949"), "q1.py")[0].endswith("'값'")


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline\nimport torch", "None\nimport torch"),
        ("%time x = torch.nn.RNN(1, 1)", "x = torch.nn.RNN(1, 1)"),
        ("%timeit -n1 -r1 f(torch.nn.RNN)", "f(torch.nn.RNN)"),
        ("%%time\nx = 1", "\nx = 1"),
        ("%%writefile a.py\nimport torch", "\nimport torch"),
        ("!ls\nx = 1", "None\nx = 1"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1", "None\nx = 1"),
    ],
)
def test_the_code_in_commands_is_seen_by_checks_of_names(cell, plain):
    assert plain_source(cell).rstrip() == plain


@pytest.mark.parametrize("cell", ["%run a.py", "%macro m 1", "get_ipython().ex('x = 1')", "%%prun -q\nf()"])
def test_other_commands_can_still_be_seen(cell):
    text = plain_source(cell)
    assert "get_ipython" in text or "f()" in text
    assert parses(text) is None


def test_modules_that_cells_write_are_known():
    cells = [
        Cell("1", "%%writefile helper.py\nx = 1"),
        Cell("2", "%%writefile -a sub/other.py\ny"),
        Cell("3", "x"),
    ]
    assert written_modules(cells) == ["helper", "other"]


def test_names_are_found_in_text_that_does_not_parse():
    assert defined_names("def f(x:\nclass A\nX = 3\nif x == 3") == ["f", "A", "X"]


@pytest.mark.parametrize(
    ("text", "notebook"),
    [
        ("x = 1", False),
        ("import asyncio\nawait asyncio.sleep(0)\nx = 1", True),
        ("async with a as b: pass", True),
        ("async def f():\n    await g()", False),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", True),
        ("%matplotlib inline\nx = 1", True),
        ("!pip install x\nx = 1", True),
        ("return 5", False),
    ],
)
def test_a_script_of_a_notebook_is_known_by_what_only_cells_may_do(text, notebook):
    assert read_contents("q1.py", text.encode()).notebook == notebook
