"""A perfect submission to the homework's question."""

import matplotlib.pyplot as plt
import torch


def make_data(zeros, ones):
    X = torch.concat([zeros, ones]).reshape(-1, 28 * 28).float()
    y = torch.tensor([0.0] * len(zeros) + [1.0] * len(ones)).reshape(-1, 1)
    return X, y


def build_network():
    return torch.nn.Sequential(
        torch.nn.Linear(784, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1), torch.nn.Sigmoid()
    )


def manual_bce(yhat, y):
    return -torch.mean(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat))


def train(X, y, loss, epochs, lr, seed, device):
    torch.manual_seed(seed)
    network = build_network().to(device)
    loss_function = torch.nn.BCELoss() if loss == "bce_loss" else manual_bce
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        yhat = network(X)
        value = loss_function(yhat, y)
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(value.detach())
    return network, yhat.detach(), torch.stack(losses)


def normalize(X):
    return X / 255


def accuracy(yhat, y):
    ytilde = (yhat > 0.5) * 1
    return float(torch.mean((ytilde == y) * 1.0))


def plot_fit(y, yhat):
    figure, axes = plt.subplots()
    axes.plot(y)
    axes.plot(yhat, ".", alpha=0.4)
    return figure


NAN_LOSS_STEP = 1
NAN_OUTPUT_STEP = 2
MANUAL_TRAINS_WELL = False
MANUAL_REASON = (
    "No: every output is NaN from the second epoch on. With raw pixels the input of the sigmoid is far above 16.6 for "
    "many images, and its float32 output is exactly 1. For an image of a 1 the formula then holds 0 · log 0 = 0 · (-inf), "
    "which is NaN; so the loss of the first epoch is NaN, and its gradient and all weights after one update as well. "
    "BCELoss holds each logarithm at -100 or above and is spared that."
)
NORMALIZED_TRAINS_WELL = True
NORMALIZED_REASON = (
    "Yes: the loss falls to 0.0015 and 12661 of the 12665 images are right. With pixels from 0 to 1 the input of the "
    "sigmoid stays small, no output is exactly 0 or 1, and both logarithms are finite."
)
NORMALIZED_ACCURACY = 12661 / 12665
