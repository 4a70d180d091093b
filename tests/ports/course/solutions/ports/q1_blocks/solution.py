import torch


def softmax(x):
    weights = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return weights / weights.sum(dim=-1, keepdim=True)


def cross_entropy(logits, labels):
    shifted = logits - logits.amax(dim=-1, keepdim=True)
    log_total = shifted.exp().sum(dim=-1).log()
    return (log_total - shifted[torch.arange(len(labels)), labels]).mean()


def rmsnorm(x, gain, eps):
    return x / torch.sqrt((x**2).mean(dim=-1, keepdim=True) + eps) * gain


def attention(query, key, value, mask):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    return softmax(scores.masked_fill(~mask, -1e9)) @ value


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    corrected = mean / (1 - 0.9**step)
    scale = torch.sqrt(square / (1 - 0.999**step)) + eps
    return weight - lr * corrected / scale - lr * decay * weight, mean, square


def clip_gradients(gradients, max_norm):
    norm = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
    factor = torch.clamp(max_norm / norm, max=1)
    return [gradient * factor for gradient in gradients]
