"""A perfect submission to question 2 of the final, with the experiment behind each answer.

`experiment_N()` computes what ITEM_N must be; tests/test_concepts.py runs them all.
"""

ITEM_1 = False
ITEM_2 = True
ITEM_3 = True
ITEM_4 = False
ITEM_5 = False


def count(layer):
    return sum(parameter.numel() for parameter in layer.parameters())


def reach(cell, steps=100):
    """How much the first of `steps` inputs still moves the last hidden state, against the last input."""
    import torch

    inputs = torch.randn(steps, 8, dtype=torch.float64, requires_grad=True)
    state = None
    for row in inputs:
        state = cell(row, state)
    hidden = state[0] if isinstance(state, tuple) else state
    (gradient,) = torch.autograd.grad(hidden.sum(), inputs)
    return (gradient[0].norm() / gradient[-1].norm()).item()


def experiment_1():
    """The gradient reaches 100 steps back through an LSTM with forget bias 1, not through an RNN."""
    import torch

    rnn_reaches_further = []
    for seed in range(10):
        torch.manual_seed(seed)
        rnn, lstm = torch.nn.RNNCell(8, 8).double(), torch.nn.LSTMCell(8, 8).double()
        with torch.no_grad():
            lstm.bias_ih[8:16], lstm.bias_hh[8:16] = 1.0, 0.0
        rnn_reaches_further.append(reach(rnn) > reach(lstm))
    return any(rnn_reaches_further)


def experiment_2():
    """Two rows of length 1, and one weight with one bias."""
    import torch

    embedding = torch.nn.Embedding(num_embeddings=2, embedding_dim=1)
    return count(embedding) == count(torch.nn.Linear(in_features=1, out_features=1)) == 2


def experiment_3():
    """Calling a module calls its forward."""
    import torch

    torch.manual_seed(0)
    net = torch.nn.Linear(1, 1)
    inputs = [scale * torch.randn(n, 1) for n in (1, 7, 1000) for scale in (1e-3, 1.0, 1e6)]
    return all(torch.equal(net(x), net.forward(x)) for x in inputs)


def remark_hooks_are_skipped():
    """Only net(x) runs the hooks, so that with one the two may differ."""
    import torch

    net, x = torch.nn.Linear(1, 1), torch.ones(1, 1)
    net.register_forward_hook(lambda module, inputs, output: output + 1)
    return torch.equal(net(x), net.forward(x) + 1)


def experiment_4():
    """A linear layer, without memory, predicts every next character: each is decided by the one before."""
    import torch

    torch.manual_seed(0)
    text = torch.tensor([0, 1, 2, 3] * 25)
    x, y = torch.nn.functional.one_hot(text[:-1], 4).float(), text[1:]
    net = torch.nn.Linear(4, 4)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    memoryless_suffices = bool((net(x).argmax(dim=1) == y).all())
    return not memoryless_suffices


def experiment_5():
    """An RNN trained with MSELoss learns to continue a sine wave: 99% of the variance is explained."""
    import torch

    torch.manual_seed(0)
    wave = torch.sin(0.3 * torch.arange(101.0)).reshape(-1, 1)
    x, y = wave[:-1], wave[1:]
    rnn, head = torch.nn.RNN(1, 8), torch.nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.02)
    loss_fn = torch.nn.MSELoss()
    for _ in range(200):
        optimizer.zero_grad()
        loss = loss_fn(head(rnn(x)[0]), y)
        loss.backward()
        optimizer.step()
    another_loss_works = loss.item() < 0.01 * y.var().item()
    return not another_loss_works
