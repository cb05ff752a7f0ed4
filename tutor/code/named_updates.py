"""Gradients that a program does not name: ``syn0 += X.T.dot(l1_delta)`` becomes ``dsyn0 = X.T.dot(l1_delta)`` and ``syn0 += dsyn0``.

Programs of eleven lines have no other gradients than their updates.  Line by line nothing moves; what is read is what stands there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from tutor.code.exchanged_parts import exchange_statements
from tutor.code.given_gradients import is_drawn_by
from tutor.code.guess_shapes import is_parameter, is_target
from tutor.code.pair_functions import LOSS_WORDS, STORE, find_long_name, split_gradient
from tutor.code.targets import list_targets
from tutor.program.source import Source

RATES = re.compile(r"(?i)^(\w*learning_?rate\w*|lr|l_rate|alpha|eta|rate|step_?size|lernrate)$")
BEHIND = re.compile(r"(?i)^(g|g_?t|grads?|gradients?|grad_w|nabla)$")
"""What the gradient of the only parameter is called beside what a method keeps."""
PRODUCTS = re.compile(r"^(dot|matmul|outer|sum|mean|einsum)$")


def name_updates(source: Source) -> Source:
    """A program whose updates have their gradients by name; the same one where all have, or none is found.

    >>> from tutor.program.source import read_source
    >>> text = "w = np.random.rand(3, 1)\\nfor i in range(9):\\n    p = X.dot(w)\\n    w -= 0.1 * X.T.dot(p - y)"
    >>> print(ast.unparse(name_updates(read_source(text, "f.py")).tree).splitlines()[-2].strip())
    dw = X.T.dot(p - y)
    """
    tree = source.tree
    bodies = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)]
    inside = {id(part) for body in bodies for part in ast.walk(body)}
    drawn = {_spell(target) for part in ast.walk(tree) if isinstance(part, ast.Assign) and is_drawn_by(part) for target in part.targets}
    script = [part for part in ast.walk(tree) if id(part) not in inside]
    made: dict[int, list[ast.stmt]] = {}
    for parts in (script, *([*ast.walk(body)] for body in bodies)):
        rated = _find_rated(parts)
        found = [*_list_unnamed(parts, drawn, rated)]
        made |= {id(node): [*pair] for node, pair in found}
        used = {part.id for _, (first, _) in found for part in ast.walk(first) if isinstance(part, ast.Name)}
        made |= {id(one.node): [one.bare] for name, one in rated.items() if name in used}
    return exchange_statements(source, made)


@dataclass(frozen=True, slots=True)
class _Rated:
    """How far a prediction is off, times a rate, which has a name, ``update = lr * (y - p)``: its statement, without the rate, the rate."""

    node: ast.Assign
    bare: ast.Assign
    rate: ast.expr


def _find_rated(parts: Sequence[ast.AST]) -> dict[str, _Rated]:
    """The names of a body that have a rate in them and are taken by steps alone: ``w += update * x; b += update``."""
    inside = {id(part) for node in parts if (step := find_step(node)) is not None for part in ast.walk(step.value)}
    read = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and id(part) not in inside}
    found: dict[str, _Rated] = {}
    for node in parts:
        value = node.value if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if not isinstance(target, ast.Name) or not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Mult):
            continue
        rate, rest = (value.left, value.right) if _is_rate(value.left) else (value.right, value.left)
        if _is_rate(rate) and target.id not in read | found.keys() and _has_difference(parts, rest):
            bare = ast.copy_location(ast.Assign([target], rest, lineno=value.lineno), value)
            found[target.id] = _Rated(node, bare, rate) if isinstance(node, ast.Assign) else found[target.id]
    return found


def _list_unnamed(
    parts: Sequence[ast.AST], drawn: set[str], rated: Mapping[str, _Rated]
) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ast.stmt]]]:
    """The updates of a body without a gradient's name, with the two statements that say the same."""
    names = {part.id for part in parts if isinstance(part, ast.Name)} | {part.attr for part in parts if isinstance(part, ast.Attribute)}
    named = {of for name in names for of in split_gradient(name)}
    for node in parts:
        step = find_step(node)
        if step is None or not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        target, value = step.target, step.value
        word = _spell(target).rpartition(".")[2]
        inner = drop_rate(value)  # X.T @ d_hidden for hidden_weights: d_hidden is another's
        known = word in named or (not _has_product(inner) and any(find_long_name(of, [word]) for of in named))
        taken = is_parameter(word) or _spell(target) in drawn or _has_rate(value)
        if known or split_gradient(word) or LOSS_WORDS.match(word) or not taken:
            continue
        worked = _is_worked_out(parts, inner.id) if isinstance(inner, ast.Name) else _has_product(inner)
        worked = worked or (inner is not value and _has_difference(parts, inner))
        own = next((rated[part.id] for part in ast.walk(value) if isinstance(part, ast.Name) and part.id in rated), None)
        worked, inner = worked or own is not None, inner if own is None else value
        made = f"d_{word}" if STORE.match(f"d{word}") else f"d{word}"
        behind = _find_behind(parts, value) if not worked else None
        if behind is not None and made not in names:
            named_so = ast.copy_location(ast.Assign([ast.Name(made, ast.Store())], behind.value, lineno=behind.lineno), behind)
            again = ast.copy_location(ast.Assign(behind.targets, ast.Name(made, ast.Load()), lineno=behind.lineno), behind)
            for part in (named_so.targets[0], again.value):
                ast.copy_location(part, behind.targets[0])
            yield behind, (named_so, again)
        if not worked or made in names:
            continue
        first = ast.copy_location(ast.Assign([ast.Name(made, ast.Store())], deepcopy(inner), lineno=node.lineno), node)
        ast.copy_location(first.targets[0], target)
        second: ast.stmt = deepcopy(node)
        found = False
        if own is not None:
            step = ast.AugAssign(target, step.op, ast.BinOp(own.rate, ast.Mult(), ast.Name(made, ast.Load())))
            second = ast.copy_location(ast.parse(ast.unparse(step)).body[0], node)
            for inside in ast.walk(second):
                if isinstance(inside, ast.expr):
                    ast.copy_location(inside, value)
            yield node, (first, second)
            continue
        for inside in ast.walk(second):
            for field, child in ast.iter_fields(inside):
                if isinstance(child, ast.expr) and ast.dump(child) == ast.dump(inner) and child is not target:
                    setattr(inside, field, ast.copy_location(ast.Name(made, ast.Load()), child))
                    found = True
        if not found:  # lr * X.T @ e / n: the rate stands within
            gradient = ast.copy_location(ast.Name(made, ast.Load()), value)
            second = ast.copy_location(ast.AugAssign(deepcopy(target), step.op, gradient), node)
        yield node, (first, second)


def divide_in_steps(source: Source) -> Source:
    r"""A program whose gradients are divided where steps are taken with them, ``w -= lr * dw / n``: there ``dw = dw / n`` stands in front.

    >>> from tutor.program.source import read_source
    >>> print(ast.unparse(divide_in_steps(read_source("dw = 2 * x * e\nw -= lr * dw / len(x)", "f.py")).tree))
    dw = 2 * x * e
    dw = dw / len(x)
    w -= dw
    """
    made: dict[int, list[ast.stmt]] = {}
    for node in ast.walk(source.tree):
        step = find_step(node)
        inner = drop_rate(step.value) if step is not None else None
        if step is None or inner is None or isinstance(inner, ast.Name) or not isinstance(node, ast.stmt):
            continue
        word = _spell(step.target).rpartition(".")[2]
        named = [part for part in ast.walk(inner) if isinstance(part, ast.Name) and word in split_gradient(part.id)]
        divided = any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) for part in ast.walk(inner))
        summed = any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub) for part in ast.walk(inner))
        if len(named) == 1 and divided and not summed:
            first = ast.copy_location(ast.Assign([ast.Name(named[0].id, ast.Store())], deepcopy(inner), lineno=node.lineno), node)
            ast.copy_location(first.targets[0], node)
            gradient = ast.copy_location(ast.Name(named[0].id, ast.Load()), node)
            made[id(node)] = [first, ast.copy_location(ast.AugAssign(deepcopy(step.target), step.op, gradient), node)]
    return exchange_statements(source, made)


def find_step(node: ast.AST, *, entries: bool = False) -> ast.AugAssign | None:
    """What takes a step, as ``w += e``, where it is written so or as ``w = w + e``; of ``entries`` too, ``params["w"]`` and ``w[j]``.

    >>> print(ast.unparse(find_step(ast.parse("w = w - a * e").body[0])))
    w -= a * e
    """
    kinds = (ast.Name, ast.Attribute, *((ast.Subscript,) if entries else ()))
    made = None
    if isinstance(node, ast.AugAssign):
        made = node
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, value = node.targets[0], node.value
        if isinstance(target, kinds) and ast.unparse(value.left) == ast.unparse(target):
            made = ast.copy_location(ast.AugAssign(target, value.op, value.right), node)
    plain = made is not None and isinstance(made.op, ast.Add | ast.Sub) and isinstance(made.target, kinds)
    return made if plain else None


def drop_rate(value: ast.expr) -> ast.expr:
    """A step without how long it is: ``alpha * e`` and ``e * 0.1`` are e, ``lr * X.T @ e / n`` is X.T @ e / n.

    >>> print(ast.unparse(drop_rate(ast.parse("lr * y * x", mode="eval").body)))
    y * x
    """
    while isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        if _is_rate(value.left):
            value = value.right
        elif _is_rate(value.right):
            value = value.left
        else:
            break
    return _drop_inner_rate(value) or (value if _has_rate(value) else _drop_first_number(value)) or value


def _drop_first_number(node: ast.expr) -> ast.expr | None:
    """A product without the number that it begins with, ``0.5 * X.T @ e``: the rate, where nothing else is called one; None without it."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
        return None
    first = node.left
    if isinstance(first, ast.Constant) and isinstance(node.op, ast.Mult) and isinstance(first.value, float) and 0 < first.value <= 1:
        return node.right
    inner = _drop_first_number(first)
    return None if inner is None else ast.copy_location(ast.BinOp(inner, node.op, node.right), node)


def _drop_inner_rate(node: ast.expr) -> ast.expr | None:
    """A product without the rate that is named in it, however deep; None where there is none."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
        return None
    below = isinstance(node.op, ast.Div)
    for name, part, other in (("left", node.left, node.right), ("right", node.right, node.left))[: 1 if below else 2]:
        if _is_rate(part) and not isinstance(part, ast.Constant):
            return ast.copy_location(ast.BinOp(ast.copy_location(ast.Constant(1), part), ast.Div(), other), node) if below else other
        inner = _drop_inner_rate(part)
        if inner is not None:
            made = ast.copy_location(ast.BinOp(node.left, node.op, node.right), node)
            setattr(made, name, inner)
            return made
    return None


def _is_rate(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value < 0.5
    return isinstance(node, ast.Name | ast.Attribute) and bool(RATES.match(_spell(node).rpartition(".")[2]))


def _find_behind(parts: Sequence[ast.AST], value: ast.expr) -> ast.Assign | None:
    """The gradient that a step takes by way of what it keeps from round to round: g of ``m = b * m + (1 - b) * g; w -= lr * m``."""
    given: dict[str, list[ast.Assign]] = {}
    for part in parts:
        if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
            given.setdefault(part.targets[0].id, []).append(part)
    waiting, seen, keeps = [part.id for part in ast.walk(value) if isinstance(part, ast.Name)], set[str](), False
    found: list[ast.Assign] = []
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if BEHIND.match(name) and len(given.get(name, ())) == 1 and _has_product(given[name][0].value):
            found += given[name]
            continue
        for node in given.get(name, ()):
            used = [part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)]
            keeps |= name in used
            waiting += used
    return found[0] if keeps and len(found) == 1 else None


def _has_rate(value: ast.expr) -> bool:
    """Whether a step says how long it is, by a name for it."""
    return any(_is_rate(part) for part in ast.walk(value) if isinstance(part, ast.Name | ast.Attribute))


def _is_worked_out(parts: Sequence[ast.AST], name: str) -> bool:
    """Whether a name is given once, by a product: ``adjustment = np.dot(X.T, delta)``."""
    given = [part for part in parts if isinstance(part, ast.Assign | ast.AugAssign) and name in map(_spell, list_targets(part))]
    return len(given) == 1 and isinstance(given[0], ast.Assign) and _has_product(given[0].value)


def _has_difference(parts: Sequence[ast.AST], node: ast.expr) -> bool:
    """Whether a step is made of how far a prediction is from its target, ``error * x``: by its name, or as it stands."""
    assigned = [part for part in parts if isinstance(part, ast.Assign) and len(part.targets) == 1]
    given = {_spell(part.targets[0]): part.value for part in assigned if _spell(part.targets[0])}
    values = [given.get(_spell(part), part) for part in ast.walk(node) if isinstance(part, ast.expr)]
    taken_off = [one for one in values if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub)]
    sides = [side.value if isinstance(side, ast.Subscript) else side for one in taken_off for side in (one.left, one.right)]
    return any(is_target(_spell(side).rpartition(".")[2].rstrip("_")) for side in sides)


def _has_product(node: ast.expr) -> bool:
    calls = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    called = any(PRODUCTS.match(call.attr if isinstance(call, ast.Attribute) else _spell(call)) for call in calls)
    return called or any(isinstance(part, ast.MatMult) for part in ast.walk(node))


def _spell(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else f"{_spell(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""
