"""The loss as one formula of its leaves, in SymPy: the independent side of the proof.

SymPy's trees are not the product's, so that they have a walk of their own; the arithmetic is `tutor.numbers.arithmetic`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from tutor.derive.formula import call_opaque
from tutor.errors import ProofError
from tutor.expression.sympy_bridge import NATIVE, symbol, to_sympy
from tutor.graph.nouns import Graph
from tutor.numbers.arithmetic import Value, add, apply, multiply, power
from tutor.numbers.slices import slice_dependent


def symbolic_gradients(graph: Graph, wanted: Sequence[str], values: Mapping[str, Value]) -> dict[str, Value]:
    """SymPy's derivatives of the composed loss with respect to leaves and nodes, as numbers at these values.

    What does not depend on a quantity stays a symbol.  Functions of the tables stay functions, which know their derivative from
    their row (and the rows are proved against SymPy in the tests).
    """
    found = {}
    for wrt in wanted:
        table: dict[str, Any] = {}
        for step in slice_dependent(graph, wrt).steps:
            table[step.target] = to_sympy(step.expr, call_opaque, table)
        formula = table.get(graph.loss, symbol(graph.loss))
        found[wrt] = number(sympy.diff(formula, symbol(wrt)), values, {})
    return found


def number(expression: Any, values: Mapping[str, Value], memo: dict[Hashable, Value]) -> Value:
    """The value of a SymPy expression in the product's own arithmetic (exact where it can be)."""
    known = memo.get(expression)
    if known is None:
        known = memo[expression] = _number(expression, values, memo)
    return known


def _number(e: Any, values: Mapping[str, Value], memo: dict[Hashable, Value]) -> Value:
    if e.is_Symbol:
        return values[e.name]
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if e.func is sympy.Piecewise:
        for value, condition in e.args:
            if condition is sympy.true or _holds(condition, values, memo):
                return number(value, values, memo)
    parts = [number(arg, values, memo) for arg in e.args]
    if e.is_Add:
        return _fold_parts(add, parts)
    if e.is_Mul:
        return _fold_parts(multiply, parts)
    if e.is_Pow:
        return power(parts[0], parts[1])
    marked = getattr(e.func, "row", None)
    if marked is not None:
        return _row(marked, parts)
    func = _FUNCTIONS.get(e.func)
    if func is None:
        if e is sympy.pi or e is sympy.E:
            return apply("pi", ()) if e is sympy.pi else apply("exp", (Fraction(1),))
        raise ProofError(f"SymPy's {e.func.__name__} cannot be evaluated")
    return func(*parts)


def _fold_parts(operation: Callable[[Value, Value], Value], parts: Sequence[Value]) -> Value:
    total = parts[0]
    for part in parts[1:]:
        total = operation(total, part)
    return total


def _holds(condition: Any, values: Mapping[str, Value], memo: dict[Hashable, Value]) -> bool:
    if isinstance(condition, sympy.logic.boolalg.BooleanFunction | sympy.logic.boolalg.BooleanAtom):
        return bool(condition.func(*(_holds(part, values, memo) for part in condition.args))) if condition.args else bool(condition)
    left, right = (number(arg, values, memo) for arg in (condition.gts, condition.lts))
    difference = add(left, -right)
    return bool(
        difference > 0
        or (difference == 0 and not isinstance(condition, sympy.StrictGreaterThan | sympy.StrictLessThan))
    )


def _row(marked: tuple[str, int], parts: Sequence[Value]) -> Value:
    func, argindex = marked
    if not argindex:
        return apply(func, parts)
    from tutor.numbers.run import compute
    from tutor.rules.functions import OUT, function, partials_of

    row = function(func, len(parts))
    table = {**dict(zip(row.params, parts, strict=True)), OUT: apply(func, parts)}
    return compute(partials_of(row)[argindex - 1], table)


def _sign(x: Value) -> Value:
    return Fraction((x > 0) - (x < 0))


def _apply_function(func: str, *args: Value) -> Value:
    return apply(func, args)


_FUNCTIONS: dict[Any, Callable[..., Value]] = {
    **{native: partial(_apply_function, name) for name, native in NATIVE.items() if isinstance(native, type)},
    sympy.sign: _sign,
    sympy.Heaviside: lambda x, _=0: apply("if_positive", (x, Fraction(1), Fraction(0))),
    sympy.DiracDelta: lambda x, *_: apply("if_positive", (abs(x), Fraction(0), Fraction(0))),  # 0 off the jump, where alone it is asked
}
