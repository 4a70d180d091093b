"""A question as a folder: what is read of its files, and that a wrong declaration is one line with file and line."""

from __future__ import annotations

import re
import shutil

import pytest

from autograder.core.errors import UserError
from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.course.question import QuestionEntry
from autograder.running.declarations import require_solution
from autograder.running.executor import Local, Site
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.running.prepared import question_digest, variants_of
from autograder.sandbox.choose import choose
from tests.support.courses import KEY, edit

QUESTION = '''"""A question."""

from autograder import Close, Facts, Part, Question, integers, normal

QUESTION = Question(
    framework="python",
    inputs={"x": normal("n", 3), "k": integers(1, 3, "n")},
    pool=2,
    parts=[
        Part(name="scaled", points=3, calls=["out = scale(x, by)", "total = out.sum()"], settings={"by": 2}),
        Part(name="split", points=2, calls="low, high = split(x)", checks=[Close("low"), Close("high")]),
        Part(
            name="own",
            points=1,
            checks=[Close("seen"), Facts("kind")],
        ),
        Part(name="name", points=1, checks=[Facts("NAME")]),
    ],
)
'''
INTERFACE = '''"""What students fill in."""


def scale(x, by):
    """Return by times x."""
    raise NotImplementedError


def split(x):
    """Return the least and the greatest of each row."""
    raise NotImplementedError


NAME: str = ""  # of this
'''
PROBES = '''"""The probe of a part."""


def own(student, given, observe):
    observe("seen, kind", lambda: (student.scale(given.x, 1), "scaled"))
'''
STATEMENT = "# T\n## scaled: A\n## split: B\n## own: C\n## name: D\n"
FEEDBACK = "## split\n### low: the least of a row\n"
SOLUTION = """def scale(x, by):
    return by * x


def split(x):
    return x.min(axis=1), x.max(axis=1)


NAME = "x"
"""
FILES = {
    "course.toml": 'languages = ["en"]\n',
    "exams/e/__init__.py": "from autograder import Exam, Text\n\nEXAM = Exam(title=Text(en='E'), source='own')\n",
    "exams/e/q1_scale/question.py": QUESTION,
    "exams/e/q1_scale/interface.py": INTERFACE,
    "exams/e/q1_scale/probes.py": PROBES,
    "exams/e/q1_scale/statement.en.md": STATEMENT,
    "exams/e/q1_scale/feedback.en.md": FEEDBACK,
    "solutions/e/q1_scale/solution.py": SOLUTION,
}


@pytest.fixture
def course(tmp_path) -> Course:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Course(tmp_path)


@pytest.fixture
def entry(course) -> QuestionEntry:
    return course.question("e/q1_scale")


@pytest.fixture
def ready(entry, warm):
    """Prepare the question with its solution, as verify, grade and release do, and hold both to account."""

    def make():
        site = Site(executor=Local(warm), jobs=1)
        about = prepare(
            site.environments([entry]),
            Runner(executor=site.executor),
            key=KEY.encode(),
            wanted="solution",
            progress=Silent(),
        )[entry]
        require_solution(about)
        return about

    return make


# -- what is read -------------------------------------------------------------------------------------------


def test_the_declaration_is_completed_from_the_files_beside_it(entry):
    question = entry.question
    assert question.title.en == "T"
    assert [part.title.en for part in question.parts] == ["A", "B", "C", "D"]
    assert question.parts[1].checks[0].label.en == "the least of a row"
    assert question.interface == ["scale", "split", "NAME"]
    assert question.given == ""  # probes.py has no given
    scaled, _, own, name = question.parts
    assert [(check.id, check.points) for check in scaled.checks] == [
        ("Close(out)", 1.5),
        ("Close(total)", 1.5),
    ]
    assert own.probe == "own"
    assert [call.source for call in name.parsed_calls] == ["NAME"]


def test_default_checks_share_the_points_evenly_in_hundredths(entry):
    edit(entry.path, "points=3, calls=", "points=1, calls=")
    edit(entry.path, '"total = out.sum()"', '"a = out + 1", "b = out - 1"')
    points = [check.points for check in entry.question.part("scaled").checks]
    assert points == [0.34, 0.33, 0.33]


def test_a_fact_is_checked_as_a_fact_by_default(entry):
    edit(entry.path, 'settings={"by": 2}', 'settings={"by": 2}, facts=["total"]')
    assert [check.id for check in entry.question.part("scaled").checks] == ["Close(out)", "Facts(total)"]


def test_given_is_taken_where_probes_define_it(entry):
    entry.probes_path.write_text(
        f"{PROBES}\n\ndef given(seed, profile):\n    return {{}}\n", encoding="utf-8"
    )
    assert entry.question.given == "given"


def test_only_probes_enter_a_sandbox(course, entry):
    assert entry.probe_source == PROBES
    entry.probes_path.unlink()
    assert course.question(entry.id).probe_source == ""


def test_question_may_import_from_probes(entry):
    with entry.probes_path.open("a", encoding="utf-8") as file:
        file.write("\n\nPOINTS = 7\n")
    edit(entry.path, "\nQUESTION = ", "\nfrom .probes import POINTS\n\nQUESTION = ")
    edit(entry.path, "points=3, calls=", "points=POINTS, calls=")
    assert entry.question.part("scaled").points == 7


def test_mistakes_are_those_of_the_file_and_whole_files_and_alternatives_are_files(course, entry):
    folder = entry.solutions
    (folder / "mistakes.py").write_text(
        "from autograder import Mistake, Text\n\nMISTAKES = [\n"
        "    Mistake(name='added', explanation=Text(en='Added.'), loses=frozenset({'scaled'}), "
        "edits=[('by * x', 'by + x')])\n]\n",
        encoding="utf-8",
    )
    for name in ("mistakes", "alternatives"):
        (folder / name).mkdir()
    whole = '"""A mistake.\n\nloses: split, scaled\nen: Nothing\n  is returned.\n"""\n'
    (folder / "mistakes" / "nothing.py").write_text(whole, encoding="utf-8")
    (folder / "alternatives" / "other.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "alternatives" / "mini").mkdir()
    (folder / "alternatives" / "mini" / "small.py").write_text("x = 2\n", encoding="utf-8")
    added, nothing = entry.mistakes
    assert entry.mistake_source(added) == SOLUTION.replace("by * x", "by + x")
    assert (nothing.name, nothing.explanation.en) == ("nothing", "Nothing is returned.")
    assert nothing.loses == {"split", "scaled"}
    assert entry.mistake_source(nothing) == whole
    assert entry.alternatives == {"other": "x = 1\n"}
    assert entry.alternatives_on_mini == {"small": "x = 2\n"}
    (folder / "mistakes" / "nothing.py").write_text('"""No lines."""\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"nothing\.py:1: its docstring must have the lines 'loses:"):
        _ = course.question(entry.id).mistakes


def test_it_runs_and_the_solution_earns_everything(ready):
    ready()


def test_what_is_observed_is_part_of_what_is_hashed(course, entry):
    """Evidence that was stored is not used again once it would be another."""

    def digest():
        question = course.question("e/q1_scale")
        environment = Site(executor=Local(choose("none")), jobs=1).environments([question])[question]
        return question_digest(question, environment, variants_of(question, b"key"))

    found = [digest()]
    for old, new in [
        ('settings={"by": 2}', 'settings={"by": 2}, facts=["total"]'),
        ('Facts("kind")', 'Close("kind")'),
        ("total = out.sum()", "total = out.max()"),
        ('normal("n", 3)', 'normal("n", 4)'),
    ]:
        edit(entry.path, old, new)
        found.append(digest())
    edit(entry.folder / "interface.py", "NAME: str", "MORE: str = ''\nNAME: str")
    found.append(digest())
    edit(entry.probes_path, '"scaled"', '"other"')
    found.append(digest())
    assert len(set(found)) == len(found)
    edit(entry.path, 'Close("low")', 'Close("low", atol=1)')
    edit(entry.path, "points=3, calls", "points=4, calls")
    assert digest() == found[-1]


# -- what is wrong ------------------------------------------------------------------------------------------

PART = "question.py:10: part scaled: "
WRONG = [
    (
        "question.py",
        'Close("high")',
        '__import__("autograder").AtLeast("high", metric=len, bound=1)',
        "part split: AtLeast(high) needs label=Text(...), or what feedback.en.md says below '### high'",
    ),
    # in question.py
    ("question.py", "scale(x, by)", "scael(x, by)", f"{PART}'out = scael(x, by)' uses 'scael', which is no input, setting, earlier result, name of the interface or function of probes.py; did you mean 'scale'?"),
    ("question.py", "scale(x, by)", "scale(y, by)", f"{PART}'out = scale(y, by)' uses 'y', which is no input"),
    ("question.py", "total = out.sum()", "total = later.sum()", f"{PART}'total = later.sum()' uses 'later'"),
    ("question.py", '"total = out.sum()"', '"k = out.sum()"', f"{PART}'k = out.sum()' returns 'k', which is an input too; choose another name"),
    ("question.py", '"total = out.sum()"', '"by = out.sum()"', f"{PART}'by = out.sum()' returns 'by', which is an input too"),
    ("question.py", '"total = out.sum()"', '"n = out.sum()"', f"{PART}'n = out.sum()' returns 'n', which is an input too"),
    ("question.py", '"total = out.sum()"', '"out.sum()"', "question.py:10: calls: 'out.sum()' needs a name for what it returns, such as 'y = out.sum()'"),
    ("question.py", '"total = out.sum()"', '"total = out.sum("', "question.py:10: calls: 'total = out.sum(' is not one call"),
    ("question.py", '"total = out.sum()"', '"out = scale(x, 1)"', "question.py:10: part scaled: two calls return out"),
    ("question.py", 'Close("high")', 'Close("hihg")', "question.py:11: part split: Close(hihg) reads 'hihg', which is not observed; observed are high, low; did you mean 'high'?"),
    ("question.py", 'Facts("kind")', 'Facts("kinds")', "question.py:15: part own: Facts(kinds) reads 'kinds', which is not observed; observed are kind, seen; did you mean 'kind'?"),
    ("question.py", 'checks=[Facts("NAME")]', 'checks=[Facts("NAMES")]', "question.py:17: part name: 'NAMES' uses 'NAMES', which is no input"),
    ("question.py", 'name="own"', 'name="own", probe="own_probe"', "question.py:12: part own: probes.py has no function 'own_probe'"),
    ("question.py", '            checks=[Close("seen"), Facts("kind")],\n', "", "question.py:12: part own: it has a probe, and so needs checks"),
    ("question.py", ', checks=[Facts("NAME")]', "", "question.py:17: part name: it needs calls, a probe or checks"),
    ("question.py", 'normal("n", 3)', 'normal("n", 3, std=-1)', "question.py:7: normal(0.0, -1, 'n', 3): scale < 0"),
    ("question.py", 'integers(1, 3, "n")', 'integers(3, 3, "n")', "question.py:7: integers(3, 3, 'n'): low >= high"),
    ("question.py", 'Close("high")', 'Close("high", points=3)', "question.py:11: part split: its checks have 3 points in all, the part 2"),
    ("question.py", "points=3, calls", "pionts=3, calls", "question.py:10: TypeError: Part.__init__() got an unexpected keyword argument 'pionts'"),
    # in the other files
    ("statement.en.md", "## split: B\n", "", "statement.en.md:4: no statement of part split: add '## split: ...'"),
    ("feedback.en.md", "### low", "### lwo", "feedback.en.md:2: no check of split is named 'lwo'; did you mean 'low'?"),
    ("course.toml", '["en"]', '["en", "ko"]', "statement.ko.md:1: no such statement; write it, or take its language out of languages in course.toml"),
    ("course.toml", '["en"]', '["de"]', "course.toml: languages must be some of"),
    ("interface.py", "def split(x):", "def split(x:", "interface.py:9: SyntaxError: '(' was never closed"),
    ("interface.py", "def split(x):", "def cut(x):", "question.py:11: part split: 'low, high = split(x)' uses 'split'"),
    ("probes.py", "def own", "def given(seed, profile):\n    return {'z': seed / 0}\n\n\ndef own", "the inputs public could not be made: "),
    ("probes.py", "student.scale(given.x, 1)", "student.scale(given.z, 1)", "the solution "),
    ("probes.py", "def own(", "def own(:", "probes.py:4: SyntaxError: invalid syntax"),
    # in the solution
    ("solution.py", "return by * x", "return None", "solution.py: the solution earns 0 of 3 points in part scaled: "),
    ("solution.py", "x.max(axis=1)", "x.max(axis=2)", "solution.py: the solution earns 0 of 2 points in part split: "),
    ("solution.py", "def split", "def slit", "solution.py: the solution earns 0 of 2 points in part split: "),
    ("solution.py", 'NAME = "x"', "", "solution.py: the solution earns 0 of 1 points in part name: "),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "why"), WRONG, ids=[f"{one[0]}-{one[2][:30]}" for one in WRONG]
)
def test_what_is_wrong_is_one_clear_line(course, entry, ready, file, old, new, why):
    (path,) = course.root.rglob(file)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(why)) as caught:
        ready()
    assert "\n" not in str(caught.value)
    if file.endswith((".py", ".md")) and ":" in why[:20]:
        assert str(caught.value).startswith(str(path.parent))


@pytest.mark.parametrize("file", ["interface.py", "question.py", "statement.en.md", "solution.py"])
def test_a_file_that_is_not_there_is_named(course, ready, file):
    (path,) = course.root.rglob(file)
    path.unlink()
    with pytest.raises(UserError, match=re.escape(str(path))):
        ready()


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("question.py", "scale(x, by)", "scael(x, by)", "question.py:10: part scaled: 'out = scael(x, by)' uses 'scael'"),
        ("question.py", 'Close("high")', 'Close("hihg")', "question.py:11: part split: Close(hihg) reads 'hihg'"),
        ("question.py", "integers(1, 3", "integers(3, 3", "question.py:7: integers(3, 3, 'n'): low >= high"),
        ("statement.en.md", "## own: C\n", "", "statement.en.md:4: no statement of part own"),
        ("feedback.en.md", "## split", "## spilt", "feedback.en.md:1: no part is named 'spilt'; did you mean 'split'?"),
        ("course.toml", '["en"]', '["en", "ko"]', "statement.ko.md:1: no such statement"),
        ("solution.py", "return by * x", "return None", "solution.py: the solution earns 0 of 3 points in part scaled"),
    ],
)  # fmt: skip
def test_verify_grade_and_release_say_it_in_one_line(course, autograder, tmp_path, file, old, new, why):
    (path,) = course.root.rglob(file)
    edit(path, old, new)
    submission = tmp_path / "submissions" / "ann" / "e" / "q1_scale.py"
    submission.parent.mkdir(parents=True)
    shutil.copy(course.question("e/q1_scale").solution_path, submission)
    commands = [
        ("grade", "e", tmp_path / "submissions", "--output", tmp_path / "run"),
        ("release", "e", "--output", tmp_path / "release"),
        ("verify", "e"),
    ]
    for command in commands:
        done = autograder(*command, "--course", course.root, "-q")
        if command == ("verify", "e") and file == "solution.py":
            assert done.returncode == 1
            continue
        assert (done.returncode, done.stdout) == (2, ""), command
        assert len(done.stderr.splitlines()) == 1
        assert why in done.stderr
    assert not (tmp_path / "release").exists()
