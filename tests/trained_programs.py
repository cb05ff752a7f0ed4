"""A function that trains a linear layer, with steps that are right: tests change one of its lines."""

TRAINED = """
import numpy as np
def fit(X, y, W, b, lr=0.1):
    p = X @ W + b
    loss = np.mean((p - y) ** 2)
    dp = 2 * (p - y) / p.size
    dW = X.T @ dp
    db = dp.sum(axis=0)
    W -= lr * dW
    b -= lr * db
    return W, b
"""
