"""With numpy, which returns arrays and numbers of its own."""

import numpy as np


def softmax(x):
    x = np.asarray(x)
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def cross_entropy(logits, labels):
    logits = logits.numpy().astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.mean(logs[np.arange(len(logs)), labels.numpy()])


def rmsnorm(x, gain, eps):
    x, gain = x.numpy(), gain.numpy()
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * gain


def attention(query, key, value, mask):
    query, key, value, mask = query.numpy(), key.numpy(), value.numpy(), mask.numpy()
    scores = query @ key.swapaxes(1, 2) / np.sqrt(query.shape[-1])
    return softmax(np.where(mask[None], scores, -np.inf)) @ value


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    weight, gradient, mean, square = map(np.asarray, (weight, gradient, mean, square))
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * np.square(gradient)
    update = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + eps)
    return weight - lr * (update + decay * weight), mean, square


def clip_gradients(gradients, max_norm):
    gradients = [gradient.numpy() for gradient in gradients]
    norm = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients]))
    return [gradient * min(1, max_norm / norm) for gradient in gradients]
