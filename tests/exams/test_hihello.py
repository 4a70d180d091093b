"""Question 1 of the final: what is trained by hand is what ran, and what was not trained earns next to nothing."""

from __future__ import annotations

import os

import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY
from tests.support.runs import rows

pytestmark = pytest.mark.verify

COURSE = Course(REPOSITORY)
ENTRY = COURSE.question("dl2022_final/q1_hihello")
PARTS = [part.name for part in ENTRY.question.parts]
SCRATCH = {"rnn_from_scratch", "lstm_from_scratch"}

BORROWED = '''

class Borrowed:
    """The parameters are those of the class below; torch's cell computes."""

    def forward(self, x, past):
        values = self.i2h.weight, self.h2h.weight, self.i2h.bias, self.h2h.bias
        if isinstance(past, tuple):
            return compute(torch.lstm_cell, x[None], [one[None] for one in past], *values)
        return compute(torch.rnn_tanh_cell, x[None], past[None], *values)


def squeezed(found):
    return tuple(one[0] for one in found) if isinstance(found, tuple) else found[0]


def compute(cell, *values):
    return squeezed(cell(*values))


class HandRNNCell(Borrowed, HandRNNCell):
    pass


class HandLSTMCell(Borrowed, HandLSTMCell):
    pass
'''

# What stands for ``compute``; each is a way to torch's cell that has hidden it from some watch.
WAYS = {
    "openly": "",
    "in_a_thread": """
from concurrent.futures import ThreadPoolExecutor

POOL = ThreadPoolExecutor(1)


def compute(cell, *values):
    return squeezed(POOL.submit(cell, *values).result())
""",
    "without_torch_functions": """
def compute(cell, *values):
    with torch._C.DisableTorchFunction():
        return squeezed(cell(*values))
""",
    "as_an_operator": """
def compute(cell, *values):
    return squeezed(getattr(torch.ops.aten, cell.__name__)(*values))
""",
    "with_a_fake_profiler": """
import torch.autograd.profiler

torch.autograd.profiler.profile = torch.autograd.profiler._disable_profiler = print
torch._C._autograd._KinetoEvent.name = lambda self: "aten::add"
""",
    "with_the_profiler_stopped": """
def compute(cell, *values):
    torch._C._autograd._disable_profiler()
    return squeezed(cell(*values))
""",
    "as_a_fused_layer": """
class Fused(torch.nn.Module):
    def __init__(self, cell, head):
        super().__init__()
        self.cell, self.head = cell, head

    def forward(self, x):
        n, zeros = self.head.in_features, x.new_zeros(1, 1, self.head.in_features)
        values = self.cell.i2h.weight, self.cell.h2h.weight, self.cell.i2h.bias, self.cell.h2h.bias
        if n == 8:
            hidden, _ = torch.rnn_tanh(x[:, None], zeros, values, True, 1, 0.0, True, False, False)
        else:
            hidden, *_ = torch.mkldnn_rnn_layer(
                x[:, None], *values, zeros[0], zeros[0], False, [], 2, n, 1, True, False, False, True
            )
        return self.head(hidden[:, 0])


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.RNNCell, RNN_HIDDEN, seed)
    return fit(Fused(HandRNNCell(cell), head), x, y, epochs, lr, device)


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.LSTMCell, LSTM_HIDDEN, seed)
    return fit(Fused(HandLSTMCell(cell), head), x, y, epochs, lr, device)
""",
}

ALL = "train_rnn = train_rnn_cell = train_rnn_from_scratch = train_lstm = train_lstm_cell = train_lstm_from_scratch"
# What never learned, or learned something else; none may earn a tenth of a part.
UNLEARNED = {
    "untrained": """
torch.optim.Adam.step = lambda self, closure=None: None
""",
    "constant": f"""
def constant(x, y, epochs, lr, seed, device):
    return lambda x: torch.zeros(len(x), 7), torch.full((len(x), 7), 1 / 7)


{ALL} = constant
""",
    "the_targets": f"""
def targets(x, y, epochs, lr, seed, device):
    logits = 3 * epochs * y
    return lambda x: logits[torch.arange(len(x)) % len(y)], torch.softmax(logits - 3 * y, dim=1)


{ALL} = targets
""",
    "frequencies": f"""
def frequencies(x, y, epochs, lr, seed, device):
    shares = y.mean(dim=0).expand(len(x), 7)
    return lambda x: torch.log(shares[:1].expand(len(x), 7) + 1e-6), shares


{ALL} = frequencies
""",
    "without_memory": f"""
def linear(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(torch.nn.Linear(7, 7), x, y, epochs, lr, device)


{ALL} = linear
""",
    "initial_values_only": """
def fit(network, x, y, epochs, lr, device):
    network = network.to(device)
    return network, torch.softmax(network(x), dim=1)
""",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, warm):
    """The rows by student and part."""
    folder = tmp_path_factory.mktemp("hihello")
    own = {name: f"{ENTRY.solution_source}{BORROWED}{way}" for name, way in WAYS.items()}
    own |= {name: f"{ENTRY.solution_source}\n{end}" for name, end in UNLEARNED.items()}
    for name, source in own.items():
        (folder / "submissions" / name).mkdir(parents=True)
        (folder / "submissions" / name / "q1_hihello.py").write_text(source)
    request = GradeRequest(
        course=COURSE,
        exam=COURSE.exam("dl2022_final"),
        submissions=folder / "submissions",
        run=Run(folder / "run"),
        site=Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0))),
        only_questions=["q1_hihello"],
    )
    return rows(run_class(request))


def points(graded, student):
    return {part: graded[student, part]["points"] for part in PARTS}


@pytest.mark.parametrize("way", WAYS)
def test_a_cell_of_torchs_earns_nothing_by_hand_whatever_the_way_to_it(graded, way):
    assert points(graded, way) == {part: 0 if part in SCRATCH else 15 for part in PARTS}
    for part in SCRATCH:
        failed = {finding["check"] for finding in graded[way, part]["findings"] if not finding["passed"]}
        assert failed == {"Operators(operators)"}


@pytest.mark.parametrize("way", UNLEARNED)
def test_what_was_not_trained_earns_less_than_a_tenth(graded, way):
    assert max(points(graded, way).values()) < 1.5
