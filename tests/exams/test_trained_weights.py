"""A submission may bring trained weights as a .keras file: read in the sandbox only, and in safe mode only."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY
from tests.support.runs import content

ENTRY = Course(REPOSITORY).question("bigdata_final/q3_cifar10")
LOADS = """
import keras

TRAINED_MODEL = {name!r}


def predict_probabilities(model, XX):
    return model.predict(XX, verbose=0)
"""
SAVES_AND_LOADS = (
    LOADS.format(name="")
    + """

def build_and_train(X, y, seed):
    keras.saving.load_model("trained.keras").save("mine.keras")
    return keras.saving.load_model("mine.keras")
"""
)
# Run in a process of its own: no framework enters that of the tests.
MAKE_FILES = """
import sys
import keras
import numpy as np

solution, data, trained, unsafe = sys.argv[1:]
names = {}
exec(open(solution, encoding="utf-8").read(), names)
with np.load(data) as mini:
    X, y = mini["train_images"].astype(np.float32) / 255, np.eye(10, dtype=np.float32)[mini["train_labels"]]
net = names["build_and_train"](X, y, 7)
net.save(trained)
code = keras.layers.Lambda(lambda x: x / [open("/tmp/job/ran", "w") and 1.0][0])
keras.Sequential([keras.Input((32, 32, 3)), code, net]).save(unsafe)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory, warm):
    """The rows of a class by student, graded in mini."""
    folder = tmp_path_factory.mktemp("weights")
    course = course_of_one_question(folder / "course")
    trained, unsafe = folder / "trained.keras", folder / "unsafe.keras"
    solution, mini = folder / "solution.py", course.root / "data/mini/cifar10.npz"
    solution.write_text(ENTRY.solution_source, encoding="utf-8")
    files = [str(path) for path in (solution, mini, trained, unsafe)]
    subprocess.run([sys.executable, "-c", MAKE_FILES, *files], check=True, capture_output=True)
    students = {
        "brings_weights": (LOADS.format(name="trained.keras"), {"trained.keras": trained.read_bytes()}),
        "saves_and_loads": (SAVES_AND_LOADS, {"trained.keras": trained.read_bytes()}),
        "corrupt": (LOADS.format(name="trained.keras"), {"trained.keras": trained.read_bytes()[:20_000]}),
        "no_archive": (LOADS.format(name="trained.keras"), {"trained.keras": b"\x80\x04 weights"}),
        "forgotten": (LOADS.format(name="trained.keras"), {}),
        "elsewhere": (LOADS.format(name="../trained.keras"), {}),
        "lambda": (LOADS.format(name="unsafe.keras"), {"unsafe.keras": unsafe.read_bytes()}),
    }
    for student, (source, extras) in students.items():
        place = folder / "submissions" / student
        place.mkdir(parents=True)
        (place / "q3_cifar10.py").write_text(source, encoding="utf-8")
        for name, data in extras.items():
            (place / name).write_bytes(data)
    request = GradeRequest(
        course=course,
        exam=course.exam("bigdata_final"),
        submissions=folder / "submissions",
        run=Run(folder / "run"),
        site=Site(executor=Local(warm), jobs=4),
    )
    return {row["student"]: row for row in content(run_class(request))["results"]}


def course_of_one_question(root):
    """A course with the question, without its mistakes, which would take the time of ten submissions."""
    exam = shutil.copytree(
        REPOSITORY / "exams/bigdata_final",
        root / "exams/bigdata_final",
        ignore=shutil.ignore_patterns("q[!3]_*"),
    )
    assert [path.name for path in exam.glob("q*")] == ["q3_cifar10"]
    shutil.copytree(REPOSITORY / "data", root / "data")
    solution = root / "solutions/bigdata_final/q3_cifar10/solution.py"
    solution.parent.mkdir(parents=True)
    solution.write_text(ENTRY.solution_source, encoding="utf-8")
    return Course(root)


def told(row):
    return " ".join(finding["message"]["en"] for finding in row["findings"] if not finding["passed"])


@pytest.mark.parametrize("student", ["brings_weights", "saves_and_loads"])
def test_weights_trained_beforehand_earn_full_marks(graded, student):
    assert told(graded[student]) == ""
    assert (graded[student]["status"], graded[student]["points"]) == ("passed", 30)


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("corrupt", "trained.keras cannot be loaded: "),
        ("no_archive", "trained.keras cannot be loaded: "),
        ("forgotten", "there is no file 'trained.keras' beside the module"),
        ("elsewhere", "the name of a .keras file beside the module"),
        ("lambda", "unsafe.keras cannot be loaded: "),
    ],
)
def test_a_file_that_cannot_be_loaded_is_a_fault_with_a_reason(graded, student, reason):
    assert (graded[student]["status"], graded[student]["points"]) == ("fault", 0)
    assert reason in told(graded[student])


def test_code_in_a_file_is_refused_by_safe_mode(graded):
    assert "Lambda" in told(graded["lambda"])
    assert "safe_mode" in told(graded["lambda"])
