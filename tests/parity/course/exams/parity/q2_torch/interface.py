from __future__ import annotations

import torch


def gradient(weight, X, y):
    """Return the gradient of the mean squared error of X @ weight, shape (3,), float32."""
    raise NotImplementedError


def trained(X, y, lr, steps):
    """Return the weight, shape (3,), after so many steps of gradient descent from zero."""
    raise NotImplementedError
