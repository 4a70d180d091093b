"""What torch has ready."""

import torch
from torch.nn import functional


def softmax(x):
    return functional.softmax(x, dim=-1)


def cross_entropy(logits, labels):
    return functional.nll_loss(functional.log_softmax(logits, dim=-1), labels)


def rmsnorm(x, gain, eps):
    return functional.rms_norm(x, gain.shape, gain, eps)


def attention(query, key, value, mask):
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)


def adamw_step(weight, gradient, mean, square, step, lr, decay, eps):
    parameter = torch.nn.Parameter(weight)
    optimizer = torch.optim.AdamW([parameter], lr=lr, weight_decay=decay, eps=eps)
    optimizer.state[parameter] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": mean,
        "exp_avg_sq": square,
    }
    parameter.grad = gradient
    optimizer.step()
    return parameter, mean, square


def clip_gradients(gradients, max_norm):
    parameters = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=False):
        parameter.grad = gradient
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    return [parameter.grad for parameter in parameters]
