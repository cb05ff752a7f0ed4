"""A two-layer network with a softmax loss: loss and gradients in one function, gradients in a dictionary."""

import numpy as np


def two_layer_net(X, y, W1, b1, W2, b2, reg=0.1):
    N = X.shape[0]
    z = X.dot(W1) + b1
    h = np.maximum(0, z)
    scores = h.dot(W2) + b2
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

    grads = {}
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    grads["W2"] = h.T.dot(dscores) + 2 * reg * W2
    grads["b2"] = np.sum(dscores, axis=0)
    dh = dscores.dot(W2.T)
    dz = dh * (z > 0)
    grads["W1"] = X.T.dot(dz) + 2 * reg * W1
    grads["b1"] = np.sum(dz, axis=0)
    return loss, grads


# slip mask-forgotten: dz = dh * (z > 0) => dz = dh
# slip mask-of-another: dz = dh * (z > 0) => dz = dh * (X.dot(W1) > 0)
# slip mask-bound: dz = dh * (z > 0) => dz = dh * (h >= 0)
# slip transpose-forgotten: dh = dscores.dot(W2.T) => dh = dscores.dot(W2)
# slip product-order: grads["W1"] = X.T.dot(dz) => grads["W1"] = dz.T.dot(X)
# slip mean-forgotten: dscores /= N => pass
# slip operator: dscores /= N => dscores *= N
# slip label-forgotten: dscores[np.arange(N), y] -= 1 => pass
# slip sign: dscores[np.arange(N), y] -= 1 => dscores[np.arange(N), y] += 1
# slip wrong-axis: grads["b1"] = np.sum(dz, axis=0) => grads["b1"] = np.sum(dz, axis=1)
# slip penalty-forgotten: h.T.dot(dscores) + 2 * reg * W2 => h.T.dot(dscores)
# slip constant-factor: + 2 * reg * W1 => + reg * W1
# slip another-variable: grads["b2"] = np.sum(dscores => grads["b2"] = np.sum(probs
# right: dscores = probs.copy() => dscores = probs
# right: dz = dh * (z > 0) => dz = dh * (h > 0)
