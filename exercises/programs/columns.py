"""Logistic regression and a shallow network with samples as columns."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def propagate(w, b, X, Y):
    """w of shape (n, 1), b a scalar, X of shape (n, m), Y of shape (1, m)."""
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dw = 1 / m * np.dot(X, (A - Y).T)
    db = 1 / m * np.sum(A - Y)
    grads = {"dw": dw, "db": db}
    return grads, cost


def forward_propagation(X, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    return A2, cache


def compute_cost(A2, Y):
    m = Y.shape[1]
    return -np.sum(np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)) / m


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


# slip transpose-forgotten: dw = 1 / m * np.dot(X, (A - Y).T) => dw = 1 / m * np.dot(X, (A - Y))
# slip another-number: db = 1 / m * np.sum(A - Y) => db = 4 / m * np.sum(A - Y)
# slip mean-forgotten: dW2 = np.dot(dZ2, A1.T) / m => dW2 = np.dot(dZ2, A1.T)
# slip slope-forgotten: np.dot(W2.T, dZ2) * (1 - np.power(A1, 2)) => np.dot(W2.T, dZ2)
# slip wrong-axis: db1 = np.sum(dZ1, axis=1, keepdims=True) => db1 = np.sum(dZ1, axis=0, keepdims=True)
# slip difference-reversed: dZ2 = A2 - Y => dZ2 = Y - A2
# slip factor-too-many: dW1 = np.dot(dZ1, X.T) / m => dW1 = np.dot(dZ1, X.T) / (2 * m)
# right: dZ2 = A2 - Y => dZ2 = -(Y - A2)
