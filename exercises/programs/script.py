"""A training script: everything in the file, one after the other."""

import numpy as np

np.random.seed(0)
N, D, H = 64, 20, 30
x = np.random.randn(N, D)
t = np.random.randn(N, 1)
w1 = np.random.randn(D, H) * 0.1
b1 = np.zeros((1, H))
w2 = np.random.randn(H, 1) * 0.1
learning_rate = 1e-2

for step in range(500):
    z = x.dot(w1) + b1
    h = np.tanh(z)
    y = h.dot(w2)
    loss = np.square(y - t).mean()

    grad_y = 2.0 * (y - t) / N
    grad_w2 = h.T.dot(grad_y)
    grad_h = grad_y.dot(w2.T)
    grad_z = grad_h * (1 - h ** 2)
    grad_b1 = grad_z.sum(axis=0, keepdims=True)
    grad_w1 = x.T.dot(grad_z)

    w1 -= learning_rate * grad_w1
    b1 -= learning_rate * grad_b1
    w2 -= learning_rate * grad_w2

# slip constant-factor: grad_y = 2.0 * (y - t) / N => grad_y = (y - t) / N
# slip difference-reversed: grad_y = 2.0 * (y - t) / N => grad_y = 2.0 * (t - y) / N
# slip mean-forgotten: grad_y = 2.0 * (y - t) / N => grad_y = 2.0 * (y - t)
# slip transpose-forgotten: grad_w2 = h.T.dot(grad_y) => grad_w2 = h.dot(grad_y)
# slip transpose-too-many: grad_w2 = h.T.dot(grad_y) => grad_w2 = h.T.dot(grad_y.T)
# slip slope-forgotten: grad_z = grad_h * (1 - h ** 2) => grad_z = grad_h
# slip another-variable: grad_z = grad_h * (1 - h ** 2) => grad_z = grad_h * (1 - z ** 2)
# slip wrong-axis: grad_b1 = grad_z.sum(axis=0, keepdims=True) => grad_b1 = grad_z.sum(axis=1, keepdims=True)
# right: grad_z = grad_h * (1 - h ** 2) => grad_z = grad_h * (1 - np.tanh(z) ** 2)
