"""What statements assign, what the loss needs of them, and which of their names are computed."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from typing import Any

from tutor.code.code_values import ValueEvent
from tutor.code.guess_shapes import COUNTS
from tutor.code.line_edits import LineEdit
from tutor.code.pair_functions import LOSS_WORDS, split_gradient
from tutor.code.parts_of_formulas import LIBRARY
from tutor.code.targets import spell_target
from tutor.numbers.arrays import np


def group_by_line(events: Sequence[ValueEvent]) -> dict[int, list[Any]]:
    """The values that each line gave, in their order."""
    found: dict[int, list[Any]] = {}
    for event in events:
        found.setdefault(event.line, []).append(event.value)
    return found


def leave_line(node: ast.AST) -> LineEdit:
    """No change of a line; one that gives a gradient None is not written yet."""
    assert isinstance(node, ast.stmt)
    value = node.value if isinstance(node, ast.Assign) else ast.Pass()
    tag = "unwritten" if isinstance(value, ast.Constant) and value.value is None else ""
    return LineEdit(tag, node, (node,))


def is_same(one: Any, two: Any) -> bool:
    """Whether two numbers are the same, as far as floats tell."""
    if one is None or two is None:
        return False
    return bool(np.allclose(one, two, rtol=1e-9, atol=1e-12))


def is_used_later(nodes: Iterable[ast.AST], name: str) -> bool:
    r"""Whether a name is used in a statement that gives its value to something else.

    >>> body = ast.parse("dW = x\ndW /= 2\ngrads['W'] = dW").body
    >>> is_used_later(body, "dW"), is_used_later(body[:2], "dW")
    (True, False)
    """
    return any(
        isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
        for node in nodes
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and name not in name_targets(node)
        for part in ast.walk(node)
    )


def name_targets(node: ast.AST) -> set[str]:
    """The names that a statement assigns, the last word of each."""
    targets: list[ast.AST] = (
        list(node.targets)
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AugAssign | ast.AnnAssign)
        else []
    )
    found: set[str] = set()
    while targets:
        part = targets.pop()
        if isinstance(part, ast.Tuple | ast.List):
            targets += part.elts
        elif isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.Subscript):
            if isinstance(part.slice, ast.Constant) and isinstance(part.slice.value, str):
                found.add(part.slice.value)
            else:
                targets.append(part.value)
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and node.value.args
        and isinstance(node.value.args[0], ast.Name)
    ):
        found.add(node.value.args[0].id)
    return found


def find_loss_names(nodes: Sequence[ast.AST]) -> tuple[set[str], int]:
    """The names that the loss is computed from, and the last line that computes it."""
    needed = {name for node in nodes for name in name_targets(node) if LOSS_WORDS.match(name)}
    last = max((getattr(node, "lineno", 0) for node in nodes if name_targets(node) & needed), default=0)
    if not needed:
        last = 0
    gradients = {name for node in nodes for name in name_targets(node) if split_gradient(name) and name not in needed}
    growing = True
    while growing:
        growing = False
        for node in nodes:
            if name_targets(node) & needed and getattr(node, "value", None) is not None:
                used = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}  # type: ignore[attr-defined]
                more = used - needed - gradients - set(LIBRARY)
                if more:
                    needed |= more
                    growing = True
    return needed - gradients, last


def is_taken_out(node: ast.AST) -> bool:
    """Whether a statement only gives names to what a cache holds: ``x, w, b = cache``.

    >>> is_taken_out(ast.parse("x, w = cache").body[0]), is_taken_out(ast.parse("dscores = probs").body[0])
    (True, False)
    >>> is_taken_out(ast.parse("grads['b'] = dscores").body[0]), is_taken_out(ast.parse("coeff[rows, y] = count").body[0])
    (False, False)
    >>> is_taken_out(ast.parse("x, z = caches[l]").body[0]), is_taken_out(ast.parse("x, z = caches[l - 1]").body[0])
    (True, False)
    >>> is_taken_out(ast.parse("g = grad_output").body[0]), is_taken_out(ast.parse("n = x.shape[0]").body[0])
    (False, False)
    """
    plain = isinstance(node, ast.Assign) and isinstance(
        node.value, ast.Name | ast.Attribute | ast.Subscript | ast.Tuple
    )
    if not plain or not isinstance(node, ast.Assign) or any(map(is_at_places, node.targets)):
        return False
    if isinstance(node.value, ast.Subscript) and isinstance(node.value.slice, ast.BinOp):  # x, z = caches[l - 1]: it may be another
        return False
    if isinstance(node.value, ast.Name) and split_gradient(node.value.id):  # g = grad_output: what it is times may be left out
        return False
    if isinstance(node.targets[0], ast.Name) and (is_length(node.value) or (
        isinstance(node.value, ast.Name) and COUNTS.match(node.value.id) and COUNTS.match(node.targets[0].id)
    )):  # n = x.shape[0], m = N: the count of something else
        return False
    keys = {spell_target(target)[1] for target in node.targets if not isinstance(target, ast.Tuple | ast.List)}
    return not any(split_gradient(name) for name in name_targets(node) | keys)


def is_length(node: ast.AST) -> bool:
    """Whether something is the length of an axis, ``x.shape[0]``."""
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape"


def is_at_places(target: ast.AST) -> bool:
    """Whether what is assigned to is a part of an array.

    >>> [is_at_places(ast.parse(text).body[0].targets[0]) for text in ("coeff[rows, y] = 1", "grads['b'] = 1", "b = 1")]
    [True, False, False]
    """
    return isinstance(target, ast.Subscript) and not (isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str))


def list_called(tree: ast.Module, line: ast.AST) -> list[ast.FunctionDef]:
    r"""The functions of a file that a line calls; where it calls what it was given, ``self.slope(z)``, those that are given anywhere.

    Of methods, ``layer.backward(grad)``, those of any class.

    >>> tree = ast.parse("def f(z): return z\ndef g(z): return z\ndef h(z, slope=g): return slope(z)")
    >>> [[one.name for one in list_called(tree, ast.parse(text))] for text in ("f(1)", "slope(z)", "z.sum()")]
    [['f'], ['g'], []]
    """
    functions = {part.name: part for part in tree.body if isinstance(part, ast.FunctionDef)}
    calls = [part.func for part in ast.walk(line) if isinstance(part, ast.Call)]
    named = {one.id for one in calls if isinstance(one, ast.Name)}
    given = any(isinstance(one, ast.Subscript) or _is_own(one) for one in calls) or bool(named - {*functions} - {*dir(builtins)})
    if given:
        called = {id(part.func) for part in ast.walk(tree) if isinstance(part, ast.Call)}
        loaded = (part for part in ast.walk(tree) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load))
        named |= {part.id for part in loaded if id(part) not in called}
    methods = {one.attr for one in calls if isinstance(one, ast.Attribute) and getattr(one.value, "id", "") not in ("np", "numpy", "torch")}
    kept = [part for owner in tree.body if isinstance(owner, ast.ClassDef) for part in owner.body if isinstance(part, ast.FunctionDef)]
    kept = [part for part in kept if part.name in methods and not any(one is line for one in ast.walk(part))]
    return [*(function for name, function in functions.items() if name in named), *kept]


def _is_own(node: ast.expr) -> bool:
    """Whether what is called is an attribute of the object itself: ``self.slope``."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
