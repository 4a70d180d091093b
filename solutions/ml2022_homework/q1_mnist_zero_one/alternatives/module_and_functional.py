"""A class of one's own with functions of torch.nn.functional; the loss through masks; tensors without gradient."""

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F  # noqa: N812


def make_data(zeros, ones):
    images = torch.cat([zeros, ones], dim=0)
    X = images.view(images.shape[0], -1).type(torch.FloatTensor)
    y = torch.zeros(len(images), 1)
    y[len(zeros) :] = 1.0
    return X, y


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = torch.nn.Linear(in_features=784, out_features=64, bias=True)
        self.l2 = torch.nn.Linear(in_features=64, out_features=1, bias=True)

    def forward(self, X):
        u1 = self.l1(X)
        v1 = F.relu(u1)
        u2 = self.l2(v1)
        return torch.sigmoid(u2)


def build_network():
    return Net()


def by_hand(yhat, y):
    terms = torch.stack([y * torch.log(yhat), (1 - y) * torch.log(1 - yhat)])
    return torch.mean(-torch.sum(terms, dim=0))


def train(X, y, loss, epochs, lr, seed, device):
    torch.manual_seed(seed)
    network = build_network().to(device)
    function = {"bce_loss": F.binary_cross_entropy, "manual_bce": by_hand}[loss]
    adam = torch.optim.Adam(network.parameters(), lr)
    losses = torch.zeros(epochs)
    for epoch in range(epochs):
        for parameter in network.parameters():
            parameter.grad = None
        yhat = network.forward(X)
        value = function(yhat, y)
        value.backward()
        adam.step()
        losses[epoch] = value.data
    return [network, yhat.data, losses]


def normalize(X):
    return X.div(255)


def accuracy(yhat, y):
    ytilde = torch.zeros_like(yhat)
    ytilde[yhat > 0.5] = 1
    return torch.sum(ytilde == y) / len(y)


def plot_fit(y, yhat):
    _, ax = plt.subplots()
    ax.plot(range(len(y)), y.reshape(-1))
    ax.plot(range(len(y)), yhat.reshape(-1), ".", alpha=0.4)
    return ax


NAN_LOSS_STEP = 1
NAN_OUTPUT_STEP = 2
MANUAL_TRAINS_WELL = "False"
MANUAL_REASON = "yhat이 모두 nan이다. raw 픽셀에서는 sigmoid의 출력이 정확히 1이 되어 0*log(0)이 생긴다."
NORMALIZED_TRAINS_WELL = 1
NORMALIZED_REASON = "accuracy가 0.9997이다."
NORMALIZED_ACCURACY = "0.9997"
