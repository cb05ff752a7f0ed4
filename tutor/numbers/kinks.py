"""Where a computation stands exactly on a kink or a jump, so that a derivative there is a convention.

A function by cases jumps only where its two branches differ at their seam; where they meet there may be a kink, or nothing at all (the
Huber loss).  That is found out by looking: at seams that bisection finds, on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from random import Random
from typing import Literal

from tutor.errors import TutorError
from tutor.expression.nodes import ZERO, Call, Expr, children
from tutor.expression.own_functions import is_own
from tutor.expression.walk import names, size, substitute
from tutor.graph.nouns import Graph, Step
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.run import compute
from tutor.rules.functions import FUNCTIONS, Ties, function, value_of
from tutor.rules.operations import LAYERS
from tutor.rules.patterns import recognise

Point = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Kink:
    """A step whose function is evaluated exactly where it has no two-sided derivative, and what is taken there.

    ``convention`` is a key (see `tutor.rules.functions.Function`); it is empty where only the step as it is written has none: the branches
    |x| − ½ and ½x² meet in x, not in a and b.
    """

    step: str
    convention: str


def conventions(graph: Graph) -> dict[str, str]:
    """The functions of a graph that have kinks or jumps, by rule name, with the key of what is taken there."""
    found: dict[str, str] = {}
    steps = {step.target: step.expr for step in graph.steps}
    for step in graph.steps:
        for call in list_calls(step.expr):
            key = _convention(step.expr, call, steps, graph.ties)
            if key:
                found.setdefault(call.func.rstrip("'") if step.rule == "formula" or is_own(step.rule) else step.rule, key)
    return found


def array_conventions(graph: Graph, among: Sequence[Step]) -> list[str]:
    """The keys of what is taken at the kinks of some steps of a graph over arrays, whose entries are not looked at."""
    found: dict[str, None] = {}
    steps = {step.target: step.expr for step in graph.steps}
    for step in among:
        for call in list_calls(step.expr):
            name = call.func.rstrip("'")
            if name in FUNCTIONS and not FUNCTIONS[name].layer:
                found[_convention(step.expr, call, steps, graph.ties)] = None
            elif name in LAYERS and _POOLS in LAYERS[name][0].index:
                found[_name_ties(FUNCTIONS["max"].convention, graph.ties)] = None
    return [key for key in found if key]


_POOLS = "max_over("
"""What stands in the index form of an operation that takes a largest entry."""


FIRST: Mapping[str, str] = {
    row.convention: f"{row.convention} first"
    for row in FUNCTIONS.values() if row.role == "selection" and row.variadic and row.convention
}  # fmt: skip
"""The conventions of what has ties, with those where the first of equal ones has it all."""


def _name_ties(key: str, ties: Ties) -> str:
    return FIRST.get(key, key) if ties == "first" else key


def _convention(expr: Expr, call: Call, steps: Mapping[str, Expr], ties: Ties = "shared") -> str:
    """The key of what is taken at the kink: a written-out formula (max(0, z)) has the convention of the function that it is."""
    row = function(call.func.rstrip("'"), len(call.args))
    if not row.convention:
        return ""
    known = recognise(expr)
    if known is not None and known[0].row.convention:
        return known[0].row.convention
    if call.func == "if_positive":
        met = seam(compose_call(call, steps))
        return row.convention if met == "jump" else MEETING[met]
    if call.func == "max" and len(call.args) == 2 and ZERO in call.args:
        return FUNCTIONS["relu"].convention
    return _name_ties(row.convention, ties)


MOST_COMPOSED = 200


def compose_call(call: Call, steps: Mapping[str, Expr]) -> Call:
    """A call with the formulas of its steps put in, of which its branches may share quantities; as it is where that gets long.

    >>> from tutor.expression.parse import parse
    >>> call = parse("if_positive(a, x, y)", functions=("if_positive",))
    >>> seam(call), seam(compose_call(call, {"a": parse("x - y")}))
    ('jump', 'kink')
    """
    whole: Expr = call
    while any(name in steps for name in names(whole)):
        whole = substitute(whole, steps)
        if size(whole) > MOST_COMPOSED:
            return call
    return whole if isinstance(whole, Call) else call


Seam = Literal["jump", "kink", "smooth"]
MEETING: dict[str, str] = {"kink": "if_positive meeting", "smooth": ""}
"""The convention of a choice by sign; at a jump it is the row's own."""
_STEP, _NEAR, _TRIES = Fraction(1, 10**12), Fraction(1, 10**6), 24


@cache
def seam(call: Call) -> Seam:
    """How the two branches of a choice by sign meet where its condition is 0: a jump unless they are seen to meet.

    >>> from tutor.expression.parse import parse
    >>> cases = ("if_positive(x, 1, 0)", "if_positive(x, x, -x)", "if_positive(x, x^2, 0)")
    >>> [seam(parse(text, functions=("if_positive",))) for text in cases]
    ['jump', 'kink', 'smooth']
    """
    condition, yes, no = call.args
    found: Seam | None = None
    chance = Random(1)
    used = names(call)
    for _ in range(_TRIES):
        ends = [{name: Fraction(chance.randint(-4000, 4000), 1000) for name in used} for _ in range(2)]
        sides = _bisect_sign(condition, *ends)
        if sides is None:
            continue
        met = _judge_seam(yes, no, *sides)
        if met == "jump":
            return "jump"
        found = "kink" if "kink" in (met, found) else met or found
    return found or "jump"


def _bisect_sign(condition: Expr, plus: Point, minus: Point) -> tuple[Point, Point] | None:
    """Two points next to each other, before and behind the place where a condition changes its sign; nothing where it does not."""
    signs = [_value(condition, point) for point in (plus, minus)]
    if None in signs or (signs[0] > 0) == (signs[1] > 0):  # type: ignore[operator]
        return None
    if signs[0] <= 0:  # type: ignore[operator]
        plus, minus = minus, plus
    while max(abs(plus[name] - minus[name]) for name in plus) > _STEP:
        middle = {name: (plus[name] + minus[name]) / 2 for name in plus}
        sign = _value(condition, middle)
        if sign is None:
            return None
        plus, minus = (middle, minus) if sign > 0 else (plus, middle)
    return plus, minus


def _judge_seam(yes: Expr, no: Expr, plus: Point, minus: Point) -> Seam | None:
    """Whether two formulas agree at a seam, and whether their slopes do, along every quantity."""
    first, second = _value(yes, plus), _value(no, plus)
    if first is None or second is None:
        return None
    if abs(first - second) > _NEAR * (1 + abs(first)):
        return "jump"
    wide = Fraction(1, 10**4)
    for name in plus:
        moved = [{**plus, name: plus[name] + side * wide} for side in (1, -1)]
        slopes = []
        for branch in (yes, no):
            values = [_value(branch, point) for point in moved]
            if None in values:
                return None
            slopes.append((values[0] - values[1]) / (2 * wide))  # type: ignore[operator]
        if abs(slopes[0] - slopes[1]) > Fraction(1, 1000) * (1 + abs(slopes[0])):
            return "kink"
    return "smooth"


def _value(expr: Expr, point: Point) -> Fraction | None:
    try:
        return Fraction(float(as_real(compute(expr, point))))
    except (TutorError, OverflowError, ValueError):
        return None


def list_flat_steps(graph: Graph) -> list[tuple[str, str]]:
    """The steps through which nothing can be learnt (Heaviside, zero-one loss), with the key of the reason."""
    found = []
    for step in graph.steps:
        for call in list_calls(step.expr):
            row = function(call.func.rstrip("'"), len(call.args))
            if row.flat:
                found.append((step.target, row.convention))
    return found


def function_calls(graph: Graph) -> list[Call]:
    """The functions that a graph applies, the first call of each, in the order of its steps."""
    found: dict[str, Call] = {}
    for step in graph.steps:
        for call in list_calls(step.expr):
            found.setdefault(call.func.rstrip("'"), Call(call.func.rstrip("'"), call.args))
    return list(found.values())


def list_kinks_hit(graph: Graph, values: Mapping[str, Value]) -> list[Kink]:
    """The steps that stand exactly on a kink at these values (the values of the forward pass)."""
    found = []
    steps = {step.target: step.expr for step in graph.steps}
    for step in graph.steps:
        for call in list_calls(step.expr):
            if _convention(step.expr, call, {}) and _is_on_kink(call, values):
                found.append(Kink(step.target, _convention(step.expr, call, steps, graph.ties)))
                break
    return found


def list_calls(expr: Expr) -> Iterator[Call]:
    """The calls in a formula, and those in the exercise's own functions that it calls."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and node.func != "pi":
            yield node
            if is_own(node.func):
                stack.append(_open_own(node))
        stack.extend(children(node))


def _open_own(call: Call) -> Expr:
    """The formula of an own function with a call's arguments in it."""
    row = function(call.func.rstrip("'"), len(call.args))
    formula = value_of(row)
    return call.args[0] if formula is None else substitute(formula, dict(zip(row.params, call.args, strict=True)))


def _is_on_kink(call: Call, values: Mapping[str, Value]) -> bool:
    """Whether a call is at a kink: decided at the primitives, through the formulas of the functions that are made of them."""
    name = call.func.rstrip("'")
    if name == "abs":
        return bool(compute(call.args[0], values) == 0)
    if name == "if_positive":
        return bool(compute(call.args[0], values) == 0) and seam(call) != "smooth"
    if name in ("max", "min"):
        args = sorted((compute(arg, values) for arg in call.args), key=as_real)
        pair = args[-2:] if name == "max" else args[:2]
        return len(pair) == 2 and bool(as_real(pair[0]) == as_real(pair[1]))
    row = function(name, len(call.args))
    formula = value_of(row)
    if formula is None or not row.convention:
        return False
    inner = dict(zip(row.params, (compute(arg, values) for arg in call.args), strict=True))
    return any(_is_on_kink(part, inner) for part in list_calls(formula))
