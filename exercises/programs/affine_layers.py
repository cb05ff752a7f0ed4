"""Layers as pairs of functions with a cache: an affine layer, a ReLU, a sigmoid."""

import numpy as np


def affine_forward(x, w, b):
    """Inputs: x of shape (N, D), w of shape (D, M), b of shape (M,)."""
    out = x.dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = None, None, None
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def sigmoid_forward(x):
    out = 1 / (1 + np.exp(-x))
    return out, out


def sigmoid_backward(dout, cache):
    out = cache
    dx = dout * out * (1 - out)
    return dx


# slip transpose-forgotten: dx = dout.dot(w.T) => dx = dout.dot(w)
# slip transpose-forgotten: dw = x.T.dot(dout) => dw = x.dot(dout)
# slip product-order: dw = x.T.dot(dout) => dw = dout.T.dot(x)
# slip sum-forgotten: db = np.sum(dout, axis=0) => db = dout
# slip mean-for-sum: db = np.sum(dout, axis=0) => db = np.mean(dout, axis=0)
# slip wrong-axis: db = np.sum(dout, axis=0) => db = np.sum(dout, axis=1)
# slip mask-turned: dx[x <= 0] = 0 => dx[x >= 0] = 0
# slip factor-forgotten: dx = dout * out * (1 - out) => dx = dout * (1 - out)
# slip slope-forgotten: dx = dout * out * (1 - out) => dx = dout * out
# slip sign: dx = dout * out * (1 - out) => dx = -dout * out * (1 - out)
# right: dx[x <= 0] = 0 => dx[x < 0] = 0
# right: dx = dout * out * (1 - out) => dx = out * dout - out ** 2 * dout
