"""Training in a thread with a closure; the logarithms by log1p; weights brought over by copy_; foreach switched off."""

import threading

import matplotlib.pyplot as plt
import torch


def make_data(zeros, ones):
    rows = [image.reshape(784).float() for image in (*zeros, *ones)]
    return torch.stack(rows), torch.tensor([[0.0]] * len(zeros) + [[1.0]] * len(ones))


def build_network():
    net = torch.nn.Sequential()
    net.append(torch.nn.Linear(784, 64))
    net.append(torch.nn.ReLU())
    net.append(torch.nn.Linear(64, 1))
    net.append(torch.nn.Sigmoid())
    return net


def fit(network, X, y, loss, epochs, lr, found):
    optimizer = torch.optim.Adam(network.parameters(), lr=lr, foreach=False)
    bce = torch.nn.BCELoss()
    n = X.shape[0]

    def closure():
        optimizer.zero_grad()
        yhat = network(X)
        if loss == "manual_bce":
            value = (-1 / n) * (y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat)).sum()
        else:
            value = bce(yhat, y)
        value.backward()
        found["yhat"] = yhat.detach().clone()
        return value

    found["losses"] = [optimizer.step(closure).detach() for _ in range(epochs)]


def train(X, y, loss, epochs, lr, seed, device):
    torch.manual_seed(seed)
    start = build_network()
    network = build_network().to(device)
    with torch.no_grad():
        for mine, drawn in zip(network.parameters(), start.parameters(), strict=True):
            mine.copy_(drawn)
    found = {}
    worker = threading.Thread(target=fit, args=(network, X, y, loss, epochs, lr, found))
    worker.start()
    worker.join()
    return network, found["yhat"], found["losses"]


def normalize(X):
    return X * (1 / 255)


def accuracy(yhat, y):
    wrong = torch.logical_xor(torch.gt(yhat, 0.5), y.bool())
    return 1 - wrong.float().mean().item()


def plot_fit(y, yhat):
    figure, axes = plt.subplots(2, 1)
    axes[0].plot(y)
    axes[0].plot(yhat, ".", alpha=0.4)
    axes[1].hist(yhat.nan_to_num().flatten())
    return figure, axes


NAN_LOSS_STEP = 1
NAN_OUTPUT_STEP = 2
MANUAL_TRAINS_WELL = False
MANUAL_REASON = "학습이 잘 되지 않았다."
NORMALIZED_TRAINS_WELL = True
NORMALIZED_REASON = "학습이 잘 되었다."
NORMALIZED_ACCURACY = 0.99968
