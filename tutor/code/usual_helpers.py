"""Functions that a program takes from a file that is not there, with what they are usually: a verdict says what it takes for granted.

A program that is right with one of the usual meanings is right "if it is that one"; none is called wrong for a function nobody showed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from tutor.code.image_columns import add_cython_columns, add_six, make_cython_columns
from tutor.code.library_calls import take_real, take_sigmoid
from tutor.errors import Told, tell
from tutor.numbers.arrays import np


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of a function: ``make`` computes it from its arguments and whether samples are columns, ``says`` what it is."""

    make: Callable[..., Any]
    says: Callable[[str], Told]


def _take_classes(chances: Any, targets: Any, columns: bool) -> Any:
    """The logarithms that count, each times its target: labels pick one, rows of targets weigh all."""
    axis = 0 if columns and np.ndim(chances) > 1 else -1
    places = np.asarray(take_real(targets))
    if np.shape(targets) != np.shape(chances) and np.ndim(chances) == np.ndim(targets) + 1:
        picked = np.take_along_axis(chances, np.expand_dims(places.astype(int), axis), axis)
        return np.log(picked)
    return targets * np.log(chances)


def _count_samples(chances: Any, columns: bool) -> int:
    return int(np.shape(chances)[1 if columns else 0]) if np.ndim(chances) > 1 else 1


def find_mean_loss(columns: bool, chances: Any, targets: Any) -> Any:
    """Cross-entropy of chances, the mean over the samples.

    >>> float(find_mean_loss(False, np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 0]))).__round__(4)
    1.0397
    """
    return -np.sum(_take_classes(chances, targets, columns)) / _count_samples(chances, columns)


def find_sum_loss(columns: bool, chances: Any, targets: Any) -> Any:
    """Cross-entropy of chances, summed over the samples."""
    return -np.sum(_take_classes(chances, targets, columns))


def find_yes_no_loss(columns: bool, chances: Any, targets: Any) -> Any:
    """Cross-entropy of chances of 1, with targets of 0 and 1: the mean over the samples, the sum over the outputs.

    >>> float(find_yes_no_loss(True, np.array([[0.5, 0.5]]), np.array([[1, 0]]))).__round__(4)
    0.6931
    """
    return -np.sum(targets * np.log(chances) + (1 - targets) * np.log(1 - chances)) / _count_samples(chances, columns)


def make_columns(columns: bool, images: Any, height: Any, width: Any, stride: Any = 1, pad: Any = 0) -> Any:
    """One row a place of the filter, one column a number under it, channel by channel: im2col.

    >>> make_columns(False, np.arange(9.0).reshape(1, 1, 3, 3), 2, 2).shape
    (4, 4)
    """
    channels = np.shape(images)[1]
    padded = np.pad(images, ((0, 0), (0, 0), (int(pad), int(pad)), (int(pad), int(pad))))
    places = _list_places(np.shape(images), int(height), int(width), int(stride), int(pad))
    return padded[places].reshape(-1, channels * int(height) * int(width))


def add_columns(columns: bool, rows: Any, shape: Any, height: Any, width: Any, stride: Any = 1, pad: Any = 0) -> Any:
    """The numbers of such rows added up where they came from: col2im."""
    sizes = tuple(int(size) for size in shape)
    edge = int(pad)
    places = _list_places(sizes, int(height), int(width), int(stride), edge)
    padded = np.zeros((*sizes[:2], sizes[2] + 2 * edge, sizes[3] + 2 * edge), dtype=np.asarray(rows).dtype)
    np.add.at(padded, places, np.reshape(rows, np.broadcast_shapes(*(np.shape(place) for place in places))))
    return padded[:, :, edge : edge + sizes[2], edge : edge + sizes[3]]


def _list_places(shape: tuple[int, ...], height: int, width: int, stride: int, pad: int) -> tuple[Any, ...]:
    """The places of all entries: by sample, row and column of the filter, channel, row and column under it."""
    down, along = ((size + 2 * pad - part) // stride + 1 for size, part in zip(shape[2:], (height, width), strict=True))
    axes = np.ix_(range(shape[0]), range(down), range(along), range(shape[1]), range(height), range(width))
    return axes[0], axes[3], stride * axes[1] + axes[4], stride * axes[2] + axes[5]


def _slope(columns: bool, z: Any) -> Any:
    return take_sigmoid(z) * (1 - take_sigmoid(z))


def _say_slope(name: str) -> Told:
    return tell("{name} is not in the file: it is taken as the slope at what it is given", name=name)


def _say_by_value(name: str) -> Told:
    return tell("{name} is not in the file: it is taken as the slope, worked out from the value of the function", name=name)


def _say_passed(name: str) -> Told:
    return tell("{name} is not in the file: it is taken as the gradient times the slope at its second argument", name=name)


def _say_mean(name: str) -> Told:
    return tell("{name} is not in the file: it is taken as the mean of −Σ t log y over the samples", name=name)


def _say_total(name: str) -> Told:
    return tell("{name} is not in the file: it is taken as the sum of −Σ t log y over the samples", name=name)


def _say_yes_no(name: str) -> Told:
    return tell("{name} is not in the file: it is taken as the mean of −Σ (t log y + (1 − t) log(1 − y)) over the samples", name=name)


def _say_added(name: str) -> Told:
    return tell("{name} is not in the file: it is taken to add what im2col picks back to where it came from", name=name)


def _say_columns(name: str) -> Told:
    return tell("{name} is not in the file: its columns are taken as the places of the filter, its rows as the numbers under it", name=name)


_MEANS = (Meaning(find_mean_loss, _say_mean), Meaning(find_sum_loss, _say_total))
_SIGMOID = (Meaning(_slope, _say_slope), Meaning(lambda columns, a: a * (1 - a), _say_by_value))
_TANH = (Meaning(lambda columns, z: 1 - np.tanh(z) ** 2, _say_slope), Meaning(lambda columns, a: 1 - a**2, _say_by_value))
_RELU = (Meaning(lambda columns, z: (take_real(z) > 0) * 1.0, _say_slope),)
HELPERS: Mapping[str, tuple[Meaning, ...]] = {
    **dict.fromkeys(("cross_entropy_error", "cross_entropy", "cross_entropy_loss", "crossentropy", "categorical_cross_entropy"), _MEANS),
    **dict.fromkeys(("sigmoid_derivative", "sigmoid_prime", "sigmoid_grad", "dsigmoid", "d_sigmoid", "sigmoid_deriv"), _SIGMOID),
    **dict.fromkeys(("tanh_derivative", "tanh_prime", "tanh_grad", "dtanh", "d_tanh", "tanh_deriv"), _TANH),
    **dict.fromkeys(("relu_derivative", "relu_prime", "relu_grad", "drelu", "d_relu", "relu_deriv"), _RELU),
    **dict.fromkeys(("compute_cost", "binary_cross_entropy_loss"), (Meaning(find_yes_no_loss, _say_yes_no),)),
    "sigmoid_backward": (Meaning(lambda columns, grad, z: grad * _slope(columns, z), _say_passed),),
    "tanh_backward": (Meaning(lambda columns, grad, z: grad * (1 - np.tanh(z) ** 2), _say_passed),),
    "relu_backward": (Meaning(lambda columns, grad, z: grad * (take_real(z) > 0), _say_passed),),
    "im2col": (Meaning(make_columns, lambda name: tell(
        "{name} is not in the file: its rows are taken as the places of the filter, its columns as the numbers under it", name=name)),),
    "col2im": (Meaning(add_columns, _say_added),),
    "col2im_6d_cython": (Meaning(add_six, _say_added),),
    "im2col_cython": (Meaning(make_cython_columns, _say_columns),), "col2im_cython": (Meaning(add_cython_columns, _say_added),),
}  # fmt: skip
"""The meanings that a function has in courses and books, the commonest first."""


def list_meanings(tree: ast.Module) -> Iterator[tuple[int, ...]]:
    """The choices of meanings for the functions that a file calls and does not have, by the kinds in their order.

    >>> list(list_meanings(ast.parse("loss = cross_entropy(y, t)"))), list(list_meanings(ast.parse("f(x)")))
    ([(0, 0, 0), (1, 0, 0)], [(0, 0, 0)])
    """
    known = {part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    called = {part.func.id for part in ast.walk(tree) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)} - known
    yield from product(*(range(len(kind) if any(HELPERS.get(name) is kind for name in called) else 1) for kind in KINDS))


KINDS = (_MEANS, _SIGMOID, _TANH)
"""The functions that have more than one meaning."""


def choose_meaning(name: str, meanings: tuple[int, ...]) -> Meaning | None:
    """The meaning of a function by the choice of a world; nothing for one that is not known."""
    listed = HELPERS.get(name)
    if listed is None:
        return None
    place = next((meanings[number] for number, kind in enumerate(KINDS) if kind is listed and number < len(meanings)), 0)
    return listed[place]
