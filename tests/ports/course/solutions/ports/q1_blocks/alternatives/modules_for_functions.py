"""Modules and lambdas where functions are asked for, and gradients left on."""

import torch
from torch import nn

softmax = nn.Softmax(dim=-1)
cross_entropy = nn.CrossEntropyLoss()


class RMSNorm(nn.Module):
    def __init__(self, gain, eps):
        super().__init__()
        self.gain, self.eps = nn.Parameter(gain), eps

    def forward(self, x):
        return x / (self.eps + (x * x).mean(dim=-1, keepdim=True)).sqrt() * self.gain


rmsnorm = lambda x, gain, eps: RMSNorm(gain, eps)(x)  # noqa: E731


class Attention(nn.Module):
    def forward(self, Q, K, V, M):
        S = torch.bmm(Q, K.permute(0, 2, 1)) / Q.shape[-1] ** 0.5
        return torch.bmm(softmax(S + (~M) * torch.finfo(S.dtype).min), V)


attention = Attention()


class AdamW:
    beta1, beta2 = 0.9, 0.999

    def __call__(self, w, g, m, v, t, eta, lam, eps):
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g.square()
        m_hat, v_hat = m / (1 - self.beta1**t), v / (1 - self.beta2**t)
        return w - eta * m_hat / (v_hat.sqrt() + eps) - eta * lam * w, m, v


adamw_step = AdamW()


def clip_gradients(gradients, max_norm):
    norm = sum(torch.sum(g * g) for g in gradients).sqrt().item()
    return gradients if norm < max_norm else [nn.Parameter(g / norm * max_norm) for g in gradients]
