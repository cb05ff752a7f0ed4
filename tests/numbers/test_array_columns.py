"""Formulas over arrays in floats at many points: every operation of the table as the entries have it, one by one."""

import random
from functools import reduce
from operator import add, mul
from string import ascii_lowercase

import numpy as np
import pytest

from tutor.errors import GraphError
from tutor.expression.nodes import Call, Name, Number
from tutor.expression.parse import parse
from tutor.graph.entries import Array, Entries
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.numbers import array_columns
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.floats import columns
from tutor.numbers.program import program

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




class ColumnEntries:
    """An algebra of columns: one column of points an entry."""

    def number(self, value):
        return np.array([float(value.value)])

    def add(self, terms):
        return reduce(add, terms)

    def multiply(self, factors):
        return reduce(mul, factors)

    def negate(self, value):
        return -value

    def divide(self, a, b):
        return a / b

    def power(self, a, b):
        return a**b

    def call(self, func, args):
        names = [f"a{place}" for place in range(len(args))]
        steps = program(Call(func, tuple(map(Name, names))))
        return columns(steps, dict(zip(names, args, strict=True)))[steps.result]


def work_out(expr, known, plain, monkeypatch):
    """The rows that the product finds, with NumPy's arrays or without."""
    monkeypatch.setattr(array_columns, "PLAIN", plain)
    given = {name: Array(SHAPES[name], tuple(value.reshape(-1, POINTS))) for name, value in known.items()} if plain else known
    with np.errstate(all="ignore"):
        found = ArrayColumns(given.__getitem__, POINTS).value(expr)
    return found.reshape(-1, found.shape[-1])


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("text", FORMULAS)
def test_an_operation_is_that_of_its_entries(text, plain, monkeypatch):
    known = arrays()
    expr = parse(text, functions=LAYER_FUNCTIONS, known=tuple(SHAPES))
    entries = {name: Array(SHAPES[name], tuple(value.reshape(-1, POINTS))) for name, value in known.items()}
    expected = Entries(entries, ColumnEntries()).value(expr)
    rows = np.stack([np.broadcast_to(item, (POINTS,)) for item in expected.items])
    found = work_out(expr, known, plain, monkeypatch)
    assert len(found) == len(rows)
    assert np.allclose(np.broadcast_to(found, rows.shape), rows)


FORMS = [  # a form, its letters with how far they run, and what it is
    ("sum_over(v, 2, at(W, j, v)*at(x, v))*at(y, j)", [("j", 3)], "jvP,vP,jP->jP", "Wxy"),
    ("sum_over(v, 2, at(W, j, v)*sum_over(v, 3, at(y, v)))", [("j", 3)], "jvP,uP->jP", "Wy"),  # a letter that runs again inside
    ("sum_over(v, 2, sum_over(v, 3, at(y, v))*at(x, v))", [], "uP,vP->P", "yx"),
    ("sum_over(v, 3, sum_over(v, 2, at(x, v))*at(y, v))", [], "uP,vP->P", "xy"),
    ("sum_over(v, 2, sum_over(v, 2, at(x, v)))", [], "aP,vP,vP,aP->P", None),
    ("at(W, j, i)*c", [("i", 2), ("j", 3)], "jiP,P->ijP", "Wc"),
    ("at(A, j, j)", [("j", 3)], "jjP->jP", "A"),
    ("at(y, j)", [("j", 3), ("i", 2)], "jP,iP->jiP", None),
    ("at(y, 2)*at(x, i)", [("i", 2)], None, None),
]  # fmt: skip


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(("text", "letters", "sums", "used"), FORMS, ids=[row[0] for row in FORMS])
def test_an_index_form(text, letters, sums, used, plain, monkeypatch):
    known = arrays()
    form = parse(text, functions=("sum_over", "at"))
    call = Call("indexed", (form, *(part for letter, size in letters for part in (Name(letter), Number(str(size))))))
    x, y = known["x"], known["y"]
    by_hand = {
        "sum_over(v, 2, sum_over(v, 2, at(x, v)))": 2 * x.sum(axis=0),
        "at(y, j)": np.broadcast_to(y[:, None], (3, 2, POINTS)),
        "at(y, 2)*at(x, i)": y[1] * x,
    }
    expected = np.einsum(sums, *(known[name] for name in used)) if used else by_hand[text]
    found = work_out(call, known, plain, monkeypatch)
    assert np.allclose(found, expected.reshape(-1, POINTS))


def test_a_share_of_exponentials_cannot_overflow():
    known = {"z": np.array([[1000.0], [1001.0]])}
    form = parse("exp(at(z, j))/sum_over(v, 2, exp(at(z, v)))", functions=("sum_over", "at", "exp"))
    found = ArrayColumns(known.__getitem__, 1).value(Call("indexed", (form, Name("j"), Number("2"))))
    assert np.allclose(found[:, 0], [1 / (1 + np.e), np.e / (1 + np.e)])


@pytest.mark.parametrize(("text", "expected"), [
    ("exp(at(z, j))/sum_over(v, 2, at(z, v))", np.exp([1, 2]) / 3), ("exp(at(z, j))/sum_over(v, 2, exp(at(z, j)))", [0.5, 0.5]),
])  # fmt: skip
def test_a_quotient_that_is_no_share_is_a_quotient(text, expected):
    known = {"z": np.array([[1.0], [2.0]])}
    form = parse(text, functions=("sum_over", "at", "exp"))
    found = ArrayColumns(known.__getitem__, 1).value(Call("indexed", (form, Name("j"), Number("2"))))
    assert np.allclose(found[:, 0], expected)


def test_a_product_of_more_factors_than_numpy_takes_at_once():
    known = {"x": np.array([[1.5], [0.5]])}
    form = parse("sum_over(v, 2, " + "*".join(["at(x, v)"] * 40) + ")", functions=("sum_over", "at"))
    assert np.allclose(ArrayColumns(known.__getitem__, 1).value(Call("indexed", (form,))), 1.5**40 + 0.5**40)


def nest_sums(letters, size, body):
    return "".join(f"sum_over({letter}, {size}, " for letter in letters) + body + ")" * len(letters)


@pytest.mark.parametrize("text", [
    nest_sums("abcd", 40, "(" + "+".join(f"at(x, {a})" for a in "abcd") + ")"),
    nest_sums(ascii_lowercase, 1, "*".join(f"at(u, {a})" for a in ascii_lowercase)),  # more axes than NumPy has
])  # fmt: skip
def test_sums_that_take_too_long_are_refused(text):
    known = {"x": np.ones((40, 1)), "u": np.ones((1, 1))}
    form = parse(text, functions=("sum_over", "at"))
    with pytest.raises(GraphError, match="too many products"):
        ArrayColumns(known.__getitem__, 1).value(Call("indexed", (form,)))
