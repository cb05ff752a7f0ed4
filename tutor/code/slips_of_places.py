"""The slips that are made with places: an index, a slice, the order of parts; with them a function, a matrix, a sum or an axis left out.

They are rows of the table in `tutor.code.slips_of_lines`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from tutor.code.line_edits import LineEdit, Surroundings, make_edit, say_node, walk_expressions
from tutor.code.parts_of_formulas import is_rest, list_operands, split_product, strip_transpose
from tutor.numbers.arrays import np

MOST_PARTS = 6
"""Of a call or a tuple with more parts no two are exchanged."""


def take_places(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another place in brackets: the one beside it, two exchanged, another slice; at the left, too."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript):
            many = isinstance(node.slice, ast.Tuple)
            parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
            for place, part in enumerate(parts):
                for made in _list_beside(part, around):
                    others = [*parts[:place], made, *parts[place + 1 :]]
                    yield make_edit("wrong-place", statement, node, _index(node, others if many else made))
            for one, two in combinations(range(len(parts)), 2):
                others = list(parts)
                others[one], others[two] = parts[two], parts[one]
                if ast.dump(parts[one]) != ast.dump(parts[two]):
                    yield make_edit("wrong-place", statement, node, _index(node, others))
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name | ast.Attribute):  # grad += w for grad[1:] += w[1:]
        for node in walk_expressions(statement):
            if isinstance(node, ast.Name | ast.Attribute) and len(around.shape(node) or ()) in (1, 2):
                for cut in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))):
                    edit = make_edit("wrong-place", statement, node, ast.Subscript(node, cut, ast.Load()))
                    inner = edit.statements[0]
                    target = ast.Subscript(statement.target, cut, ast.Store())
                    whole = ast.copy_location(ast.AugAssign(target, statement.op, inner.value), statement)  # type: ignore[attr-defined]
                    yield LineEdit("wrong-place", statement, (whole,), None, None, say_node(statement), say_node(whole))


def _index(node: ast.Subscript, made: ast.expr | Sequence[ast.expr]) -> ast.Subscript:
    inner = made if isinstance(made, ast.expr) else ast.Tuple(list(made), ast.Load())
    return ast.Subscript(node.value, inner, node.ctx)


def _list_beside(part: ast.expr, around: Surroundings) -> Iterator[ast.expr]:
    """What may be meant by one place: the one before or behind it; of a slice one with other ends."""
    if isinstance(part, ast.Slice):
        whole = ast.Slice(None, None, part.step)
        if part.step is not None:
            yield ast.Slice(part.lower, part.upper)  # w[:, ::-1]
        ends = [whole, ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))]
        ends += [ast.Slice(made, part.upper, part.step) for made in (_list_beside(part.lower, around) if part.lower else ())]
        ends += [ast.Slice(part.lower, made, part.step) for made in (_list_beside(part.upper, around) if part.upper else ())]
        yield from (made for made in ends if say_node(made) != say_node(part))
        return
    value = around.values.get(id(part))
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        yield from (around.parse(text) for text in around.indices if text != say_node(part))
    if type(value) is not int and not (isinstance(part, ast.Constant) and type(part.value) is int):
        return
    inner = part.left if isinstance(part, ast.BinOp) and isinstance(part.right, ast.Constant) else part
    for step in (-2, -1, 0, 1, 2):
        sign = ast.Sub() if step < 0 else ast.Add()
        made: ast.expr = ast.BinOp(inner, sign, ast.Constant(abs(step))) if step else inner
        if isinstance(inner, ast.Constant) and isinstance(inner.value, int):
            made = ast.Constant(inner.value + step)
        if say_node(made) != say_node(part):
            yield made


def take_parts(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Two parts of a call or of a list exchanged: ``np.hstack((df, di))``, ``col2im(cols, width, height)``."""
    for node in walk_expressions(statement):
        parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple | ast.List) else []
        for one, two in combinations(range(len(parts) if len(parts) <= MOST_PARTS else 0), 2):
            others = list(parts)
            others[one], others[two] = parts[two], parts[one]
            made: ast.expr = ast.List(others, ast.Load()) if isinstance(node, ast.List) else ast.Tuple(others, ast.Load())
            made = ast.Call(node.func, others, node.keywords) if isinstance(node, ast.Call) else made
            if ast.dump(parts[one]) != ast.dump(parts[two]):
                yield make_edit("parts-exchanged", statement, node, made)


def take_functions(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A function that is left out: c for ``np.tanh(c)``, d for ``d.abs()``."""
    for node in walk_expressions(statement):
        if around.shape(node) is None or isinstance(node, ast.Constant) or strip_transpose(node) is not None:
            continue
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            for text in around.functions:
                method = text[0] == "."
                made = ast.Call(ast.Attribute(node, text[1:], ast.Load()) if method else around.parse(text), [] if method else [node], [])
                yield make_edit("function-forgotten", statement, node, made)


def take_matrices(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A matrix that is left out of a product: ``A.T @ dh`` for dh."""
    for place, node in enumerate(walk_expressions(statement)):
        shape = around.shape(node)
        if shape is None or len(shape) != 2 or place > MOST_PARTS:
            continue
        for text, value in around.pool.items():
            own = np.shape(value)
            if len(own) == 2 and text != say_node(node):
                for said, rows, columns in ((f"{text}.T", own[1], own[0]), (text, own[0], own[1])):
                    other = around.parse(said)
                    if columns == shape[0]:
                        yield make_edit("factor-forgotten", statement, node, ast.BinOp(other, ast.MatMult(), node), said)
                    if rows == shape[1]:
                        yield make_edit("factor-forgotten", statement, node, ast.BinOp(node, ast.MatMult(), other), said)


def take_spread(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A factor that is missing: one number, or one for each row."""
    if isinstance(statement, ast.Expr):
        return
    for node in walk_expressions(statement):
        shape = around.shape(node)
        if not shape or isinstance(node, ast.Constant) or strip_transpose(node) is not None:
            continue
        for text, value in around.pool.items():
            own = np.shape(value)
            if own == ():
                yield make_edit("factor-forgotten", statement, node, ast.BinOp(node, ast.Mult(), around.parse(text)), text)
            else:
                for place in _list_spread(own, shape):
                    said = f"{text}[{place}]"
                    yield make_edit("factor-forgotten", statement, node, ast.BinOp(node, ast.Mult(), around.parse(said)), said)
                    yield make_edit("factor-forgotten", statement, node, ast.BinOp(node, ast.Div(), around.parse(said)), f"1 / {said}")


def _list_spread(own: Sequence[int], shape: Sequence[int]) -> Iterator[str]:
    """The ways to spread an array over one with more axes, the first axes of both the same: ``[:, None]``, ``[:, :, None]``.

    >>> [*_list_spread((7,), (7, 5))], [*_list_spread((7, 1), (7, 2, 3))], [*_list_spread((7, 3), (7, 2, 3))], [*_list_spread((5,), (7, 5))]
    ([':, None'], [':, :, None'], [':, None, :'], [])
    """
    if not 0 < len(own) < len(shape) < 4 or own[0] != shape[0]:
        return
    for places in combinations(range(len(shape)), len(own)):
        fits = all(size in (1, shape[place]) for size, place in zip(own, places, strict=True))
        if fits and places[0] == 0 and (own[-1] > 1 or places[-1] < len(shape) - 1):
            yield ", ".join(":" if place in places else "None" for place in range(len(shape)))


def take_repeated(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """``dE[ix] += dx`` where a place comes more than once: only the last of its parts is added."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add) and isinstance(statement.target, ast.Subscript):
        target = ast.Subscript(statement.target.value, statement.target.slice, ast.Load())
        call = ast.Call(around.parse("np.add.at"), [target.value, target.slice, statement.value], [])
        made = ast.copy_location(ast.Expr(call), statement)
        ast.fix_missing_locations(made)
        yield LineEdit("repeated-places", statement, (made,), None, None, say_node(statement), say_node(made))


def take_turned(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Axes of an array of three or four in another order, or as they were: ``k.transpose(0, 1, 3, 2)``."""
    for node in walk_expressions(statement):
        turned = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("transpose", "permute")
        inner = node.func.value if turned and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node
        count = len(around.shape(inner) or ())
        if count not in (3, 4) or not (turned or isinstance(node, ast.Name | ast.Attribute | ast.Subscript)):
            continue
        if turned:
            yield make_edit("transpose-too-many", statement, node, inner)
        for pair in combinations(range(count), 2) if not turned else ():  # as PyTorch has it
            made = ast.Call(ast.Attribute(inner, "transpose", ast.Load()), [ast.Constant(axis) for axis in pair], [])
            yield make_edit("transpose-forgotten", statement, node, made)
        for order in permutations(range(count)):
            if order != tuple(range(count)):
                word = node.func.attr if turned and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else "transpose"
                made = ast.Call(ast.Attribute(inner, word, ast.Load()), [ast.Constant(axis) for axis in order], [])
                if say_node(made) != say_node(node):
                    yield make_edit("wrong-axis" if turned else "transpose-forgotten", statement, node, made)


def take_others(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """Another quantity of any shape, in a product."""
    for node in walk_expressions(statement):
        found = split_product(node)
        parts = list(found[:2]) if found is not None else []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            parts = [node.left, node.right]
        for part in parts:
            inner = strip_transpose(part) or part
            if isinstance(inner, ast.Name | ast.Attribute | ast.Subscript):
                for text in around.pool:
                    if text != say_node(inner) and around.shape(inner) != around.find_shape(text):
                        yield make_edit("another-variable", statement, inner, around.parse(text))


def take_diagonals(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """The slope of a softmax by its diagonal only: ``p * (1 - p) * dp`` for ``p * (dp - np.sum(p * dp, axis=1, keepdims=True))``."""
    for node in walk_expressions(statement):
        factors = list(list_operands(node, ast.Mult))
        for rest in (part for part in factors if is_rest(part)):
            name = say_node(rest.right)  # type: ignore[attr-defined]
            others = [say_node(part) for part in factors if part is not rest and say_node(part) != name]
            if name in map(ast.unparse, factors) and others:
                flow = " * ".join(f"({part})" if " " in part else part for part in others)
                for axis in (-1, 0, 1):
                    said = f"{name} * ({flow} - np.sum({flow} * {name}, axis={axis}, keepdims=True))"
                    yield make_edit("diagonal-only", statement, node, around.parse(said))


def take_sums(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A sum over samples that is missing; of the whole row where one number stands at the label: ``m[rows, y] = -m.sum(axis=1)``."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(target, ast.Subscript) and isinstance(statement, ast.Assign) and around.shape(statement.value) == ():
        for axis in (0, 1):
            for sign in ("-", ""):
                said = f"{sign}{say_node(target.value)}.sum(axis={axis})"
                yield make_edit("another-variable", statement, statement.value, around.parse(said))
    for node in walk_expressions(statement):
        shape = around.shape(node)
        if shape and not (isinstance(node, ast.Call) and say_node(node).startswith("np.sum")):
            word = "torch.sum" if any(text.startswith("torch.") for text in around.extra) else "np.sum"
            for axis in range(len(shape)):
                for kept in (False, True):
                    words = [ast.keyword("axis", ast.Constant(axis))] + (
                        [ast.keyword("keepdims", ast.Constant(True))] if kept else []
                    )
                    yield make_edit("sum-forgotten", statement, node, ast.Call(around.parse(word), [node], words))
            yield make_edit("sum-forgotten", statement, node, ast.Call(around.parse(word), [node], []))
