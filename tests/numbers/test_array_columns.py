"""Formulas over arrays in floats at many points: every operation of the table as the entries have it, one by one."""

import random

import numpy as np
import pytest

from tutor.expression.nodes import Call, Name, Number
from tutor.expression.parse import parse
from tutor.graph.entries import Array, Entries
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.numbers import array_columns
from tutor.numbers.array_columns import ArrayColumns, ColumnEntries

SHAPES = {"W": (3, 2), "V": (2, 3), "x": (2,), "y": (3,), "A": (3, 3), "X": (4, 4), "K": (2, 2), "c": ()}
POINTS = 5
FORMULAS = [
    "W @ x", "W @ V", "V @ y + x", "outer(x, y)", "transpose(W)", "columns(y, 4)", "rows(x, 3)", "row_sums(W)", "column_sums(W)", "sum(W)",
    "mean(x)", "fill(c, 2, 3)", "softmax(y)", "softmax_columns(W)", "softmax_rows(W)", "correlate(X, K)", "convolve(X, K, 1, 1)",
    "max_pool(X, 2)", "average_pool(X, 2)", "flatten(W)", "unflatten(flatten(W), 2, 3)", "concat(x, y)", "one_hot(2, 3)", "entry(y, 2)",
    "hadamard(W, W)", "sigmoid'(y)", "relu(W @ x) - y*c", "A @ (A @ y)", "2*x/c + 1/3*x", "x^2", "exp(-x)",
]  # fmt: skip


def arrays(seed=1):
    chance = random.Random(seed)
    return {name: np.array([[chance.uniform(-2, 2) for _ in range(POINTS)] for _ in range(int(np.prod(shape)))]).reshape(*shape, POINTS)
            for name, shape in SHAPES.items()}  # fmt: skip


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("text", FORMULAS)
def test_an_operation_is_that_of_its_entries(text, plain, monkeypatch):
    known = arrays()
    expr = parse(text, functions=LAYER_FUNCTIONS, known=tuple(SHAPES))
    entries = {name: Array(SHAPES[name], tuple(value.reshape(-1, POINTS))) for name, value in known.items()}
    expected = Entries(entries, ColumnEntries()).value(expr)
    monkeypatch.setattr(array_columns, "PLAIN", plain)
    with np.errstate(all="ignore"):
        found = ArrayColumns(known.__getitem__, POINTS).value(expr)
    rows = np.stack([np.broadcast_to(item, (POINTS,)) for item in expected.items])
    assert np.allclose(np.broadcast_to(found.reshape(-1, found.shape[-1]), rows.shape), rows)


def test_an_index_form():
    known = arrays()
    form = parse("sum_over(v, 2, at(W, j, v)*at(x, v))*at(y, j)", functions=("sum_over", "at"))
    call = Call("indexed", (form, Name("j"), Number("3")))
    found = ArrayColumns(known.__getitem__, POINTS).value(call)
    assert np.allclose(found, np.einsum("jvp,vp->jp", known["W"], known["x"]) * known["y"])
