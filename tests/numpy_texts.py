"""Formulas over arrays as NumPy users type them, each with the same computation by NumPy itself; for the tests."""

import numpy as np

# ruff: noqa: N803  (arrays are called as in the texts)


def softmax(z, axis):
    grown = np.exp(z - z.max(axis=axis, keepdims=True))
    return grown / grown.sum(axis=axis, keepdims=True)


SHAPES = {
    "X": (4, 3), "W": (3, 2), "b": (2,), "x": (3,), "mu": (3,), "c": (), "r": (1, 3), "k": (4, 1), "A": (2, 4, 3), "B": (2, 3, 2),
    "g": (3,), "T": (2, 2, 4, 3), "q": (4,), "o": (1,), "M": (2, 1, 3), "V": (2, 3, 1, 1),
}  # fmt: skip
BROADCAST = {
    "X @ W + b": lambda X, W, b: X @ W + b,
    "X - mu": lambda X, mu: X - mu,
    "mu - X": lambda X, mu: mu - X,
    "x - mean(x)": lambda x: x - x.mean(),
    "g*X + mu": lambda g, X, mu: g * X + mu,
    "X*g": None,
    "X + c": lambda X, c: X + c,
    "c*X - c": lambda X, c: c * X - c,
    "X/mu": lambda X, mu: X / mu,
    "mu/X": lambda X, mu: mu / X,
    "X - r": lambda X, r: X - r,
    "k*r": lambda k, r: k * r,
    "k + r": lambda k, r: k + r,
    "k - x": lambda k, x: k - x,
    "A + x": lambda A, x: A + x,
    "A - X": lambda A, X: A - X,
    "A/k": lambda A, k: A / k,
    "A*M": lambda A, M: A * M,
    "X + o": lambda X, o: X + o,
    "A - mean(A, axis=(0, 1))": lambda A: A - A.mean(axis=(0, 1)),
    "T - T.mean(axis=(0, 2, 3), keepdims=True)": lambda T: T - T.mean(axis=(0, 2, 3), keepdims=True),
    "T + X": lambda T, X: T + X,
    "max(X, mu)": lambda X, mu: np.maximum(X, mu),
    "A @ B + b": lambda A, B, b: A @ B + b,
}
ALONG = {
    "sum(X, axis=0)": lambda X: X.sum(axis=0),
    "sum(X, 1)": lambda X: X.sum(axis=1),
    "X.sum(axis=-1, keepdims=True)": lambda X: X.sum(axis=-1, keepdims=True),
    "sum(X, keepdims=True, axis=0)": lambda X: X.sum(axis=0, keepdims=True),
    "sum(X, axis=(0, 1))": lambda X: X.sum(),
    "sum(x, axis=0)": lambda x: x.sum(),
    "mean(X, axis=1)": lambda X: X.mean(axis=1),
    "mean(A, axis=(0, 2))": lambda A: A.mean(axis=(0, 2)),
    "mean(T, axis=1)": lambda T: T.mean(axis=1),
    "T.sum(dim=(0, 2, 3))": lambda T: T.sum(axis=(0, 2, 3)),
    "max(X, axis=0)": lambda X: X.max(axis=0),
    "max(A, axis=2, keepdims=True)": lambda A: A.max(axis=2, keepdims=True),
    "X.max(axis=1)": lambda X: X.max(axis=1),
    "exp(x - max(x))": lambda x: np.exp(x - x.max()),
    "X.max()": lambda X: X.max(),
    "min(A)": lambda A: A.min(),
    "X.max(0)": lambda X: X.max(0),
    "A.mean((0, 2), keepdims=True)": lambda A: A.mean((0, 2), keepdims=True),
    "maximum(X, r)": lambda X, r: np.maximum(X, r),
    "min(X, axis=1)": lambda X: X.min(axis=1),
    "softmax(X, axis=1)": lambda X: softmax(X, 1),
    "softmax(X, axis=0)": lambda X: softmax(X, 0),
    "softmax(A, dim=-1)": lambda A: softmax(A, -1),
    "softmax(X, 1)": lambda X: softmax(X, 1),
    "X.softmax(0)": lambda X: softmax(X, 0),
    "softmax(A, axis=0)": lambda A: softmax(A, 0),
    "softmax(T, dim=1)": lambda T: softmax(T, 1),
    "log_softmax(T, axis=0)": lambda T: np.log(softmax(T, 0)),
    "logsumexp(A, axis=0)": lambda A: np.log(np.exp(A).sum(axis=0)),
    "var(x)": lambda x: x.var(),
    "var(X, axis=0)": lambda X: X.var(axis=0),
    "std(X, axis=1, keepdims=True)": lambda X: X.std(axis=1, keepdims=True),
    "norm(x)": lambda x: np.linalg.norm(x),
    "norm(X, axis=1)": lambda X: np.linalg.norm(X, axis=1),
    "X/norm(X, axis=1, keepdims=True)": lambda X: X / np.linalg.norm(X, axis=1, keepdims=True),
    "(X - X.mean(axis=0))/X.std(axis=0)": lambda X: (X - X.mean(axis=0)) / X.std(axis=0),
    "exp(X - max(X, axis=1, keepdims=True))": lambda X: np.exp(X - X.max(axis=1, keepdims=True)),
}
SHAPED = {
    "X[:, 0:2]": lambda X: X[:, 0:2],
    "X[1:]": lambda X: X[1:],
    "X[:-1, 1]": None,
    "X[:-1, 1:]": lambda X: X[:-1, 1:],
    "X[:, -1]": lambda X: X[:, -1],
    "x[1:]*x[:-1]": lambda x: x[1:] * x[:-1],
    "x[-1]*x": lambda x: x[-1] * x,
    "x[:, None]*q": lambda x, q: x[:, None] * q,
    "A[..., 1:]": lambda A: A[..., 1:],
    "A[:, 0, :]": lambda A: A[:, 0, :],
    "A[:, :, None, 0]": lambda A: A[:, :, None, 0],
    "T[:, 1, 1:3, :2]": lambda T: T[:, 1, 1:3, :2],
    "concat(X, A[1, :, :])": lambda X, A: np.concatenate([X, A[1]]),
    "concat(X, k, axis=1)": lambda X, k: np.concatenate([X, k], axis=1),
    "concat(x, x, mu)": lambda x, mu: np.concatenate([x, x, mu]),
    "concat(A, A, axis=-1)": lambda A: np.concatenate([A, A], axis=-1),
    "stack(x, mu)": lambda x, mu: np.stack([x, mu]),
    "stack(x, mu, g, axis=1)": lambda x, mu, g: np.stack([x, mu, g], axis=1),
    "stack(X, X, axis=1)": lambda X: np.stack([X, X], axis=1),
    "X.reshape(2, 6)": lambda X: X.reshape(2, 6),
    "X.reshape(2, -1)": lambda X: X.reshape(2, -1),
    "X.reshape(-1)": lambda X: X.reshape(-1),
    "A.reshape(4, 2, 3)": lambda A: A.reshape(4, 2, 3),
    "A.transpose(1, 0, 2)": lambda A: A.transpose(1, 0, 2),
    "transpose(A, 0, 2, 1)": lambda A: A.transpose(0, 2, 1),
    "T.transpose(0, 2, 1, 3)": lambda T: T.transpose(0, 2, 1, 3),
    "A.transpose(-1, -2)": lambda A: np.swapaxes(A, -1, -2),
    "X.transpose()": lambda X: X.T,
    "concat([X, A[1, :, :]])": lambda X, A: np.concatenate([X, A[1]]),
    "np.concatenate([x, mu, x])": lambda x, mu: np.concatenate([x, mu, x]),
    "torch.cat([A, A], dim=1)": lambda A: np.concatenate([A, A], axis=1),
    "stack([x, mu], axis=1)": lambda x, mu: np.stack([x, mu], axis=1),
    "transpose(A, (0, 2, 1))": lambda A: A.transpose(0, 2, 1),
    "X.reshape((2, 6))": lambda X: X.reshape(2, 6),
    "X.view(2, -1)": lambda X: X.reshape(2, -1),
    "T.permute(0, 2, 1, 3)": lambda T: T.transpose(0, 2, 1, 3),
    "np.swapaxes(A, 0, 1)": lambda A: np.swapaxes(A, 0, 1),
    "x.unsqueeze(-1)*q": lambda x, q: x[:, None] * q,
    "np.expand_dims(X, 1)": lambda X: X[:, None],
    "V.squeeze()": lambda V: V.squeeze(),
    "V.squeeze(-1)": lambda V: V.squeeze(-1),
    "M.squeeze(1)": lambda M: M.squeeze(1),
    "T.flatten(2)": lambda T: T.reshape(2, 2, 12),
    "np.vstack([x, mu])": lambda x, mu: np.vstack([x, mu]),
    "np.hstack([X, k])": lambda X, k: np.hstack([X, k]),
    "X.exp()": lambda X: np.exp(X),
    "X[[2, 0, 2]]": lambda X: X[[2, 0, 2]],
    "X[[[2, 0], [1, 1]]]": lambda X: X[[[2, 0], [1, 1]]],
    "X[arange(4), [2, 0, 1, 2]]": lambda X: X[np.arange(4), [2, 0, 1, 2]],
}
TEXTS = {text: made for table in (BROADCAST, ALONG, SHAPED) for text, made in table.items() if made is not None}
"""What is read; the others are refused."""


def names_of(text):
    """The arrays of a text: those that its function takes."""
    return TEXTS[text].__code__.co_varnames
