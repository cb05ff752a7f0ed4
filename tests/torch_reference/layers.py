"""The figures of PyTorch's layers in layers.json, and the script that makes them: python tests/torch_reference/layers.py.

Each case is one operation with a weighted sum (or a loss) after it, in double precision, with PyTorch's own operation and its autograd:
the value and the gradient of every input.  The inputs are drawn from a fixed seed by Python, and kept off kinks and ties, where conventions
differ: see kinks.py.

PyTorch's "convolution" is the correlation of the lectures; a convolution is that with the kernel flipped.
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from random import Random
from typing import Any

TABLE = Path(__file__).with_suffix(".json")

CASES: dict[str, tuple[str, dict[str, tuple[int, ...]], str]] = {  # name: our formula of L (steps before it), shapes, PyTorch's
    "matmul": ("sum(r ⊙ (W x))", {"W": (3, 4), "x": (4,), "r": (3,)}, "(r * (W @ x)).sum()"),
    "batch in columns": ("sum(R ⊙ (W X + columns(b, 5)))", {"W": (3, 4), "X": (4, 5), "b": (3,), "R": (3, 5)},
                         "(R * (W @ X + b[:, None])).sum()"),
    "batch in rows": ("sum(R ⊙ (X W^T + rows(b, 5)))", {"W": (3, 4), "X": (5, 4), "b": (3,), "R": (5, 3)}, "(R * F.linear(X, W, b)).sum()"),
    "outer": ("sum(R ⊙ outer(x, y))", {"x": (3,), "y": (2,), "R": (3, 2)}, "(R * torch.outer(x, y)).sum()"),
    "mean": ("mean(X ⊙ X)", {"X": (3, 4)}, "(X * X).mean()"),
    "flatten": ("sum(r ⊙ flatten(X))", {"X": (2, 3), "r": (6,)}, "(r * X.flatten()).sum()"),
    "concat": ("sum(r ⊙ concat(x, y))", {"x": (2,), "y": (3,), "r": (5,)}, "(r * torch.cat([x, y])).sum()"),
    "softmax": ("sum(r ⊙ softmax(x))", {"x": (5,), "r": (5,)}, "(r * F.softmax(x, 0)).sum()"),
    "softmax of columns": ("sum(R ⊙ softmax_columns(X))", {"X": (4, 3), "R": (4, 3)}, "(R * F.softmax(X, 0)).sum()"),
    "softmax of rows": ("sum(R ⊙ softmax_rows(X))", {"X": (4, 3), "R": (4, 3)}, "(R * F.softmax(X, 1)).sum()"),
    "log-softmax": ("sum(r ⊙ log_softmax(x)) + logsumexp(x)", {"x": (5,), "r": (5,)},
                    "(r * F.log_softmax(x, 0)).sum() + torch.logsumexp(x, 0)"),
    "log-softmax of columns": ("sum(R ⊙ log_softmax_columns(X)) + sum(r ⊙ logsumexp_columns(X))", {"X": (4, 3), "R": (4, 3), "r": (3,)},
                               "(R * F.log_softmax(X, 0)).sum() + (r * torch.logsumexp(X, 0)).sum()"),
    "log-softmax of rows": ("sum(R ⊙ log_softmax_rows(X)) + sum(r ⊙ logsumexp_rows(X))", {"X": (4, 3), "R": (4, 3), "r": (4,)},
                            "(R * F.log_softmax(X, 1)).sum() + (r * torch.logsumexp(X, 1)).sum()"),
    "log-sum-exp of three numbers": ("h = lse(x, y, p); sum(r ⊙ h)", {"x": (4,), "y": (4,), "p": (4,), "r": (4,)},
                                     "(r * torch.logsumexp(torch.stack([x, y, p]), 0)).sum()"),
    "cosine similarity": ("x^T y/(sqrt(x^T x)*sqrt(y^T y))", {"x": (4,), "y": (4,)}, "F.cosine_similarity(x, y, 0)"),
    "triplet of vectors": ("max(0, sqrt(sum((x - y)^2)) - sqrt(sum((x - p)^2)) + 1)", {"x": (3,), "y": (3,), "p": (3,)},
                           "F.triplet_margin_loss(x, y, p, margin=1.0, eps=0.0)"),
    "multi-class hinge": ("(sum(multi_hinge(x, fill(entry(x, 2), 4), 1)) - 1)/4", {"x": (4,)},
                          "F.multi_margin_loss(x[None], torch.tensor([1]))"),
    "label smoothing": ("-sum(smooth_label(p, 0.1, 5) ⊙ log_softmax(x))", {"x": (5,), "p": (5,)}, "F.cross_entropy(x, p * 0.9 + 0.1 / 5)"),
    "InfoNCE": ("S = X Y^T/2; -sum(log_softmax_rows(S) ⊙ P)/3", {"X": (3, 4), "Y": (3, 4), "P": (3, 3)}, "F.cross_entropy(X @ Y.T / 2, P)"),
    "softmax with temperature": ("sum(r ⊙ softmax(x/0.5))", {"x": (5,), "r": (5,)}, "(r * F.softmax(x / 0.5, 0)).sum()"),
    "ELBO": ("z = x + exp(y/2) ⊙ r; 1/2*sum((W z - p)^2) + sum(kl_standard_normal(x, y))",
             {"x": (3,), "y": (3,), "r": (3,), "W": (2, 3), "p": (2,)},
             "0.5 * ((W @ (x + torch.exp(y / 2) * r) - p)**2).sum() + torch.distributions.kl_divergence("
             "torch.distributions.Normal(x, torch.exp(y / 2)), torch.distributions.Normal(torch.zeros(3), torch.ones(3))).sum()"),
    "KL of two distributions": ("sum(kl_divergence(softmax(x), softmax(y)))", {"x": (5,), "y": (5,)},
                                "F.kl_div(F.log_softmax(x, 0), F.softmax(y, 0), reduction='sum')"),
    "softmax and cross-entropy": ("-sum(p ⊙ log(softmax(x)))", {"x": (5,), "p": (5,)}, "F.cross_entropy(x, p)"),
    "softmax and cross-entropy of a batch, mean": (
        "-sum(P ⊙ log(softmax_rows(X)))/4", {"X": (4, 3), "P": (4, 3)}, "F.cross_entropy(X, P)"),
    "binary cross-entropy": ("sum(binary_cross_entropy(p, q))", {"p": (5,), "q": (5,)}, "F.binary_cross_entropy(p, q, reduction='sum')"),
    "binary cross-entropy, mean": (
        "mean(binary_cross_entropy(P, Q))", {"P": (3, 2), "Q": (3, 2)}, "F.binary_cross_entropy(P, Q)"),
    "sigmoid and binary cross-entropy": (
        "mean(binary_cross_entropy(sigmoid(x), p))", {"x": (5,), "p": (5,)}, "F.binary_cross_entropy_with_logits(x, p)"),
    "entries": ("entry(x, 2)*entry(x, 4) + entry(X, 1, 3)", {"x": (5,), "X": (2, 3)}, "x[1] * x[3] + X[0, 2]"),
    "correlation over channels": (
        "sum(R ⊙ correlate(X, K, 1, 1))", {"X": (2, 4, 4), "K": (3, 2, 3, 3), "R": (3, 4, 4)},
        "(R * F.conv2d(X[None], K, stride=1, padding=1)[0]).sum()"),
    "average pooling over channels": (
        "sum(R ⊙ average_pool(X, 2, 2))", {"X": (2, 4, 4), "R": (2, 2, 2)}, "(R * F.avg_pool2d(X[None], 2, 2)[0]).sum()"),
    "a batch of matrix products": (
        "sum(R ⊙ (A @ B))", {"A": (2, 3, 4), "B": (2, 4, 2), "R": (2, 3, 2)}, "(R * (A @ B)).sum()"),
    "a batch of matrix products of four axes": (
        "sum(R ⊙ (A @ B))", {"A": (2, 2, 3, 2), "B": (2, 2, 2, 3), "R": (2, 2, 3, 3)}, "(R * (A @ B)).sum()"),
    "a batch times a matrix": (
        "sum(R ⊙ (X W + batch(rows(b, 3), 2)))", {"X": (2, 3, 4), "W": (4, 2), "b": (2,), "R": (2, 3, 2)}, "(R * (X @ W + b)).sum()"),
    "a batch of four axes times a matrix": (
        "sum(R ⊙ (X W))", {"X": (2, 2, 3, 2), "W": (2, 3), "R": (2, 2, 3, 3)}, "(R * (X @ W)).sum()"),
    "a matrix times a batch": ("sum(R ⊙ (W X))", {"W": (2, 3), "X": (2, 3, 4), "R": (2, 2, 4)}, "(R * (W @ X)).sum()"),
    "a matrix times a batch of four axes": (
        "sum(R ⊙ (W X))", {"W": (2, 3), "X": (2, 2, 3, 2), "R": (2, 2, 2, 2)}, "(R * (W @ X)).sum()"),
    "attention": (
        "sum(R ⊙ (softmax_rows(A @ B^T/2) @ V))", {"A": (2, 3, 4), "B": (2, 2, 4), "V": (2, 2, 3), "R": (2, 3, 3)},
        "(R * F.scaled_dot_product_attention(A, B, V)).sum()"),
    "attention with a mask": (
        "sum(R ⊙ (masked_softmax(A @ B^T/2, causal_mask(3)) @ V))", {"A": (2, 3, 4), "B": (2, 3, 4), "V": (2, 3, 3), "R": (2, 3, 3)},
        "(R * F.scaled_dot_product_attention(A, B, V, is_causal=True)).sum()"),
    "positions": ("sum(R ⊙ positional_encoding(3, 4))", {"R": (3, 4)},
                  "(R * torch.stack([torch.sin(torch.arange(3.0, dtype=torch.float64)), torch.cos(torch.arange(3.0, dtype=torch.float64)), "
                  "torch.sin(torch.arange(3.0, dtype=torch.float64) / 100), torch.cos(torch.arange(3.0, dtype=torch.float64) / 100)],"
                  " 1)).sum()"),
    "heads": ("sum(R ⊙ split_heads(X, 2, 3)) + sum(X ⊙ join_heads(Y))", {"X": (4, 6), "R": (2, 4, 3), "Y": (2, 4, 3)},
              "(R * X.reshape(4, 2, 3).transpose(0, 1)).sum() + (X * Y.transpose(0, 1).reshape(4, 6)).sum()"),
    "attention of several heads": (
        "sum(R ⊙ (softmax_rows(A @ B^T/2) @ V))", {"A": (2, 2, 1, 4), "B": (2, 2, 2, 4), "V": (2, 2, 2, 2), "R": (2, 2, 1, 2)},
        "(R * F.scaled_dot_product_attention(A, B, V)).sum()"),
    "softmax of the columns of a batch": (
        "sum(R ⊙ softmax_columns(X))", {"X": (2, 3, 2), "R": (2, 3, 2)}, "(R * F.softmax(X, -2)).sum()"),
    "sums of a batch": (
        "sum(R ⊙ batch_sums(X)) + sum(S ⊙ row_sums(X)) + sum(T ⊙ column_sums(X))",
        {"X": (2, 3, 4), "R": (3, 4), "S": (2, 3), "T": (2, 4)}, "(R * X.sum(0)).sum() + (S * X.sum(-1)).sum() + (T * X.sum(-2)).sum()"),
    "spread over a batch": (
        "sum(R ⊙ columns(X, 2)) + sum(R ⊙ rows(Z, 3)) + mean(R ⊙ batch(Y, 2))", {"X": (2, 3), "Z": (2, 2), "Y": (3, 2), "R": (2, 3, 2)},
        "(R * X[:, :, None]).sum() + (R * Z[:, None, :]).sum() + (R * Y[None]).mean()"),
    "entries of three and four axes": (
        "entry(X, 2, 1, 3)*Y_1_2_1_2 - X[1, 2, 2]", {"X": (2, 2, 3), "Y": (2, 2, 1, 2)}, "X[1, 0, 2] * Y[0, 1, 0, 1] - X[0, 1, 1]"),
    "max-pooling over channels": (
        "sum(R ⊙ max_pool(X, 2, 1))", {"X": (2, 3, 4), "R": (2, 2, 3)}, "(R * F.max_pool2d(X[None], 2, 1)[0]).sum()"),
    "concat and flatten of three axes": (
        "sum(r ⊙ flatten(concat(X, Y)))", {"X": (1, 2, 3), "Y": (2, 2, 3), "r": (18,)}, "(r * torch.cat([X, Y]).flatten()).sum()"),
    "the label of a softmax": ("-log(entry(softmax(x), 2))", {"x": (5,)}, "F.cross_entropy(x, torch.tensor(1))"),
    "the labels of a batch": (
        "-(log(entry(softmax_rows(X), 1, 3)) + log(entry(softmax_rows(X), 2, 1)))/2", {"X": (2, 3)},
        "F.cross_entropy(X, torch.tensor([2, 0]))"),
    "max-pooling of a batch, with a padding": (
        "sum(R ⊙ max_pool2d(X, 3, stride=2, padding=1))", {"X": (2, 2, 5, 4), "R": (2, 2, 3, 2)}, "(R * F.max_pool2d(X, 3, 2, 1)).sum()"),
    "average pooling of a batch, with a padding": (
        "sum(R ⊙ avg_pool2d(X, 3, stride=2, padding=1))", {"X": (2, 2, 5, 4), "R": (2, 2, 3, 2)}, "(R * F.avg_pool2d(X, 3, 2, 1)).sum()"),
    "max-pooling of lines": (
        "sum(R ⊙ max_pool1d(X, 3, stride=2, padding=1))", {"X": (2, 2, 5), "R": (2, 2, 3)}, "(R * F.max_pool1d(X, 3, 2, 1)).sum()"),
    "average pooling of lines": (
        "sum(R ⊙ avg_pool1d(X, 2))", {"X": (2, 2, 5), "R": (2, 2, 2)}, "(R * F.avg_pool1d(X, 2)).sum()"),
    "rows by their labels": (
        "sum(R ⊙ E[[2, 0, 2]]) + sum(S ⊙ E[[[1, 1], [2, 0]]])", {"E": (4, 2), "R": (3, 2), "S": (2, 2, 2)},
        "(R * F.embedding(torch.tensor([2, 0, 2]), E)).sum() + (S * F.embedding(torch.tensor([[1, 1], [2, 0]]), E)).sum()"),
    "one entry of each row": (
        "-mean(log(softmax(X, axis=1))[arange(3), [2, 0, 2]])", {"X": (3, 4)}, "F.cross_entropy(X, torch.tensor([2, 0, 2]))"),
    "squared error": ("sum(squared_error(x, y))", {"x": (5,), "y": (5,)}, "F.mse_loss(x, y, reduction='sum')"),
    "squared error, mean": ("mean(squared_error(X, Y))", {"X": (3, 2), "Y": (3, 2)}, "F.mse_loss(X, Y)"),
    "half squared error": ("sum(half_squared_error(x, y))", {"x": (5,), "y": (5,)}, "F.mse_loss(x, y, reduction='sum') / 2"),
    "absolute error": ("sum(absolute_error(x, y))", {"x": (5,), "y": (5,)}, "F.l1_loss(x, y, reduction='sum')"),
    "absolute error, mean": ("mean(absolute_error(x, y))", {"x": (5,), "y": (5,)}, "F.l1_loss(x, y)"),
    "hinge": ("sum(hinge(x, y))", {"x": (6,), "y": (6,)}, "torch.clamp(1 - x * y, min=0).sum()"),
    "a network": (
        "mean((W2 tanh(W1 x + b1) + b2 - y)^2)", {"W1": (4, 3), "x": (3,), "b1": (4,), "W2": (2, 4), "b2": (2,), "y": (2,)},
        "F.mse_loss(F.linear(torch.tanh(F.linear(x, W1, b1)), W2, b2), y)"),
}  # fmt: skip
for _size, _settings in ((3, (1, 0)), (3, (2, 0)), (2, (1, 1)), (4, (3, 2))):
    _name, _more = f"of 1 dimension, kernel {_size}, stride {_settings[0]}, padding {_settings[1]}", f"{_settings[0]}, {_settings[1]}"
    _length = (7 + 2 * _settings[1] - _size) // _settings[0] + 1
    _shapes: dict[str, tuple[int, ...]] = {"x": (7,), "k": (_size,), "r": (_length,)}
    _call = f"stride={_settings[0]}, padding={_settings[1]})[0, 0]).sum()"
    CASES[f"correlation {_name}"] = (f"sum(r ⊙ correlate(x, k, {_more}))", _shapes, f"(r * F.conv1d(x[None, None], k[None, None], {_call}")
    CASES[f"convolution {_name}"] = (
        f"sum(r ⊙ convolve(x, k, {_more}))", _shapes, f"(r * F.conv1d(x[None, None], k.flip(0)[None, None], {_call}")  # fmt: skip
    _name = f"of 2 dimensions, kernel {_size}×2, stride {_settings[0]}, padding {_settings[1]}"
    _shapes = {"X": (7, 5), "K": (_size, 2), "R": (_length, (5 + 2 * _settings[1] - 2) // _settings[0] + 1)}
    _call = _call.replace("(r *", "(R *")
    CASES[f"correlation {_name}"] = (f"sum(R ⊙ correlate(X, K, {_more}))", _shapes, f"(R * F.conv2d(X[None, None], K[None, None], {_call}")
    CASES[f"convolution {_name}"] = (
        f"sum(R ⊙ convolve(X, K, {_more}))", _shapes, f"(R * F.conv2d(X[None, None], K.flip(0, 1)[None, None], {_call}")  # fmt: skip
for _stride, _padding, _dilation, _groups in ((1, 0, 1, 1), (2, 1, 1, 1), (1, 1, 2, 1), (2, 0, 1, 2), (2, 1, 2, 2), (3, 2, 1, 3)):
    _ours = f"stride={_stride}, padding={_padding}, dilation={_dilation}, groups={_groups}"
    for _axes, _inputs, _kernel in ((1, (9,), (3,)), (2, (6, 5), (3, 2))):
        _result = tuple((n + 2 * _padding - _dilation * (m - 1) - 1) // _stride + 1 for n, m in zip(_inputs, _kernel, strict=True))
        _shapes = {"X": (2, 2 * _groups, *_inputs), "K": (2 * _groups, 2, *_kernel), "b": (2 * _groups,), "R": (2, 2 * _groups, *_result)}
        CASES[f"conv{_axes}d of a batch, {_ours}"] = (
            f"sum(R ⊙ conv{_axes}d(X, K, b, {_ours}))", _shapes, f"(R * F.conv{_axes}d(X, K, b, {_ours})).sum()")  # fmt: skip
        _inputs, _result = tuple(n // 2 for n in _inputs), tuple(
            _stride * (n // 2 - 1) + _dilation * (m - 1) + 1 - 2 * _padding for n, m in zip(_inputs, _kernel, strict=True)
        )  # fmt: skip
        if min(_result) > 0:
            _shapes = {"X": (2, 2 * _groups, *_inputs), "K": (2 * _groups, 1, *_kernel), "R": (2, _groups, *_result)}
            CASES[f"conv_transpose{_axes}d of a batch, {_ours}"] = (
                f"sum(R ⊙ conv_transpose{_axes}d(X, K, {_ours}))", _shapes,
                f"(R * F.conv_transpose{_axes}d(X, K, {_ours})).sum()")  # fmt: skip
for _inputs, _kernel, _steps, _paddings, _apart, _groups in (  # stride, padding and dilation of each axis, and three dimensions
    ((6, 5), (3, 2), (2, 1), (1, 0), (1, 1), 1), ((7, 6), (3, 2), (2, 3), (1, 0), (1, 2), 2),
    ((3, 3, 3), (2, 3, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1), 1), ((3, 4, 5), (2, 3, 2), (1, 2, 1), (0, 1, 1), (1, 1, 2), 1)):  # fmt: skip
    _axes, _own = len(_inputs), tuple(zip(_steps, _paddings, _apart, strict=True))
    _ours = f"stride={_steps}, padding={_paddings}, dilation={_apart}, groups={_groups}"
    _result = tuple((n + 2 * p - d * (m - 1) - 1) // s + 1 for n, m, (s, p, d) in zip(_inputs, _kernel, _own, strict=True))
    _shapes = {"X": (1, 2 * _groups, *_inputs), "K": (_groups, 2, *_kernel), "b": (_groups,), "R": (1, _groups, *_result)}
    CASES[f"conv{_axes}d, {_ours}"] = (f"sum(R ⊙ conv{_axes}d(X, K, b, {_ours}))", _shapes, f"(R * F.conv{_axes}d(X, K, b, {_ours})).sum()")
    _result = tuple(s + d * (m - 1) + 1 - 2 * p for m, (s, p, d) in zip(_kernel, _own, strict=True))
    _shapes = {"X": (1, 2 * _groups, *(2,) * _axes), "K": (2 * _groups, 1, *_kernel), "R": (1, _groups, *_result)}
    CASES[f"conv_transpose{_axes}d, {_ours}"] = (
        f"sum(R ⊙ conv_transpose{_axes}d(X, K, {_ours}))", _shapes, f"(R * F.conv_transpose{_axes}d(X, K, {_ours})).sum()")  # fmt: skip
for _inputs, _kernel, _steps, _paddings in (((6, 5), (3, 2), (2, 1), (1, 0)), ((4, 2, 3), (2, 2, 2), (2, 2, 2), (0, 0, 0)),
                                            ((3, 4, 3), (2, 3, 2), (2, 1, 2), (0, 1, 1))):  # fmt: skip
    _axes = len(_inputs)
    _result = tuple((n + 2 * p - m) // s + 1 for n, m, s, p in zip(_inputs, _kernel, _steps, _paddings, strict=True))
    _shapes = {"X": (1, 2, *_inputs), "R": (1, 2, *_result)}
    for _pool in ("max", "avg"):
        _call = f"{_pool}_pool{_axes}d(X, {_kernel}, stride={_steps}, padding={_paddings})"
        CASES[f"{_pool}_pool{_axes}d, {_kernel}, {_steps}, {_paddings}"] = (f"sum(R ⊙ {_call})", _shapes, f"(R * F.{_call}).sum()")
for _axes, _kernel, _result in ((1, (3,), (4,)), (2, (3, 2), (4, 5))):
    _shapes = {"X": (2, 4, 8, 7)[: 2 + _axes], "K": (4, 2, *_kernel), "R": (2, 4, *_result)}
    _ours = "dilation=2, groups=2"
    CASES[f"convolution of {_axes} dimensions, of a batch, with its kernels turned"] = (
        f"sum(R ⊙ convolve(X, K, 2, 2, {_ours}))", _shapes,
        f"(R * F.conv{_axes}d(X, K.flip({', '.join(map(str, range(2, 2 + _axes)))}), None, 2, 2, {_ours})).sum()")  # fmt: skip
for _size, _stride in ((2, 2), (3, 2), (2, 1), (1, 2)):
    _shapes = {"x": (7,), "r": ((7 - _size) // _stride + 1,)}
    _two: dict[str, tuple[int, ...]] = {"X": (5, 6), "R": ((5 - _size) // _stride + 1, (6 - _size) // _stride + 1)}
    for _ours, _theirs in (("max_pool", "max_pool"), ("average_pool", "avg_pool")):
        CASES[f"{_ours} of 1 dimension, window {_size}, stride {_stride}"] = (
            f"sum(r ⊙ {_ours}(x, {_size}, {_stride}))", _shapes,
            f"(r * F.{_theirs}1d(x[None, None], {_size}, {_stride})[0, 0]).sum()")  # fmt: skip
        CASES[f"{_ours} of 2 dimensions, window {_size}, stride {_stride}"] = (
            f"sum(R ⊙ {_ours}(X, {_size}, {_stride}))", _two,
            f"(R * F.{_theirs}2d(X[None, None], {_size}, {_stride})[0, 0]).sum()")  # fmt: skip
for _ours, _theirs in {
    "sigmoid(x)": "torch.sigmoid(x)", "tanh(x)": "torch.tanh(x)", "relu(x)": "F.relu(x)", "leaky_relu(x, 0.1)": "F.leaky_relu(x, 0.1)",
    "leaky_relu_mix(x, 0.1)": "F.leaky_relu(x, 0.1)", "prelu(x, a)": "F.prelu(x, a)", "elu(x, 0.7)": "F.elu(x, 0.7)",
    "softplus(x)": "F.softplus(x)", "identity(x)": "x", "exp(x)": "torch.exp(x)", "log(p)": "torch.log(p)", "sqrt(p)": "torch.sqrt(p)",
    "sin(x)": "torch.sin(x)", "cos(x)": "torch.cos(x)", "tan(p)": "torch.tan(p)",
    "sec(p)": "1 / torch.cos(p)", "csc(p)": "1 / torch.sin(p)", "cot(p)": "1 / torch.tan(p)", "arcsin(p)": "torch.asin(p)",
    "arccos(p)": "torch.acos(p)", "sech(x)": "1 / torch.cosh(x)", "csch(p)": "1 / torch.sinh(p)", "coth(p)": "1 / torch.tanh(p)",
    "arsinh(x)": "torch.asinh(x)", "arcosh(p + 1)": "torch.acosh(p + 1)", "artanh(p)": "torch.atanh(p)",
    "arctan(x)": "torch.atan(x)", "sinh(x)": "torch.sinh(x)", "cosh(x)": "torch.cosh(x)",
    "abs(x)": "torch.abs(x)", "sign(x)": "torch.sign(x)", "heaviside(x)": "(x > 0).double() + 0 * x", "max(x, y)": "torch.maximum(x, y)",
    "min(x, y)": "torch.minimum(x, y)", "if_positive(x, y, p)": "torch.where(x > 0, y, p) + 0 * x",
    "huber(x, y, 1)": "F.huber_loss(x, y, reduction='none', delta=1.0)",
    "zero_one(x, y)": "(x != y).double() + 0 * (x + y)",
    "erf(x)": "torch.erf(x)", "logit(p)": "torch.logit(p)", "smooth_label(p, 0.1, 3)": "p * 0.9 + 0.1 / 3",
    "softsign(x)": "F.softsign(x)", "silu(x)": "F.silu(x)", "gelu(x)": "F.gelu(x)", "gelu_tanh(x)": "F.gelu(x, approximate='tanh')",
    "mish(x)": "F.mish(x)", "selu(x)": "F.selu(x)", "relu6(x + 4)": "F.relu6(x + 4)", "hard_sigmoid(x*2)": "F.relu6(x * 2 + 3) / 6",
    # F.hardsigmoid itself is right to eight digits only: its 1/6 is a float of 32 bits
    "hard_tanh(x)": "F.hardtanh(x)", "log_sigmoid(x)": "F.logsigmoid(x)",
    "smooth_l1(x, y, 0.7)": "F.smooth_l1_loss(x, y, reduction='none', beta=0.7)", "log_cosh(x, y)": "torch.log(torch.cosh(x - y))",
    "quantile(x, y, 0.3)": "torch.maximum(0.3 * (y - x), -0.7 * (y - x))",
    "poisson_nll(p, y)": "F.poisson_nll_loss(p, y, log_input=False, eps=0.0, reduction='none')",
    "log_poisson_nll(x, y)": "F.poisson_nll_loss(x, y, reduction='none')",
    "gaussian_nll(x, y, p)": "F.gaussian_nll_loss(x, y, p, reduction='none')",
    "kl_divergence(p, q)": "F.kl_div(torch.log(p), q, reduction='none')",
    "kl_gaussians(x, p, y, q)":
        "torch.distributions.kl_divergence(torch.distributions.Normal(x, p), torch.distributions.Normal(y, q))",
    "kl_standard_normal(x, y)": "torch.distributions.kl_divergence(torch.distributions.Normal(x, torch.exp(y / 2)), "
        "torch.distributions.Normal(torch.zeros_like(x), torch.ones_like(x)))",
    "focal(p, q, 2)": "-(q * (1 - p)**2 * torch.log(p) + (1 - q) * p**2 * torch.log(1 - p))",
    "triplet(p, q, 0.2)": "F.margin_ranking_loss(q, p, torch.ones_like(p), margin=0.2, reduction='none')",
    "multi_hinge(x, y, 1)": "F.margin_ranking_loss(y, x, torch.ones_like(x), margin=1.0, reduction='none')",
}.items():  # fmt: skip
    _shapes = {letter: (6,) for letter in "xypq" if f"({letter}" in _ours or f" {letter}" in _ours}
    _formula = f"h = {_ours}; sum(r ⊙ h)" if "a)" not in _ours else f"sum(r ⊙ {_ours})"
    CASES[_ours] = (_formula, {**_shapes, "r": (6,)}, f"(r * ({_theirs})).sum()")


def leaves(case: str) -> dict[str, list[float]]:
    """The inputs of a case, entry after entry: sixteenths and no two equal; those of p, q, P and Q lie between 0 and 1."""
    generator = Random(case)
    found: dict[str, list[float]] = {}
    for name, shape in CASES[case][1].items():
        count = prod(shape)
        found[name] = [(n + 0.5) / 16 for n in generator.sample(range(-max(48, (count + 1) // 2), max(48, (count + 1) // 2)), count)]
        if name in "pqPQ":
            found[name] = [(abs(value) + 0.25) / 4 for value in found[name]]
    if " a)" in CASES[case][0]:
        found["a"] = [0.3]
    return found


def torch_table(case: str) -> dict[str, list[float]]:
    """The value L and the gradient of every input."""
    import torch
    from torch.nn import functional

    formula, shapes = CASES[case][2], CASES[case][1]
    given: dict[str, Any] = {
        name: torch.tensor(values, dtype=torch.float64).reshape(shapes.get(name, (1,))).requires_grad_(True)
        for name, values in leaves(case).items()
    }
    loss = eval(formula, {"torch": torch, "F": functional}, given)
    loss.backward()
    found = {"L": [loss.item()]}
    for name, leaf in given.items():
        found[name] = [0.0] * leaf.numel() if leaf.grad is None else leaf.grad.reshape(-1).tolist()
    return found


def main() -> None:
    """Write the table."""
    import torch

    made = {"torch": torch.__version__, "cases": {case: torch_table(case) for case in CASES}}
    TABLE.write_text(json.dumps(made, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
