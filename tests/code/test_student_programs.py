"""Programs as students of courses write them: settings that are off, weights that a function makes, images by strides, tables of words.

Each program is right, and with one place of it changed wrong at that line; nothing else is accused.
"""

from __future__ import annotations

import pytest

from tutor.results.code_check import check_code

NORM = """
import numpy as np
class Norm(object):
    def __init__(self, in_feature, alpha=0.9):
        self.alpha, self.eps = alpha, 1e-8
        self.norm = None
        self.var, self.mean = np.ones((1, in_feature)), np.zeros((1, in_feature))
        self.gamma, self.dgamma = np.ones((1, in_feature)), np.zeros((1, in_feature))
        self.running = np.zeros((1, in_feature))
    def forward(self, x, eval=False):
        self.x = x
        if eval:
            self.norm = (x - self.running) / np.sqrt(self.var + self.eps)
            return self.gamma * self.norm
        self.mean, self.var = np.mean(x, axis=0), np.var(x, axis=0)
        self.norm = (x - self.mean) / np.sqrt(self.var + self.eps)
        self.running = self.alpha * self.running + (1 - self.alpha) * self.mean
        return self.gamma * self.norm
    def backward(self, delta):
        m = delta.shape[0]
        s = np.sqrt(self.var + self.eps)
        self.dgamma = np.sum(self.norm * delta, axis=0, keepdims=True)
        g = self.gamma * delta
        v = -0.5 * np.sum(g * (self.x - self.mean) * s ** -3, axis=0)
        return g / s - np.sum(g / s, axis=0) / m + v * 2 / m * (self.x - self.mean)
"""
MADE = """
import numpy as np
class Linear:
    def __init__(self, in_feature, out_feature, weight_init_fn, bias_init_fn):
        self.W = weight_init_fn(in_feature, out_feature)
        self.b = bias_init_fn(out_feature)
        self.dW, self.db = np.zeros(self.W.shape), np.zeros(self.b.shape)
    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b
    def backward(self, delta):
        m = delta.shape[0]
        self.dW = np.dot(self.x.T, delta) / m
        self.db = np.sum(delta, axis=0) / m
        return np.dot(delta, self.W.T)
"""
SLID = """
import numpy as np
class Conv1D:
    def __init__(self, in_channel, out_channel, kernel_size, stride, weight_init_fn=None):
        self.kernel_size, self.stride = kernel_size, stride
        if weight_init_fn is None:
            self.W = np.random.normal(0, 1.0, (out_channel, in_channel, kernel_size))
        else:
            self.W = weight_init_fn(out_channel, in_channel, kernel_size)
        self.dW = np.zeros(self.W.shape)
    def forward(self, x):
        '''x: (batch_size, in_channel, input_size)'''
        self.x = x
        steps = (x.shape[-1] - self.kernel_size) // self.stride + 1
        z = np.zeros((len(x), len(self.W), steps))
        for t in range(steps):
            part = x[:, None, :, t * self.stride:t * self.stride + self.kernel_size]
            z[:, :, t] = np.sum(part * self.W, axis=(2, 3))
        return z
    def backward(self, delta):
        dx = np.zeros(self.x.shape)
        for t in range(delta.shape[2]):
            begin = t * self.stride
            part = self.x[:, None, :, begin:begin + self.kernel_size]
            self.dW += np.sum(delta[:, :, t, None, None] * part, axis=0)
            dx[:, :, begin:begin + self.kernel_size] += np.tensordot(delta[:, :, t], self.W, 1)
        return dx
"""
BY_COLUMNS = """
import numpy as np
def im2col(x, h, w):
    N, C, H, W = x.shape
    down, along = H - h + 1, W - w + 1
    col = np.zeros((N, C, h, w, down, along))
    for i in range(h):
        for j in range(w):
            col[:, :, i, j, :, :] = x[:, :, i:i + down, j:j + along]
    col = col.transpose(0, 4, 5, 1, 2, 3).reshape(N * down * along, -1)
    return col
class Conv:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        F, C, h, w = self.W.shape
        N, C, H, W = x.shape
        col = im2col(x, h, w)
        out = np.dot(col, self.W.reshape(F, -1).T) + self.b
        self.x, self.col = x, col
        return out.reshape(N, H - h + 1, W - w + 1, F).transpose(0, 3, 1, 2)
    def backward(self, dout):
        F, C, h, w = self.W.shape
        N, C, H, W = self.x.shape
        dout = dout.transpose(0, 2, 3, 1).reshape(-1, F)
        self.db = np.sum(dout, axis=0)
        self.dW = np.dot(self.col.T, dout).T.reshape(F, C, h, w)
        dcol = np.dot(dout, self.W.reshape(F, -1))
        parts = dcol.reshape(N, H - h + 1, W - w + 1, C, h, w).transpose(0, 3, 4, 5, 1, 2)
        dx = np.zeros(self.x.shape)
        for i in range(h):
            for j in range(w):
                dx[:, :, i:i + H - h + 1, j:j + W - w + 1] += parts[:, :, i, j]
        return dx
"""
ORDERED = """
import numpy as np
from collections import OrderedDict
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
class Squares:
    def forward(self, y, t):
        self.y, self.t = y, t
        return 0.5 * np.sum((y - t) ** 2) / len(y)
    def backward(self, dout=1):
        return dout * (self.y - self.t) / len(self.y)
class Net:
    def __init__(self, input_size, hidden_size_list, output_size, weight_decay=0):
        self.params, self.decay = {}, weight_decay
        sizes = [input_size] + hidden_size_list + [output_size]
        self.layers = OrderedDict()
        for i in range(1, len(sizes)):
            self.params["W" + str(i)] = 0.01 * np.random.randn(sizes[i - 1], sizes[i])
            self.params["b" + str(i)] = np.zeros(sizes[i])
            self.layers["Affine" + str(i)] = Affine(self.params["W" + str(i)], self.params["b" + str(i)])
        self.last = Squares()
    def loss(self, x, t, train_flg=False):
        for layer in self.layers.values():
            x = layer.forward(x)
        penalty = 0
        for i in range(1, len(self.layers) + 1):
            penalty += 0.5 * self.decay * np.sum(self.params["W" + str(i)] ** 2)
        return self.last.forward(x, t) + penalty
    def gradient(self, x, t):
        self.loss(x, t, train_flg=True)
        dout = self.last.backward(1)
        layers = list(self.layers.values())
        layers.reverse()
        for layer in layers:
            dout = layer.backward(dout)
        grads = {}
        for i in range(1, len(self.layers) + 1):
            grads["W" + str(i)] = self.layers["Affine" + str(i)].dW + self.decay * self.layers["Affine" + str(i)].W
            grads["b" + str(i)] = self.layers["Affine" + str(i)].db
        return grads
"""
STRIDES = """
import numpy as np
def conv_forward_strides(x, w, b, conv_param):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    H += 2 * pad
    W += 2 * pad
    rows, columns = (H - HH) // stride + 1, (W - WW) // stride + 1
    steps = x.itemsize * np.array((H * W, W, 1, C * H * W, stride * W, stride))
    cols = np.lib.stride_tricks.as_strided(padded, shape=(C, HH, WW, N, rows, columns), strides=steps)
    cols = np.ascontiguousarray(cols)
    cols.shape = (C * HH * WW, N * rows * columns)
    res = w.reshape(F, -1).dot(cols) + b.reshape(-1, 1)
    res.shape = (F, N, rows, columns)
    return res.transpose(1, 0, 2, 3), (x, w, b, conv_param, cols)
def conv_backward_strides(dout, cache):
    x, w, b, conv_param, cols = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, rows, columns = dout.shape
    db = np.sum(dout, axis=(0, 2, 3))
    flat = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    dw = flat.dot(cols.T).reshape(w.shape)
    parts = w.reshape(F, -1).T.dot(flat)
    parts.shape = (C, HH, WW, N, rows, columns)
    return col2im_6d_cython(parts, N, C, H, W, HH, WW, conv_param["pad"], conv_param["stride"]), dw, db
"""
GATE = '''
import numpy as np
def gate_forward(xt, a_prev, parameters):
    """
    xt -- data, numpy array of shape (n_x, m)
    a_prev -- state, numpy array of shape (n_a, m)
    parameters -- dictionary with
        Wf -- weights of the gate, numpy array of shape (n_a, n_a + n_x)
        bf -- bias, numpy array of shape (n_a, 1)
        Wy -- weights of the output, numpy array of shape (n_y, n_a)
    """
    Wf, bf, Wy = parameters["Wf"], parameters["bf"], parameters["Wy"]
    n_y, n_a = Wy.shape
    concat = np.concatenate((a_prev, xt), axis=0)
    ft = 1 / (1 + np.exp(-(np.dot(Wf, concat) + bf)))
    a_next = ft * a_prev
    return a_next, (a_next, a_prev, ft, xt, parameters)
def gate_backward(da_next, cache):
    (a_next, a_prev, ft, xt, parameters) = cache
    n_a, m = a_next.shape
    dz = da_next * a_prev * ft * (1 - ft)
    concat = np.zeros((n_a + xt.shape[0], m))
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    dWf = np.dot(dz, concat.T)
    dbf = np.sum(dz, axis=1, keepdims=True)
    da_prev = np.dot(parameters["Wf"][:, :n_a].T, dz) + da_next * ft
    dxt = np.dot(parameters["Wf"][:, n_a:].T, dz)
    return {"dxt": dxt, "da_prev": da_prev, "dWf": dWf, "dbf": dbf}
'''
WORDS = """
import numpy as np
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
def draw_samples(outsideWordIdx, dataset, K):
    found = [None] * K
    for k in range(K):
        idx = dataset.sampleTokenIdx()
        while idx == outsideWordIdx:
            idx = dataset.sampleTokenIdx()
        found[k] = idx
    return found
def sampled(centerWordVec, outsideWordIdx, outsideVectors, dataset, K=4):
    indices = [outsideWordIdx] + draw_samples(outsideWordIdx, dataset, K)
    gradOutsideVecs = np.zeros(outsideVectors.shape)
    p = sigmoid(outsideVectors[outsideWordIdx] @ centerWordVec)
    loss = -np.log(p)
    gradCenterVec = (p - 1) * outsideVectors[outsideWordIdx]
    gradOutsideVecs[outsideWordIdx] += (p - 1) * centerWordVec
    for k in indices[1:]:
        q = sigmoid(-outsideVectors[k] @ centerWordVec)
        loss -= np.log(q)
        gradCenterVec += (1 - q) * outsideVectors[k]
        gradOutsideVecs[k] += (1 - q) * centerWordVec
    return loss, gradCenterVec, gradOutsideVecs
def skipgram(word, windowSize, outsideWords, word2Ind, centerWordVectors, outsideVectors, dataset, pair=sampled):
    loss = 0.0
    gradCenterVecs = np.zeros(centerWordVectors.shape)
    gradOutsideVectors = np.zeros(outsideVectors.shape)
    c = word2Ind[word]
    for other in outsideWords:
        one, dc, do = pair(centerWordVectors[c], word2Ind[other], outsideVectors, dataset)
        loss += one
        gradCenterVecs[c] += dc
        gradOutsideVectors += do
    return loss, gradCenterVecs, gradOutsideVectors
"""
STARRED = """
import numpy as np
class Net:
    def __init__(self, input_dim=3 * 32 * 32, num_classes=10, normalize=None, reg=0.0):
        self.reg, self.normalize = reg, normalize
        self.params = {}
        self.params.update({"W": 1e-3 * np.random.randn(input_dim, num_classes), "b": np.zeros(num_classes)})
        for k, v in self.params.items():
            self.params[k] = v.astype(np.float64)
    def back(self, dout, X):
        return dout @ self.params["W"].T, X.T @ dout, dout.sum(axis=0), None
    def loss(self, X, y=None):
        out = X @ self.params["W"] + self.params["b"]
        if self.normalize:
            out = out - np.mean(out)
        e = np.exp(out)
        p = e / np.sum(e, axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(y)), y])) + 0.5 * self.reg * np.sum(self.params["W"] ** 2)
        dout = p.copy()
        dout[np.arange(len(y)), y] -= 1
        grads = {}
        dout, grads["W"], grads["b"], *_ = self.back(dout / len(y), X)
        grads["W"] += self.reg * self.params["W"]
        return loss, grads
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "name", "old", "new"),
    [
        (NORM, "Norm.backward", "np.sum(self.norm * delta, axis=0", "np.sum(self.x * delta, axis=0"),
        (MADE, "Linear.backward", "np.dot(delta, self.W.T)", "2 * np.dot(delta, self.W.T)"),
        (SLID, "Conv1D.backward", "self.dW += np.sum", "self.dW = np.sum"),
        (BY_COLUMNS, "Conv.backward", "np.dot(self.col.T, dout).T.reshape", "np.dot(self.col.T, dout).reshape"),
        (ORDERED, "Net.gradient", "(self.y - self.t) / len", "(self.t - self.y) / len"),
        (GATE, "gate_backward", " * ft * (1 - ft)", " * ft"),
        (WORDS, "sampled", "gradCenterVec += (1 - q)", "gradCenterVec -= (1 - q)"),
        (WORDS, "skipgram", "gradCenterVecs[c] += dc", "gradCenterVecs[c] = dc"),
        (STARRED, "Net.loss", '+= self.reg * self.params["W"]', '+= 2 * self.reg * self.params["W"]'),
    ],
)
def test_programs_of_students_are_read(text, name, old, new):
    (told,) = check_code(text, "net.py", name).verdicts
    assert (told.verdict, str(told.why)) == ("right", "")
    line = text[: text.index(old)].count("\n") + 1
    (told,) = check_code(text.replace(old, new, 1), "net.py", name).verdicts
    assert told.verdict == "wrong"
    assert line in {root.line for root in told.roots}


def test_what_is_right_with_the_usual_meaning_is_right_and_what_is_not_is_left_open():
    for text, verdict in ((STRIDES, "right"), (STRIDES.replace("flat.dot(cols.T)", "2 * flat.dot(cols.T)"), "undecided")):
        (told,) = check_code(text, "net.py").verdicts
        assert told.verdict == verdict
        assert "col2im_6d_cython" in str((*told.assumes, told.why))


def test_torch_in_a_file_beside_the_program_leaves_numpy_as_it_is():
    beside = "import torch\nimport numpy as np\ndef soft(x):\n    e = np.exp(x - np.max(x, axis=1, keepdims=True))\n"
    beside += "    return e / e.sum(axis=1, keepdims=True)\n"
    text = "from beside import soft\nimport numpy as np\ndef f(x, w, y):\n    p = soft(x @ w)\n    loss = -np.sum(y * np.log(p))\n"
    text += "    dw = x.T @ (p * np.sum(y, axis=1, keepdims=True) - y)\n    return loss, dw\n"
    assert check_code(text, "net.py", others=[("beside.py", beside)]).ok


def test_names_of_a_function_that_is_called_are_no_gradients_of_the_caller():
    text = "def part(W, x):\n    l = np.sum(W * x) ** 2\n    dW = np.sum(W * x) * x\n    return l, dW\n"
    text += "def whole(W, x):\n    loss = 0.0\n    grads = {}\n    l, one = part(W, x)\n    loss += l\n"
    text += "    grads['W'] = 2 * one\n    return loss, grads\n"
    (told,) = check_code("import numpy as np\n" + text, "net.py", "whole").verdicts
    assert told.verdict == "right"
