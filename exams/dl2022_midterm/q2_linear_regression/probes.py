"""The inputs of the linear regression, and what is observed of its updates."""

from __future__ import annotations

from autograder.probing.networks import after_each_step

START = (-5.0, 10.0)  # the document's first guess of (w0, w1)
# Gradients as students read of them; a and b are numbers of 1 and more.
SMALL = ("(0, 0)", "(7e-9, -7e-9)", "(1e-10, 0)", "(-2e-9, -3e-9)")
JUDGED = (*SMALL, "(a, -a)", "(-a, -a)", "(0, a)", "(b, -b)")


def given(seed, profile):
    """The document's data for its seed, 7676: x sorted, noise of standard deviation 0.5, y = 2.5 + 4x + noise.

    x (100,), y (100, 1); `adam_start` and `sgd_start` (1, 2), where SGD takes over after five updates with Adam;
    and `judged` (8, 1, 2), gradients as JUDGED names them: of length 1e-8 at most, or with a component of 1 and more.
    """
    import torch

    torch.manual_seed(seed)
    x = torch.randn(100).sort().values
    y = (2.5 + 4 * x + torch.randn(100) * 0.5)[:, None]
    large = 1 + 10 * torch.rand(4, 1, 1)
    signs = torch.tensor([[[1.0, -1.0]], [[-1.0, -1.0]], [[0.0, 1.0]], [[1.0, -1.0]]])
    small = torch.tensor([[[0.0, 0.0]], [[7e-9, -7e-9]], [[1e-10, 0.0]], [[-2e-9, -3e-9]]])
    net = line(torch.tensor([START])).double()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        (y - net(design(x).double())).square().mean().backward()
        optimizer.step()
    tensors = {"x": x, "y": y, "judged": torch.cat([small, large * signs])}
    tensors |= {"adam_start": torch.tensor([START]), "sgd_start": net.weight.detach().float()}
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def design(x):
    """X of shape (n, 2) for x of shape (n,)."""
    import torch

    return torch.stack([torch.ones_like(x), x], dim=1)


def line(start):
    """A network of ours with this weight, so that earlier parts do not weigh on later ones."""
    import torch

    net = torch.nn.Linear(in_features=2, out_features=1, bias=False)
    net.weight.data = start
    return net


def updates(function, given, observe):
    net = line(given[given.start]).to(given.device)
    with after_each_step() as seen:
        observe("gradients, weights", function, net, design(given.x), given.y, lr=given.lr, steps=given.steps)
    observe("net_weight", lambda: net.weight)
    observe("optimizer", lambda: sorted(seen.classes))


def adam(student, given, observe):
    updates(student.adam_updates, given, observe)


def sgd(student, given, observe):
    updates(student.sgd_updates, given, observe)


def said(answer):
    """A judgement as a text for the person who grades it, nothing if none was made."""
    return "" if answer is None else str(answer)
