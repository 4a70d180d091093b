"""Column by column, with Python's own numbers in lists."""

import math


def forward(x, gain, shift, mean, var, training):
    n, d = len(x), len(x[0])
    out = [[0.0] * d for _ in range(n)]
    hats, roots = [[0.0] * d for _ in range(n)], []
    mean, var = [float(m) for m in mean], [float(v) for v in var]
    for j in range(d):
        column = [float(row[j]) for row in x]
        m, v = mean[j], var[j]
        if training:
            m = sum(column) / n
            v = sum((one - m) ** 2 for one in column) / n
            mean[j] = 0.9 * mean[j] + 0.1 * m
            var[j] = 0.9 * var[j] + 0.1 * v
        roots.append(math.sqrt(v + 0.01))
        for i in range(n):
            hats[i][j] = (column[i] - m) / roots[j]
            out[i][j] = hats[i][j] * float(gain[j]) + float(shift[j])
    return [out, mean, var, [hats, roots, list(gain)]]


def backward(grad, cache):
    hats, roots, gain = cache
    n, d = grad.shape
    dx = [[0.0] * d for _ in range(n)]
    dgain, dshift = [], []
    for j in range(d):
        dshift.append(sum(float(grad[i][j]) for i in range(n)))
        dgain.append(sum(float(grad[i][j]) * hats[i][j] for i in range(n)))
        for i in range(n):
            rest = n * float(grad[i][j]) - dshift[j] - hats[i][j] * dgain[j]
            dx[i][j] = float(gain[j]) * rest / (n * roots[j])
    return [dx, dgain, dshift]
