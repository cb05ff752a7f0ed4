"""PyTorch's figures of the layers that are written out, in composite_layers.json: python tests/torch_reference/composite_layers.py.

Each case is a layer, or a cell, with a weighted sum of its outputs after it, in double precision: the value and the gradient of every
input but masks, which PyTorch does not differentiate by.  Weights of cells stand as PyTorch has them, or turned where the lecture has X W.
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from random import Random
from typing import Any

TABLE = Path(__file__).with_suffix(".json")
MASKS = ("M",)
Case = tuple[str, dict[str, tuple[int, ...]], str]

_NORMED = {"X": (4, 3), "g": (3,), "b": (3,), "R": (4, 3)}
_IMAGE = {"X": (2, 4, 2, 2), "g": (4,), "b": (4,), "R": (2, 4, 2, 2)}
_HEADS = {"X": (3, 4), "Q": (4, 4), "K": (4, 4), "V": (4, 4), "O": (4, 4), "R": (3, 4)}
_CELL = {"x": (3,), "h": (2,), "r": (2,)}
_BATCH = {"X": (4, 3), "H": (4, 2), "R": (4, 2)}
_LSTM_ROWS = "torch.lstm_cell(X, (H, C), W[:, {order}].T, U[:, {order}].T, b[{order}], 0 * b)"
_IFOG = "[0, 1, 2, 3, 6, 7, 4, 5]"  # PyTorch has i, f, g, o; each has two entries here

CASES: dict[str, Case] = {  # name: our steps of L, shapes, PyTorch's L
    "batch norm": ("Y = batch_norm(X, g, b); L = sum(R ⊙ Y)", _NORMED, "(R * F.batch_norm(X, None, None, g, b, training=True)).sum()"),
    "batch norm of images": ("Y = batch_norm(X, g, b); L = sum(R ⊙ Y)", _IMAGE,
                             "(R * F.batch_norm(X, None, None, g, b, training=True)).sum()"),
    "batch norm in use": ("Y = batch_norm_eval(X, r, p, g, b, eps=0.1); L = sum(R ⊙ Y)", {**_NORMED, "r": (3,), "p": (3,)},
                          "(R * F.batch_norm(X, r.detach(), p.detach(), g, b, training=False, eps=0.1)).sum()"),
    "batch norm of images in use": ("Y = batch_norm_eval(X, r, p, g, b); L = sum(R ⊙ Y)", {**_IMAGE, "r": (4,), "p": (4,)},
                                    "(R * F.batch_norm(X, r.detach(), p.detach(), g, b, training=False)).sum()"),
    "layer norm": ("y = layer_norm(x, g, b); L = sum(r ⊙ y)", {"x": (4,), "g": (4,), "b": (4,), "r": (4,)},
                   "(r * F.layer_norm(x, (4,), g, b)).sum()"),
    "layer norm of rows": ("Y = LayerNorm(X, weight=g, bias=b, eps=0.01); L = sum(R ⊙ Y)", _NORMED,
                           "(R * F.layer_norm(X, (3,), g, b, eps=0.01)).sum()"),
    "layer norm of three axes": ("Y = layer_norm(X); L = sum(R ⊙ Y)", {"X": (2, 2, 3), "R": (2, 2, 3)},
                                 "(R * F.layer_norm(X, (3,))).sum()"),
    "RMS norm": ("y = rms_norm(x, g, eps=0.1); L = sum(r ⊙ y)", {"x": (4,), "g": (4,), "r": (4,)},
                 "(r * F.rms_norm(x, (4,), g, eps=0.1)).sum()"),
    "RMS norm of rows": ("Y = rms_norm(X); L = sum(R ⊙ Y)", {"X": (3, 4), "R": (3, 4)}, "(R * F.rms_norm(X, (4,), eps=0)).sum()"),
    "group norm": ("Y = group_norm(X, g, b, groups=2); L = sum(R ⊙ Y)", _IMAGE, "(R * F.group_norm(X, 2, g, b)).sum()"),
    "group norm of one image": ("Y = group_norm(X, g, b, groups=2); L = sum(R ⊙ Y)", {**_IMAGE, "X": (4, 2, 2), "R": (4, 2, 2)},
                                "(R * F.group_norm(X[None], 2, g, b)[0]).sum()"),
    "group norm of channels": ("y = group_norm(x, g, b, groups=2); L = sum(r ⊙ y)", {"x": (4,), "g": (4,), "b": (4,), "r": (4,)},
                               "(r * F.group_norm(x[None], 2, g, b)[0]).sum()"),
    "group norm of rows of places": ("Y = group_norm(X, g, b, groups=2); L = sum(R ⊙ Y)", {"X": (4, 3), "g": (4,), "b": (4,), "R": (4, 3)},
                                     "(R * F.group_norm(X[None], 2, g, b)[0]).sum()"),
    "group norm of a batch of vectors": ("Y = group_norm(X, g, b, groups=2); L = sum(R ⊙ Y)",
                                         {"X": (3, 4), "g": (4,), "b": (4,), "R": (3, 4)}, "(R * F.group_norm(X, 2, g, b)).sum()"),
    "dropout": ("Y = dropout(X, M, 0.25); L = sum(R ⊙ Y)", {"X": (2, 3), "M": (2, 3), "R": (2, 3)}, "(R * X * M / 0.75).sum()"),
    "residual and gate": ("y = gate(p, x, b); z = residual(y, r); L = sum(z ⊙ z)", {"p": (3,), "x": (3,), "b": (3,), "r": (3,)},
                          "((torch.lerp(b, x, p) + r)**2).sum()"),
    "attention": ("Y = attention(Q, K, V); L = sum(R ⊙ Y)", {"Q": (3, 2), "K": (4, 2), "V": (4, 5), "R": (3, 5)},
                  "(R * F.scaled_dot_product_attention(Q, K, V)).sum()"),
    "attention of one query": ("y = attention(x, K, V); L = sum(r ⊙ y)", {"x": (2,), "K": (4, 2), "V": (4, 3), "r": (3,)},
                               "(r * F.scaled_dot_product_attention(x[None], K, V)[0]).sum()"),
    "attention with a mask": ("Y = F.scaled_dot_product_attention(Q, K, V, attn_mask=M); L = sum(R ⊙ Y)",
                              {"Q": (3, 2), "K": (3, 2), "V": (3, 2), "M": (3, 3), "R": (3, 2)},
                              "(R * F.scaled_dot_product_attention(Q, K, V, attn_mask=M.bool())).sum()"),
    "attention of heads with a mask": ("Y = attention(Q, K, V, M); L = sum(R ⊙ Y)",
                                       {"Q": (2, 3, 2), "K": (2, 3, 2), "V": (2, 3, 2), "M": (3, 3), "R": (2, 3, 2)},
                                       "(R * F.scaled_dot_product_attention(Q, K, V, attn_mask=M.bool())).sum()"),
    "attention of a batch of heads with a mask": ("Y = attention(Q, K, V, M); L = sum(R ⊙ Y)",
                                                  {"Q": (2, 2, 3, 2), "K": (2, 2, 3, 2), "V": (2, 2, 3, 1), "M": (3, 3), "R": (2, 2, 3, 1)},
                                                  "(R * F.scaled_dot_product_attention(Q, K, V, attn_mask=M.bool())).sum()"),
    "attention of one query with a mask": ("y = attention(x, K, V, M); L = sum(r ⊙ y)",
                                           {"x": (2,), "K": (4, 2), "V": (4, 3), "M": (4,), "r": (3,)},
                                           "(r * F.scaled_dot_product_attention(x[None], K, V, attn_mask=M[None].bool())[0]).sum()"),
    "causal attention": ("Y = attention(Q, K, V, causal_mask(3)); L = sum(R ⊙ Y)", {"Q": (3, 2), "K": (3, 2), "V": (3, 2), "R": (3, 2)},
                         "(R * F.scaled_dot_product_attention(Q, K, V, is_causal=True)).sum()"),
    "multi-head attention": (
        "Y = multi_head_attention(X, Q, K, V, O, b, p, q, a, heads=2); L = sum(R ⊙ Y)", {**_HEADS, **dict.fromkeys("bpqa", (4,))},
        "(R * F.multi_head_attention_forward(X, X, X, 4, 2, torch.cat([Q, K, V], 1).T, torch.cat([b, p, q]), None, None, False, 0.0, O.T,"
        " a, need_weights=False)[0]).sum()"),
    "multi-head attention with a mask": (
        "Y = multi_head_attention(X, Q, K, V, O, heads=2, mask=M); L = sum(R ⊙ Y)", {**_HEADS, "M": (3, 3)},
        "(R * F.multi_head_attention_forward(X, X, X, 4, 2, torch.cat([Q, K, V], 1).T, None, None, None, False, 0.0, O.T, None,"
        " need_weights=False, attn_mask=~M.bool())[0]).sum()"),
    "multi-head attention to a memory": (
        "Y = multi_head_attention(X, Q, K, V, O, memory=Z, heads=2); L = sum(R ⊙ Y)", {**_HEADS, "Z": (2, 4)},
        "(R * F.multi_head_attention_forward(X, Z, Z, 4, 2, torch.cat([Q, K, V], 1).T, None, None, None, False, 0.0, O.T, None,"
        " need_weights=False)[0]).sum()"),
    "rotary positions": (
        "Y = rope(X, M); L = sum(R ⊙ Y)", {"X": (3, 4), "M": (3, 2), "R": (3, 4)},
        "(R * torch.view_as_real(torch.view_as_complex(X.reshape(3, 2, 2)) * torch.polar(0*M + 1, M)).reshape(3, 4)).sum()"),
    "rotary positions of heads": (
        "Y = rope(X, M, pairs=halves); L = sum(R ⊙ Y)", {"X": (2, 3, 4), "M": (3, 2), "R": (2, 3, 4)},
        "(R * (X * torch.cos(torch.cat([M, M], 1)) + torch.cat([-X[..., 2:], X[..., :2]], -1) * torch.sin(torch.cat([M, M], 1)))).sum()"),
    "rotary position of one vector": ("y = rope(x, M); L = sum(r ⊙ y)", {"x": (4,), "M": (2,), "r": (4,)},
                                      "(r * torch.view_as_real(torch.view_as_complex(x.reshape(2, 2)) * torch.polar(0*M + 1, M))"
                                      ".reshape(4)).sum()"),
    "RNN cell": ("h_1 = rnn_cell(x, h, W, U, b, a); L = sum(r ⊙ h_1)", {**_CELL, "W": (2, 3), "U": (2, 2), "b": (2,), "a": (2,)},
                 "(r * torch.rnn_tanh_cell(x[None], h[None], W, U, b, a)[0]).sum()"),
    "RNN cell with relu": ("h_1 = RNNCell(x, h, W, U, b, nonlinearity=relu); L = sum(r ⊙ h_1)",
                           {**_CELL, "W": (2, 3), "U": (2, 2), "b": (2,)},
                           "(r * torch.rnn_relu_cell(x[None], h[None], W, U, b, 0 * b)[0]).sum()"),
    "RNN cell of rows": ("H_1 = rnn_cell(X, H, W, U, b); L = sum(R ⊙ H_1)", {**_BATCH, "W": (3, 2), "U": (2, 2), "b": (2,)},
                         "(R * torch.rnn_tanh_cell(X, H, W.T, U.T, b, 0 * b)).sum()"),
    "LSTM cell": ("h_1, c_1 = lstm_cell(x, h, c, W, U, b, a, order=ifgo); L = sum(r ⊙ h_1) + sum(c_1)",
                  {**_CELL, "c": (2,), "W": (8, 3), "U": (8, 2), "b": (8,), "a": (8,)},
                  "(lambda found: (r * found[0][0]).sum() + found[1].sum())(torch.lstm_cell(x[None], (h[None], c[None]), W, U, b, a))"),
    "LSTM cell of rows, i f o g": (
        "H_1, C_1 = lstm_cell(X, H, C, W, U, b); L = sum(R ⊙ H_1) + sum(C_1)", {**_BATCH, "C": (4, 2), "W": (3, 8), "U": (2, 8), "b": (8,)},
        f"(lambda found: (R * found[0]).sum() + found[1].sum())({_LSTM_ROWS.format(order=_IFOG)})"),
    "LSTM cell by gate": (
        "h_1, c_1 = lstm_cell_by_gate(x, h, c, A, B, C, D, E, S, G, J, b, a, p, q); L = sum(r ⊙ h_1) + sum(c_1)",
        {**_CELL, "c": (2,), **dict.fromkeys("ABCD", (2, 3)), **dict.fromkeys("ESGJ", (2, 2)), **dict.fromkeys("bapq", (2,))},
        "(lambda found: (r * found[0][0]).sum() + found[1].sum())(torch.lstm_cell(x[None], (h[None], c[None]), torch.cat([A, B, D, C]),"
        " torch.cat([E, S, J, G]), torch.cat([b, a, q, p]), 0 * torch.cat([b, a, q, p])))"),
    "GRU cell, reset after": (
        "h_1 = gru_cell(x, h, A, B, C, E, S, G, b, a, p, q, s, t, reset=after); L = sum(r ⊙ h_1)",
        {**_CELL, **dict.fromkeys("ABC", (2, 3)), **dict.fromkeys("ESG", (2, 2)), **dict.fromkeys("bapqst", (2,))},
        "(r * torch.gru_cell(x[None], h[None], torch.cat([A, B, C]), torch.cat([E, S, G]), torch.cat([b, a, p]),"
        " torch.cat([q, s, t]))[0]).sum()"),
    "GRU cell, reset before": (
        "H_1 = gru_cell(X, H, A, B, C, E, S, G); L = sum(R ⊙ H_1)",
        {**_BATCH, **dict.fromkeys("ABC", (3, 2)), **dict.fromkeys("ESG", (2, 2))},
        "(lambda z, n: (R * ((1 - z) * n + z * H)).sum())(torch.sigmoid(X @ B + H @ S), "
        "torch.tanh(X @ C + (torch.sigmoid(X @ A + H @ E) * H) @ G))"),
    "global pooling": ("L = sum(r ⊙ global_average_pool(X)) + sum(r ⊙ global_max_pool(X))", {"X": (3, 2, 2), "r": (3,)},
                       "(r * (F.adaptive_avg_pool2d(X, 1) + F.adaptive_max_pool2d(X, 1)).flatten()).sum()"),
    "positions": ("Y = add_positions(X); L = sum(R ⊙ Y ⊙ Y)", {"X": (2, 4), "R": (2, 4)},
                  "(R * (X + torch.stack([torch.tensor([0.0, 1, 0, 1]), torch.tensor([1.0, 1, 0.01, 0.01], dtype=torch.float64).sin()])"
                  ".double() * torch.tensor([[1.0, 1, 1, 1], [1, 0, 1, 0]]) + torch.tensor([1.0, 1, 0.01, 0.01], dtype=torch.float64).cos()"
                  " * torch.tensor([[0.0, 0, 0, 0], [0, 1, 0, 1]]))**2).sum()"),
}  # fmt: skip


def leaves(case: str) -> dict[str, list[float]]:
    """The inputs of a case, entry after entry: sixteenths and no two equal; p, q between 0 and 1; masks with 1 on the diagonal."""
    generator = Random(case)
    found: dict[str, list[float]] = {}
    for name, shape in CASES[case][1].items():
        count = prod(shape)
        found[name] = [(n + 0.5) / 16 for n in generator.sample(range(-24, 24), count)]
        if name in "pq":
            found[name] = [(abs(value) + 0.25) / 4 for value in found[name]]
        if name in MASKS:
            found[name] = [1.0 if place % (shape[-1] + 1) == 0 else float(generator.randint(0, 1)) for place in range(count)]
    return found


def torch_table(case: str) -> dict[str, list[float]]:
    """The value L and the gradient of every input that is no mask."""
    import torch
    from torch.nn import functional

    formula, shapes = CASES[case][2], CASES[case][1]
    given: dict[str, Any] = {
        name: torch.tensor(values, dtype=torch.float64).reshape(shapes[name]).requires_grad_(name not in MASKS)
        for name, values in leaves(case).items()
    }
    loss = eval(formula, {"torch": torch, "F": functional, **given})
    loss.backward()
    found = {"L": [loss.item()]}
    return found | {name: leaf.grad.reshape(-1).tolist() for name, leaf in given.items() if leaf.grad is not None}


def main() -> None:
    """Write the table."""
    import torch

    made = {"torch": torch.__version__, "cases": {case: torch_table(case) for case in CASES}}
    TABLE.write_text(json.dumps(made, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
