"""Formulas over layers for print: shapes under the factors, and matrices of numbers cut to the page."""

from fractions import Fraction

import pytest

from tutor.explain.layer_formulas import MAX_COLUMNS, MAX_NARROW, MAX_ROWS, dress_expr, matrix, strip_shapes
from tutor.expression.nodes import Call, Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.array_products import arrange_products
from tutor.graph.entries import Array
from tutor.graph.layered import LAYER_FUNCTIONS

SHAPES = {"W": (2, 3), "V": (3, 2), "x": (3,), "b": (2,), "c": (), "X": ("n", "N"), "U": ("m", "n")}


def formula(text):
    return arrange_products(parse(text, functions=LAYER_FUNCTIONS), SHAPES)


DRESSED = [
    ("W x", "matmul(shaped(W, 2, 3), shaped(x, 3, 1))"),
    ("W x + b", "matmul(shaped(W, 2, 3), shaped(x, 3, 1)) + shaped(b, 2, 1)"),
    ("V^T x", "matmul(shaped(transpose(V), 2, 3), shaped(x, 3, 1))"),
    ("outer(b, x)", "matmul(shaped(b, 2, 1), shaped(transpose(x), 1, 3))"),
    ("U X", "matmul(shaped(U, m, n), shaped(X, n, N))"),
    ("sigmoid(b)", "shaped(sigmoid(b), 2, 1)"),
    ("c", "c"),
    ("fill(1, 2, 3)", "shaped(fill(1, 2, 3), 2, 3)"),
    ("2*c", "2*c"),
]


@pytest.mark.parametrize(("text", "expected"), DRESSED)
def test_every_factor_has_its_shape(text, expected):
    assert write_plain(dress_expr(formula(text), SHAPES)) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("sigmoid(columns(b, 3))", "shaped(sigmoid(matmul(b, transpose(sized(fill(1, 3), 3)))), 2, 3)"),
    ("sigmoid(row_sums(U))", "shaped(sigmoid(matmul(U, sized(fill(1, n), n))), m, 1)"),
    ("sigmoid(column_sums(U))", "shaped(sigmoid(matmul(transpose(U), sized(fill(1, m), m))), n, 1)"),
    ("sigmoid(rows(b, 3))", "shaped(sigmoid(matmul(sized(fill(1, 3), 3), transpose(b))), 3, 2)"),
    ("sigmoid(U + fill(2, m, n))", "shaped(sigmoid(U + 2*sized(fill(1, m, n), m, n)), m, n)"),
])  # fmt: skip
def test_ones_inside_a_function_have_their_number_as_an_index(text, expected):
    assert write_plain(dress_expr(formula(text), SHAPES)) == expected


@pytest.mark.parametrize("text", [row[0] for row in DRESSED if "outer" not in row[0]])
def test_the_shapes_come_off_again(text):
    assert strip_shapes(dress_expr(formula(text), SHAPES)) == formula(text)


def entries(rows, columns):
    return Array((rows, columns), tuple(Fraction(10 * i + j) for i in range(1, rows + 1) for j in range(1, columns + 1)))


def drawn(array, **settings):
    """The entries of a matrix as texts, row after row."""
    made = matrix(array, 6, **settings)
    assert isinstance(made, Call)
    width = int(made.args[0].text)
    texts = [{"dots": "…", "down": "⋮"}.get(item.func, "?") if isinstance(item, Call) else write_plain(item) for item in made.args[1:]]
    return [texts[place : place + width] for place in range(0, len(texts), width)]


def test_a_small_matrix_is_written_in_full():
    assert drawn(entries(2, 3)) == [["11", "12", "13"], ["21", "22", "23"]]
    full = drawn(entries(MAX_ROWS, MAX_COLUMNS))
    assert len(full) == MAX_ROWS
    assert "…" not in full[0]


def test_a_large_matrix_has_its_corners():
    rows, columns = MAX_ROWS + 3, MAX_NARROW + 3
    corners = drawn(entries(rows, columns))
    assert len(corners) == MAX_ROWS
    assert all(len(row) == MAX_COLUMNS for row in corners)
    assert corners[0][0] == "11"
    assert corners[0][-1] == str(10 + columns)
    assert corners[-1][-1] == str(10 * rows + columns)
    assert len(drawn(entries(rows, MAX_NARROW - 2))[0]) == MAX_NARROW - 2  # a picture of digits is shown whole
    assert corners[0][-2] == "…"
    wide = Array((2, 5), tuple(Fraction(10 * i + 1, 70_001) for i in range(10)))
    assert "…" in drawn(wide)[0]
    assert len(drawn(wide, width=55)[0]) == 5  # what is given is shown as far as it has room
    assert set(corners[-2]) == {"⋮"}


def test_a_vector_and_a_number():
    assert drawn(Array((2,), (Fraction(1), Fraction(2)))) == [["1"], ["2"]]
    assert matrix(Array((), (Fraction(1, 2),)), 6) == Number("0.5")
