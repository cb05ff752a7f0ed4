"""What takes an axis, by the operations that it is made of."""

import pytest
from written_arrays import write_arranged

from tutor.errors import GraphError


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("sum(X, axis=0)", "column_sums(X)"), ("sum(X, axis=1)", "row_sums(X)"), ("sum(X, axis=(0, 1))", "sum(X)"),
        ("sum(T, axis=1)", "channel_sums(T)"), ("sum(T, axis=(0, 2, 3))", "column_sums(row_sums(row_sums(T)))"),
        ("mean(X, axis=0)", "column_sums(X)/N"), ("mean(X, axis=0, keepdims=True)", "keep_column(column_sums(X)/N)"),
        ("max(X, axis=1)", "largest_row(X)"), ("softmax(X, axis=-1)", "softmax_rows(X)"), ("softmax(x, axis=0)", "softmax(x)"),
        ("norm(x)", "sqrt(sum(x^2))"), ("var(x)", "mean((x - fill(mean(x), 3))^2)"), ("X.shape[1]", "D"),
        ("var(X, axis=1)", "row_sums((X - columns(row_sums(X)/D, D))^2)/D"),
    ],
)  # fmt: skip
def test_what_it_is_made_of(text, written):
    assert write_arranged(text) == written


@pytest.mark.parametrize(("text", "said"), [
    ("sum(X, axis=2)", "has no axis 2"),     ("softmax(T, axis=(0, 1))", "where every row is a sample"),
    ("mean(c, axis=0)", "a number has no axes"), ("sum(X, x)", "x is no axis"),
])  # fmt: skip
def test_what_is_refused(text, said):
    with pytest.raises(GraphError) as caught:
        write_arranged(text)
    assert said in str(caught.value)
