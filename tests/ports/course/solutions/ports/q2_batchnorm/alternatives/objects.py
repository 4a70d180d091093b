"""An object that is called in place of the function, and projections for the backward pass."""

from functools import partial

import numpy as np


class BatchNorm:
    momentum, eps = 0.1, 0.01

    def __call__(self, x, gain, shift, mean, var, training):
        if training:
            out, mean, var = self.train(x, mean, var)
        else:
            out = np.apply_along_axis(lambda row: (row - mean) / np.sqrt(var + self.eps), 1, x)
            self.normed = None
        self.gain = gain
        return [np.add(np.multiply(out, gain), shift), np.copy(mean), np.copy(var), self]

    def train(self, x, mean, var):
        moments = np.stack([np.mean(x, 0), np.mean((x - np.mean(x, 0)) ** 2, 0)])
        self.scale = np.power(moments[1] + self.eps, -0.5)
        self.normed = np.divide(x - moments[0], np.sqrt(moments[1] + self.eps))
        kept = (1 - self.momentum) * np.stack([mean, var]) + self.momentum * moments
        return self.normed, *kept


forward = BatchNorm()


def project(normed, grad):
    n = len(normed)
    return grad - np.full((n, n), 1 / n) @ grad - normed * np.einsum("nd,nd->d", grad, normed) / n


def backward(grad, cache):
    dx = partial(project, cache.normed)(grad) * (cache.gain * cache.scale)
    return dx, np.einsum("nd,nd->d", grad, cache.normed), grad.sum(axis=0, dtype=np.float64)
