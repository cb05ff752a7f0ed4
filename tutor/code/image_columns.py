"""Images as columns: a view by strides, and what courses compile beside their files (`im2col_cython`, `col2im_6d_cython`)."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from tutor.code.lane_arrays import has_room, make_anew, make_room
from tutor.code.size_bounds import check_size
from tutor.numbers.arrays import np

ITEM = 8
"""The bytes of a number, whichever it is here: strides are counted in these."""


def list_strides(array: Any) -> tuple[int, ...]:
    """The strides of an array whose last axis runs fastest.

    >>> list_strides(np.zeros((2, 3)))
    (24, 8)
    """
    shape = np.shape(array)
    return tuple(ITEM * prod(shape[place + 1 :]) for place in range(len(shape)))


def view_strided(array: Any, shape: Sequence[Any], strides: Sequence[Any]) -> Any:
    """The numbers that ``as_strided`` shows, each picked by its place.  Raises `ValueError` for places that are not in the array.

    >>> view_strided(np.arange(4.0), (3, 2), (8, 8)).tolist()
    [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]
    """
    sizes, steps = [int(size) for size in shape], [int(step) // ITEM for step in strides]
    check_size(sizes)
    places = np.zeros((1,) * len(sizes), dtype=int)
    for axis, (size, step) in enumerate(zip(sizes, steps, strict=True)):
        along = [1] * len(sizes)
        along[axis] = size
        places = places + (step * np.arange(size)).reshape(along)
    flat = np.ravel(array)
    if places.size and not 0 <= int(places.min()) <= int(places.max()) < flat.size:
        raise ValueError("strides that lead out of the array")
    return flat[places]


def view_windows(array: Any, window_shape: Any, axis: Any = None) -> Any:
    """The windows of an array, each place its own.  Raises `NotRead` for too many.

    >>> view_windows(np.arange(4.0), 3).tolist()
    [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]
    """
    view = np.lib.stride_tricks.sliding_window_view(array, window_shape, axis)
    check_size(view.shape)
    return make_anew(view)


def find_places(shape: Sequence[int], height: int, width: int, pad: int, stride: int) -> tuple[Any, ...]:
    """The places in padded images by channel, row and column under the filter, sample, row and column of the filter.

    >>> [place.shape for place in find_places((2, 3, 4, 4), 2, 2, 0, 2)[:2]]
    [(1, 1, 1, 2, 1, 1), (3, 1, 1, 1, 1, 1)]
    """
    samples, channels, rows, columns = shape
    down, along = (rows + 2 * pad - height) // stride + 1, (columns + 2 * pad - width) // stride + 1
    c, i, j, n, p, q = np.ix_(*map(range, (channels, height, width, samples, down, along)))
    return n, c, stride * p + i, stride * q + j


def make_cython_columns(columns: bool, images: Any, height: Any, width: Any, pad: Any, stride: Any) -> Any:
    """One column a place of the filter in a sample, one row a number under it, channel by channel.

    >>> make_cython_columns(False, np.arange(9.0).reshape(1, 1, 3, 3), 2, 2, 0, 1).shape
    (4, 4)
    """
    pad = int(pad)
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    picked = padded[find_places(np.shape(images), int(height), int(width), pad, int(stride))]
    return np.moveaxis(picked, 3, 5).reshape(  # the samples run fastest
        np.shape(images)[1] * int(height) * int(width), -1
    )


def add_six(columns: bool, parts: Any, *sizes: Any) -> Any:
    """The numbers of six axes added up where they came from: of N, C, H, W, the filter's height and width, padding, stride.

    >>> add_six(False, np.ones((1, 2, 2, 1, 2, 2)), 1, 1, 3, 3, 2, 2, 0, 1)[0, 0].tolist()
    [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]
    """
    samples, channels, rows, wide, height, width, pad, stride = map(int, sizes)
    check_size((samples, channels, rows + 2 * pad, wide + 2 * pad))
    padded = np.zeros((samples, channels, rows + 2 * pad, wide + 2 * pad), dtype=np.asarray(parts).dtype)
    padded = padded if has_room(padded, parts) else make_room(padded, parts)
    places = find_places((samples, channels, rows, wide), height, width, pad, stride)
    np.add.at(padded, places, np.reshape(parts, np.broadcast_shapes(*(np.shape(place) for place in places))))
    return padded[:, :, pad : pad + rows, pad : pad + wide]


def add_cython_columns(columns: bool, parts: Any, *sizes: Any) -> Any:
    """What `make_cython_columns` makes, added up where it came from."""
    samples, channels, rows, wide, height, width, pad, stride = map(int, sizes)
    down, along = (rows + 2 * pad - height) // stride + 1, (wide + 2 * pad - width) // stride + 1
    six = np.reshape(parts, (channels, height, width, down, along, samples))
    return add_six(columns, np.moveaxis(six, 5, 3), *sizes)
