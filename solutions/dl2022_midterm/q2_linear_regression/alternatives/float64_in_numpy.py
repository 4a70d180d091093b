"""Computed in float64 with numpy's gradient, which is given to torch's optimiser; arrays handed back."""

import numpy as np
import torch


def design_matrix(x):
    return np.vander(x.numpy().astype(np.float64), 2, increasing=True)


class Line(torch.nn.Linear):
    def forward(self, X):
        return super().forward(torch.as_tensor(X, dtype=self.weight.dtype))


def initial_network():
    net = Line(in_features=2, out_features=1, bias=False)
    net.load_state_dict({"weight": torch.tensor([[-5.0, 10.0]])})
    return net.double()


def updates(net, X, y, optimizer, steps):
    X, y = X.numpy().astype(np.float64), y.numpy().astype(np.float64)
    path = np.empty((2, steps, 1, 2))
    for step in range(steps):
        w = net.weight.detach().numpy().astype(np.float64)
        path[0, step] = 2 * ((X @ w.T - y) * X).mean(axis=0)
        net.weight.grad = torch.from_numpy(path[0, step]).to(net.weight.dtype)
        optimizer.step()
        path[1, step] = net.weight.detach().numpy()
    return path


def adam_updates(net, X, y, lr, steps):
    return updates(net, X, y, torch.optim.Adam(net.parameters(), lr), steps)


def sgd_updates(net, X, y, lr, steps):
    return updates(net, X, y, torch.optim.SGD(net.parameters(), lr), steps)


def converged(gradient):
    return np.abs(gradient.numpy()).max() <= 0.1


TRAINED_WELL = 1
CONVERGENCE_REASON = (
    "The last gradient is (-0.122, 0.023), near zero, where a convex loss has its only minimum."
)
