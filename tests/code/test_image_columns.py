"""Images as columns: views by strides against NumPy's own, and that what is added up is the transpose of what is picked."""

import numpy as np
import pytest

from tutor.code.code_values import NotRead
from tutor.code.image_columns import (
    add_cython_columns,
    add_six,
    list_strides,
    make_cython_columns,
    view_strided,
    view_windows,
)

IMAGES = np.random.default_rng(1).standard_normal((2, 3, 5, 4))


def test_strides_are_those_of_an_array_of_floats():
    assert list_strides(IMAGES) == IMAGES.strides
    shape, steps = (3, 2, 2, 2, 4, 3), (160, 32, 8, 480, 32, 8)
    assert np.array_equal(view_strided(IMAGES, shape, steps), np.lib.stride_tricks.as_strided(IMAGES, shape, steps))


def test_views_stay_in_the_array_and_small():
    with pytest.raises(ValueError, match="out of the array"):
        view_strided(IMAGES, (3, 60), (480, 8))
    with pytest.raises(NotRead):
        view_strided(IMAGES, (300_000,), (0,))
    with pytest.raises(NotRead):
        view_windows(np.zeros((600, 600)), (300, 300))


@pytest.mark.parametrize(("pad", "stride"), [(0, 1), (1, 2)])
def test_what_is_added_up_is_the_transpose_of_what_is_picked(pad, stride):
    columns = make_cython_columns(False, IMAGES, 3, 2, pad, stride)
    above = np.random.default_rng(2).standard_normal(columns.shape)
    back = add_cython_columns(False, above, *IMAGES.shape, 3, 2, pad, stride)
    assert np.isclose(np.sum(above * columns), np.sum(back * IMAGES))
    down, along = (5 + 2 * pad - 3) // stride + 1, (4 + 2 * pad - 2) // stride + 1
    six = np.moveaxis(above.reshape(3, 3, 2, down, along, 2), 5, 3)
    assert np.allclose(back, add_six(False, six, *IMAGES.shape, 3, 2, pad, stride))
