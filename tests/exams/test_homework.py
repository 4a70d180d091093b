"""The homework: what answers earn that took no training, and what a ready-made loss earns, wherever it runs."""

from __future__ import annotations

import pytest

from autograder.course.catalog import Course
from tests.support.answers import judge_of
from tests.support.courses import REPOSITORY

pytestmark = pytest.mark.verify

ENTRY = Course(REPOSITORY).question("ml2022_homework/q1_mnist_zero_one")
TRAINING = ("train_bce_loss", "train_manual_bce", "train_normalized")


@pytest.fixture(scope="module")
def judge(tmp_path_factory, warm):
    return judge_of(ENTRY, warm, tmp_path_factory.mktemp("store"))


NEVER_TRAINED = """

def train(X, y, loss, epochs, lr, seed, device):
    torch.manual_seed(seed)
    network = build_network().to(device)
    yhat = network(X).detach()
    value = (torch.nn.BCELoss() if loss == "bce_loss" else manual_bce)(yhat, y)
    return network, yhat, [value] * epochs
"""
THE_LABELS = """

def train(X, y, loss, epochs, lr, seed, device):
    return build_network().to(device), y.clone(), torch.zeros(epochs)
"""
NOT_A_NUMBER = """

def train(X, y, loss, epochs, lr, seed, device):
    network = build_network().to(device)
    for value in network.parameters():
        value.data.fill_(float("nan"))
    return network, network(X).detach(), torch.full((epochs,), float("nan"))
"""


@pytest.mark.parametrize("source", [NEVER_TRAINED, THE_LABELS, NOT_A_NUMBER])
def test_what_was_never_trained_earns_less_than_a_tenth(judge, source):
    words = ("MANUAL_TRAINS_WELL", "NORMALIZED_TRAINS_WELL", "NAN_LOSS_STEP", "NAN_OUTPUT_STEP")
    said = "".join(f"{name} = None\n" for name in words) + "normalize = None\n"
    for part, verdict in judge(ENTRY.solution_source + source + said, TRAINING).items():
        assert verdict.points < 2.5, (part, verdict.findings)


IN_A_THREAD = """

from concurrent.futures import ThreadPoolExecutor

honest = train


def train(*arguments, **options):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(honest, *arguments, **options).result()
"""
WITHOUT_FUNCTION_MODES = """

honest = train


def train(*arguments, **options):
    with torch._C.DisableTorchFunction():
        return honest(*arguments, **options)
"""
BY_ITS_OPERATOR = """

def manual_bce(yhat, y):
    return torch.ops.aten.binary_cross_entropy(yhat, y)
"""
READY_MADE = ENTRY.mistake_source(next(one for one in ENTRY.mistakes if one.name == "bce_loss_in_manual"))


@pytest.mark.parametrize(
    "source",
    [
        READY_MADE,
        READY_MADE + IN_A_THREAD,
        READY_MADE + WITHOUT_FUNCTION_MODES,
        ENTRY.solution_source + BY_ITS_OPERATOR,
    ],
)
def test_a_ready_made_loss_earns_nothing_where_the_formula_is_asked_for(judge, source):
    found = judge(source, TRAINING)
    assert [found[part].points for part in TRAINING] == [25, 0, 0]


@pytest.mark.parametrize("source", [IN_A_THREAD, WITHOUT_FUNCTION_MODES])
def test_an_honest_training_may_run_anywhere(judge, source):
    found = judge(ENTRY.solution_source + source, TRAINING)
    assert [found[part].points + found[part].manual for part in TRAINING] == [25, 25, 25]


@pytest.mark.parametrize(
    ("answer", "points"), [(1.0, 12), (0.9997, 12), (12661, 12), (0.99, 11), (0, 11), ("?", 11)]
)
def test_the_accuracy_of_the_normalized_training(judge, answer, points):
    source = ENTRY.solution_source + f"\nNORMALIZED_ACCURACY = {answer!r}\n"
    assert judge(source, ["accuracy"])["accuracy"].points == points
