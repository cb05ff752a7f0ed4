"""PyTorch's gradients of whole programs, in programs.json: python tests/torch_reference/programs.py.

Each case is a program of ours in the style of a course or a library, the function that is meant, and the shapes of its arguments.  Here
the very same source is run by PyTorch (what is NumPy's is lent by the functions of `Numpy`), in double precision; the reader of programs
never runs it.  The values of the leaves are drawn by their names.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from math import prod
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import course_programs
import module_programs

TABLE = Path(__file__).with_suffix(".json")
RESULT = "the result"
LABELS = {"y": (2, 0, 1, 2), "ix": (1, 0, 2, 1), "Xb": (2, 0, 1, 1, 0, 2, 2, 1), "yb": (1, 0, 2, 2, 0, 1, 1, 2), "inputs": (2, 0, 1),
          "targets": (0, 1, 2)}  # fmt: skip
"""Whole numbers that are given, with as many classes as they are used for."""

NOT_RUN = ("gradients that stop", "convolution by columns", "attention in einsum")
"""What is read, and whose numbers are not those of a single backward pass; what is not read."""

CASES: dict[str, tuple[str, str, dict[str, tuple[int, ...]]]] = {
    "two-layer net": ("""
import numpy as np

def affine_forward(x, w, b):
    out = np.dot(x.reshape(x.shape[0], -1), w) + b
    cache = (x, w, b)
    return out, cache

def loss(X, y, params, reg=0.1):
    W1, b1 = params['W1'], params['b1']
    W2, b2 = params['W2'], params['b2']
    N = X.shape[0]
    a1, cache1 = affine_forward(X, W1, b1)
    h = np.maximum(0, a1)
    scores, cache2 = affine_forward(h, W2, b2)
    scores -= np.max(scores, axis=1, keepdims=True)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    loss += 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    grads = {}
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    grads['W2'] = np.dot(h.T, dscores / N)
    print('loss', loss)
    return loss, grads
""", "loss", {"X": (4, 2), "y": (4,), "W1": (2, 3), "b1": (3,), "W2": (3, 3), "b2": (3,)}),
    "softmax loss by loops": ("""
import numpy as np

def softmax_loss(W, X, y, reg):
    loss = 0.0
    num_train = X.shape[0]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        loss += -scores[y[i]] + np.log(np.sum(np.exp(scores)))
    loss /= num_train
    loss += reg * np.sum(W * W)
    return loss
""", "softmax_loss", {"W": (2, 3), "X": (4, 2), "y": (4,), "reg": ()}),
    "hinge loss": ("""
import numpy as np

def svm_loss(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N
""", "svm_loss", {"x": (4, 3), "y": (4,)}),
    "layer norm": ("""
import numpy as np

def layernorm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = (x - mu) / std
    out = gamma * x_hat + beta
    cache = {'x_hat': x_hat, 'std': std}
    return out, cache
""", "layernorm_forward", {"x": (3, 4), "gamma": (4,), "beta": (4,)}),
    "batch norm": ("""
import numpy as np

def batchnorm_forward(x, gamma, beta, eps=1e-5):
    N, D = x.shape
    mu = 1. / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu ** 2
    var = 1. / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1. / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, ivar)
""", "batchnorm_forward", {"x": (4, 2), "gamma": (2,), "beta": (2,)}),
    "embeddings, batch norm by hand": ("""
import torch
import torch.nn.functional as F

def forward(Xb, y, C, W1, bngain, bnbias, W2, b2):
    n = Xb.shape[0]
    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    hprebn = embcat @ W1
    bnmeani = 1/n*hprebn.sum(0, keepdim=True)
    bndiff = hprebn - bnmeani
    bndiff2 = bndiff**2
    bnvar = 1/(n-1)*(bndiff2).sum(0, keepdim=True)
    bnvar_inv = (bnvar + 1e-5)**-0.5
    hpreact = bngain * (bndiff * bnvar_inv) + bnbias
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    logit_maxes = logits.max(1, keepdim=True).values
    norm_logits = logits - logit_maxes
    counts = norm_logits.exp()
    counts_sum = counts.sum(1, keepdims=True)
    probs = counts * counts_sum**-1
    logprobs = probs.log()
    loss = -logprobs[range(n), y].mean()
    return loss
""", "forward", {"Xb": (4, 2), "y": (4,), "C": (3, 2), "W1": (4, 3), "bngain": (1, 3), "bnbias": (1, 3), "W2": (3, 3), "b2": (3,)}),
    "unbiased variance": ("""
import torch
import torch.nn.functional as F

def forward(x, y, W):
    z = (x - x.mean(0, keepdim=True)) / torch.sqrt(x.var(0, keepdim=True) + 1e-5)
    s = x.std(dim=1)
    return F.cross_entropy(F.gelu(z) @ W, y) + s.sum() + torch.logsumexp(z, dim=1).mean()
""", "forward", {"x": (4, 2), "y": (4,), "W": (2, 3)}),
    "attention head": ("""
import math
import torch
from torch import nn
import torch.nn.functional as F

class Head(nn.Module):
    def __init__(self, n_embd=4, head_size=2):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)

    def forward(self, x):
        B, T, C = x.shape
        k, q, v = self.key(x), self.query(x), self.value(x)
        wei = q @ k.transpose(-2, -1) / math.sqrt(k.shape[-1])
        wei = F.softmax(wei, dim=-1)
        return wei @ v
""", "Head", {"x": (2, 3, 4)}),
    "recurrent network": ("""
import numpy as np

def rnn_step(x, prev_h, Wx, Wh, b):
    return np.tanh(x @ Wx + prev_h @ Wh + b)

def rnn(x, h0, Wx, Wh, b):
    hs = []
    h = h0
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t, :], h, Wx, Wh, b)
        hs.append(h)
    return np.stack(hs, axis=1)
""", "rnn", {"x": (2, 3, 2), "h0": (2, 3), "Wx": (2, 3), "Wh": (3, 3), "b": (3,)}),
    "LSTM step": ("""
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def lstm_step(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    i, f = sigmoid(a[:, 0:H]), sigmoid(a[:, H:2*H])
    o, g = sigmoid(a[:, 2*H:3*H]), np.tanh(a[:, 3*H:])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c
""", "lstm_step", {"x": (2, 2), "prev_h": (2, 2), "prev_c": (2, 2), "Wx": (2, 8), "Wh": (2, 8), "b": (8,)}),
    "modules": ("""
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.net = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))

    def forward(self, x):
        return x + self.net(self.norm(x))

class Model(nn.Module):
    def __init__(self, width=2, classes=3):
        super().__init__()
        self.block = Block(width)
        self.norm = nn.BatchNorm1d(width)
        self.head = nn.Linear(width, classes)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x, y):
        for _ in range(2):
            x = self.block(x)
        return self.loss(self.head(self.norm(x)), y)
""", "Model", {"x": (4, 2), "y": (4,)}),
    "convolution": ("""
from torch import nn
import torch.nn.functional as F

class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, kernel_size=3, padding=1)
        self.fc = nn.Linear(2 * 2 * 2, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        x = x.view(x.size(0), -1)
        return F.log_softmax(self.fc(x), dim=1)
""", "ConvNet.forward", {"x": (2, 1, 4, 4)}),
    "samples as columns": ("""
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def forward_propagation(X, Y, parameters):
    W1 = parameters['W1']
    b1 = parameters['b1']
    W2 = parameters['W2']
    b2 = parameters['b2']
    m = X.shape[1]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    logprobs = Y * np.log(A2) + (1 - Y) * np.log(1 - A2)
    cost = -np.sum(logprobs) / m
    return np.squeeze(cost), {'A1': A1, 'A2': A2}
""", "forward_propagation", {"X": (2, 3), "Y": (1, 3), "W1": (4, 2), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)}),
    "masks and shapes": ("""
import numpy as np

def forward(x, w, mask, alpha):
    h = x @ w
    h *= (h > 0)
    g = np.where(h >= 0.1, h, alpha * h)
    if g.ndim == 2 and alpha is not None:
        g = g * mask / (1 - 0.5)
    c = np.clip(np.concatenate([g, x], axis=1), -1, 1)
    s = np.einsum('ij,kj->ik', c, c)
    n = np.linalg.norm(c, axis=1)
    return np.sum(s.T[0:2]) + np.mean(n) + np.sum(np.abs(x)) ** 2
""", "forward", {"x": (3, 2), "w": (2, 2), "mask": (3, 2), "alpha": ()}),
}  # fmt: skip


CASES |= {name: case for name, case in (course_programs.CASES | module_programs.CASES).items() if name not in NOT_RUN}


def draw_values(case: str, name: str, shape: tuple[int, ...]) -> list[str]:
    """The numbers of one leaf, of two digits, from -1.5 to 1.5."""
    rng = Random(f"{case}/{name}")
    return [f"{rng.randint(-150, 150) or 7}e-2" for _ in range(prod(shape))]


class Numpy:
    """What the programs take of NumPy, by PyTorch."""

    newaxis = None

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.linalg = self.random = self
        self.c_ = Columns(torch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.torch, name)

    def maximum(self, one: Any, two: Any) -> Any:
        return self.torch.maximum(*(self.torch.as_tensor(part, dtype=self.torch.float64) for part in (one, two)))

    def max(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self.torch.amax(x) if axis is None else self.torch.amax(x, dim=axis, keepdim=keepdims)

    def var(self, x: Any, axis: int, keepdims: bool = False) -> Any:
        return self.torch.var(x, dim=axis, keepdim=keepdims, unbiased=False)

    def dot(self, one: Any, two: Any) -> Any:
        return one * two if isinstance(one, float) or isinstance(two, float) or not one.shape or not two.shape else one @ two

    def norm(self, x: Any, axis: int | None = None) -> Any:
        return self.torch.linalg.vector_norm(x, dim=axis)

    def concatenate(self, parts: list[Any], axis: int = 0) -> Any:
        return self.torch.cat(parts, dim=axis)

    def copy(self, x: Any) -> Any:
        return x.clone()

    def sqrt(self, x: Any) -> Any:
        return self.torch.sqrt(self.torch.as_tensor(x, dtype=self.torch.float64))

    def pad(self, x: Any, width: Any, mode: str = "constant") -> Any:
        return self.torch.nn.functional.pad(x, [one for pair in reversed(width) for one in pair])

    def split(self, x: Any, count: int, axis: int = 0) -> Any:
        return self.torch.chunk(x, count, dim=axis)

    def uniform(self, low: float, high: float, size: Any) -> Any:
        return self.torch.zeros(size)

    def triu(self, x: Any, k: int = 0) -> Any:
        return self.torch.triu(x, diagonal=k)

    def clip(self, x: Any, low: float, high: float, out: Any = None) -> Any:
        return self.torch.clip(x, low, high)

    def seed(self, number: int) -> None:
        """Nothing is drawn here."""

    def zeros(self, *sizes: Any, dtype: Any = None) -> Any:
        return self.torch.zeros(*sizes)


class Columns:
    """np.c_"""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getitem__(self, parts: Any) -> Any:
        return self.torch.cat([part if part.ndim > 1 else part[:, None] for part in parts], dim=1)


def torch_table(case: str) -> dict[str, list[float]]:
    """What PyTorch has for the result, weighted by g, and for its gradients."""
    import torch

    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    lent = {"dot": lambda one, two: one @ two}
    if "import torch" not in CASES[case][0]:
        numpy = Numpy(torch)
        lent |= {"transpose": lambda x, *axes: x.permute(*axes), "max": lambda x, axis=None, keepdims=False: numpy.max(x, axis, keepdims)}
    own = {name: getattr(torch.Tensor, name) for name in lent}
    try:
        for name, function in lent.items():
            setattr(torch.Tensor, name, function)
        return _run_case(case)
    finally:
        torch.set_default_dtype(usual)
        for name, function in own.items():
            setattr(torch.Tensor, name, function)


def _find_weights(value: Any, path: str, found: dict[str, Any], torch: Any) -> Any:
    """The arrays of numbers that an object has, by the names that the reader gives them; in their place, leaves of those names."""
    if isinstance(value, torch.Tensor):
        if path.endswith(("running_mean", "running_var", "_out", "_x")):
            return value
        return found.setdefault(path, found["draw"](path, tuple(value.shape)))
    if isinstance(value, list):
        value[:] = [_find_weights(part, f"{path}_{place}", found, torch) for place, part in enumerate(value)]
    elif isinstance(value, dict):
        for key in value:
            value[key] = _find_weights(value[key], str(key) if path in ("params", "") else f"{path}_{key}", found, torch)
    elif not isinstance(value, torch.nn.Module) and type(value).__module__ == "__program__":
        for key, part in vars(value).items():
            if id(part) not in found["seen"]:
                setattr(value, key, _find_weights(part, f"{path}_{key}" if path else key, found, torch))
    return value


_LENT = (("import numpy as np", ""), ("np.newaxis", "None"), ("X[i].dot(W)", "X[i] @ W"), (".copy()", ".clone()"), ("list(y)", "y"),
         (".astype(x.dtype, copy=False)", ""), ("np.empty(", "np.zeros("), ("sum(w.size ", "sum(w.numel() "), ("t.size)", "t.numel())"),
         ("y.size)", "y.numel())"), ("grad_y_pred = 2.0 * (y_pred - y)", ""))  # fmt: skip


def _run_case(case: str) -> dict[str, list[float]]:
    import torch
    from torch import nn

    source, target, shapes = CASES[case]
    lent = source
    for numpy, pytorch in _LENT:
        lent = lent.replace(numpy, pytorch)
    lent = re.sub(r"(?m)^( +)(\w+) ([-+*/])= ", r"\1\2 = \2 \3 ", lent)  # autograd refuses to look at what was changed in place
    leaves: dict[str, Any] = {}

    def draw(name: str, shape: tuple[int, ...]) -> Any:
        values = torch.tensor([float(v) for v in draw_values(case, name, shape)]).reshape(shape)
        return values.requires_grad_()

    scope: dict[str, Any] = {"np": Numpy(torch), "__name__": "__program__"}
    weights: dict[str, Any] = {"draw": draw, "seen": set()}
    sys.modules["__program__"] = ModuleType("__program__")
    for node in ast.parse(lent).body:  # our own programs
        before = set(scope)
        exec(compile(ast.Module([node], []), "program", "exec"), scope)
        if isinstance(node, ast.Assign) and re.search(r"randn|zeros|ones|\[", ast.unparse(node.value)):
            for name in set(scope) - before - {"__builtins__"}:
                if isinstance(scope[name], torch.Tensor) or name == "layers":
                    scope[name] = _find_weights(scope[name], name, weights, torch)
    for name, shape in shapes.items():
        leaves[name] = torch.tensor(LABELS[name][: prod(shape)]).reshape(shape) if name in LABELS else draw(name, shape)
    head, _, method = target.partition(".")
    made = scope[head or "loss"]
    named = dict(leaves)
    if not target:
        result = made
    elif isinstance(made, type):
        module = made()
        if isinstance(module, nn.Module):
            module.eval() if "Dropout" in source else None
            for key, weight in module.named_parameters():
                own = key.replace(".", "_")
                with torch.no_grad():
                    weight.copy_(draw(own, tuple(weight.shape)))
                weights[own] = weight
        else:
            _take_shared(module, weights, torch)
        result = getattr(module, method or "forward")(**named) if not isinstance(module, nn.Module) else module(*named.values())
    else:
        arguments = made.__code__.co_varnames[: made.__code__.co_argcount]
        missing = [name for name in arguments if name not in named]
        inner = {name: value for name, value in named.items() if name not in arguments}
        dictionary = next((name for name in missing if name in ("params", "parameters")), None)
        if case == "a deep network by a loop":
            first = scope["initialize_parameters_deep"]
            scope["initialize_parameters_deep"] = lambda sizes: _find_weights(first(sizes), "", weights, torch)
        result = made(**{name: value for name, value in named.items() if name in arguments}, **({dictionary: inner} if dictionary else {}))
    leaves |= {name: value for name, value in weights.items() if name not in ("draw", "seen")}
    result = result[0] if isinstance(result, tuple) else result
    factors = torch.tensor([float(v) for v in draw_values(case, "g", tuple(result.shape))]).reshape(result.shape) if result.shape else 1
    total = (result * factors).sum()
    total.backward()
    found = {RESULT: [total.item()]}
    used = {name: leaf for name, leaf in leaves.items() if leaf.is_floating_point() and leaf.grad is not None}
    return found | {name: leaf.grad.flatten().tolist() for name, leaf in used.items()}


def _take_shared(module: Any, weights: dict[str, Any], torch: Any) -> None:
    """The weights of an object that is no module of PyTorch; what several have is one of them."""
    shared: dict[int, Any] = {}

    def go(value: Any, path: str) -> Any:
        if id(value) in shared:
            return shared[id(value)]
        if isinstance(value, torch.Tensor):
            shared[id(value)] = weights.setdefault(path, weights["draw"](path, tuple(value.shape)))
            return shared[id(value)]
        if isinstance(value, list):
            value[:] = [go(part, f"{path}_{place}") for place, part in enumerate(value)]
        elif isinstance(value, dict):
            for key in list(value):
                value[key] = go(value[key], str(key) if path == "params" else f"{path}_{key}")
        elif type(value).__module__ == "__program__":
            for key in list(vars(value)):
                setattr(value, key, go(getattr(value, key), f"{path}_{key}" if path else key))
        return value

    go(module, "")


if __name__ == "__main__":
    cases = {case: torch_table(case) for case in (sys.argv[1:] or CASES)}
    import torch

    TABLE.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1) + "\n")
