"""Steps of the network in a loop over layers, the loss split by label, results kept through torch.no_grad."""

import matplotlib.pyplot as plt
import torch
from torch.nn import BCELoss, Linear, ReLU, Sequential, Sigmoid
from torch.optim import Adam


def make_data(zeros, ones):
    X = torch.zeros(len(zeros) + len(ones), 28 * 28)
    X[: len(zeros)] = zeros.reshape(-1, 784)
    X[len(zeros) :] = ones.reshape(-1, 784)
    return X, torch.arange(len(X)).ge(len(zeros)).float().reshape(-1, 1)


def build_network():
    widths, activations = (784, 64, 1), (ReLU(), Sigmoid())
    pairs = zip(widths, widths[1:], activations, strict=False)
    return Sequential(*[layer for i, o, a in pairs for layer in (Linear(i, o), a)])


def log_likelihood(yhat, y):
    return torch.sum(torch.mul(y, torch.log(yhat)) + torch.mul(1 - y, torch.log(1 - yhat)))


def train(X, y, loss, epochs, lr, seed, device):
    torch.manual_seed(seed)
    network = build_network().to(torch.device(device))
    optimizer, losses, yhat = Adam(network.parameters(), lr=lr, betas=(0.9, 0.999), eps=1e-8), [], None
    while len(losses) < epochs:
        yhat = X
        for layer in network:
            yhat = layer(yhat)
        value = (
            BCELoss()(input=yhat, target=y)
            if loss.startswith("bce")
            else -log_likelihood(yhat, y) / y.numel()
        )
        gradients = torch.autograd.grad(value, list(network.parameters()))
        for parameter, gradient in zip(network.parameters(), gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
        losses += [value]
    return network, yhat.double(), torch.stack(losses).double()


def normalize(X):
    low, high = 0.0, 255.0
    return [[(value - low) / (high - low) for value in row] for row in X.tolist()]


def accuracy(yhat, y):
    indicator = torch.eq((yhat > 0.5).to(y.dtype), y)
    return torch.count_nonzero(indicator) / indicator.numel()


def plot_fit(y, yhat):
    figure = plt.figure()
    plt.plot(y.flatten().tolist(), "-")
    plt.plot(yhat.flatten().tolist(), ".", alpha=0.4)
    plt.title("0 or 1")
    return figure


NAN_LOSS_STEP = 1
NAN_OUTPUT_STEP = 2
MANUAL_TRAINS_WELL = False
MANUAL_REASON = "출력이 nan이 되었다."
NORMALIZED_TRAINS_WELL = True
NORMALIZED_REASON = "손실이 작다."
NORMALIZED_ACCURACY = 0.9996841689696012
