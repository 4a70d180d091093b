"""Functions and tensors in place of modules: fit returns a closure, the losses are a numpy array."""

import numpy as np
import torch


def step(state, x, w_in, w_state, bias):
    return (torch.einsum("nd,dh->nh", x, w_in) + torch.einsum("nh,hk->nk", state, w_state) + bias).tanh()


def states(x, w_in, w_state, bias):
    n, length, _ = x.shape
    out = x.new_zeros(n, length + 1, bias.numel())
    for t in range(length):
        out[:, t + 1] = step(out[:, t], x[:, t], w_in, w_state, bias)
    return out[:, 1:]


def logits(x, w_in, w_state, bias, w_out):
    state = x.new_zeros(len(x), len(bias))
    for t in range(x.size(1)):
        state = step(state, x[:, t], w_in, w_state, bias)
    return state @ w_out


def Classifier(inputs, hidden, classes):  # noqa: N802
    shapes = (inputs, hidden), (hidden, hidden), (hidden,), (hidden, classes)
    weights = [(torch.randn(shape) * 0.4).requires_grad_() for shape in shapes]
    net = torch.nn.Module()
    net.weights = torch.nn.ParameterList(weights)
    net.forward = lambda x: logits(x, *net.weights)
    return net


def train(net, x, labels, lr, steps):
    losses = np.zeros(steps)
    rows = torch.arange(len(x))
    for index in range(steps):
        scores = net(x)
        loss = (torch.logsumexp(scores, 1) - scores[rows, labels]).mean()
        loss.backward()
        losses[index] = loss.detach().numpy()
        with torch.no_grad():
            for weight in net.parameters():
                weight -= lr * weight.grad
                weight.grad = None
    return losses


def fit(x, labels):
    net = Classifier(1, 12, 2)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
    for _ in range(70):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x), labels).backward()
        optimizer.step()
    return lambda sequences: net(sequences).detach().numpy()
