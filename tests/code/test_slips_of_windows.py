"""Strides and borders that are left out are named, also where the usual stride is 1."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

CONV = """
import numpy as np
def conv_forward(x, w, stride{one}, pad{one}):
    # x: (N, C, H, W), w: (F, C, HH, WW)
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            part = xp[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            out[:, :, i, j] = np.einsum("nchw,fchw->nf", part, w)
    return out, (x, w, stride, pad)
def conv_backward(dout, cache):
    x, w, stride, pad = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            a, b = i * stride, j * stride
            dw += np.einsum("nf,nchw->fchw", dout[:, :, i, j], xp[:, :, a:a + HH, b:b + WW])
            dxp[:, :, a:a + HH, b:b + WW] += np.einsum("nf,fchw->nchw", dout[:, :, i, j], w)
    dx = dxp[:, :, pad:pad + H, pad:pad + W]
    return dx, dw
"""


@pytest.mark.parametrize("usual", ["", "=1"])
@pytest.mark.parametrize(
    ("old", "new", "tag"),
    [
        ("dxp[:, :, pad:pad + H, pad:pad + W]", "dxp[:, :, :H, :W]", "padding-forgotten"),
        ("", "", ""),
    ],
)
def test_a_stride_or_a_border_that_is_left_out_is_named(usual, old, new, tag):
    text = CONV.replace("{one}", usual)
    (found,) = judge_code(read_source(text.replace(old, new), "p.py"))
    line = text[: text.index(old)].count("\n") + 1
    assert (found.verdict, [(root.line, root.tag) for root in found.roots]) == (("wrong", [(line, tag)]) if tag else ("right", []))
