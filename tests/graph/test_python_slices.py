"""Slices as Python writes them, by the operations that they are made of."""

import pytest
from written_arrays import write_arranged

from tutor.errors import GraphError
from tutor.graph.layered import choose_sizes, from_layers, write_out


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A[:, 0:2]", "part_row(A, 0, 2)"), ("A[1:]", "part(A, 1, 1)"), ("A[:, :]", "A"), ("A[:, -1]", "drop_row(part_row(A, 2, 1))"),
        ("x[-1]", "entry(x, 3)"), ("x[:, None]", "keep_row(x)"), ("x[None, :]", "keep_column(x)"),
        ("T[..., 0]", "drop_row_each(part_row(T, 0, 1))"),
        ("X[:, None]", "keep_column_each(X)"), ("X[:, :]", "X"),
        ("X[1:]", "part(X, 1, N - 1)"), ("X[-1, :]", "drop_column(part(X, N - 1, 1))"),
        ("X[0:N - 1]", "part(X, 0, N - 1)"), ("X[h:2*h]", "part(X, h, h)"), ("X[-h:]", "part(X, N - h, h)"),
        ("X[h, :]", "drop_column(part(X, h, 1))"), ("X[:, h]", "drop_row(part_row(X, h, 1))"),
    ],
)  # fmt: skip
def test_what_it_is_made_of(text, written):
    assert write_arranged(text) == written


@pytest.mark.parametrize(("text", "said"), [
    ("x[3:]", "nothing, or more than there is"), ("x[:, 0]", "2 places in brackets"), ("A[5, :]", "there is no place 5"),
    ("X[N:]", "nothing, or more than there is"), ("X[:2*N]", "from 0 to 2N"),
    ("A[h:, :0]", "nothing, or more than there is"), ("T[None, :, None]", "at most 5 axes"),
])  # fmt: skip
def test_what_is_refused(text, said):
    with pytest.raises(GraphError) as caught:
        write_arranged(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(("line", "shape"), [
    ("L = sum(softmax(x[0:h]))", ("n",)), ("L = sum(x[h:2*h]^2)", (6,)), ("L = sum(x[-h:])", ("n",)),
])  # fmt: skip
def test_letters_inside_of_a_formula_are_sizes(line, shape):
    layered = from_layers([line], {"x": shape})
    small, sizes = choose_sizes(layered)
    assert "h" in layered.symbolic
    assert not layered.entries
    assert write_out(small).names
    assert sizes["h"] <= 3
