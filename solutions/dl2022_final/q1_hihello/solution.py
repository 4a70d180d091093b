"""A perfect submission to question 1 of the final, and the mistakes students make in it."""

import matplotlib.pyplot as plt
import torch


def encode(text, mapping):
    codes = torch.tensor([mapping[letter] for letter in text])
    return torch.nn.functional.one_hot(codes, num_classes=len(mapping)).float()


def plot_probabilities(probabilities, letters):
    figure, axes = plt.subplots()
    axes.matshow(probabilities[:10], cmap="bwr", vmin=-1, vmax=1)
    axes.set_xticks(range(len(letters)), labels=letters)
    return figure


class Network(torch.nn.Module):
    """Something recurrent, and the linear layer on top of it."""

    def __init__(self, recurrent, head):
        super().__init__()
        self.recurrent = recurrent
        self.head = head


class Layers(Network):
    """For torch.nn.RNN and torch.nn.LSTM, which go through the whole sequence at once."""

    def forward(self, x):
        hidden, _ = self.recurrent(x)
        return self.head(hidden)


class Steps(Network):
    """For a cell that maps (x, h) to h."""

    def forward(self, x):
        h = torch.zeros(self.head.in_features, device=x.device)
        hidden = []
        for xt in x:
            h = self.recurrent(xt, h)
            hidden.append(h)
        return self.head(torch.stack(hidden))


class MemorySteps(Network):
    """For a cell that maps x and (h, c) to (h, c)."""

    def forward(self, x):
        h = c = torch.zeros(self.head.in_features, device=x.device)
        hidden = []
        for xt in x:
            h, c = self.recurrent(xt, (h, c))
            hidden.append(h)
        return self.head(torch.stack(hidden))


class HandRNNCell(torch.nn.Module):
    """h becomes tanh(W_ih x + b_ih + W_hh h + b_hh)."""

    def __init__(self, cell):
        super().__init__()
        self.i2h = torch.nn.Linear(7, 8)
        self.h2h = torch.nn.Linear(8, 8)
        copy_initial_values(self, cell)

    def forward(self, x, h):
        return torch.tanh(self.i2h(x) + self.h2h(h))


class HandLSTMCell(torch.nn.Module):
    """The gates i, f, g, o, four rows each, in torch's order."""

    def __init__(self, cell):
        super().__init__()
        hidden = cell.hidden_size
        self.i2h = torch.nn.Linear(7, 4 * hidden)
        self.h2h = torch.nn.Linear(hidden, 4 * hidden)
        copy_initial_values(self, cell)

    def forward(self, x, past):
        h, c = past
        i, f, g, o = (self.i2h(x) + self.h2h(h)).chunk(4)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


def copy_initial_values(hand, cell):
    hand.i2h.weight.data = cell.weight_ih.data
    hand.i2h.bias.data = cell.bias_ih.data
    hand.h2h.weight.data = cell.weight_hh.data
    hand.h2h.bias.data = cell.bias_hh.data


def build(recurrent, hidden, seed):
    torch.manual_seed(seed)
    cell = recurrent(7, hidden)
    head = torch.nn.Linear(hidden, 7)
    return cell, head


def fit(network, x, y, epochs, lr, device):
    network, x, y = network.to(device), x.to(device), y.to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    for _ in range(epochs):
        output = network(x)
        loss = loss_fn(output, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return network, torch.softmax(output, dim=1)


RNN_HIDDEN = 8
LSTM_HIDDEN = 4


def train_rnn(x, y, epochs, lr, seed, device):
    layer, head = build(torch.nn.RNN, RNN_HIDDEN, seed)
    return fit(Layers(layer, head), x, y, epochs, lr, device)


def train_rnn_cell(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.RNNCell, RNN_HIDDEN, seed)
    return fit(Steps(cell, head), x, y, epochs, lr, device)


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.RNNCell, RNN_HIDDEN, seed)
    return fit(Steps(HandRNNCell(cell), head), x, y, epochs, lr, device)


def train_lstm(x, y, epochs, lr, seed, device):
    layer, head = build(torch.nn.LSTM, LSTM_HIDDEN, seed)
    return fit(Layers(layer, head), x, y, epochs, lr, device)


def train_lstm_cell(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.LSTMCell, LSTM_HIDDEN, seed)
    return fit(MemorySteps(cell, head), x, y, epochs, lr, device)


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    cell, head = build(torch.nn.LSTMCell, LSTM_HIDDEN, seed)
    return fit(MemorySteps(HandLSTMCell(cell), head), x, y, epochs, lr, device)
