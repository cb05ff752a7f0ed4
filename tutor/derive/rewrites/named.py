"""Named rewrites: where lectures simplify, the product does so as a step of its own, with its name and its condition.

A rewrite is *left = expr*: softmax with cross-entropy gives ∂L/∂s_i = p_i·Σ_k y_k − y_i, which is p_i − y_i where the targets sum to 1.
Each is recognised from the structure of the steps (`tutor.derive.rewrites.terms`), never from an exercise, and each one that is
shown is proved (`tutor.numbers.prove_rewrites`).  To add one, write a recogniser and its row in `ROWS`, and its sentence in
`tutor.explain.simplified_section`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from tutor.derive.chains import gradients, list_full_chains
from tutor.derive.local import plus, times
from tutor.derive.rewrites.collapse import Unit, find_collapses, put_together
from tutor.derive.rewrites.gaussians import DIVERGENCE, OF_DIVERGENCES, find_divergences
from tutor.derive.rewrites.margins import MARGINS, OF_MARGINS, find_single_margins
from tutor.derive.rewrites.terms import (
    Flow,
    LogSum,
    Output,
    Term,
    affine,
    combine_sums,
    is_hidden,
    log_of,
    log_sum,
    outputs,
    terms,
)
from tutor.derive.slope import derivatives
from tutor.derive.tidy import product, sum_terms
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Partial, children, write_fraction
from tutor.expression.walk import names, size, substitute
from tutor.graph.layered import Layered
from tutor.graph.nouns import Derivation, Graph, Path, Step
from tutor.rules.patterns import constant

BELOW = "parameters below"
"""The rule of a gradient that follows from a rewrite: ∂L/∂w = (ŷ − y)·h."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """``left = expr``, always; ``left = under`` where ``condition`` (a sum) is 1.

    ``paths`` are the factors that the chain rule multiplies for ``left``, as they stand; ``between`` is what a lecturer writes on
    the way.  A part of a collapsed network has neither; its ``left`` is a name of its own, such as ``wtilde_0``, or the output
    itself.
    """

    rule: str
    left: Expr
    expr: Expr
    paths: tuple[Path, ...] = ()
    between: tuple[Expr, ...] = ()
    condition: Expr | None = None
    under: Expr | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a recogniser looks at: a derivation, who uses whom, the activations, and the terms of the loss."""

    derivation: Derivation
    flow: Flow
    outputs: Mapping[str, Output]
    terms: Sequence[Term]

    @property
    def loss(self) -> str:
        """What is differentiated."""
        return self.derivation.graph.loss


@dataclass(frozen=True, slots=True)
class RewriteRow:
    """One named rewrite: its name, who recognises it, the condition in words, and who teaches it."""

    name: str
    recognise: Callable[[Sight], Iterator[Rewrite]]
    source: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class _Logs:
    """The logarithms of one group of outputs in the loss: their coefficients without the sign, over one scale."""

    targets: Mapping[tuple[str, bool], Expr]
    number: Fraction
    divisors: tuple[Expr, ...]

    def scale_expr(self, expr: Expr) -> Expr:
        """An expression times the scale: the 1/2 of a mean."""
        if self.divisors:
            expr = Div(expr, self.divisors[0] if len(self.divisors) == 1 else Mul(self.divisors))
        if self.number == 1:
            return expr
        size = abs(self.number)
        product = expr if size == 1 else Mul((write_fraction(size), expr))
        return Neg(product) if self.number < 0 else product

MAX_PROOF = 60
"""The longest formula (in nodes) that shows how a network becomes its single unit."""
MAX_OWN = 4
"""How many steps the path of a penalty may have."""


def find_named(derivation: Derivation) -> tuple[Rewrite, ...]:
    """The rewrites that apply to a derivation: the gradients of the scores, then those of the parameters directly below them.

    >>> from tutor.derive.backward import derive
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.build import from_steps
    >>> graph = from_steps(["s = w*h", "p = sigmoid(s)", "L = -(y*log(p) + (1 - y)*log(1 - p))"], parameters=["w"])
    >>> [(write_plain(rewrite.left), write_plain(rewrite.expr)) for rewrite in find_named(derive(graph))]
    [('dL/ds', 'p - y'), ('dL/dw', '(p - y)*h')]
    """
    flow = Flow(derivation.graph)
    known = outputs(flow)
    sight = Sight(derivation, flow, known, (terms(derivation.graph.loss, flow, known) if known else None) or ())
    simple = [rewrite for row in ROWS for rewrite in row.recognise(sight) if not any(map(is_hidden, names(rewrite.expr)))]
    return (*simple, *_find_below(derivation, simple))


def collapse_units(derivation: Derivation) -> tuple[Rewrite, ...]:
    """The single unit that a network of linear units is: its output, then its bias and its weights.

    >>> from tutor.derive.backward import derive
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.build import from_steps
    >>> graph = from_steps(["h = w1*x + b1", "y = w2*h + b2"], parameters=["w1", "b1", "w2", "b2"])
    >>> [(write_plain(rewrite.left), write_plain(rewrite.expr)) for rewrite in collapse_units(derive(graph))]
    [('y', 'wtilde_0 + wtilde_1*x'), ('wtilde_0', 'b1*w2 + b2'), ('wtilde_1', 'w1*w2')]
    """
    return tuple(
        rewrite
        for unit in find_collapses(derivation.graph)
        for rewrite in (
            Rewrite(LINEAR, Name(unit.output), unit.formula, between=_prove_unit(derivation.graph, unit)),
            *(Rewrite(UNIT, Name(name), weight) for name, weight in unit.weights),
        )
    )


def _prove_unit(graph: Graph, unit: Unit) -> tuple[Expr, ...]:
    """How a network becomes its single unit: all layers in one formula, then sorted by the inputs; nothing where that is too long."""
    whole, gathered = put_together(graph, unit.output), substitute(unit.formula, dict(unit.weights))
    return (whole, gathered) if size(whole) <= MAX_PROOF and size(gathered) <= MAX_PROOF else ()


def select_belonging(rewrites: Iterable[Rewrite], derivation: Derivation, wanted: Iterable[str]) -> tuple[Rewrite, ...]:
    """Those that the gradients of some quantities are made of."""
    steps = gradients(derivation)
    needed: set[str] = set()
    stack = [name for name in wanted if name in steps]
    chosen = set(stack)
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack.extend(path.factors[0].wrt for path in steps[name].paths)
    return tuple(
        rewrite
        for rewrite in rewrites
        if isinstance(rewrite.left, Partial) and rewrite.left.wrt in (chosen if rewrite.rule == BELOW else needed)
    )


def select_of_unit(rewrites: Sequence[Rewrite], wanted: Iterable[str]) -> tuple[Rewrite, ...]:
    """All but the weights of a single unit that no chosen parameter is in and no chosen input stands beside."""
    chosen = set(wanted)
    kept = [r for r in rewrites if r.rule == UNIT and not chosen.isdisjoint(names(r.expr))]
    mine = {name for r in rewrites if r.rule == LINEAR for name in _list_beside(r.expr, chosen)}
    mine |= {r.left.name for r in kept if isinstance(r.left, Name)}
    return tuple(
        r for r in rewrites
        if r.rule not in (LINEAR, UNIT) or not mine.isdisjoint(names(r.left if r.rule == UNIT else r.expr))
    )  # fmt: skip


def _list_beside(formula: Expr, inputs: set[str]) -> Iterator[str]:
    """The weights that stand beside some inputs in the formula of a unit."""
    for term in formula.args if isinstance(formula, Add) else (formula,):
        weight, *rest = names(term)
        if not inputs.isdisjoint(rest):
            yield weight


def scores(rewrites: Iterable[Rewrite]) -> tuple[str, ...]:
    """The scores whose gradients are simplified."""
    return tuple(r.left.wrt for r in rewrites if isinstance(r.left, Partial) and r.rule != BELOW)


# Recognisers


def _sigmoid(sight: Sight) -> Iterator[Rewrite]:
    """−(y log ŷ + (1 − y) log(1 − ŷ)) of ŷ = σ(s): the ŷ(1 − ŷ) below and above cancel."""
    for output in sight.outputs.values():
        logs = _logs(sight, [output]) if output.function == "sigmoid" else None
        if logs is None:
            continue
        name = output.name
        y, rest = logs.targets.get((name, False), ZERO), logs.targets.get((name, True), ZERO)
        if combine_sums([(Fraction(1), affine(y, sight.flow)), (Fraction(1), affine(rest, sight.flow))]) != {"": Fraction(1)}:
            continue
        simple = plus([Name(name), _oppose(y)])
        if output.inner is None:
            yield _score(sight, SIGMOID, output.scores[0], logs, simple)
            continue
        for quantity, slope in derivatives(name, output.inner):
            if sight.loss not in sight.flow.list_after([quantity], [name]) and slope != ZERO:
                yield _score(sight, SIGMOID, quantity, logs, product([simple, slope]))


def _softmax(sight: Sight, rule: str) -> Iterator[Rewrite]:
    """−Σ y_k log p_k of p = softmax(s), or −Σ y_k l_k of l = log_softmax(s): −y_i(1 − p_i) + Σ_{k≠i} y_k p_i."""
    logged = rule == LOG_SOFTMAX
    groups: dict[frozenset[str], list[Output]] = {}
    for output in sight.outputs.values():
        if output.function == "softmax" and output.logged == logged:
            groups.setdefault(frozenset(output.scores), []).append(output)
    for group in groups.values():
        logs = _logs(sight, group)
        own = {output.scores[output.place]: output.name for output in group}
        if logs is None or len(own) < len(group) or any(inverse for _, inverse in logs.targets):
            continue
        scores = group[0].scores
        if not _are_free(scores, sight.flow):
            continue
        targets = {score: logs.targets[own[score], False] for score in scores
                   if score in own and (own[score], False) in logs.targets}  # fmt: skip
        for place, score in enumerate(scores, 1):
            p: Expr = Name(own[score]) if score in own and not logged else Call(f"softmax_{place}", tuple(Name(s) for s in scores))
            yield _component(sight, rule, score, p, targets, logs)


def _component(sight: Sight, rule: str, score: str, p: Expr, targets: Mapping[str, Expr], logs: _Logs) -> Rewrite:
    y = targets.get(score, ZERO)
    others = [target for name, target in targets.items() if name != score]
    pieces = [Neg(times(y, Add((ONE, Neg(p)))))] if y != ZERO else []
    cancelled = plus([*pieces, *(times(target, p) for target in others)])
    total = combine_sums([(Fraction(1), affine(target, sight.flow)) for target in targets.values()])
    summed = plus(list(targets.values()))
    short = plus([p, _oppose(y)])
    between = (logs.scale_expr(cancelled),) if len(targets) > 1 else ()
    if total == {"": Fraction(1)}:
        return _score(sight, rule, score, logs, short, between)
    only = total.get("") if total and set(total) == {""} else None
    if only is not None:
        return _score(sight, rule, score, logs, plus([times(write_fraction(only), p), _oppose(y)]), between)
    condition = summed if total is not None and all(isinstance(t, Name) for t in targets.values()) else None
    general = plus([times(p, summed), _oppose(y)])
    return _score(sight, rule, score, logs, general, between, condition, short)


def _log_sum(sight: Sight, rule: str) -> Iterator[Rewrite]:
    """log Σ exp(z_k) − Σ y_k z_k, the cross-entropy of scores: p_i − y_i, with p = softmax(z); σ(z) − y for log(1 + exp(z)) − y·z, where
    the ``rule`` is that of two classes."""
    sums = {made for expr in sight.flow.steps.values() for core in _calls(expr) if (made := _read_log_sum(core, sight.flow)) is not None}
    scores = dict.fromkeys(score for one in sorted(one.scores for one in sums) for score in one)
    found = terms(sight.loss, sight.flow, {}, scores) if scores and _are_free(scores, sight.flow) else None
    slopes: dict[str, list[tuple[Expr, Expr]]] = {score: [] for score in scores}
    for term in found or ():
        made = log_sum(term.core, sight.flow)
        scale = Div(product([write_fraction(term.number), *term.factors]), product(term.divisors)) if term.divisors else product(
            [write_fraction(term.number), *term.factors])  # fmt: skip
        if made is not None:
            for place, score in enumerate(made.scores, 1):
                call = Call("sigmoid", (Name(score),)) if made.one else Call(f"softmax_{place}", tuple(Name(s) for s in made.scores))
                slopes[score].append((scale, call))
                if made.negated:  # the slope of log(1 + exp(−z)) is σ(z) − 1
                    slopes[score].append((Neg(scale), ONE))
        elif isinstance(term.core, Name) and term.core.name in slopes:
            slopes[term.core.name].append((scale, ONE))
        else:
            return
    for score, parts in slopes.items():
        soft = [part.func for _, part in parts if isinstance(part, Call)]
        if soft and rule == (LOGITS if all(func == "sigmoid" for func in soft) else LOG_SUM):
            yield Rewrite(rule, Partial(sight.loss, score), _collect(parts, sight.flow), list_full_chains(sight.derivation, score) or ())


def _find_compact(
    sight: Sight, rule: str, find: Callable[[Layered], Iterator[tuple[str, Expr]]], functions: frozenset[str]
) -> Iterator[Rewrite]:
    """Losses whose gradients are one formula each: the margins of a multi-class hinge, the divergence of two normal distributions."""
    graph = sight.derivation.graph
    if not any(call.func in functions for step in graph.steps for call in _calls(step.expr)):
        return
    steps = gradients(sight.derivation)
    for name, expr in find(Layered(graph, {})):
        if name in steps and not _is_same_sum(steps[name].expr, expr):  # what stands there is not said twice
            yield Rewrite(rule, Partial(sight.loss, name), expr, list_full_chains(sight.derivation, name) or ())


def _is_same_sum(one: Expr, other: Expr) -> bool:
    """Whether two formulas are the same but for the order of their terms."""
    return one == other or (type(one) is type(other) is Add and Counter(one.args) == Counter(other.args))


def _are_free(scores: Iterable[str], flow: Flow) -> bool:
    """Whether no score is computed from another one."""
    among = set(scores)
    return all(flow.list_after([score]).isdisjoint(among - {score}) for score in among)


def _read_log_sum(core: Call, flow: Flow) -> LogSum | None:
    """The sum behind a call, log σ(z) as −log(1 + exp(−z))."""
    return log_sum(Call("softplus", (sum_terms([Neg(core.args[0])]),)) if core.func == "log_sigmoid" else core, flow)


def _collect(parts: Sequence[tuple[Expr, Expr]], flow: Flow) -> Expr:
    """Σ scale·slope, with the scales of a slope that occurs several times, and of 1, added up where they are sums of plain quantities."""
    groups: dict[Expr, list[Expr]] = {}
    for scale, part in sorted(parts, key=lambda pair: pair[1] == ONE):
        groups.setdefault(part, []).append(scale)
    whole = []
    for part, scales in groups.items():
        total = combine_sums([(Fraction(1), affine(scale, flow)) for scale in scales]) if len(scales) > 1 else None
        if total is None:
            whole += [product([scale, part]) for scale in scales]
        else:
            ordered = sorted(total.items(), key=lambda pair: pair[1] < 0)
            summed = [product([write_fraction(number), *([Name(name)] if name else [])]) for name, number in ordered]
            whole += [product([sum_terms(summed), part])] if summed and part != ONE else summed
    return sum_terms(whole)


def _calls(expr: Expr) -> Iterator[Call]:
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            yield node
        stack.extend(children(node))


def _oppose(expr: Expr) -> Expr:
    value = constant(expr)
    return Neg(expr) if value is None or value > 0 else write_fraction(-value)


def _score(
    sight: Sight, rule: str, score: str, logs: _Logs, expr: Expr, between: tuple[Expr, ...] = (),
    condition: Expr | None = None, under: Expr | None = None,
) -> Rewrite:  # fmt: skip
    """The gradient of one score, with the product that it was before."""
    expr = logs.scale_expr(expr)
    return Rewrite(
        rule, Partial(sight.loss, score), expr, list_full_chains(sight.derivation, score) or (),
        tuple(part for part in between if part != expr), condition,
        logs.scale_expr(under) if condition is not None and under is not None else None,
    )  # fmt: skip


def _logs(sight: Sight, group: Sequence[Output]) -> _Logs | None:
    """The logarithms of a group of outputs, where nothing else in the loss depends on them or on their scores."""
    own = {output.name for output in group}
    mine = [term for term in sight.terms if (log_of(term.core, sight.flow, sight.outputs) or ("",))[0] in own]
    if not mine or any(sight.loss in sight.flow.list_after([score], own) for output in group for score in output.scores):
        return None
    after = sight.flow.list_after(own)
    if any(not after.isdisjoint(names(term.core)) for term in sight.terms if term not in mine):
        return None
    scale = _scale(mine)
    targets: dict[tuple[str, bool], Expr] = {}
    for term in mine:
        which = log_of(term.core, sight.flow, sight.outputs)
        assert which is not None
        if which in targets:
            return None
        number = -term.number / scale
        targets[which] = times(*(() if number == 1 else (write_fraction(number),)), *term.factors)
    return _Logs(targets, scale, mine[0].divisors) if all(t.divisors == mine[0].divisors for t in mine) else None


def _scale(mine: Sequence[Term]) -> Fraction:
    """What all terms share: the 1/2 of a mean; 1 where each has a number of its own."""
    numbers = {-term.number for term in mine}
    return numbers.pop() if len(numbers) == 1 and any(term.factors for term in mine) else Fraction(1)


def _find_below(derivation: Derivation, rewrites: Sequence[Rewrite]) -> Iterator[Rewrite]:
    """The parameters that reach the loss only through simplified scores: ∂L/∂w = (ŷ − y)·h, summed over samples."""
    simple = {rewrite.left.wrt: rewrite for rewrite in rewrites if isinstance(rewrite.left, Partial)}
    steps, graph = gradients(derivation), derivation.graph
    trained = {q.name for q in graph.leaves if q.kind in ("weight", "bias")} | {q.name for q in graph.parameters}
    for name, step in steps.items():
        through = [path for path in step.paths if path.factors[0].wrt in simple]
        if name not in trained or not through:
            continue
        used = [(simple[path.factors[0].wrt], path.factors[1].expr) for path in through]
        own = [_spell_out(steps, path) for path in step.paths if path not in through]  # of a penalty: λw
        if any(part is None for part in own):
            continue
        besides = [part for part in own if part is not None]
        expr = plus([*(_product(rewrite.expr, local) for rewrite, local in used), *besides])
        conditions = {rewrite.condition for rewrite, _ in used}
        condition = conditions.pop() if len(conditions) == 1 else None
        under = plus([*(_product(rewrite.under or rewrite.expr, local) for rewrite, local in used), *besides])
        yield Rewrite(BELOW, Partial(graph.loss, name), expr, step.paths, (), condition, under if condition else None)


def _spell_out(steps: Mapping[str, Step], path: Path) -> Expr | None:
    """What one path contributes, as a formula without gradients in it; nothing where it is long."""
    factors = [path.factors[1].expr]
    for _ in range(MAX_OWN):
        upstream = steps[path.factors[0].wrt]
        if not upstream.paths:
            return product(factors)
        if len(upstream.paths) > 1:
            return None
        (path,) = upstream.paths
        factors.insert(0, path.factors[1].expr)
    return None


def _product(upstream: Expr, local: Expr) -> Expr:
    return upstream if local == ONE else times(upstream, local)


SIGMOID = "sigmoid with binary cross-entropy"
LOG_SUM = "cross-entropy of scores"
LOGITS = "binary cross-entropy of scores"
SOFTMAX = "softmax with cross-entropy"
LOG_SOFTMAX = "log-softmax with likelihood"
LINEAR = "linear network"
UNIT = "weight of the single unit"

ROWS = (
    RewriteRow(SIGMOID, _sigmoid,
        source="dl: derivatives of cross entropy loss, ∂L/∂s_i = ŷ_i − y_i, ∂L/∂w_ji = (ŷ_i − y_i)h_j"),
    RewriteRow(SOFTMAX, partial(_softmax, rule=SOFTMAX), condition="the targets sum to 1",
        source="neuron, qmul: softmax; dl: cross entropy. ∂L/∂s_i = p_i·Σ y_k − y_i"),
    RewriteRow(LOG_SOFTMAX, partial(_softmax, rule=LOG_SOFTMAX), condition="the targets sum to 1",
        source="the same with l = log p in one function, as in torch.nn.functional.nll_loss(log_softmax(s), y)"),
    RewriteRow(LOG_SUM, partial(_log_sum, rule=LOG_SUM),
        source="the same with the logarithm worked out: −Σ y_k log p_k = log Σ exp(z_k) − Σ y_k z_k where Σ y_k = 1"),
    RewriteRow(LOGITS, partial(_log_sum, rule=LOGITS),
        source="the same of two classes, as in torch.nn.functional.binary_cross_entropy_with_logits: log(1 + exp(z)) − y·z"),
    RewriteRow(MARGINS, partial(_find_compact, rule=MARGINS, find=find_single_margins, functions=OF_MARGINS),
        source="Weston and Watkins 1999; CS231n, Linear classification: minus the number of classes that miss the margin"),
    RewriteRow(DIVERGENCE, partial(_find_compact, rule=DIVERGENCE, find=find_divergences, functions=OF_DIVERGENCES),
        source="KL(N(μ₁, σ₁²) ‖ N(μ₂, σ₂²)): (μ₁ − μ₂)/σ₂², σ₁/σ₂² − 1/σ₁, 1/σ₂ − (σ₁² + (μ₁ − μ₂)²)/σ₂³"),
)  # fmt: skip
