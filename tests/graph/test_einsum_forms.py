"""einsum by the operations that it is made of; what it computes is held against NumPy (tests/numpy_texts.py)."""

import pytest
from written_arrays import write_arranged

from tutor.errors import GraphError


@pytest.mark.parametrize(("text", "written"), [
    ("einsum('ij,jk->ik', A, transpose(A))", "matmul(A, transpose(A))"),
    ("einsum('ij,kj->ki', A, A)", "transpose(matmul(A, transpose(A)))"),
    ("einsum('ij->ji', A)", "transpose(A)"), ("einsum('ij->i', A)", "row_sums(A)"), ("einsum('i,i->', x, x)", "matmul(x, x)"),
])  # fmt: skip
def test_what_it_is_made_of(text, written):
    assert write_arranged(text) == written


@pytest.mark.parametrize(("text", "said"), [
    ("einsum('ij,jk->ik', A)", "einsum of 1 arrays"), ("einsum('ijk->i', A)", "the letters ijk for A"), ("einsum('ii->i', A)", "each once"),
    ("einsum('ij,ki->jk', A, A)", "i runs to"), ("einsum('ij->k', A)", "the letters k of the result"),
    ("einsum('i,j->ij', A, x)", "the letters i for A"),
])  # fmt: skip
def test_what_is_refused(text, said):
    with pytest.raises(GraphError) as caught:
        write_arranged(text)
    assert said in str(caught.value)
