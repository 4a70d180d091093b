"""torch.autograd.grad, a Parameter as the weight, functional losses, one closure a step, lists of lists."""

import torch
import torch.nn.functional as F  # noqa: N812


def design_matrix(x):
    X = torch.ones(x.shape[0], 2)
    X[:, 1] = x
    return X


def initial_network():
    net = torch.nn.Linear(2, 1, False)
    net.weight = torch.nn.Parameter(torch.tensor([-5.0, 10.0]).reshape(1, 2))
    return net


def adam_updates(net, X, y, lr, steps):
    optimizer = torch.optim.Adam([net.weight], lr=lr, foreach=False)
    gradients, weights = [], []
    for _ in range(steps):
        (net.weight.grad,) = torch.autograd.grad(F.mse_loss(net(X), y), net.weight)
        gradients += [net.weight.grad.tolist()]
        optimizer.step()
        weights += [net.weight.tolist()]
    return gradients, weights


def sgd_updates(net, X, y, lr, steps):
    gradients, weights = [], []
    optimizer = torch.optim.SGD([{"params": [net.weight], "lr": lr}])

    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(F.linear(X, net.weight), y)
        loss.backward()
        gradients.append(net.weight.grad.tolist())
        return loss

    for _ in range(steps):
        optimizer.step(closure)
        weights.append(net.weight.tolist())
    return gradients, weights


def converged(gradient):
    return all(abs(value) < 1e-6 for value in gradient.flatten().tolist())


TRAINED_WELL = "아니오"
CONVERGENCE_REASON = "마지막 미분계수가 -0.122로 아직 0이 아니므로 더 학습해야 한다. 손실함수는 볼록하다."
