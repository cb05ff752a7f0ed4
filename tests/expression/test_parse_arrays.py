"""Reading matrices: @, ⊙ and the transpose, and what is said where there are none."""

import pytest

from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.rules.functions import FUNCTIONS

READ = [
    ("W @ x", "matmul(W, x)"), ("W@x + b", "matmul(W, x) + b"), ("A @ B @ x", "matmul(matmul(A, B), x)"),
    ("A ⊙ B", "hadamard(A, B)"), ("A⊙B ⊙ C", "hadamard(hadamard(A, B), C)"), ("W^T x", "transpose(W)*x"), ("Wᵀ x", "transpose(W)*x"),
    ("W⊤ x", "transpose(W)*x"), ("W^⊤ x", "transpose(W)*x"), ("W**T @ x", "matmul(transpose(W), x)"), ("(A B)^T", "transpose(A*B)"),
    ("2 A @ x", "matmul(2*A, x)"), ("A @ x*y", "matmul(A, x)*y"), ("A @ -x", "matmul(A, -x)"), ("-A @ x", "-matmul(A, x)"),
    ("A ⊙ sigmoid(z)", "hadamard(A, sigmoid(z))"), ("A^2 ⊙ B", "hadamard(A^2, B)"), ("A/B ⊙ C", "hadamard(A/B, C)"),
    ("A @ x^2", "matmul(A, x^2)"), ("sum((a - y)^2)/2", "sum((a - y)^2)/2"), ("convolve(x, k, 2, 1)", "convolve(x, k, 2, 1)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "read"), READ, ids=[row[0] for row in READ])
def test_what_is_read(text, read):
    found = parse(text, functions=LAYER_FUNCTIONS)
    assert write_plain(found) == read
    assert parse(write_plain(found), functions=LAYER_FUNCTIONS) == found


@pytest.mark.parametrize(("text", "sign", "column"), [("W @ x", "@", 2), ("A ⊙ B", "⊙", 2), ("Wᵀ x", "ᵀ", 1)])
def test_without_shapes(text, sign, column):
    with pytest.raises(ExpressionError, match=f"'{sign}' is for matrices, and here are none") as error:
        parse(text, functions=FUNCTIONS)
    assert error.value.hint == "give the quantities [shapes]"
    assert error.value.spot.splitlines()[1].index("^") == 4 + column


def test_t_is_a_quantity_where_there_are_no_matrices():
    assert write_plain(parse("W^T", functions=FUNCTIONS)) == "W^T"
    assert write_plain(parse("W^T", names=["W", "T"], functions=LAYER_FUNCTIONS)) == "W^T"
    assert write_plain(parse("W^t", functions=LAYER_FUNCTIONS)) == "W^t"


@pytest.mark.parametrize("text", ["A @", "@ x", "A ⊙ ⊙ B", "A @ / x", "ᵀ", "^T", "⊙"])
def test_what_is_no_formula(text):
    with pytest.raises(ExpressionError):
        parse(text, functions=LAYER_FUNCTIONS)
