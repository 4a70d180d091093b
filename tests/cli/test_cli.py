"""The command line as users run it: exit codes, errors of one line, both languages, JSON."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest

from tests.support.courses import REPOSITORY, RIGHT, TOY, edit

WRONG = RIGHT.replace("scale * total", "total + 1")


@pytest.fixture
def toy_file(tmp_path):
    def write(source, name="q1_numbers.py"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write


@pytest.fixture
def toy_cli(autograder):
    def run(*arguments, **options):
        return autograder(*arguments, "--course", TOY, **options)

    return run


# -- list and help ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "check",
        "grade",
        "rescore",
        "report",
        "verify",
        "calibrate",
        "data list",
        "data fetch",
        "data check",
        "release",
        "nbgrader",
        "demo",
    ],
)
def test_every_command_has_help(autograder, command):
    result = autograder(*command.split(), "--help")
    assert result.returncode == 0
    assert "Usage: python -m autograder" in result.stdout or "Usage: autograder" in result.stdout


def test_list_shows_parts_points_and_whether_they_run_here(autograder):
    result = autograder("list", "dl2022_midterm", "--json")
    (question,) = [row for row in json.loads(result.stdout) if row["question"] == "q2_linear_regression"]
    assert [part["part"] for part in question["parts"]] == [
        "initial_network",
        "adam_first_update",
        "adam_five_updates",
        "sgd_ten_updates",
        "convergence",
    ]
    assert question["points"] == sum(part["points"] for part in question["parts"])
    assert question["missing"] == []
    assert "q2_linear_regression" in autograder("list").stdout
    assert "Adam과 SGD로" in autograder("list", lang="ko").stdout


# -- check --------------------------------------------------------------------------------------------------


def test_check_passes_what_is_right_without_any_solution(autograder, toy_file, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(TOY / "exams", course / "exams")
    result = autograder("check", toy_file(RIGHT), "--course", course)
    assert result.returncode == 0, result.stderr
    assert "✓ shape of sums, finite values in sums, first sum" in result.stdout
    assert "Close" not in result.stdout


def test_check_in_a_course_judges_by_what_a_release_has(toy_cli, toy_file):
    result = toy_cli("check", toy_file(RIGHT))
    assert result.returncode == 0, result.stderr
    assert "✓ shape of sums, finite values in sums, value of sums" in result.stdout
    path = toy_file(RIGHT.replace("scale * total", "scale * total + 1e-3"))
    result = toy_cli("check", path, "--json")
    assert result.returncode == 1
    (row,) = [row for row in json.loads(result.stdout) if row["part"] == "cumulative"]
    assert [found["check"] for found in row["findings"] if not found["passed"]] == ["Sealed(sums)"]


def test_check_of_a_file_of_another_name_names_the_close_one(toy_cli, toy_file):
    result = toy_cli("check", toy_file(RIGHT, "q1_number.py"))
    assert result.returncode == 2
    assert "no question has this name; did you mean q1_numbers.py?" in result.stderr


@pytest.mark.parametrize("name", ["q1_numbers (1).py", "20211234_q1_numbers.py"])
def test_check_takes_a_name_as_grade_does(toy_cli, toy_file, name):
    result = toy_cli("check", toy_file(RIGHT, name), "--part", "mean")
    assert (result.returncode, result.stderr) == (0, "")


def test_check_fails_what_is_wrong_and_says_so_in_the_language_asked_for(toy_cli, toy_file):
    path = toy_file(WRONG)
    result = toy_cli("check", path)
    assert result.returncode == 1
    assert "differs from the reference" in " ".join(result.stdout.split())
    assert "sums의 값" in toy_cli("check", path, lang="ko").stdout


def test_check_brings_the_files_beside_it_unless_they_are_too_many(toy_cli, toy_file):
    needs_it = "\nfrom pathlib import Path\nif not Path('shift.txt').exists():\n    del mean\n"
    path = toy_file(RIGHT + needs_it)
    (path.parent / "shift.txt").write_text("0")
    assert toy_cli("check", path).returncode == 0
    for number in range(2_001):
        (path.parent / f"{number}.dat").touch()
    result = toy_cli("check", path)
    assert result.returncode == 1
    assert "the largest were left out" in " ".join(result.stdout.split())


def test_check_of_one_part(toy_cli, toy_file):
    result = toy_cli("check", toy_file(WRONG), "--part", "reason", "--json")
    assert result.returncode == 0
    assert [row["part"] for row in json.loads(result.stdout)] == ["reason"]
    result = toy_cli("check", toy_file(WRONG), "--part", "nothing")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "there are: mean, cumulative, reason" in result.stderr


def test_check_of_a_template_says_what_is_not_written(toy_cli, tmp_path):
    assert toy_cli("release", "toy", "--output", tmp_path / "handout").returncode == 0
    result = toy_cli("check", tmp_path / "handout" / "q1_numbers.py")
    assert result.returncode == 1
    assert "mean: not written yet" in result.stdout
    assert "cumulative: not written yet" in result.stdout


def test_a_part_without_a_public_check_is_run_but_not_called_right(toy_cli, toy_file):
    result = toy_cli("check", toy_file(RIGHT), "--part", "mean", "--json")
    (row,) = json.loads(result.stdout)
    assert (result.returncode, row["status"]) == (0, "manual")
    assert "This is judged when your work is graded." in row["findings"][0]["message"]["en"]
    result = toy_cli("check", toy_file("def mean(values):\n    return 1 / 0\n"), "--part", "mean", "--json")
    assert (result.returncode, json.loads(result.stdout)[0]["status"]) == (1, "fault")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nothing.py"], "nothing.py: no such file"),
        (["check", "q1_numbers.py"], "q1_numbers.py: no such file"),
        (["check", __file__, "--question", "toy/q1_numberz"], "did you mean 'q1_numbers'?"),
        (["check", "."], ".: not a .py or .ipynb file"),
        (
            ["check", TOY / "exams/toy/q1_numbers/statement.en.md"],
            "statement.en.md: not a .py or .ipynb file",
        ),
        (["grade", "toi", ".", "--output", "run"], "no exam is named 'toi'; did you mean 'toy'?"),
        (["grade", "toy", "nothing", "--output", "run"], "nothing: No such file or directory"),
        (["grade", "toy", ".", "--output", "run", "--device", "tpu"], "no device is named 'tpu'"),
        (["grade", "toy", ".", "--output", "run", "--question", "q9"], "no question of toy is named 'q9'"),
        (["rescore", "nothing"], "no run.json"),
        (["report", "nothing"], "no results.json; run autograder grade ... --output nothing first"),
        (["history", "nothing"], "nothing: no run.json; it is not a folder that autograder grade wrote"),
        (["requests", "nothing"], "nothing: no run.json"),
        (
            ["verify", "--against", "nothing"],
            "nothing: not a record of autograder verify --record: No such file",
        ),
        (["verify", "nothing"], "no exam is named 'nothing'; there are: toy"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_exit_code_2(toy_cli, tmp_path, arguments, message):
    result = toy_cli(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments", [["grade"], ["grade", "toy", "."], ["nonsense"], ["check", "--lang", "fr", "x.py"]]
)
def test_wrong_options_are_exit_code_2(autograder, arguments):
    assert autograder(*arguments).returncode == 2


def test_outside_a_course_the_error_says_what_to_give(autograder, tmp_path):
    result = autograder("list", cwd=tmp_path)
    assert result.returncode == 2
    assert "give --course PATH" in result.stderr


# -- grade, report, rescore -----------------------------------------------------------------------------------


def test_grade_report_and_rescore(toy_cli, submit, tmp_path):
    submissions = submit("홍길동", RIGHT)
    submit("=HYPERLINK(1)", WRONG)
    (submissions / "q1_numbers.py").write_text(RIGHT)
    run = tmp_path / "run"
    result = toy_cli("grade", "toy", submissions, "--output", run, "--jobs", 2)
    assert result.returncode == 0, result.stderr
    assert "홍길동" in result.stdout
    assert "in no student's folder, so not graded: q1_numbers.py" in result.stderr
    assert toy_cli("compare", run, run).stdout == "Nobody changes.\n"
    assert toy_cli("history", run).stdout == "None so far.\n"
    results = json.loads((run / "results.json").read_text(encoding="utf-8"))
    assert results["schema"] == 1
    assert {row["student"]: row["points"] for row in results["totals"]} == {"홍길동": 7, "=HYPERLINK(1)": 2}
    rescored = toy_cli("rescore", run, "--json")
    assert rescored.returncode == 0
    assert {"schema": 1, **json.loads(rescored.stdout)} == results
    result = toy_cli("report", run, "--format", "table,csv", "--output", tmp_path / "report", lang="ko")
    assert result.returncode == 0
    data = (tmp_path / "report" / "parts.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {row["student"] for row in table} == {"홍길동", "'=HYPERLINK(1)"}
    wrong = next(row for row in table if row["student"] != "홍길동" and row["part"] == "cumulative")
    assert "첫 값이 다릅니다." in wrong["findings"]
    assert (tmp_path / "report" / "totals.csv").is_file()
    result = toy_cli("report", run, "--format", "pdf")
    assert result.returncode == 2
    assert "no format is named 'pdf'" in result.stderr


def test_without_a_sandbox_it_is_said_and_recorded(toy_cli, submit, tmp_path):
    arguments = ["grade", "toy", submit("a", RIGHT), "--output", tmp_path / "run", "--json"]
    result = toy_cli(*arguments, "--isolation", "none")
    assert result.returncode == 0
    assert "WARNING" in result.stderr
    assert json.loads(result.stdout)["isolation"] == "none"


BREAKS = {  # a question whose own code cannot take the answer 5
    "course.toml": 'languages = ["en"]',
    "exams/own/__init__.py": """
from autograder import Exam, Text

EXAM = Exam(title=Text(en="Own"), source="own")
""",
    "exams/own/q1_index/interface.py": "def f():\n    raise NotImplementedError\n\n\ndef g():\n    raise NotImplementedError",
    "exams/own/q1_index/statement.en.md": "# Index\n\n## f: F\n\nReturn 1.\n\n## g: G\n\nReturn 2.\n",
    "exams/own/q1_index/probes.py": "def f(student, given, observe):\n    [0, 1][observe('f', student.f)]\n",
    "exams/own/q1_index/question.py": """
from autograder import Close, Part, Question

QUESTION = Question(
    framework="python",
    parts=[Part(name="f", points=2, checks=[Close("f")]), Part(name="g", points=1, calls="g()")],
)
""",
    "solutions/own/q1_index/solution.py": "def f():\n    return 1\n\n\ndef g():\n    return 2\n",
}


def test_ungraded_is_exit_code_3_and_never_a_zero(autograder, tmp_path):
    for name, text in BREAKS.items():
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for student, answer in (("kim", 5), ("lee", 1)):
        path = tmp_path / "submissions" / student / "q1_index.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"def f():\n    return {answer}\n\n\ndef g():\n    return 2\n")
    arguments = ["--output", tmp_path / "run", "--course", tmp_path / "course", "--json"]
    result = autograder("grade", "own", tmp_path / "submissions", *arguments)
    assert result.returncode == 3, result.stderr
    results = json.loads(result.stdout)
    status = {(row["student"], row["part"]): row["status"] for row in results["results"]}
    assert status == {
        ("kim", "f"): "ungraded",
        ("kim", "g"): "passed",
        ("lee", "f"): "passed",
        ("lee", "g"): "passed",
    }
    (finding,) = results["results"][0]["findings"]
    assert (
        "The question's own code failed: exams/own/q1_index/probes.py, line 2: IndexError"
        in finding["message"]["en"]
    )
    assert results["totals"][0]["ungraded"] == 2


def test_a_question_whose_solution_fails_is_refused(autograder, toy_course, submit, tmp_path):
    path = toy_course.question("toy/q1_numbers").solution_path
    path.write_text(path.read_text().replace("return sum(values)", "raise OSError\n    return sum(values)"))
    arguments = ["--output", tmp_path / "run", "--course", toy_course.root]
    result = autograder("grade", "toy", submit("a", RIGHT), *arguments)
    assert result.returncode == 2
    assert "the solution earns 0 of 2 points in part mean" in result.stderr
    assert result.stderr.count("\n") == 1


# -- verify ---------------------------------------------------------------------------------------------------


def test_verify_passes_a_sound_course(toy_cli):
    result = toy_cli("verify", "--json")
    assert result.returncode == 0, result.stdout
    lines = json.loads(result.stdout)
    assert [line["subject"] for line in lines] == [
        "solution",
        "template",
        "divided_by_n_minus_one",
        "scale_ignored",
        "total_not_carried",
        "trivial answers mean",
        "trivial answers cumulative",
        "picture cumulative",
    ]


def test_calibrate_records_draws_and_shows_and_a_dry_run_writes_nothing(autograder, toy, tmp_path):
    command = ["calibrate", toy.id, "--course", toy.course, "--device", "cpu"]
    shown = autograder(*command, "--dry-run", "--json")
    assert shown.returncode == 0, shown.stderr
    (found,) = json.loads(shown.stdout)
    assert (found["question"], found["misfits"]) == (toy.id, [])
    assert not toy.measured_path.exists()
    done = autograder(*command, "--plot", tmp_path / "tolerances.png")
    assert done.returncode == 0, done.stderr
    assert "divided_by_n_minus_one" in done.stdout
    assert (tmp_path / "tolerances.png").read_bytes().startswith(b"\x89PNG")
    (measurement,) = json.loads(toy.measured_path.read_text(encoding="utf-8"))["measurements"]
    assert measurement["quantities"] == found["measurement"]["quantities"]


def test_calibrate_says_by_its_exit_code_that_a_tolerance_does_not_fit(autograder, toy):
    edit(toy.path, 'Close("mean", atol=TOLERANCE)', 'Close("mean", atol=1.0)')
    done = autograder("calibrate", toy.id, "--course", toy.course, "--device", "cpu", "--dry-run")
    assert done.returncode == 1
    assert "divided_by_n_minus_one" in done.stdout.partition("does not fit")[2]


def test_calibrate_refuses_a_picture_of_an_unknown_kind_at_once(autograder, toy):
    done = autograder("calibrate", toy.id, "--course", toy.course, "--plot", "tolerances.gif")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "tolerances.gif: the name of a picture ends in .png, .svg, .pdf" in done.stderr


@pytest.mark.parametrize(
    ("where", "old", "new", "subject"),
    [
        ("solution_path", "sum(values) / len(values)", "sum(values) / len(values) + undefined", "solution"),
        (
            "mistakes_path",
            'loses=frozenset({"mean"})',
            'loses=frozenset({"mean", "reason"})',
            "divided_by_n_minus_one",
        ),
        (
            "path",
            'checks=[Close("mean", atol=TOLERANCE)]',
            'checks=[Finite("mean")]',
            "divided_by_n_minus_one",
        ),
        ("probes_path", 'student.mean(given["values"].tolist())', "1.0", "template"),
        ("path", '{"sums": evidence["sums"]}', '{"sums": evidence["gone"]}', "picture cumulative"),
    ],
    ids=[
        "solution is wrong",
        "mistake loses more",
        "check cannot fail",
        "template earns points",
        "no picture",
    ],
)
def test_verify_fails_an_unsound_course(autograder, toy_course, where, old, new, subject):
    entry = toy_course.question("toy/q1_numbers")
    path = getattr(entry, where)
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    result = autograder("verify", "--course", toy_course.root, "--json")
    lines = {line["subject"]: line for line in json.loads(result.stdout)}
    assert result.returncode == (3 if subject == "solution" else 1)
    assert not lines[subject]["holds"]


def test_verify_says_why_a_line_does_not_hold_and_counts(autograder, toy_course):
    edit(toy_course.question("toy/q1_numbers").mistakes_path, 'frozenset({"mean"})', 'frozenset({"reason"})')
    result = autograder("verify", "--course", toy_course.root)
    assert result.returncode == 1
    assert "- mean public Close(mean): " in result.stdout
    assert "- reason: passes: Essay(reason)" in result.stdout
    assert result.stdout.splitlines()[-1] == "8 lines: 7 hold, 1 does not, 0 ungraded"


def test_a_mistake_that_nothing_tells_need_not_be_recognised_but_one_like_another_must(
    autograder, toy_course
):
    path = toy_course.question("toy/q1_numbers").mistakes_path
    edit(path, '("/ len(values)", "/ (len(values) - 1)")', '("/ len(values)", "/ undefined")')
    twin = """    Mistake(
        name="scale_left_out",
        explanation=Text(ko="scale을 곱하지 않았습니다.", en="The scale was left out."),
        loses=frozenset({"cumulative"}),
        edits=[("scale * total", "1 * total")],
    ),
    Mistake(
        name="total_not_carried","""
    edit(path, '    Mistake(\n        name="total_not_carried",', twin)
    result = autograder("verify", "--course", toy_course.root, "--json")
    lines = {line["subject"]: line for line in json.loads(result.stdout)}
    assert lines["divided_by_n_minus_one"]["holds"]
    assert lines["divided_by_n_minus_one"]["got"] == "loses mean; cannot be recognised in mean"
    assert not lines["scale_left_out"]["holds"]
    assert lines["scale_left_out"]["got"] == "loses cumulative; not recognised in cumulative"
    assert all("[scale_ignored]" in reason["message"] for reason in lines["scale_left_out"]["reasons"])


def test_verify_shows_its_author_the_numbers_of_hidden_data(autograder, toy_course):
    path = toy_course.question("toy/q1_numbers").mistakes_path
    lost = 'loses=frozenset({"cumulative"}),\n        edits=[("scale'
    edit(path, lost, lost.replace('{"cumulative"}', ""))
    result = autograder("verify", "--course", toy_course.root, "--json")
    (line,) = [line for line in json.loads(result.stdout) if not line["holds"]]
    reasons = {reason["check"]: reason for reason in line["reasons"]}
    assert line["got"] == "loses cumulative"
    assert reasons.keys() == {"Close(sums)", "Relation(first sum)"}
    assert reasons["Close(sums)"]["variant"].startswith("hidden")
    assert reasons["Close(sums)"]["numbers"]["total"] == 20
    assert "20 of 20" in reasons["Close(sums)"]["message"]


def test_a_mistake_whose_edit_does_not_fit_is_one_clear_line(autograder, toy_course):
    path = toy_course.question("toy/q1_numbers").mistakes_path
    path.write_text(
        path.read_text(encoding="utf-8").replace('scale * total", "total', 'scale * totals", "total')
    )
    result = autograder("verify", "--course", toy_course.root)
    assert result.returncode == 2
    assert "mistake scale_ignored: 'scale * totals' stands 0 times in the solution" in result.stderr


def test_pinned_values_are_compared(autograder, toy_course):
    pinned = toy_course.root / "data" / "pinned" / "toy" / "q1_numbers.json"
    pinned.parent.mkdir(parents=True)
    value = {"part": "cumulative", "array": "sums", "row": 0, "rtol": 0, "atol": 1e-9, "source": "numpy"}
    import numpy as np

    for shift, code in ((0.0, 0), (1e-6, 1)):
        first = float(np.random.default_rng(1).normal(size=20)[0]) + shift
        pinned.write_text(json.dumps({"values": [{**value, "value": first}]}))
        assert autograder("verify", "--course", toy_course.root).returncode == code
    pinned.write_text("{}")
    assert autograder("verify", "--course", toy_course.root).returncode == 2


# -- demo -----------------------------------------------------------------------------------------------------


def test_demo_grades_a_sample_class_of_any_course(autograder, toy, toy_course, tmp_path):
    edit(toy.path, "SECONDS = 30", "SECONDS = 4")  # for the one who never ends
    result = autograder("demo", "--output", tmp_path / "demo", "--jobs", 4, "--course", toy_course.root)
    assert result.returncode == 0, result.stderr
    results = json.loads((tmp_path / "demo/runs/toy/results.json").read_text(encoding="utf-8"))
    points = {row["student"]: row["points"] + row["manual"] for row in results["totals"]}
    assert points["solution"] == 10
    assert points["template"] == 0
    assert points["mistake_1"] == 8
    assert points["fault_aborts"] == points["fault_empty_file"] == points["fault_syntax_error"] == 0
    assert points["fault_broken_cell"] == 8
    assert points["fault_endless_loop"] == 5
    assert str(tmp_path / "demo/runs/toy/report/parts.csv") in result.stdout
    assert result.stdout.splitlines()[-1].strip() == str(tmp_path / "demo/runs/toy/report/dashboard.html")


def test_the_repository_is_a_course(autograder):
    assert autograder("list", "--json", cwd=REPOSITORY / "exams").returncode == 0
