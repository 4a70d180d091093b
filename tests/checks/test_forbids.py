"""Forbidden names: no spelling gets past, honest code does, and torch has no public way around the exams' lists."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import Evidence, Forbids, Observation
from autograder.checks.names import Reading, TooManyAliasesError

FORBIDS = Forbids(
    "built in", names=["torch.nn.RNN", "torch.nn.LSTM", "torch.lstm_cell", "torch._VF", "keras"]
)


def judge(source, check=FORBIDS):
    ast.parse(source)  # a source that does not parse never gets here
    return check.judge(Observation(evidence=Evidence(), inputs=Evidence(), source=source))


# Each builds or hides a name in its own way. The number is the line that the finding must name.
DODGES = [
    # the module under another name
    (2, "import torch\nnet = torch.nn.RNN(7, 8)"),
    (1, "from torch.nn.modules.rnn import RNN as Linear"),
    (2, "import torch.nn.modules.rnn as r\nnet = r.RNN(7, 8)"),
    (3, "import torch\nn = torch.nn\nnet = n.RNN(7, 8)"),
    (4, "import torch\nb = None\ndef f():\n    return b.RNN\na = torch.nn\nb = a"),
    (2, "import torch\nnet = torch.nn.functional.torch.lstm_cell(1)"),
    (1, "from torch.nn.functional import torch as t\nt.lstm_cell()"),
    (2, "import torchvision\ntorchvision.models.resnet.torch.lstm_cell()"),
    (1, "from torch.nn import *\nRNN(7, 8)"),
    (1, "from fastai.vision.all import *\nnn.RNN(7, 8)"),
    (2, "import torch\nclass A(torch.nn.LSTM):\n    pass"),
    (2, "import torch\n@torch.nn.RNN\ndef f():\n    pass"),
    (4, "import torch\ndef f():\n    m = torch.nn\n    return [m]"),
    (5, "import torch\nm = 1\ndef f():\n    global m; m = torch.nn\nm.RNN(7, 8)"),
    (6, "import torch\ndef f():\n    m = 1\n    def g():\n        nonlocal m; m = torch.nn\n    m.RNN()"),
    (1, "import keras"),
    # private ways
    (2, "import torch\ntorch._VF.lstm_cell()"),
    (1, "from torch import _VF as ordinary"),
    (2, "import torch\ntorch._C._VariableFunctions.lstm_cell()"),
    (2, "import torch\ntorch.nn.modules.rnn._VF.lstm()"),
    (2, "import random\nrandom._os.system('x')"),
    # modules passed on
    (2, "import torch\nt, one = torch, 1\nt.lstm_cell()"),
    (2, "import torch\nif (t := torch):\n    t.lstm_cell()"),
    (2, "import torch\ndef f(t=torch):\n    return t.lstm_cell()"),
    (2, "import torch\nfor t in [torch]:\n    t.lstm_cell()"),
    (2, "import torch\n[t.lstm_cell() for t in (torch,)]"),
    (2, "import torch\n[torch for torch in [torch]][0].lstm_cell()"),
    (4, "import torch\nclass A:\n    def __init__(self):\n        self.m = torch.nn"),
    (3, "import torch\nclass A:\n    m = torch.nn\nA.m.RNN"),
    (2, "class A:\n    import torch\nA.torch.lstm_cell()"),
    (3, "import torch\ndef f():\n    return torch\nf().lstm_cell()"),
    (2, "import torch\n(lambda: torch)().lstm_cell()"),
    (2, "import torch\nd = {'t': torch}\nd['t'].lstm_cell()"),
    (2, "import torch\nm = torch if 1 else 0\nm.lstm_cell()"),
    (2, "import torch\nmatch torch:\n    case object(lstm_cell=f):\n        f()"),
    (2, "import torch\nwith open('x') as f, torch as t:\n    t.lstm_cell()"),
    (2, "import torch\nm = [torch.nn.modules][0].RNN"),
    (2, "import torch\nm = (torch.nn.functional,)[0].torch.lstm_cell"),
    # names made at run time
    (2, "import torch\ngetattr(torch, 'lstm_cell')()"),
    (2, "import torch\ngetattr(getattr(torch, 'nn'), 'RNN')"),
    (2, "import torch\ngetattr(torch, 'lstm' + '_cell')()"),
    (2, "import torch\ng = getattr\ng(torch.nn, 'RN' + 'N')"),
    (1, "g = lambda o, n: getattr(o, n)"),
    (1, "m = getattr(len, '__se' + 'lf__')"),
    (1, "m = getattr(object, f'lstm{1}')"),
    (2, "import torch\nsetattr(torch.nn.Module, 'modules', lambda self: [])"),
    (2, "import torch\ntorch.nn.Module.modules = lambda self: []"),
    (2, "from operator import attrgetter\nattrgetter('nn.RNN')"),
    (2, "import operator\noperator.methodcaller('RNN', 7, 8)"),
    (2, "import torch\nvars(torch)['lstm_cell']()"),
    (2, "import torch\ntorch.__dict__['lstm_cell']()"),
    (1, "exec('import torch; torch.lstm_cell()')"),
    (1, "f = [eval][0]\nf('torch.lstm_cell()')"),
    (3, "if 0:\n    eval = None\neval('torch.lstm_cell()')"),
    (1, "compile('x', 'x', 'exec')"),
    (1, "__import__('torch').lstm_cell()"),
    (1, "import importlib\nimportlib.import_module('torch').lstm_cell()"),
    (1, "globals()['tor' + 'ch']"),
    (1, "locals()"),
    (1, "__builtins__['ev' + 'al']"),
    (2, "import sys\nsys.modules['torch'].lstm_cell()"),
    (2, "import os\nos.sys.modules['torch']"),
    (1, "from sys import modules as m"),
    (1, "import pickle\npickle.loads(b'')"),
    (1, "import marshal"),
    (1, "import ctypes"),
    (2, "A = object\nget_ipython() == A()"),
    (2, "str = lambda x: x.ex\nstr(get_ipython())('')"),
    (1, "get_ipython().ex('')"),
    (1, "shell = get_ipython()"),
    (1, "import inspect"),
    (1, "import submission"),
    (1, "from autograder.worker.main import load_code"),
    (1, "import autograder"),
    (2, "from autograder import check\ncheck.__globals__['sys']"),
    (2, "import numpy as np\nnp.load('weights.npy', None, True)"),
    (2, "import matplotlib.pyplot as plt\nplt.np.load('weights.npy', None, True)"),
    (1, "from numpy.f2py.crackfortran import myeval"),
    (2, "import functools\nf = functools.singledispatch(lambda x: x)\n@f.register\ndef _(x: 'torch.nn.RNN'): pass"),
    (2, "import pandas as pd\npd.DataFrame().query('@torch.lstm_cell()')"),
    (2, "import pandas as pd\npd.DataFrame().eval('@torch.lstm_cell()')"),
    (1, "object.__subclasses__()"),
    (1, "print.__self__"),
    (1, "f = (lambda: 0).__globals__"),
    (4, "try:\n    1 / 0\nexcept Exception as error:\n    error.__traceback__.tb_frame.f_globals"),
    (1, "type('', (), {}).__init__.__globals__"),
    (2, "import string\nstring.Formatter().get_field('0.__globals__', (print,), {})"),
    (2, "import os\nos.execv('/usr/bin/python3', [])"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "source"), DODGES, ids=[source for _, source in DODGES])
def test_no_spelling_gets_past(line, source):
    ruling = judge(source)
    assert not ruling.passed
    english, korean = ruling.message.en, ruling.message.ko
    assert f"line {line}" in english.lower(), english
    assert f"{line}번째 줄" in korean, korean


HONEST = '''
from __future__ import annotations

import math
import os
import sys
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import Callable, Optional

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from math import *
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset
from autograder import check
from tqdm import tqdm

print(torch.__version__, sys.version, os.path.join("a", "b"), torch.version.cuda)
sys.path.append(".")
torch.backends.cudnn.deterministic = True
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
ACTIVATIONS: dict[str, Callable] = {"tanh": torch.tanh, "relu": F.relu, "sigmoid": torch.sigmoid}
optimizers = {"adam": torch.optim.Adam, "sgd": optim.SGD}
vocabulary = {c: i for i, c in enumerate("hi?")}
t = torch.arange(3, dtype=torch.float32)


@dataclass
class Settings:
    lr: float = 0.1
    act: str = "tanh"


class Cell(nn.Module):
    """Uses no RNN and no torch.nn.LSTM."""

    def __init__(self, hidden: int = 8, act=torch.tanh) -> None:
        super().__init__()
        self.lstm = nn.Linear(7, hidden)
        self.rnn_cell = nn.ModuleList([nn.Linear(7, 8)])
        self._h = None
        self.act = act
        for i in range(2):
            setattr(self, f"layer{i}", nn.Linear(8, 8))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.named_parameters()]

    @torch.no_grad()
    def forward(self, x: torch.Tensor, h: Optional[torch.Tensor] = None) -> torch.Tensor:
        for i in range(2):
            x = getattr(self, f"layer{i}")(x) + getattr(self, "layer%d" % i)(x)
        x = getattr(self, "lstm")(x)
        if isinstance(x, torch.Tensor) and hasattr(self, "act"):
            x = self.act(x)
        return super().forward(x) if h is None else self.lstm(x)

    def __call__(self, x):
        return super().__call__(x)

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}({type(self).__name__}, {self.training=}, {math.pi:.2f})"


def train(model: nn.Module, vars, epochs: int = 3, plot=plt, loss_fn: Callable = F.cross_entropy):
    seen = locals_ = []
    model.eval()
    model.train()
    with torch.no_grad():
        for t in tqdm(range(epochs)):
            seen.append(t)
            seen.append(vars[t])
    a, (b, *c) = 1, (2, 3)
    if (n := len(seen)) > 1:
        print(f"epoch {n:>3} {model.__class__.__name__}", sqrt(n))
    model.apply(lambda m: nn.init.zeros_(m.weight) if isinstance(m, nn.Linear) else None)
    print(*[p.numel() for m in model.modules() for p in m.parameters()], sum(map(len, [seen])))
    plot.plot([1, 2])
    try:
        model(torch.zeros(1))
    except (ValueError, RuntimeError) as error:
        print(error, error.args, type(error).__name__)
    state = {k: v.clone() for k, v in model.state_dict().items()}
    table = pd.DataFrame({"x": [1]})
    return state, a, b, c, locals_, table, Settings().lr


if __name__ == "__main__":
    net = nn.Sequential(OrderedDict([("lstm", nn.Linear(7, 8)), ("act", nn.Tanh())]))
    print(net.lstm.weight.shape, Cell().lstm, Cell.__name__, Cell.__doc__, net[0], dir(net))
    loader = DataLoader(TensorDataset(torch.eye(7)), batch_size=2, shuffle=True)
    check("rnn", question="q1_hihello")
in_colab = 'google.colab' in str(get_ipython())
if get_ipython() is not None:
    print(get_ipython())
'''


def test_honest_code_is_allowed():
    ruling = judge(HONEST)
    assert ruling.passed, ruling.message.en


# -- names, whatever the source ---------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "c", "torch"])
VALUES = st.one_of(WORDS, WORDS.map(lambda word: f"{word}.nn"), st.just("1"))


@given(st.lists(st.tuples(st.sampled_from("abc"), VALUES), max_size=8), st.booleans())
def test_an_alias_is_known_by_whatever_it_stood_for(assignments, inside):
    """Run the assignments for real: what each name is in the end, the reading says that it may be."""
    source = "\n".join(["import torch", *(f"{name} = {value}" for name, value in assignments)])
    stands: dict[str, str] = {"torch": "torch"}
    for name, value in assignments:
        base, dot, rest = value.partition(".")
        stands[name] = stands[base] + dot + rest if base in stands else ""
    if inside:
        source = "def f():\n" + "\n".join(f"    {line}" for line in source.splitlines())
    try:
        reading = Reading(source)
    except TooManyAliasesError:
        return  # refused as a whole
    scope = next((place.scope for place in reading.places if place.scope.kind == "function"), reading.module)
    for name, path in stands.items():
        if path.startswith("torch") and name != "torch":
            assert path in scope.resolve(name), source


@given(st.recursive(st.just("torch"), lambda inner: st.one_of(
    inner.map("({})".format), inner.map("[{}][0]".format), inner.map("(lambda: {})()".format),
    inner.map("(1 and {})".format), inner.map("({0} if 1 else 0)".format), inner.map("{{0: {}}}[0]".format),
    inner.map("next(iter(({},)))".format), inner.map("(x := {})".format),
), max_leaves=6))  # fmt: skip
def test_however_a_module_is_wrapped_its_forbidden_names_are_out_of_reach(expression):
    assert not judge(f"import torch\nf = {expression}.lstm_cell").passed


def test_a_source_made_to_take_long_is_refused_quickly():
    chain = "import torch\n" + "\n".join(f"a{i} = a{i + 1}" for i in range(5_000)) + "\na5000 = torch\n"
    ruling = judge(chain)
    assert not ruling.passed
    assert "original names" in ruling.message.en
    assert not judge("import torch\n" + "a = torch\n" + "a = a.nn\n").passed
