"""A subclass of torch's optimiser, hooks that record, the loss by dot products; a set gradient of zeros."""

import torch
from torch.optim import SGD, Adam


class Recording:
    def __init__(self, optimizer, weight):
        self.gradients, self.weights = [], []
        optimizer.register_step_pre_hook(lambda *_: self.gradients.append(weight.grad + 0))
        optimizer.register_step_post_hook(lambda *_: self.weights.append(weight.detach() + 0))


class MyAdam(Adam):
    pass


def design_matrix(x):
    return torch.cat([x[:, None] ** 0, x[:, None]], dim=1)


def initial_network():
    net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
    torch.nn.init.zeros_(net.weight)
    net.weight.data += torch.tensor([-5.0, 10.0])
    return net


def run(net, X, y, optimizer, steps):
    record = Recording(optimizer, net.weight)
    for _ in range(steps):
        net.zero_grad(set_to_none=False)
        residual = (y - net(X)).flatten()
        (residual @ residual / len(y)).backward()
        optimizer.step()
    return record.gradients, record.weights


def adam_updates(net, X, y, lr, steps):
    return run(net, X, y, MyAdam(net.parameters(), lr=lr), steps)


def sgd_updates(net, X, y, lr, steps):
    return run(net, X, y, SGD(net.parameters(), lr=lr, momentum=0.0), steps)


def converged(gradient):
    w0, w1 = gradient.reshape(-1)
    return (w0**2 + w1**2).sqrt().item() < 1e-3


TRAINED_WELL = "Yes"
CONVERGENCE_REASON = "The gradient fell from (-15.7, 14.7) to (-0.122, 0.023)."
