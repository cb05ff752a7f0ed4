"""Slips in the backward pass: in slopes, in the derivative of the loss, in chains of factors.  See `tutor.marking.bends`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tutor.derive.local import local_derivatives, times
from tutor.derive.working import Working
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.expression.walk import names, substitute
from tutor.graph.nouns import Step
from tutor.marking.bends import chain_term, flip_signs, list_plain_terms, operands_of, row_of, scale_expr, slopes
from tutor.marking.bends_forward import find_net, list_inputs, list_siblings
from tutor.rules.functions import FUNCTIONS, OUT, Function, partials_of

Found = Iterator[tuple[str, Expr]]


def _find_activation(working: Working, step: Step) -> tuple[Function, tuple[Expr, ...]] | None:
    """The row of an activation of a quantity whose slope a step is, and its operands: the quantity and the settings."""
    row = row_of(step)
    own = working.by_name.get(step.of)
    if row is None or own is None or row.role != "activation" or not row.curved:
        return None
    operands = operands_of(row, own.expr)
    return (row, operands) if operands and operands[0] == Name(step.wrt) else None


def _write_slope(row: Function, operands: tuple[Expr, ...], out: Expr) -> Expr:
    """The slope of a function at its operands, in terms of an output."""
    return substitute(partials_of(row)[0], {**dict(zip(row.params, operands, strict=False)), OUT: out})


def bend_slope_of_another(working: Working, step: Step) -> Found:
    """The derivative of another activation: 1 − out² for σ."""
    found = _find_activation(working, step)
    if found is None:
        return
    for other in FUNCTIONS.values():
        if other.familiar and other is not found[0] and names(partials_of(other)[0]):
            yield other.name, _write_slope(other, found[1][:1], Name(step.of))


def bend_slope_turned_round(working: Working, step: Step) -> Found:
    """The derivative of an activation with its sign turned round: out² − out."""
    if _find_activation(working, step) is not None:
        yield "all", Neg(step.expr)


def bend_slope_at_output(working: Working, step: Step) -> Found:
    """σ′ at the output: σ(out)(1 − σ(out))."""
    found = _find_activation(working, step)
    own = working.by_name.get(step.of)
    if found is not None and own is not None:
        again = substitute(own.expr, {step.wrt: Name(step.of)})
        yield "all", _write_slope(found[0], (Name(step.of), *found[1][1:]), again)


def bend_slope_at_inside(working: Working, step: Step) -> Found:
    """The derivative of what stands outside, at the variable inside: tanh′(x) for tanh′(x²), in one step or in two.

    A number that is trained is no variable; where there are several variables inside, none of them is the one.
    """
    own, inner = working.by_name.get(step.of), working.by_name.get(step.wrt)
    if own is None:
        return
    trained = {quantity.name for quantity in working.graph.parameters}
    if inner is not None:
        inside = [name for name in names(inner.expr) if name not in trained]
        if len(inside) == 1 and {step.wrt, step.of} & set(names(step.expr)):
            again = Name(inside[0])
            yield "all", substitute(step.expr, {step.wrt: again, step.of: substitute(own.expr, {step.wrt: again})})
    elif type(own.expr) is Call and len(own.expr.args) == 1 and type(own.expr.args[0]) is not Name:
        operand = own.expr.args[0]
        outer = dict(local_derivatives(step.of, Call(own.expr.func, (Name("inner|"),)), {})[1]).get("inner|")
        if outer is not None and names(operand) == (step.wrt,):
            again = Name(step.wrt)
            slope = substitute(outer, {"inner|": again, step.of: Call(own.expr.func, (again,))})
            yield "all", times(slope, dict(local_derivatives("", operand, {})[1]).get(step.wrt, ONE))


MOST_SIGNS = 4
"""So many signs of a derivative are turned round, one at a time."""


def bend_sign_inside(working: Working, step: Step) -> Found:
    """A sign between two terms of a derivative turned round: 1 + out² for 1 − out²."""
    yield from (("", other) for other in islice(flip_signs(step.expr), MOST_SIGNS))


def bend_slope_is_function(working: Working, step: Step) -> Found:
    """The function itself for its derivative."""
    row = row_of(step)
    own = working.by_name.get(step.of)
    if row is None or own is None or not row.curved or row.role == "loss" or any(misuse.formula == OUT for misuse in row.slips):
        return
    if step.wrt in names(own.expr) and step.expr != Name(step.of):
        yield "all", Name(step.of)


def bend_net_for_output(working: Working, step: Step) -> Found:
    """The net input of a neuron put for its output: ∂z/∂w = z₁ for a₁."""
    if step.rule == "weighted sum" and type(step.expr) is Name and (net := find_net(working, step.expr.name)):
        yield "all", Name(net)


def bend_input_for_hidden(working: Working, step: Step) -> Found:
    """An input of the network put for the output of a hidden neuron."""
    if step.rule == "weighted sum" and type(step.expr) is Name and step.expr.name in working.by_name:
        yield from (("", Name(name)) for name in list_inputs(working))


def bend_another_unit(working: Working, step: Step) -> Found:
    """The value of another unit, another input, another sample or time step."""
    if step.rule in ("weighted sum", "product") and type(step.expr) is Name and not _is_weight(working, step.expr.name):
        yield from (("", Name(name)) for name in list_siblings(working, step.expr.name))


def bend_wrong_weight(working: Working, step: Step) -> Found:
    """Another weight than that of the connection."""
    if step.rule == "weighted sum" and type(step.expr) is Name and _is_weight(working, step.expr.name):
        yield from (("", Name(name)) for name in list_siblings(working, step.expr.name))


def _is_weight(working: Working, name: str) -> bool:
    return any(q.name == name and q.kind in ("weight", "bias") for q in working.graph.leaves)


def bend_bias_gradient_with_input(working: Working, step: Step) -> Found:
    """The gradient of a bias multiplied by an input, like that of a weight."""
    own = working.by_name.get(step.of)
    if step.rule != "weighted sum" or step.expr != ONE or own is None or step.wrt not in list_plain_terms(working, step):
        return
    weights = {q.name for q in working.graph.leaves if q.kind in ("weight", "bias")}
    used = [name for name in names(own.expr) if name not in weights and name != step.wrt]
    yield from (("", Name(name)) for name in used[:4])


def _is_of_loss(working: Working, step: Step) -> bool:
    """Whether a slope is that of a loss by an output."""
    row = row_of(step)
    own = working.by_name.get(step.of)
    if row is None or own is None or row.role != "loss":
        return False
    operands = operands_of(row, own.expr)
    return bool(operands) and step.wrt in names(operands[0])


def bend_loss_for_derivative(working: Working, step: Step) -> Found:
    """The loss itself for its derivative."""
    if _is_of_loss(working, step):
        yield "all", Name(step.of)


def bend_target_forgotten(working: Working, step: Step) -> Found:
    """The output for the error: the target left out of the derivative of the loss."""
    targets = {q.name: ZERO for q in working.graph.leaves if q.kind == "target"}
    own = working.by_name.get(step.of)
    row = row_of(step)
    if row is not None and row.role == "loss" and own is not None and not targets:
        targets = {one.name: ZERO for one in operands_of(row, own.expr)[1:2] if type(one) is Name}
    if (_is_of_loss(working, step) or step.of == working.graph.loss) and any(name in targets for name in names(step.expr)):
        yield "all", substitute(step.expr, targets)


def bend_total_error(working: Working, step: Step) -> Found:
    """The errors of all outputs together for that of one."""
    if _is_of_loss(working, step):
        alike = [other for other in slopes(working) if other.rule == step.rule and _is_of_loss(working, other)]
        if 2 <= len(alike) <= 6:
            yield "", Add(tuple(other.expr for other in alike))


def bend_upstream_forgotten(working: Working, step: Step) -> Found:
    """The gradient from above left out of a chain of factors."""
    if step.sort == "gradient" and not step.after and any(upstream != ONE for upstream, _ in step.terms):
        locals_ = tuple(local for _, local in step.terms)
        yield "", locals_[0] if len(locals_) == 1 else Add(locals_)


def bend_paths_subtracted(working: Working, step: Step) -> Found:
    """The contributions of the paths subtracted."""
    terms = [chain_term(upstream, local) for upstream, local in step.terms]
    if step.sort == "gradient" and not step.after and 2 <= len(terms) <= 6:
        for place, term in enumerate(terms):
            rest = [Neg(other) for k, other in enumerate(terms) if k != place]
            yield f"from {place}", Add((term, *rest))


def bend_path_twice(working: Working, step: Step) -> Found:
    """One path counted twice."""
    terms = [chain_term(upstream, local) for upstream, local in step.terms]
    if step.sort == "gradient" and not step.after and 2 <= len(terms) <= 6:
        yield from (("", Add((*terms, term))) for term in terms)


def bend_factors_added(working: Working, step: Step) -> Found:
    """The factors of a chain added."""
    if step.sort == "gradient" and not step.after and step.terms and any(upstream != ONE for upstream, _ in step.terms):
        yield "", Add(tuple(part for upstream, local in step.terms for part in (upstream, local)))


def bend_factors_divided(working: Working, step: Step) -> Found:
    """The gradient from above divided by the local derivative."""
    if step.sort == "gradient" and not step.after and len(step.terms) == 1 and step.terms[0][0] != ONE:
        upstream, local = step.terms[0]
        yield "", Div(upstream, local)
        yield "", Div(local, upstream)


def bend_rate_in_gradient(working: Working, step: Step) -> Found:
    """The step size times the gradient given as the gradient."""
    trained = {q.name for q in working.graph.parameters} if step.sort == "gradient" and step.of == working.graph.loss else set()
    if step.wrt in trained and not step.after and working.rate in _list_used(working):
        yield "", scale_expr(Name(working.rate), step.expr)


def _list_used(working: Working) -> set[str]:
    return {name for step in working.steps if step.sort == "update" for name in working.uses[step.target]}


def bend_exponent_not_brought_down(working: Working, step: Step) -> Found:
    """x^(n−1) for n·x^(n−1)."""
    if (power := _find_power(working, step)) is not None and power.exp != Number("2"):
        yield "all", Div(step.expr, power.exp)


def bend_exponent_not_lowered(working: Working, step: Step) -> Found:
    """n·x^n for n·x^(n−1)."""
    if (power := _find_power(working, step)) is not None:
        yield "all", Mul((step.expr, power.base))


def _find_power(working: Working, step: Step) -> Pow | None:
    own = working.by_name.get(step.of)
    expr = own.expr if own is not None and step.rule == "power" else None
    return expr if type(expr) is Pow and type(expr.exp) is Number and type(expr.base) is Name else None
