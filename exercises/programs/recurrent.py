"""One step of a recurrent network, the whole of it in time, and one step of an LSTM."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Inputs: x of shape (N, D), prev_h of shape (N, H), Wx of shape (D, H), Wh of shape (H, H), b of shape (H,)."""
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """Inputs: x of shape (N, T, D), h0 of shape (N, H), Wx of shape (D, H), Wh of shape (H, H), b of shape (H,)."""
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    caches = []
    prev_h = h0
    for t in range(T):
        prev_h, cache = rnn_step_forward(x[:, t, :], prev_h, Wx, Wh, b)
        h[:, t, :] = prev_h
        caches.append(cache)
    return h, caches


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    D = caches[0][0].shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in reversed(range(T)):
        dxt, dprev, dWxt, dWht, dbt = rnn_step_backward(dh[:, t, :] + dprev, caches[t])
        dx[:, t, :] = dxt
        dWx += dWxt
        dWh += dWht
        db += dbt
    dh0 = dprev
    return dx, dh0, dWx, dWh, db


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """Inputs: x of shape (N, D), prev_h, prev_c of shape (N, H), Wx of shape (D, 4H), Wh of shape (H, 4H), b of shape (4H,)."""
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    i, f = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H])
    o, g = sigmoid(a[:, 2 * H:3 * H]), np.tanh(a[:, 3 * H:])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tanh_c = cache
    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    df = dc * prev_c
    dprev_c = dc * f
    di = dc * g
    dg = dc * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)))
    dx = da @ Wx.T
    dWx = x.T @ da
    dprev_h = da @ Wh.T
    dWh = prev_h.T @ da
    db = np.sum(da, axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db


# slip slope-forgotten: da = dnext_h * (1 - next_h ** 2) => da = dnext_h
# slip another-number: da = dnext_h * (1 - next_h ** 2) => da = dnext_h * (1 - next_h ** 3)
# slip transpose-forgotten: dprev_h = da @ Wh.T@1 => dprev_h = da @ Wh
# slip another-variable: dWh = prev_h.T @ da@1 => dWh = next_h.T @ da
# slip missing-path: dh[:, t, :] + dprev => dh[:, t, :]
# slip overwritten: dWh += dWht => dWh = dWht
# slip missing-path: dc = dnext_c + dnext_h => dc = dnext_h
# slip another-variable: df = dc * prev_c => df = dc * tanh_c
# slip another-variable: di = dc * g => di = dc * i
# slip slope-forgotten: do * o * (1 - o) => do * o
