"""From steps to a *program*: what both compilers read, the one that writes floats and the one that runs NumPy.

A program knows no names.  Its values are numbered, the given ones first; each instruction computes one value from a small tree of

* an ``int``: the value of that number,
* a ``float``: a constant,
* a ``tuple``: an operation and its operands, such as ``("+", 0, ("*", 1, 2))``.

The operations are ``+ * neg / pow if`` and the functions of `PRIMITIVE`; every other function of the rule tables is written out by its
own formula, so that a new row needs nothing here.  What a formula uses several times is computed once, and softmax is made of
exponentials that cannot overflow and are shared by its components.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from tutor.errors import ExpressionError, ValueProblem
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.graph.nouns import Step
from tutor.rules.functions import OUT, Function, function, partials_of, value_of
from tutor.rules.patterns import constant

Node: TypeAlias = "int | float | tuple[Any, ...]"

PRIMITIVE = frozenset(
    ["exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "sign", "sigmoid", "softplus", "max", "min"]
)  # fmt: skip
"""The functions that both compilers know: those without a formula, and those whose formula overflows or cancels where they do not."""

MAX_INTEGER_POWER = 4
"""Powers up to this one are written as products: exact for negative bases, and several times faster."""


@dataclass(frozen=True, slots=True)
class Program:
    """Instructions in evaluation order, as (value number, tree); ``given`` values come first; ``wanted`` are the results."""

    given: int
    instructions: tuple[tuple[int, Node], ...]
    wanted: tuple[Node, ...]
    size: int
    """How many operations there are."""


def lower(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> Program:
    """The program of the steps that ``wanted`` needs.

    ``steps`` may be any list in which names are used after they are defined; a name that is defined again means the new value from there
    on, as in `tutor.numbers.run.run`.  Linear in the number of edges.  Raises `ValueProblem` for a name that nothing gives or defines.

    >>> from tutor.graph.build import from_steps
    >>> lower(from_steps(["d = x + y", "e = x*x", "f = d*z"]).steps, ["x", "y", "z"], ["f"]).instructions
    ((3, ('+', 0, 1)), (4, ('*', 3, 2)))
    """
    return _Lowering(given).program(_needed(steps, given, wanted), wanted)


def _needed(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Dead-code elimination: the steps that ``wanted`` is computed from, in their order."""
    needed = set(wanted)
    kept = []
    for step in reversed(steps):
        if step.target in needed:
            needed.discard(step.target)
            _collect(step.expr, needed)
            kept.append(step)
    missing = sorted(needed.difference(given))
    if missing:
        shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
        raise ValueProblem(
            f"{shown} {'has' if len(missing) == 1 else 'have'} no value: nothing gives or computes it",
            hint=f"add {missing[0]} to the given names, or the step that defines it",
        )
    kept.reverse()
    return kept


def _collect(expr: Expr, found: set[str]) -> None:
    """Add the names that an expression uses, derivatives too."""
    stack = [expr]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is Name:
            found.add(node.name)  # type: ignore[union-attr]
        elif kind is Partial:
            found.add(derivative_key(node.of, node.wrt))  # type: ignore[union-attr]
        elif kind is Mul or kind is Add or kind is Call:
            stack.extend(node.args)  # type: ignore[union-attr]
        elif kind is not Number:
            stack.extend(children(node))


@cache
def _constant(text: str) -> float:
    """The float nearest to a number as written."""
    return _nearest(Fraction(text))


def _nearest(value: Fraction) -> float:
    """The float nearest to a fraction; beyond the largest float it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


class _Lowering:
    """The numbering of values while steps are read."""

    def __init__(self, given: Sequence[str]) -> None:
        self.given = len(given)
        self.env: dict[str, Node] = {name: number for number, name in enumerate(given)}
        self.instructions: list[tuple[int, Node]] = []
        self.next = self.given
        self.size = 0
        self.shared: dict[tuple[Node, ...], tuple[list[int], int]] = {}

    def program(self, steps: Sequence[Step], wanted: Sequence[str]) -> Program:
        for step in steps:
            found = self.lower(step.expr, self.env)
            # A copy stays an instruction: the many copies of a layer (its bias gradients) are then moved at once.
            self.env[step.target] = self.value(found) if type(found) is not float else found
        return Program(self.given, tuple(self.instructions), tuple(self.env[name] for name in wanted), self.size)

    def value(self, node: Node) -> int:
        """A new value that is computed by a tree."""
        number = self.next
        self.instructions.append((number, node))
        self.next += 1
        return number

    def atom(self, node: Node) -> Node:
        """The tree itself when it costs nothing to use twice, else a value that is computed before."""
        return self.value(node) if type(node) is tuple else node

    def lower(self, expr: Expr, env: Mapping[str, Node]) -> Node:
        return _LOWER[type(expr)](self, expr, env)

    def name(self, expr: Name, env: Mapping[str, Node]) -> Node:
        return env[expr.name]

    def partial(self, expr: Partial, env: Mapping[str, Node]) -> Node:
        return self.env[derivative_key(expr.of, expr.wrt)]

    def number(self, expr: Number, env: Mapping[str, Node]) -> Node:
        return _constant(expr.text)

    def negated(self, expr: Neg, env: Mapping[str, Node]) -> Node:
        arg = self.lower(expr.arg, env)
        if type(arg) is float:
            return -arg
        self.size += 1
        return ("neg", arg)

    def nary(self, expr: Add | Mul, env: Mapping[str, Node]) -> Node:
        args = expr.args
        if len(args) == 1:
            return self.lower(args[0], env)
        self.size += len(args) - 1
        sign = "+" if type(expr) is Add else "*"
        return (sign, *[env[arg.name] if type(arg) is Name else _LOWER[type(arg)](self, arg, env) for arg in args])

    def quotient(self, expr: Div, env: Mapping[str, Node]) -> Node:
        num, den = self.lower(expr.num, env), self.lower(expr.den, env)
        if type(num) is float and type(den) is float:
            exact = constant(expr)
            if exact is not None:
                return _nearest(exact)
        self.size += 1
        return ("/", num, den)

    def power(self, expr: Pow, env: Mapping[str, Node]) -> Node:
        base, exponent = self.lower(expr.base, env), self.lower(expr.exp, env)
        self.size += 2
        if exponent == 0.5 and type(exponent) is float:
            return ("sqrt", base)
        if type(exponent) is float and exponent.is_integer() and 1 <= abs(exponent) <= MAX_INTEGER_POWER:
            count = int(abs(exponent))
            base = self.atom(base) if count > 1 else base
            product: Node = base if count == 1 else ("*", *[base] * count)
            return product if exponent > 0 else ("/", 1.0, product)
        return ("pow", base, exponent)

    def call(self, expr: Call, env: Mapping[str, Node]) -> Node:
        return self.apply(expr.func, [self.lower(arg, env) for arg in expr.args])

    def apply(self, func: str, args: list[Node]) -> Node:
        """A function of the rule tables at lowered arguments."""
        if func in PRIMITIVE and (args and (len(args) == 1 or func in ("max", "min"))):
            self.size += 4
            return args[0] if len(args) == 1 and func in ("max", "min") else (func, *args)
        if func == "pi":
            return math.pi
        if func == "if_positive" and len(args) == 3:
            self.size += 2
            return ("if", *args)
        if func.endswith("'"):
            return self.slope(func[:-1], args)
        component = re.fullmatch(r"softmax_([1-9]\d*)", func)
        if component and int(component[1]) <= len(args):
            return self.softmax(int(component[1]), args)
        row = function(func, len(args))
        formula = value_of(row)
        if formula is None:
            raise ExpressionError(f"the function {func} has no value")
        return self.fill(formula, row, args)

    def fill(self, formula: Expr, row: Function, args: list[Node], **more: Node) -> Node:
        """A formula of a row at lowered arguments; what it uses several times is computed once."""
        often = _often(formula)
        table = dict(zip(row.params, args, strict=True)) | more
        return self.lower(formula, {name: self.atom(arg) if name in often else arg for name, arg in table.items()})

    def slope(self, func: str, args: list[Node]) -> Node:
        """The derivative of a function of one argument."""
        args = [self.atom(arg) for arg in args]
        row = function(func, len(args))
        formula = partials_of(row)[0]
        uses: set[str] = set()
        _collect(formula, uses)
        return self.fill(formula, row, args, **({OUT: self.apply(func, args)} if OUT in uses else {}))

    def softmax(self, component: int, args: list[Node]) -> Node:
        """exp(z_k − max z)/Σ exp(z_i − max z), the same as exp(z_k)/Σ exp(z_i) without its overflow."""
        values = [self.atom(arg) for arg in args]
        known = self.shared.get(tuple(values))
        if known is None:
            count = len(values)
            self.size += 8 * count
            largest = self.value(("max", *values)) if count > 1 else values[0]
            grown = [self.value(("exp", ("+", value, ("neg", largest)))) for value in values]
            known = (grown, self.value(("+", *grown)) if count > 1 else grown[0])
            self.shared[tuple(values)] = known
        self.size += 1
        return ("/", known[0][component - 1], known[1])


@cache
def _often(formula: Expr) -> frozenset[str]:
    """The names that a formula uses more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if type(node) is Name:
            (twice if node.name in seen else seen).add(node.name)
        stack.extend(children(node))
    return frozenset(twice)


_LOWER: dict[type, Callable[[_Lowering, Any, Mapping[str, Node]], Node]] = {
    Name: _Lowering.name,
    Partial: _Lowering.partial,
    Number: _Lowering.number,
    Neg: _Lowering.negated,
    Add: _Lowering.nary,
    Mul: _Lowering.nary,
    Div: _Lowering.quotient,
    Pow: _Lowering.power,
    Call: _Lowering.call,
}
