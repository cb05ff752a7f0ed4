"""What may be 0 or overflow in floats is warned of; what is clipped, shifted or has its ε is not, and nothing is guessed."""

import pytest

from tutor.code.numeric_warnings import find_warnings
from tutor.program.source import read_source

SHIFTED = "e = np.exp(z - np.max(z, axis=1, keepdims=True))\np = e / e.sum(axis=1, keepdims=True)\n"


@pytest.mark.parametrize(("body", "found"), [
    (SHIFTED + "loss = -np.log(p[range(n), y]).mean()", [(3, "log")]),
    (SHIFTED + "loss = -(y * np.log(p + 1e-12)).sum()", []),
    (SHIFTED + "loss = -np.log(np.clip(p, 1e-9, 1)).sum()", []),
    (SHIFTED + "loss = -np.log(np.maximum(p, eps)).sum()", []),
    (SHIFTED + "q = p.copy()\nq += 1e-8\nloss = -np.log(q).sum()\ndz = -y / q", []),
    (SHIFTED + "dp = -y / p", [(3, "division")]),
    ("s = z - z.max(axis=1, keepdims=True)\nlogp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))\np = np.exp(logp)", []),
    ("m, _ = z.max(dim=1, keepdim=True)\ne = torch.exp(z - m)\np = e / e.sum(dim=1, keepdim=True)", []),
    ("e = np.exp(z - z.max(dim=1, keepdim=True).values)\np = e / np.sum(e)", []),
    ("z -= np.amax(z)\nz = np.exp(z)\nz /= np.sum(z)", []),
    ("p = np.exp(z) / np.sum(np.exp(z), axis=1)", [(1, "overflow")]),
    ("e = np.exp(z)\nlogp = z - np.log(np.sum(e))", [(2, "overflow")]),
    ("t = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))", [(1, "overflow")]),
    ("s = 1 / (1 + np.exp(-z))\nds = s * (1 - s)\nd2 = np.exp(-z)", []),
    ("s = 1 / (1 + np.exp(-z))\nloss = -(y * np.log(s) + (1 - y) * np.log(1 - s))", [(2, "log")]),
    ("s = torch.sigmoid(z)\nds = (s - y) / (s * (1 - s) + eps)", []),
    ("xhat = (x - mu) / np.sqrt(np.var(x, axis=0))", [(1, "division")]),
    ("var = ((x - mu) ** 2).mean(axis=0)\nxhat = (x - mu) / np.sqrt(var + eps)\nstd = np.sqrt(var + eps)\ndx = dout / std", []),
    ("k = np.exp(-(x - mu) ** 2 / (2 * sigma ** 2))\nr = k / k.sum()", []),
    ("d = a / b ** 2\ne = np.log(x)\nf = np.log(np.sum(x ** 2))\ng = x / n", []),
    ("h = np.maximum(0, z)\nl = np.log(h)\ng = np.log(1 + h)\nk = np.log1p(np.exp(z))", [(2, "log")]),
    ("out = F.log_softmax(z, dim=1)\np = out.exp()\nu = x / (1 - rate)", []),
])  # fmt: skip
def test_what_may_fail_in_floats_is_found_and_nothing_else(body, found):
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    source = read_source(f"def f(z, y, x):\n{lines}\n", "a.py")
    assert [(one.line - 1, one.kind) for one in find_warnings(source, ["f"])] == found


def test_arguments_helpers_and_what_forward_computed_are_known():
    text = (
        "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum()\n"
        "def net_forward(x):\n    p = softmax(x)\n    return p, (x, p)\n"
        "def net_backward(dout, cache):\n    x, p = cache\n    return dout / p\n"
        "def cost(AL, y, p=0.5):\n    return np.log(AL) / p\n"
    )
    source = read_source(text, "a.py")
    assert [(one.line, one.of) for one in find_warnings(source, ["net_forward", "net_backward"])] == [(9, "p")]
    assert [(one.line, one.of) for one in find_warnings(source, ["cost"])] == [(11, "AL")]
