"""The logarithm first, the products by einsum, -1e9 for what is hidden."""

import torch


def softmax(x):
    return (x - torch.logsumexp(x, -1, keepdim=True)).exp()


def cross_entropy(logits, labels):
    picked = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
    return torch.logsumexp(logits, 1).sub(picked).mean()


def rmsnorm(x, gain, eps):
    return torch.einsum("...d,d->...d", x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps), gain)


def attention(query, key, value, mask):
    scores = torch.einsum("bqd,bkd->bqk", query, key) * query.size(-1) ** -0.5
    weights = torch.softmax(torch.where(mask, scores, torch.tensor(-1e9)), dim=2)
    return torch.einsum("bqk,bkv->bqv", weights, value)


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    mean = torch.lerp(mean, gradient, 0.1)
    square = square + 0.001 * (gradient * gradient - square)
    update = (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)) ** 0.5 + eps)
    return (1 - lr * decay) * weight - lr * update, mean, square


def clip_gradients(gradients, max_norm):
    total = torch.cat([gradient.reshape(-1) for gradient in gradients]).norm()
    factor = torch.clamp(max_norm / total, max=1.0)
    return tuple(gradient * factor for gradient in gradients)
