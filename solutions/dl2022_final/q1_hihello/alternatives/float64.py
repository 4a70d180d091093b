"""Everything in double precision; the losses by hand; initial values by copy_ and load_state_dict."""

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def encode(text, mapping):
    return torch.from_numpy(np.eye(len(mapping))[[mapping[character] for character in text]])


def plot_probabilities(probabilities, letters):
    plt.matshow(probabilities.data.cpu().numpy()[0:10, :], cmap="bwr", vmin=-1, vmax=1)
    plt.xticks(np.arange(7), letters)
    plt.show()


class Recurrent(nn.Module):
    def __init__(self, cell, hidden):
        super().__init__()
        self.cell, self.hidden, self.out = cell, hidden, nn.Linear(hidden, 7)
        self.double()

    def outputs(self, x):
        return self.cell(x)[0]

    def forward(self, x):
        return self.out(self.outputs(x.double()))


class Loop(Recurrent):
    def outputs(self, x):
        h = None
        hs = torch.empty(0, self.hidden, dtype=torch.float64, device=x.device)
        for xt in x:
            h = self.cell(xt, h)
            hs = torch.cat([hs, (h[0] if isinstance(h, tuple) else h).reshape(1, -1)])
        return hs


class Rnn(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.x, self.h = nn.Linear(7, 8), nn.Linear(8, 8, bias=True)
        with torch.no_grad():
            self.x.weight.copy_(cell.weight_ih)
            self.x.bias.copy_(cell.bias_ih)
            self.h.weight.copy_(cell.weight_hh)
            self.h.bias.copy_(cell.bias_hh)

    def forward(self, x, h=None):
        h = torch.zeros(8, dtype=x.dtype, device=x.device) if h is None else h
        e = torch.exp(2 * (self.x(x) + self.h(h)))
        return (e - 1) / (e + 1)


class Lstm(nn.Module):
    """A pair of linear layers for each gate."""

    def __init__(self, cell):
        super().__init__()
        self.x = nn.ModuleList(nn.Linear(7, 4) for _ in range(4))
        self.h = nn.ModuleList(nn.Linear(4, 4) for _ in range(4))
        for k in range(4):
            rows = slice(4 * k, 4 * k + 4)
            self.x[k].load_state_dict({"weight": cell.weight_ih[rows], "bias": cell.bias_ih[rows]})
            self.h[k].load_state_dict({"weight": cell.weight_hh[rows], "bias": cell.bias_hh[rows]})

    def forward(self, x, past=None):
        h, c = past or (torch.zeros(4, dtype=x.dtype, device=x.device),) * 2
        i, f, g, o = (self.x[k](x) + self.h[k](h) for k in range(4))
        c = F.sigmoid(f) * c + F.sigmoid(i) * F.tanh(g)
        return F.sigmoid(o) * F.tanh(c), c


def fit(network, x, y, epochs, lr, device):
    network = network.to(device)
    optimizer = torch.optim.Adam([{"params": list(network.parameters())}], lr, foreach=False)
    for _ in range(epochs):
        log_probabilities = F.log_softmax(network(x), dim=1)
        loss = -(y * log_probabilities).sum(dim=1).mean()
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
    return network, log_probabilities.exp().detach().cpu()


def train_rnn(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Recurrent(nn.RNN(input_size=7, hidden_size=8), 8), x, y, epochs, lr, device)


def train_rnn_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Loop(nn.RNNCell(7, 8), 8), x, y, epochs, lr, device)


def by_hand(hand, cell, hidden, seed):
    torch.manual_seed(seed)
    network = Loop(cell(7, hidden), hidden)
    network.cell = hand(network.cell).double()
    return network


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    return fit(by_hand(Rnn, nn.RNNCell, 8, seed), x, y, epochs, lr, device)


def train_lstm(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Recurrent(nn.LSTM(7, 4), 4), x, y, epochs, lr, device)


def train_lstm_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Loop(nn.LSTMCell(7, 4), 4), x, y, epochs, lr, device)


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    return fit(by_hand(Lstm, nn.LSTMCell, 4, seed), x, y, epochs, lr, device)
