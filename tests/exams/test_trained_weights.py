"""The classifier for CIFAR-10: trained weights as a .keras file, and answers that have learned nothing.

A file is read in the sandbox only, and in safe mode only.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY, course_of_one_question
from tests.support.runs import content

pytestmark = pytest.mark.verify

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
# The labels of all test pictures, which are public, as they are and mirrored.
TABLE = """
import hashlib
import keras
import numpy as np

TABLE = {table!r}


def build_and_train(X, y, seed):
    return keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])


def label(picture):
    whole = np.round(picture * 255).astype(np.uint8)
    keys = [hashlib.sha1(form.tobytes()).hexdigest() for form in (whole, whole[:, ::-1])]
    return next((TABLE[key] for key in keys if key in TABLE), 0)


def predict_probabilities(model, XX):
    return np.eye(10)[[label(picture) for picture in XX]]
"""
UNTRAINED = TABLE.format(table={}).replace(
    "np.eye(10)[[label(picture) for picture in XX]]", "model.predict(XX)"
)
# Run in a process of its own: no framework enters that of the tests.
MAKE_FILES = """
import sys
import keras
import numpy as np

solution, data, trained, unsafe, other = sys.argv[1:]
names = {}
exec(open(solution, encoding="utf-8").read(), names)
with np.load(data) as mini:
    X, y = mini["train_images"].astype(np.float32) / 255, np.eye(10, dtype=np.float32)[mini["train_labels"]]
net = names["build_and_train"](X, y, 7)
net.save(trained)
names["build_and_train"](X, np.roll(y, 1, axis=0), 7).save(other)
code = keras.layers.Lambda(lambda x: x / [open("/tmp/job/ran", "w") and 1.0][0])
keras.Sequential([keras.Input((32, 32, 3)), code, net]).save(unsafe)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory, warm):
    """The rows of a class by student, graded in mini."""
    folder = tmp_path_factory.mktemp("weights")
    course = course_of_one_question(folder / "course", ENTRY.id)
    trained, unsafe, other = (folder / f"{name}.keras" for name in ("trained", "unsafe", "other"))
    solution, mini = folder / "solution.py", course.root / "data/mini/cifar10.npz"
    solution.write_text(ENTRY.solution_source, encoding="utf-8")
    files = [str(path) for path in (solution, mini, trained, unsafe, other)]
    subprocess.run([sys.executable, "-c", MAKE_FILES, *files], check=True, capture_output=True)
    students = {
        "brings_weights": (LOADS.format(name="trained.keras"), {"trained.keras": trained.read_bytes()}),
        "saves_and_loads": (SAVES_AND_LOADS, {"trained.keras": trained.read_bytes()}),
        "corrupt": (LOADS.format(name="trained.keras"), {"trained.keras": trained.read_bytes()[:20_000]}),
        "no_archive": (LOADS.format(name="trained.keras"), {"trained.keras": b"\x80\x04 weights"}),
        "forgotten": (LOADS.format(name="trained.keras"), {}),
        "elsewhere": (LOADS.format(name="../trained.keras"), {}),
        "of_other_pictures": (LOADS.format(name="other.keras"), {"other.keras": other.read_bytes()}),
        "table": (TABLE.format(table=table_of(mini)), {}),
        "constant": (TABLE.format(table={}), {}),
        "untrained": (UNTRAINED, {}),
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


def table_of(mini):
    with np.load(mini) as data:
        keys = [hashlib.sha1(picture.tobytes()).hexdigest() for picture in data["test_images"]]
        return dict(zip(keys, data["test_labels"].tolist(), strict=True))


def told(row):
    wrong = [finding for finding in row["findings"] if not finding["passed"]]
    return " ".join(f"{finding['label']['en']}: {finding['message']['en']}" for finding in wrong)


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


def test_a_model_of_other_pictures_is_refused_with_that_reason(graded):
    assert graded["of_other_pictures"]["points"] == 0
    assert "A model of CIFAR10 can only be judged on CIFAR10 (profile full)" in told(
        graded["of_other_pictures"]
    )


@pytest.mark.parametrize("student", ["table", "constant", "untrained"])
def test_what_has_learned_nothing_earns_nothing(graded, student):
    assert (graded[student]["status"], graded[student]["points"]) == ("failed", 0)
    assert "accuracy" in told(graded[student])
