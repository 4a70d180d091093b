"""One class does everything; its networks are Sequential, subclasses of torch's cells, or kept in a dictionary."""

from collections import OrderedDict

import matplotlib.pyplot as plt
import torch


def encode(text, mapping):
    return torch.stack([torch.eye(len(mapping), dtype=torch.float)[mapping[key]] for key in text])


def plot_probabilities(probabilities, letters):
    figure, axes = plt.subplots(figsize=(4, 4))
    axes.matshow(probabilities.detach().to("cpu")[:10], cmap=plt.cm.bwr, vmin=-1, vmax=1)
    plt.xticks(ticks=range(7), labels=letters)
    return figure, axes


class First(torch.nn.Module):
    def forward(self, pair):
        return pair[0]


class Learner:
    def __init__(self, x, y, epochs, lr, device):
        self.x, self.y = x.to(device), y.to(device)
        self.epochs, self.lr, self.device = epochs, lr, device

    def learn(self, network):
        network = network.to(self.device).train()
        optimizer = torch.optim.Adam(params=network.parameters(), lr=self.lr, betas=(0.9, 0.999))
        history = []
        for _ in range(self.epochs):
            history.append(network(self.x))
            loss = torch.nn.functional.cross_entropy(history[-1], self.y)
            for parameter in network.parameters():
                parameter.grad = None
            loss.backward()
            optimizer.step()
        return network.eval(), torch.nn.functional.softmax(history[-1], dim=1).detach()


def sequential(recurrent, hidden):
    return torch.nn.Sequential(
        OrderedDict(recurrent=recurrent, first=First(), head=torch.nn.Linear(hidden, 7))
    )


class OverTime(torch.nn.Module):
    """From a cell, as torch.nn.RNN: x to (states, last)."""

    def __init__(self, cell, states):
        super().__init__()
        self.cell, self.states = cell, states

    def forward(self, x):
        state, found = None, []
        for xt in x:
            state = self.cell(xt.unsqueeze(0), state)
            found.append(state[0] if self.states == 2 else state)
        return torch.concat(found), state


class OwnRNNCell(torch.nn.RNNCell):
    """The same parameters, another forward."""

    def forward(self, input, hx=None):
        hx = input.new_zeros(1, self.hidden_size) if hx is None else hx
        inside = input @ self.weight_ih.T + self.bias_ih + hx @ self.weight_hh.T + self.bias_hh
        return torch.tanh(inside)


class OwnLSTMCell(torch.nn.LSTMCell):
    def forward(self, input, hx=None):
        h, c = hx or (input.new_zeros(1, 4), input.new_zeros(1, 4))
        weight = torch.cat((self.weight_ih, self.weight_hh), 1)
        sums = torch.matmul(torch.hstack((input, h)), weight.T) + (self.bias_ih + self.bias_hh)
        gate = dict(zip("ifgo", sums.reshape(4, 1, 4)))
        c = c * torch.sigmoid(gate["f"]) + torch.sigmoid(gate["i"]) * torch.tanh(gate["g"])
        return torch.sigmoid(gate["o"]) * torch.tanh(c), c


def train_rnn(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return Learner(x, y, epochs, lr, device).learn(sequential(torch.nn.RNN(7, 8), 8))


def train_rnn_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return Learner(x, y, epochs, lr, device).learn(sequential(OverTime(torch.nn.RNNCell(7, 8), 1), 8))


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return Learner(x, y, epochs, lr, device).learn(sequential(OverTime(OwnRNNCell(7, 8), 1), 8))


def train_lstm(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return Learner(x, y, epochs, lr, device).learn(sequential(torch.nn.LSTM(7, 4), 4))


def train_lstm_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return Learner(x, y, epochs, lr, device).learn(sequential(OverTime(torch.nn.LSTMCell(7, 4), 2), 4))


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    return Learner(x, y, epochs, lr, device).learn(sequential(OverTime(OwnLSTMCell(7, 4), 2), 4))
