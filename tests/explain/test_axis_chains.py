"""Broadcasting and sums over several axes printed as one sign, and read back as what they were."""

import pytest

from tutor.explain.axis_chains import gather_axes
from tutor.explain.layer_formulas import dress_expr, make_explicit, strip_shapes
from tutor.expression.parse import parse
from tutor.graph.array_products import arrange_products
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.notation.profile import Notation
from tutor.render.maths import latex, text

SHAPES = {"T": ("N", "C", "H", "W"), "A": ("B", "T", "K"), "M": ("B", 1, "K"), "b": ("K",), "X": ("N", "K"), "Q": ("K", "B", "T")}
ROWS = [
    ("A + b", "A + broadcast[B×T×·](b)"),
    ("hadamard(A, M)", "A ⊙ broadcast[·×T×·](M)"),
    ("X - b", "X − 𝟏 bᵀ"),
    ("A - mean(A, axis=-1, keepdims=True)", "A − broadcast[·×·×K](sum[row](A)/K)"),
    ("T - T.mean(axis=(0, 2, 3), keepdims=True)", "T − broadcast[N×·×H×W](sum[N×·×H×W](T)/(N·H·W))"),
    ("T.sum(axis=(1, 3))", "sum[·×C×·×W](T)"),
    ("T.sum(axis=1)", "sum[channel](T)"),
    ("A.sum(axis=(0, 1))", "sum[B×T×·](A)"),
    ("A.sum(axis=(0, 1), keepdims=True)", "sum[B×T×·](A)"),
    ("X.sum(axis=0)", "Xᵀ 𝟏"),
    ("T.sum(axis=(1, 3), keepdims=True).sum(axis=(0, 1, 3))", "sum[N×C×·×W](T)"),
    ("A.max()", "max(A)"), ("max(b, axis=0)", "max(b)"), ("A - max(A)", "A − max(A)·𝟏"),
    ("A.max(axis=(0, 1))", "max[col](max[col](A))"),
    ("c*A.sum(axis=(0, 1))", "c·sum[B×T×·](A)"),
]


def arranged(source):
    return arrange_products(parse(source, functions=LAYER_FUNCTIONS, known=(*SHAPES, "c")), SHAPES)


@pytest.mark.parametrize(("source", "shown"), ROWS, ids=[row[0] for row in ROWS])
def test_several_axes_are_one_sign(source, shown):
    expr = arranged(source)
    assert text(make_explicit(expr, SHAPES), Notation()) == shown
    assert text(strip_shapes(dress_expr(expr, SHAPES)), Notation()) == shown


def test_it_is_one_sign_in_latex_too():
    shown = latex(make_explicit(arranged("hadamard(A, M)"), SHAPES), Notation())
    assert shown == "A \\odot \\operatorname{broadcast}_{\\cdot \\times T \\times \\cdot}(M)"


@pytest.mark.parametrize("source", ["X - b", "A", "c*A", "softmax(A, axis=-1)", "A @ transpose(A, 0, 2, 1)", "X.sum(axis=0)"])
def test_what_is_no_such_sign_is_left(source):
    assert gather_axes(arranged(source), SHAPES) is None
