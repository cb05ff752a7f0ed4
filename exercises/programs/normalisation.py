"""Batch normalisation, step by step and in one formula, and layer normalisation."""

import numpy as np


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    """Inputs: x of shape (N, D), gamma of shape (D,), beta of shape (D,)."""
    mu = x.mean(axis=0)
    xmu = x - mu
    var = np.mean(xmu ** 2, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    out = gamma * xhat + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
    dvar = 0.5 / np.sqrt(var + eps) * dsqrtvar
    dsq = np.ones((N, D)) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = np.ones((N, D)) / N * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dx = ivar / N * (N * dxhat - dxhat.sum(axis=0) - xhat * np.sum(dxhat * xhat, axis=0))
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Inputs: x of shape (N, D), gamma of shape (D,), beta of shape (D,)."""
    mean = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    istd = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * istd
    return xhat * gamma + beta, (xhat, istd, gamma)


def layernorm_backward(dout, cache):
    xhat, istd, gamma = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(xhat * dout, axis=0)
    g = dout * gamma
    mean_g = np.mean(g, axis=1, keepdims=True)
    mean_gx = np.mean(g * xhat, axis=1, keepdims=True)
    dx = istd * (g - mean_g - xhat * mean_gx)
    return dx, dgamma, dbeta


# slip missing-path: dx = dx1 + dx2 => dx = dx1
# slip sign: dsqrtvar = -1.0 / => dsqrtvar = 1.0 /
# slip factor-forgotten: dxhat = dout * gamma@1 => dxhat = dout
# slip another-number: dxmu2 = 2 * xmu * dsq => dxmu2 = 4 * xmu * dsq
# slip sign: dmu = -np.sum => dmu = np.sum
# slip wrong-axis: mean_g = np.mean(g, axis=1, keepdims=True) => mean_g = np.mean(g, axis=0, keepdims=True)
# slip sum-forgotten: dgamma = np.sum(xhat * dout, axis=0) => dgamma = xhat * dout
# slip factor-forgotten: xhat * np.sum(dxhat * xhat, axis=0)) => np.sum(dxhat * xhat, axis=0))
# slip sign: (N * dxhat - dxhat.sum(axis=0) => (N * dxhat + dxhat.sum(axis=0)
# slip another-variable: divar = np.sum(dxhat * xmu => divar = np.sum(dxhat * xhat
# right: dx = dx1 + dx2 => dx = dx2 + dx1
