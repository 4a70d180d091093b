"""Small assignments of our own for tests of importing: the cells of nbgrader, as text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

BOTH = "### BEGIN SOLUTION\n{}\n### END SOLUTION"


@dataclass
class Notebook:
    """Collects nbgrader's cells."""

    cells: list[dict] = field(default_factory=list)

    def add(self, kind, source, about=None, **more):
        metadata = {"nbgrader": {"schema_version": 3, **about}} if about else {}
        extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
        self.cells.append(
            {
                "cell_type": kind,
                "id": f"c{len(self.cells)}",
                "metadata": metadata,
                "source": source,
                **extra,
                **more,
            }
        )

    def words(self, source, **more):
        self.add("markdown", source, **more)

    def plain(self, source):
        self.add("code", source)

    def given(self, name, source):
        self.add(
            "code",
            source,
            {"grade": False, "grade_id": name, "locked": True, "solution": False, "task": False},
        )

    def answer(self, name, source):
        self.add(
            "code",
            source,
            {"grade": False, "grade_id": name, "locked": False, "solution": True, "task": False},
        )

    def test(self, name, points, source):
        about = {
            "grade": True,
            "grade_id": name,
            "locked": True,
            "solution": False,
            "task": False,
            "points": points,
        }
        self.add("code", source, about)

    def essay(self, name, points, source, kind="markdown"):
        about = {
            "grade": True,
            "grade_id": name,
            "locked": False,
            "solution": True,
            "task": False,
            "points": points,
        }
        self.add(kind, source, about)

    def task(self, name, points, source):
        about = {
            "grade": False,
            "grade_id": name,
            "locked": True,
            "solution": False,
            "task": True,
            "points": points,
        }
        self.add("markdown", source, about)

    def write(self, path: Path, language="python"):
        kernel = {
            "display_name": "Python 3",
            "language": language,
            "name": "python3" if language == "python" else "ir",
        }
        metadata = {"kernelspec": kernel, "language_info": {"name": language}}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({"cells": self.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
        )
        return path


def solution(stub: str, text: str) -> str:
    """Return a solution cell: a line, then the solution between markers."""
    indent = text[: len(text) - len(text.lstrip())]
    return f"{stub}\n{indent}### BEGIN SOLUTION\n{text}\n{indent}### END SOLUTION".lstrip("\n")


def numpy_notebook() -> Notebook:
    """Twelve test cells on numpy, of the forms that courses use."""
    made = Notebook()
    made.words("# Arrays\n\nSome exercises.")
    made.given(
        "imports", "import numpy as np\nfrom numpy.testing import assert_allclose, assert_almost_equal"
    )
    made.words("## Rectifier\n\nWrite `relu`.")
    made.answer("relu", solution("def relu(x):", "    return np.maximum(x, 0)"))
    made.test(
        "test-relu",
        2,
        "x = np.array([-1.5, 0.25, 2.75])\nexpected = np.array([0.0, 0.25, 2.75])\n"
        "assert np.allclose(relu(x), expected), 'relu is wrong'\n"
        "### BEGIN HIDDEN TESTS\nassert np.allclose(relu(np.array([-0.5, 3.5])), [0, 3.5])\n### END HIDDEN TESTS",
    )
    made.answer("softmax", solution("def softmax(z):", "    e = np.exp(z - z.max())\n    return e / e.sum()"))
    made.test(
        "test-softmax",
        3,
        "z = np.array([1.5, 2.5, 3.0])\np = softmax(z)\nassert isinstance(p, np.ndarray)\nassert p.shape == (3,)\n"
        "assert abs(p.sum() - 1) < 1e-9\nassert_allclose(p, [0.12195165, 0.33149896, 0.54654939], rtol=1e-5)",
    )
    made.answer("mean", solution("def mean(values):", "    return sum(values) / len(values)"))
    made.test(
        "test-mean",
        1,
        "assert mean([1, 2, 3]) == 2\nassert_almost_equal(mean([1.5, 2.25]), 1.875, decimal=6)\n"
        "for values, right in [([1.0], 1.0), ([1.5, 2.5], 2.0)]:\n    assert mean(values) == right",
    )
    made.answer("count", solution("", "counts = {'a': 2, 'b': 3}\nnames = ['a', 'b']"))
    made.test(
        "test-count",
        1,
        "assert counts == {'a': 2, 'b': 3}\nassert len(names) == 2\nassert 'a' in names and 'c' not in counts",
    )
    made.answer(
        "root",
        solution("def root(x):", "    if x < 0:\n        raise ValueError('negative')\n    return x ** 0.5"),
    )
    made.test(
        "test-root",
        2,
        "assert root(4) == 2.0\ntry:\n    root(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no error')",
    )
    made.answer("normalize", solution("def normalize(a):", "    return (a - a.mean(0)) / a.std(0)"))
    made.test(
        "test-normalize",
        2,
        "rng = np.random.RandomState(3)\na = rng.normal(2, 3, (20, 4))\nb = normalize(a)\n"
        "reference = (a - a.mean(axis=0)) / a.std(axis=0)\nassert b.dtype == np.float64\n"
        "assert np.max(np.abs(b - reference)) < 1e-8\nassert np.all(np.abs(b.mean(0)) < 1e-8)",
    )
    made.answer("state", solution("", "step = 1"))
    made.test("test-state", 1, "assert step == 1\nbase = step + 1")
    made.answer("onward", solution("def onward():", "    return base * 10"))
    made.test("test-onward", 1, "assert onward() == 20")
    made.given(
        "helper",
        "def same(a, b):\n    return np.allclose(a, b, atol=1e-6)\n\ndef check(f, x, y):\n    out = f(x)\n    assert out.shape == y.shape, 'shape'\n    assert same(out, y)",
    )
    made.answer("double", solution("def double(x):", "    return 2 * x"))
    made.test(
        "test-double",
        2,
        "check(double, np.array([1.25, 2.5]), np.array([2.5, 5.0]))\nassert same(double(np.ones(2)), 2 * np.ones(2))",
    )
    made.answer("rows", solution("def rows(m):", "    return [tuple(r) for r in m.tolist()]"))
    made.test(
        "test-rows",
        1,
        "out = rows(np.eye(2))\nassert type(out) is list\nassert all(isinstance(r, tuple) for r in out)\nassert out[0] == (1.0, 0.0)",
    )
    made.answer("inplace", solution("def fill(a):", "    a[:] = 7"))
    made.test(
        "test-fill",
        1,
        "a = np.zeros(3)\nfill(a)\nnp.testing.assert_array_equal(a, [7, 7, 7])\nassert (a == 7).all()",
    )
    made.answer("random", solution("def noise(n):", "    return np.random.randn(n)"))
    made.test(
        "test-noise",
        1,
        "r = noise(500)\nassert len(r) == 500\nassert 0.8 < r.std() < 1.2\nassert r.min() < 0 < r.max()",
    )
    made.essay(
        "why",
        4,
        "=== BEGIN MARK SCHEME ===\n2 points for the idea\n=== END MARK SCHEME ===\nBecause it is so.",
    )
    return made


def torch_notebook() -> Notebook:
    """Twelve test cells on torch."""
    made = Notebook()
    made.words("# Networks in torch")
    made.given(
        "imports",
        "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\ntorch.manual_seed(0)",
    )
    made.answer("linear", solution("def linear(x, w, b):", "    return x @ w.T + b"))
    made.test(
        "t-linear",
        2,
        "torch.manual_seed(1)\nx, w, b = torch.randn(4, 3), torch.randn(2, 3), torch.randn(2)\n"
        "out = linear(x, w, b)\nassert torch.allclose(out, F.linear(x, w, b), atol=1e-6), 'values'\n"
        "assert out.shape == torch.Size([4, 2])\nassert out.dtype == torch.float32",
    )
    made.answer(
        "loss",
        solution(
            "def cross_entropy(z, y):",
            "    return -(z - z.logsumexp(1, keepdim=True))[torch.arange(len(y)), y].mean()",
        ),
    )
    made.test(
        "t-loss",
        2,
        "z = torch.tensor([[1.5, 2.5, 0.5], [0.25, 1.0, 2.0]])\ny = torch.tensor([1, 2])\n"
        "torch.testing.assert_close(cross_entropy(z, y), F.cross_entropy(z, y))\n"
        "assert abs(cross_entropy(z, y).item() - 0.4202) < 1e-3\nassert cross_entropy(z, y).dim() == 0",
    )
    made.answer(
        "net",
        solution(
            "class Net(nn.Module):",
            "    def __init__(self):\n        super().__init__()\n        self.fc1 = nn.Linear(4, 8)\n        self.fc2 = nn.Linear(8, 3)\n\n    def forward(self, x):\n        return self.fc2(torch.relu(self.fc1(x)))",
        ),
    )
    made.test(
        "t-net",
        3,
        "net = Net()\nassert isinstance(net, nn.Module)\nassert hasattr(net, 'fc1') and isinstance(net.fc1, nn.Linear)\n"
        "assert net(torch.zeros(5, 4)).shape == (5, 3)\nassert sum(p.numel() for p in net.parameters()) == 67\n"
        "assert len(list(net.children())) == 2",
    )
    made.answer(
        "gradient",
        solution(
            "def gradient(w, x):",
            "    w = w.clone().requires_grad_(True)\n    ((w * x) ** 2).sum().backward()\n    return w.grad",
        ),
    )
    made.test(
        "t-gradient",
        2,
        "w, x = torch.tensor([1.5, -2.5]), torch.tensor([0.5, 3.5])\ng = gradient(w, x)\nassert g is not None\n"
        "assert torch.equal(g, 2 * w * x * x)\nassert not g.requires_grad",
    )
    made.answer("step", solution("def step(w, g, lr=0.1):", "    return w - lr * g"))
    made.test(
        "t-step",
        1,
        "for lr in [0.1, 0.5]:\n    w, g = torch.ones(3), torch.full((3,), 2.5)\n    expected = w - lr * g\n"
        "    assert torch.allclose(step(w, g, lr), expected)\nassert (step(torch.zeros(2), torch.ones(2)) < 0).all()",
    )
    made.answer("one_hot", solution("def one_hot(y, n):", "    return torch.eye(n)[y]"))
    made.test(
        "t-onehot",
        1,
        "h = one_hot(torch.tensor([0, 2]), 3)\nassert h.tolist() == [[1, 0, 0], [0, 0, 1]]\nassert torch.all(h.sum(dim=1) == 1)",
    )
    made.answer("softmax", solution("def softmax(z):", "    return torch.softmax(z, -1)"))
    made.test(
        "t-softmax",
        1,
        "z = torch.tensor([0.5, 1.5, 2.25])\np = softmax(z)\nassert torch.isclose(p.sum(), torch.tensor(1.0))\n"
        "assert (p >= 0).all() and (p <= 1).all()\nassert p.argmax().item() == 2\n"
        "assert torch.max(torch.abs(p - torch.softmax(z, 0))) < 1e-6",
    )
    made.answer(
        "device",
        solution(
            "",
            "device = torch.device('cpu')\nmodel = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1)).to(device)",
        ),
    )
    made.test(
        "t-model",
        2,
        "assert type(model) == nn.Sequential\nassert model[0].in_features == 2 and model[0].out_features == 4\n"
        "assert isinstance(model[1], (nn.ReLU, nn.LeakyReLU))\nassert next(model.parameters()).device.type == 'cpu'",
    )
    made.answer(
        "train",
        solution(
            "",
            "torch.manual_seed(0)\nX = torch.linspace(-1, 1, 20)[:, None]\nY = 2 * X + 1\nline = nn.Linear(1, 1)\noptimizer = torch.optim.SGD(line.parameters(), lr=0.1)\nlosses = []\nfor _ in range(200):\n    optimizer.zero_grad()\n    loss = F.mse_loss(line(X), Y)\n    loss.backward()\n    optimizer.step()\n    losses.append(loss.item())",
        ),
    )
    made.test(
        "t-train",
        3,
        "assert len(losses) == 200\nassert losses[-1] < 1e-3\nassert losses[-1] < losses[0]\n"
        "assert abs(line.weight.item() - 2) < 0.05 and abs(line.bias.item() - 1) < 0.05\n"
        "assert isinstance(optimizer, torch.optim.Optimizer)",
    )
    made.answer(
        "accuracy", solution("def accuracy(z, y):", "    return (z.argmax(1) == y).float().mean().item()")
    )
    made.test(
        "t-accuracy",
        1,
        "cases = [\n    {'name': 'all', 'z': [[0.5, 1.5], [2.5, 0.5]], 'y': [1, 0], 'expected': 1.0},\n"
        "    {'name': 'half', 'z': [[0.5, 1.5], [2.5, 0.5]], 'y': [1, 1], 'expected': 0.5},\n]\n"
        "for case in cases:\n    got = accuracy(torch.tensor(case['z']), torch.tensor(case['y']))\n"
        "    assert abs(got - case['expected']) < 1e-6, case['name']",
    )
    made.answer(
        "check",
        solution(
            "def check_shape(x):",
            "    if x.dim() != 2:\n        raise ValueError('two dimensions')\n    return tuple(x.shape)",
        ),
    )
    made.test(
        "t-raises",
        1,
        "import pytest\nassert check_shape(torch.zeros(2, 3)) == (2, 3)\nwith pytest.raises(ValueError):\n    check_shape(torch.zeros(2))",
    )
    made.given(
        "compare",
        "def compare(name, ours, theirs):\n    close = torch.allclose(ours, theirs, atol=1e-5)\n    print(name, close)\n    assert close, name",
    )
    made.answer(
        "norm",
        solution(
            "def layer_norm(x):",
            "    return (x - x.mean(-1, keepdim=True)) / x.std(-1, unbiased=False, keepdim=True)",
        ),
    )
    made.test(
        "t-norm",
        2,
        "torch.manual_seed(4)\nx = torch.randn(3, 5)\ncompare('norm', layer_norm(x), (x - x.mean(-1, keepdim=True)) / x.var(-1, unbiased=False, keepdim=True).sqrt())\nassert layer_norm(x).mean().abs() < 1e-5",
    )
    return made


def keras_notebook() -> Notebook:
    """Twelve test cells on TensorFlow and Keras."""
    made = Notebook()
    made.words("# Networks in Keras")
    made.given(
        "imports",
        "import numpy as np\nimport tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers",
    )
    made.answer("relu", solution("def relu(x):", "    return tf.maximum(x, 0.0)"))
    made.test(
        "k-relu",
        1,
        "x = tf.constant([-1.5, 0.5, 2.5])\nassert np.allclose(relu(x).numpy(), [0, 0.5, 2.5])\nassert relu(x).dtype == tf.float32",
    )
    made.answer("dense", solution("def dense(x, w, b):", "    return tf.matmul(x, w) + b"))
    made.test(
        "k-dense",
        2,
        "tf.random.set_seed(2)\nx, w, b = tf.random.normal((4, 3)), tf.random.normal((3, 2)), tf.random.normal((2,))\nexpected = x @ w + b\ntf.debugging.assert_near(dense(x, w, b), expected)\nassert dense(x, w, b).shape == (4, 2)",
    )
    made.answer(
        "model",
        solution(
            "def build():",
            "    return keras.Sequential([keras.Input((4,)), layers.Dense(8, activation='relu'), layers.Dense(3, activation='softmax')])",
        ),
    )
    made.test(
        "k-model",
        3,
        "model = build()\nassert isinstance(model, keras.Model)\nassert len(model.layers) == 2\nassert model.layers[0].units == 8\nassert model.count_params() == 67\nassert model.output_shape == (None, 3)",
    )
    made.test(
        "k-activation",
        1,
        "assert model.layers[-1].activation.__name__ == 'softmax'\nassert model.layers[0].activation == keras.activations.relu",
    )
    made.answer("loss", solution("def mse(y, p):", "    return tf.reduce_mean(tf.square(y - p))"))
    made.test(
        "k-loss",
        1,
        "y, p = tf.constant([1.5, 2.5]), tf.constant([1.0, 3.5])\nassert abs(float(mse(y, p)) - 0.625) < 1e-6\nassert tf.reduce_all(tf.abs(mse(y, p) - 0.625) < 1e-6)",
    )
    made.answer(
        "gradient",
        solution(
            "def gradient(x):",
            "    with tf.GradientTape() as tape:\n        tape.watch(x)\n        y = x ** 3\n    return tape.gradient(y, x)",
        ),
    )
    made.test(
        "k-gradient",
        2,
        "x = tf.constant([1.5, 2.0])\nnp.testing.assert_allclose(gradient(x), 3 * x.numpy() ** 2, rtol=1e-6)",
    )
    made.answer(
        "compiled",
        solution(
            "",
            "net = keras.Sequential([keras.Input((1,)), layers.Dense(1)])\nnet.compile(optimizer=keras.optimizers.SGD(0.1), loss='mse')",
        ),
    )
    made.test(
        "k-compiled",
        1,
        "assert net.optimizer.__class__.__name__ == 'SGD'\nassert np.isclose(float(net.optimizer.learning_rate), 0.1)\nassert net.loss == 'mse'",
    )
    made.answer(
        "fit",
        solution(
            "",
            "keras.utils.set_random_seed(1)\nX = np.linspace(-1, 1, 32).astype('float32')[:, None]\nhistory = net.fit(X, 2 * X, epochs=3, verbose=0)",
        ),
    )
    made.test(
        "k-fit",
        2,
        "assert 'loss' in history.history\nassert len(history.history['loss']) == 3\nassert history.history['loss'][-1] < history.history['loss'][0]",
    )
    made.answer("onehot", solution("def one_hot(y, n):", "    return keras.utils.to_categorical(y, n)"))
    made.test(
        "k-onehot",
        1,
        "h = one_hot([0, 2], 3)\nassert h.shape == (2, 3)\nassert (h == np.array([[1, 0, 0], [0, 0, 1]])).all()\nassert type(h) is np.ndarray",
    )
    made.answer(
        "layer",
        solution(
            "class Scale(layers.Layer):",
            "    def build(self, shape):\n        self.a = self.add_weight(shape=(), initializer='ones', name='a')\n\n    def call(self, x):\n        return self.a * x",
        ),
    )
    made.test(
        "k-layer",
        2,
        "layer = Scale()\nout = layer(tf.ones((2, 2)))\nassert isinstance(layer, layers.Layer)\nassert np.array_equal(out.numpy(), np.ones((2, 2)))\nassert len(layer.trainable_weights) == 1",
    )
    made.answer("conv", solution("def conv_size(n, k, s):", "    return (n - k) // s + 1"))
    made.test(
        "k-conv",
        1,
        "for (n, k, s), size in {(28, 5, 1): 24, (28, 4, 2): 13}.items():\n    assert conv_size(n, k, s) == size\nassert isinstance(conv_size(7, 3, 2), int)",
    )
    made.answer("norm", solution("def scaled(images):", "    return images.astype('float32') / 255.0"))
    made.test(
        "k-scaled",
        1,
        "images = np.arange(0, 256, 5, dtype='uint8').reshape(4, 13)\ns = scaled(images)\nassert s.dtype == 'float32'\nassert s.min() >= 0 and s.max() <= 1\nassert 0.4 < s.mean() < 0.6",
    )
    return made


def otter_folder(folder: Path) -> Path:
    """Write an assigned notebook of otter's, with the students' version beside it; return its path."""
    tests = {
        "q1": (
            'OK_FORMAT = True\n\ntest = {"name": "q1", "points": 2, "suites": [{"cases": [\n'
            '{"code": r"""\n>>> square(3)\n9\n""", "hidden": False, "locked": False},\n'
            '{"code": r"""\n>>> bool(np.isclose(square(1.5), 2.25))\nTrue\n""", "hidden": True, "locked": False},\n'
            '], "scored": True, "setup": "", "teardown": "", "type": "doctest"}]}\n'
        ),
        "q2": (
            'OK_FORMAT = True\n\ntest = {"name": "q2", "points": [1, 3], "suites": [{"cases": [\n'
            '{"code": r"""\n>>> x = np.array([1.5, 2.5, 4.0])\n>>> centred(x).shape\n(3,)\n>>> bool(abs(centred(x).sum()) < 1e-9)\nTrue\n""", "hidden": False},\n'
            '{"code": r"""\n>>> assert np.allclose(centred(np.array([1.0, 3.0])), [-1, 1])\n""", "hidden": True},\n'
            '], "scored": True, "setup": "", "teardown": "", "type": "doctest"}]}\n'
        ),
        "q3": (
            "from otter.test_files import test_case\n\nOK_FORMAT = False\n\nname = 'q3'\npoints = 4\n\n"
            "@test_case(points=1, hidden=False)\ndef test_type(table):\n    assert isinstance(table, dict), 'a dictionary'\n\n"
            "@test_case(points=3, hidden=True)\ndef test_values(env, np):\n    assert env['table']['b'] == 2\n"
            "    np.testing.assert_array_equal(list(env['table'].values()), [1, 2])\n"
        ),
        "q4": (
            'OK_FORMAT = True\n\ntest = {"name": "q4", "points": None, "all_or_nothing": True, "suites": [{"cases": [\n'
            '{"code": r"""\n>>> greeting\n\'hello\'\n""", "hidden": False},\n'
            '{"code": r"""\n>>> print(len(greeting))\n5\n""", "hidden": False},\n'
            '], "scored": True, "setup": "", "teardown": "", "type": "doctest"}]}\n'
        ),
    }
    answers = {
        "q1": ("def square(x):\n    return x * x", "def square(x):\n    ..."),
        "q2": ("def centred(x):\n    return x - x.mean()", "def centred(x):\n    ..."),
        "q3": ("table = {'a': 1, 'b': 2}", "table = ..."),
        "q4": ("greeting = 'hello'", "greeting = ..."),
    }
    for version, which in (("autograder", 0), ("student", 1)):
        made = Notebook()
        made.plain('import otter\ngrader = otter.Notebook("sheet.ipynb")')
        made.words("# A sheet")
        made.plain("import numpy as np")
        for name, texts in answers.items():
            made.words(f"**Question {name}**")
            made.plain(texts[which])
            made.plain(f'grader.check("{name}")')
        path = made.write(folder / version / "sheet.ipynb")
        for name, text in tests.items():
            (path.parent / "tests").mkdir(exist_ok=True)
            (path.parent / "tests" / f"{name}.py").write_text(text)
    return folder / "autograder"


def otter_master(folder: Path) -> Path:
    """Write a master notebook of otter's with twelve questions in the OK format; return its path."""
    questions = [  # name, points, the solution, and for each case its code, its output, and whether it is hidden
        ("q1", 2, "def square(x):\n    return x * x # SOLUTION", [("square(3)", "9", 0), ("bool(np.isclose(square(1.5), 2.25))", "True", 1)]),
        ("q2", 4, "def centred(x):\n    return x - x.mean() # SOLUTION", [
            ("x = np.array([1.5, 2.5, 4.0])\ncentred(x).shape", "(3,)", 0),
            ("assert np.allclose(centred(np.array([1.0, 3.0])), [-1, 1])", "", 1),
        ]),
        ("q3", 1, "table = {'a': 1, 'b': 2} # SOLUTION", [("isinstance(table, dict)", "True", 0), ("table['b']", "2", 1)]),
        ("q4", 1, "greeting = 'hello' # SOLUTION", [("greeting", "'hello'", 0), ("print(len(greeting))", "5", 0)]),
        ("q5", 3, "def mean(values):\n    return sum(values) / len(values) # SOLUTION", [
            ("mean([1, 2, 3])", "2.0", 0), ("for v, m in [([1.0], 1.0), ([1.5, 2.5], 2.0)]:\n    assert mean(v) == m", "", 1),
        ]),
        ("q6", 2, "def relu(x):\n    return np.maximum(x, 0) # SOLUTION", [
            ("relu(np.array([-1, 2])).tolist()", "[0, 2]", 0), ("bool((relu(np.linspace(-1, 1, 9)) >= 0).all())", "True", 1),
        ]),
        ("q7", 2, "words = ['one', 'two', 'three'] # SOLUTION", [("len(words)", "3", 0), ("'two' in words", "True", 1)]),
        ("q8", 2, "def root(x):\n    # BEGIN SOLUTION\n    if x < 0:\n        raise ValueError('negative')\n    return x ** 0.5\n    # END SOLUTION", [
            ("root(4)", "2.0", 0), ("try:\n    root(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no error')", "", 1),
        ]),
        ("q9", 3, "def softmax(z):\n    # BEGIN SOLUTION\n    e = np.exp(z - z.max())\n    return e / e.sum()\n    # END SOLUTION", [
            ("bool(abs(softmax(np.array([1.5, 2.5])).sum() - 1) < 1e-9)", "True", 0),
            ("softmax(np.array([1.5, 2.5, 3.0])).round(4).tolist()", "[0.122, 0.3315, 0.5465]", 1),
        ]),
        ("q10", 1, "def rows(m):\n    return [tuple(r) for r in m.tolist()] # SOLUTION", [("rows(np.eye(2))[0]", "(1.0, 0.0)", 0)]),
        ("q11", 1, "def fill(a):\n    a[:] = 7 # SOLUTION", [("a = np.zeros(3)\nfill(a)\nbool(a.sum() == 21)", "True", 0)]),
        ("q12", 2, "total = float(np.arange(5).sum()) # SOLUTION", [("total", "10.0", 0), ("assert isinstance(total, float)", "", 1)]),
    ]  # fmt: skip
    made = Notebook()
    made.add("raw", "# ASSIGNMENT CONFIG\nsolutions_pdf: false\nexport_cell: false\ntests:\n    files: true")
    made.plain("import numpy as np")
    for name, worth, code, cases in questions:
        made.add("raw", f"# BEGIN QUESTION\nname: {name}\npoints: {worth}")
        made.words(f"**Question {name}**")
        made.add("raw", "# BEGIN SOLUTION")
        made.plain(code)
        made.add("raw", "# END SOLUTION")
        made.add("raw", "# BEGIN TESTS")
        for test, output, hidden in cases:
            shown = {
                "output_type": "execute_result",
                "metadata": {},
                "execution_count": 1,
                "data": {"text/plain": output},
            }
            if test.startswith("print"):
                shown = {"output_type": "stream", "name": "stdout", "text": f"{output}\n"}
            made.add("code", f"# HIDDEN\n{test}" if hidden else test, outputs=[shown] if output else [])
        made.add("raw", "# END TESTS")
        made.add("raw", "# END QUESTION")
    return made.write(folder / "sheet.ipynb")


def pytest_folder(folder: Path) -> Path:
    """Write tests in CS336's manner: adapters, a fixture, parameters and a snapshot; return the folder."""
    import numpy as np

    tests = folder / "tests"
    (tests / "_snapshots").mkdir(parents=True)
    (tests / "adapters.py").write_text(
        "import numpy as np\n\n\ndef run_softmax(x, dim):\n    e = np.exp(x - x.max(axis=dim, keepdims=True))\n"
        "    return e / e.sum(axis=dim, keepdims=True)\n\n\ndef run_silu(x):\n    return x / (1 + np.exp(-x))\n\n\n"
        "def get_lr(step, warmup):\n    if warmup <= 0:\n        raise ValueError(warmup)\n    return min(1.0, step / warmup)\n\n\n"
        "def save(path, value):\n    path.write_text(repr(value))\n"
    )
    (tests / "conftest.py").write_text(
        "from pathlib import Path\n\nimport numpy as np\nimport pytest\n\n\nclass NumpySnapshot:\n    def __init__(self, name):\n"
        "        self.path = Path(__file__).parent / '_snapshots' / f'{name}.npz'\n\n"
        "    def assert_match(self, actual, rtol=1e-4, atol=1e-2):\n"
        "        np.testing.assert_allclose(actual, np.load(self.path)['array'], rtol=rtol, atol=atol)\n\n\n"
        "@pytest.fixture\ndef numpy_snapshot(request):\n    return NumpySnapshot(request.node.name)\n\n\n"
        "@pytest.fixture\ndef embeddings(request):\n    return np.random.default_rng(4).normal(size=(3, 5))\n"
    )
    (tests / "common.py").write_text("WARMUP = 4\n")
    (tests / "test_nn.py").write_text(
        "import numpy as np\nimport pytest\n\nfrom .adapters import get_lr, run_silu, run_softmax, save\nfrom .common import WARMUP\n\n\n"
        "def test_softmax(numpy_snapshot, embeddings):\n    numpy_snapshot.assert_match(run_softmax(embeddings, dim=-1), rtol=1e-6, atol=1e-8)\n\n\n"
        "def test_silu():\n    x = np.array([-1.5, 0.5, 2.25])\n    expected = x * (1 / (1 + np.exp(-x)))\n"
        "    np.testing.assert_allclose(run_silu(x), expected, atol=1e-6)\n\n\n"
        "@pytest.mark.parametrize('step, warmup, right', [(1, 4, 0.25), (5, 4, 1.0)])\ndef test_lr(step, warmup, right):\n"
        "    assert get_lr(step, warmup) == pytest.approx(right)\n\n\ndef test_lr_raises():\n    with pytest.raises(ValueError):\n        get_lr(1, 0)\n\n\n"
        "def test_saves(tmp_path):\n    save(tmp_path / 'x', [1, 2])\n    assert (tmp_path / 'x').read_text() == '[1, 2]'\n\n\n"
        "def test_warmup():\n    assert get_lr(1, WARMUP) == 0.25\n\n\n"
        "def test_shape(embeddings):\n    out = run_softmax(embeddings, dim=0)\n    assert out.shape == embeddings.shape\n    assert np.allclose(out.sum(0), 1)\n\n\n"
        "def test_positive(embeddings):\n    assert (run_softmax(embeddings, dim=-1) > 0).all()\n\n\n"
        "def test_shift(embeddings):\n    assert np.allclose(run_softmax(embeddings + 100, dim=-1), run_softmax(embeddings, dim=-1))\n\n\n"
        "def test_odd():\n    x = np.linspace(0.5, 3, 6)\n    np.testing.assert_allclose(run_silu(x) - run_silu(-x), x, rtol=1e-6)\n\n\n"
        "def test_zero():\n    assert run_silu(np.zeros(3)).tolist() == [0, 0, 0]\n\n\n"
        "def test_capped():\n    assert all(get_lr(step, 4) <= 1 for step in range(10))\n\n\n"
        "@pytest.mark.skip(reason='slow')\ndef test_slow():\n    assert run_silu(np.zeros(1))[0] == 0\n"
    )
    x = np.random.default_rng(4).normal(size=(3, 5))
    e = np.exp(x)
    np.savez(tests / "_snapshots" / "test_softmax.npz", array=e / e.sum(axis=-1, keepdims=True))
    return folder
