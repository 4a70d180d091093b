"""Batches of one sequence, classes as targets, zero_grad first, lists instead of tuples; star imports."""

import matplotlib.pyplot as plt
import torch
from torch.nn import *


def encode(text, mapping):
    rows = torch.zeros(len(text), len(mapping))
    for row, character in zip(rows, text):
        row[mapping[character]] = 1
    return rows


def plot_probabilities(probabilities, letters):
    figure = plt.figure()
    axes = figure.add_subplot()
    axes.imshow(probabilities[:10].numpy(), cmap="bwr", vmin=-1, vmax=1)
    axes.set_xticks(torch.arange(len(letters)).tolist())
    axes.set_xticklabels(list(letters))
    return axes


class Fused(Module):
    def __init__(self, layer, head):
        super().__init__()
        self.layer, self.head = layer, head

    def forward(self, x):
        return self.head(self.layer(x[None])[0])[0]


class Rnn(Module):
    def __init__(self, cell, head):
        super().__init__()
        self.cell, self.head = cell, head

    def forward(self, x):
        h, outputs = torch.zeros(1, self.head.in_features, device=x.device), []
        for t in range(len(x)):
            h = self.cell(x[t : t + 1], h)
            outputs.append(self.head(h))
        return torch.cat(outputs)


class Lstm(Rnn):
    def forward(self, x):
        states = [(torch.zeros(1, self.head.in_features, device=x.device),) * 2]
        for xt in x.split(1):
            states.append(self.cell(xt, states[-1]))
        return torch.vstack([self.head(h) for h, _ in states[1:]])


class HandCell(Module):
    """Without linear layers: the parameters themselves."""

    def __init__(self, cell):
        super().__init__()
        self.w, self.u = (Parameter(w.detach().clone()) for w in (cell.weight_ih, cell.weight_hh))
        self.b, self.c = (Parameter(b.detach().clone()) for b in (cell.bias_ih, cell.bias_hh))

    def sums(self, x, h):
        return torch.addmm(self.b, x, self.w.t()) + torch.addmm(self.c, h, self.u.t())


class HandRnn(HandCell):
    def forward(self, x, h):
        return self.sums(x, h).tanh_()


class HandLstm(HandCell):
    def forward(self, x, past):
        h, c = past
        i, f, g, o = torch.tensor_split(self.sums(x, h), 4, dim=1)
        c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
        return o.sigmoid() * c.tanh(), c


def fit(kind, cell, head, x, y, epochs, lr, device):
    network = kind(cell, head).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=lr, foreach=True)
    classes = y.to(device).argmax(dim=1)
    for _ in range(epochs):
        optimizer.zero_grad()
        logits = network(x.to(device))
        CrossEntropyLoss()(logits, classes).backward()
        optimizer.step()
    return [network, Softmax(dim=-1)(logits)]


def train_rnn(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Fused, RNN(7, 8, batch_first=True), Linear(8, 7), x, y, epochs, lr, device)


def train_rnn_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Rnn, RNNCell(7, 8), Linear(8, 7), x, y, epochs, lr, device)


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Rnn, HandRnn(RNNCell(7, 8)), Linear(8, 7), x, y, epochs, lr, device)


def train_lstm(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Fused, LSTM(7, 4, batch_first=True), Linear(4, 7), x, y, epochs, lr, device)


def train_lstm_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Lstm, LSTMCell(7, 4), Linear(4, 7), x, y, epochs, lr, device)


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return fit(Lstm, HandLstm(LSTMCell(7, 4)), Linear(4, 7), x, y, epochs, lr, device)
