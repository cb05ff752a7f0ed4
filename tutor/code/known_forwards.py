"""Forward passes in loops, told by their values: what computes what a convolution does is one, however it is written.

A row of the table writes the forward pass in one line, of the same quantities by the same names; it counts where it gives what the
program gives.  The formulas of its derivation are held against the program at three points, as all others are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from tutor.code.code_values import Guess
from tutor.code.pair_functions import BackwardPlan
from tutor.code.pass_run import Outcome
from tutor.code.trial import ProgramTrial
from tutor.numbers.arrays import np
from tutor.program.source import Source, read_source

MOST_STRIDE = 3
MOST_PADDING = 3
HEAD = "import numpy as np\nimport torch\nimport torch.nn.functional as F\n"
NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class KnownForward:
    """A forward pass as a program of one line a step, and the function of it in a plan."""

    source: Source
    plan: BackwardPlan


@dataclass(frozen=True, slots=True)
class Quantities:
    """What a program is given, by its names, what it gives (``out`` by its name)."""

    leaves: Mapping[str, Any]
    numbers: Mapping[str, float]
    out: str
    result: Any

    def list_leaves(self, axes: int) -> list[str]:
        """The names of what is given with so many axes."""
        return [name for name, value in self.leaves.items() if np.ndim(value) == axes]


def list_known_forwards(trial: ProgramTrial, outcome: Outcome) -> Iterator[KnownForward]:
    """The forward passes of the table that give what a program gives, the likeliest first."""
    plan = trial.plan
    if not plan.backward or plan.cost:
        return
    events = outcome.record.events[: outcome.begins or None]
    leaves = {event.key.rpartition(".")[2]: event.value for event in events[::-1] if event.leaf or event.statement is None}
    leaves |= {name: value.value for name, value in outcome.scope.items() if type(value) is Guess and name not in leaves}
    leaves = {name: value for name, value in leaves.items() if name.isidentifier() and isinstance(value, np.ndarray)}
    scope = {name: value.value if type(value) is Guess else value for name, value in outcome.scope.items()}
    arguments = {event.key for event in events if event.leaf}
    numbers = {name: float(value) for name, value in scope.items() if isinstance(value, float) and name in arguments}
    if plan.is_single:
        found = Quantities(leaves, numbers, "loss", outcome.loss)
        rows: Sequence[Callable[[Quantities], Iterator[str]]] = SINGLE_ROWS
    else:
        if len(outcome.upstream) != 1 or outcome.begins == 0:
            return
        ((key, _),) = outcome.upstream.values()
        out = key if key.isidentifier() else "out"
        result = next((event.value for event in events[::-1] if event.key.rpartition(".")[2] == key.rpartition(".")[2]), None)
        if not isinstance(result, np.ndarray):
            return
        found = Quantities(leaves, numbers, out, result)
        rows = PAIR_ROWS
    for row in rows:
        for body in row(found):
            given = [*leaves, *(name for name in numbers if name not in leaves)]
            tree = ast.parse(body)
            named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            name = plan.forward if plan.forward.isidentifier() else "forward"
            lines = "".join(f"    {line}\n" for line in (*body.split("\n"), f"return {found.out}"))
            text = f"{HEAD}def {name}({', '.join(one for one in given if one in named)}):\n{lines}"
            yield KnownForward(read_source(text, trial.source.file), replace(plan, forward=name, owner="", **_keep_single(plan, name)))


def _keep_single(plan: BackwardPlan, name: str) -> dict[str, str]:
    return {"backward": name} if plan.is_single else {}


def is_close(one: Any, other: Any) -> bool:
    """Whether two arrays of one shape are the same, as far as floats tell.

    >>> is_close(np.ones(2), np.ones(2) + 1e-12), is_close(np.ones(2), np.ones((2, 1)))
    (True, False)
    """
    if np.shape(one) != np.shape(other) or np.asarray(one).dtype.kind not in "fiu":
        return False
    return bool(np.max(np.abs(one - other), initial=0.0) <= NEAR * max(1.0, float(np.max(np.abs(other), initial=0.0))))


def add_zeros(x: Any, width: int) -> Any:
    """Images with zeros around them."""
    return np.pad(x, ((0, 0), (0, 0), (width, width), (width, width)))


def list_windows(x: Any, height: int, width: int, stride: int) -> Any:
    """The windows of images: N × C × rows × columns × height × width.

    >>> list_windows(np.zeros((1, 2, 4, 6)), 2, 3, 1).shape
    (1, 2, 3, 4, 2, 3)
    """
    return np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


def apply_kernels(x: Any, w: Any, stride: int) -> Any:
    """The correlation of images with kernels over their channels.

    >>> apply_kernels(np.ones((1, 2, 3, 3)), np.ones((4, 2, 2, 2)), 1)[0, 0, 0, 0].item()
    8.0
    """
    return np.einsum("nchwij,fcij->nfhw", list_windows(x, w.shape[2], w.shape[3], stride), w)


def list_correlations(found: Quantities) -> Iterator[str]:
    """Images with kernels over their channels, a bias for each kernel."""
    result = found.result
    for x in found.list_leaves(4):
        for w in found.list_leaves(4):
            image, kernel = found.leaves[x], found.leaves[w]
            if x == w or np.ndim(result) != 4 or image.shape[1] != kernel.shape[1] or result.shape[:2] != (len(image), len(kernel)):
                continue
            for padding, stride in _list_settings(image.shape, kernel.shape[2:], result.shape):
                wide = add_zeros(image, padding)
                plain = apply_kernels(wide, kernel, stride)
                shifts = {name: found.leaves[name] for name in found.list_leaves(1) if len(found.leaves[name]) == len(kernel)}
                biases = [name for name, shift in shifts.items() if is_close(plain + shift[:, None, None], result)]
                if not biases and not is_close(plain, result):
                    continue
                last = f", {biases[0]}" if biases else ""
                yield f"{found.out} = F.conv2d({x}, {w}{last}, stride={stride}, padding={padding})"
                return


def _list_settings(shape: Sequence[int], kernel: Sequence[int], result: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The widths of zeros and the strides with which images and a kernel give the sizes of a result."""
    for padding in range(MOST_PADDING + 1):
        for stride in range(1, MOST_STRIDE + 1):
            sizes = [(size + 2 * padding - own) // stride + 1 for size, own in zip(shape[2:], kernel, strict=True)]
            if sizes == [*result[2:]]:
                yield padding, stride


def list_poolings(found: Quantities) -> Iterator[str]:
    """The largest entry, or the mean, of each window of images."""
    result = found.result
    for x in found.list_leaves(4):
        image = found.leaves[x]
        if np.ndim(result) != 4 or image.shape[:2] != result.shape[:2]:
            continue
        for size in range(2, min(image.shape[2:]) + 1):
            for padding, stride in _list_settings(image.shape, (size, size), result.shape):
                windows = list_windows(image, size, size, stride) if not padding else None
                if windows is not None and is_close(windows.max(axis=(4, 5)), result):
                    yield f"{found.out} = F.max_pool2d({x}, {size}, {stride})"
                if windows is not None and is_close(windows.mean(axis=(4, 5)), result):
                    yield f"{found.out} = F.avg_pool2d({x}, {size}, {stride})"


def list_affine(found: Quantities) -> Iterator[str]:
    """Rows times a matrix, and a bias."""
    for x in found.list_leaves(2):
        for w in found.list_leaves(2):
            one, other = found.leaves[x], found.leaves[w]
            if x == w or one.shape[1] != other.shape[0] or np.shape(found.result) != (len(one), other.shape[1]):
                continue
            plain = one @ other
            biases = [name for name in found.list_leaves(1) if found.leaves[name].shape == plain.shape[1:]]
            biases = [name for name in biases if is_close(plain + found.leaves[name], found.result)]
            if biases or is_close(plain, found.result):
                yield f"{found.out} = {x} @ {w}" + (f" + {biases[0]}" if biases else "")


def list_scored(found: Quantities) -> Iterator[str]:
    """The hinge loss, or softmax with cross-entropy, of rows times a matrix: mean or sum, with the squares of the weights or without."""
    labels = [name for name in found.list_leaves(1) if found.leaves[name].dtype.kind in "iu"]
    for x, w, y in product(found.list_leaves(2), found.list_leaves(2), labels):
        rows, weights, own = found.leaves[x], found.leaves[w], found.leaves[y]
        if x == w or rows.shape[1] != weights.shape[0] or len(own) != len(rows) or np.max(own, initial=0) >= weights.shape[1]:
            continue
        scores = rows @ weights
        right = scores[np.arange(len(own)), own][:, None]
        margins = np.maximum(0, scores - right + 1)
        margins[np.arange(len(own)), own] = 0
        surprises = np.log(np.sum(np.exp(scores - right), axis=1))
        count = f"{x}.shape[0]"
        hinge = f"margins = np.maximum(0, scores - scores[np.arange({count}), {y}][:, None] + 1)\nmargins[np.arange({count}), {y}] = 0\n"
        softmax = "probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)\n"
        forms = [(hinge, "np.sum(margins)", float(np.sum(margins))),
                 (softmax, f"-np.sum(np.log(probs[np.arange({count}), {y}]))", float(np.sum(surprises)))]  # fmt: skip
        squares = float(np.sum(weights**2))
        for steps, total, value in forms:
            for mean, part in ((f"{total} / {count}", value / len(own)), (total, value)):
                yield from (
                    f"scores = {x} @ {w}\n{steps}loss = {mean}{term}"
                    for term, more in [("", 0.0), *_list_penalties(w, squares, found.numbers)]
                    if is_close(np.array(part + more), np.asarray(found.result, dtype=float).reshape(()))
                )


def _list_penalties(w: str, squares: float, numbers: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for name, value in numbers.items():
        yield f" + {name} * np.sum({w} ** 2)", value * squares
        yield f" + 0.5 * {name} * np.sum({w} ** 2)", 0.5 * value * squares


PAIR_ROWS = (list_correlations, list_poolings, list_affine)
"""What a forward function gives, from what it is given."""
SINGLE_ROWS = (list_scored,)
"""The losses that are worked out beside their gradients."""
