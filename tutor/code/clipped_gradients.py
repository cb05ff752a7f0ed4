"""Gradients that are made shorter before a step, where they are too long: ``if norm > c: g *= c / norm``.

They are judged as they are before: what is made of them is part of the step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from tutor.code.exchanged_parts import exchange_statements, find_function
from tutor.code.named_updates import find_step
from tutor.code.pair_functions import BARE, STORE, BackwardPlan, split_gradient
from tutor.errors import Told, tell
from tutor.program.source import Source

_LENGTHS = re.compile(r"^(norm|hypot)$")
_ROOTS = re.compile(r"^(sqrt|sum)$")
_LIMITS = re.compile(r"^(clip|clamp|clip_)$")
_SHORT = re.compile(r"^(g|gr|d)$")


def leave_clipping(source: Source) -> Source:
    r"""A program without the statements that make its gradients shorter; the same one where there are none.

    >>> from tutor.program.source import read_source
    >>> text = "dw = x * e\nnorm = np.linalg.norm(dw)\nif norm > 5:\n    dw = dw * 5 / norm\nw -= a * dw"
    >>> print(ast.unparse(leave_clipping(read_source(text, "f.py")).tree))
    dw = x * e
    norm = np.linalg.norm(dw)
    pass
    w -= a * dw
    """
    made: dict[int, Sequence[ast.stmt]] = {}
    bodies: list[ast.FunctionDef | ast.Module] = [part for part in ast.walk(source.tree) if isinstance(part, ast.FunctionDef)]
    for body in (source.tree, *bodies):
        found = {id(node): node for node in list_clipping(body)}
        idle = (part for part in ast.walk(body) if isinstance(part, ast.If) and not part.orelse and {*map(id, part.body)} <= {*found})
        made |= {id(node): [ast.copy_location(ast.Pass(), node)] for node in (*found.values(), *idle)}
    return exchange_statements(source, made)


def tell_clipping(source: Source, plan: BackwardPlan) -> Iterator[Told]:
    """The lines of a backward pass that make its gradients shorter, said."""
    body = find_function(source.tree, plan.owner, plan.backward) if plan.backward else source.tree
    lines = sorted({node.lineno for node in list_clipping(body)}) if body is not None else []
    if lines:
        yield tell("the gradients are judged as they are before line {line}, which limits them", line=lines[0])


def list_clipping(body: ast.FunctionDef | ast.Module) -> list[ast.stmt]:
    """The statements of a body that divide gradients by their length, or limit their entries.

    >>> text = "dw = X.T @ e; dw = np.clip(dw, -1, 1); s = c / np.linalg.norm(dw); dw *= s; w = np.clip(w, 0, 1); db = db / n"
    >>> [ast.unparse(node) for node in list_clipping(ast.parse(text))]
    ['dw = np.clip(dw, -1, 1)', 'dw *= s']
    """
    parts = [part for node in body.body if not (isinstance(body, ast.Module) and isinstance(node, ast.FunctionDef | ast.ClassDef))
             for part in ast.walk(node)]  # fmt: skip
    stepped = {part.id for node in parts if (step := find_step(node)) is not None
               for part in ast.walk(step.value) if isinstance(part, ast.Name)}  # fmt: skip
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    gradients = {name for name in names if split_gradient(name) or BARE.match(name) or STORE.match(name)
                 or (_SHORT.match(name) and name in stepped)}  # fmt: skip
    for loop in (part for part in parts if isinstance(part, ast.For | ast.comprehension)):
        if gradients & _list_names(loop.iter):
            gradients |= _list_names(loop.target)
    lengths: set[str] = set()
    assigned = sorted((part for part in parts if isinstance(part, ast.Assign)), key=lambda node: node.lineno)
    for node in assigned:
        if isinstance(node.targets[0], ast.Name) and (_is_length(node.value, gradients) or lengths & _list_names(node.value)):
            lengths |= {node.targets[0].id} - gradients
    return [part for part in parts if isinstance(part, ast.stmt) and _is_clipping(part, gradients, lengths)]


def _is_clipping(node: ast.stmt, gradients: set[str], lengths: set[str]) -> bool:
    """Whether a statement gives a gradient anew as itself, divided by a length, or within limits."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        return bool(_LIMITS.match(_name_last(call)) and any(one.arg == "out" and gradients & _list_names(one.value)
                                                           for one in call.keywords))  # fmt: skip
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    if target is None or not isinstance(node, ast.Assign | ast.AugAssign) or not gradients & _list_names(target):
        return False
    own = ast.unparse(target)
    if isinstance(node, ast.AugAssign):
        value: ast.expr = ast.BinOp(target, node.op, node.value)
    else:
        value = node.value
        if isinstance(value, ast.ListComp | ast.DictComp):  # [g * scale for g in grads]
            if own not in map(ast.unparse, ast.walk(value.generators[0].iter)):
                return False
            value = value.elt if isinstance(value, ast.ListComp) else value.value
            own = next((ast.unparse(part) for part in ast.walk(value) if isinstance(part, ast.expr) and _is_gradient(part, gradients)), own)
    if isinstance(value, ast.Call) and _LIMITS.match(_name_last(value)):
        return own in [ast.unparse(part) for part in (*value.args[:1], *_list_called(value))]
    return _is_shorter(value, own, gradients, lengths)


def _is_shorter(value: ast.expr, own: str, gradients: set[str], lengths: set[str]) -> bool:
    """Whether a value is a quantity itself in a product, with a length of gradients below a line, ``g * c / norm(g)``."""
    above, below = [*_list_factors(value, divided=False)], [*_list_factors(value, divided=True)]
    if [ast.unparse(one) for one in above].count(own) != 1:
        return False
    scales = [one for one in above if ast.unparse(one) != own]
    short = any(_is_length(one, gradients) or lengths & _list_names(one) for one in below)
    scaled = any(isinstance(one, ast.Name) and one.id in lengths for one in scales) and not below
    return short or scaled


def _list_factors(node: ast.expr, *, divided: bool) -> Iterator[ast.expr]:
    """The factors of a product, or what it is divided by."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _list_factors(node.left, divided=divided)
        yield from _list_factors(node.right, divided=divided is not isinstance(node.op, ast.Div))
    elif not divided:
        yield node


def _is_length(node: ast.AST, gradients: set[str]) -> bool:
    """Whether a value is made of the length of gradients: ``np.linalg.norm(g)``, ``sqrt(sum(g ** 2))``."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and gradients & _list_names(part):
            if _LENGTHS.match(_name_last(part)):
                return True
            if _ROOTS.match(_name_last(part)) and any(map(_is_square, ast.walk(part))):
                return True
    return False


def _is_square(node: ast.AST) -> bool:
    power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2
    again = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and ast.unparse(node.left) == ast.unparse(node.right)
    return power or again or (isinstance(node, ast.Call) and _name_last(node) == "square")


def _is_gradient(node: ast.expr, gradients: set[str]) -> bool:
    return isinstance(node, ast.Name | ast.Subscript) and bool(gradients & _list_names(node))


def _list_called(call: ast.Call) -> list[ast.expr]:
    """What a method is called on, ``dw.clip(-1, 1)``."""
    return [call.func.value] if isinstance(call.func, ast.Attribute) else []


def _name_last(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _list_names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
