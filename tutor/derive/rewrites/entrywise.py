"""Named rewrites of losses that look at the entries of an array one by one: binary cross-entropy of scores, divergence from a normal.

Each term of the loss that sees the array is a number times an elementary function of its entries; their slopes are added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tutor.derive.backward import derive
from tutor.derive.local import times
from tutor.derive.rewrites.layer_terms import ArrayTerm, loss_terms, scale_expr
from tutor.derive.rewrites.terms import Flow, affine, combine_sums
from tutor.derive.tidy import product, sum_terms
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Name, Neg, Partial, Pow, children, write_fraction
from tutor.expression.walk import names
from tutor.graph.layered import Layered
from tutor.rules.patterns import constant

LOGITS = "binary cross-entropy of scores"
STANDARD_NORMAL = "divergence from the standard normal"


@dataclass(frozen=True, slots=True)
class LayerRewrite:
    """``left = expr`` holds because of ``rule``; ``equals`` is what it is proved against, in quantities and derivatives.

    ``targets`` are the targets whose entries have to sum to 1 (each sample's), where the rewrite needs that; ``output`` is the function
    that says what a sample is, ``softmax_rows``.
    """

    left: Expr
    expr: Expr
    equals: Expr
    rule: str
    targets: str = ""
    output: str = ""
    between: tuple[Expr, ...] = ()
    """How the left side comes to be the right one, where that takes more than its rule."""


def recognise_entrywise(layered: Layered) -> tuple[LayerRewrite, ...]:
    """What is simplified of each array that a softplus, a log σ, an exponential or a logarithm is taken of.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> graph = from_layers(["L = sum(softplus(z) - y ⊙ z)"], {"z": (3,), "y": (3,)})
    >>> [write_plain(rewrite.expr) for rewrite in recognise_entrywise(graph)]
    ['sigmoid(z) - y']
    """
    found = {derivative_key(layered.graph.loss, name): row for name, row in _recognise(layered)}
    derived = {step.target: step.expr for step in derive(layered.graph).backward} if found else {}
    return tuple(row for key, row in found.items() if row.expr != derived.get(key))  # what stands there is not said twice


def _recognise(layered: Layered) -> Iterator[tuple[str, LayerRewrite]]:
    flow = Flow(layered.graph)
    arrays = [name for name in layered.shapes if name != layered.graph.loss]
    inside = {name: _list_functions(layered, name) for name in arrays}
    for name in arrays:
        if not inside[name] & _STARTS:
            continue
        terms = loss_terms(layered, Name(name))
        if not terms or len({(term.scalars, term.divisors) for term in terms}) != 1:
            continue
        for rule, expr in (_read_logits(terms, name, flow), _read_spread(terms, name, flow)):
            if expr is None:
                continue
            yield name, _write(layered, rule, name, terms, *expr)
            if rule == STANDARD_NORMAL:
                yield from _list_means(layered, arrays, terms, expr[0], flow)


Simple = tuple[Fraction, Expr]
"""A number and what it multiplies, ½ and exp(v) − 1."""
_STARTS = {"softplus", "log_sigmoid", "exp", "log"}


def _list_functions(layered: Layered, name: str) -> set[str]:
    found: set[str] = set()
    for step in layered.graph.steps:
        stack: list[Expr] = [step.expr] if name in names(step.expr) else []
        while stack:
            node = stack.pop()
            if isinstance(node, Call) and name in names(node):
                found.add(node.func)
            stack.extend(children(node))
    return found


def _write(layered: Layered, rule: str, name: str, terms: Sequence[ArrayTerm], number: Fraction, simple: Expr) -> LayerRewrite:
    scale = times(scale_expr((abs(number), terms[0].scalars, terms[0].divisors)), simple)
    left = Partial(layered.graph.loss, name)
    return LayerRewrite(left, Neg(scale) if number < 0 else scale, left, rule)


def _read_logits(terms: Sequence[ArrayTerm], name: str, flow: Flow) -> tuple[str, Simple | None]:
    """log(1 + exp(z)) − y ⊙ z in any spelling: σ(z) − y."""
    slope: Mapping[str, Fraction] | None = {}
    rest: Mapping[str, Fraction] | None = {}
    for term in terms:
        parts = _read_soft(flow.see_through(term.core), name, flow)
        factors = affine(term.factors[0], flow) if len(term.factors) == 1 else {"": Fraction(1)} if not term.factors else None
        if parts is None or factors is None:
            return LOGITS, None
        slope = combine_sums([(Fraction(1), slope), (term.number * parts[0], factors)])
        rest = combine_sums([(Fraction(1), rest), (term.number * parts[1], factors)])
    if slope is None or rest is None or set(slope) != {""}:
        return LOGITS, None
    number = slope[""]
    ordered = sorted(rest.items(), key=lambda pair: pair[1] / number < 0)
    beside = [product([write_fraction(value / number), *([Name(part)] if part else [])]) for part, value in ordered]
    return LOGITS, (number, sum_terms([Call("sigmoid", (Name(name),)), *beside]))


def _read_soft(core: Expr, name: str, flow: Flow) -> tuple[int, int] | None:
    """The slope of a term as a multiple of σ(z) and a number; nothing for a term of another form."""
    if core == Name(name):
        return 0, 1
    if not isinstance(core, Call):
        return None
    if core.func == "log":
        inner = flow.see_through(core.args[0])
        powers = [flow.see_through(part) for part in inner.args if constant(part) != 1] if isinstance(inner, Add) else []
        if not isinstance(inner, Add) or len(inner.args) != 2 or len(powers) != 1:
            return None
        (power,) = powers
        return _read_soft(Call("softplus", power.args), name, flow) if isinstance(power, Call) and power.func == "exp" else None
    if core.func not in ("softplus", "log_sigmoid"):
        return None
    inner = core.args[0]
    inner = flow.see_through(inner) if inner != Name(name) else inner
    negated = inner == Neg(Name(name))
    if not negated and inner != Name(name):
        return None
    if core.func == "log_sigmoid":  # log σ(z) = −softplus(−z)
        return (-1, 0) if negated else (-1, 1)
    return (1, -1) if negated else (1, 0)


def _read_spread(terms: Sequence[ArrayTerm], name: str, flow: Flow) -> tuple[str, Simple | None]:
    """exp(v) − v of the logarithm v of a variance: exp(v) − 1; σ² − log σ² of a spread σ: 2(σ − 1/σ)."""
    numbers: dict[str, Fraction] = {}
    for term in terms:
        kind = _name_term(flow.see_through(term.core) if term.core != Name(name) else term.core, name)
        if kind is None or term.factors:
            return STANDARD_NORMAL, None
        numbers[kind] = numbers.get(kind, Fraction(0)) + term.number
    own = Name(name)
    if set(numbers) == {"exp", "itself"} and numbers["exp"] == -numbers["itself"]:
        return STANDARD_NORMAL, (numbers["exp"], Add((Call("exp", (own,)), Neg(ONE))))
    logs = numbers.get("log", Fraction(0)) + 2 * numbers.get("log_square", Fraction(0))
    if numbers.get("square") and set(numbers) <= {"square", "log", "log_square"} and logs == -2 * numbers["square"]:
        return STANDARD_NORMAL, (2 * numbers["square"], Add((own, Neg(Div(ONE, own)))))
    return STANDARD_NORMAL, None


def _name_term(core: Expr, name: str) -> str | None:
    own = Name(name)
    square = isinstance(core, Pow) and core.base == own and constant(core.exp) == 2
    if core == own:
        return "itself"
    if square:
        return "square"
    if isinstance(core, Call) and core.func in ("exp", "log") and core.args[0] == own:
        return core.func
    if isinstance(core, Call) and core.func == "log" and _name_term(core.args[0], name) == "square":
        return "log_square"
    return None


def _list_means(
    layered: Layered, arrays: Sequence[str], spread: Sequence[ArrayTerm], number: Fraction, flow: Flow
) -> Iterator[tuple[str, LayerRewrite]]:
    """The means beside a spread: μ² with the same number gives 2μ."""
    for name in arrays:
        terms = loss_terms(layered, Name(name))
        if len(terms) != 1 or terms[0].factors or (terms[0].scalars, terms[0].divisors) != (spread[0].scalars, spread[0].divisors):
            continue
        if _name_term(flow.see_through(terms[0].core), name) == "square" and terms[0].number in (number, number / 2):
            yield name, _write(layered, STANDARD_NORMAL, name, terms, 2 * terms[0].number, Name(name))
