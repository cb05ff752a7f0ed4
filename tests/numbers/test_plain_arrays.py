"""What stands in for NumPy, against NumPy: every function and operation that the product uses."""

import math

import numpy
import pytest

from tutor.numbers import plain_arrays as plain
from tutor.numbers.functions import PRIMITIVES, columns_of

ROW = [0.5, -1.25, 3.0, 0.0, math.nan, math.inf, -2.0, 0.5]
OTHER = [2.0, 0.0, -0.5, 1.0, 1.0, 1.0, 3.0, 0.5]
TABLE = [[1.0, -2.0, 0.25], [4.0, math.nan, 6.0]]


def both(compute):
    """The same computation with NumPy and without."""
    with numpy.errstate(all="ignore"):
        return [listed(compute(np)) for np in (numpy, plain)]


def listed(value):
    if isinstance(value, tuple | list):
        return [listed(one) for one in value]
    return value.tolist() if hasattr(value, "tolist") else value


def same(a, b):
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and math.isnan(a):
        return math.isnan(b)
    return a == pytest.approx(b, rel=1e-14, abs=1e-300) if isinstance(a, float) else a == b


WAYS = {
    "arithmetic": lambda np: [op(np.array(ROW), np.array(OTHER)) for op in OPERATIONS],
    "with numbers": lambda np: [op(np.array(ROW), 2.0) for op in OPERATIONS] + [op(1.5, np.array(ROW)) for op in OPERATIONS],
    "scalars": lambda np: [op(np.float64(1.5), np.float64(0.0)) for op in OPERATIONS] + [1.0 / np.float64(0.0), np.float64(2) ** 0.5],
    "scalars with arrays": lambda np: [op(np.float64(1.5), np.array(ROW)) for op in OPERATIONS],
    "rows and columns": lambda np: np.array(TABLE) * np.array([1.0, 2.0, 3.0]) + np.array([[1.0], [2.0]]),
    "comparisons": lambda np: [(np.array(ROW) > 0), np.array(ROW) <= np.array(OTHER), (np.array(ROW) > 0) & ~(np.array(OTHER) > 1)],
    "or": lambda np: (np.array(ROW) > 0) | (np.array(OTHER) > 1),
    "single entries": lambda np: [float(np.array(ROW)[1]), float(np.array(TABLE)[1, 2]), np.array(ROW)[2:5], np.array(TABLE)[0]],
    "columns": lambda np: [np.array(TABLE)[:, 0], np.array(TABLE)[[1, 0], 0], np.array(TABLE)[[1]]],
    "masks": lambda np: [np.array(ROW)[np.array(ROW) > 0], np.array(TABLE)[np.array([False, True])]],
    "places": lambda np: [np.array(ROW)[np.argsort(np.array(OTHER), kind="stable")], np.flatnonzero(np.array(ROW) > 0)],
    "written": lambda np: written(np),
    "where": lambda np: [np.where(np.array(ROW) > 0, 1.0, np.array(OTHER)), np.where(np.array(TABLE) > 0, np.array([1.0, 2.0, 3.0]), 0.0)],
    "finite": lambda np: [np.isfinite(np.array(ROW)), np.isfinite(np.array(ROW)).all(),
                          bool(np.isfinite(2.0)), np.isfinite(np.array(TABLE))],
    "axes": lambda np: [np.all(np.array(TABLE) > -5, axis=1), np.any(np.array(TABLE) > 5, axis=1), (np.array(TABLE) > 5).any(axis=1)],
    "rounding": lambda np: [np.round(np.array([1.234, -2.5]), 1),
                            np.floor(np.array([1.9, -1.9, math.nan]))],
    "logarithm": lambda np: [np.log10(np.array([100.0, 0.0, -1.0])), np.log1p(np.array([1e-20, 2.0])), np.abs(np.array(ROW))],
    "extremes": lambda np: [np.maximum(np.array(ROW), 0.0), np.minimum(np.array(ROW), np.array(OTHER)),
                            np.max(np.array(OTHER)), np.ptp(np.array(OTHER))],
    "made": lambda np: [np.zeros(3), np.ones((2, 2)), np.full(2, 1.5), np.arange(4), np.zeros(2, dtype=bool), np.ones(2, dtype=bool)],
    "joined": lambda np: [np.concatenate([np.array(TABLE), np.array(TABLE)]), np.stack([np.array(OTHER), np.array(OTHER)])],
    "repeated": lambda np: [np.repeat(np.atleast_2d(np.array(OTHER)), 2, axis=0), np.broadcast_to(np.array([1.0, 2.0]), (3, 2))],
    "one repeated": lambda np: [np.broadcast_to(np.asarray(2.0, dtype=float), (3,)), np.atleast_2d(np.array([1.0]))],
    "counted": lambda np: [int(np.count_nonzero(np.array(ROW) > 0)), np.size(np.array(ROW)), np.size(1.0), (np.array(OTHER) > 1).argmax()],
    "turned": lambda np: np.roll(np.array(OTHER), 3),
    "near": lambda np: np.isclose(np.array([1.0, 1.1]), np.array([1.0 + 1e-13, 1.0]), rtol=1e-12),
    "codes": lambda np: 2 ** np.arange(2) @ (np.array([[True, False], [True, True]])),
    "flat": lambda np: [np.asarray(np.array(TABLE)).reshape(-1), np.asarray(np.float64(3.0)).reshape(-1)],
    "sizes": lambda np: [np.array(TABLE).shape[0], np.array(TABLE).ndim, np.float64(1).ndim, len(np.array(ROW)), np.array(ROW).size],
}  # fmt: skip
OPERATIONS = (
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, lambda a, b: abs(a) ** b, lambda a, b: -a,
)  # fmt: skip


def written(np):
    one, two = np.array(OTHER), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    one[2] = 7.0
    one[np.array(OTHER) > 2] = 9.0
    two[[0, 2]] = np.array([[0.0, 1.0], [2.0, 3.0]])
    two[[1]] = np.array([8.0])
    one[3:5] = 0.5
    return [one, two]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_as_numpy(way):
    real, stand_in = both(WAYS[way])
    assert same(real, stand_in), (real, stand_in)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive_over_columns(name):
    row = PRIMITIVES[name]
    columns = ([0.5, -1.25, 3.0, 0.0, math.nan, -40.0], [2.0, 0.0, -0.5, 1.0, 1.0, 3.0], [1.0] * 6)[: row.arity]
    real, stand_in = both(lambda np: columns_of(row, np)(*map(np.array, columns)))
    assert same(real, stand_in), (real, stand_in)


def test_what_is_a_key_and_a_truth():
    one = plain.array([1.0, 2.0])
    assert plain.array([1.0, 2.0]).tobytes() == one.tobytes() != plain.array([1.0, 3.0]).tobytes()
    assert bool(plain.array([1.0]) > 0)
    with plain.errstate(all="ignore"):
        assert math.isnan(plain.nan)


def test_runs_of_a_row_are_put_together_as_numpy_does():
    values, cells = [0.5, -2.0, 3.0, 3.5, 1.0], [1.0, 1.0, 2.0, 2.0, 5.0]

    def put_together(np):
        starts = np.flatnonzero(np.diff(np.array(cells), prepend=math.nan) != 0)
        row = np.array(values)
        return [part.tolist() for part in (starts, np.maximum.reduceat(row, starts), np.add.reduceat(row, starts))]

    assert put_together(plain) == put_together(numpy) == [[0, 2, 4], [0.5, 3.5, 1.0], [-1.5, 6.5, 1.0]]
