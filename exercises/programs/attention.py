"""Scaled dot-product attention of one head."""

import numpy as np


def attention_forward(Q, K, V):
    """Q of shape (T, d), K of shape (S, d), V of shape (S, e)."""
    d = Q.shape[1]
    S = Q @ K.T / np.sqrt(d)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    O = P @ V
    return O, (Q, K, V, P)


def attention_backward(dO, cache):
    Q, K, V, P = cache
    d = Q.shape[1]
    dV = P.T @ dO
    dP = dO @ V.T
    dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
    dS = dS / np.sqrt(d)
    dQ = dS @ K
    dK = dS.T @ Q
    return dQ, dK, dV


# slip transpose-forgotten: dV = P.T @ dO => dV = P @ dO
# slip product-order: dK = dS.T @ Q => dK = Q.T @ dS
# slip wrong-axis: np.sum(dP * P, axis=1, keepdims=True) => np.sum(dP * P, axis=0, keepdims=True)
# slip sign: (dP - np.sum(dP * P => (dP + np.sum(dP * P
# slip operator: dS = dS / np.sqrt(d) => dS = dS * np.sqrt(d)
# slip factor-forgotten: dS = P * (dP => dS = (dP
# slip keepdims-forgotten: np.sum(dP * P, axis=1, keepdims=True)) => np.sum(dP * P, axis=1))
# right: dK = dS.T @ Q => dK = (Q.T @ dS).T
