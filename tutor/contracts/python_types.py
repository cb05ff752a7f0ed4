"""The type of numbers that PyTorch makes by itself: 32 bits where nobody says more, while the tensors that are given may have 64."""

from __future__ import annotations

import ast
from collections.abc import Collection

from tutor.contracts.python_rows import FUNCTION_ROWS

_MADE = {"full", "eye", "ones", "zeros"}
_OF_NUMBERS = {text[len("np.") : -len("({0})")] for text in FUNCTION_ROWS.values() if text.startswith("np.") and text.endswith("({0})")}
"""What PyTorch computes of a tensor only, and NumPy of a number, too."""


def give_types(node: ast.expr, like: str, numbers: Collection[str] = ()) -> ast.expr:
    """An expression of PyTorch whose made tensors have the type of a tensor that is given; ``numbers`` are names of sizes.

    >>> ast.unparse(give_types(ast.parse("x * torch.where(x > 0, 1, 0.1) + torch.eye(2)", mode="eval").body, "x"))
    'x * torch.where(x > 0, 1, torch.tensor(0.1, dtype=x.dtype)) + torch.eye(2, dtype=x.dtype)'
    """
    made = _TypeGiver(like, numbers).visit(node)
    assert isinstance(made, ast.expr)
    return made


class _TypeGiver(ast.NodeTransformer):
    def __init__(self, like: str, numbers: Collection[str]) -> None:
        self.like, self.numbers = like, {*numbers, "torch"}

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute) or ast.unparse(node.func.value) != "torch":
            return node
        word = node.func.attr
        if word in _MADE and not any(one.arg == "dtype" for one in node.keywords):
            node.keywords.append(self._write_type())
        elif word == "where" and all(map(self._is_number, node.args[1:])):
            node.args[2] = self._make(node.args[2])
        elif word in _OF_NUMBERS and len(node.args) == 1 and self._is_number(node.args[0]):
            node.args[0] = self._make(node.args[0])
        return node

    def _is_number(self, node: ast.expr) -> bool:
        return not any(
            isinstance(part, ast.Call) or (isinstance(part, ast.Name) and part.id not in self.numbers)
            for part in ast.walk(node)
        )

    def _write_type(self) -> ast.keyword:
        return ast.keyword("dtype", ast.Attribute(ast.Name(self.like, ast.Load()), "dtype", ast.Load()))

    def _make(self, node: ast.expr) -> ast.expr:
        return ast.Call(
            ast.Attribute(ast.Name("torch", ast.Load()), "tensor", ast.Load()), [node], [self._write_type()]
        )
