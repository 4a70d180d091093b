import torch


def step(x, h, w, u):
    return torch.tanh(x @ w.T + h @ u.T)


step_anyhow = step_by_hand = step
