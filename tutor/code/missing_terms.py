"""A term that is missing in a line, in the program's own names: a matrix product, a sum over an axis, by its value; or a square."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tutor.code.line_edits import LineEdit, Surroundings, make_edit, walk_expressions
from tutor.numbers.arrays import np

CONSTANTS = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
MOST_NAMES = 48
"""Of so many arrays are products tried."""
MOST_SUMMED = 24
"""Of so many arrays are two multiplied entry by entry and summed."""
SAME = 1e-8
"""So near, relative to the largest entry, is the same."""


def list_terms(wanted: Any, around: Surroundings) -> Iterator[str]:
    """The terms that have a value: ``(du @ W.T)``, ``-np.sum(dp * p, axis=1, keepdims=True)``, ``x * np.sum(dx * x, axis=0)``.

    >>> a, b = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[2.0, 7.0], [1.0, 1.0]])
    >>> around = Surroundings({}, {"a": a, "b": b}, ())
    >>> list(list_terms(a @ b.T, around)), list(list_terms(np.full((2, 2), -(a * b).sum()), around))
    (['(a @ b.T)'], ['-np.sum(a * b)'])
    """
    if np.ndim(wanted) == 0 or not np.all(np.isfinite(wanted)) or np.max(np.abs(wanted)) < 1e-12:
        return
    arrays = _list_arrays(wanted, around)
    yield from _list_products(wanted, arrays)
    yield from _list_sums(wanted, arrays, "")
    for text, value in arrays.items():
        if _is_spread(np.shape(value), np.shape(wanted)) and np.all(value != 0):
            yield from _list_sums(wanted / value, arrays, text)


def list_factors(wanted: Any, around: Surroundings) -> Iterator[str]:
    """The factors of two terms or of a matrix product that have a value: ``(dp - np.sum(dp * p, axis=1, keepdims=True))``.

    >>> a, b = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[2.0, 7.0], [1.0, 1.0]])
    >>> next(list_factors(a - np.sum(a * b, axis=0), Surroundings({}, {"a": a, "b": b}, ())))
    '(a - np.sum(a * b, axis=0))'
    """
    if np.ndim(wanted) == 0 or not np.all(np.isfinite(wanted)) or np.max(np.abs(wanted)) < 1e-12:
        return
    arrays = _list_arrays(wanted, around)
    yield from _list_products(wanted, arrays)
    for text, value in arrays.items():
        rest = wanted - value if np.shape(value) == np.shape(wanted) else None
        if rest is not None and np.max(np.abs(rest)) > 1e-12:
            for said in _list_sums(rest, arrays, ""):
                yield f"({text} - {said[1:]})" if said.startswith("-") else f"({text} + {said})"


def _list_arrays(wanted: Any, around: Surroundings) -> dict[str, Any]:
    """The vectors and matrices at hand, and what has as many axes as is wanted."""
    ranks = (1, 2, np.ndim(wanted))
    able = [(text, one) for text, one in around.pool.items() if np.ndim(one) in ranks and np.asarray(one).dtype.kind == "f"]
    return dict(able[:MOST_NAMES])


def _list_products(wanted: Any, arrays: Mapping[str, Any]) -> Iterator[str]:
    """Matrix products, turned either way, and outer ones."""
    flat = {text: one for text, one in arrays.items() if np.ndim(one) == 2}
    turned = {**flat, **{f"{text}.T": one.T for text, one in flat.items()}}
    if np.ndim(wanted) == 2:
        for (left, one), (right, two) in product(turned.items(), repeat=2):
            if one.shape[1] == two.shape[0] and (one.shape[0], two.shape[1]) == np.shape(wanted):
                yield from _say(wanted, one @ two, f"({left} @ {right})")
        for (left, one), (right, two) in product(arrays.items(), repeat=2):
            if np.ndim(one) == np.ndim(two) == 1 and (one.size, two.size) == np.shape(wanted):
                yield from _say(wanted, np.outer(one, two), f"np.outer({left}, {right})")
    elif np.ndim(wanted) > 2:  # of several samples: those of places, heads
        deep = {text: one for text, one in arrays.items() if np.ndim(one) == np.ndim(wanted)}
        both = {**deep, **{f"np.swapaxes({text}, -1, -2)": np.swapaxes(one, -1, -2) for text, one in deep.items()}}
        for (left, one), (right, two) in product(both.items(), (both | turned).items()):
            fits = one.shape[-1] == two.shape[-2] and (*one.shape[:-1], two.shape[-1]) == np.shape(wanted)
            if fits and (np.ndim(two) == 2 or one.shape[:-2] == two.shape[:-2]):
                yield from _say(wanted, one @ two, f"({left} @ {right})")
    else:
        vectors = {text: one for text, one in arrays.items() if np.ndim(one) == 1}
        for (left, one), (right, two) in product(turned.items(), vectors.items()):
            if one.shape == (np.size(wanted), two.size):
                yield from _say(wanted, one @ two, f"({left} @ {right})")


def _list_sums(wanted: Any, arrays: Mapping[str, Any], factor: str) -> Iterator[str]:
    """Sums over an axis of one array, or of two entry by entry, of what is the same all along the axis; over all of them."""
    shape, size = np.shape(wanted), float(np.max(np.abs(wanted)))
    head = f"{factor} * " if factor else ""
    axes = [axis for axis in range(len(shape)) if shape[axis] > 1 and np.max(np.ptp(wanted, axis=axis)) <= SAME * size]
    if not axes and factor:
        return
    values: dict[str, Any] = dict(arrays)
    for (left, one), (right, two) in product(list(arrays.items())[:MOST_SUMMED], repeat=2):
        if left <= right and np.shape(one) == np.shape(two):
            values[f"{left} * {right}"] = one * two
    for text, value in values.items():
        if len(axes) == len(shape):
            yield from _say(np.ravel(wanted)[:1], np.sum(value, keepdims=True).ravel(), f"{head}np.sum({text})")
        for axis in axes:
            if np.shape(value) == shape and len(shape) > 1:
                kept = "" if axis == 0 else ", keepdims=True"
                made = np.broadcast_to(np.sum(value, axis=axis, keepdims=True), shape)
                yield from _say(wanted, made, f"{head}np.sum({text}, axis={axis}{kept})")
                yield from _say(wanted, made / shape[axis], f"{head}np.mean({text}, axis={axis}{kept})")
        if len(shape) == 1 and not factor and np.ndim(value) == 2:
            for axis in (0, 1):
                if value.shape[1 - axis] == shape[0]:
                    yield from _say(wanted, np.sum(value, axis=axis), f"np.sum({text}, axis={axis})")


def _say(wanted: Any, made: Any, text: str) -> Iterator[str]:
    place = int(np.argmax(np.abs(made)))
    if not np.ravel(made)[place]:
        return
    ratio = float(np.ravel(wanted)[place] / np.ravel(made)[place])
    for number in CONSTANTS:
        near = abs(ratio - number) <= SAME * abs(number)
        if near and np.max(np.abs(wanted - number * made)) <= SAME * np.max(np.abs(wanted)):
            yield f"{'' if number == 1 else '-' if number == -1 else f'{number:g} * '}{text}"


def _is_spread(own: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(own) <= len(shape) and all(one in (1, two) for one, two in zip(own[::-1], shape[::-1], strict=False))


def take_units(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """The 1 at the label of each sample, where these stand on the diagonal: P for ``P - np.eye(n)``; in a loop p for ``p - 1``.

    >>> node = ast.parse("d = P / n").body[0]
    >>> around = Surroundings({id(node.value.left): np.ones((3, 3))}, {}, ["n"], counted={"n": 3})
    >>> [ast.unparse(edit.statements[0]) for edit in take_units(node, around)]
    ['d = (P - np.eye(n)) / n']
    """
    for node in walk_expressions(statement):
        shape = around.shape(node) or ()
        alone = isinstance(statement, ast.AugAssign) and isinstance(node, ast.Name) and around.shape(node) == ()
        if alone and not isinstance(around.values.get(id(node)), int):  # dW[:, j] += p * x at the label
            yield make_edit("label-forgotten", statement, node, ast.BinOp(node, ast.Sub(), ast.Constant(1)))
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute) and len(shape) == 2 and shape[0] == shape[1]:
            word = "torch" if any(text.startswith("torch.") for text in around.extra) else "np"
            for count in (text for text in around.counts if around.counted.get(text) == shape[0]):
                made = ast.BinOp(node, ast.Sub(), around.parse(f"{word}.eye({count})"))
                yield make_edit("label-forgotten", statement, node, made)


def take_powers(statement: ast.stmt, around: Surroundings) -> Iterator[LineEdit]:
    """A square that is missing: ``1 - h`` for ``1 - h ** 2``.

    >>> node = ast.parse("s = 1 - h").body[0]
    >>> around = Surroundings({id(node.value.right): np.ones(2)}, {}, [])
    >>> [ast.unparse(edit.statements[0]) for edit in take_powers(node, around)]
    ['s = 1 - h ** 2']
    """
    for node in walk_expressions(statement):
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute) and around.shape(node):
            made = ast.BinOp(node, ast.Pow(), ast.Constant(2))
            yield make_edit("factor-forgotten", statement, node, made, ast.unparse(node))
