"""Mutants: which slips are made of a program, and that nothing else of it changes."""

from __future__ import annotations

import pytest

from autograder.course.mutation import mutants

SLIPS = [
    ("optimizer.zero_grad()", ["pass"]),
    ("optimizer.step()", ["pass"]),
    ("loss.backward()", ["pass"]),
    ("net.eval()", ["pass"]),
    ("net.train()", ["pass"]),
    ("train(net, X, y)", []),  # a function of the student's own
    ("y = net(x).detach()", ["y = net(x)"]),
    ("y = w.clone()", ["y = w"]),
    ("z = v / (std + eps)", ["z = v / (std)"]),
    ("z = torch.sqrt(v + 1e-8)", ["z = torch.sqrt(v)"]),
    ("z = v + 1e3", []),
    ("z = x @ w + b", ["z = x @ w"]),
    ("z = bias + x @ w", ["z = x @ w"]),
    ("z = x.mean()", ["z = x.sum()"]),
    ("z = np.sum(x)", ["z = np.mean(x)"]),
    ("z = sum(x)", []),
    ('z = F.mse_loss(y, t, reduction="sum")', ['z = F.mse_loss(y, t, reduction="mean")']),
    ("z = x.max(dim=1)", ["z = x.max(dim=0)"]),
    ("z = x.max(dim=-1)", ["z = x.max(dim=0)"]),
    ("z = np.max(x, axis=0)", ["z = np.max(x, axis=1)"]),
    ("z = x.argmax(1)", ["z = x.argmax(0)"]),
    ("z = (a + c).T @ d", ["z = (a + c) @ d"]),
    ("z = q @ k.transpose(-2, -1)", ["z = q @ k"]),
    ("z = np.transpose(k)", ["z = k"]),
    ("z = range(n)", ["z = range(n + 1)", "z = range(n - 1)"]),
    ("z = range(a + c)", ["z = range((a + c) + 1)", "z = range((a + c) - 1)"]),
    ("z = range(1, 5)", ["z = range(0, 5)", "z = range(1, 4)", "z = range(1, 6)", "z = range(2, 5)"]),
    ("z = x[:-1]", ["z = x[:-2]", "z = x[:]"]),
    ("z = x[1:]", ["z = x[0:]", "z = x[2:]"]),
    ("z = torch.relu(x)", ["z = torch.sigmoid(x)", "z = torch.tanh(x)", "z = x"]),
    ("z = h.tanh()", ["z = h", "z = h.relu()", "z = h.sigmoid()"]),
    ("z = nn.ReLU()", ["z = nn.Identity()", "z = nn.Sigmoid()", "z = nn.Tanh()"]),
    (
        'z = Dense(3, activation="relu", use_bias=True)',
        [
            'z = Dense(3, activation="linear", use_bias=True)',
            'z = Dense(3, activation="relu", use_bias=False)',
            'z = Dense(3, activation="sigmoid", use_bias=True)',
            'z = Dense(3, activation="tanh", use_bias=True)',
        ],
    ),
    (
        "z = torch.softmax(x, dim=1)",
        ["z = torch.softmax(torch.softmax(x, dim=1), dim=1)", "z = torch.softmax(x, dim=0)", "z = x"],
    ),
    ("z = x.softmax(1)", ["z = x", "z = x.softmax(0)", "z = x.softmax(1).softmax(1)"]),
    ("z = nn.Softmax(d)", ["z = nn.Identity()"]),
    ("o = torch.optim.Adam(p)", ["o = torch.optim.SGD(p)"]),
    ("o = SGD(p, lr=0.1)", ["o = Adam(p, lr=0.1)", "o = SGD(p, lr=10 * 0.1)"]),
    ("d = DataLoader(x, shuffle=True)", ["d = DataLoader(x, shuffle=False)"]),
    ("n = nn.Linear(2, 1)", ["n = nn.Linear(2, 1, bias=False)"]),
    ("n = nn.Linear(2, 1, bias=False)", ["n = nn.Linear(2, 1, bias=True)"]),
    ("z = s.masked_fill(mask, v)", ["z = s.masked_fill(~mask, v)"]),
    ("z = s.masked_fill(~mask, v)", ["z = s.masked_fill(mask, v)"]),
    ("z = torch.where(a == 0, c, d)", ["z = torch.where(~(a == 0), c, d)"]),
    ("z = x[mask]", ["z = x[~mask]"]),
    ("z = torch.tril(x)", ["z = torch.triu(x)"]),
    ("z = a > c", ["z = a >= c"]),
    ("z = a <= c < d", ["z = a < c < d", "z = a <= c <= d"]),
]


@pytest.mark.parametrize(("before", "after"), SLIPS, ids=[before for before, _ in SLIPS])
def test_a_line_has_these_slips(before, after):
    found = mutants(before + "\n")
    assert sorted(mutant.after for mutant in found) == sorted(after)
    assert {mutant.before for mutant in found} <= {before}


def test_a_block_and_a_decorator_without_gradients_get_them_back():
    source = "@torch.no_grad()\ndef f(x):\n    with torch.no_grad():\n        return x\n"
    first, second = mutants(source)
    assert first.source == "\ndef f(x):\n    with torch.no_grad():\n        return x\n"
    assert second.source == "@torch.no_grad()\ndef f(x):\n    if True:\n        return x\n"


def test_what_is_no_computation_is_left_alone():
    source = '''"""Return x[:1] > 0 and x.mean()."""
from numpy import sum, mean
import torch.nn.functional as F

x: Annotated[int, Range(range(5))[1:2]] = 1

def f(a: list[1:2]) -> tuple[x > 1, ...]:
    """loss.backward()"""
    return f"{a[1:]} {a > 0}"
'''
    assert mutants(source) == []


def test_everything_else_stays_to_the_byte():
    source = 'π = "평균"; z = x.mean()  # 주석: x.sum()\r\nfor i in range( 3 ):\n\tprint(π [ 1 : ])\n'
    found = mutants(source)
    assert [mutant.line for mutant in found] == [1, 2, 2, 3, 3]
    assert found[0].source == source.replace("x.mean()", "x.sum()", 1)
    lines = source.split("\n")
    for mutant in found:
        changed = mutant.source.split("\n")
        assert changed[: mutant.line - 1] == lines[: mutant.line - 1]
        assert changed[mutant.line :] == lines[mutant.line :]


def test_no_mutant_comes_twice_or_is_the_program_itself():
    found = mutants("z = x.sum(0)\nz = x.sum(dim=0)\n")
    assert len({mutant.source for mutant in found}) == len(found) == 4
    assert [mutant.number for mutant in found] == [1, 2, 3, 4]


def test_a_mutant_names_the_definition_that_it_is_in():
    source = "def f(x):\n    return x.mean()\n\n\nclass C:\n    def g(self):\n        return self.x.mean()\n\n\nN = 1 > 2\n"
    assert [mutant.inside for mutant in mutants(source)] == ["f", "C", "N"]


def test_the_edit_of_a_mutant_stands_once():
    source = "def f(x):\n    y = x.mean()\n    return y\n\n\ndef g(x):\n    y = x.mean()\n    return -y\n"
    for mutant in mutants(source):
        old, new = mutant.edit(source)
        assert source.count(old) == 1
        assert source.replace(old, new) == mutant.source
