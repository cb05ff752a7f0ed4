"""Losses of a linear classifier: softmax, and the hinge with loops and without."""

import numpy as np


def softmax_loss(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= scores.max(axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[range(num_train), y]).mean() + reg * np.sum(W * W)
    probs[range(num_train), y] -= 1
    dW = X.T.dot(probs) / num_train + 2 * reg * W
    return loss, dW


def hinge_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW


def hinge_loss(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train + reg * np.sum(W * W)
    mask = (margins > 0).astype(float)
    mask[np.arange(num_train), y] = -np.sum(mask, axis=1)
    dW = X.T.dot(mask) / num_train + 2 * reg * W
    return loss, dW


# slip sign: probs[range(num_train), y] -= 1 => probs[range(num_train), y] += 1
# slip mean-forgotten: dW = X.T.dot(probs) / num_train => dW = X.T.dot(probs)
# slip constant-factor: X.T.dot(probs) / num_train + 2 * reg * W => X.T.dot(probs) / num_train + reg * W
# slip penalty-forgotten: dW = X.T.dot(mask) / num_train + 2 * reg * W => dW = X.T.dot(mask) / num_train
# slip sign: dW[:, y[i]] -= X[i] => dW[:, y[i]] += X[i]
# slip sign: mask[np.arange(num_train), y] = -np.sum(mask, axis=1) => mask[np.arange(num_train), y] = np.sum(mask, axis=1)
# slip mask-turned: mask = (margins > 0) => mask = (margins < 0)
# slip mean-forgotten: dW = dW / num_train + 2 * reg * W => dW = dW + 2 * reg * W
# slip another-variable: X.T.dot(mask) => X.T.dot(margins)
# right: mask = (margins > 0) => mask = (margins >= 1e-12)
