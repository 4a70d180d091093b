"""Finding courses, exams and questions; what of a module decides evidence, and what enters a sandbox."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys

import pytest

from autograder.core.exam import DeclarationError
from autograder.core.mistake import Mistake
from autograder.core.text import Text
from autograder.course.catalog import Course
from autograder.course.modules import CatalogError, load_module
from autograder.course.source import reachable_source
from tests.support.courses import REPOSITORY, TOY

SOURCE = """
import math
SCALE = 2
KEY = 3
def helper(x):
    return SCALE * x
def probe(student, given, device):
    return helper(1)
def check(given):
    return KEY, [given for given in given]
def given():
    return KEY
MISTAKES = [
    1,
]
"""


def test_only_what_the_roots_need_is_kept():
    kept = reachable_source(SOURCE, {"probe"})
    assert "import math" not in kept
    assert "SCALE = 2" in kept
    assert "def helper" in kept
    assert "KEY" not in kept
    assert "check" not in kept
    assert "def given" not in kept  # the probe's own variable has the same name
    assert "def given" not in reachable_source(SOURCE, {"check"})
    assert "def helper" in reachable_source(SOURCE + "def late(x=helper(1)):\n    pass\n", {"late"})
    assert "KEY" in reachable_source(SOURCE + "def inner():\n    return [KEY for _ in '']\n", {"inner"})
    with pytest.raises(LookupError, match="nothing"):
        reachable_source(SOURCE, {"nothing"})


@pytest.fixture
def shared(toy_course):
    """A folder of shared modules: tens imports units, and the toy question's probe of the mean imports tens."""
    folder = toy_course.root / "exams" / "_shared"
    folder.mkdir()
    (folder / "units.py").write_text("# one\nONE = 1\n", encoding="utf-8")
    (folder / "tens.py").write_text("from exams._shared.units import ONE\nTEN = 10 * ONE\n", encoding="utf-8")
    path = toy_course.question("toy/q1_numbers").probes_path
    text = path.read_text(encoding="utf-8")
    head = "def probe_mean(student, given, device):\n"
    assert head in text
    path.write_text(text.replace(head, f"{head}    from exams._shared.tens import TEN\n"), encoding="utf-8")
    return folder


def test_what_a_probe_shares_with_others_travels_with_it(toy_course, shared):
    entry = toy_course.question("toy/q1_numbers")
    assert list(entry.shared) == ["exams._shared.units", "exams._shared.tens"]
    assert "TEN = 10" in entry.shared["exams._shared.tens"]
    assert toy_course.exam_names == ["toy"]
    code = f"{entry.excerpt({'probe_mean'})}\nfrom exams._shared.tens import TEN\nassert TEN == 10"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
    assert "_shared" not in entry.excerpt({"probe_cumulative"})


def test_an_excerpt_has_no_more_than_its_names_need(toy):
    excerpt = toy.excerpt({"probe_mean"})
    assert "def probe_mean" in excerpt
    assert not any(name in excerpt for name in ("def given", "def probe_reason", "QUESTION"))


def test_a_change_to_a_shared_module_is_one_of_the_questions_that_import_it(toy_course, shared):
    def sources():
        return toy_course.question("toy/q1_numbers").shared

    before = sources()
    (shared / "units.py").write_text("ONE = 1  # another remark\n", encoding="utf-8")
    assert sources() == before
    (shared / "units.py").write_text("ONE = 2\n", encoding="utf-8")
    assert sources() != before
    (shared / "units.py").unlink()
    with pytest.raises(CatalogError, match=r"units\.py"):
        sources()


def test_courses_are_found_from_inside(tmp_path, monkeypatch):
    monkeypatch.chdir(TOY / "exams" / "toy")
    assert Course.find() == Course(TOY)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CatalogError, match="give --course PATH"):
        Course.find()
    with pytest.raises(CatalogError, match="not a course"):
        Course.find(tmp_path)


def test_an_exam_without_its_heading_is_told_the_file(toy_course):
    path = toy_course.root / "exams" / "toy" / "__init__.py"
    path.unlink()
    with pytest.raises(CatalogError, match=re.escape(f"{path}: no such file; it declares EXAM")):
        toy_course.exam("toy")


@pytest.mark.parametrize("name", ["x" * 5_000, "x\x00", "\ud800", "", ".", "../../x"])
def test_any_text_may_be_asked_for_as_an_exam(toy_course, name):
    with pytest.raises(CatalogError):
        toy_course.exam(name)


def test_questions_come_in_the_order_of_their_numbers(toy_course):
    exam = toy_course.root / "exams" / "toy"
    for name in ("q10_last", "q2_second", "helpers"):
        (exam / name).mkdir()
    (exam / "q3.txt").write_text("")
    assert [entry.name for entry in toy_course.exam("toy").questions] == [
        "q1_numbers",
        "q2_second",
        "q10_last",
    ]


def test_a_question_in_a_single_file_is_one_clear_line(toy_course):
    path = toy_course.root / "exams" / "toy" / "q2_file.py"
    path.write_text("")
    with pytest.raises(CatalogError, match=r"q2_file\.py: a question is a folder with question\.py"):
        _ = toy_course.exam("toy").questions


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "QUESTION must be a Question, got NoneType"),
        ("1 / 0", "ZeroDivisionError"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_a_module_that_declares_no_question_is_one_clear_line(toy, source, why):
    toy.path.write_text(source)
    with pytest.raises(CatalogError, match=why):
        _ = toy.question


def test_a_module_changed_within_a_second_is_loaded_as_it_is(tmp_path):
    path = tmp_path / "q1_x.py"
    for value in (1, 2, 3):
        path.write_text(f"VALUE = {value}")
        os.utime(path, (0, 0))
        assert value == load_module(path).VALUE
    assert [entry.name for entry in tmp_path.iterdir()] == ["q1_x.py"]


def test_a_missing_module_and_a_missing_solution(toy):
    with pytest.raises(CatalogError, match="no such module"):
        load_module(toy.path.with_name("q9_nothing.py"))
    toy.solution_path.unlink()
    with pytest.raises(
        CatalogError, match=r"solutions/toy/q1_numbers/solution\.py: No such file or directory$"
    ):
        _ = toy.solution_source


def test_a_mistake_must_name_parts_of_the_question(toy):
    text = toy.mistakes_path.read_text(encoding="utf-8")
    toy.mistakes_path.write_text(text.replace('frozenset({"mean"})', 'frozenset({"median"})'))
    why = r"mistake divided_by_n_minus_one loses median, which is no part; parts: cumulative, mean, reason$"
    with pytest.raises(CatalogError, match=why):
        _ = toy.mistakes


def test_an_edit_must_fit_exactly_once():
    mistake = Mistake(
        name="m", explanation=Text("가", "a"), loses=frozenset(), edits=[("x", "y")], appended="z"
    )
    assert mistake.apply("1 x 2") == "1 y 2z"
    for source in ("1", "x x"):
        with pytest.raises(DeclarationError, match=r"stands [02] times"):
            mistake.apply(source)


def test_the_key_is_made_once_and_is_the_owners_alone(toy_course, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_KEY")
    key = toy_course.key()
    assert len(key) == 64
    assert toy_course.key() == key
    path = toy_course.root / ".autograder" / "key"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]
    monkeypatch.setenv("AUTOGRADER_KEY", "given")
    assert toy_course.key() == b"given"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('framework="python"', 'framework="pytorch"', "no framework is named 'pytorch'"),
        ("points=2", "points=None", "part mean: points must be int or float, got NoneType"),
        ('probe="probe_mean"', "probe=len", "part mean: probe must be str, got builtin_function_or_method"),
        ("SECONDS = 30", "SECONDS = 0", "seconds must be finite and above 0"),
        ('vary={"scale": [2.0, 3.0]}', 'vary={"scale": []}', "vary must give a list of values for scale"),
        ('settings={"scale": 1.0}', 'settings={"scale": {1}}', "settings and vary must be plain JSON"),
        ("parts=[", "parts=[None, ", "QUESTION: parts holds a NoneType"),
        ('"""A question', '# \udcff\n"""A question', "UnicodeDecodeError"),
    ],
)
def test_a_wrong_declaration_is_one_clear_line(toy, old, new, why):
    text = toy.path.read_text(encoding="utf-8")
    assert old in text
    toy.path.write_text(text.replace(old, new, 1), encoding="utf-8", errors="surrogateescape")
    with pytest.raises(CatalogError, match=re.escape(why)) as caught:
        _ = toy.question
    assert re.match(rf"{re.escape(str(toy.path))}:(\d+:)? ", str(caught.value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            'frozenset({"mean"})',
            '["mean"]',
            "mistake divided_by_n_minus_one: loses must be frozenset, got list",
        ),
        ('[("/ len(values)", "/ (len(values) - 1)")]', '["/ len"]', "edits holds a str"),
        ('name="scale_ignored"', 'name="total_not_carried"', "names of mistakes must be unique"),
        ("MISTAKES = [", "MISTAKE = [", "it has none of MISTAKES, TRIVIAL, EQUIVALENT"),
        ("MISTAKES = [", "MISTAKES = 5 or [", "MISTAKES must be a list, got int"),
        ("MISTAKES = [", "MISTAKES = exit(1) or [", "SystemExit"),
    ],
)
def test_a_wrong_mistake_is_one_clear_line(toy, old, new, why):
    text = toy.mistakes_path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    toy.mistakes_path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogError, match=re.escape(why)):
        _ = toy.mistakes


def test_an_empty_key_is_refused(toy_course, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_KEY")
    toy_course.key()
    (toy_course.root / ".autograder" / "key").write_text("\n")
    with pytest.raises(CatalogError, match="the course key is empty"):
        toy_course.key()
