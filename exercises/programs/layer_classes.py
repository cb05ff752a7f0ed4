"""Layers as classes that keep what backward needs."""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        dx = dout
        return dx


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1.0 - self.out)


# slip transpose-forgotten: dx = np.dot(dout, self.W.T) => dx = np.dot(dout, self.W)
# slip transpose-forgotten: self.dW = np.dot(self.x.T, dout) => self.dW = np.dot(self.x, dout)
# slip sum-forgotten: self.db = np.sum(dout, axis=0) => self.db = dout
# slip mask-turned: dout[self.mask] = 0 => dout[~self.mask] = 0
# slip slope-forgotten: dout * self.out * (1.0 - self.out) => dout * self.out
