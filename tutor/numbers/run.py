"""Running steps: numbers in, numbers out, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tutor.errors import TutorError, ValueProblem, hint_near
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.nouns import Derivation, Graph, Step
from tutor.numbers.arithmetic import (
    DIGITS,
    MAX_BITS,
    Constant,
    Undecided,
    Value,
    add,
    apply,
    as_public,
    as_real,
    compute_rigorously,
    divide,
    is_nothing,
    is_rigorous,
    multiply,
    negate,
    power,
    shorten,
    signum,
)
from tutor.numbers.balls import (
    BITS_A_DIGIT,
    NOTHING_KNOWN,
    accuracy,
    bits_of,
    enclose,
    is_ball,
    is_below_use,
    magnitude,
)
from tutor.text import make_visible

LEVELS = (DIGITS, 2 * DIGITS, 4 * DIGITS, 8 * DIGITS, 16 * DIGITS)
MOST = 20_000
"""The most digits that are ever computed with, where it is known that so many are called for."""
NOTHING = 30 * DIGITS
"""A number that is proved to be smaller than 10 to this power, negative, and that no digits tell from 0, counts as 0."""
_ENOUGH = bits_of(DIGITS)


@dataclass(frozen=True, slots=True)
class Trace:
    """The numbers of one run, by name: quantities, and derivatives as ``dL/dw5``."""

    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Value:
        return self.values[name]


def compute(expr: Expr, values: Mapping[str, Value]) -> Value:
    """The value of one expression.

    Raises `ValueProblem` where it does not exist, and names what has no value.

    >>> compute(parse("x/3"), {"x": Fraction(1, 2)})
    Fraction(1, 6)
    """
    return _COMPUTE[type(expr)](expr, values)


def _number(expr: Number, values: Mapping[str, Value]) -> Value:
    return expr.value


def _name(expr: Name, values: Mapping[str, Value]) -> Value:
    try:
        return values[expr.name]
    except KeyError:
        raise ValueProblem(f"{expr.name} has no value", hint=f"give it one: --at {expr.name}=1") from None


def _partial(expr: Partial, values: Mapping[str, Value]) -> Value:
    name = derivative_key(expr.of, expr.wrt)
    try:
        return values[name]
    except KeyError:
        raise ValueProblem(f"{name} has no value yet") from None


def _sum(expr: Add, values: Mapping[str, Value]) -> Value:
    parts = iter(expr.args)
    total = compute(next(parts), values)
    for part in parts:
        total = add(total, compute(part, values))
    return total


def _product(expr: Mul, values: Mapping[str, Value]) -> Value:
    parts = iter(expr.args)
    total = compute(next(parts), values)
    for part in parts:
        total = multiply(total, compute(part, values))
    return total


def _call(expr: Call, values: Mapping[str, Value]) -> Value:
    if expr.func == "if_positive":  # only the branch that counts has to exist
        condition, a, b = expr.args
        return compute(a if signum(compute(condition, values)) > 0 else b, values)
    return apply(expr.func, [compute(arg, values) for arg in expr.args])


# A walk over the tree, where everything that runs a formula often has a program (`tutor.numbers.program`): lowering the formulas of a
# network takes as long as computing them once with balls, and a solution computes most of them once.  Only the branch that counts is
# computed here, fractions stay fractions, and a fault is raised where it arises, with words.
_COMPUTE: dict[type, Callable[[Any, Mapping[str, Value]], Value]] = {
    Number: _number,
    Name: _name,
    Partial: _partial,
    Neg: lambda e, v: negate(compute(e.arg, v)),
    Add: _sum,
    Mul: _product,
    Div: lambda e, v: divide(compute(e.num, v), compute(e.den, v)),
    Pow: lambda e, v: power(compute(e.base, v), compute(e.exp, v)),
    Call: _call,
}


def run(steps: Iterable[Step], values: Mapping[str, Value]) -> dict[str, Value]:
    """Run steps one after the other; returns the values that were given with those that were computed.

    Raises `ValueProblem` with the step and its formula.
    """
    trace = dict(values)
    for step in steps:
        try:
            trace[step.target] = compute(step.expr, trace)
        except ValueProblem as error:
            raise _locate_error(error, step, trace) from None
    return trace


def _locate_error(error: ValueProblem, step: Step, trace: Mapping[str, Value]) -> TutorError:
    from tutor.expression.walk import names

    given = ", ".join(f"{n} = {shorten(trace[n])}" for n in names(step.expr)[:6] if n in trace)
    return error.put_at(f"{step.target} = {write_plain(step.expr)}" + (f" at {given}" if given else ""))


def evaluate(derivation: Derivation, values: Mapping[str, Value], *, least: int = 0) -> Trace:
    """Run the forward and the backward pass of a derivation.

    ``values`` must have every leaf; a missing one is named.  Where the derivation says which gradients are ``wanted``, one that does
    not exist at these values (∂/∂y of x^y at x = −2) is an error only if a wanted one needs it; else it is left out.
    ``least`` is that of `compute_stable`.
    """
    require(derivation.graph, values)
    return Trace(compute_stable(lambda: run_backward(derivation, run(derivation.graph.steps, values)), least=least))


def compute_stable(compute_all: Callable[[], dict[str, Value]], *, least: int = 0) -> dict[str, Value]:
    """The values of a computation, each exact or proved to `DIGITS` digits: with twice the digits until every ball is narrow enough.

    1 − σ(140) is 10⁻⁶¹: of 60 digits it keeps none.  What a sum loses of its smaller part says how many digits are called for.  Whether
    a number is exactly 0 no ball can tell: one that twice as many digits as ever called for do not tell from 0 is 0, proved to be smaller
    than 10 to the power of −`NOTHING`.  Within another such computation the outer one decides.  With ``least`` it is enough to know of a
    value that it is smaller than 10 to the power of −``least`` times the largest one: for who compares values and shows none.

    Raises `ValueProblem` where more than `MOST` digits would be needed.
    """
    if is_rigorous():
        return compute_all()
    digits, lost = LEVELS[1], 0
    while digits <= 2 * MOST:
        last = digits >= 2 * max(LEVELS[-1], lost)
        with compute_rigorously(digits, nothing=NOTHING if last else 0, watched=digits > LEVELS[1]) as rigour:
            try:
                found = compute_all()
                open_ones = [value for value in found.values() if not (_is_narrow(value) or (last and is_nothing(value)))]
                if not open_ones or (least and _are_below(open_ones, _find_largest(found.values()) - bits_of(least))):
                    return {name: Fraction(0) if last and is_nothing(value) else _as_public(name, value) for name, value in found.items()}
            except Undecided:
                pass
            lost = int(rigour.lost / BITS_A_DIGIT) + 2 * DIGITS if rigour.lost else 0
        if lost > MOST:
            break
        digits = max(2 * digits, lost, min(level for level in LEVELS if level > least))
    raise ValueProblem(
        f"this needs about {max(lost, MOST):,} digits: terms of very different sizes are added and then cancel",
        hint="use values of similar sizes, or write the formula so that nothing cancels",
    )


def _as_public(name: str, value: Value) -> Value:
    """What users see of a value; one that is not 0 and too small to be written is refused, as one that is too large is."""
    if is_ball(value) and is_below_use(value):
        raise ValueProblem(f"{name} is not 0, but smaller than 10^-12,000,000: too small to be written", hint="use numbers nearer to 0")
    return as_public(value)


def _find_largest(values: Iterable[Value]) -> int:
    """A power of two that the largest value is surely not smaller than."""
    sure = (enclose(value) for value in values)
    return max((magnitude(ball) - 2 for ball in sure if accuracy(ball) > 2), default=NOTHING_KNOWN)


def _are_below(values: Iterable[Value], power: int) -> bool:
    """Whether all balls are proved to be smaller than a power of two."""
    return all(is_ball(value) and max(magnitude(value), magnitude(value.rad())) < power for value in values)


def _is_narrow(value: Value) -> bool:
    """Whether a value is exact, or known to `DIGITS` digits."""
    return type(value) is Fraction or accuracy(enclose(value)) >= _ENOUGH or is_below_use(enclose(value))


def run_backward(derivation: Derivation, trace: Mapping[str, Value]) -> dict[str, Value]:
    """Run the backward pass from the numbers of a forward pass; see `evaluate`."""
    try:
        return run(derivation.backward, trace)
    except ValueProblem:
        if not derivation.wanted:
            raise
    needed = _list_needed(derivation)
    found = dict(trace)
    for step in derivation.backward:
        try:
            found[step.target] = compute(step.expr, found)
        except ValueProblem as error:
            if step.target in needed:
                raise _locate_error(error, step, found) from None
    return found


def _list_needed(derivation: Derivation) -> set[str]:
    """The backward steps that the wanted gradients are computed from."""
    loss = derivation.graph.loss
    steps = {step.target: step for step in derivation.backward}
    stack = [derivative_key(loss, name) for name in derivation.wanted]
    needed: set[str] = set()
    while stack:
        target = stack.pop()
        if target not in needed:
            needed.add(target)
            stack.extend(derivative_key(loss, path.factors[0].wrt) for path in steps[target].paths)
    return needed


def require(graph: Graph, values: Mapping[str, Value]) -> None:
    """Raise `ValueProblem` unless every leaf of the graph has a value, naming all that have none."""
    missing = [quantity.name for quantity in graph.leaves if quantity.name not in values]
    if missing:
        shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
        verb = "has" if len(missing) == 1 else "have"
        raise ValueProblem(f"{shown} {verb} no value", hint=f"give one with --at {missing[0]}=1 or under [values]")


def constant_of(expr: Expr) -> Value:
    """The value of a formula without names: a fraction, or a number that knows its formula.

    >>> root = constant_of(parse("2^(1/2)"))
    >>> compute_stable(lambda: {"y": compute(parse("x*x - 2"), {"x": root})})
    {'y': Fraction(0, 1)}
    """
    value = compute_stable(lambda: {"it": compute(expr, {})})["it"]
    return value if type(value) is Fraction else Constant.make(expr, as_real(value)._mpf_)


_PLAIN_NUMBER = re.compile(r"[-+−]?\s*(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")


_NO_QUANTITY, _NO_NUMBER = re.compile(r"there is no quantity (.*)"), r"\1 is no number"
"""Where a number is read, there are no quantities: what the reader says of one, and what is said instead."""


def read_value(text: str, name: str = "") -> Value:
    """The exact value of a written number: ``0.05`` is 1/20, ``1/3`` a third; formulas of numbers are allowed (``2^-3``).

    Raises `ValueProblem` when it is no number.

    >>> read_value("0.05")
    Fraction(1, 20)
    """
    where = f"the value of {name}" if name else ""
    text = text.strip()
    if _PLAIN_NUMBER.fullmatch(text) and len(text) < 200:
        return Fraction(text.replace("−", "-").replace(" ", ""))
    lowered = text.lower().lstrip("+-")
    if lowered in ("nan", "inf", "infinity"):
        raise ValueProblem(f"{make_visible(text)} is no number to compute with", where=where, hint="write a finite number")
    try:
        from tutor.rules.functions import FUNCTIONS, check_calls

        expr = parse(text, names=(), functions=FUNCTIONS)
        check_calls(expr)
        value = constant_of(expr)
    except TutorError as error:
        hint = "a decimal is written 0.5, with a point" if re.fullmatch(r"[-+]?\d+,\d+", text) else ""
        raise ValueProblem(
            f"{make_visible(text)!r} is not a number",
            where=where,
            hint=hint or f"write it as 0.5, 1/2 or 5e-1 ({_NO_QUANTITY.sub(_NO_NUMBER, error.what)})",
        ) from None
    if isinstance(value, Fraction) and value.numerator.bit_length() > MAX_BITS:
        raise ValueProblem(f"{make_visible(text)!r} is too large a number", where=where)
    return value


def check_names(values: Mapping[str, Value], graph: Graph) -> None:
    """Refuse a value for something that is no leaf of the graph, with near misses."""
    leaves = [quantity.name for quantity in graph.leaves]
    for name in values:
        if name in leaves:
            continue
        if any(step.target == name for step in graph.steps):
            raise ValueProblem(
                f"{name} is computed, it cannot be given a value",
                hint="give values to: " + ", ".join(leaves[:12]) if leaves else "nothing here takes a value",
            )
        raise ValueProblem(
            f"there is no quantity {name}",
            hint=hint_near(name, leaves) or ("the inputs are: " + ", ".join(leaves[:12]) if leaves else "there are no inputs"),
        )
