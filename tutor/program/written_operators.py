"""Operators of ONNX that take more than an expression, as programs that are read in the place of their calls.

The text is ours, in the order of ONNX's weights and gates (https://onnx.ai/onnx/operators/); the reader of programs reads it.
"""

from __future__ import annotations

import ast
from functools import cache

PROGRAM = '''
def flat_softmax(x, axis):
    if axis in (-1, x.ndim - 1):
        return torch.softmax(x, dim=-1)
    return torch.softmax(flatten(x, axis), dim=-1).reshape(x.shape)

def flat_log_softmax(x, axis):
    if axis in (-1, x.ndim - 1):
        return torch.log_softmax(x, dim=-1)
    return torch.log_softmax(flatten(x, axis), dim=-1).reshape(x.shape)

def flatten(x, axis):
    rows = 1
    for size in x.shape[:axis]:
        rows = rows * size
    return x.reshape(rows, -1)

def transpose(x):
    return x.permute(*[x.ndim - 1 - axis for axis in range(x.ndim)])

def unsqueeze(x, axes):
    rank = x.ndim + len(axes)
    for axis in sorted([axis % rank for axis in axes]):
        x = x.unsqueeze(axis)
    return x

def expand(x, sizes):
    own = [1] * (len(sizes) - x.ndim) + list(x.shape)
    whole = [1] * (len(own) - len(sizes)) + list(sizes)
    return torch.broadcast_to(x, [one if size == 1 else size for one, size in zip(own, whole)])

def count_pads(x, spans, strides, pads, same, ceil):
    axes = len(spans)
    before, behind = list(pads[:axes]), list(pads[axes:])
    for axis in range(axes):
        size, span, stride = x.shape[2 + axis], spans[axis], strides[axis]
        if same != '':
            both = max((-(-size // stride) - 1) * stride + span - size, 0)
            before[axis] = both - both // 2 if same == 'lower' else both // 2
            behind[axis] = both - before[axis]
        if ceil == 1 and same == '':
            room = size + before[axis] + behind[axis] - span
            steps = -(-room // stride)
            if steps * stride >= size + before[axis]:
                steps = steps - 1
            behind[axis] = behind[axis] + max(steps * stride - room, 0)
    return before, behind

def pad_zeros(x, spans, strides, pads, same, ceil):
    before, behind = count_pads(x, spans, strides, pads, same, ceil)
    pairs = []
    for axis in reversed(range(len(spans))):
        pairs = pairs + [before[axis], behind[axis]]
    return F.pad(x, pairs)

def pad_edges(x, spans, strides, pads, same, ceil):
    before, behind = count_pads(x, spans, strides, pads, same, ceil)
    for axis in range(len(spans)):
        if before[axis] + behind[axis] > 0:
            y = x.transpose(2 + axis, -1)
            y = torch.cat([y[..., :1]] * before[axis] + [y] + [y[..., -1:]] * behind[axis], dim=-1)
            x = y.transpose(2 + axis, -1)
    return x

def count_inside(y, x, spans, strides, pads, same, ceil, inside):
    axes = len(spans)
    before, behind = count_pads(x, spans, strides, pads, same, ceil)
    for axis in range(axes):
        size, span = x.shape[2 + axis], spans[axis]
        low, high = (0, size) if inside == 1 else (-before[axis], size + pads[axes + axis])
        counts, fewer = [], 0
        for place in range(y.shape[2 + axis]):
            first = place * strides[axis] - before[axis]
            counts.append(min(first + span, high) - max(first, low))
            fewer = fewer + span - counts[-1]
        if fewer > 0:
            y = y * span / torch.tensor(counts).reshape(-1, *([1] * (axes - axis - 1)))
    return y

def global_mean(x):
    return x.mean(dim=tuple(range(2, x.ndim)), keepdim=True)

def global_max(x):
    return torch.amax(x, dim=tuple(range(2, x.ndim)), keepdim=True)

def along_channels(w, x):
    return w.reshape(1, w.shape[0], *([1] * (x.ndim - 2)))

def batch_norm(x, scale, bias, mean, var, eps):
    s = scale / torch.sqrt(var + eps)
    return (x - along_channels(mean, x)) * along_channels(s, x) + along_channels(bias, x)

def batch_norm_training(x, scale, bias, mean, var, eps):
    axes = (0, *range(2, x.ndim))
    centred = x - x.mean(dim=axes, keepdim=True)
    spread = torch.sqrt((centred ** 2).mean(dim=axes, keepdim=True) + eps)
    return centred / spread * along_channels(scale, x) + along_channels(bias, x)

def instance_norm(x, scale, bias, eps):
    axes = tuple(range(2, x.ndim))
    centred = x - x.mean(dim=axes, keepdim=True)
    spread = torch.sqrt((centred ** 2).mean(dim=axes, keepdim=True) + eps)
    return centred / spread * along_channels(scale, x) + along_channels(bias, x)

def layer_norm(x, scale, bias, axis, eps):
    if axis in (-1, x.ndim - 1) and bias is not None:
        return F.layer_norm(x, (x.shape[-1],), scale, bias, eps)
    axes = tuple(range(axis % x.ndim, x.ndim))
    centred = x - x.mean(dim=axes, keepdim=True)
    y = centred / torch.sqrt((centred ** 2).mean(dim=axes, keepdim=True) + eps) * scale
    return y if bias is None else y + bias

def rms_norm(x, scale, axis, eps):
    axes = tuple(range(axis % x.ndim, x.ndim))
    return x / torch.sqrt((x ** 2).mean(dim=axes, keepdim=True) + eps) * scale

def prelu(x, slope):
    return torch.relu(x) - slope * torch.relu(-x)

def gelu_by_tanh(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))

def rnn_round(x, h, c, w, r, b, n, how):
    a = x @ w.T
    if h is not None:
        a = a + h @ r.T
    if b is not None:
        a = a + b[:n] + b[n:]
    return torch.relu(a) if how == 'Relu' else torch.tanh(a), None

def gru_round(x, h, c, w, r, b, n, how):
    u = x @ w.T
    if b is not None:
        u = u + b[:3 * n]
    a, s = u[..., :n], u[..., n:2 * n]
    if h is not None:
        a = a + h @ r[:n].T
        s = s + h @ r[n:2 * n].T
    if b is not None:
        a = a + b[3 * n:4 * n]
        s = s + b[4 * n:5 * n]
    z, reset = torch.sigmoid(a), torch.sigmoid(s)
    v = None
    if how:
        if h is not None:
            v = h @ r[2 * n:].T
        if b is not None:
            v = b[5 * n:] if v is None else v + b[5 * n:]
        v = None if v is None else reset * v
    else:
        if h is not None:
            v = (reset * h) @ r[2 * n:].T
        if b is not None:
            v = b[5 * n:] if v is None else v + b[5 * n:]
    new = torch.tanh(u[..., 2 * n:] if v is None else u[..., 2 * n:] + v)
    return (1 - z) * new if h is None else (1 - z) * new + z * h, None

def lstm_round(x, h, c, w, r, b, n, how):
    a = x @ w.T
    if h is not None:
        a = a + h @ r.T
    if b is not None:
        a = a + b[:4 * n] + b[4 * n:]
    i = torch.sigmoid(a[..., :n])
    o = torch.sigmoid(a[..., n:2 * n])
    f = torch.sigmoid(a[..., 2 * n:3 * n])
    g = torch.tanh(a[..., 3 * n:])
    c = i * g if c is None else f * c + i * g
    return o * torch.tanh(c), c

def go_through(step, x, w, r, b, h0, c0, direction, layout, how):
    if layout:
        x = x.transpose(0, 1)
        h0 = None if h0 is None else h0.transpose(0, 1)
        c0 = None if c0 is None else c0.transpose(0, 1)
    n = r.shape[-1]
    ways, hs, cs = [], [], []
    for way in range(w.shape[0]):
        h = None if h0 is None else h0[way]
        c = None if c0 is None else c0[way]
        times = list(range(x.shape[0]))
        if direction == 'reverse' or way == 1:
            times = times[::-1]
        own = [None] * len(times)
        for t in times:
            h, c = step(x[t], h, c, w[way], r[way], None if b is None else b[way], n, how)
            own[t] = h
        ways.append(own)
        hs.append(h)
        cs.append(c)
    out = [stack_later([way[t] for way in ways], bool(layout), False) for t in range(x.shape[0])]
    return out, hs, cs

def rnn(x, w, r, b, h0, direction, layout, how):
    out, hs, cs = go_through(rnn_round, x, w, r, b, h0, None, direction, layout, how)
    return stack_later(out, bool(layout), False), stack_later(hs, bool(layout), False)

def gru(x, w, r, b, h0, direction, layout, how):
    out, hs, cs = go_through(gru_round, x, w, r, b, h0, None, direction, layout, how)
    return stack_later(out, bool(layout), False), stack_later(hs, bool(layout), False)

def lstm(x, w, r, b, h0, c0, direction, layout):
    out, hs, cs = go_through(lstm_round, x, w, r, b, h0, c0, direction, layout, None)
    return stack_later(out, bool(layout), False), stack_later(hs, bool(layout), False), stack_later(cs, bool(layout), False)
'''
"""Each function is an operator, or a part of one."""


@cache
def list_operators() -> dict[str, ast.FunctionDef]:
    """The functions of the text by their names.

    >>> "gru" in list_operators()
    True
    """
    return {node.name: node for node in ast.parse(PROGRAM).body if isinstance(node, ast.FunctionDef)}
