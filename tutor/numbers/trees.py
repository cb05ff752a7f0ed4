"""From steps to trees of operations: what is compiled to straight-line Python (`tutor.numbers.emit`)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from tutor.errors import ValueProblem
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Div, Mul, Name, Neg, Number, Partial, Pow
from tutor.graph.nouns import Step
from tutor.numbers.lowering import ADD, DIV, IF, MAX, MUL, NEG, POW, SQRT, Lowering, collect_names, round_to_float
from tutor.numbers.shared_exponentials import DIVIDED_OUT, find_shared_exponentials

Node: TypeAlias = "int | float | tuple[Any, ...]"
"""In trees: the value of that number; a constant; an operation and its operands, such as ``("+", 0, ("*", 1, 2))``."""

LOWEST = -1e300
"""Below every score, without being infinite: one that does not count."""
MAX_INTEGER_POWER = 4
"""In trees, powers up to this one are written as products: exact for negative bases, and several times faster."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Steps as trees in evaluation order, (value number, tree); ``given`` values come first; ``wanted`` are the results."""

    given: int
    instructions: tuple[tuple[int, Node], ...]
    wanted: tuple[Node, ...]


def lower(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> Trees:
    """The trees of the steps that ``wanted`` needs.

    ``steps`` may be any list in which names are used after they are defined; a name that is defined again means the new value from there
    on, as in `tutor.numbers.run.run`.  Linear in the number of edges.  Raises `ValueProblem` for a name that nothing gives or defines.

    >>> from tutor.graph.build import from_steps
    >>> lower(from_steps(["d = x + y", "e = x*x", "f = d*z"]).steps, ["x", "y", "z"], ["f"]).instructions
    ((3, ('+', 0, 1)), (4, ('*', 3, 2)))
    """
    return _TreeLowering(given).steps(list_needed_steps(steps, given, wanted), wanted)


def list_needed_steps(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Dead-code elimination: the steps that ``wanted`` is computed from, in their order.

    Raises `ValueProblem` for a name that nothing gives or defines.
    """
    needed = set(wanted)
    kept = []
    for step in reversed(steps):
        if step.target in needed:
            needed.discard(step.target)
            collect_names(step.expr, needed)
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


@cache
def _float(text: str) -> float:
    """The float nearest to a number as written."""
    return round_to_float(Fraction(text))


class _TreeLowering(Lowering[Node]):
    """Trees: constants are floats, what is used several times is a value of its own."""

    def __init__(self, given: Sequence[str]) -> None:
        super().__init__()
        self.given = len(given)
        self.env: dict[str, Node] = {name: number for number, name in enumerate(given)}
        self.instructions: list[tuple[int, Node]] = []
        self.next = self.given

    def steps(self, steps: Sequence[Step], wanted: Sequence[str]) -> Trees:
        table = self.table
        for step in steps:
            found = table[type(step.expr)](self, step.expr, self.env)
            self.env[step.target] = self.value(found) if type(found) is not float else found
        return Trees(self.given, tuple(self.instructions), tuple(self.env[name] for name in wanted))

    def value(self, node: Node) -> int:
        number = self.next
        self.instructions.append((number, node))
        self.next += 1
        return number

    def atom(self, node: Node) -> Node:
        return self.value(node) if type(node) is tuple else node

    def name(self, expr: Name, env: Mapping[str, Node]) -> Node:
        return env[expr.name]

    def partial(self, expr: Partial, env: Mapping[str, Node]) -> Node:
        return self.env[derivative_key(expr.of, expr.wrt)]

    def number(self, expr: Number, env: Mapping[str, Node]) -> Node:
        return _float(expr.text)

    def fraction(self, value: Fraction) -> Node:
        return round_to_float(value)

    def is_number(self, node: Node) -> bool:
        return type(node) is float

    def make(self, op: str, *args: Node) -> Node:
        return (op, *args)

    def negation(self, expr: Neg, env: Mapping[str, Node]) -> Node:
        arg = self.lower(expr.arg, env)
        return -arg if type(arg) is float else self.make(NEG, arg)

    def chain(self, expr: Add | Mul, env: Mapping[str, Node]) -> Node:
        args, table = expr.args, self.table
        if len(args) == 1:
            return table[type(args[0])](self, args[0], env)  # type: ignore[no-any-return]
        op = ADD if type(expr) is Add else MUL
        return (op, *[env[arg.name] if type(arg) is Name else table[type(arg)](self, arg, env) for arg in args])

    sum = product = chain

    def power(self, expr: Pow, env: Mapping[str, Node]) -> Node:
        base, exponent = self.lower(expr.base, env), self.lower(expr.exp, env)
        if exponent == 0.5 and type(exponent) is float:
            return (SQRT, base)
        if type(exponent) is float and exponent.is_integer() and 1 <= abs(exponent) <= MAX_INTEGER_POWER:
            count = int(abs(exponent))
            base = self.atom(base) if count > 1 else base
            product: Node = base if count == 1 else (MUL, *[base] * count)
            return product if exponent > 0 else (DIV, 1.0, product)
        return (POW, base, exponent)

    def quotient(self, expr: Div, env: Mapping[str, Node]) -> Node:
        """``x/y``, that of exponentials by their largest, as softmax is computed: a masked softmax that is written out."""
        found = find_shared_exponentials(expr)
        if found is None:
            return super().quotient(expr, env)
        scores: list[Node] = []
        for score, weight in found.exponents:
            node = self.lower(score, env)
            if weight is not None:
                node = (IF, (MUL, *[self.atom(self.lower(weight, env))] * 2), node, LOWEST)
            scores.append(self.atom(node))
        known: dict[str, Node] = {**env, **{f" score {place}": score for place, score in enumerate(scores)}}
        known[DIVIDED_OUT] = self.share_exponentials(scores)[2]
        return super().quotient(found.quotient, known)

    def primitive(self, func: str, args: list[Node]) -> Node:
        return math.pi if func == "pi" else self.make(func, *args)

    def exponentials(self, values: list[Node]) -> tuple[list[Node], Node, Node]:
        count = len(values)
        largest = self.value((MAX, *values)) if count > 1 else values[0]
        grown: list[Node] = [self.value(("exp", (ADD, value, (NEG, largest)))) for value in values]
        return grown, self.value((ADD, *grown)) if count > 1 else grown[0], largest
