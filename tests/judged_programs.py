"""Long hand-written backward passes, written by machine: transformer blocks, wrong lines one after the other, loops of many rounds."""

FORWARD = """\
Q{i} = x{i} @ Wq{i}
K{i} = x{i} @ Wk{i}
V{i} = x{i} @ Wv{i}
S{i} = Q{i} @ K{i}.T / np.sqrt(d)
E{i} = np.exp(S{i} - S{i}.max(axis=1, keepdims=True))
P{i} = E{i} / E{i}.sum(axis=1, keepdims=True)
y{i} = x{i} + P{i} @ V{i}
z{i} = y{i} @ Wa{i}
h{i} = np.maximum(0, z{i})
x{n} = y{i} + h{i} @ Wb{i}
"""
BACKWARD = """\
dWb{i} = h{i}.T @ dx{n}
dh{i} = dx{n} @ Wb{i}.T
dz{i} = dh{i} * (z{i} > 0)
dWa{i} = y{i}.T @ dz{i}
dy{i} = dx{n} + dz{i} @ Wa{i}.T
dV{i} = P{i}.T @ dy{i}
dP{i} = dy{i} @ V{i}.T
dS{i} = P{i} * (dP{i} - np.sum(dP{i} * P{i}, axis=1, keepdims=True)) / np.sqrt(d)
dQ{i} = dS{i} @ K{i}
dK{i} = dS{i}.T @ Q{i}
dWq{i} = x{i}.T @ dQ{i}
dWk{i} = x{i}.T @ dK{i}
dWv{i} = x{i}.T @ dV{i}
dA{i} = dQ{i} @ Wq{i}.T + dK{i} @ Wk{i}.T + dV{i} @ Wv{i}.T
dx{i} = dy{i} + dA{i}
"""
KINDS = ("Wq", "Wk", "Wv", "Wa", "Wb")


def indent(text, by=4):
    """Lines, further in."""
    return "".join(" " * by + line + "\n" for line in text.splitlines())


def write_blocks(count, width=5):
    """Transformer blocks of one head, without normalisation, written out one after the other: 25 lines each."""
    weights = ", ".join(f"{kind}{i}" for i in range(1, count + 1) for kind in KINDS)
    grads = ", ".join(f"d{kind}{i}" for i in range(1, count + 1) for kind in KINDS)
    text = f"import numpy as np\n\n\ndef transformer(x1, target, {weights}):\n    d = {width}\n"
    text += "".join(indent(FORWARD.format(i=i, n=i + 1)) for i in range(1, count + 1))
    text += f"    e = x{count + 1} - target\n    loss = np.sum(e ** 2) / 2\n\n    dx{count + 1} = e\n"
    text += "".join(indent(BACKWARD.format(i=i, n=i + 1)) for i in range(count, 0, -1))
    return text + f"    return loss, dx1, {grads}\n"


def write_looped_blocks(count, width=5):
    """The same blocks as two helper functions and two loops, with the weights of all layers in one array a kind."""
    plain = {"i": "", "n": ""}
    forward = FORWARD.replace("x{n} = ", "out = ").format(**plain)
    backward = BACKWARD.replace("dx{n}", "dout").format(**plain)
    weights = ", ".join(KINDS)
    one = ", ".join(f"{kind}[i]" for kind in KINDS)
    made = "".join(f"    d{kind} = np.zeros_like({kind})\n" for kind in KINDS)
    given = ", ".join(f"d{kind}[i]" for kind in KINDS)
    return (
        f"import numpy as np\n\n\ndef block_forward(x, {weights}):\n    d = {width}\n{indent(forward)}"
        f"    return out, (x, {weights}, Q, K, V, P, y, z, h)\n\n\n"
        f"def block_backward(dout, kept):\n    x, {weights}, Q, K, V, P, y, z, h = kept\n    d = {width}\n{indent(backward)}"
        f"    return dx, {', '.join(f'd{kind}' for kind in KINDS)}\n\n\n"
        f'def transformer(x, target, {weights}):\n    """\n    x: array of shape (T, D)\n'
        + "".join(f"    {kind}: array of shape ({count}, D, D)\n" for kind in KINDS)
        + '    """\n'
        f"    out, kept = x, []\n    for i in range({count}):\n        out, one = block_forward(out, {one})\n        kept.append(one)\n"
        f"    e = out - target\n    loss = np.sum(e ** 2) / 2\n\n{made}    dx = e\n"
        f"    for i in reversed(range({count})):\n        dx, {given} = block_backward(dx, kept[i])\n"
        f"    return loss, dx, {', '.join(f'd{kind}' for kind in KINDS)}\n"
    )  # fmt: skip


def write_wrong_lines(count):
    """A backward pass of so many lines, each with a factor too much."""
    lines = "".join(f"    d{i} = 2 * d{i - 1}\n" for i in range(1, count + 1))
    return (
        f"def f_forward(x, w):\n    return x * w, (x, w)\n\n\ndef f_backward(d0, cache):\n    x, w = cache\n{lines}"
        f"    dx = d{count} * w\n    dw = d{count} * x\n    return dx, dw\n"
    )  # fmt: skip


def write_round_program(rounds):
    """A sum over so many rounds: one sample a round, with the gradient added up in the same loop."""
    head = f"    x = np.linspace(0, 1, {rounds})\n    loss, dw = 0.0, 0.0\n    for i in range({rounds}):\n"
    body = "e = w * x[i] - c\nloss += e * e / 2\ndw += e * x[i]\n"
    said = '    """w: a scalar, c: a scalar."""\n'
    return f"import numpy as np\n\n\ndef fit(w, c):\n{said}{head}{indent(body, 8)}    return loss, dw\n"
