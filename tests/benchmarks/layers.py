"""Loss and all gradients of the layers of today, a batch of 32, beside the peers: run it as ``python tests/benchmarks/layers.py``.

Layer norm, softmax with the likelihood, one head of attention and one step of an LSTM, one set of values in double precision.  NumPy by
hand is the forward and the backward pass as an expert writes them; PyTorch runs with one thread and with its default, the better counts.
Peers that are not installed are left out by name: pip install torch jax.  Peers may be named on the command line.  Every value is compared
first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from gradients import LIMIT, timed

N, D, H, C = 32, 64, 16, 10
SHAPES: dict[str, dict[str, tuple[int, ...]]] = {
    "layer norm, 32×64": {"X": (N, D), "g": (D,), "b": (D,), "G": (N, D)},
    "softmax and likelihood, 32×10": {"X": (N, D), "W": (D, C), "b": (C,), "Y": (N, C)},
    "attention, 32 queries of 16": {"Q": (N, H), "K": (N, H), "V": (N, H), "G": (N, H)},
    "LSTM step, 32×16": {"X": (N, H), "H": (N, H), "C": (N, H), "W": (H, 4 * H), "U": (H, 4 * H), "b": (4 * H,), "G": (N, H), "F": (N, H)},
}  # fmt: skip
STEPS = {
    "layer norm, 32×64": ["A = layer_norm(X, g, b)", "L = sum(G * A)"],
    "softmax and likelihood, 32×10": ["Z = X @ W + b", "L = -sum(Y * log_softmax(Z, axis=1))/32"],
    "attention, 32 queries of 16": ["A = attention(Q, K, V)", "L = sum(G * A)"],
    "LSTM step, 32×16": [
        "S = X @ W + H @ U + b", "i = sigmoid(S[:, 0:16])", "f = sigmoid(S[:, 16:32])", "o = sigmoid(S[:, 32:48])", "g = tanh(S[:, 48:64])",
        "E = f*C + i*g", "B = o*tanh(E)", "L = sum(G * B) + sum(F * E)",
    ],
}  # fmt: skip
LEFT = {
    "layer norm, 32×64": {"G"}, "softmax and likelihood, 32×10": {"Y"},
    "attention, 32 queries of 16": {"G"}, "LSTM step, 32×16": {"G", "F"},
}  # fmt: skip
"""What is given and has no gradient asked."""

Result = tuple[Any, dict[str, Any]]
Way = tuple[str, Callable[[], Any], Callable[[], Result]]
"""A way to compute: its name, the call that is measured, and a call that gives the loss and the gradients, to compare."""


def draw(case: str) -> dict[str, np.ndarray]:
    """Random values; targets are one-hot."""
    chance = np.random.default_rng(1)
    values = {name: chance.normal(size=shape) for name, shape in SHAPES[case].items()}
    if "Y" in values:
        values["Y"] = np.eye(C)[chance.integers(0, C, N)]
    return values


def tutor(case: str) -> list[Way]:
    from tutor.graph.layered import from_layers
    from tutor.numbers.compiled import compile_gradients

    shapes, values = SHAPES[case], draw(case)
    layered = from_layers(STEPS[case], shapes)
    wrt = [name for name in shapes if name not in LEFT[case]]
    compiled = compile_gradients(layered, [item for name in wrt for item in layered.entries[name].items])
    place = {name: value.ravel() for name, value in values.items()}
    flat = np.concatenate([place[name] for name in order_of(compiled.leaves, layered)])

    def results() -> Result:
        out, at, found = compiled.array(flat), 1, {}
        for name in wrt:
            found[name] = out[at : at + values[name].size].reshape(shapes[name])
            at += values[name].size
        return out[0], found

    return [(f"array, {compiled.form}", lambda: compiled.array(flat), results)]


def order_of(given: Any, layered: Any) -> list[str]:
    """The arrays in the order in which their entries are given."""
    owner = {item: name for name, array in layered.entries.items() for item in array.items}
    return list(dict.fromkeys(owner[item] for item in given))


def by_hand(case: str) -> list[Way]:
    v = draw(case)
    call = {"l": _norm_by_hand, "s": _softmax_by_hand, "a": _attention_by_hand, "L": _lstm_by_hand}[case[0]]
    return [("forward and backward", lambda: call(**v), lambda: call(**v))]


def _norm_by_hand(X: Any, g: Any, b: Any, G: Any) -> Result:  # noqa: N803
    mean = X.mean(1, keepdims=True)
    centred = X - mean
    spread = 1 / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    normed = centred * spread
    out = g * normed + b
    upstream = G * g
    inner = upstream - upstream.mean(1, keepdims=True) - normed * (upstream * normed).mean(1, keepdims=True)
    return np.vdot(G, out), {"X": spread * inner, "g": (G * normed).sum(0), "b": G.sum(0)}


def _softmax_by_hand(X: Any, W: Any, b: Any, Y: Any) -> Result:  # noqa: N803
    scores = X @ W + b
    scores -= scores.max(1, keepdims=True)
    powers = np.exp(scores)
    total = powers.sum(1, keepdims=True)
    loss = -(Y * (scores - np.log(total))).sum() / N
    upstream = (powers / total - Y) / N
    return loss, {"X": upstream @ W.T, "W": X.T @ upstream, "b": upstream.sum(0)}


def _attention_by_hand(Q: Any, K: Any, V: Any, G: Any) -> Result:  # noqa: N803
    scale = 1 / np.sqrt(H)
    scores = Q @ K.T * scale
    scores -= scores.max(1, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(1, keepdims=True)
    out = weights @ V
    upstream = G @ V.T
    inner = weights * (upstream - (upstream * weights).sum(1, keepdims=True)) * scale
    return np.vdot(G, out), {"Q": inner @ K, "K": inner.T @ Q, "V": weights.T @ G}


def _lstm_by_hand(X: Any, H: Any, C: Any, W: Any, U: Any, b: Any, G: Any, F: Any) -> Result:  # noqa: N803
    sums = X @ W + H @ U + b
    gates = 1 / (1 + np.exp(-sums[:, :48]))
    i, f, o = gates[:, :16], gates[:, 16:32], gates[:, 32:]
    g = np.tanh(sums[:, 48:])
    cell = f * C + i * g
    squashed = np.tanh(cell)
    state = o * squashed
    into = F + G * o * (1 - squashed**2)
    slopes = np.concatenate([into * g, into * C, G * squashed], 1) * gates * (1 - gates)
    slopes = np.concatenate([slopes, into * i * (1 - g**2)], 1)
    grads = {"X": slopes @ W.T, "H": slopes @ U.T, "C": into * f, "W": X.T @ slopes, "U": H.T @ slopes, "b": slopes.sum(0)}
    return np.vdot(G, state) + np.vdot(F, cell), grads


def torch(case: str) -> Iterator[Way]:
    import torch as t

    default = t.get_num_threads()
    tensors = {name: t.tensor(value, requires_grad=name not in LEFT[case]) for name, value in draw(case).items()}
    wanted = {name: tensor for name, tensor in tensors.items() if tensor.requires_grad}

    def loss(v: Any) -> Any:
        if case[0] == "l":
            return (v["G"] * t.nn.functional.layer_norm(v["X"], (D,), v["g"], v["b"])).sum()
        if case[0] == "s":
            return -(v["Y"] * t.log_softmax(v["X"] @ v["W"] + v["b"], 1)).sum() / N
        if case[0] == "a":
            return (v["G"] * t.nn.functional.scaled_dot_product_attention(v["Q"], v["K"], v["V"])).sum()
        i, f, o, g = (v["X"] @ v["W"] + v["H"] @ v["U"] + v["b"]).chunk(4, 1)
        cell = t.sigmoid(f) * v["C"] + t.sigmoid(i) * t.tanh(g)
        return (v["G"] * t.sigmoid(o) * t.tanh(cell)).sum() + (v["F"] * cell).sum()

    def both() -> Any:
        value = loss(tensors)
        return value, t.autograd.grad(value, list(wanted.values()))

    def results() -> Result:
        value, grads = both()
        return value.item(), {name: grad.numpy() for name, grad in zip(wanted, grads, strict=True)}

    for threads in dict.fromkeys((1, default)):
        t.set_num_threads(threads)
        yield f"autograd.grad, {threads} thread(s)", both, results


def jax(case: str) -> list[Way]:
    import jax as j

    j.config.update("jax_enable_x64", True)
    jnp = j.numpy
    values = {name: jnp.asarray(value) for name, value in draw(case).items()}
    wanted = {name: value for name, value in values.items() if name not in LEFT[case]}
    rest = {name: value for name, value in values.items() if name in LEFT[case]}

    def loss(w: Any, r: Any) -> Any:
        v = {**w, **r}
        if case[0] == "l":
            mean, var = v["X"].mean(1, keepdims=True), v["X"].var(1, keepdims=True)
            return (v["G"] * (v["g"] * (v["X"] - mean) / jnp.sqrt(var + 1e-5) + v["b"])).sum()
        if case[0] == "s":
            return -(v["Y"] * j.nn.log_softmax(v["X"] @ v["W"] + v["b"])).sum() / N
        if case[0] == "a":
            return (v["G"] * (j.nn.softmax(v["Q"] @ v["K"].T / jnp.sqrt(H)) @ v["V"])).sum()
        i, f, o, g = jnp.split(v["X"] @ v["W"] + v["H"] @ v["U"] + v["b"], 4, 1)
        cell = j.nn.sigmoid(f) * v["C"] + j.nn.sigmoid(i) * jnp.tanh(g)
        return (v["G"] * j.nn.sigmoid(o) * jnp.tanh(cell)).sum() + (v["F"] * cell).sum()

    both = j.jit(j.value_and_grad(loss))
    return [("jit", lambda: j.block_until_ready(both(wanted, rest)), lambda: both(wanted, rest))]


PEERS = {"tutor": tutor, "NumPy by hand": by_hand, "torch": torch, "jax": jax}


def measure(peer: str) -> dict[str, tuple[float, str]]:
    """In a process of its own: the best way and its time for every case; each value is first compared with NumPy by hand."""
    found: dict[str, tuple[float, str]] = {}
    for case in SHAPES:
        ((_, _, expected),) = by_hand(case)
        loss, grads = expected()
        for name, call, results in PEERS[peer](case):
            value, own = results()
            assert np.isclose(float(value), loss), (peer, case, value, loss)
            assert all(np.allclose(np.asarray(own[key]), grads[key], rtol=1e-8, atol=1e-10) for key in grads), (peer, case)
            seconds = timed(call)
            if case not in found or seconds < found[case][0]:
                found[case] = (seconds, name)
    return found


def main() -> None:
    """Measure all peers, or those named, and print microseconds and how many times slower than tutor each is."""
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2])))
        return
    found = {}
    for peer in ["tutor", *[peer for peer in sys.argv[1:] or PEERS if peer != "tutor"]]:
        done = subprocess.run([sys.executable, __file__, "--measure", peer], capture_output=True, text=True, timeout=LIMIT, check=False)
        if done.returncode:
            print(f"{peer}: {'not installed' if 'ModuleNotFoundError' in done.stderr else done.stderr.strip()[-300:]}", file=sys.stderr)
            continue
        found[peer] = json.loads(done.stdout.splitlines()[-1])
    for case in SHAPES:
        print(f"\n{case}")
        for peer, cells in found.items():
            seconds, way = cells[case]
            print(f"  {peer:15}{seconds * 1e6:10.1f} µs  x{seconds / found['tutor'][case][0]:6.2f}  {way}")


if __name__ == "__main__":
    main()
