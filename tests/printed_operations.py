"""What the words and signs of printed formulas over arrays mean: pooling, convolution, sums of rows; from a reader's side.

Nothing here reads a row of `tutor.rules.operations`.  A vector is a column; an operation has its settings as they are printed, and what is
left out on paper (``free``: a shape, a window) from whoever tries the readings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
from independent import call, dual
from independent_layers import logsumexp, moved, plain_numbers, softmax

Value = Any


class UnreadableError(Exception):
    """What is printed has no meaning by the rules of a reader."""


def refuse(text: str) -> Value:
    raise UnreadableError(text)


def dilated(x: Value, apart: int) -> Value:
    """An array with its entries so far apart, and zeros between them."""
    made = np.full([(size - 1) * apart + 1 for size in x.shape], Fraction(0), dtype=object)
    made[tuple(slice(None, None, apart) for _ in x.shape)] = x
    return made


def full_convolution(x: Value, k: Value) -> Value:
    """Σ_u x_u k_(i-u), wherever the two meet."""
    made = np.full([n + m - 1 for n, m in zip(x.shape, k.shape, strict=True)], Fraction(0), dtype=object)
    for place in np.ndindex(*x.shape):
        part = tuple(slice(i, i + m) for i, m in zip(place, k.shape, strict=True))
        made[part] = made[part] + x[place] * k
    return made


def cut(x: Value, begin: int, shape: Sequence[int]) -> Value:
    """A part of an array; what lies outside of it is 0."""
    made = np.full(shape, Fraction(0), dtype=object)
    inside = [min(n - begin, m) for n, m in zip(x.shape, shape, strict=True)]
    made[tuple(slice(0, size) for size in inside)] = x[tuple(slice(begin, begin + size) for size in inside)]
    return made


def slide(sign: str, marks: Mapping[str, int], a: Value, b: Value, shape: Sequence[int]) -> Value:
    """a ⋆ b and a ∗ b of a shape, over vectors, matrices and channels, with a stride, a padding, zeros between entries, or in full."""
    if len(shape) == 2 and shape[1] == a.shape[-1] == b.shape[-1] == 1 and a.ndim == b.ndim == 2:
        return slide(sign, marks, a[:, 0], b[:, 0], shape[:1])[:, None]
    axes = min(a.ndim, 2)
    size = tuple(shape)[-axes:]

    def one(x: Value, k: Value) -> Value:
        if "full" in marks:
            return cut(full_convolution(dilated(x, marks.get("d", 1)), k if sign == "∗" else np.flip(k)), marks.get("p", 0), size)
        spread = dilated(np.flip(k) if sign == "∗" else k, marks.get("d", 1))
        padded = np.pad(x, marks.get("p", 0), constant_values=0)
        found = moved(padded, spread.shape, marks.get("s", 1), lambda window: (window * spread).sum())
        return cut(found, 0, size) if "d" in marks and all(n >= m for n, m in zip(found.shape, size, strict=True)) else found

    match (a.ndim, b.ndim, "full" in marks):
        case (3, 4, False):
            made = np.stack([sum(one(x, k) for x, k in zip(a, kernel, strict=True)) for kernel in b])
        case (3, 4, True):
            made = np.stack([sum(one(x, kernel[c]) for x, kernel in zip(a, b, strict=True)) for c in range(b.shape[1])])
        case (3, 3, False):
            made = np.stack([np.stack([one(channel, k) for channel in a]) for k in b])
        case _:
            made = one(a, b)
    return made if made.shape == tuple(shape) else refuse(f"{a.shape} {sign} {b.shape} for {shape}")


def flat(value: Value) -> bool:
    """Whether an array is a vector on paper: a column."""
    return value.ndim == 2 and value.shape[1] == 1


def by_windows(x: Value, k: int, s: int, do: Callable[[tuple[int, ...], tuple[slice, ...]], None]) -> None:
    """Do something with each place of a pooling and its window; a column has windows of one axis, and channels none of their own."""
    window = [k, 1] if flat(x) else [1] * (x.ndim - 2) + [k, k]
    steps = [s, 1] if flat(x) else [1] * (x.ndim - 2) + [s, s]
    for place in product(*(range((n - m) // t + 1) for n, m, t in zip(x.shape, window, steps, strict=True))):
        do(place, tuple(slice(i * t, i * t + m) for i, t, m in zip(place, steps, window, strict=True)))


def pool(x: Value, k: int, s: int, make: Callable[[Value], Any]) -> Value:
    found: dict[tuple[int, ...], Any] = {}
    by_windows(x, k, s, lambda place, window: found.update({place: make(x[window])}))
    made = np.empty(tuple(max(place[axis] for place in found) + 1 for axis in range(x.ndim)), dtype=object)
    for place, value in found.items():
        made[place] = value
    return made


def route(g: Value, x: Value, k: int, s: int) -> Value:
    made = np.full(x.shape, Fraction(0), dtype=object)

    def give(place: tuple[int, ...], window: tuple[slice, ...]) -> None:
        largest = x[window] == max(x[window].flat)
        made[window] = made[window] + largest * (g[place] / Fraction(int(largest.sum())))

    by_windows(x, k, s, give)
    return made


def route_first(g: Value, x: Value, k: int, s: int) -> Value:
    made = np.full(x.shape, Fraction(0), dtype=object)

    def give(place: tuple[int, ...], window: tuple[slice, ...]) -> None:
        flat = list(x[window].flat)
        made[window].flat[flat.index(max(flat))] += g[place]

    by_windows(x, k, s, give)
    return made


def share(g: Value, shape: tuple[int, ...], k: int, s: int) -> Value:
    made = np.full(shape, Fraction(0), dtype=object)

    def give(place: tuple[int, ...], window: tuple[slice, ...]) -> None:
        made[window] = made[window] + g[place] / Fraction(made[window].size)

    by_windows(made, k, s, give)
    return made


def paired(settings: Mapping[str, int]) -> tuple[int, int]:
    """A window and its stride, which is the window where it is not said."""
    return settings["k"], settings.get("s", settings["k"])


def axis_of(settings: Mapping[str, int]) -> int | None:
    """Along which axis: each row's entries, each column's, those of all samples, or all."""
    return next((axis for word, axis in (("row", -1), ("col", -2), ("channel", -3), ("batch", 0)) if word in settings), None)


def largest(settings: Mapping[str, int], *arrays: Value) -> Value:
    """The largest entry along an axis of one array; of several the largest entry by entry."""
    if len(arrays) == 1 and not settings:
        return max(np.asarray(arrays[0]).flat)
    if settings:
        return stand(arrays[0].max(axis=axis_in(settings, arrays[0])))
    return np.vectorize(lambda *items: call("max", [dual(item) for item in items]).value, otypes=[object])(*arrays)


def log_softmax(a: Value, axis: int) -> Value:
    return plain_numbers(a) - np.expand_dims(logsumexp(a, axis), axis)


def stand(a: Value) -> Value:
    """A vector as a column."""
    return a[:, None] if np.ndim(a) == 1 else a


def squeezed(a: Value, rank: int) -> Value:
    """An array with so many axes: a column is a vector, and an axis of one entry is not printed."""
    if flat(a) and rank == 1:
        return a[:, 0]
    return a if a.ndim == rank else np.squeeze(a) if np.squeeze(a).ndim == rank else refuse(f"{a.shape} with {rank} axes")


def broadcast(a: Value, axes: Sequence[int | None]) -> Value:
    """An array repeated where a size stands."""
    if a.ndim != len(axes):
        a = squeezed(a, sum(size is None for size in axes))
        for place, size in enumerate(axes):
            a = a if size is None else np.expand_dims(a, place)
    return np.broadcast_to(a, [own if size is None else size for own, size in zip(a.shape, axes, strict=True)])


def add_up(a: Value, settings: Mapping[str, Any]) -> Value:
    """A sum along one axis, along those with a size, or over all."""
    axes = settings.get("axes")
    if axes is None:
        return a.sum(axis=axis_of(settings))
    made = squeezed(a, len(axes)) if a.ndim != len(axes) else a
    return stand(made.sum(axis=tuple(place for place, size in enumerate(axes) if size is not None)))


def only(axis: int) -> Callable[..., Value]:
    """One column, one row of an array, by its place."""
    return lambda settings, free, a: along(axis)({"first": settings["k"], "last": settings["k"]}, free, a)


def along(axis: int) -> Callable[..., Value]:
    """A part of an array, or an array with zeros around it; with the array many times instead where its word says only how often."""

    def part(settings: Mapping[str, int], free: Any, a: Value) -> Value:
        if "first" not in settings:
            return np.stack([a] * settings["k"], axis=axis)
        return np.take(a, range(settings["first"] - 1, settings["last"]), axis=0 if flat(a) and axis == -1 else axis)

    return part


def padded(axis: int) -> Callable[..., Value]:
    def pad(settings: Mapping[str, Any], free: Any, a: Value) -> Value:
        where = (0 if flat(a) and axis == -1 else axis) % a.ndim
        margins = [settings["margins"] if place == where else (0, 0) for place in range(a.ndim)]
        return np.pad(a, margins, constant_values=Fraction(0))

    return pad


def route_along(g: Value, a: Value, axis: int) -> Value:
    """Each gradient at the largest entry along an axis."""
    largest = a == a.max(axis=axis, keepdims=True)
    share = np.vectorize(Fraction, otypes=[object])(largest / largest.sum(axis=axis, keepdims=True))
    if np.ndim(g) == 0 or flat(a):
        return share * g
    return share * np.expand_dims(g[:, 0] if flat(g) and a.ndim == 2 else squeezed(g, a.ndim - 1), axis)


def axis_in(settings: Mapping[str, int], a: Value) -> int:
    """Of a column each row is its only one."""
    found = axis_of(settings)
    return 0 if flat(a) else found if found is not None else refuse("along which axis?")


OPERATORS: dict[str, Callable[..., Value]] = {  # by the word that is printed: its settings, what was left out, its operands
    "sum": lambda settings, free, a: add_up(a, settings),
    "broadcast": lambda settings, free, a: broadcast(a, settings["axes"]),
    "max": lambda settings, free, *arrays: largest(settings, *arrays),
    "softmax": lambda settings, free, a: softmax(a, 0 if flat(a) and not settings else axis_of(settings)),
    "logsumexp": lambda settings, free, a: stand(logsumexp(a, 0 if flat(a) and not settings else axis_of(settings))),
    "logsoftmax": lambda settings, free, a: log_softmax(a, 0 if flat(a) and not settings else axis_of(settings)),
    "mean": lambda settings, free, a: a.sum() / Fraction(a.size),
    "vec": lambda settings, free, a: a.reshape(-1, 1),
    "mat": lambda settings, free, a: a.reshape(settings["sizes"]),
    "concat": lambda settings, free, a, b: np.concatenate([a, b], axis=axis_of(settings) or 0),
    "part": lambda settings, free, a: a[settings.get("first", settings.get("k")) - 1 : settings.get("last", settings.get("k"))],
    "batch": lambda settings, free, a: np.stack([a] * settings["k"]),
    "columns": along(-1), "rows": along(-2), "channels": along(-3), "samples": along(-4),
    "column": only(-1), "row": only(-2), "channel": only(-3), "sample": only(-4),
    "pad": padded(-1), "padrows": padded(-2), "padchannels": padded(-3), "padsamples": padded(-4),
    "flip": lambda settings, free, a: np.flip(a, axis=0 if flat(a) else (-2, -1)),
    "maxpool": lambda settings, free, a: pool(a, *paired(settings), lambda window: max(window.flat)),
    "avgpool": lambda settings, free, a: pool(a, *paired(settings), lambda window: window.sum() / Fraction(window.size)),
    "route": lambda settings, free, g, x: route(g, x, *free) if not settings else route_along(g, x, axis_in(settings, x)),
    "route_first": lambda settings, free, g, x: route_first(g, x, *free),
    "share": lambda settings, free, g: share(g, *free),
    "maskedsoftmax": lambda settings, free, a, m: share_masked(a, m, 0 if flat(a) else -1),
    "heads": lambda settings, free, a: np.stack(np.split(a, settings["sizes"][0], axis=-1), axis=-3),
    "joinheads": lambda settings, free, a: np.concatenate([a[..., head, :, :] for head in range(a.shape[-3])], axis=-1),
    "causal": lambda settings, free, n: np.vectorize(Fraction, otypes=[object])(np.tri(int(n), dtype=int)),
    "positions": lambda settings, free, t, d: positions(int(t), int(d)),
    "onehot": lambda settings, free, *place: one_hot(free, place),
    **{f"axes{''.join(str(axis + 1) for axis in axes)}": lambda settings, free, a, axes=axes: np.transpose(a, axes)
       for size in (3, 4) for axes in permutations(range(size))},
}  # fmt: skip


def share_masked(a: Value, mask: Value, axis: int) -> Value:
    """Softmax over the places that a mask lets through."""
    grown = mask * np.vectorize(lambda x: call("exp", [dual(x)]).value, otypes=[object])(a)
    return grown / grown.sum(axis=axis, keepdims=True)


def positions(t: int, d: int) -> Value:
    """Sine and cosine of a place, slower from column to column."""
    rate = call("log", [dual(Fraction(10000))]).value
    angle = [[call("exp", [dual(-rate * (j - j % 2) / d)]).value * i for j in range(d)] for i in range(t)]
    return np.array([[call("cos" if j % 2 else "sin", [dual(x)]).value for j, x in enumerate(row)] for row in angle], dtype=object)


def one_hot(shape: tuple[int, ...], place: Sequence[Any]) -> Value:
    made = np.full(shape, Fraction(0), dtype=object)
    index = tuple(int(i) - 1 for i in place)
    made[index if len(index) == len(shape) else (*index, 0)] = Fraction(1)
    return made
