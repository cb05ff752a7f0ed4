"""The penalties of a loss that a program does not have: its gradients have a part that is so many times the weights themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.code.guess_shapes import is_target
from tutor.code.named_updates import find_step
from tutor.code.pair_functions import BARE, split_gradient
from tutor.code.targets import spell_target

ONE = ast.Constant(1)


def list_penalties(body: ast.AST) -> list[str]:
    """Half the squares of the weights that a body adds to their gradients, ``dW += reg * W``, with what they are multiplied with.

    Of a part ``lam * np.sign(w)`` it is the sum of their absolute values; what is taken off has a minus in front.

    >>> list_penalties(ast.parse("dW1 = X.T @ d + reg * W1; dW2 += W2 * (lam / m); db = d.sum(0) + b2"))
    ['0.5 * reg * np.sum(W1 ** 2)', '0.5 * (lam / m) * np.sum(W2 ** 2)']
    >>> list_penalties(ast.parse("dw = (X.T @ e - lam * np.sign(w)) / n"))
    ['-(lam / n) * np.sum(np.abs(w))']
    >>> list_penalties(ast.parse("r = lam * w; grad = X.T @ e + r; w -= a * grad"))
    ['0.5 * lam * np.sum(w ** 2)']
    """
    found: list[str] = []
    assigned = [node for node in ast.walk(body) if isinstance(node, ast.Assign | ast.AugAssign)]
    given = _list_given(assigned)
    for node in assigned:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        own = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub)
        if not own and not isinstance(node, ast.Assign):
            continue
        taken = -1 if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub) else 1
        terms = [*_list_terms(node.value, given, taken, ONE)]
        for word in _list_words(spell_target(target)[1], assigned) if own or len(terms) > 1 else ():
            for before, term in terms:
                name, rate, is_sign = _divide(term, word)
                if rate is not None:
                    what = f"np.sum(np.abs({ast.unparse(name)}))" if is_sign else f"np.sum({ast.unparse(name)} ** 2)"
                    minus = "-" if before < 0 else ""
                    found.append(f"{minus}{'' if is_sign else '0.5 * '}{_bracket(rate)} * {what}")
    return list(dict.fromkeys(found))


def _list_given(assigned: list[ast.Assign | ast.AugAssign]) -> dict[str, ast.expr]:
    """The names that are given one value, and that once."""
    names = [ast.unparse(target) for node in assigned for target in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    plain = [node for node in assigned if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    return {ast.unparse(node.targets[0]): node.value for node in plain if names.count(ast.unparse(node.targets[0])) == 1}


def _list_words(key: str, assigned: list[ast.Assign | ast.AugAssign]) -> list[str]:
    """What a name is the gradient of; ``grad`` alone is that of what takes a step with it."""
    if not BARE.match(key):
        return split_gradient(key)
    steps = [step for step in map(find_step, assigned) if step is not None]
    return [spell_target(step.target)[1].rpartition(".")[2] for step in steps
            if any(isinstance(part, ast.Name) and part.id == key for part in ast.walk(step.value))]  # fmt: skip


def _list_terms(node: ast.expr, given: dict[str, ast.expr], before: int, factor: ast.expr) -> Iterator[tuple[int, ast.expr]]:
    """The terms of a sum with their signs, also where it is multiplied, ``(X.T @ e + lam * w) / n``, or has a name."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _list_terms(node.left, given, before, factor)
        yield from _list_terms(node.right, given, -before if isinstance(node.op, ast.Sub) else before, factor)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _list_terms(node.operand, given, -before, factor)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div) and _is_sum(node.left):
        yield from _list_terms(node.left, given, before, _multiply(factor, node.right, node.op))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _is_sum(node.right):
        yield from _list_terms(node.right, given, before, _multiply(factor, node.left, node.op))
    elif isinstance(node, ast.Name) and node.id in given and isinstance(given[node.id], ast.BinOp):
        own = {name: value for name, value in given.items() if name != node.id}
        yield from _list_terms(given[node.id], own, before, factor)
    else:
        yield before, node if factor is ONE else _multiply(node, factor, ast.Mult())


def _is_sum(node: ast.expr) -> bool:
    """Whether a value is a sum, or a multiple of one; none of a prediction and a target, ``w * x - y``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_sum(node.left) or _is_sum(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _is_sum(node.left)
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and not any(map(_is_target, (node.left, node.right)))


def _is_target(node: ast.expr) -> bool:
    base = node.value if isinstance(node, ast.Subscript) else node
    return isinstance(base, ast.Name) and is_target(base.id)


def _multiply(left: ast.expr, right: ast.expr, how: ast.operator) -> ast.expr:
    """A product, or a quotient, without a factor 1: ``w * (1 / n)`` is w / n."""
    if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Div) and right.left is ONE and isinstance(how, ast.Mult):
        return ast.BinOp(left, ast.Div(), right.right)
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div) and left.left is ONE and isinstance(how, ast.Mult):
        return ast.BinOp(right, ast.Div(), left.right)
    return right if left is ONE and isinstance(how, ast.Mult) else ast.BinOp(left, how, right)


def _divide(node: ast.expr, word: str) -> tuple[ast.expr, ast.expr | None, bool]:
    """The weights in a product, the other factors, and whether it takes their signs: ``reg * W``, ``W * (reg / m)``.

    Nothing where they are no factor.
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for own, other in ((node.left, node.right), (node.right, node.left)):
            inner = _find_signed(own)
            if _is_word(inner or own, word):
                return inner or own, other, inner is not None
        for own, other in ((node.left, node.right), (node.right, node.left)):
            name, rate, is_sign = _divide(own, word)
            if rate is not None:
                return name, ast.BinOp(rate, ast.Mult(), other), is_sign
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        name, rate, is_sign = _divide(node.left, word)
        if rate is not None:
            return name, ast.BinOp(rate, ast.Div(), node.right), is_sign
    return node, None, False


def _find_signed(node: ast.expr) -> ast.expr | None:
    """What the signs are taken of, ``np.sign(w)``."""
    is_call = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "sign" and len(node.args) == 1
    return node.args[0] if is_call and isinstance(node, ast.Call) else None


def _is_word(node: ast.expr, word: str) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and spell_target(node)[1].rpartition(".")[2] == word


def _bracket(node: ast.expr) -> str:
    """A factor as it is written in a product."""
    return f"({ast.unparse(node)})" if isinstance(node, ast.BinOp) else ast.unparse(node)
