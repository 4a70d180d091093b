"""Section 3 of PTM: wrong answers that are no declared mistakes lose what they are about, and are called none."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY
from tests.support.runs import rows

pytestmark = pytest.mark.verify

COURSE = Course(REPOSITORY)
EXAM = COURSE.exam("ptm_section3")
ENTRIES = {entry.name.split("_")[0]: entry for entry in EXAM.questions}

# By question and name: what is added to the solution, and the most points in each part that loses some.
WRONG = {
    "q1": {
        "constant": (
            """
tanh_values = lambda scores: [0.5] * len(scores)
neuron = lambda x, w, b, f: 0.5 + 0 * x
tanh = hardtanh = sigmoid = softmax = relu = leaky_relu = lambda x: 0.5 + 0 * x
compositions = lambda x: dict.fromkeys(["A", "B", "A+B", "C", "D", "C+D", "C(A+B)", "D(A+B)", "C(A+B)+D(A+B)"], 0 * x)
network = lambda x, weights, biases, f: 0 * x
affine_map = lambda weights, biases: (0.0, 0.0)
plot_activations = plot_compositions = lambda x: plt.figure()
PROPERTIES = {name: dict.fromkeys(found, True) for name, found in PROPERTIES.items()}
STATEMENTS = dict.fromkeys(STATEMENTS, False)
WHY_ACTIVATIONS = ""
""",
            {"tanh_values": 0, "activation_functions": 0.7, "composition": 0.4},
        ),
        "everything_is_tanh": (
            "hardtanh = sigmoid = softmax = relu = leaky_relu = tanh",
            {"activation_functions": 2.75},
        ),
        "softmax_not_divided": ("softmax = lambda x: np.exp(x)", {"activation_functions": 6.6}),
        "sigmoid_of_minus_x": ("sigmoid = lambda x: 1 / (1 + np.exp(x))", {"activation_functions": 8.1}),
        "leaky_on_both_sides": ("leaky_relu = lambda x: 0.1 * x", {"activation_functions": 8.1}),
        "network_from_behind": (
            "def network(x, weights, biases, f):\n"
            "    for w, b in zip(weights[::-1], biases[::-1]):\n        x = f(w * x + b)\n    return x",
            {"composition": 5},
        ),
        "slope_and_intercept_swapped": (
            "forwards = affine_map\naffine_map = lambda weights, biases: forwards(weights, biases)[::-1]",
            {"composition": 5},
        ),
        "no_legend": (
            "def plot_compositions(x):\n    figure = plt.figure()\n"
            "    for values in [x, *compositions(x).values()]:\n        plt.plot(x, values)\n    return figure",
            {"composition": 5.4},
        ),
        "one_property_wrong": ('PROPERTIES["relu"]["low"] = False', {"activation_functions": 8.95}),
    },
    "q2": {
        "constant": (
            """
linear_model = named_model = sequential_model = lambda size: nn.Identity()
predict = lambda model, x: torch.ones(len(x), 1)
split = lambda t_u, t_c, indices: [torch.zeros(3, 1)] * 4
parameter_shapes, named_parameter_shapes = lambda model: [], lambda model: {}
training_loop = lambda n_epochs, *_: ([1.0] * n_epochs, [1.0] * n_epochs)
fit_named_model = lambda model, a, b, c, d, n_epochs, lr: ([1.0] * n_epochs, [1.0] * n_epochs, 0 * b, 0 * b)
output_bias = lambda model: torch.zeros(1)
plot_fit = lambda model, t_u, t_c, t_range: plt.figure()
WHY_CALL = COMPARISON = ""
""",
            {"linear_model": 0, "training_loop": 0, "sequential": 0, "parameters": 0, "named_model": 0},
        ),
        "never_updated": (
            "torch.optim.SGD.step = lambda self, closure=None: None",
            {"training_loop": 0, "named_model": 4},
        ),
        "forged_losses": (
            "def training_loop(n_epochs, *_):\n"
            "    losses = [128.0 / (1 + epoch) for epoch in range(n_epochs)]\n    return losses, losses",
            {"training_loop": 0, "named_model": 3},
        ),
        "samples_one_by_one": (
            "def predict(model, x):\n    return torch.cat([model(row[None]) for row in x.reshape(-1, 1)])",
            {"linear_model": 4.75},
        ),
        "validation_of_one_sample_more": (
            "def split(t_u, t_c, indices):\n    n = int(0.2 * len(t_u)) + 1\n"
            "    t_un, t_c = 0.1 * t_u[:, None], t_c[:, None]\n"
            "    return t_un[indices[:-n]], t_un[indices[-n:]], t_c[indices[:-n]], t_c[indices[-n:]]",
            {"linear_model": 4},
        ),
        "one_epoch_less": (
            "whole = training_loop\n"
            "def training_loop(n_epochs, *rest):\n    first, second = whole(n_epochs - 1, *rest)\n"
            "    return first + first[-1:], second + second[-1:]",
            {"training_loop": 4, "named_model": 6.5},
        ),
        "relu_for_tanh": (
            "sequential_model = lambda hidden: nn.Sequential(nn.Linear(1, hidden), nn.ReLU(), nn.Linear(hidden, 1))",
            {"sequential": 1},
        ),
        "data_as_a_scatter": (
            "drawn = plot_fit\n"
            "def plot_fit(model, t_u, t_c, t_range):\n    figure = drawn(model, t_u, t_c, t_range)\n"
            "    figure.axes[0].lines[0].remove()\n    plt.scatter(t_u, t_c)\n    return figure",
            {"named_model": 8.5},
        ),
        "axes_without_names": (
            "drawn = plot_fit\n"
            "def plot_fit(model, t_u, t_c, t_range):\n    figure = drawn(model, t_u, t_c, t_range)\n"
            "    plt.xlabel('')\n    plt.ylabel('')\n    return figure",
            {"named_model": 8.5},
        ),
    },
    "q3": {
        "constant": (
            """
make_dataset = lambda images, labels, transform=None: [(images[0], 0)] * 100
to_tensor = lambda image: torch.zeros(3, 32, 32)
show_image = plot_classes = lambda *_: plt.figure()
channel_statistics = lambda images: (torch.zeros(3), torch.ones(3))
normalize = lambda tensors, mean, std: 0 * tensors
normalize_both = lambda train, validation: (torch.zeros(len(train), 3, 32, 32), torch.zeros(len(validation), 3, 32, 32))
airplanes_and_birds = lambda images, labels: (images[:80], labels[:80] * 0)
build_network = lambda hidden: torch.nn.Identity()
softmax = lambda x, dim: 0 * x + 0.5
classify = lambda network, image: (torch.full((1, 2), 0.5), torch.tensor([0]))
predict = lambda network, images: torch.full((len(images), 2), 0.5).log()
train = lambda network, images, labels, epochs, lr, batch_size, shuffle: [0.7] * epochs
accuracy = lambda rows, labels: 0.5
parameter_counts = lambda network: (0, [])
shifted_probabilities = lambda network, image, pixels: torch.full((2, 2), 0.5)
TRANSLATION_REASON = ""


def classification_loss(network, images, labels):
    rows = torch.full((len(images), 2), 0.5).log()
    return rows, rows[:, 0].exp(), -rows.mean()


def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):
    return predict(None, train_images), predict(None, validation_images)
""",
            {
                "dataset": 0.25,
                "normalization": 0,
                "two_classes": 0,
                "fully_connected": 0,
                "softmax": 0,
                "loss": 0,
                "training": 0,
                "validation_accuracy": 0.25,
                "parameter_count": 0,
            },
        ),
        "learning_rate_of_0": (
            "built = torch.optim.SGD\ntorch.optim.SGD = lambda parameters, lr: built(parameters, lr=0.0)",
            {"training": 0.25, "validation_accuracy": 1.75},
        ),
        "labels_as_log_probabilities": (
            "def train_classifier(train_images, train_labels, validation_images, epochs, seed, device):\n"
            "    rows = torch.nn.functional.one_hot(torch.from_numpy(train_labels), 2) * 9.0 - 9.0\n"
            "    return rows, rows[torch.randint(len(rows), (len(validation_images),))]",
            {"validation_accuracy": 1.75},
        ),
        "network_of_two_hidden_layers": (
            "def build_network(hidden):\n    layers = torch.nn.Linear(3072, hidden), torch.nn.Tanh()\n"
            "    return torch.nn.Sequential(*layers, torch.nn.Linear(hidden, hidden), torch.nn.Tanh(), "
            "torch.nn.Linear(hidden, 2))",
            {"fully_connected": 0, "validation_accuracy": 3.5},
        ),
        "with_momentum": (
            "built = torch.optim.SGD\n"
            "torch.optim.SGD = lambda parameters, lr: built(parameters, lr=lr, momentum=0.9)",
            {"training": 0.25, "validation_accuracy": 4.5},
        ),
        "softmax_of_the_maximum_only": (
            "softmax = lambda x, dim: (x == x.amax(dim, keepdim=True)).float()",
            {"softmax": 1},
        ),
        "likelihood_of_the_other_class": (
            "right = classification_loss\n"
            "def classification_loss(network, images, labels):\n"
            "    rows, _, loss = right(network, images, labels)\n"
            "    return rows, right(network, images, 1 - labels)[1], loss",
            {"loss": 3},
        ),
        "moved_to_the_left": (
            "right = shifted_probabilities\n"
            "shifted_probabilities = lambda network, image, pixels: right(network, image, -pixels)",
            {"parameter_count": 2},
        ),
        "rows_and_columns_of_the_figure_swapped": (
            "def plot_classes(images, labels):\n    figure, grid = plt.subplots(5, 2)\n"
            "    for label, axes in enumerate(grid.flat):\n        axes.imshow(images[np.argmax(labels == label)])\n"
            "        axes.set_title(CLASS_NAMES[label])\n    return figure",
            {"dataset": 4.75},
        ),
        "batches_of_32": (
            "loader = make_loader\n"
            "make_loader = lambda images, labels, size, shuffle: loader(images, labels, min(size, 32), shuffle)",
            {"training": 2, "validation_accuracy": 4.75},
        ),
    },
}
# Nothing that is observed tells these from the mistake.
SAME = {("q2", "never_updated"): "step_before_backward"}
CASES = [(question, name) for question, wrong in WRONG.items() for name in wrong]


@pytest.fixture(scope="module")
def graded(tmp_path_factory, warm):
    """Rows by question, and then by name and part."""
    found = {}
    for question, wrong in WRONG.items():
        folder, entry = tmp_path_factory.mktemp(question), ENTRIES[question]
        own = {name: f"{entry.solution_source}\n{end}\n" for name, (end, _) in wrong.items()}
        for name, source in {"the_solution": entry.solution_source, **own}.items():
            (folder / "submissions" / name).mkdir(parents=True)
            (folder / "submissions" / name / f"{entry.name}.py").write_text(source, encoding="utf-8")
        request = GradeRequest(
            course=COURSE,
            exam=EXAM,
            submissions=folder / "submissions",
            run=Run(folder / "run"),
            site=Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0))),
            only_questions=[entry.name],
        )
        found[question] = rows(run_class(request))
    return found


@pytest.mark.parametrize(("question", "name"), CASES)
def test_a_wrong_answer_loses_what_it_is_about(graded, question, name):
    loses, found = WRONG[question][name][1], graded[question]
    for part in ENTRIES[question].question.parts:
        got, full = (found[student, part.name]["points"] for student in (name, "the_solution"))
        if part.name in loses:
            assert got <= loses[part.name] + 1e-9 < full, part.name
        else:
            assert got == full, part.name


@pytest.mark.parametrize(("question", "name"), CASES)
def test_a_wrong_answer_is_called_no_mistake_that_it_is_not(graded, question, name):
    for part in ENTRIES[question].question.parts:
        findings = graded[question][name, part.name]["findings"]
        assert {finding["mistake"] for finding in findings} <= {None, SAME.get((question, name))}


def test_a_shuffled_minibatch_with_as_many_birds_as_the_first_is_not_taken_for_it():
    """Where the last weights are 0, the bias's gradient counts labels, and says nothing of the order."""
    torch = pytest.importorskip("torch")
    probes = {}
    exec(compile(ENTRIES["q3"].probe_source, "probes.py", "exec"), probes)
    images = torch.rand(128, 3, 32, 32, generator=torch.Generator().manual_seed(1)).double()
    labels = torch.arange(128) % 2
    layers = torch.nn.Linear(3072, 512).double(), torch.nn.Linear(512, 2).double()
    torch.nn.init.zeros_(layers[1].weight)
    network = torch.nn.Sequential(torch.nn.Flatten(), layers[0], torch.nn.Tanh(), layers[1])
    own = list(network.parameters())

    def updated(rows):
        loss = torch.nn.functional.cross_entropy(network(images[rows]), labels[rows])
        first = [one.detach() for one in own], list(torch.autograd.grad(loss, own))
        return SimpleNamespace(changed=True, parameters=own, first=first)

    given = images[:64], labels[:64].numpy()
    assert probes["in_order"](updated(slice(64)), *given)
    assert not probes["in_order"](updated(slice(64, 128)), *given)
