"""As the document has it: functions over a loop, and whatever it calls sig, soft and tanh."""

import torch
import matplotlib.pyplot as plt


def f(txt, mapping):
    return [mapping[key] for key in txt]


sig = torch.nn.Sigmoid()
soft = torch.nn.Softmax(dim=1)
tanh = torch.nn.Tanh()


def encode(text, mapping):
    return torch.nn.functional.one_hot(torch.tensor(f(text, mapping)), 7).float()


def plot_probabilities(yhat, letters):
    plt.matshow(yhat.to("cpu").data[:10], cmap="bwr", vmin=-1, vmax=1)
    plt.xticks(range(7), labels=letters)
    return plt.gcf()


def train_rnn(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    rnn = torch.nn.RNN(7, 8).to(device)
    linr = torch.nn.Linear(8, 7).to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizr = torch.optim.Adam(list(rnn.parameters()) + list(linr.parameters()), lr=lr)
    for epoc in range(epochs):
        hidden, hT = rnn(x)
        output = linr(hidden)
        loss = loss_fn(output, y)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()

    def module(x):
        hidden, hT = rnn(x)
        return linr(hidden)

    return module, soft(output)


def train_rnn_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    rnncell = torch.nn.RNNCell(7, 8).to(device)
    linr = torch.nn.Linear(8, 7).to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizr = torch.optim.Adam(list(rnncell.parameters()) + list(linr.parameters()), lr=lr)

    def module(x):
        hidden = []
        ht = torch.zeros(8).to(device)
        for xt in x:
            ht = rnncell(xt, ht)
            hidden.append(ht)
        return linr(torch.stack(hidden))

    for epoc in range(epochs):
        output = module(x)
        loss = loss_fn(output, y)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()
    return module, soft(output)


class rNNCell(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.i2h = torch.nn.Linear(7, 8)
        self.h2h = torch.nn.Linear(8, 8)
        self.tanh = torch.nn.Tanh()

    def forward(self, xt, ht):
        ht = self.tanh(self.i2h(xt) + self.h2h(ht))
        return ht


def train_rnn_from_scratch(x, y, epochs, lr, seed, device):
    rnncell = rNNCell().to(device)
    linr = torch.nn.Linear(8, 7).to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizr = torch.optim.Adam(list(rnncell.parameters()) + list(linr.parameters()), lr=lr)
    torch.manual_seed(seed)
    _rnncell = torch.nn.RNNCell(7, 8).to(device)
    _linr = torch.nn.Linear(8, 7).to(device)
    rnncell.i2h.weight.data = _rnncell.weight_ih.data
    rnncell.h2h.weight.data = _rnncell.weight_hh.data
    rnncell.h2h.bias.data = _rnncell.bias_hh.data
    rnncell.i2h.bias.data = _rnncell.bias_ih.data
    linr.weight.data = _linr.weight.data
    linr.bias.data = _linr.bias.data

    def module(x):
        hidden = []
        ht = torch.zeros(8).to(device)
        for xt in x:
            ht = rnncell(xt, ht)
            hidden.append(ht)
        return linr(torch.stack(hidden))

    for epoc in range(epochs):
        output = module(x)
        loss = loss_fn(output, y)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()
    return module, soft(output)


def train_lstm(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    lstm = torch.nn.LSTM(7, 4).to(device)
    linr = torch.nn.Linear(4, 7).to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizr = torch.optim.Adam(list(lstm.parameters()) + list(linr.parameters()), lr=lr)
    _water = torch.zeros(1, 4).to(device)
    for epoc in range(epochs):
        hidden, (hT, cT) = lstm(x, (_water, _water))
        output = linr(hidden)
        loss = loss_fn(output, y)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()
    return (lambda x: linr(lstm(x, (_water, _water))[0])), soft(output)


def train_lstm_cell(x, y, epochs, lr, seed, device):
    torch.manual_seed(seed)
    lstmcell = torch.nn.LSTMCell(7, 4).to(device)
    linr = torch.nn.Linear(4, 7).to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizr = torch.optim.Adam(list(lstmcell.parameters()) + list(linr.parameters()), lr=lr)

    def module(x):
        hidden = []
        ht = torch.zeros(4).to(device)
        ct = torch.zeros(4).to(device)
        for xt in x:
            ht, ct = lstmcell(xt, (ht, ct))
            hidden.append(ht)
        return linr(torch.stack(hidden))

    for epoc in range(epochs):
        output = module(x)
        loss = loss_fn(output, y)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()
    return module, soft(output)


class lSTMCell(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.i2h = torch.nn.Linear(7, 16)
        self.h2h = torch.nn.Linear(4, 16)
        self.tanh = torch.nn.Tanh()

    def forward(self, xt, past):
        ht, ct = past
        ifgo = self.i2h(xt) + self.h2h(ht)
        it = sig(ifgo[0:4])
        ft = sig(ifgo[4:8])
        gt = tanh(ifgo[8:12])
        ot = sig(ifgo[12:16])
        ct = ft * ct + it * gt
        ht = ot * self.tanh(ct)
        return ht, ct


def train_lstm_from_scratch(x, y, epochs, lr, seed, device):
    lstmcell = lSTMCell().to(device)
    linr = torch.nn.Linear(4, 7).to(device)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizr = torch.optim.Adam(list(lstmcell.parameters()) + list(linr.parameters()), lr=lr)
    torch.manual_seed(seed)
    _lstmcell = torch.nn.LSTMCell(7, 4).to(device)
    _linr = torch.nn.Linear(4, 7).to(device)
    lstmcell.i2h.weight.data = _lstmcell.weight_ih.data
    lstmcell.h2h.weight.data = _lstmcell.weight_hh.data
    lstmcell.i2h.bias.data = _lstmcell.bias_ih.data
    lstmcell.h2h.bias.data = _lstmcell.bias_hh.data
    linr.weight.data = _linr.weight.data
    linr.bias.data = _linr.bias.data

    def module(x):
        hidden = []
        ht = torch.zeros(4).to(device)
        ct = torch.zeros(4).to(device)
        for xt in x:
            ht, ct = lstmcell(xt, (ht, ct))
            hidden.append(ht)
        return linr(torch.stack(hidden))

    for epoc in range(epochs):
        output = module(x)
        loss = loss_fn(output, y)
        loss.backward()
        optimizr.step()
        optimizr.zero_grad()
    return module, soft(output)
