"""The penalties of a loss that a program does not have: its gradients have a part that is so many times the weights themselves."""

from __future__ import annotations

import ast

from tutor.code.pair_functions import split_gradient
from tutor.code.parts_of_formulas import list_operands
from tutor.code.targets import spell_target


def list_penalties(body: ast.AST) -> list[str]:
    """Half the squares of the weights that a body adds to their gradients, ``dW += reg * W``, with what they are multiplied with.

    >>> list_penalties(ast.parse("dW1 = X.T @ d + reg * W1; dW2 += W2 * (lam / m); db = d.sum(0) + b2"))
    ['0.5 * reg * np.sum(W1 ** 2)', '0.5 * (lam / m) * np.sum(W2 ** 2)']
    """
    found: list[str] = []
    for node in ast.walk(body):
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        own = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add)
        terms = [node.value] if own else [*list_operands(node.value, ast.Add)] if isinstance(node, ast.Assign) else []
        for word in split_gradient(spell_target(target)[1]) if own or len(terms) > 1 else ():
            for term in terms:
                name, rate = _divide(term, word)
                if rate is not None:
                    found.append(f"0.5 * {_bracket(rate)} * np.sum({ast.unparse(name)} ** 2)")
    return list(dict.fromkeys(found))


def _divide(node: ast.expr, word: str) -> tuple[ast.expr, ast.expr | None]:
    """The weights in a product, and the other factors: ``reg * W``, ``W * (reg / m)``; nothing where they are no factor."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for own, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(own, ast.Name | ast.Attribute | ast.Subscript) and spell_target(own)[1].rpartition(".")[2] == word:
                return own, other
        for own, other in ((node.left, node.right), (node.right, node.left)):
            name, rate = _divide(own, word)
            if rate is not None:
                return name, ast.BinOp(rate, ast.Mult(), other)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        name, rate = _divide(node.left, word)
        if rate is not None:
            return name, ast.BinOp(rate, ast.Div(), node.right)
    return node, None


def _bracket(node: ast.expr) -> str:
    """A factor as it is written in a product."""
    return f"({ast.unparse(node)})" if isinstance(node, ast.BinOp) else ast.unparse(node)
