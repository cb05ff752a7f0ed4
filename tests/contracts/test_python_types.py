"""Numbers that PyTorch makes have the type of the tensors that are given: a gradient in double precision is one."""

import ast

import pytest

from tutor.contracts.python_types import give_types


@pytest.mark.parametrize(("text", "made"), [
    ("torch.full((2, n), 1.0)", "torch.full((2, n), 1.0, dtype=x.dtype)"),
    ("torch.eye(2)[0] @ x", "torch.eye(2, dtype=x.dtype)[0] @ x"),
    ("torch.where(m, 1, torch.where(k, 0, 0.1))", "torch.where(m, 1, torch.where(k, 0, torch.tensor(0.1, dtype=x.dtype)))"),
    ("torch.where(m, z, 0)", "torch.where(m, z, 0)"),  # as z
    ("torch.exp(-n / 2)", "torch.exp(torch.tensor(-n / 2, dtype=x.dtype))"),
    ("torch.exp(z) + np.exp(2)", "torch.exp(z) + np.exp(2)"),
    ("torch.eye(k, dtype=x.dtype)[y]", "torch.eye(k, dtype=x.dtype)[y]"),
])  # fmt: skip
def test_a_type_is_given_where_there_is_none(text, made):
    assert ast.unparse(give_types(ast.parse(text, mode="eval").body, "x", {"n"})) == made
