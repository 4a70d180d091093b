from __future__ import annotations

import tensorflow as tf


def softmax(logits):
    """Return the softmax of each row of a tensor of shape (n, 3)."""
    raise NotImplementedError


def network():
    """Return a compiled Keras model for 4 inputs: 8 relu units, then 3 softmax units."""
    raise NotImplementedError
