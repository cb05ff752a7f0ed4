"""Arrays in lanes: whatever is done with them, each lane has what it would have by itself."""

import pytest

from tutor.code.lane_arrays import (
    STEP,
    LaneMoves,
    has_lanes,
    make_anew,
    make_room,
    move_value,
    put_in_lanes,
    read_slopes,
)
from tutor.numbers.arrays import np

X = np.arange(1.0, 7.0).reshape(2, 3) / 4
DONE = {
    "sum": lambda x: x + 1,
    "a vector beside it": lambda x: x * np.array([1.0, 2.0, 3.0]),
    "product": lambda x: x @ x.T,
    "product with a vector": lambda x: x @ np.array([1.0, 2.0, 3.0]),
    "dot": lambda x: x.dot(np.transpose(x)),
    "stack of products": lambda x: np.matmul(np.stack([x, x]), x.T),
    "outer": lambda x: np.outer(x[0], x[1]),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True),
    "mean of all": lambda x: np.mean(x**2),
    "maximum": lambda x: np.maximum(x, 0.8),
    "largest of each": lambda x: x - x.max(axis=0),
    "choice": lambda x: np.where(x.real > 0.8, x, 2 * x),
    "mask": lambda x: x * (x.real > 0.8),
    "turned and flat": lambda x: x.T.reshape(-1) * x.ravel(),
    "an axis more": lambda x: x[:, None, :] * x[None],
    "labels": lambda x: x[np.array([0, 1]), np.array([2, 0])],
    "a column of rows": lambda x: x[[1, 0], 1],
    "arrays between slices": lambda x: x[:, None, :][[0, 1], :, [2, 0]],
    "padded": lambda x: np.pad(x, 1),
    "joined": lambda x: np.concatenate([x, 2 * x], axis=1),
    "cumulated": lambda x: np.cumsum(x, axis=1),
    "copied": lambda x: make_anew([row * 2 for row in x]),
    "a list of rows": lambda x: np.stack([row.sum() for row in x]),
}


def change_part(x):
    x[np.array([0, 1]), np.array([2, 0])] -= 1
    x[0] = x[1] * 2
    x[:, 1] *= 3
    np.add.at(x, np.array([0, 0, 1]), x[0])
    x[...] = x / 2
    return x


DONE["changed in its place"] = lambda x: change_part(x.copy())
DONE["a view that is changed"] = lambda x: [y := x.copy(), change_part(y.T.T), y][2]


@pytest.mark.parametrize("name", DONE)
def test_each_lane_has_what_it_has_alone(name):
    ways = np.random.default_rng(1).standard_normal((4, 2, 3))
    made = DONE[name](put_in_lanes(X, list(enumerate(ways)), 5))  # the last lane does not move
    assert has_lanes(made)
    for lane, way in enumerate([*ways, 0 * X]):
        alone = DONE[name](X + 1j * STEP * way)
        assert np.allclose(made.lanes[lane].real, alone.real, rtol=1e-14)
        assert np.allclose(made.lanes[lane].imag / STEP, alone.imag / STEP, rtol=1e-12, atol=1e-12)
        assert np.shape(made) == np.shape(alone)


def test_what_does_not_move_has_no_lanes():
    moved = put_in_lanes(X, [(0, X)], 2)
    for still in (moved.real, moved.real > 0, np.argmax(moved, axis=1)):
        assert not has_lanes(still)
    assert read_slopes(np.sum(X), 2) is None
    assert list(read_slopes(np.sum(moved**2), 2)) == [pytest.approx(2 * np.sum(X * X)), 0]


def test_an_array_with_lanes_is_moved_in_its_place_and_another_made_anew():
    plain = X.astype(complex)
    assert move_value(plain, LaneMoves(2, [(0, X)]), in_place=True) is not plain
    roomy = make_room(X.astype(complex), put_in_lanes(X, (), 2))
    assert move_value(roomy, LaneMoves(2, [(1, X)]), in_place=True) is roomy
    assert read_slopes(np.sum(roomy), 2)[1] == pytest.approx(np.sum(X))
