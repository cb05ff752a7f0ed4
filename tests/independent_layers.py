"""A second implementation of the operations on whole layers, with numpy, and an evaluator of index forms; for the tests.

Nothing here reads a row of `tutor.rules.operations`: convolution is a flipped kernel moved over a padded input, pooling a loop over
windows.  The entries are Python objects (fractions, or the numbers of `independent`), so that nothing is rounded.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial, reduce
from itertools import permutations, product
from typing import Any

import numpy as np
from independent import MP, call, dual, number, power

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.graph.entries import Array

Nd = Any


def nd(array: Array) -> Nd:
    """An array of the product as one of numpy's."""
    made = np.empty(array.shape, dtype=object)
    for place, item in zip(np.ndindex(*array.shape), array.items, strict=True):
        made[place] = item
    return made


def array(value: Nd) -> Array:
    """And back."""
    value = np.asarray(value, dtype=object)
    return Array(value.shape, tuple(value.flat))


Axes = tuple[int, ...]


def windows(x: Nd, size: Axes, stride: Axes, apart: Axes) -> Iterator[tuple[Axes, Nd]]:
    """Each place of the result with the window it is made from."""
    counts = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(x.shape, size, stride, apart, strict=True)]
    for place in product(*map(range, counts)):
        yield place, x[tuple(slice(i * s, i * s + d * (k - 1) + 1, d) for i, k, s, d in zip(place, size, stride, apart, strict=True))]


def moved(x: Nd, size: Axes, stride: int | Axes, make: Callable[[Nd], Any], apart: Axes = ()) -> Nd:
    strides = (stride,) * x.ndim if isinstance(stride, int) else stride
    found = {place: make(window) for place, window in windows(x, size, strides, apart or (1,) * x.ndim)}
    result = np.empty(tuple(max(place[axis] for place in found) + 1 for axis in range(x.ndim)), dtype=object)
    for place, value in found.items():
        result[place] = value
    return result


def read_slide(settings: tuple[int, ...], axes: int) -> tuple[Axes, Axes, Axes, int]:
    """Stride, padding, dilation of each axis, and the groups: up to four numbers for all axes, or more, then one for each axis."""
    if len(settings) > 4:
        strides, paddings, apart = (settings[place * axes : (place + 1) * axes] for place in range(3))
        return strides, paddings, apart, (*settings[3 * axes :], 1)[0]
    stride, padding, dilation, groups = (*settings, *(1, 0, 1, 1)[len(settings) :])
    return (stride,) * axes, (padding,) * axes, (dilation,) * axes, groups


def correlate(x: Nd, k: Nd, *settings: int) -> Nd:
    """As torch.nn.functional.conv1d to conv3d; of an array without channels the kernel has none either."""
    if x.ndim == k.ndim > 2:  # a batch
        return np.stack([correlate(sample, k, *settings) for sample in x])
    axes = k.ndim - 2 if k.ndim > 2 else k.ndim
    strides, paddings, apart, groups = read_slide(settings, axes)
    if k.ndim > 2:  # channels: each kernel goes over those of its group
        own, width = len(k) // groups, k.shape[1]
        return np.stack([
            sum(slide(x[number // own * width + place], part, strides, paddings, apart) for place, part in enumerate(kernel))
            for number, kernel in enumerate(k)
        ])  # fmt: skip
    return slide(x, k, strides, paddings, apart)


def slide(x: Nd, k: Nd, strides: Axes, paddings: Axes, apart: Axes) -> Nd:
    around = np.pad(x, [(padding, padding) for padding in paddings], constant_values=0)
    return moved(around, k.shape, strides, lambda window: (window * k).sum(), apart)


def turn(k: Nd) -> Nd:
    """A kernel turned round along the axes on which it slides."""
    return np.flip(k, axis=tuple(range(2 if k.ndim > 2 else 0, k.ndim)))


def transposed(x: Nd, k: Nd, *settings: int) -> Nd:
    """As torch.nn.functional.conv_transpose1d to conv_transpose3d: each entry of the input lays the kernel down."""
    if x.ndim == k.ndim:
        return np.stack([transposed(sample, k, *settings) for sample in x])
    strides, paddings, apart, groups = read_slide(settings, k.ndim - 2)
    reach = [s * (w - 1) + d * (m - 1) + 1 for w, m, s, d in zip(x.shape[1:], k.shape[2:], strides, apart, strict=True)]
    made = np.full((k.shape[1] * groups, *reach), Fraction(0), dtype=object)
    for index in np.ndindex(*x.shape):
        group = index[0] // (len(k) // groups) * k.shape[1]
        for inner in np.ndindex(*k.shape[1:]):
            at = [s * i + d * a for i, a, s, d in zip(index[1:], inner[1:], strides, apart, strict=True)]
            made[group + inner[0], *at] = made[group + inner[0], *at] + x[index] * k[index[0], *inner]
    return made[:, *(slice(padding, size - padding) for size, padding in zip(reach, paddings, strict=True))]


def softmax(z: Nd, axis: int = 0) -> Nd:
    grown = np.vectorize(lambda value: MP.exp(number(value)), otypes=[object])(z)
    return grown / grown.sum(axis=axis, keepdims=True)


def masked_softmax(z: Nd, m: Nd) -> Nd:
    grown = plain_numbers(m) * np.vectorize(lambda value: MP.exp(number(value)), otypes=[object])(z)
    return grown / grown.sum(axis=-1, keepdims=True)


def plain_numbers(z: Nd) -> Nd:
    return np.vectorize(number, otypes=[object])(z)


def logsumexp(z: Nd, axis: int = 0) -> Nd:
    grown = np.vectorize(lambda value: MP.exp(number(value)), otypes=[object])(z)
    return np.vectorize(MP.log, otypes=[object])(grown.sum(axis=axis))


def pool(x: Nd, make: Callable[[Nd], Any], outside: Any, *settings: int, axes: int = 2) -> Nd:
    if x.ndim > axes:
        return np.stack([pool(part, make, outside, *settings, axes=axes) for part in x])
    if len(settings) > 3:
        size, stride, padding = (settings[place * axes : (place + 1) * axes] for place in range(3))
    else:
        size, stride, padding = ((value,) * x.ndim for value in (*settings, *(0, settings[0], 0)[len(settings) :]))
    return moved(np.pad(x, [(p, p) for p in padding], constant_values=outside), size, stride, make)


def take_largest(x: Nd, *settings: int, axes: int = 2) -> Nd:
    return pool(x, lambda window: max(item for item in window.flat if item is not None), None, *settings, axes=axes)


def take_mean(x: Nd, *settings: int, axes: int = 2) -> Nd:
    return pool(x, lambda window: window.sum() / window.size, Fraction(0), *settings, axes=axes)


def one_hot(*settings: int) -> Nd:
    """1 at a place, counted from 1, of an array of zeros: the place, then the sizes."""
    place, sizes = settings[: len(settings) // 2], settings[len(settings) // 2 :]
    made = np.full(sizes, Fraction(0), dtype=object)
    made[tuple(i - 1 for i in place)] = Fraction(1)
    return made


OPERATIONS: dict[str, Callable[..., Nd]] = {
    "matmul": lambda a, b: np.asarray(a) @ np.asarray(b),
    "transpose": lambda a: np.swapaxes(a, -1, -2),
    "outer": lambda x, y: x[:, None] * y[None, :],
    "hadamard": lambda a, b: a * b,
    "columns": lambda b, n: np.stack([b] * n, axis=-1),
    "rows": lambda b, n: np.stack([b] * n, axis=-2),
    "row_sums": lambda a: a.sum(axis=-1),
    "column_sums": lambda a: a.sum(axis=-2),
    "batch": lambda b, n: np.stack([b] * n),
    "batch_sums": lambda a: a.sum(axis=0),
    "fill": lambda c, *sizes: np.full(sizes, c[()] if isinstance(c, np.ndarray) else c, dtype=object),
    "sum": lambda a: a.sum(),
    "mean": lambda a: a.sum() / a.size,
    "softmax": softmax,
    "softmax_columns": lambda z: softmax(z, -2),
    "softmax_rows": lambda z: softmax(z, -1),
    "logsumexp": logsumexp,
    "logsumexp_columns": lambda z: logsumexp(z, -2),
    "logsumexp_rows": lambda z: logsumexp(z, -1),
    "log_softmax": lambda z: plain_numbers(z) - logsumexp(z),
    "log_softmax_columns": lambda z: plain_numbers(z) - np.expand_dims(logsumexp(z, -2), -2),
    "log_softmax_rows": lambda z: plain_numbers(z) - np.expand_dims(logsumexp(z, -1), -1),
    "correlate": correlate,
    "convolve": lambda x, k, *settings: correlate(x, turn(k), *settings),
    "transposed_convolution": transposed,
    "max_pool": take_largest,
    "average_pool": take_mean,
    "max_pool_1d": partial(take_largest, axes=1),
    "average_pool_1d": partial(take_mean, axes=1),
    "max_pool_3d": partial(take_largest, axes=3),
    "average_pool_3d": partial(take_mean, axes=3),
    "embed": lambda e, *labels: e[list(labels)],
    "embed_batch": lambda e, count, *labels: e[np.reshape(labels, (count, -1))],
    "pick_each": lambda p, *labels: p[range(len(p)), list(labels)],
    "flatten": lambda a: a.reshape(-1),
    "unflatten": lambda x, *sizes: x.reshape(*sizes),
    "one_hot": one_hot,
    "entry": lambda x, *place: x[tuple(i - 1 for i in place)],
    "concat": lambda x, y: np.concatenate([x, y]),
    "channel_sums": lambda a: a.sum(axis=-3),
    "sample_sums": lambda a: a.sum(axis=-4),
    "masked_softmax": masked_softmax,
    "split_heads": lambda x, r, q: np.stack([x[..., q * head : q * (head + 1)] for head in range(r)], axis=-3),
    "join_heads": lambda x: np.concatenate([x[..., head, :, :] for head in range(x.shape[-3])], axis=-1),
    "positional_encoding": lambda t, d: np.array([
        [(MP.cos if j % 2 else MP.sin)(number(i) / MP.power(10000, number(Fraction(j - j % 2, d)))) for j in range(d)] for i in range(t)
    ], dtype=object),
    "causal_mask": lambda n: np.array([[int(j <= i) for j in range(n)] for i in range(n)], dtype=object),
}
_FROM_THE_END = {"row": -1, "column": -2, "channel": -3, "sample": -4, "set": -5}


def _pad(x: Nd, axis: int, before: int, behind: int) -> Nd:
    return np.pad(x, [(before, behind) if place == axis % x.ndim else (0, 0) for place in range(x.ndim)], constant_values=Fraction(0))


def _add_axis(name: str, axis: int) -> None:
    """What is done along one axis, counted from the end; ``each`` is the same for an array of more axes."""
    made: dict[str, Callable[..., Nd]] = {
        f"largest_{name}": lambda a: a.max(axis=axis),
        f"keep_{name}": lambda a: np.expand_dims(a, axis),
        f"drop_{name}": lambda a: np.squeeze(a, axis),
        f"stretch_{name}": lambda a, n: np.repeat(a, n, axis=axis),
        f"part_{name}": lambda a, begin, count: np.take(a, range(begin, begin + count), axis=axis),
        f"pad_{name}": lambda a, before, behind: _pad(a, axis, before, behind),
        f"concat_{name}": lambda x, y: np.concatenate([x, y], axis=axis),
    }
    OPERATIONS.update(made)
    if name in ("row", "column"):
        OPERATIONS.update({f"{key}_each": make for key, make in made.items() if key.split("_")[0] in ("keep", "drop", "stretch")})


for _name, _axis in _FROM_THE_END.items():
    _add_axis(_name, _axis)
OPERATIONS["part"] = lambda a, begin, count: a[begin : begin + count]
for _rank in (3, 4):
    for _order in permutations(range(_rank)):
        if list(_order) not in (sorted(_order), [*range(_rank - 2), _rank - 1, _rank - 2]):
            OPERATIONS["axes_" + "".join(str(axis + 1) for axis in _order)] = partial(np.transpose, axes=_order)
ALONG_AXES = frozenset(
    f"{what}_{axis}{each}" for what in ("largest", "to_largest", "to_first", "keep", "drop", "stretch", "part", "pad", "concat")
    for axis in _FROM_THE_END for each in ("", "_each")
) | {name for name in OPERATIONS if name.startswith("axes_")} | {"channel_sums", "sample_sums"}  # fmt: skip
"""What is done along one axis, and axes in another order: by no other name than the others, and printed like them."""
for _word in ("concat_set", "part_set"):  # the first of five axes has the names without an axis
    del OPERATIONS[_word]


def indexed(expr: Expr, at: Mapping[str, int], known: Mapping[str, Nd]) -> Any:
    """The value of an index form, read as a lecture means it: an entry outside of its array is 0, and a letter runs as far as the
    array whose index it is by itself, unless its sum has a last value.
    """

    def value(part: Expr) -> Any:
        return number(indexed(part, at, known))

    match expr:
        case Number(text):
            return Fraction(text)
        case Name(name):
            return Fraction(at[name]) if name in at else known[name][()]
        case Partial(of, wrt):
            return known[f"d{of}/d{wrt}"][()]
        case Neg(arg):
            return -value(arg)
        case Add(args):
            return sum(map(value, args))
        case Mul(args):
            return reduce(operator.mul, map(value, args))
        case Div(num, den):
            return value(num) / value(den)
        case Pow(base, exponent):
            return power(dual(value(base)), dual(value(exponent))).value
        case Call("at", (target, *index)):
            table = known[target.name if isinstance(target, Name) else f"d{target.of}/d{target.wrt}"]
            place = [int(value(part)) for part in index]
            inside = all(1 <= i <= n for i, n in zip(place, table.shape, strict=True))
            return table[tuple(i - 1 for i in place)] if inside else Fraction(0)
        case Call("sum_over", (Name(letter), *last, body)):
            end = int(value(last[0])) if last else next(reach(Name(letter), body, known))
            return sum(number(indexed(body, {**at, letter: i}, known)) for i in range(1, end + 1))
        case Call("equal", (place, label)):  # 1 where an index is the label
            return Fraction(value(place) == value(label))
        case Call(func, args) if func.endswith("'"):
            return call(func[:-1], [dual(value(arg), 1) for arg in args]).slope
        case Call(func, args):
            return call(func, [dual(value(arg)) for arg in args]).value
    raise TypeError(expr)


def reach(letter: Name, body: Expr, known: Mapping[str, Nd]) -> Iterator[int]:
    """The sizes of the arrays that a letter is an index of."""
    match body:
        case Call("at", (target, *index)):
            table = known[target.name if isinstance(target, Name) else f"d{target.of}/d{target.wrt}"]
            yield from (size for part, size in zip(index, table.shape, strict=True) if part == letter)
        case _:
            for part in children(body):
                yield from reach(letter, part, known)
