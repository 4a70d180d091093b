"""Question 1 of the big-data final: answers that learned nothing, forged ones, and slips that cost what they are worth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.course.catalog import Course
from autograder.course.submission import of_source
from autograder.grading.grade import grade
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from tests.support.courses import REPOSITORY

pytestmark = pytest.mark.verify

ENTRY = Course(REPOSITORY).question("bigdata_final/q1_fashion_dnn")
TRAININGS = ("fit", "validation_curves", "early_stopping")


@pytest.fixture(scope="module")
def judge(tmp_path_factory, warm):
    """Grade the solution with more source behind it: the verdicts of some parts."""
    runner = Runner(executor=Local(warm), store=Store(tmp_path_factory.mktemp("store")))
    environment = environment_of(ENTRY, "mini", "cpu")
    question = prepare({ENTRY: environment}, runner, key=None, wanted="solution")[ENTRY]

    def run(added, parts):
        submission = of_source("q1_fashion_dnn.py", ENTRY.solution_source + added)
        tasks = [task for task in question.tasks if task.part in parts]
        attempt = runner.run(question.job(submission, tasks))
        verdicts = grade(ENTRY.question, attempt, replace(question.references, mistakes=()))
        return {verdict.part: verdict for verdict in verdicts if verdict.part in parts}

    return run


WRAPPED = """
honest_fit, honest_validation, honest_stopping = fit, fit_with_validation, fit_with_early_stopping

def fit(network, X, y, *options):
    return honest_fit(*changed(network, X, y), *options)

def fit_with_validation(network, X, y, *options):
    return honest_validation(*changed(network, X, y), *options)

def fit_with_early_stopping(network, X, y, *options):
    return honest_stopping(*changed(network, X, y), *options)
"""
FORGED = """
def forge(network, epochs, log_dir=None):
    losses = {"train": 2.3 * 0.9 ** np.arange(epochs), "validation": 2.3 * 0.95 ** np.arange(epochs)}
    for run in losses if log_dir else ():
        with tf.summary.create_file_writer(f"{log_dir}/{run}").as_default():
            for epoch, loss in enumerate(losses[run]):
                tf.summary.scalar("epoch_loss", loss, step=epoch)
                tf.summary.scalar("epoch_accuracy", 0.1, step=epoch)
    history = {"loss": losses["train"], "val_loss": losses["validation"]}
    return {name: list(values) for name, values in history.items()} | dict.fromkeys(
        ["accuracy", "val_accuracy"], [0.1] * epochs
    )

def fit(network, X, y, epochs, batch_size):
    return forge(network, epochs)

def fit_with_validation(network, X, y, epochs, batch_size, validation_split, log_dir):
    return forge(network, epochs, log_dir)

def fit_with_early_stopping(network, X, y, epochs, batch_size, validation_split, patience, log_dir):
    return forge(network, epochs, log_dir)
"""
UNTRAINED = {
    "learning rate 1e-9": WRAPPED
    + "\ndef changed(network, X, y):\n    network.optimizer.learning_rate = 1e-9\n    return network, X, y\n",
    "another network": WRAPPED + "\ndef changed(network, X, y):\n    return build_network(7), X, y\n",
    "forged curves": FORGED,
    "all weights zero and the loss of that": FORGED.replace(
        "    losses =",
        "    network.set_weights([0 * weight for weight in network.get_weights()])\n    losses =",
    ).replace("2.3 * 0.9 ** np.arange(epochs)", "np.full(epochs, 2.302585)"),
}


@pytest.mark.parametrize("added", UNTRAINED.values(), ids=UNTRAINED)
def test_what_was_not_trained_earns_nothing(judge, added):
    found = judge(added, TRAININGS)
    assert {part: verdict.points for part, verdict in found.items()} == dict.fromkeys(TRAININGS, 0)


PLOTS = {
    "a missing plot": ("del plot_accuracy", 1.5),
    "constant curves": (
        "def plot_accuracy(train, validation):\n    return plt.plot(0.7 + 0 * train, '-', 0.6 + 0 * train, '-')",
        1.5,
    ),
    "the one curve over the other": (
        "def plot_accuracy(train, validation):\n    return plt.plot(train, validation)",
        1.5,
    ),
    "points, a guide line and percent": (
        "def plot_accuracy(train, validation):\n    plt.axvline(3)\n    plt.plot(100 * train)\n"
        "    return plt.scatter(range(17), 100 * validation) if len(train) == 17 else plt.plot(validation)",
        0,
    ),
}


@pytest.mark.parametrize(("added", "loses"), PLOTS.values(), ids=PLOTS)
def test_a_plot_costs_what_it_is_worth(judge, added, loses):
    assert judge("\n" + added + "\n", ["validation_curves"])["validation_curves"].points == 4.5 - loses


def test_constant_answers_earn_less_than_a_tenth_of_what_they_answer(judge):
    added = (
        "\ndef test_probabilities(network, XX):\n    return np.full((len(XX), 10), 0.1)\n"
        "\ndef accuracy(probabilities, labels):\n    return 0.7\n"
        "\ndef compare_accuracy(first, second, labels):\n    return 0.67, 0.75, 0.08\n"
        "\nCAUSE = 'split'\n"
        "\ndef fit(network, X, y, epochs, batch_size):\n    return None\n"
        "\ndef fit_with_validation(network, *arguments):\n    return None\n"
    )
    found = judge(added, ["fit", "test_accuracy", "validation_curves", "compare_accuracy"])
    assert {verdict.points for verdict in found.values()} == {0}


def test_a_network_that_is_not_the_one_drawn_loses_where_it_counts(judge):
    added = (
        "\ndef build_network(seed):\n    tf.keras.utils.set_random_seed(seed)\n"
        "    layers = [tf.keras.layers.Flatten(), tf.keras.layers.Dense(10, activation='softmax')]\n"
        "    network = tf.keras.Sequential(layers)\n"
        "    network.compile('adam', 'mse', metrics=['accuracy'])\n    return network\n"
    )
    found = judge(added, ["fit", "early_stopping"])
    assert found["fit"].points < 4
    assert found["early_stopping"].points == 6
