"""What PyTorch has as one layer and a student would write in several lines, as a program that is read in the place of its call.

The text is ours, in the order of PyTorch's weights and gates; it is read by the same reader as everything else.
"""

from __future__ import annotations

import ast
from functools import cache

PROGRAM = '''
def rnn_step(x, h, w, nonlinearity):
    a = x @ w['weight_ih'].T
    if w['bias_ih'] is not None:
        a = a + w['bias_ih']
    if h is not None:
        a = a + h @ w['weight_hh'].T
    if w['bias_hh'] is not None:
        a = a + w['bias_hh']
    return torch.tanh(a) if nonlinearity == 'tanh' else torch.relu(a)

def lstm_step(x, h, c, w, n):
    a = x @ w['weight_ih'].T
    if w['bias_ih'] is not None:
        a = a + w['bias_ih']
    if h is not None:
        a = a + h @ w['weight_hh'].T
    if w['bias_hh'] is not None:
        a = a + w['bias_hh']
    i = torch.sigmoid(a[..., :n])
    f = torch.sigmoid(a[..., n:2 * n])
    g = torch.tanh(a[..., 2 * n:3 * n])
    o = torch.sigmoid(a[..., 3 * n:])
    c = i * g if c is None else f * c + i * g
    h = o * torch.tanh(c)
    return h, c

def gru_step(x, h, w, n):
    u = x @ w['weight_ih'].T
    if w['bias_ih'] is not None:
        u = u + w['bias_ih']
    v = None
    if h is not None:
        v = h @ w['weight_hh'].T
        if w['bias_hh'] is not None:
            v = v + w['bias_hh']
    elif w['bias_hh'] is not None:
        v = w['bias_hh']
    if v is None:
        z = torch.sigmoid(u[..., n:2 * n])
        return (1 - z) * torch.tanh(u[..., 2 * n:])
    r = torch.sigmoid(u[..., :n] + v[..., :n])
    z = torch.sigmoid(u[..., n:2 * n] + v[..., n:2 * n])
    n_t = torch.tanh(u[..., 2 * n:] + r * v[..., 2 * n:])
    return (1 - z) * n_t if h is None else (1 - z) * n_t + z * h

def rnn_cell(x, h=None, *, layer, nonlinearity):
    return rnn_step(x, h, layer, nonlinearity)

def lstm_cell(x, state=None, *, layer, n):
    h, c = (None, None) if state is None else state
    return lstm_step(x, h, c, layer, n)

def gru_cell(x, h=None, *, layer, n):
    return gru_step(x, h, layer, n)

def recurrent(x, state=None, *, kind, layers, n, ways, batch_first, nonlinearity):
    lone = x.ndim == 2
    if lone:
        x = x.unsqueeze(1)
    elif batch_first:
        x = x.transpose(0, 1)
    h0, c0 = state if kind == 'lstm' and state is not None else (state, None)
    steps = [x[t] for t in range(x.shape[0])]
    hs, cs = [], []
    for place in range(len(layers)):
        outs = []
        for way in range(ways):
            w = layers[place][way]
            h = None if h0 is None else (h0[place * ways + way].unsqueeze(0) if lone else h0[place * ways + way])
            c = None if c0 is None else (c0[place * ways + way].unsqueeze(0) if lone else c0[place * ways + way])
            own = []
            for t in range(len(steps)) if way == 0 else reversed(range(len(steps))):
                if kind == 'lstm':
                    h, c = lstm_step(steps[t], h, c, w, n)
                elif kind == 'gru':
                    h = gru_step(steps[t], h, w, n)
                else:
                    h = rnn_step(steps[t], h, w, nonlinearity)
                own.append(h)
            outs.append(own if way == 0 else own[::-1])
            hs.append(h)
            cs.append(c)
        steps = outs[0] if ways == 1 else [torch.cat([one, two], dim=-1) for one, two in zip(outs[0], outs[1])]
    out = stack_later(steps, batch_first, lone)
    last = stack_states(hs, lone)
    return (out, (last, stack_states(cs, lone))) if kind == 'lstm' else (out, last)

def heads_of(x, count):
    return x.reshape(x.shape[0], x.shape[1], count, -1).transpose(1, 2)

def multi_head(query, key, value, attn_mask=None, need_weights=True, key_padding_mask=None, is_causal=False, *, w, heads, batch_first):
    lone = query.ndim == 2
    if lone:
        query, key, value = query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0)
    elif not batch_first:
        query, key, value = query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1)
    wq, wk, wv = torch.chunk(w['in_proj_weight'], 3)
    q, k, v = query @ wq.T, key @ wk.T, value @ wv.T
    if w['in_proj_bias'] is not None:
        bq, bk, bv = torch.chunk(w['in_proj_bias'], 3)
        q, k, v = q + bq, k + bk, v + bv
    Q, K, V = heads_of(q, heads), heads_of(k, heads), heads_of(v, heads)
    S = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if attn_mask is not None:
        S = add_mask(S, attn_mask)
    A = torch.softmax(S, dim=-1)
    H = (A @ V).transpose(1, 2).reshape(query.shape[0], query.shape[1], -1)
    y = H @ w['out_proj_weight'].T
    if w['out_proj_bias'] is not None:
        y = y + w['out_proj_bias']
    if lone:
        y = y.squeeze(0)
    elif not batch_first:
        y = y.transpose(0, 1)
    return y, None

def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    S = query @ key.transpose(-2, -1)
    S = S / math.sqrt(query.shape[-1]) if scale is None else S * scale
    if is_causal:
        S = S.masked_fill(torch.tril(torch.ones(query.shape[-2], key.shape[-2])) == 0, float('-inf'))
    if attn_mask is not None:
        S = add_mask(S, attn_mask)
    A = torch.softmax(S, dim=-1)
    return A @ value

def bilinear(x1, x2, *, layer):
    y = torch.einsum('bi,kij,bj->bk', x1, layer['weight'], x2)
    return y if layer['bias'] is None else y + layer['bias']

def normalize(x, p=2.0, dim=1, eps=1e-12):
    return x / torch.sqrt((x ** 2).sum(dim=dim, keepdim=True))

def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    return (x1 * x2).sum(dim=dim) / (torch.sqrt((x1 ** 2).sum(dim=dim)) * torch.sqrt((x2 ** 2).sum(dim=dim)))

def rms_norm(x, shape, weight=None, eps=None):
    y = x / torch.sqrt((x ** 2).mean(-1, keepdim=True) + (0 if eps is None else eps))
    return y if weight is None else y * weight

def kl_div(x, y, reduction='mean', log_target=False):
    each = y * (torch.log(y) - x)
    if reduction == 'sum':
        return each.sum()
    return each.sum() / x.shape[0] if reduction == 'batchmean' else each.mean()

def encoder_layer(x, src_mask=None, *, attend, first, second, norm1, norm2, norm_first, act):
    if norm_first:
        z = norm1(x)
        x = x + attend(z, z, z, attn_mask=src_mask)[0]
        return x + second(act(first(norm2(x))))
    x = norm1(x + attend(x, x, x, attn_mask=src_mask)[0])
    return norm2(x + second(act(first(x))))
'''
"""Each function is a layer, or a part of one."""


@cache
def list_written() -> dict[str, ast.FunctionDef]:
    """The functions of the text by their names.

    >>> "lstm_cell" in list_written()
    True
    """
    return {node.name: node for node in ast.parse(PROGRAM).body if isinstance(node, ast.FunctionDef)}
