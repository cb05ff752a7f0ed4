"""The loss taken apart: its terms and the sigmoids and softmaxes that they look at, however they are written.

A recogniser wants to know one thing: which logarithm of which output stands in the loss, and what it is multiplied by.  Whether a
lecturer writes one formula or ten steps, ``cross_entropy(p, y)`` or ``-y*log(p)``, a sum or a mean, the terms are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tutor.derive.tidy import product, sum_terms
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Pow, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.nouns import Graph
from tutor.rules.functions import OF_LOGARITHMS, function, value_of
from tutor.rules.patterns import constant

_LOGGED = re.compile(r"log_softmax_\d+")
_HIDDEN = " "
MAX_OPENED = 4
MAX_VISITS = 5_000
"""How many nodes of the loss are looked at; a longer one is not taken apart."""


@dataclass(frozen=True, slots=True)
class Output:
    """A step that is an activation of scores: a sigmoid of one, or a component of a softmax of all.

    A sigmoid of a formula (``p = sigmoid(w*x + b)``) has no score of its own: ``inner`` is the formula, and the scores are empty.
    ``logged``: the step is the logarithm of the component, ``l = log_softmax_1(z1, z2)``.
    """

    name: str
    function: str
    scores: tuple[str, ...]
    place: int = 0
    inner: Expr | None = None
    logged: bool = False


@dataclass(frozen=True, slots=True)
class LogSum:
    """log Σ exp of scores; ``one`` where 1 is added to the sum, ``negated`` where it is exp(−z): log(1 + exp(−z))."""

    scores: tuple[str, ...]
    one: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the loss: a number times factors (that do not depend on any output) over divisors, times what does."""

    core: Expr
    number: Fraction
    factors: tuple[Expr, ...] = ()
    divisors: tuple[Expr, ...] = ()


class Flow:
    """Who uses whom in a graph, asked from several sides.

    The logarithm of an activation that stands inside of a formula is a step here, under a name that no quantity has (`is_hidden`).
    """

    def __init__(self, graph: Graph) -> None:
        self.steps: dict[str, Expr] = {}
        for step in graph.steps:
            expr = self._name_logarithms(step.expr)
            self.steps[step.target] = expr
        self.users: dict[str, list[str]] = {}
        for target, expr in self.steps.items():
            for name in names(expr):
                self.users.setdefault(name, []).append(target)

    def _name_logarithms(self, expr: Expr, *, whole: bool = True) -> Expr:
        parts = tuple(self._name_logarithms(part, whole=False) for part in children(expr))
        if whole or not isinstance(expr, Call) or not _LOGGED.fullmatch(expr.func) or not all(isinstance(part, Name) for part in parts):
            return rebuild(expr, parts) if parts else expr
        name = _HIDDEN + f"{expr.func}({', '.join(names(expr))})"
        self.steps[name] = expr
        return Name(name)

    def list_after(self, start: Iterable[str], blocked: Iterable[str] = ()) -> set[str]:
        """All that depends on some quantities (themselves included), not counting what comes after the blocked ones."""
        stop = set(blocked)
        found: set[str] = set()
        stack = [name for name in start if name not in stop]
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(user for user in self.users.get(name, ()) if user not in stop)
        return found

    def see_through(self, expr: Expr) -> Expr:
        """The formula behind a name, or the expression itself."""
        return self.steps.get(expr.name, expr) if isinstance(expr, Name) else expr


def is_hidden(name: str) -> bool:
    """Whether a name is that of a part of a formula, made by `Flow`."""
    return name.startswith(_HIDDEN)


def outputs(flow: Flow) -> dict[str, Output]:
    """Every step that is a sigmoid or a component of a softmax of plain quantities, written as a function or out."""
    found = {}
    for name, expr in flow.steps.items():
        output = _read_called(name, expr) if isinstance(expr, Call) else _read_written(name, expr, flow)
        if output is not None:
            found[name] = output
    return found


def _read_called(name: str, expr: Call) -> Output | None:
    if expr.func == "sigmoid":
        return _sigmoid_of(name, expr.args[0])
    if not all(isinstance(arg, Name) for arg in expr.args):
        return None
    scores = tuple(arg.name for arg in expr.args if isinstance(arg, Name))
    head, _, place = expr.func.rpartition("_")
    if head in ("softmax", "log_softmax") and place.isdigit() and len(set(scores)) == len(scores):
        return Output(name, "softmax", scores, int(place) - 1, logged=head == "log_softmax")
    return None


def _sigmoid_of(name: str, inner: Expr) -> Output | None:
    if isinstance(inner, Name):
        return Output(name, "sigmoid", (inner.name,))
    return Output(name, "sigmoid", (), inner=inner) if names(inner) else None


def _read_written(name: str, expr: Expr, flow: Flow) -> Output | None:
    """A sigmoid in any of its spellings, or exp(z_i) over the sum of all exp(z_k), in one formula or in steps."""
    if isinstance(expr, Pow) and constant(expr.exp) == -1:
        expr = Div(ONE, expr.base)
    if not isinstance(expr, Div):
        return None
    below = flow.see_through(expr.den)
    if not isinstance(below, Add):
        return None
    powers = [_exponent(part, flow) for part in below.args]
    if len(powers) == 2 and any(constant(part) == 1 for part in below.args):
        inner = next((power for power in powers if power is not None), None)
        return _logistic(name, expr.num, inner, flow) if inner is not None else None
    scores = tuple(power.name for power in powers if isinstance(power, Name))
    own = _exponent(expr.num, flow)
    if len(set(scores)) != len(powers) or not isinstance(own, Name) or own.name not in scores:
        return None
    return Output(name, "softmax", scores, scores.index(own.name))


def _logistic(name: str, num: Expr, power: Expr, flow: Flow) -> Output | None:
    """1/(1 + exp(−z)) and exp(z)/(1 + exp(z)): which number z is."""
    own = _exponent(num, flow)
    if own is not None and own == power:
        return _sigmoid_of(name, power)
    return (
        _sigmoid_of(name, _negate(flow.see_through(power) if isinstance(flow.see_through(power), Neg) else power))
        if constant(num) == 1
        else None
    )


def _negate(expr: Expr) -> Expr:
    """−z as it is written shortest: z for −z, a − b for b − a, wx + b for −wx − b."""
    if isinstance(expr, Neg):
        return expr.arg
    if isinstance(expr, Add):  # what becomes positive comes first
        return sum_terms(sorted((product([Neg(arg)]) for arg in expr.args), key=lambda arg: isinstance(arg, Neg)))
    return product([Neg(expr)])


def _exponent(expr: Expr, flow: Flow) -> Expr | None:
    seen = flow.see_through(expr)
    if isinstance(seen, Div) and constant(seen.num) == 1:  # 1/exp(z)
        below = _exponent(seen.den, flow)
        return Neg(below) if below is not None else None
    return seen.args[0] if isinstance(seen, Call) and seen.func == "exp" else None


def terms(loss: str, flow: Flow, known: Mapping[str, Output], scores: Iterable[str] = ()) -> list[Term] | None:
    """The terms of the loss that depend on an output (or on scores), in the order written; nothing where they are too many."""
    live = flow.list_after([*known, *scores])
    found: list[Term] = []
    stops = set(scores)
    stack = [Term(Name(loss), Fraction(1))]
    for _ in range(MAX_VISITS):
        if not stack:
            return found
        term = stack.pop()
        core = term.core
        if isinstance(core, Name) and core.name in flow.steps and core.name not in known and core.name not in stops:
            core = flow.steps[core.name]
        if not _is_alive(core, live):
            continue
        parts = _parts(core, term, live)
        if parts is None:
            found.append(Term(core, term.number, term.factors, term.divisors))
        else:
            stack.extend(reversed(parts))
    return None


def _is_alive(expr: Expr, live: set[str]) -> bool:
    return any(name in live for name in names(expr))


def _parts(core: Expr, term: Term, live: set[str]) -> list[Term] | None:
    """The terms that a sum, a multiple or a written-out loss consists of; nothing where it is one term."""
    number, factors, divisors = term.number, term.factors, term.divisors
    match core:
        case Neg(arg):
            return [Term(arg, -number, factors, divisors)]
        case Add(args):
            return [Term(arg, number, factors, divisors) for arg in args]
        case Mul(args):
            alive = [arg for arg in args if _is_alive(arg, live)]
            if len(alive) != 1:
                return None
            more = []
            for arg in (arg for arg in args if arg is not alive[0]):
                value = constant(arg)
                if value is None and isinstance(arg, Neg):
                    more.append(arg.arg)
                    number = -number
                elif value is None:
                    more.append(arg)
                else:
                    number *= value
            return [Term(alive[0], number, (*factors, *more), divisors)]
        case Div(num, den):
            value = constant(den)
            if _is_alive(den, live) or value == 0:
                return None
            if value is not None:
                return [Term(num, number / value, factors, divisors)]
            return [Term(num, number, factors, (*divisors, den))]
        case Call(func, args) if func in OF_LOGARITHMS or func == "log_sigmoid":  # log σ(z) is −softplus(−z)
            row = function(func, len(args))
            formula = value_of(row)
            assert formula is not None
            return [Term(substitute(formula, dict(zip(row.params, args, strict=True))), number, factors, divisors)]
    return None


def log_of(core: Expr, flow: Flow, known: Mapping[str, Output]) -> tuple[str, bool] | None:
    """Which output a term is the logarithm of, and whether of 1 minus it; nothing for another term."""
    if isinstance(core, Name) and core.name in known and known[core.name].logged:
        return core.name, False
    if not isinstance(core, Call) or core.func != "log":
        return None
    plain = {name for name, output in known.items() if not output.logged}
    inner = core.args[0]
    if isinstance(inner, Name) and inner.name not in known:
        inner = flow.see_through(inner)
    if isinstance(inner, Name) and inner.name in plain:
        return inner.name, False
    match inner:
        case Add((one, Neg(Name(name)))) if one == ONE and name in plain:
            return name, True
    return None


def log_sum(core: Expr, flow: Flow) -> LogSum | None:
    """log Σ exp(z_k) as a term may be written: log(1 + exp(z)), softplus(−z), logsumexp(z1, z2); nothing for another term."""
    core = flow.see_through(core)
    if not isinstance(core, Call):
        return None
    if core.func == "softplus":
        return _read_soft(flow.see_through(core.args[0]) if isinstance(core.args[0], Name) else core.args[0], core.args[0])
    if core.func == "lse":
        plain = tuple(arg.name for arg in core.args if isinstance(arg, Name))
        return LogSum(plain) if len(set(plain)) == len(core.args) > 1 else None
    if core.func != "log" or not isinstance(total := flow.see_through(core.args[0]), Add):
        return None
    rest = [part for part in total.args if constant(part) != 1]
    powers = [_exponent(part, flow) for part in rest]
    one = len(rest) == len(total.args) - 1
    if one and len(rest) == 1 and powers[0] is not None:
        return _read_soft(flow.see_through(powers[0]), powers[0])
    scores = tuple(power.name for power in powers if isinstance(power, Name))
    if one or len(scores) != len(rest) or len(set(scores)) < len(rest) or len(rest) < 2:
        return None
    return LogSum(scores)


def _read_soft(inner: Expr, named: Expr) -> LogSum | None:
    """log(1 + exp(z)) and log(1 + exp(−z)) by their exponent, which may have a name."""
    if isinstance(inner, Neg) and isinstance(inner.arg, Neg):
        return _read_soft(inner.arg.arg, inner.arg.arg)
    if isinstance(inner, Neg) and isinstance(inner.arg, Name):
        return LogSum((inner.arg.name,), one=True, negated=True)
    return LogSum((named.name,), one=True) if isinstance(named, Name) else None


def affine(expr: Expr, flow: Flow, opened: int = MAX_OPENED) -> dict[str, Fraction] | None:
    """A sum of multiples of plain quantities, the constant under ""; nothing for any other formula.

    A step that is such a sum itself is ``opened``, so many deep: c = 1 − y.
    """
    value = constant(expr)
    if value is not None:
        return {"": value}
    match expr:
        case Name(name):
            step = flow.steps.get(name) if opened else None
            made = affine(step, flow, opened - 1) if step is not None else None
            return {name: Fraction(1)} if made is None else made
        case Neg(arg):
            return combine_sums([(Fraction(-1), affine(arg, flow, opened))])
        case Add(args):
            return combine_sums([(Fraction(1), affine(arg, flow, opened)) for arg in args])
        case Mul(args):
            numbers = [constant(arg) for arg in args]
            rest = [arg for arg, number in zip(args, numbers, strict=True) if number is None]
            scale = Fraction(1)
            for number in numbers:
                scale *= 1 if number is None else number
            return combine_sums([(scale, affine(rest[0], flow, opened))]) if len(rest) == 1 else None
        case Div(num, den):
            below = constant(den)
            return combine_sums([(1 / below, affine(num, flow, opened))]) if below else None
    return None


def combine_sums(parts: Iterable[tuple[Fraction, Mapping[str, Fraction] | None]]) -> dict[str, Fraction] | None:
    """A sum of multiples of such sums, without what cancels."""
    total: dict[str, Fraction] = {}
    for scale, part in parts:
        if part is None:
            return None
        for name, value in part.items():
            total[name] = total.get(name, Fraction(0)) + scale * value
    return {name: value for name, value in total.items() if value}
