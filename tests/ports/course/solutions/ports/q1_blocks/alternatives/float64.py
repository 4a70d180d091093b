"""All in double precision, and returned in it."""

import torch


def softmax(x):
    return torch.softmax(x.double(), -1)


def cross_entropy(logits, labels):
    rows = torch.arange(labels.shape[0])
    return -torch.log_softmax(logits.double(), 1)[rows, labels].mean()


def rmsnorm(x, gain, eps):
    x = x.double()
    return gain * x * (x.square().mean(-1, keepdim=True) + eps) ** -0.5


def attention(query, key, value, mask):
    query, key, value = query.double(), key.double(), value.double()
    scores = torch.matmul(query, key.mT) / query.shape[2] ** 0.5
    scores[:, ~mask] = -torch.inf
    return torch.softmax(scores, -1).matmul(value)


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    weight, gradient, mean, square = (one.double() for one in (weight, gradient, mean, square))
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    return (
        weight * (1 - lr * decay) - lr * mean / (1 - 0.9**step) / ((square / (1 - 0.999**step)).sqrt() + eps),
        mean,
        square,
    )


def clip_gradients(gradients, max_norm):
    gradients = [gradient.double() for gradient in gradients]
    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    return [gradient / max(norm / max_norm, 1) for gradient in gradients]
