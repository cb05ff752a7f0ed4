"""Inverted dropout with its mask."""

import numpy as np


def dropout_forward(x, dropout_param):
    """Inputs: x of shape (N, D)."""
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    else:
        out = x
    cache = (dropout_param, mask)
    return out, cache


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]
    if mode == "train":
        dx = dout * mask
    else:
        dx = dout
    return dx


# slip factor-forgotten: dx = dout * mask => dx = dout
# slip operator: dx = dout * mask => dx = dout + mask
# slip sign: dx = dout * mask => dx = -dout * mask
# right: dx = dout * mask => dx = mask * dout
