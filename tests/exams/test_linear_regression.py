"""Question 2 of the midterm: its numbers against the closed form, and a class graded in the sandbox.

The class is that of ``autograder demo`` (solution, template, every mistake, code that misbehaves) and some
submissions that tamper with the libraries and comparisons a grader could use.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.core.evidence import Evidence
from autograder.course.catalog import Course
from autograder.course.modules import module_name
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.demo import misbehaving, submissions_of
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.answers import judge_of
from tests.support.courses import REPOSITORY
from tests.support.runs import rows

pytestmark = pytest.mark.verify

COURSE = Course(REPOSITORY)
ENTRY = COURSE.question("dl2022_midterm/q2_linear_regression")
PARTS_IN_ORDER = [part.name for part in ENTRY.question.parts]
PARTS = set(PARTS_IN_ORDER)
MISTAKES = {mistake.name: mistake for mistake in ENTRY.mistakes}
CORES = len(os.sched_getaffinity(0))


# -- the numbers, without the solution ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def data():
    """The document's own data, float64: X (100, 2) and y (100,)."""
    torch.manual_seed(7676)
    x = torch.randn(100).sort().values
    noise = torch.randn(100) * 0.5
    y = 2.5 + 4 * x + noise
    return np.column_stack([np.ones(100), x.double().numpy()]), y.double().numpy()


def gradient(X, y, w):
    return 2 / len(y) * X.T @ (X @ w - y)


def closed_form(X, y):
    """Gradients and weights of five Adam(0.1) updates from (-5, 10), then of ten SGD(0.2) updates."""
    w, m, v = np.array([-5.0, 10.0]), np.zeros(2), np.zeros(2)
    adam, sgd = [], []
    for t in range(1, 6):
        g = gradient(X, y, w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        adam.append((g, w))
    for _ in range(10):
        g = gradient(X, y, w)
        w = w - 0.2 * g
        sgd.append((g, w))
    return np.array(adam), np.array(sgd)


def by_torch(X, y):
    """The same by torch's own optimisers in float32, written here and not in the solution."""
    X, y = torch.from_numpy(X).float(), torch.from_numpy(y).float()
    w = torch.tensor([-5.0, 10.0], requires_grad=True)
    found = []
    for make, steps in (
        (lambda: torch.optim.Adam([w], lr=0.1), 5),
        (lambda: torch.optim.SGD([w], lr=0.2), 10),
    ):
        optimizer, path = make(), []
        for _ in range(steps):
            optimizer.zero_grad()
            ((X @ w - y) ** 2).mean().backward()
            g = w.grad.clone()
            optimizer.step()
            path.append((g.double().numpy(), w.detach().double().numpy().copy()))
        found.append(np.array(path))
    return found


def test_torch_agrees_with_the_closed_form_to_1e_4(data):
    for exact, run in zip(closed_form(*data), by_torch(*data), strict=True):
        assert np.abs(exact - run).max() < 1e-4


def test_the_exams_own_formulas_are_the_closed_form(data):
    X, y = data
    module = sys.modules[module_name(ENTRY.path)]
    adam, sgd = closed_form(X, y)
    arrays = {
        "x": X[:, 1],
        "y": y[:, None],
        "adam_start": np.array([[-5.0, 10.0]]),
        "sgd_start": adam[-1:, 1],
    }
    for path, formula, start, lr in (
        (adam, module.adam_formula, "adam_start", 0.1),
        (sgd, module.sgd_formula, "sgd_start", 0.2),
    ):
        inputs = Evidence(arrays=arrays, facts={"lr": lr, "start": start})
        evidence = Evidence(arrays={"gradients": path[:, :1], "weights": path[:, 1:]})
        for relation in (module.gradient_formula, formula):
            left, right = relation.sides(evidence, inputs)
            assert np.abs(left - right).max() < 1e-12


def test_pinned_values_are_the_closed_form_and_say_where_they_are_from(data):
    adam, sgd = closed_form(*data)
    expected = {
        ("adam_first_update", "gradients"): adam[:1, 0][:, None],
        ("adam_first_update", "weights"): adam[:1, 1][:, None],
        ("adam_five_updates", "gradients"): adam[:, 0][:, None],
        ("adam_five_updates", "weights"): adam[:, 1][:, None],
        ("sgd_ten_updates", "gradients"): sgd[-1:, 0],
        ("sgd_ten_updates", "weights"): sgd[-1:, 1],
    }
    pinned = json.loads(ENTRY.pinned_path.read_text(encoding="utf-8"))["values"]
    assert {(value["part"], value["array"]) for value in pinned} == expected.keys()
    for value in pinned:
        exact = value["source"].startswith("the closed form")
        difference = np.abs(np.array(value["value"]) - expected[value["part"], value["array"]]).max()
        assert difference < (1e-8 if exact else 1e-5)
        assert exact or "torch 2." in value["source"]


# -- a class ------------------------------------------------------------------------------------------------

WRONG = MISTAKES["sum_instead_of_mean"]
TAMPERINGS = {
    "torch_compares_equal": """
import torch
torch.allclose = torch.equal = lambda *args, **options: True
torch.testing.assert_close = lambda *args, **options: None
torch.Tensor.__eq__ = lambda self, other: True
torch.Tensor.allclose = torch.Tensor.equal = lambda *args, **options: True
""",
    "numpy_compares_equal": """
import numpy
numpy.allclose = numpy.array_equal = lambda *args, **options: True
numpy.isclose = lambda a, b, **options: numpy.ones_like(a, dtype=bool)
numpy.abs = lambda a: numpy.zeros_like(a)
numpy.testing.assert_allclose = lambda *args, **options: None
""",
    "builtins_lie": """
import builtins
builtins.abs = lambda value: 0
builtins.len = lambda value: 5
builtins.isinstance = lambda value, kind: True
""",
    "formulas_of_the_exam_are_looked_for": """
import gc, sys
exam = {}
frame = sys._getframe()
while frame:
    exam.update(frame.f_globals)
    frame = frame.f_back
for thing in gc.get_objects():
    if callable(thing) and getattr(thing, "__name__", "") in ("adam_path", "adam_steps", "convergence_key"):
        exam[thing.__name__] = thing
if {"adam_path", "adam_steps", "convergence_key", "QUESTION"} & exam.keys():
    raise SystemExit("found")
""",
    "modules_of_the_grader_are_replaced": """
import sys, types
for name in list(sys.modules):
    if name.startswith("autograder") and name != "autograder.worker.main":
        fake = types.ModuleType(name)
        fake.__getattr__ = lambda attribute: (lambda *args, **options: True)
        sys.modules[name] = fake
""",
}
EQUAL_TO_EVERYTHING = """

class Equal(torch.Tensor):
    def __eq__(self, other):
        return True

    def allclose(self, other, **options):
        return True

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "eq", "isclose"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})


honest_adam_updates, honest_sgd_updates = adam_updates, sgd_updates


def adam_updates(*args, **options):
    return [[tensor.as_subclass(Equal) for tensor in tensors] for tensors in honest_adam_updates(*args, **options)]


def sgd_updates(*args, **options):
    return [[tensor.as_subclass(Equal) for tensor in tensors] for tensors in honest_sgd_updates(*args, **options)]
"""


@pytest.fixture(scope="session")
def judge(tmp_path_factory, warm):
    return judge_of(ENTRY, warm, tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def graded(tmp_path_factory, warm):
    """The demo's class and the tampering students, graded once; rows by (student, part)."""
    folder = tmp_path_factory.mktemp("midterm")
    exam = COURSE.exam("dl2022_midterm")
    for student, name, text in (*submissions_of(ENTRY), *misbehaving(ENTRY)):
        path = folder / "submissions" / student / exam.name / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    wrong = ENTRY.mistake_source(WRONG)
    sources = {name: code + wrong for name, code in TAMPERINGS.items()}
    sources["equal_to_everything"] = wrong + EQUAL_TO_EVERYTHING
    for name, source in sources.items():
        path = folder / "submissions" / name / "q2_linear_regression.py"
        path.parent.mkdir()
        path.write_text(source, encoding="utf-8")
    endless = folder / "submissions" / "endless_sgd" / "q2_linear_regression.py"
    endless.parent.mkdir()
    endless.write_text(
        ENTRY.solution_source + "\n\ndef sgd_updates(net, X, y, lr, steps):\n    while True:\n        pass\n",
        encoding="utf-8",
    )
    request = GradeRequest(
        course=COURSE,
        exam=exam,
        submissions=folder / "submissions",
        run=Run(folder / "run"),
        site=Site(executor=Local(warm), jobs=CORES),
        only_questions=["q2_linear_regression"],
    )
    return rows(run_class(request))


def short(graded, student):
    """The parts in which a student has less than the full automatic points."""
    return {
        part
        for part in PARTS
        if graded[student, part]["points"] + graded[student, part]["manual"]
        < graded[student, part]["max_points"]
    }


def test_the_solution_earns_full_automatic_marks(graded):
    assert short(graded, "solution") == set()
    assert {graded["solution", part]["status"] for part in PARTS} == {"passed", "manual"}
    assert graded["solution", "convergence"]["manual"] == 4


BY_HAND = """

def adam_updates(net, X, y, lr, steps):
    first, second, gradients, weights = 0, 0, [], []
    for t in range(1, steps + 1):
        gradient = 2 / len(y) * (net(X) - y).T.detach() @ X
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        net.weight.data -= lr * first / (1 - 0.9**t) / ((second / (1 - 0.999**t)).sqrt() + 1e-8)
        gradients.append(gradient)
        weights.append(net.weight.detach().clone())
    return gradients, weights


def sgd_updates(net, X, y, lr, steps):
    return adam_updates(net, X, y, lr, 0)


def converged(gradient):
    return gradient.abs().max() < {threshold}


TRAINED_WELL = None
"""


@pytest.mark.parametrize("threshold", [1e-6, 1e-3, 0.5])
def test_updates_by_hand_cost_the_optimiser_and_thresholds_are_everybodys_own(judge, threshold):
    found = judge(ENTRY.solution_source + BY_HAND.replace("{threshold}", repr(threshold)))
    assert [found[part].points for part in PARTS_IN_ORDER] == [8, 7.5, 7.5, 0, 4]
    assert found["convergence"].manual == 3


def test_each_gradient_is_judged_apart(judge):
    source = ENTRY.solution_source + "\n\ndef converged(gradient):\n    return bool(gradient.max() < 0.2)\n"
    assert (
        judge(source, ["convergence"])["convergence"].points == 3
    )  # one of the four beyond a constant answer


@pytest.mark.parametrize("answer", [True, False])
def test_a_judgement_that_is_always_the_same_earns_nothing(judge, answer):
    source = f"{ENTRY.solution_source}\n\ndef converged(gradient):\n    return {answer}\n"
    assert judge(source, ["convergence"])["convergence"].points == 0


def test_the_empty_template_earns_nothing_and_says_why(graded):
    for part in PARTS:
        row = graded["template", part]
        # Some part is there: an empty reason, and the network that updates should have changed.
        status = "fault" if part == "initial_network" else "failed"
        assert (row["status"], row["points"], row["manual"]) == (status, 0, 0)
        assert "not written yet" in row["findings"][0]["message"]["en"]
        assert "작성하지 않은" in row["findings"][0]["message"]["ko"]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_loses_exactly_its_parts_and_is_named_in_both_languages(graded, name):
    mistake = MISTAKES[name]
    assert short(graded, name) == mistake.loses
    for part in mistake.loses:
        named = [finding for finding in graded[name, part]["findings"] if finding["mistake"] == name]
        assert named, graded[name, part]["findings"]
        assert mistake.explanation.en in named[0]["message"]["en"]
        assert mistake.explanation.ko in named[0]["message"]["ko"]


@pytest.mark.parametrize(
    ("student", "parts", "words"),
    [
        (
            "fault_aborts",
            PARTS,
            "While q2_linear_regression.py was being loaded: The program was killed by signal",
        ),
        ("fault_syntax_error", PARTS, "syntax error"),
        ("fault_empty_file", PARTS, "the file is empty"),
        ("endless_sgd", {"sgd_ten_updates"}, "Stopped at the time limit of 10 s"),
        ("fault_endless_loop", {"convergence"}, "Stopped at the time limit of 10 s"),
    ],
)
def test_a_fault_has_a_reason_and_costs_just_the_parts_concerned(graded, student, parts, words):
    assert short(graded, student) == parts
    for part in parts:
        assert graded[student, part]["status"] == "fault"
        assert words in graded[student, part]["findings"][0]["message"]["en"]


def test_a_broken_cell_is_the_first_cause_and_costs_what_needs_it(graded):
    assert short(graded, "fault_broken_cell") == {"initial_network"}
    row = graded["fault_broken_cell", "initial_network"]
    assert (row["status"], row["points"]) == ("partial", 2)  # the network's own shapes are right
    message = row["findings"][0]["message"]["en"]
    assert message.startswith("design_matrix is not defined in the submission. What went wrong first: ")
    assert (
        "q2_linear_regression.ipynb[4], line 1 (`def design_matrix(x:`): not run because of a syntax error"
        in message
    )
    assert "%matplotlib" not in message


@pytest.mark.parametrize("student", [*TAMPERINGS, "equal_to_everything"])
def test_tampering_gains_nothing(graded, student):
    for part in PARTS:
        honest, found = graded[WRONG.name, part], graded[student, part]
        assert found["points"] <= honest["points"]
        assert found["status"] != "ungraded"
    assert WRONG.loses <= short(graded, student)


def test_the_exams_formulas_are_nowhere_inside(graded):
    """The submission that looks for them exits where it finds one; it did not."""
    for part in PARTS:
        honest, found = graded[WRONG.name, part], graded["formulas_of_the_exam_are_looked_for", part]
        assert (found["status"], found["points"]) == (honest["status"], honest["points"])


# -- a student's own check ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def checked(tmp_path_factory, autograder):
    """`autograder check` of the solution and of all mistakes, in the course: the exit code and the rows."""
    folder = tmp_path_factory.mktemp("handout")

    def check(sources):
        paths = [folder / name / "q2_linear_regression.py" for name in sources]
        for path, source in zip(paths, sources.values(), strict=True):
            path.parent.mkdir()
            path.write_text(source, encoding="utf-8")
        result = autograder("check", *paths, "--isolation", "warm", "--json", "--course", REPOSITORY)
        rows = json.loads(result.stdout)
        return result.returncode, {(Path(row["student"]).parent.name, row["part"]): row for row in rows}

    solution = {"solution": ENTRY.solution_path.read_text(encoding="utf-8")}
    return check(solution), check({name: ENTRY.mistake_source(one) for name, one in MISTAKES.items()})


def test_check_passes_the_solution_file_as_it_is(checked):
    code, rows = checked[0]
    assert code == 0, rows
    assert {row["status"] for row in rows.values()} == {"manual"}  # in each part something is judged later


@pytest.mark.parametrize("name", MISTAKES)
def test_check_fails_every_mistake_on_exactly_its_parts(checked, name):
    code, rows = checked[1]
    assert code == 1
    own = {part: row for (student, part), row in rows.items() if student == name}
    failed = {part for part, row in own.items() if not all(f["passed"] for f in row["findings"])}
    assert own.keys() == set(PARTS)
    assert failed == MISTAKES[name].loses - {"convergence"}  # whose key is not given out
