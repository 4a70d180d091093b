"""One number after another, with lists of Python's own floats."""

import math


def softmax(x):
    if x.dim() > 1:
        return [softmax(row) for row in x]
    numbers = x.tolist()
    greatest = max(numbers)
    powers = [math.exp(number - greatest) for number in numbers]
    total = math.fsum(powers)
    return [power / total for power in powers]


def cross_entropy(logits, labels):
    loss = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=False):
        greatest = max(row)
        loss += greatest + math.log(sum(math.exp(one - greatest) for one in row)) - row[label]
    return loss / len(labels)


def rmsnorm(x, gain, eps):
    if x.dim() > 1:
        return [rmsnorm(row, gain, eps) for row in x]
    numbers = x.tolist()
    root = math.sqrt(sum(number * number for number in numbers) / len(numbers) + eps)
    return [number / root * factor for number, factor in zip(numbers, gain.tolist(), strict=False)]


def attention(query, key, value, mask):
    attended = []
    for queries, keys, values in zip(query, key, value, strict=False):
        rows = []
        for row, seen in zip(queries, mask, strict=False):
            scores = [
                (row @ one / math.sqrt(len(row))).item() if s else -math.inf
                for one, s in zip(keys, seen, strict=False)
            ]
            greatest = max(scores)
            powers = [math.exp(score - greatest) for score in scores]
            rows.append(
                (sum(power * one for power, one in zip(powers, values, strict=False)) / sum(powers)).tolist()
            )
        attended.append(rows)
    return attended


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    weight, mean, square = weight.clone(), mean.clone(), square.clone()
    for row in range(weight.shape[0]):
        for column in range(weight.shape[1]):
            at = row, column
            mean[at] = 0.9 * mean[at] + 0.1 * gradient[at]
            square[at] = 0.999 * square[at] + 0.001 * gradient[at] ** 2
            scale = math.sqrt(square[at] / (1 - 0.999**step)) + eps
            weight[at] -= lr * decay * weight[at] + lr * mean[at] / (1 - 0.9**step) / scale
    return [weight, mean, square]


def clip_gradients(gradients, max_norm):
    total = 0.0
    for gradient in gradients:
        for number in gradient.flatten().tolist():
            total += number**2
    norm = math.sqrt(total)
    if norm > max_norm:
        return [gradient * (max_norm / norm) for gradient in gradients]
    return gradients
