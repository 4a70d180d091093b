"""Changes its arguments in place, as torch's own optimisers do."""

import torch


def softmax(x):
    x -= x.max(dim=-1, keepdim=True)[0]
    x.exp_()
    x /= x.sum(dim=-1, keepdim=True)
    return x


def cross_entropy(logits, labels):
    logits -= logits.max(1, keepdim=True).values
    logits -= logits.exp().sum(1, keepdim=True).log()
    chosen = torch.nn.functional.one_hot(labels, logits.shape[1]).bool()
    return -logits[chosen].sum() / len(labels)


def rmsnorm(x, gain, eps):
    x.div_(torch.linalg.vector_norm(x, dim=-1, keepdim=True).square().div(x.shape[-1]).add(eps).sqrt())
    return x.mul_(gain)


def attention(query, key, value, mask):
    query /= query.shape[-1] ** 0.5
    scores = query @ key.transpose(1, 2)
    scores.masked_fill_(mask.logical_not(), -1e30)
    return softmax(scores) @ value


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    mean.mul_(0.9).add_(gradient, alpha=0.1)
    square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
    weight.mul_(1 - lr * decay)
    denominator = square.sqrt().div_((1 - 0.999**step) ** 0.5).add_(eps)
    weight.addcdiv_(mean, denominator, value=-lr / (1 - 0.9**step))
    return weight, mean, square


def clip_gradients(gradients, max_norm):
    norm = torch.linalg.vector_norm(torch.stack([g.square().sum() for g in gradients]).sqrt())
    if norm > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / norm)
    return gradients
