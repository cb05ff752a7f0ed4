"""A two-layer network in NumPy with its backward pass by hand, right or with slips planted, and files of what it computes."""

from __future__ import annotations

import io
import json
import struct

import numpy as np

from tutor.graph.layered import from_layers

STEPS = ["Z1 = X @ W1 + rows(b1, N)", "H = relu(Z1)", "Z2 = H @ W2 + rows(b2, N)", "L = sum((Z2 - Y)^2)/N"]
SHAPES = {"X": ("N", "D"), "W1": ("D", "K"), "b1": ("K",), "W2": ("K", "C"), "b2": ("C",), "Y": ("N", "C")}
SIZES = {"N": 5, "D": 4, "K": 6, "C": 3}
LAYERS = from_layers(STEPS, SHAPES)
CHANCE = np.random.default_rng(13)
GIVEN = {name: CHANCE.normal(size=tuple(SIZES[size] for size in shape)) for name, shape in SHAPES.items()}


def run_backward(scale=2 / 5, mask="Z1", bias=np.sum, weights=1.0):
    """The backward pass; a wrong ``scale`` of the loss, ``mask`` of the ReLU, ``bias`` sum or factor of dW2 are planted slips."""
    x, w1, b1, w2, b2, y = (GIVEN[name] for name in SHAPES)
    z1 = x @ w1 + b1
    h = np.maximum(z1, 0)
    out = scale * (h @ w2 + b2 - y)
    back = out @ w2.T
    inner = back * {"Z1": z1 > 0, "dH": back > 0, "none": 1}[mask]
    return {
        "dZ2": out, "dW2": weights * h.T @ out, "db2": bias(out, axis=0), "dH": back, "dZ1": inner, "dW1": x.T @ inner,
        "db1": inner.sum(axis=0),
    }  # fmt: skip


def pack_npz(arrays):
    """The bytes of an .npz file."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def pack_safetensors(tensors):
    """The bytes of a .safetensors file: (dtype, shape, raw bytes) by name."""
    header, raw = {}, b""
    for name, (kind, shape, part) in tensors.items():
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [len(raw), len(raw) + len(part)]}
        raw += part
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + raw
