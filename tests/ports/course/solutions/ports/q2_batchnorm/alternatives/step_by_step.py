"""The graph forwards and backwards, node by node."""

import numpy as np


def forward(x, gain, shift, mean, var, training):
    if not training:
        return (x - mean) / np.sqrt(var + 0.01) * gain + shift, mean, var, None
    mu = np.sum(x, axis=0) / x.shape[0]
    centred = x - mu
    squared = centred**2
    variance = squared.mean(0)
    root = np.sqrt(variance + 0.01)
    inverse = 1 / root
    hat = centred * inverse
    cache = {"centred": centred, "root": root, "inverse": inverse, "hat": hat, "gain": gain}
    return hat * gain + shift, mean + 0.1 * (mu - mean), var + 0.1 * (variance - var), cache


def backward(grad, cache):
    n = grad.shape[0]
    dshift = np.sum(grad, axis=0)
    dgain = np.sum(grad * cache["hat"], axis=0)
    dhat = grad * cache["gain"]
    dinverse = (dhat * cache["centred"]).sum(axis=0)
    droot = -dinverse / cache["root"] ** 2
    dvariance = 0.5 * droot / cache["root"]
    dcentred = dhat * cache["inverse"] + 2 * cache["centred"] * dvariance / n
    dmu = -dcentred.sum(axis=0)
    return dcentred + dmu / n, dgain, dshift
