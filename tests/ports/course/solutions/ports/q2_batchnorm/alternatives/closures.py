"""The cache is a function that backward calls."""

import numpy as np


def forward(x, gamma, beta, running_mean, running_var, training):
    def evaluate(mu, sigma2):
        return gamma * ((x - mu) / np.sqrt(sigma2 + 1e-2)) + beta

    if not training:
        return evaluate(running_mean, running_var), running_mean, running_var, None
    mu = x.mean(axis=0)
    sigma2 = (x * x).mean(axis=0) - mu * mu
    inverse = np.reciprocal(np.sqrt(sigma2 + 1e-2))

    def pull(dout):
        xhat = (x - mu) * inverse
        dxhat = dout * gamma
        n = x.shape[0]
        dsigma2 = np.sum(dxhat * (x - mu), axis=0) * -0.5 * inverse**3
        dmu = -np.sum(dxhat * inverse, axis=0)
        dx = dxhat * inverse + dsigma2 * 2 * (x - mu) / n + dmu / n
        return dx, (dout * xhat).sum(0), dout.sum(0)

    running = [0.9 * old + 0.1 * new for old, new in ((running_mean, mu), (running_var, sigma2))]
    return evaluate(mu, sigma2), *running, pull


def backward(dout, pull):
    return pull(dout)
