"""A network of linear units is one linear unit: Ŵ = W₂W (dl), w̃₀ = w²_{0,1} + w¹_{0,1}w²_{1,1} + … (graz).

Every quantity that is a sum of inputs times products of parameters is followed from the inputs on, as polynomials in the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from tutor.derive.local import plus
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number
from tutor.expression.walk import names, substitute
from tutor.graph.nouns import Graph
from tutor.rules.patterns import constant

MAX_TERMS = 4_000
"""How many terms all polynomials of one graph may have together; a larger network is not followed."""
MAX_SHOWN = 48
"""How many terms the weights of one unit may have together."""
MAX_INPUTS = 12

Monomial: TypeAlias = tuple[Fraction, tuple[str, ...]]
Affine: TypeAlias = dict[str, list[Monomial]]
"""For each input, and for "" (the bias), a polynomial in the parameters."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A single linear unit: ``output = formula``, whose weights (bias first) are these formulas of the network's parameters."""

    output: str
    formula: Expr
    weights: tuple[tuple[str, Expr], ...]


def find_collapses(graph: Graph) -> tuple[Unit, ...]:
    """The linear outputs of a graph that lie behind at least two layers of weights, each as a single unit."""
    parameters = {q.name for q in graph.parameters} | {q.name for q in graph.leaves if q.kind in ("weight", "bias")}
    if not parameters:
        return ()
    inputs = [q.name for q in graph.inputs if q.kind == "input" and q.name not in parameters]
    known: dict[str, Affine | None] = {q.name: None for q in graph.leaves}
    known |= {name: {"": [(Fraction(1), (name,))]} for name in parameters}
    known |= {name: {name: [(Fraction(1), ())]} for name in inputs}
    matrices = not any(isinstance(step.expr, Add) and len(step.expr.args) > 1 for step in graph.steps[:-1])
    budget = MAX_TERMS
    used: set[str] = set()
    for step in graph.steps:
        value = _Follow(known, outer_first=matrices).affine(step.expr)
        if value is not None and _is_compared(value):
            value = None
        known[step.target] = value
        if value is not None:
            budget -= sum(len(terms) for terms in value.values())
            if _depends_on_inputs(value):
                used |= set(names(step.expr))
        if budget < 0:
            return ()
    linear = {step.target: value for step in graph.steps if (value := known[step.target]) and _is_deep(value)}
    ends = {name: value for name, value in linear.items() if name not in used}
    taken = set(graph.names)
    units = [_unit(place if len(ends) > 1 else 0, name, ends[name], inputs) for place, name in enumerate(ends, 1)]
    return tuple(unit for unit in units if unit is not None and taken.isdisjoint(name for name, _ in unit.weights))


def put_together(graph: Graph, name: str) -> Expr:
    """A quantity with the formulas of all steps behind it put in.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.build import from_steps
    >>> write_plain(put_together(from_steps(["h = w*x + b", "y = v*h"]), "y"))
    'v*(w*x + b)'
    """
    known: dict[str, Expr] = {}
    for step in graph.steps:
        known[step.target] = substitute(step.expr, known)
        if step.target == name:
            break
    return known[name]


def _depends_on_inputs(value: Affine) -> bool:
    return any(value.keys() - {""})


def _is_deep(value: Affine) -> bool:
    """Whether some input passes at least two parameters on its way."""
    return any(len(factors) > 1 for name, terms in value.items() if name for _, factors in terms)


def _is_compared(value: Affine) -> bool:
    """Whether an output has been put beside a quantity that no parameter weighs: the error ŷ − y is no output."""
    return _is_deep(value) and any(not factors for name, terms in value.items() if name for _, factors in terms)


class _Follow:
    """One step's formula, with what is known of its quantities put in."""

    def __init__(self, known: Mapping[str, Affine | None], *, outer_first: bool) -> None:
        self.known = known
        self.outer_first = outer_first

    def affine(self, expr: Expr) -> Affine | None:
        """The polynomials, or nothing where the formula is not linear in the inputs."""
        value = constant(expr)
        if value is not None:
            return {"": [(value, ())]} if value else {}
        match expr:
            case Name(name):
                return self.known[name]
            case Neg(arg):
                return self.product([Neg(ONE), arg])
            case Add(args):
                return self.sum(args)
            case Mul(args):
                return self.product(args)
            case Div(num, den):
                below = constant(den)
                return self.product([num, Div(ONE, den)]) if below else None
            case Call("identity", (arg,)):
                return self.affine(arg)
        return None

    def sum(self, args: Sequence[Expr]) -> Affine | None:
        total: Affine = {}
        for arg in args:
            part = self.affine(arg)
            if part is None:
                return None
            for name, terms in part.items():
                total[name] = total.get(name, []) + terms
        return total

    def product(self, args: Sequence[Expr]) -> Affine | None:
        total: Affine = {"": [(Fraction(1), ())]}
        for arg in args:
            part = self.affine(arg)
            if part is None or (_depends_on_inputs(total) and _depends_on_inputs(part)):
                return None
            if _size(total) * _size(part) > MAX_TERMS:
                return None
            total = self.times(total, part)
        return total

    def times(self, left: Affine, right: Affine) -> Affine:
        """Parameters times a sum over inputs: the factors in the order of the layers, or the last layer's first as in W₂W."""
        outer, inner = (right, left) if _depends_on_inputs(left) else (left, right)
        first = self.outer_first if _depends_on_inputs(inner) else True
        found: Affine = {}
        for name, terms in inner.items():
            for scale, factors in terms:
                for size, more in outer.get("", []):
                    found.setdefault(name, []).append((scale * size, more + factors if first else factors + more))
        return found


def _size(value: Affine) -> int:
    return sum(len(terms) for terms in value.values())


def _unit(place: int, output: str, value: Affine, inputs: Sequence[str]) -> Unit | None:
    used = [name for name in inputs if name in value]
    if len(used) > MAX_INPUTS or _size(value) > MAX_SHOWN:
        return None
    head = f"wtilde_{place}_" if place else "wtilde_"
    bias = "" in value
    weights = [(f"{head}0", _sum(value[""]))] if bias else []
    single = not bias and len(used) == 1 and not place
    weights += [("wtilde" if single else f"{head}{j}", _sum(value[name])) for j, name in enumerate(used, 1)]
    terms: list[Expr] = [Name(weights[0][0])] if bias else []
    terms += [Mul((Name(weight), Name(x))) for (weight, _), x in zip(weights[bias:], used, strict=True)]
    return Unit(output, plus(terms), tuple(weights))


def _sum(terms: Sequence[Monomial]) -> Expr:
    """A polynomial, in the order in which it came about; equal products are added up."""
    gathered: dict[tuple[str, ...], tuple[Fraction, tuple[str, ...]]] = {}
    for scale, factors in terms:
        key = tuple(sorted(factors))
        before = gathered.get(key, (Fraction(0), factors))
        gathered[key] = (before[0] + scale, before[1])
    return plus([_monomial(scale, factors) for scale, factors in gathered.values() if scale])


def _monomial(scale: Fraction, factors: tuple[str, ...]) -> Expr:
    size = abs(scale)
    parts: list[Expr] = [Name(name) for name in factors]
    if size != 1 or not parts:
        number: Expr = Number(str(size.numerator))
        parts.insert(0, number if size.denominator == 1 else Div(number, Number(str(size.denominator))))
    product = parts[0] if len(parts) == 1 else Mul(tuple(parts))
    return Neg(product) if scale < 0 else product
