"""Which product a formula over arrays means, and the shape that comes out."""

import pytest
from arrays_named import S

from tutor.expression.lexicon import STARRED
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.array_products import arrange_products
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.graph.shapes import shape_of

FITS = [  # formula, as it is understood, its shape
    ("A x", "matmul(A, x)", (2,)),
    ("A B", "matmul(A, B)", (2, 4)),
    ("A @ Q @ x", "matmul(matmul(A, Q), x)", (2,)),
    ("A @ (Q x)", "matmul(A, matmul(Q, x))", (2,)),
    ("y ⊙ A x", "hadamard(y, matmul(A, x))", (2,)),
    ("y ⊙ (1 - y) ⊙ A x", "hadamard(hadamard(y, 1 - y), matmul(A, x))", (2,)),
    ("y ⊙ A @ x", "hadamard(y, matmul(A, x))", (2,)),
    ("A ⊙ A x", "matmul(hadamard(A, A), x)", (2,)),
    ("2 A x", "matmul(2*A, x)", (2,)),
    ("A^T y", "matmul(transpose(A), y)", (3,)),
    ("x u", "hadamard(x, u)", (3,)),
    ("x*u*x", "hadamard(hadamard(x, u), x)", (3,)),
    ("A A", "hadamard(A, A)", (2, 3)),
    ("Q @ R", "matmul(Q, R)", (3, 3)),
    ("Q ⊙ R", "hadamard(Q, R)", (3, 3)),
    ("Q * R", "hadamard(Q, R)", (3, 3)),
    ("2*Q*R*Q", "hadamard(hadamard(2*Q, R), Q)", (3, 3)),
    ("-Q*-R/2", "-hadamard(Q, -R)/2", (3, 3)),
    ("\\frac{Q*R}{2} x", "matmul(hadamard(Q, R)/2, x)", (3,)),
    ("x^T*Q @ u", "matmul(matmul(transpose(Q), x), u)", ()),
    ("x*A", "hadamard(rows(x, 2), A)", (2, 3)),
    ("A + x", "A + rows(x, 2)", (2, 3)),
    ("Q + x", "Q + rows(x, 3)", (3, 3)),
    ("W X + b", "matmul(W, X) + columns(b, N)", ("m", "N")),
    ("A + 2*c", "A + fill(2*c, 2, 3)", (2, 3)),
    ("Q R^T", "matmul(Q, transpose(R))", (3, 3)),
    ("C @ D", "matmul(C, D)", (4, 2, 2)),
    ("C D", "matmul(C, D)", (4, 2, 2)),
    ("C Q", "matmul(C, Q)", (4, 2, 3)),
    ("A E", "matmul(A, E)", (4, 2, 3)),
    ("F Q", "matmul(F, Q)", (5, 4, 2, 3)),
    ("C C", "hadamard(C, C)", (4, 2, 3)),
    ("E * E", "hadamard(E, E)", (4, 3, 3)),
    ("E E^T", "matmul(E, transpose(E))", (4, 3, 3)),
    ("C^T", "transpose(C)", (4, 3, 2)),
    ("C + batch(A, 4)", "C + batch(A, 4)", (4, 2, 3)),
    ("concat(C, batch(A, 2))", "concat(C, batch(A, 2))", (6, 2, 3)),
    ("C[4, 2, 1]", "C_4_2_1", ()),
    ("c A", "c*A", (2, 3)),
    ("c x + 1", "c*x + 1", (3,)),
    ("1 - x", "1 - x", (3,)),
    ("x^2/2", "x^2/2", (3,)),
    ("c^2 + d", "c^2 + d", ()),
    ("sigmoid(A x)", "sigmoid(matmul(A, x))", (2,)),
    ("max(0, x)", "max(0, x)", (3,)),
    ("A x + fill(c, 2)", "matmul(A, x) + fill(c, 2)", (2,)),
    ("W X + columns(b, N)", "matmul(W, X) + columns(b, N)", ("m", "N")),
    ("X^T W^T + rows(b, N)", "matmul(transpose(X), transpose(W)) + rows(b, N)", ("N", "m")),
    ("x^T u", "matmul(x, u)", ()),
    ("2 x^T u", "matmul(2*x, u)", ()),
    ("x @ u", "matmul(x, u)", ()),
    ("y x^T", "outer(y, x)", (2, 3)),
    ("c y x^T", "outer(c*y, x)", (2, 3)),
    ("y^T A", "matmul(transpose(A), y)", (3,)),
    ("x^T A^T", "matmul(A, x)", (2,)),
    ("y^T A x", "matmul(y, matmul(A, x))", ()),
    ("y^T A B", "matmul(transpose(matmul(A, B)), y)", (4,)),
    ("x^T Q x", "matmul(x, matmul(Q, x))", ()),
    ("1/2 x^T Q x", "matmul(1/2*x, matmul(Q, x))", ()),
    ("x^T @ Q @ x", "matmul(matmul(transpose(Q), x), x)", ()),
    ("x^T u x", "matmul(x, u)*x", (3,)),
    ("x u^T x", "matmul(outer(x, u), x)", (3,)),
    ("convolve(A, A)", "convolve(A, A)", (1, 1)),
    ("correlate(x, y)", "correlate(x, y)", (2,)),
    ("correlate(x, x, 2, 1)", "correlate(x, x, 2, 1)", (2,)),
    ("max_pool(A, 2)", "max_pool(A, 2)", (1, 1)),
    ("average_pool(x, 2, 1)", "average_pool(x, 2, 1)", (2,)),
    ("flatten(A)", "flatten(A)", (6,)),
    ("unflatten(flatten(A), 3, 2)", "unflatten(flatten(A), 3, 2)", (3, 2)),
    ("concat(x, y)", "concat(x, y)", (5,)),
    ("softmax(x)", "softmax(x)", (3,)),
    ("pi*x", "pi*x", (3,)),
    ("leaky_relu(A, 0.1)", "leaky_relu(A, 0.1)", (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "understood", "shape"), FITS)
def test_what_fits(text, understood, shape):
    expr = arrange_products(parse(text, functions={*LAYER_FUNCTIONS, STARRED}), S)
    assert write_plain(expr) == understood
    assert shape_of(expr, S) == shape
