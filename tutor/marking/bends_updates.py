"""Slips in the updates of optimisers: the step, the step size, the states.  See `tutor.marking.bends`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tutor.derive.working import Working, list_referred
from tutor.expression.keys import derivative_key, is_derivative, read_after, read_derivative
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.walk import as_name, substitute
from tutor.graph.nouns import Step
from tutor.marking.bends_forward import list_siblings

Found = Iterator[tuple[str, Expr]]
_TENS = ("10", "1/10", "100", "1/100")


def list_updates(working: Working) -> Iterator[Step]:
    """All steps of updates, those of states among them."""
    return (step for step in working.steps if step.sort == "update")


def _split_update(step: Step) -> tuple[Expr, Expr] | None:
    """The old weight and the step that is subtracted from it."""
    if type(step.expr) is Add and len(step.expr.args) == 2 and type(step.expr.args[1]) is Neg:
        return step.expr.args[0], step.expr.args[1].arg
    return None


def bend_rate_power_of_ten(working: Working, step: Step) -> Found:
    """The step size wrong by a power of ten."""
    if working.rate in list_referred(step.expr):
        for text in _TENS:
            top, _, below = text.partition("/")
            factor = Div(Number(top), Number(below)) if below else Number(top)
            yield text, substitute(step.expr, {working.rate: Mul((factor, Name(working.rate)))})


def bend_old_weight_forgotten(working: Working, step: Step) -> Found:
    """Only −η·gradient, or η·gradient, for the updated weight."""
    if (found := _split_update(step)) is not None:
        yield "minus", Neg(found[1])
        yield "plus", found[1]


def bend_update_not_made(working: Working, step: Step) -> Found:
    """The old weight for the new one."""
    if (found := _split_update(step)) is not None:
        yield "", found[0]


def bend_gradient_for_update(working: Working, step: Step) -> Found:
    """The gradient for the updated weight."""
    for name in list_referred(step.expr):
        if is_derivative(name):
            yield "", as_name(name)


def bend_another_start(working: Working, step: Step) -> Found:
    """The update started from another weight."""
    if (found := _split_update(step)) is not None and type(found[0]) is Name:
        own = read_after(found[0].name)
        for other in list_siblings(working, own.key):
            name = f"{other}@{own.updates}" if own.updates else other
            yield "", Add((Name(name), Neg(found[1])))


def bend_another_gradient(working: Working, step: Step) -> Found:
    """The gradient of another weight."""
    for name in list_referred(step.expr):
        after = read_after(name)
        found = read_derivative(after.key)
        for other in list_siblings(working, found.wrt) if found is not None else ():
            key = derivative_key(found.of, other) + (f"@{after.updates}" if after.updates else "") if found is not None else ""
            if key in working.by_name:
                yield "", _replace_name(step.expr, name, key)


def bend_old_gradient_used(working: Working, step: Step) -> Found:
    """The gradient of the first run in a later update."""
    for name in list_referred(step.expr):
        after = read_after(name)
        if after.updates and is_derivative(after.key) and after.key in working.by_name:
            yield "all", _replace_name(step.expr, name, after.key)



def _replace_name(expr: Expr, name: str, other: str) -> Expr:
    """A formula with one name in place of another, derivatives included."""
    if (type(expr) is Name and expr.name == name) or (type(expr) is Partial and derivative_key(expr.of, expr.wrt) == name):
        return as_name(other)
    parts = children(expr)
    return rebuild(expr, tuple(_replace_name(part, name, other) for part in parts)) if parts else expr


def _is_state(working: Working, expr: Expr) -> bool:
    return any(read_after(name).key in working.extra for name in list_referred(expr))


def bend_state_forgotten(working: Working, step: Step) -> Found:
    """What an optimiser remembers left out: the old velocity, the old mean."""
    if type(step.expr) is Add and len(step.expr.args) == 2 and read_after(step.target).key in working.extra:
        rest = [term for term in step.expr.args if not _is_state(working, term)]
        if len(rest) == 1:
            yield "all", rest[0]


def bend_decay_forgotten(working: Working, step: Step) -> Found:
    """The factor 1 − β before the new gradient left out, or β before what is remembered."""
    if type(step.expr) is not Add or read_after(step.target).key not in working.extra:
        return
    for place, term in enumerate(step.expr.args):
        if type(term) is Mul and len(term.args) >= 2:
            rest = term.args[1] if len(term.args) == 2 else Mul(term.args[1:])
            yield f"factor {place}", Add((*step.expr.args[:place], rest, *step.expr.args[place + 1 :]))


def bend_bias_correction_forgotten(working: Working, step: Step) -> Found:
    """The bias correction left out."""
    if step.rule == "bias correction" and type(step.expr) is Div:
        yield "all", step.expr.num


def bend_root_forgotten(working: Working, step: Step) -> Found:
    """The root of the mean of squares left out."""
    new = _strip_nodes(step.expr, lambda node: node.args[0] if type(node) is Call and node.func == "sqrt" else None)
    if new != step.expr:
        yield "all", new


def bend_square_forgotten(working: Working, step: Step) -> Found:
    """The square of the gradient left out."""
    new = _strip_nodes(step.expr, lambda node: node.base if type(node) is Pow and node.exp == Number("2") else None)
    if new != step.expr:
        yield "all", new


def _strip_nodes(expr: Expr, inside: Callable[[Expr], Expr | None]) -> Expr:
    """A formula with some nodes replaced by what is in them."""
    found = inside(expr)
    if found is not None:
        return _strip_nodes(found, inside)
    parts = children(expr)
    return rebuild(expr, tuple(_strip_nodes(part, inside) for part in parts)) if parts else expr
