"""Loss and all gradients, in numbers, beside the peers: run it as ``python tests/benchmarks/gradients.py``.

Fully connected sigmoid networks with half the squared error, in double precision: for one set of inputs, targets and parameters, and
for 1,000 and 10,000 *sets of parameters* (each with its own inputs) at once.  Every peer runs in a process of its own, in the best of the
ways that it offers (they are named in the table): arrays are there in the layout that a way wants; the clock sees no conversion.
PyTorch runs with one thread and with its default; the better counts.  Then what compiling costs, and a million steps of gradient descent.

Peers that are not installed are left out by name: pip install torch jax autograd casadi micrograd.  Peers may be named on the command line.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

SIZES = {"2-2-2": (2, 2, 2), "4-8-8-4": (4, 8, 8, 4), "8-16-16-8": (8, 16, 16, 8), "10-32-32-10": (10, 32, 32, 10)}
COUNTS = (1, 1_000, 10_000)
LIMIT = 900.0
GOALS = {
    ("torch", "2-2-2", 1): 100,
    ("jax", "2-2-2", 1): 10,
    ("torch", "2-2-2", 10_000): 5,
    ("jax", "2-2-2", 10_000): 1,
}
"""How many times slower than tutor a peer has to be."""

Way = tuple[str, Callable[[], object], Callable[[], Any]]
"""A way to compute: its name, the call that is measured, and a call that gives the loss (of the first set), to compare."""


def timed(call: Callable[[], object]) -> float:
    """Seconds a call takes: the best of several rounds of at least 30 ms."""
    start = time.perf_counter()
    call()
    number = max(1, min(20_000, int(0.03 / max(time.perf_counter() - start, 1e-7))))
    best = math.inf
    for _ in range(7):
        start = time.perf_counter()
        for _ in range(number):
            call()
        best = min(best, (time.perf_counter() - start) / number)
    return best


def flat(sizes: tuple[int, ...], count: int) -> np.ndarray:
    """Random inputs, targets and parameters in tutor's order, (values, count)."""
    rows = sizes[0] + sizes[-1] + sum((a + 1) * b for a, b in pairwise(sizes))
    return np.random.default_rng(1).normal(size=(rows, count))


def layers(sizes: tuple[int, ...], values: np.ndarray, *, first: bool) -> tuple[Any, Any, list[Any]]:
    """x, y, [W1, b1, …] of the flat values; with the sets in the first axis or in the last one."""
    parts, at = [], 0
    shapes: list[tuple[int, ...]] = [(sizes[0],), (sizes[-1],)]
    for a, b in pairwise(sizes):
        shapes += [(b, a), (b,)]
    for shape in shapes:
        size = math.prod(shape)
        part = values[at : at + size].reshape(*shape, -1)
        parts.append(np.ascontiguousarray(np.moveaxis(part, -1, 0) if first else part))
        at += size
    return parts[0], parts[1], parts[2:]


def tutor(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    from tutor import Network, from_network
    from tutor.numbers.compiled import compile_gradients

    compiled = compile_gradients(from_network(Network(sizes, ("sigmoid",) * (len(sizes) - 1), naming="numbered")))
    values = flat(sizes, count)
    if count == 1:
        listed, array = values[:, 0].tolist(), values[:, 0].copy()
        yield f"list, {compiled.form}", lambda: compiled.one(listed), lambda: compiled.one(listed)[0]
        yield f"array, {compiled.form}", lambda: compiled.array(array), lambda: compiled.array(array)[0]
        return
    yield "many", lambda: compiled.many(values), lambda: compiled.many(values)[0, 0]
    out = np.empty((1 + len(compiled.wanted), count))
    yield "many, out=", lambda: compiled.many(values, out), lambda: out[0, 0]


def by_hand(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    """NumPy as an expert writes it: matrices for one set; for many, einsum over layers, or one neuron after the other with ``out=``."""
    values = flat(sizes, count)
    if count == 1:
        x, y, p = layers(sizes, values, first=True)
        x, y, p = x[0], y[0], [part[0] for part in p]

        def one() -> tuple[Any, list[Any]]:
            outs = [x]
            for w, b in zip(p[::2], p[1::2], strict=True):
                outs.append(1 / (1 + np.exp(-(w @ outs[-1] + b))))
            e = outs[-1] - y
            d, grads = e * outs[-1] * (1 - outs[-1]), []
            for w, a in zip(reversed(p[::2]), reversed(outs[:-1]), strict=True):
                grads += [d, d[:, None] * a]
                d = w.T @ d * a * (1 - a)
            return 0.5 * (e @ e), grads

        yield "matrices", one, lambda: one()[0]
        return
    x, y, p = layers(sizes, values, first=False)
    grads = [np.empty_like(part) for part in p]
    yield "einsum, out=", lambda: _einsum(x, y, p, grads), lambda: _einsum(x, y, p, grads)[0]
    if len(p[0]) <= 8:
        space = [[np.empty((5, len(w), count)) for w in p[::2]], np.empty((2, count)), np.empty(count)]
        yield "neurons, out=", lambda: _neurons(x, y, p, grads, space), lambda: _neurons(x, y, p, grads, space)[0]


def _einsum(x: Any, y: Any, p: list[Any], grads: list[Any]) -> Any:
    outs = [x]
    for w, b in zip(p[::2], p[1::2], strict=True):
        z = np.einsum("jin,in->jn", w, outs[-1])
        z += b
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        np.divide(1, z, out=z)
        outs.append(z)
    e = outs[-1] - y
    d = e * outs[-1]
    d *= 1 - outs[-1]
    for k in range(len(p) - 2, -1, -2):
        a = outs[k // 2]
        grads[k + 1][...] = d
        np.multiply(d[:, None], a[None], out=grads[k])
        if k:
            d = np.einsum("jin,jn->in", p[k], d)
            d *= a
            d *= 1 - a
    e *= e
    e *= 0.5
    return e.sum(0)


def _neurons(x: Any, y: Any, p: list[Any], grads: list[Any], space: Any) -> Any:
    rooms, (t, u), loss = space
    outs = [x]
    for (z, a, *_), w, b in zip(rooms, p[::2], p[1::2], strict=True):
        for j in range(len(w)):
            np.multiply(w[j, 0], outs[-1][0], out=z[j])
            for i in range(1, w.shape[1]):
                np.multiply(w[j, i], outs[-1][i], out=t)
                np.add(z[j], t, out=z[j])
            np.add(z[j], b[j], out=z[j])
            np.negative(z[j], out=z[j])
            np.exp(z[j], out=z[j])
            np.add(z[j], 1, out=z[j])
            np.divide(1, z[j], out=a[j])
        outs.append(a)
    d, loss[...] = rooms[-1][2], 0
    for j, a in enumerate(outs[-1]):
        np.subtract(a, y[j], out=t)
        np.multiply(t, a, out=d[j])
        np.subtract(1, a, out=u)
        np.multiply(d[j], u, out=d[j])
        np.multiply(t, t, out=t)
        np.multiply(t, 0.5, out=t)
        np.add(loss, t, out=loss)
    for k in range(len(p) - 2, -1, -2):
        for j in range(len(d)):
            grads[k + 1][j] = d[j]
            for i, a in enumerate(outs[k // 2]):
                np.multiply(d[j], a, out=grads[k][j, i])
        if k:
            below = rooms[k // 2 - 1][2]
            for i, a in enumerate(outs[k // 2]):
                np.multiply(p[k][0, i], d[0], out=below[i])
                for j in range(1, len(d)):
                    np.multiply(p[k][j, i], d[j], out=t)
                    np.add(below[i], t, out=below[i])
                np.multiply(below[i], a, out=below[i])
                np.subtract(1, a, out=u)
                np.multiply(below[i], u, out=below[i])
            d = below
    return loss


def torch(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    import torch as t

    x, y, p = layers(sizes, flat(sizes, count), first=True)
    x, y = t.tensor(x), t.tensor(y)
    one_set = [part[0].copy() for part in p] if count == 1 else p
    params = [t.tensor(part, requires_grad=True) for part in one_set]
    default = t.get_num_threads()
    if count == 1:
        x, y = x[0], y[0]

    def loss(p: Any, x: Any, y: Any) -> Any:
        for w, b in zip(p[::2], p[1::2], strict=True):
            x = t.sigmoid(t.addmv(b, w, x))
        return 0.5 * ((y - x) ** 2).sum()

    def batched() -> Any:
        a = x.unsqueeze(2)
        for w, b in zip(params[::2], params[1::2], strict=True):
            a = t.sigmoid(t.baddbmm(b.unsqueeze(2), w, a))
        losses = 0.5 * ((y - a.squeeze(2)) ** 2).sum(1)
        return losses, t.autograd.grad(losses.sum(), params)

    def plain() -> Any:
        value = loss(params, x, y)
        return value, t.autograd.grad(value, params)

    mapped = t.func.vmap(t.func.grad_and_value(loss))
    free = [part.detach() for part in params]
    for threads in dict.fromkeys((1, default)):
        t.set_num_threads(threads)
        if count == 1:
            yield f"autograd.grad, {threads} thread(s)", plain, lambda: float(plain()[0])
        else:
            yield f"baddbmm, {threads} thread(s)", batched, lambda: float(batched()[0][0])
            yield f"vmap, {threads} thread(s)", lambda: mapped(free, x, y), lambda: float(mapped(free, x, y)[1][0])


def jax(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    import jax as j

    j.config.update("jax_enable_x64", True)
    jnp = j.numpy

    def loss(p: Any, x: Any, y: Any) -> Any:
        for w, b in zip(p[::2], p[1::2], strict=True):
            x = j.nn.sigmoid(w @ x + b)
        return 0.5 * jnp.sum((y - x) ** 2)

    def ready(func: Any, *args: Any) -> Callable[[], Any]:
        return lambda: j.block_until_ready(func(*args))

    for first in (True, False) if count > 1 else (True,):
        x, y, p = layers(sizes, flat(sizes, count), first=first)
        if count == 1:
            x, y, p = x[0], y[0], [part[0] for part in p]
        args = ([jnp.asarray(part) for part in p], jnp.asarray(x), jnp.asarray(y))
        func = j.value_and_grad(loss)
        if count > 1:
            axis = 0 if first else -1
            func = j.vmap(func, in_axes=axis, out_axes=(0, axis))
        call = ready(j.jit(func), *args)
        name = "jit" if count == 1 else f"jit(vmap), sets {'first' if first else 'last'}"
        yield name, call, lambda call=call: float(np.ravel(call()[0])[0])  # type: ignore[misc]


def autograd(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    import autograd.numpy as anp
    from autograd import value_and_grad

    x, y, p = layers(sizes, flat(sizes, count), first=count == 1)
    if count == 1:
        x, y, p = x[0], y[0], [part[0] for part in p]

    def loss(p: Any) -> Any:
        a = x
        for w, b in zip(p[::2], p[1::2], strict=True):
            z = anp.dot(w, a) + b if count == 1 else anp.einsum("jin,in->jn", w, a) + b
            a = 1 / (1 + anp.exp(-z))
        return 0.5 * anp.sum((y - a) ** 2)

    both = value_and_grad(loss)
    yield (
        "value_and_grad" + (", einsum" if count > 1 else ""),
        lambda: both(p),
        lambda: both(p)[0] if count == 1 else None,
    )


def casadi(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    import casadi as ca

    total = len(flat(sizes, 1))
    v = ca.SX.sym("v", total)
    at = sizes[0] + sizes[-1]
    a, target = v[: sizes[0]], v[sizes[0] : at]
    for n, m in pairwise(sizes):
        w, b = ca.reshape(v[at : at + n * m], n, m).T, v[at + n * m : at + n * m + m]
        a = 1 / (1 + ca.exp(-(ca.mtimes(w, a) + b)))
        at += (n + 1) * m
    loss = 0.5 * ca.sumsqr(target - a)
    gradient = ca.gradient(loss, v)[sizes[0] + sizes[-1] :]
    single = ca.Function("f", [v], [ca.vertcat(loss, gradient)])
    functions = (
        {"": single} if count == 1 else {" map": single.map(count), " map, 2 threads": single.map(count, "thread", 2)}
    )
    values = np.ascontiguousarray(flat(sizes, count).T)  # CasADi stores columns: one set after the other
    for name, func in functions.items():
        out = np.zeros((count, single.nnz_out()))
        buffer, trigger = func.buffer()
        buffer.set_arg(0, memoryview(values))
        buffer.set_res(0, memoryview(out))
        yield "buffers" + name, trigger, lambda out=out: out[0, 0]  # type: ignore[misc]
        if not name:
            column = ca.DM(values.T)
            yield "plain call", lambda: func(column), lambda: float(func(column)[0])  # noqa: B023


def micrograd(sizes: tuple[int, ...], count: int) -> Iterator[Way]:
    from micrograd.engine import Value

    if count > 1:  # it has no arrays: so many times the time for one
        return
    x, y, p = layers(sizes, flat(sizes, 1), first=True)

    def sigmoid(z: Any) -> Any:  # the engine has no exponential; this is how it defines its own operations
        s = 1 / (1 + math.exp(-z.data))
        out = Value(s, (z,), "sigmoid")

        def backward() -> None:
            z.grad += s * (1 - s) * out.grad

        out._backward = backward
        return out

    inputs, targets, numbers = x[0].tolist(), y[0].tolist(), [part[0].tolist() for part in p]

    def one() -> Any:
        a = inputs
        for w, b in zip(numbers[::2], numbers[1::2], strict=True):
            rows = [[Value(number) for number in row] for row in w]
            a = [
                sigmoid(sum((wi * xi for wi, xi in zip(row, a, strict=True)), Value(bias)))
                for row, bias in zip(rows, b, strict=True)
            ]
        loss = sum((out - t) ** 2 for out, t in zip(a, targets, strict=True)) * 0.5
        loss.backward()
        return loss.data

    yield "Value", one, one


PEERS = {
    "tutor": tutor,
    "NumPy by hand": by_hand,
    "torch": torch,
    "jax": jax,
    "autograd": autograd,
    "casadi": casadi,
    "micrograd": micrograd,
}
Cell = tuple[float, str]


def measure(peer: str) -> dict[str, Cell]:
    """In a process of its own: the best way and its time for every network and number of sets."""
    found: dict[str, Cell] = {}
    for name, sizes in SIZES.items():
        for count in COUNTS:
            best: Cell | None = None
            for way, call, loss in PEERS[peer](sizes, count):
                seconds = timed(call)
                value, expected = loss(), reference(sizes, flat(sizes, count)[:, 0])
                assert value is None or np.isclose(np.ravel(value)[0], expected), (peer, name, way, value, expected)
                if best is None or seconds < best[0]:
                    best = (seconds, way)
            if best is not None:
                found[f"{name}/{count}"] = best
    return found


def reference(sizes: tuple[int, ...], values: np.ndarray) -> float:
    """The loss of one set."""
    x, y, p = layers(sizes, values[:, None], first=True)
    a = x[0]
    for w, b in zip(p[::2], p[1::2], strict=True):
        a = 1 / (1 + np.exp(-(w[0] @ a + b[0])))
    return float(0.5 * np.sum((y[0] - a) ** 2))


def everyone(peers: list[str]) -> dict[str, dict[str, Cell] | str]:
    found: dict[str, dict[str, Cell] | str] = {}
    for peer in peers:
        try:
            done = subprocess.run(
                [sys.executable, __file__, "--measure", peer],
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            found[peer] = f"over {LIMIT:.0f} s"
            continue
        failed = "not installed" if "ModuleNotFoundError" in done.stderr else "fails: " + done.stderr.strip()[-300:]
        found[peer] = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else failed
        print(f"{peer}: {'measured' if done.returncode == 0 else failed}", file=sys.stderr, flush=True)
    return found


def table(found: dict[str, dict[str, Cell] | str]) -> None:
    """One block a network and number of sets: microseconds, how many times slower than tutor, the way, and whether a goal is reached."""
    own = found["tutor"]
    assert isinstance(own, dict), own
    for name in SIZES:
        for count in COUNTS:
            key = f"{name}/{count}"
            print(f"\n{name}, {count:,} set{'s' if count > 1 else ''}")
            for peer, cells in found.items():
                cell = cells.get(key) if isinstance(cells, dict) else None
                if cell is None:
                    print(f"  {peer:15}{cells if isinstance(cells, str) else 'has no way'}")
                    continue
                ratio, goal = cell[0] / own[key][0], GOALS.get((peer, name, count))
                verdict = "" if goal is None else f"   goal {goal}: {'reached' if ratio >= goal else 'MISSED'}"
                print(f"  {peer:15}{cell[0] * 1e6:12.2f} µs  x{ratio:8.2f}  {cell[1]}{verdict}")


def compiling() -> None:
    """What compiling costs: a network as layers, deriving it too, and its graph neuron by neuron, the derivation being there."""
    from tutor import Network, backpropagate, from_network
    from tutor.graph.layered import from_network_layers
    from tutor.numbers.compiled import compile_gradients
    from tutor.numbers.emit import emit_straight
    from tutor.numbers.trees import lower

    print("\nCompiling (milliseconds)")
    for sizes in (*SIZES.values(), (64, 128, 128, 10), (128, 256, 256, 10)):
        network = Network(sizes, ("sigmoid",) * (len(sizes) - 1))
        layered, derivation = from_network_layers(network), backpropagate(from_network(network))
        graph = derivation.graph
        wanted = [graph.loss, *(f"d{graph.loss}/d{q.name}" for q in graph.parameters)]
        steps, leaves = graph.steps + derivation.backward, [q.name for q in graph.leaves]
        chosen = timed(lambda: compile_gradients(layered)) * 1e3  # noqa: B023
        many = timed(lambda: compile_gradients(layered)._many) * 1e3  # noqa: B023
        line = timed(lambda: emit_straight(lower(steps, leaves, wanted), tuple, packed=True)) * 1e3  # noqa: B023
        count, form = len(graph.parameters), compile_gradients(layered).form
        each = chosen / count * 1e3
        print(f"  {'-'.join(map(str, sizes)):16}{count:7} parameters: one set {chosen:8.2f} ({form}; {each:5.1f} µs a parameter),"
              f" both {many:8.2f}, straight-line {line:8.2f}")  # fmt: skip


def million() -> None:
    """10⁶ steps of gradient descent on the linear neuron of qmul: forward pass, backward pass and update in one function."""
    from tutor import backpropagate
    from tutor.exercise.load import load
    from tutor.expression.nodes import Add, Mul, Name, Neg, Number, Partial
    from tutor.graph.nouns import Step
    from tutor.numbers.compiled import compile_steps

    exercise = load("qmul/linear-neuron")
    assert exercise.graph is not None
    assert exercise.values is not None
    derivation = backpropagate(exercise.graph)
    update = [
        Step(f"{p}@1", Add((Name(p), Neg(Mul((Number("0.1"), Partial("E", p)))))), "update") for p in ("w_L", "b_L")
    ]
    steps = [*derivation.graph.steps, *derivation.backward, *update]
    step = compile_steps(steps, ["w_L", "b_L", "x_Lm1", "y"], ["w_L@1", "b_L@1"])
    w, b, x, y = (float(exercise.values[name]) for name in ("w_L", "b_L", "x_Lm1", "y"))
    start = time.perf_counter()
    for _ in range(1_000_000):
        w, b = step(w, b, x, y)
    print(
        f"\n10⁶ steps of gradient descent, qmul/linear-neuron: {time.perf_counter() - start:.2f} s (goal: 2 s); w = {w!r}, b = {b!r}"
    )


def training() -> None:
    """A hundred updates of Adam on 100 samples: over whole arrays, and number by number."""
    from dataclasses import replace

    from tutor.exercise.load import from_text
    from tutor.exercise.read_training import samples
    from tutor.exercise.training_task import make_task
    from tutor.numbers.train_arrays import ArrayMachine
    from tutor.numbers.train_fast import Machine, states

    print("\n100 updates of Adam, 100 samples (milliseconds)")
    chance = np.random.default_rng(1)
    for sizes in SIZES.values():
        text = f'title = "t"\n[network]\nsizes = {list(sizes)}\nactivation = "sigmoid"\nloss = "half squared error"\n'
        made = from_text(text, "t")
        assert made.graph is not None
        values = {q.name: round(float(chance.normal()), 3) for q in made.graph.leaves}
        made = from_text(text + "[values]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()), "t")
        columns = [q.name for q in made.graph.leaves][: sizes[0] + sizes[-1]]
        data = samples(columns, chance.normal(size=(100, len(columns))).round(3).tolist())
        task = make_task(made, made.values, method="adam", rate="0.01", samples=data)
        assert task.layered is not None
        times = []
        for machine in (ArrayMachine(task, task.layered), Machine(replace(task, layered=None))):
            start = time.perf_counter()
            for _ in states(task, machine, 100):  # type: ignore[misc, arg-type]
                pass
            times.append((time.perf_counter() - start) * 1e3)
        name, count = "-".join(map(str, sizes)), len(task.parameters)
        print(f"  {name:16}{count:7} parameters: arrays {times[0]:9.2f}, number by number {times[1]:9.2f}")


def main() -> None:
    """Measure all peers, or those named, and print the table."""
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2])))
        return
    peers = ["tutor", *[peer for peer in sys.argv[1:] or PEERS if peer != "tutor"]]
    table(everyone(peers))
    compiling()
    million()
    training()


if __name__ == "__main__":
    main()
