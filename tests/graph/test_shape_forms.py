"""What changes shapes, by the operations that it is made of."""

import pytest
from written_arrays import write_arranged

from tutor.errors import GraphError


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("concat(x, x, x)", "concat(concat(x, x), x)"), ("concat(A, A, axis=1)", "concat_row(A, A)"),
        ("stack(x, x)", "concat(keep_column(x), keep_column(x))"), ("stack(x, x, axis=1)", "concat_row(keep_row(x), keep_row(x))"),
        ("A.reshape(3, -1)", "unflatten(flatten(A), 3, 2)"), ("A.reshape(6)", "flatten(A)"), ("A.reshape((6,))", "flatten(A)"),
        ("flatten(x)", "x"),
        ("x.reshape(3, 1)", "unflatten(x, 3, 1)"),
        ("T.transpose(0, 2, 1, 3)", "axes_1324(T)"), ("transpose(A)", "transpose(A)"), ("transpose(A, 0, 1)", "A"),
        ("A.swapaxes(0, 1)", "transpose(A)"),
        ("T.transpose(1, 2)", "axes_1324(T)"),
        ("T.T", "axes_4321(T)"), ("T.mT", "transpose(T)"), ("T^T", "transpose(T)"), ("x.T", "x"), ("A @ x.T", "matmul(A, x)"),
        ("x x.T", "outer(x, x)"), ("A.T**2", "transpose(A)^2"), ("(A @ x) @ x.T", "outer(matmul(A, x), x)"),
        ("X.reshape(-1)", "flatten(X)"), ("concat(X, X)[0:N]", "part(concat(X, X), 0, N)"),
    ],
)  # fmt: skip
def test_what_it_is_made_of(text, written):
    assert write_arranged(text) == written


@pytest.mark.parametrize(("text", "said"), [
    ("concat(x)", "concat of one array"), ("stack(unsqueeze(T, 0), unsqueeze(T, 0))", "one axis more"),
    ("X.reshape(5, -1)", "what -1 stands for is not clear"),
    ("A.squeeze(0)", "axis 0 has more than one entry"),
    ("unsqueeze(unsqueeze(T, 0), 0)", "at most 5 axes"),
    ("unsqueeze(T, 0).transpose(1, 0, 2, 3, 4)", "has 5 axes: they are put in another order of up to 4 only"),
    ("unsqueeze(x)", "one axis more"),
    ("x @ x.T", "readers disagree about x @ x.T"),
    ("A.reshape(4, -1)", "what -1 stands for is not clear"), ("T.transpose(0, 1, 2, 2)", "each axis once"),
])  # fmt: skip
def test_what_is_refused(text, said):
    with pytest.raises(GraphError) as caught:
        write_arranged(text)
    assert said in str(caught.value)
