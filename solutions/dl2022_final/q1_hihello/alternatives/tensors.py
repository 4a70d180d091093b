"""Tensors and closures: states given, joined inputs, inputs projected at once, Adam's fused step; one class only."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F


def encode(text, mapping):
    index = torch.tensor([[mapping[character]] for character in text])
    return torch.zeros(len(text), len(mapping)).scatter_(1, index, 1.0)


def plot_probabilities(probabilities, letters):
    axes = plt.figure().gca()
    image = axes.matshow(probabilities[:10].tolist(), cmap="bwr", vmin=-1, vmax=1)
    axes.set_xticks(list(range(7)), letters)
    return image.figure


def descend(logits, parameters, x, y, epochs, lr):
    optimizer = torch.optim.Adam(parameters, lr=lr, fused=True)
    loss_fn = torch.nn.CrossEntropyLoss(reduction="sum")
    for _ in range(epochs):
        optimizer.zero_grad()
        z = logits(x)
        (loss_fn(z, y) / len(y)).backward()
        optimizer.step()
    with torch.no_grad():
        return logits, (z - z.logsumexp(1, keepdim=True)).exp()


def start(kind, hidden, seed, device):
    torch.manual_seed(seed)
    return kind(7, hidden).to(device), torch.nn.Linear(hidden, 7).to(device)


def both(*modules):
    return [parameter for module in modules for parameter in module.parameters()]


def train_rnn(x, y, epochs, lr, seed, device):
    rnn, linear = start(torch.nn.RNN, 8, seed, device)

    def logits(x):
        out, _ = rnn(x[:, None, :], torch.zeros(1, 1, 8, device=device))
        return linear(out.squeeze(1))

    return descend(logits, both(rnn, linear), x, y, epochs, lr)


def train_lstm(x, y, epochs, lr, seed, device):
    lstm, linear = start(torch.nn.LSTM, 4, seed, device)
    state = torch.zeros(1, 4, device=device), torch.zeros(1, 4, device=device)
    return descend(lambda x: linear(lstm(x, state)[0]), both(lstm, linear), x, y, epochs, lr)


def train_rnn_cell(x, y, epochs, lr, seed, device):
    cell, linear = start(torch.nn.RNNCell, 8, seed, device)

    def logits(x):
        h = [torch.zeros(8, device=device)]
        for xt in x:
            h += [cell(xt, h[-1])]
        return torch.stack([linear(ht) for ht in h[1:]])

    return descend(logits, both(cell, linear), x, y, epochs, lr)


def train_lstm_cell(x, y, epochs, lr, seed, device):
    cell, linear = start(torch.nn.LSTMCell, 4, seed, device)

    def logits(x):
        h = c = torch.zeros(1, 4, device=device)
        hidden = torch.zeros(len(x), 4, device=device)
        for t, xt in enumerate(x):
            h, c = cell(xt.view(1, 7), (h, c))
            hidden = hidden.index_put((torch.tensor([t], device=device),), h)
        return hidden @ linear.weight.T + linear.bias

    return descend(logits, both(cell, linear), x, y, epochs, lr)


class Elman(torch.nn.Module):
    """Its forward is never called: steps are taken one by one."""

    def __init__(self, cell):
        super().__init__()
        self.joined = torch.nn.Parameter(torch.cat([cell.weight_ih, cell.weight_hh], dim=1).data)
        self.biases = torch.nn.ParameterList([cell.bias_ih.data, cell.bias_hh.data])

    def step(self, x, h):
        return torch.tanh(torch.einsum("hj,j->h", self.joined, torch.cat([x, h])) + sum(self.biases))


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    cell, linear = start(torch.nn.RNNCell, 8, seed, device)
    own = Elman(cell)

    def logits(x):
        h, hidden = x.new_zeros(8), []
        for t in range(x.shape[0]):
            h = own.step(x[t], h)
            hidden.append(h)
        return linear(torch.stack(hidden, dim=0))

    return descend(logits, both(own, linear), x, y, epochs, lr)


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    cell, linear = start(torch.nn.LSTMCell, 4, seed, device)
    w, u, b, c0 = weights = [value.detach().clone().requires_grad_() for value in cell.parameters()]

    def logits(x):
        projected = F.linear(x, w, b)
        h = c = torch.zeros(4, device=device)
        hidden = []
        for row in projected.unbind():
            gates = (row + torch.mv(u, h) + c0).view(4, 4)
            i, f, o = torch.sigmoid(gates[[0, 1, 3]])
            c = f * c + i * (2 * torch.sigmoid(2 * gates[2]) - 1)
            h = o * c.tanh()
            hidden.append(h)
        return linear(torch.stack(hidden))

    return descend(logits, [*weights, *linear.parameters()], x, y, epochs, lr)
