"""All in double precision, with einsum, and a Jacobian for the backward pass."""

import numpy as np


def forward(x, gain, shift, mean, var, training):
    x, mean, var = x.astype(np.float64), mean.astype(np.float64), var.astype(np.float64)
    m, v = (np.einsum("nd->d", x) / len(x), x.var(0)) if training else (mean, var)
    hat = np.einsum("nd,d->nd", x - m, (v + 0.01) ** -0.5)
    if training:
        mean, var = (
            np.average([mean, m], axis=0, weights=[9, 1]),
            np.average([var, v], axis=0, weights=[9, 1]),
        )
    return np.einsum("nd,d->nd", hat, gain) + shift, mean, var, (hat, gain * (v + 0.01) ** -0.5)


def backward(grad, cache):
    hat, scale = cache
    n = len(hat)
    jacobian = np.eye(n)[:, :, None] - 1 / n - hat[:, None] * hat[None] / n
    dx = np.einsum("ijd,id,d->jd", jacobian, grad, scale)
    return dx, np.einsum("nd,nd->d", grad, hat), np.einsum("nd->d", grad)
