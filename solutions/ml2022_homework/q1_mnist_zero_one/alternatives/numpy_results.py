"""Everything handed back as numpy arrays, a nested Sequential, a loader of one batch, and the loss per image."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset


def make_data(zeros, ones):
    X = np.concatenate([zeros.numpy(), ones.numpy()]).reshape(-1, 784).astype(np.float32)
    y = np.array([[0.0]] * len(zeros) + [[1.0]] * len(ones), dtype=np.float32)
    return X, y


def build_network():
    first = torch.nn.Sequential(torch.nn.Linear(28 * 28, 64), torch.nn.ReLU(inplace=True))
    second = torch.nn.Sequential(torch.nn.Linear(64, 1), torch.nn.Sigmoid())
    return torch.nn.Sequential(first, second)


def of_images(yhat, y):
    return -(y * torch.log(yhat) + (1 - y) * torch.log(1 - yhat))


def train(X, y, loss, epochs, lr, seed, device):
    loader = DataLoader(TensorDataset(X, y), batch_size=len(X), shuffle=False)
    torch.manual_seed(seed)
    network = build_network().to(device)
    optimizer = torch.optim.Adam([{"params": network.parameters()}], lr=lr)
    batches, losses = list(loader), np.zeros(epochs)
    for epoch in range(epochs):
        for inputs, targets in batches:
            outputs = network(inputs)
            if loss == "bce_loss":
                value = torch.nn.BCELoss(reduction="none")(outputs, targets).mean()
            else:
                value = of_images(outputs, targets).mean(dim=0).squeeze()
            network.zero_grad()
            value.backward()
            optimizer.step()
            losses[epoch] = float(value)
    return network, outputs.detach().cpu().numpy(), losses


def normalize(X):
    return torch.true_divide(X, torch.full_like(X, 255))


def accuracy(yhat, y):
    yhat, y = yhat.cpu().numpy(), y.cpu().numpy()
    return np.mean(np.where(yhat > 0.5, 1, 0) == y)


def plot_fit(y, yhat):
    figure = plt.figure()
    axes = figure.add_subplot()
    axes.plot(y.numpy())
    axes.plot(yhat.numpy(), marker=".", linestyle="none", alpha=0.4)
    axes.set_xlabel("image")
    return [figure]


NAN_LOSS_STEP = 1.0
NAN_OUTPUT_STEP = np.array(2)
MANUAL_TRAINS_WELL = 0
MANUAL_REASON = "No. The first loss is NaN because 0 * log(0) is."
NORMALIZED_TRAINS_WELL = "true"
NORMALIZED_REASON = "Yes, 12661 of 12665 are right."
NORMALIZED_ACCURACY = 12661
