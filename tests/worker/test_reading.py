"""Reading a file in the sandbox: tolerant as Jupyter is, and clear about what cannot be read."""

from __future__ import annotations

import ast
import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.worker.commands import module_source, plain_source, written_modules
from autograder.worker.reading import (
    Cell,
    UnreadableError,
    defined_names,
    parses,
    read_contents,
)
from autograder.worker.shell import make_shell

TEMPLATE = 'template = """\n%d items\n!important\n"""\nx = 5 % 3'  # what only looks like commands


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
        nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])).encode(),
        nbformat.writes(
            nbformat.v3.new_notebook(
                worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])]
            ),
            version=3,
        ).encode(),
    ],
)
def test_a_notebook_is_read_whatever_it_lacks(data):
    assert sources(data) == ["x = 1"]


def test_cells_with_the_same_id_or_with_odd_metadata_are_read():
    raw = json.loads(notebook("x = 1", "y = 2", metadata={"kernelspec": {"name": 3, "language": []}}))
    for cell in raw["cells"]:
        cell.update(id="same", metadata={"tags": ["skip-execution"], "nbgrader": {"grade": "odd"}})
    assert sources(json.dumps(raw).encode()) == ["x = 1", "y = 2"]


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
        (b" \n\t\n", "empty"),
        (b"[1, 2]", "no_notebook"),
        (b"[]", "no_notebook"),
        (b"[" * 100_000, "json"),
        (b"{}", "no_code"),
        (b'{"nbformat": 99, "nbformat_minor": 0, "cells": [], "metadata": {}}', "no_code"),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
            "no_code",
        ),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 5}', "no_code"),
        (b'{"nbformat": 3, "worksheets": [{"cells": true}, 5]}', "no_code"),
        (b"\x80\x81", "encoding"),
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
        (b"def f(:\n    pass\n", "file_syntax"),
        (b"x = 1\x00", "file_syntax"),
        (b"(" * 5_000, "file_syntax"),
        (b"x = " + b"-" * 200_000 + b"1", "file_syntax"),
        (b"#" * 600_000, "too_large"),
        ("x = '가'".encode("cp949"), "encoding"),
        (b"\xff\xfe\x00", "encoding"),
        (b"# -*- coding: no-such-codec -*-\nx = 1", "encoding"),
        (b"# -*- coding: undefined -*-\nx = 1", "encoding"),
        (b"# -*- coding: rot13 -*-\nx = 1", "encoding"),
        (b"", "empty"),
        (b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", "conflict"),
        (b"  \n", "empty"),
    ],
)
def test_a_module_that_cannot_be_run_has_a_reason(text, kind):
    assert problem(text, "q1.py").kind == kind


def test_a_syntax_error_says_where_it_is():
    assert problem(b"x = 1\nif x:\n", "q1.py").details["line"] == 2


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfx = 1\n",
        b"x = 1\r\n",
        b"x = 1\r",
        "x = 1\n".encode("utf-16"),
        b"# -*- coding: unicode_escape -*-\nx = '\\,'",
    ],
)
def test_byte_order_marks_line_ends_and_declared_encodings_are_understood(data):
    (source,) = sources(data, "q1.py")
    assert not set(source) & set("\r\ufeff")
    assert parses(source) is None


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
        ("files = !ls\nx = 1", "files = None\nx = 1"),
        ("x = %timeit -o f()", "x = f()"),
        ("torch.add?\nx = 1", "None\nx = 1"),
        ("if True:\n    !ls\n    x = 1", "if True:\n    None\n    x = 1"),
        ("%%time\n!ls\nx = 1", "\nNone\nx = 1"),
        ("%%bash\nrm -rf /\necho $HOME", "None"),
        ("%%writefile /tmp/x\nrm -rf /", "None"),
        ("%%html\n<b>", "None"),
        ("%%script sh\nls", "None"),
        ("!ls\n%time f(1)\nx = !pwd\nraise ValueError", "None\nf(1)\nx = None\nraise ValueError"),
        ("x = '가' + '😀'; y = !ls\nz = 1", ""),  # IPython cannot run it either
        (TEMPLATE, TEMPLATE),
    ],
)
def test_the_code_in_commands_is_seen_by_checks_of_names(cell, plain):
    assert plain_source(cell).rstrip() == plain


@pytest.mark.parametrize(
    "cell", ["%run -n a.py", "%macro m 1", "get_ipython().ex('x = 1')", "%%prun -q\nf()"]
)
def test_other_commands_can_still_be_seen(cell):
    text = plain_source(cell)
    assert "get_ipython" in text or "f()" in text
    assert parses(text) is None


HIDDEN = "torch.nn.RNNCell"


@pytest.mark.parametrize(
    "cell",
    [
        f"%%timeit -n1 -r1 k = {HIDDEN}\npass",
        f"%%prun k = {HIDDEN}\npass",
        f"%prun -s time k = {HIDDEN}",
        f"%prun -q -T out.txt k = {HIDDEN}",
        f"%time k = {HIDDEN} # the rest is no comment",
        f"%time -s ({HIDDEN}) -1",
        f"%%capture {{(k := {HIDDEN})}}\nx = 1",
        f"%%html {{(k := {HIDDEN})}}\nx",
        f"%cd {{(k := {HIDDEN})}}",
        f"%pip install ${HIDDEN}.x",
        f"%time %env X={{(k := {HIDDEN})}}",
        f"%config InlineBackend.x = {HIDDEN}",
        "%config InlineBackend.x = {text}",
        f"get_ipython().system(k := {HIDDEN})",
        f"get_ipython().getoutput('ls', {HIDDEN})",
        f"get_ipython().run_line_magic('time', line='k = {HIDDEN}')",
        f"get_ipython().run_line_magic(magic_name='time', line='k = {HIDDEN}')",
        f"get_ipython().run_cell_magic('timeit', 'k = {HIDDEN}', 'pass')",
        f"f(get_ipython().run_line_magic('time', '1 # '), {HIDDEN}\n)",
        f"f(get_ipython().run_cell_magic('time', '', '1 # '), {HIDDEN}\n)",
        f"x = f'''\n\n{{get_ipython().system('1')}}''', {HIDDEN}",
        f"prun k = {HIDDEN}",
        "run a.txt",
        "%run -n a.py {name}.py",
        "%load_ext own",
        f"%%writefile 'a.py'\nk = {HIDDEN}",
        f"%%file -a a.py\nk = {HIDDEN}",
        "%%writefile a.py\nx = '''",
        f"%%writefile a.py\n# coding: utf-7\n# +AAo-k = {HIDDEN}",
        "%%writefile {name}.py\nx = 1",
        f"1 <> 2, {HIDDEN}",
        f"x = {'-' * 5_000}1, {HIDDEN}",
    ],
)
def test_no_command_hides_code_from_checks_of_names(cell):
    make_shell()
    text = plain_source(cell)
    assert parses(text) is None
    assert HIDDEN in _names(text) or "get_ipython()" in _names(text)


def _names(text):
    return {
        ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute | ast.Call)
    }


def test_a_module_is_read_as_python_alone():
    text = f"x = 7 \f%ls ({HIDDEN})"
    assert module_source(text) == text


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("x = (", ""),
        ("print 'x'", ""),
        ("\n".join(["!ls"] * 600), ""),
        ("cd data", "None"),
        ("%pylab inline", "from numpy import *"),
        ("%config InlineBackend.figure_format = 'retina'", "None"),
        ("%load_ext autoreload", "None"),
        ("%time x = 'a # b'", "x = 'a # b'"),
        ("%%timeit -n 1 -r1\nf()", "\nf()"),
        ("%%writefile data.csv\n1,2", "None"),
    ],
)
def test_ordinary_commands_stand_for_what_they_do(cell, plain):
    make_shell()
    assert plain_source(cell).rstrip() == plain


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


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_in_a_cell_is_kept_and_has_a_plain_form(text):
    cells = read_contents("q1.ipynb", notebook("x = 1", text)).cells
    assert [cell.source for cell in cells] == ["x = 1", text]
    assert [cell.where for cell in cells] == ["q1.ipynb[1]", "q1.ipynb[2]"]
    if parses(cells[1].source) is None:
        assert parses(plain_source(cells[1].source)) is None


@given(st.binary(max_size=120), st.sampled_from(["q1.py", "q1.ipynb"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_cells_or_a_reason(data, name):
    try:
        contents = read_contents(name, data)
    except UnreadableError as error:
        where = error.note.where
    else:
        where = contents.cells[0].where.partition("[")[0]
    assert where == name
