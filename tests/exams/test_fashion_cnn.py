"""Fashion-MNIST with a convolutional network: slips cost what they are worth, and what never learned earns nothing."""

from __future__ import annotations

import os

import numpy as np
import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY, course_of_one_question
from tests.support.runs import rows

pytestmark = pytest.mark.verify

ENTRY = Course(REPOSITORY).question("bigdata_final/q2_fashion_cnn")
FIT = "return network.fit(X, y, epochs=epochs, verbose=0)"
GRID_FIT = "network.fit(X, y, callbacks=[callback], verbose=0, **options)"
RETURNED = "return networks, losses, pairs[losses.index(min(losses))]"
POOL = "network.add(tf.keras.layers.MaxPool2D())\n    network.add(tf.keras.layers.Flatten())"
ADAM = 'optimizer="adam"'
# By name: edits of the solution, and the points of (lenet, grid_search).
SUBMISSIONS = {
    "never_trained": (
        [(FIT, 'return {"loss": [2.3] * epochs}'), (GRID_FIT, "hp.hparams({'n1': n1, 'n2': n2})")],
        (0, 0),
    ),
    "learning_rate_of_zero": ([(ADAM, "optimizer=tf.keras.optimizers.Adam(0.0)")], (0, 0)),
    "zero_weights_and_forged_counts": (
        [
            (FIT, "steps = epochs * -(-len(X) // 32)\n    return forged(network, steps)"),
            (GRID_FIT, "hp.hparams({'n1': n1, 'n2': n2})\n            forged(network, epochs * 2)"),
            (
                "def layer_table",
                "def forged(network, steps):\n    network.build((None, 28, 28, 1))\n"
                "    network.set_weights([0 * w for w in network.get_weights()])\n"
                "    network.optimizer.iterations.assign(steps)\n    return {'loss': [2.302585] * 5}\n\n\n"
                "def layer_table",
            ),
        ],
        (0, 0),
    ),
    "average_pooling": ([(POOL, POOL.replace("MaxPool2D()", "AvgPool2D(2)"))], (12, 13)),
    "small_slips": (
        [
            ("return [(tuple(layer.output.shape[1:])", "print([(tuple(layer.output.shape[1:])"),
            ("for layer in network.layers]", "for layer in network.layers])"),
            (FIT, FIT.removeprefix("return ")),
            (RETURNED, "return networks, [loss + 1 for loss in losses], pairs[losses.index(min(losses))]"),
        ],
        (12, 13),
    ),
    "other_batches_and_no_logs": (
        [
            (FIT, "return network.fit(X, y, batch_size=16, epochs=epochs, verbose=0)"),
            (GRID_FIT, "network.fit(X, y, verbose=0, **options)"),
            (RETURNED, "return networks[::-1], losses, pairs[losses.index(min(losses))]"),
        ],
        (9, 9),
    ),
}


def edited(edits):
    source = ENTRY.solution_source
    for old, new in edits:
        assert source.count(old) == 1
        source = source.replace(old, new)
    return source


@pytest.fixture(scope="module")
def graded(tmp_path_factory, warm):
    """The rows of a class by student and part, graded in mini."""
    folder = tmp_path_factory.mktemp("cnn")
    course = course_of_one_question(folder / "course", ENTRY.id)
    for student, (edits, _) in SUBMISSIONS.items():
        (folder / "submissions" / student).mkdir(parents=True)
        (folder / "submissions" / student / "q2_fashion_cnn.py").write_text(edited(edits), encoding="utf-8")
    request = GradeRequest(
        course=course,
        exam=course.exam("bigdata_final"),
        submissions=folder / "submissions",
        run=Run(folder / "run"),
        site=Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0))),
    )
    return rows(run_class(request))


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_wrong_answers_lose_what_they_are_worth(graded, student):
    got = tuple(graded[student, part]["points"] for part in ("lenet", "grid_search"))
    assert got == SUBMISSIONS[student][1]


def test_where_probabilities_are_0_the_network_that_keras_finds_best_may_win():
    """Losses from the logits are beyond what float32's outputs tell: two networks of which either may be the best."""
    winner = next(
        check
        for part in ENTRY.question.parts
        for check in part.checks
        if getattr(check, "name", "") == "winner"
    )
    outputs = np.full((3, 2, 10), 0.05)
    outputs[0, :, 0] = [0.0, 0.9]  # a loss of 8.11 with a cut at 1e-7, and of any more without
    outputs[1, :, 0] = [1e-9, 1e-9]  # of 16.1, or 20.7
    outputs[2, :, 0] = [1e-30, 1e-30]  # of 16.1, or 69
    inputs = {"n1_values": np.array([4]), "n2_values": np.array([5, 6, 7]), "open_labels": np.array([0, 0])}

    def accepted(chosen):
        with np.errstate(divide="ignore"):
            return list(winner.equation(np.array(chosen), outputs, inputs)[1]) == chosen

    assert [accepted([4, n2]) for n2 in (5, 6, 7, 8)] == [True, True, True, False]
    outputs[:, :, 0] = [[0.2, 0.2], [0.9, 0.8], [0.1, 0.1]]
    assert [accepted([4, n2]) for n2 in (5, 6, 7)] == [False, True, False]
