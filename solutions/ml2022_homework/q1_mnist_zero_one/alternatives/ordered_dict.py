"""Layers by name in an OrderedDict, zero_grad first, numbers as floats in lists, answers as numpy's scalars."""

from collections import OrderedDict

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn, optim


def make_data(zeros, ones):
    X = torch.vstack((zeros.flatten(1), ones.flatten(1))).to(torch.float32)
    y = torch.cat((torch.zeros(len(zeros)), torch.ones(len(ones)))).unsqueeze(1)
    return [X, y]


def build_network():
    layers = [("l1", nn.Linear(784, 64)), ("a1", nn.ReLU()), ("l2", nn.Linear(64, 1)), ("a2", nn.Sigmoid())]
    return nn.Sequential(OrderedDict(layers))


def loss_by_hand(yhat, y):
    return -(y * yhat.log() + (1 - y) * (1 - yhat).log()).sum() / len(y)


def train(X, y, loss, epochs, lr, seed, device):
    torch.manual_seed(seed)
    net = build_network()
    net.to(device)
    criterion = nn.BCELoss(reduction="mean")
    optimizer = optim.Adam(params=net.parameters(), lr=lr)
    history = []
    net.train()
    for _ in range(epochs):
        optimizer.zero_grad(set_to_none=False)
        yhat = net(X)
        value = criterion(yhat, y) if loss == "bce_loss" else loss_by_hand(yhat, y)
        value.backward()
        optimizer.step()
        history.append(value.item())
    net.eval()
    return net, yhat, history


def normalize(X):
    return (X - 0.0) / (255.0 - 0.0)


def accuracy(yhat, y):
    right = 0
    for output, label in zip(yhat.tolist(), y.tolist(), strict=True):
        right += (1 if output[0] > 0.5 else 0) == int(label[0])
    return np.float32(right / len(y))


def plot_fit(y, yhat):
    plt.figure(figsize=(8, 3))
    plt.plot(y, label="y")
    plt.plot(yhat, ".", alpha=0.4, label="yhat")
    plt.axhline(0.5, color="gray")
    plt.legend()
    return plt.gcf()


NAN_LOSS_STEP = np.int64(1)
NAN_OUTPUT_STEP = torch.tensor(2)
MANUAL_TRAINS_WELL = np.bool_(False)
MANUAL_REASON = "손실이 NaN이다. 출력이 정확히 1인 이미지가 있어 0·log 0이 NaN이고, 그 미분으로 갱신하면 가중치도 NaN이다."
NORMALIZED_TRAINS_WELL = np.True_
NORMALIZED_REASON = "손실이 0.0015까지 줄고 12661장을 맞힌다. 입력이 작아 로그가 유한하다."
NORMALIZED_ACCURACY = torch.tensor(0.9997)
