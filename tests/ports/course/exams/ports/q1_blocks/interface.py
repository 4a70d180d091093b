from torch import Tensor


def softmax(x: Tensor) -> Tensor:
    """Return the softmax of x, of any shape, over its last axis."""
    raise NotImplementedError


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy of logits (n, classes) and labels (n,), a scalar."""
    raise NotImplementedError


def rmsnorm(x: Tensor, gain: Tensor, eps: float) -> Tensor:
    """Return x, (..., d), divided by the root of its mean square over the last axis, times gain, (d,)."""
    raise NotImplementedError


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Attend from query (b, q, d) to key (b, k, d) and value (b, k, v) where mask (q, k) is True: (b, q, v)."""
    raise NotImplementedError


def adamw_step(
    weight: Tensor,
    gradient: Tensor,
    mean: Tensor,
    square: Tensor,
    step: int,
    lr: float,
    decay: float,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return weight, mean and square after AdamW's update number `step`, counted from 1."""
    raise NotImplementedError


def clip_gradients(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    """Return the gradients, scaled together so that their global norm is at most max_norm."""
    raise NotImplementedError
