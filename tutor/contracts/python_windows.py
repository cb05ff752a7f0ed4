"""Convolution and pooling as lines of a program: helpers that are written into it, loops over the entries of a kernel; PyTorch's own calls.

A helper goes over the places of a kernel: at each one, every window sees one strided part of the array, so that forward and backward pass
are the same few lines, read in both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tutor.expression.nodes import Call, Expr
from tutor.graph.shapes import Shape
from tutor.rules.layer_row import MOST_ALIKE


class WindowWriter(Protocol):
    """What a line with windows needs of the writer of formulas."""

    used: set[str]

    @property
    def is_torch(self) -> bool:
        """Whether the program is one of PyTorch."""

    def part(self, expr: Any, strength: int) -> str:
        """An operand with brackets where it needs them."""

    def measure(self, expr: Any) -> Shape:
        """The shape of a formula."""

    def write_size(self, expr: Any) -> str:
        """A setting that is a size or a place."""


_STRIDED = """def strided(place, sizes, stride, dilation=(1, 1, 1)):
    # of every window the entry at this place
    starts = [d * at for at, d in zip(place, dilation)]
    return (..., *(slice(a, a + s * (n - 1) + 1, s) for a, n, s in zip(starts, sizes, stride)))
"""
_PAD = """def pad_around(X, padding, value=0.0):
    inner = (..., *(slice(p, p + n) for n, p in zip(X.shape[-len(padding):], padding)))
    sizes = [n + 2 * p for n, p in zip(X.shape[-len(padding):], padding)]
    padded = {full}((*X.shape[:-len(padding)], *sizes), value{likeX})
    padded[inner] = X
    return padded, inner
"""
_COUNT = """def count_windows(X, kernel, stride, padding, dilation=(1, 1, 1)):
    sizes = X.shape[-len(kernel):]
    return [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation)]
"""
_CORRELATE = """def correlate(X, K, stride, padding, dilation=(1, 1, 1), groups=1):
    sizes = count_windows(X, K.shape[2:], stride, padding, dilation)
    X, _ = pad_around(X, padding)
    X = X.reshape(X.shape[0], groups, -1, *X.shape[2:])  # each group of channels by itself
    K = K.reshape(groups, -1, *K.shape[1:])
    Z = {zeros}((X.shape[0], groups, K.shape[1], *sizes){likeX})
    for place in product(*map(range, K.shape[3:])):
        seen = X[strided(place, sizes, stride, dilation)]  # what this entry of the kernel meets
        Z += {lib}.einsum("ngc...,goc->ngo...", seen, K[(..., *place)])
    return Z.reshape(Z.shape[0], -1, *sizes)
"""
_CORRELATE_INPUT = """def correlate_input(G, K, shape, stride, padding, dilation=(1, 1, 1), groups=1):
    dX, inner = pad_around({zeros}((G.shape[0], groups, K.shape[1], *shape){likeG}), padding)
    sizes = G.shape[2:]
    G = G.reshape(G.shape[0], groups, -1, *sizes)
    K = K.reshape(groups, -1, *K.shape[1:])
    for place in product(*map(range, K.shape[3:])):
        dX[strided(place, sizes, stride, dilation)] += {lib}.einsum("ngo...,goc->ngc...", G, K[(..., *place)])
    dX = dX[inner]
    return dX.reshape(dX.shape[0], -1, *shape)
"""
_CORRELATE_KERNEL = """def correlate_kernel(G, X, kernel, stride, padding, dilation=(1, 1, 1), groups=1):
    sizes = G.shape[2:]
    X, _ = pad_around(X, padding)
    X = X.reshape(X.shape[0], groups, -1, *X.shape[2:])
    G = G.reshape(G.shape[0], groups, G.shape[1] // groups, -1)
    dK = {zeros}((groups, G.shape[2], X.shape[2], *kernel){likeG})
    for place in product(*map(range, kernel)):
        seen = X[strided(place, sizes, stride, dilation)].reshape(*X.shape[:3], -1)
        dK[(..., *place)] = {lib}.einsum("ngow,ngcw->goc", G, seen)
    return dK.reshape(-1, *dK.shape[2:])
"""
_MAX_POOL = """def max_pool(X, kernel, stride, padding):
    sizes = count_windows(X, kernel, stride, padding)
    X, _ = pad_around(X, padding, -{lib}.inf)
    Z = {full}((*X.shape[:-len(kernel)], *sizes), -{lib}.inf{likeX})
    for place in product(*map(range, kernel)):
        Z = {lib}.maximum(Z, X[strided(place, sizes, stride)])
    return Z
"""
_MAX_POOL_INPUT = """def max_pool_input(G, X, kernel, stride, padding):
    Z = max_pool(X, kernel, stride, padding)
    X, inner = pad_around(X, padding, -{lib}.inf)
    parts = [strided(place, G.shape[-len(kernel):], stride) for place in product(*map(range, kernel))]
    equal = sum((X[part] == Z) * 1.0 for part in parts)
    dX = {lib}.zeros_like(X)
    for part in parts:  # the largest entry of each window gets it; equal ones share it
        dX[part] += G * (X[part] == Z) / equal
    return dX[inner]
"""
_FIRST_INPUT = """def max_pool_first_input(G, X, kernel, stride, padding):
    Z = max_pool(X, kernel, stride, padding)
    X, inner = pad_around(X, padding, -{lib}.inf)
    dX, free = {lib}.zeros_like(X), {lib}.ones_like(Z)
    for place in product(*map(range, kernel)):  # the first of the largest entries of each window gets it all
        part = strided(place, G.shape[-len(kernel):], stride)
        largest = free * (X[part] == Z)
        dX[part] += G * largest
        free = free - largest
    return dX[inner]
"""
_AVERAGE_POOL = """def average_pool(X, kernel, stride, padding):
    sizes = count_windows(X, kernel, stride, padding)
    X, _ = pad_around(X, padding)
    places = list(product(*map(range, kernel)))
    return sum(X[strided(place, sizes, stride)] for place in places) / len(places)
"""
_AVERAGE_INPUT = """def average_pool_input(G, shape, kernel, stride, padding):
    dX, inner = pad_around({zeros}((*G.shape[:-len(kernel)], *shape){likeG}), padding)
    places = list(product(*map(range, kernel)))
    for place in places:
        dX[strided(place, G.shape[-len(kernel):], stride)] += G / len(places)
    return dX[inner]
"""
WINDOW_HELPERS = {
    "strided": _STRIDED, "pad_around": _PAD, "count_windows": _COUNT, "correlate": _CORRELATE, "correlate_input": _CORRELATE_INPUT,
    "correlate_kernel": _CORRELATE_KERNEL, "max_pool": _MAX_POOL, "max_pool_input": _MAX_POOL_INPUT,
    "max_pool_first_input": _FIRST_INPUT, "average_pool": _AVERAGE_POOL, "average_pool_input": _AVERAGE_INPUT,
}  # fmt: skip
"""The functions that a program with windows has before it, each below those that it calls."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """Stride, padding and dilation along each axis, and the groups; of a pooling also its window."""

    stride: tuple[str, ...]
    padding: tuple[str, ...]
    dilation: tuple[str, ...] = ()
    groups: str = "1"
    kernel: tuple[str, ...] = ()

    @property
    def listed(self) -> str:
        """The settings of a kernel as the helpers take them."""
        apart = "" if set(self.dilation) == {"1"} else f", dilation={write_tuple(self.dilation)}"
        groups = "" if self.groups == "1" else f", groups={self.groups}"
        return f"stride={write_tuple(self.stride)}, padding={write_tuple(self.padding)}{apart}{groups}"

    @property
    def window(self) -> str:
        """The settings of a pooling."""
        return f"{write_tuple(self.kernel)}, stride={write_tuple(self.stride)}, padding={write_tuple(self.padding)}"

    @property
    def named(self) -> str:
        """Those that are not what is usual, as PyTorch takes them: ``, stride=2``."""
        said = ""
        for name, values, usual in (("stride", self.stride, "" if self.kernel else "1"), ("padding", self.padding, "0"),
                                    ("dilation", self.dilation, "1")):  # fmt: skip
            if any(value != usual for value in values):
                said += f", {name}={values[0] if len(set(values)) == 1 else write_tuple(values)}"
        return said + ("" if self.groups == "1" else f", groups={self.groups}")


def write_tuple(sizes: Sequence[Any]) -> str:
    """Sizes as a tuple of Python.

    >>> write_tuple((3,)), write_tuple((2, "n"))
    ('(3,)', '(2, n)')
    """
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


def read_kernel_settings(texts: Sequence[str], axes: int) -> WindowSettings:
    """The settings of a kernel: s, p, d, g for all axes, or those of each axis one after the other.

    >>> read_kernel_settings(["2", "1"], 2).stride, read_kernel_settings(["2", "1", "0", "0", "1", "1", "2"], 2).groups
    (('2', '2'), '2')
    """
    if len(texts) > MOST_ALIKE:
        each = [tuple(texts[place * axes : (place + 1) * axes]) for place in range(3)]
        return WindowSettings(each[0], each[1], each[2], texts[3 * axes] if len(texts) > 3 * axes else "1")
    stride, padding, dilation, groups = (*texts, *("1", "0", "1", "1")[len(texts) :])
    return WindowSettings((stride,) * axes, (padding,) * axes, (dilation,) * axes, groups)


def read_pool_settings(texts: Sequence[str], axes: int) -> WindowSettings:
    """The settings of a pooling: k, s and p for all axes, or those of each axis; the stride is the window's where it is left out.

    >>> read_pool_settings(["2"], 2).stride
    ('2', '2')
    """
    if len(texts) > 3:
        kernel, stride, padding = (tuple(texts[place * axes : (place + 1) * axes]) for place in range(3))
        return WindowSettings(stride, padding, kernel=kernel)
    kernel_size, step, around = (*texts, *(texts[0], "0")[len(texts) - 1 :])
    return WindowSettings((step,) * axes, (around,) * axes, kernel=(kernel_size,) * axes)


def count_axes(kernel: int, array: int) -> tuple[int, int]:
    """Along how many axes a kernel slides, and how many stand before them, by the axes of the kernel and of what it slides over.

    >>> count_axes(4, 4), count_axes(2, 2), count_axes(3, 2)
    ((2, 2), (2, 0), (1, 1))
    """
    axes = kernel if kernel == array and kernel <= 2 else kernel - 2
    return axes, array - axes


class _Lines:
    """One operation with a kernel: its operands with an axis for the batch and one for the channels, its result without them again.

    ``kernel`` and ``array`` are how many axes these have.
    """

    def __init__(self, writer: WindowWriter, kernel: int, array: int) -> None:
        self.writer = writer
        self.axes, self.lead = count_axes(kernel, array)

    def take(self, expr: Expr, *, kernel: bool = False) -> str:
        """An operand."""
        missing = 2 - self.lead if not kernel else 2 if self.lead == 0 else 0
        text = self.writer.part(expr, 5)
        return text if not missing else f"{text}[{', '.join(['None'] * missing)}]"

    def give(self, text: str, *, kernel: bool = False) -> str:
        """The result."""
        missing = 2 - self.lead if not kernel else 2 if self.lead == 0 else 0
        return text if not missing else f"{text}[{', '.join(['0'] * missing)}]"

    def flip(self, text: str) -> str:
        """A kernel turned round along its axes."""
        if self.writer.is_torch:
            return f"torch.flip({text}, {write_tuple(range(-self.axes, 0))})"
        return f"{text}[..., {', '.join(['::-1'] * self.axes)}]"


def _list_texts(writer: WindowWriter, parts: Sequence[Expr]) -> list[str]:
    return [writer.write_size(part) for part in parts]


Put = Callable[[WindowWriter, Call], str]


def put_correlation(flipped: bool) -> Put:
    """correlate(X, K, …), and convolve, whose kernel is flipped."""
    def put(writer: WindowWriter, call: Call) -> str:
        array, kernel, *rest = call.args
        lines = _Lines(writer, len(writer.measure(kernel)), len(writer.measure(array)))
        given = read_kernel_settings(_list_texts(writer, rest), lines.axes)
        own = lines.take(kernel, kernel=True)
        own = lines.flip(own) if flipped else own
        if writer.is_torch:
            return lines.give(f"torch.nn.functional.conv{lines.axes}d({lines.take(array)}, {own}{given.named})")
        writer.used.add("correlate")
        return lines.give(f"correlate({lines.take(array)}, {own}, {given.listed})")

    return put


def put_correlation_input(flipped: bool, *, layer: bool = False) -> Put:
    """What comes back to the input of a correlation; the same as a ``layer`` of its own is a transposed convolution."""
    def put(writer: WindowWriter, call: Call) -> str:
        array, kernel, *rest = call.args
        lines = _Lines(writer, len(writer.measure(kernel)), len(writer.measure(array)))
        sizes = list(map(str, writer.measure(call)[-lines.axes :])) if layer else _list_texts(writer, rest[: lines.axes])
        given = read_kernel_settings(_list_texts(writer, rest if layer else rest[lines.axes :]), lines.axes)
        own = lines.take(kernel, kernel=True)
        own = lines.flip(own) if flipped else own
        upstream = lines.take(array)
        if writer.is_torch:
            shape = write_tuple((*("1",) * (2 - lines.lead), *writer.measure(call)[: lines.lead], *sizes))
            return lines.give(f"torch.nn.grad.conv{lines.axes}d_input({shape}, {own}, {upstream}{given.named})")
        writer.used.add("correlate_input")
        return lines.give(f"correlate_input({upstream}, {own}, {write_tuple(sizes)}, {given.listed})")

    return put


def put_correlation_kernel(flipped: bool) -> Put:
    """What comes back to the kernel of a correlation."""
    def put(writer: WindowWriter, call: Call) -> str:
        upstream, array, *rest = call.args
        result = writer.measure(call)
        lines = _Lines(writer, len(result), len(writer.measure(array)))
        axes, lead = lines.axes, lines.lead
        sizes, texts = _list_texts(writer, rest[:axes]), _list_texts(writer, rest[axes:])
        given = read_kernel_settings(texts, axes)
        if writer.is_torch:
            shape = write_tuple(result if lead else (1, 1, *result))
            made = f"torch.nn.grad.conv{axes}d_weight({lines.take(array)}, {shape}, {lines.take(upstream)}{given.named})"
        else:
            writer.used.add("correlate_kernel")
            made = f"correlate_kernel({lines.take(upstream)}, {lines.take(array)}, {write_tuple(sizes)}, {given.listed})"
        made = lines.give(made, kernel=True)
        return lines.flip(made) if flipped else made

    return put


def put_pool(word: str, end: str) -> Put:
    """max_pool and average_pool."""
    def put(writer: WindowWriter, call: Call) -> str:
        array, *rest = call.args
        rank = len(writer.measure(array))
        axes = _count_pooled(end, rank)
        given = read_pool_settings(_list_texts(writer, rest), axes)
        own = writer.part(array, 5)
        if writer.is_torch and rank > axes:
            short = "max" if word == "max_pool" else "avg"
            return f"torch.nn.functional.{short}_pool{axes}d({own}, {write_tuple(given.kernel)}{given.named})"
        writer.used.add(word)
        return f"{word}({own}, {given.window})"

    return put


def put_pool_input(word: str, end: str) -> Put:
    """What comes back through a pooling."""
    def put(writer: WindowWriter, call: Call) -> str:
        upstream, *rest = call.args
        axes = _count_pooled(end, len(writer.measure(upstream)))
        writer.used.add(word)
        if word == "average_pool_input":
            second, rest = write_tuple(_list_texts(writer, rest[:axes])), rest[axes:]
        else:
            second, rest = writer.part(rest[0], 1), rest[1:]
        given = read_pool_settings(_list_texts(writer, rest), axes)
        return f"{word}({writer.part(upstream, 1)}, {second}, {given.window})"

    return put


def _count_pooled(end: str, rank: int) -> int:
    return int(end[1]) if end else min(rank, 2)


WINDOW_LINES: dict[str, Put] = {
    **{f"{name}{end}": put(bool(end)) for name, put in (("spread", put_correlation_input), ("spread_wide", put_correlation_input),
       ("kernel_gradient", put_correlation_kernel), ("kernel_gradient_wide", put_correlation_kernel)) for end in ("", "_flipped")},
    "correlate": put_correlation(False), "convolve": put_correlation(True),
    "transposed_convolution": put_correlation_input(False, layer=True),
    **{f"{word}{end}": put_pool(word, end) for word in ("max_pool", "average_pool") for end in ("", "_1d", "_3d")},
    **{f"{name}{end}": put_pool_input(word, end) for name, word in (("route", "max_pool_input"), ("route_first", "max_pool_first_input"),
       ("share", "average_pool_input")) for end in ("", "_1d", "_3d")},
}  # fmt: skip
"""Operations with windows, and how each is written."""
