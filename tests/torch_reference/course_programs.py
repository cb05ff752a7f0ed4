"""Programs of ours in NumPy, in the forms that courses and tutorials have; `programs.py` beside it runs them by PyTorch.

Each is a program, the function that is meant, and the shapes of its arguments.
"""

CASES: dict[str, tuple[str, str, dict[str, tuple[int, ...]]]] = {
    "a class that makes its weights": ("""
import numpy as np

class TwoLayerNet(object):
    \"\"\"A two-layer network with a softmax behind it.\"\"\"

    def __init__(self, input_size=2, hidden_size=3, output_size=3, std=1e-4):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape
        scores = None
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2
        if y is None:
            return scores
        shifted = scores - np.max(scores, axis=1).reshape(-1, 1)
        log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1)).reshape(-1, 1)
        loss = -np.sum(log_probs[range(N), list(y)])
        loss = loss / N + reg * (np.sum(W1 * W1) + np.sum(W2 ** 2))
        grads = {}
        probs = np.exp(log_probs)
        probs[np.arange(N), y] -= 1
        grads['b2'] = probs.sum(axis=0)
        return loss, grads
""", "TwoLayerNet.loss", {"X": (4, 2), "y": (4,), "reg": ()}),
    "a recurrent layer into zeros": ("""
import numpy as np

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h, cache = None, None
    forward = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    next_h = np.tanh(forward)
    cache = (x, prev_h, Wx, Wh, next_h)
    return next_h, cache

def rnn_forward(x, h0, Wx, Wh, b):
    h, cache = None, None
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    prev = h0
    cache = []
    for t in range(T):
        prev, step = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        h[:, t, :] = prev
        cache.append(step)
    return h, cache
""", "rnn_forward", {"x": (2, 3, 2), "h0": (2, 3), "Wx": (2, 3), "Wh": (3, 3), "b": (3,)}),
    "an LSTM layer": ("""
import numpy as np

def sigmoid(x):
    pos_mask = (x >= 0)
    neg_mask = (x < 0)
    z = np.zeros_like(x)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[neg_mask] = np.exp(x[neg_mask])
    top = np.ones_like(x)
    top[neg_mask] = z[neg_mask]
    return top / (1 + z)

def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = int(b.shape[0] / 4)
    h = np.zeros((N, T, H))
    prev_h = h0
    prev_c = np.zeros_like(h0)
    for t in range(T):
        a = x[:, t].dot(Wx) + prev_h.dot(Wh) + b
        ai, af, ao, ag = np.split(a, 4, axis=1)
        i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
        prev_c = f * prev_c + i * g
        prev_h = o * np.tanh(prev_c)
        h[:, t, :] = prev_h
    return h
""", "lstm_forward", {"x": (2, 2, 2), "h0": (2, 2), "Wx": (2, 8), "Wh": (2, 8), "b": (8,)}),
    "words into vectors, then a loss over time": ("""
import numpy as np

def temporal_softmax_loss(x, y, mask, verbose=False):
    N, T, V = x.shape
    x_flat = x.reshape(N * T, V)
    y_flat = y.reshape(N * T)
    mask_flat = mask.reshape(N * T)
    probs = np.exp(x_flat - np.max(x_flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(mask_flat * np.log(probs[np.arange(N * T), y_flat])) / N
    if verbose:
        print('x_flat: ', x_flat.shape)
    return loss

def temporal_affine_forward(x, w, b):
    N, T, D = x.shape
    M = b.shape[0]
    out = x.reshape(N * T, D).dot(w).reshape(N, T, M) + b
    return out, (x, w, b)

def forward(Xb, yb, W_embed, W, b, mask):
    x = W_embed[Xb, :]
    h, cache = temporal_affine_forward(x, W, b)
    return temporal_softmax_loss(h, yb, mask)
""", "forward", {"Xb": (4, 2), "yb": (4, 2), "W_embed": (3, 2), "W": (2, 3), "b": (3,), "mask": (4, 2)}),
    "batch norm with running means": ("""
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param={'mode': 'train'}):
    mode = bn_param['mode']
    eps = bn_param.get('eps', 1e-5)
    momentum = bn_param.get('momentum', 0.9)
    N, D = x.shape
    running_mean = bn_param.get('running_mean', np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get('running_var', np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == 'train':
        sample_mean = np.mean(x, axis=0)
        sample_var = np.var(x, axis=0)
        x_hat = (x - sample_mean) / np.sqrt(sample_var + eps)
        out = gamma * x_hat + beta
        running_mean = momentum * running_mean + (1 - momentum) * sample_mean
        running_var = momentum * running_var + (1 - momentum) * sample_var
        cache = (x, sample_mean, sample_var, x_hat, eps, gamma, beta)
    elif mode == 'test':
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)
    bn_param['running_mean'] = running_mean
    bn_param['running_var'] = running_var
    return out, cache
""", "batchnorm_forward", {"x": (4, 2), "gamma": (2,), "beta": (2,)}),
    "dropout with its mask": ("""
import numpy as np

def dropout_forward(x, mask, dropout_param=None):
    if dropout_param is None:
        dropout_param = dict(p=0.5, mode='train')
    p, mode = dropout_param['p'], dropout_param['mode']
    if 'seed' in dropout_param:
        np.random.seed(dropout_param['seed'])
    out = None
    if mode == 'train':
        out = x * mask / p
    elif mode == 'test':
        out = x
    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache
""", "dropout_forward", {"x": (3, 2), "mask": (3, 2)}),
    "convolution by loops": ("""
import numpy as np

def conv_forward_naive(x, w, b, conv_param={'stride': 2, 'pad': 1}):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    assert (H + 2 * pad - HH) % stride == 0, 'width does not work'
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = int(1 + (W + 2 * pad - WW) / stride)
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = xp[n, :, i*stride:i*stride+HH, j*stride:j*stride+WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
""", "conv_forward_naive", {"x": (1, 1, 3, 3), "w": (2, 1, 3, 3), "b": (2,)}),
    "pooling by loops": ("""
import numpy as np

def max_pool_forward_naive(x, pool_param=None):
    HH, WW, stride = 2, 2, 2
    N, C, H, W = x.shape
    Ho = (H - HH) // stride + 1
    Wo = (W - WW) // stride + 1
    out = np.zeros((N, C, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = np.max(x[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW], axis=(2, 3))
    return out
""", "max_pool_forward_naive", {"x": (1, 2, 4, 4)}),
    "convolution by columns": ("""
import numpy as np

def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    out_h = (H + 2*pad - filter_h)//stride + 1
    out_w = (W + 2*pad - filter_w)//stride + 1
    img = np.pad(input_data, [(0,0), (0,0), (pad, pad), (pad, pad)], 'constant')
    col = np.zeros((N, C, filter_h, filter_w, out_h, out_w))
    for y in range(filter_h):
        y_max = y + stride*out_h
        for x in range(filter_w):
            x_max = x + stride*out_w
            col[:, :, y, x, :, :] = img[:, :, y:y_max:stride, x:x_max:stride]
    col = col.transpose(0, 4, 5, 1, 2, 3).reshape(N*out_h*out_w, -1)
    return col

def forward(x, W, b):
    FN, C, FH, FW = W.shape
    N, C, H, Wd = x.shape
    out_h = 1 + (H + 2 - FH) // 2
    out_w = 1 + (Wd + 2 - FW) // 2
    col = im2col(x, FH, FW, 2, 1)
    col_W = W.reshape(FN, -1).T
    out = np.dot(col, col_W) + b
    return out.reshape(N, out_h, out_w, -1).transpose(0, 3, 1, 2)
""", "forward", {"x": (1, 1, 4, 4), "W": (2, 1, 2, 2), "b": (2,)}),
    "characters, one after the other": ("""
import numpy as np

hidden_size = 3
vocab_size = 3
Wxh = np.random.randn(hidden_size, vocab_size)*0.01
Whh = np.random.randn(hidden_size, hidden_size)*0.01
Why = np.random.randn(vocab_size, hidden_size)*0.01
bh = np.zeros((hidden_size, 1))
by = np.zeros((vocab_size, 1))

def lossFun(inputs, targets, hprev):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size,1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t-1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t],0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhnext = np.dot(Whh.T, (1 - hs[t] * hs[t]) * dh)
    for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(dparam, -5, 5, out=dparam)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs)-1]
""", "lossFun", {"inputs": (3,), "targets": (3,), "hprev": (3, 1)}),
    "a deep network by a loop": ("""
import numpy as np

def relu(Z):
    A = np.maximum(0, Z)
    assert(A.shape == Z.shape)
    cache = Z
    return A, cache

def sigmoid(Z):
    A = 1/(1+np.exp(-Z))
    return A, Z

def linear_activation_forward(A_prev, W, b, activation):
    if activation == "sigmoid":
        Z, linear_cache = np.dot(W, A_prev) + b, (A_prev, W, b)
        A, activation_cache = sigmoid(Z)
    elif activation == "relu":
        Z, linear_cache = np.dot(W, A_prev) + b, (A_prev, W, b)
        A, activation_cache = relu(Z)
    assert (A.shape == (W.shape[0], A_prev.shape[1]))
    return A, (linear_cache, activation_cache)

def initialize_parameters_deep(layer_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layer_dims)
    for l in range(1, L):
        parameters['W' + str(l)] = np.random.randn(layer_dims[l], layer_dims[l-1]) / np.sqrt(layer_dims[l-1])
        parameters['b' + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters

def compute_cost(AL, Y):
    m = Y.shape[1]
    cost = (1./m) * (-np.dot(Y, np.log(AL).T) - np.dot(1-Y, np.log(1-AL).T))
    cost = np.squeeze(cost)
    assert(cost.shape == ())
    return cost

def L_model_forward(X, Y):
    parameters = initialize_parameters_deep([2, 3, 2, 1])
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A_prev = A
        A, cache = linear_activation_forward(A_prev, parameters['W' + str(l)], parameters[f"b{l}"], activation="relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters['W%d' % L], parameters['b{}'.format(L)], "sigmoid")
    caches.append(cache)
    return compute_cost(AL, Y), caches
""", "L_model_forward", {"X": (2, 3), "Y": (1, 3)}),
    "layers that inherit": ("""
import numpy as np
from abc import ABC, abstractmethod
from typing import Dict, List, Optional, Tuple

class Layer(ABC):
    def __init__(self, name: str = 'layer') -> None:
        self.name = name
        self.params: Dict[str, np.ndarray] = {}

    @abstractmethod
    def forward(self, x: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def __call__(self, x):
        return self.forward(x)

class Dense(Layer):
    def __init__(self, n_in: int, n_out: int, activation: Optional[str] = None) -> None:
        super().__init__(name='dense')
        self.W = np.random.uniform(-1, 1, size=(n_in, n_out))
        self.b = np.zeros((1, n_out))
        self.activation = activation

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        z = x @ self.W + self.b
        if self.activation is not None:
            return Network.activate(z, kind=self.activation)
        return z

    @property
    def size(self):
        return self.W.shape[1]

class Network:
    def __init__(self, layers: Tuple[int, ...] = (2, 3, 2)):
        self.layers = []
        for i, (a, b) in enumerate(zip(layers[:-1], layers[1:])):
            last = i == len(layers) - 2
            self.layers.append(Dense(a, b, activation=None if last else 'tanh'))

    @staticmethod
    def activate(z, kind='tanh'):
        return {'tanh': np.tanh, 'sin': np.sin}[kind](z)

    def forward(self, x):
        out = x
        for layer in self.layers:
            out = layer(out)
        return out * self.layers[-1].size

    def loss(self, x, t):
        y = self.forward(x)
        return 0.5 * np.mean(np.square(y - t))
""", "Network.loss", {"x": (3, 2), "t": (3, 2)}),
    "layers in an ordered dictionary": ("""
import numpy as np
from collections import OrderedDict

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.x = None

    def forward(self, x):
        self.original_x_shape = x.shape
        x = x.reshape(x.shape[0], -1)
        self.x = x
        return np.dot(self.x, self.W) + self.b

class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

def softmax(x):
    if x.ndim == 2:
        x = x.T
        x = x - np.max(x, axis=0)
        y = np.exp(x) / np.sum(np.exp(x), axis=0)
        return y.T
    x = x - np.max(x)
    return np.exp(x) / np.sum(np.exp(x))

def cross_entropy_error(y, t):
    if y.ndim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    batch_size = y.shape[0]
    return -np.sum(t * np.log(y + 1e-7)) / batch_size

class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, self.t)
        return self.loss

class Net:
    def __init__(self, input_size=2, hidden_size=3, output_size=2, weight_init_std=0.01):
        self.params = {}
        self.params['W1'] = weight_init_std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = weight_init_std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)
        self.layers = OrderedDict()
        self.layers['Affine1'] = Affine(self.params['W1'], self.params['b1'])
        self.layers['Relu1'] = Relu()
        self.layers['Affine2'] = Affine(self.params['W2'], self.params['b2'])
        self.lastLayer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        y = self.predict(x)
        return self.lastLayer.forward(y, t)
""", "Net.loss", {"x": (3, 2), "t": (3, 2)}),
    "negative samples": ("""
import numpy as np

def sigmoid(x):
    s = 1 / (1 + np.exp(-x))
    return s

def loss(v_c, outside, u_neg):
    z = np.dot(outside, v_c)
    loss = -np.log(sigmoid(z))
    k = u_neg.shape[0]
    for i in range(k):
        u = u_neg[i]
        loss -= np.log(sigmoid(-np.dot(u, v_c)))
    return loss
""", "loss", {"v_c": (3,), "outside": (3,), "u_neg": (2, 3)}),
    "rows of zeros that are filled": ("""
import numpy as np

def forward(X, W, V):
    '''Row by row.'''
    n, d = X.shape
    H = np.empty((n, W.shape[1]))
    for i in range(n):
        H[i] = np.tanh(X[i] @ W)
    out = np.zeros((n, 2))
    for i in range(n):
        for j in range(2):
            out[i, j] += H[i] @ V[:, j]
        out[i] += H[i].sum()
    acc = np.zeros(3)
    acc[0] = out[0, 1] * 2
    acc[1:] = out[0] - out[-1]
    acc[:2] *= 3
    return out.sum() + (acc ** 2).sum()
""", "forward", {"X": (3, 2), "W": (2, 3), "V": (3, 2)}),
    "a while with a count": ("""
import numpy as np

def forward(x, W):
    h, t = x, 0
    while t < 3:
        h = np.tanh(h @ W)
        if t == 1:
            t += 1
            continue
        h = h + x
        t += 1
    total = 0.0
    total += h.sum()
    return total / (2 if t > 2 else 1)
""", "forward", {"x": (2, 2), "W": (2, 2)}),
    "comprehensions and texts": ("""
import numpy as np
import math as m

def forward(x, W1, W2, W3):
    weights = {f"W{k}": w for k, w in enumerate([W1, W2, W3], start=1)}
    acts = {'relu': lambda z: np.maximum(z, 0.), 'tanh': np.tanh}
    names = ['tanh'] * 2 + ['relu']
    h = x
    for i in range(1, len(weights) + 1):
        h = acts[names[i - 1]](h @ weights["W" + str(i)])
    parts = [h[:, k:k + 1] for k in range(h.shape[1])]
    h = np.hstack(parts[::-1])
    norms = sum(np.sum(w ** 2) for w in weights.values())
    pairs = [(a, b) for a in range(2) for b in range(a + 1)]
    n_params = sum(w.size for w in weights.values())
    return np.mean(h) * m.sqrt(4) + .5 * norms / float(n_params) + sum(a * b for a, b in pairs)
""", "forward", {"x": (3, 2), "W1": (2, 2), "W2": (2, 3), "W3": (3, 2)}),
    "a mask of a triangle": ("""
import numpy as np

def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)

def causal_attention(x, Wq, Wk, Wv, n_head=2):
    T, C = x.shape
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    hs = C // n_head
    mask = np.triu(np.ones((T, T)), k=1) * -1e9
    outs = []
    for i in range(n_head):
        s = slice(i * hs, (i + 1) * hs)
        att = q[:, s] @ k[:, s].T / np.sqrt(hs) + mask
        outs.append(softmax(att) @ v[:, s])
    return np.concatenate(outs, axis=-1)
""", "causal_attention", {"x": (3, 4), "Wq": (4, 4), "Wk": (4, 4), "Wv": (4, 4)}),
    "attention in einsum": ("""
import numpy as np

def attention(x, Wq, Wk, Wv, Wo):
    q = np.einsum('btd,dhk->bthk', x, Wq)
    k = np.einsum('btd,dhk->bthk', x, Wk)
    v = np.einsum('btd,dhk->bthk', x, Wv)
    s = np.einsum('bthk,bshk->bhts', q, k) / np.sqrt(q.shape[-1])
    a = np.exp(s) / np.exp(s).sum(-1, keepdims=True)
    o = np.einsum('bhts,bshk->bthk', a, v)
    return np.einsum('bthk,hkd->btd', o, Wo)
""", "attention", {"x": (1, 2, 3), "Wq": (3, 2, 2), "Wk": (3, 2, 2), "Wv": (3, 2, 2), "Wo": (2, 2, 3)}),
    "regression by the file": ("""
import numpy as np

np.random.seed(0)
N, D_in, H, D_out = 4, 2, 3, 1
x = np.random.randn(N, D_in)
y = np.random.randn(N, D_out)
w1 = np.random.randn(D_in, H)
w2 = np.random.randn(H, D_out)
learning_rate = 1e-6

h = x.dot(w1)
h_relu = np.maximum(h, 0)
y_pred = h_relu.dot(w2)
loss = np.square(y_pred - y).sum()
print('loss', loss)
grad_y_pred = 2.0 * (y_pred - y)
""", "", {}),
    "XOR with its bias in the matrix": ("""
import numpy as np

def nonlin(x, deriv=False):
    if deriv == True:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

def forward(X, t, syn0, syn1):
    l0 = np.c_[X, np.ones(X.shape[0])]
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = t - l2
    l2_delta = l2_error * nonlin(l2, True)
    return np.mean(np.abs(l2_error)) + (l2_error ** 2).mean()
""", "forward", {"X": (4, 2), "t": (4, 1), "syn0": (3, 3), "syn1": (3, 1)}),
    "one hot by hand": ("""
import numpy as np

def one_hot(y, k):
    out = np.zeros((len(y), k))
    out[np.arange(len(y)), y] = 1
    return out

def loss(X, y, W, b, lam=1e-3):
    z = X @ W + b
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    Y = one_hot(y, W.shape[1])
    T = np.eye(W.shape[1])[y]
    return -np.mean(np.sum(Y * np.log(p), axis=1)) - (T * z).sum() / len(y) + lam / 2 * np.linalg.norm(W) ** 2
""", "loss", {"X": (4, 2), "y": (4,), "W": (2, 3), "b": (3,)}),
    "a multiclass hinge with loops": ("""
import numpy as np

def svm_loss_naive(W, X, y, reg=0.1):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(num_train, 1)
    for j in range(num_classes):
        margin = np.maximum(0, scores[:, j:j+1] - correct + 1)
        loss += margin.sum()
    loss = loss / num_train - 1
    loss += reg * np.sum(W * W)
    return loss, dW
""", "svm_loss_naive", {"W": (2, 3), "X": (4, 2), "y": (4,)}),
}  # fmt: skip
