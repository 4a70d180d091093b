"""A perfect submission to question 2 of the midterm."""

import torch


def design_matrix(x):
    return torch.stack([torch.ones_like(x), x], dim=1)


def initial_network():
    net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
    net.weight.data = torch.tensor([[-5.0, 10.0]])
    return net


def train(net, X, y, optimizer, steps):
    gradients, weights = [], []
    for _ in range(steps):
        loss = torch.mean((y - net(X)) ** 2)
        loss.backward()
        gradients.append(net.weight.grad.clone())
        optimizer.step()
        weights.append(net.weight.detach().clone())
        optimizer.zero_grad()
    return gradients, weights


def adam_updates(net, X, y, lr, steps):
    return train(net, X, y, torch.optim.Adam(net.parameters(), lr=lr), steps)


def sgd_updates(net, X, y, lr, steps):
    return train(net, X, y, torch.optim.SGD(net.parameters(), lr=lr), steps)


def converged(gradient):
    return bool(gradient.abs().max() < 0.2)


TRAINED_WELL = True
CONVERGENCE_REASON = (
    "The gradient of the last update, (-0.122, 0.023), is nearly zero against (-15.7, 14.7) at the start, and "
    "the mean squared error of a linear model is convex, so that a point of zero gradient is the global "
    "minimum. The weight is therefore close to it, though not yet there."
)
