"""Slips in the updates of optimisers: the step, the step size, the states.  See `tutor.marking.bends`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tutor.derive.working import Working, referred
from tutor.expression.keys import derivative_key, is_derivative, read_after, read_derivative
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.walk import substitute
from tutor.graph.nouns import Step
from tutor.marking.bends_forward import siblings

Found = Iterator[tuple[str, Expr]]
_TENS = ("10", "1/10", "100", "1/100")


def updates(working: Working) -> Iterator[Step]:
    """All steps of updates, those of states among them."""
    return (step for step in working.steps if step.sort == "update")


def _parts(step: Step) -> tuple[Expr, Expr] | None:
    """The old weight and the step that is subtracted from it."""
    if type(step.expr) is Add and len(step.expr.args) == 2 and type(step.expr.args[1]) is Neg:
        return step.expr.args[0], step.expr.args[1].arg
    return None


def rate_power_of_ten(working: Working, step: Step) -> Found:
    """The step size wrong by a power of ten."""
    if working.rate in referred(step.expr):
        for text in _TENS:
            top, _, below = text.partition("/")
            factor = Div(Number(top), Number(below)) if below else Number(top)
            yield text, substitute(step.expr, {working.rate: Mul((factor, Name(working.rate)))})


def old_weight_forgotten(working: Working, step: Step) -> Found:
    """Only −η·gradient, or η·gradient, for the updated weight."""
    if (found := _parts(step)) is not None:
        yield "minus", Neg(found[1])
        yield "plus", found[1]


def update_not_made(working: Working, step: Step) -> Found:
    """The old weight for the new one."""
    if (found := _parts(step)) is not None:
        yield "", found[0]


def gradient_for_update(working: Working, step: Step) -> Found:
    """The gradient for the updated weight."""
    for name in referred(step.expr):
        if is_derivative(name):
            yield "", _named(name)


def another_start(working: Working, step: Step) -> Found:
    """The update started from another weight."""
    if (found := _parts(step)) is not None and type(found[0]) is Name:
        own = read_after(found[0].name)
        for other in siblings(working, own.key):
            name = f"{other}@{own.updates}" if own.updates else other
            yield "", Add((Name(name), Neg(found[1])))


def another_gradient(working: Working, step: Step) -> Found:
    """The gradient of another weight."""
    for name in referred(step.expr):
        after = read_after(name)
        found = read_derivative(after.key)
        for other in siblings(working, found.wrt) if found is not None else ():
            key = derivative_key(found.of, other) + (f"@{after.updates}" if after.updates else "") if found is not None else ""
            if key in working.by_name:
                yield "", _swapped(step.expr, name, key)


def old_gradient_used(working: Working, step: Step) -> Found:
    """The gradient of the first run in a later update."""
    for name in referred(step.expr):
        after = read_after(name)
        if after.updates and is_derivative(after.key) and after.key in working.by_name:
            yield "all", _swapped(step.expr, name, after.key)


def _named(name: str) -> Expr:
    """A quantity or a derivative by its name."""
    found = read_derivative(name)
    return Partial(found.of, found.wrt) if found is not None and not read_after(name).updates else Name(name)


def _swapped(expr: Expr, name: str, other: str) -> Expr:
    """A formula with one name in place of another, derivatives included."""
    if (type(expr) is Name and expr.name == name) or (type(expr) is Partial and derivative_key(expr.of, expr.wrt) == name):
        return _named(other)
    parts = children(expr)
    return rebuild(expr, tuple(_swapped(part, name, other) for part in parts)) if parts else expr


def _is_state(working: Working, expr: Expr) -> bool:
    return any(read_after(name).key in working.extra for name in referred(expr))


def state_forgotten(working: Working, step: Step) -> Found:
    """What an optimiser remembers left out: the old velocity, the old mean."""
    if type(step.expr) is Add and len(step.expr.args) == 2 and read_after(step.target).key in working.extra:
        rest = [term for term in step.expr.args if not _is_state(working, term)]
        if len(rest) == 1:
            yield "all", rest[0]


def decay_forgotten(working: Working, step: Step) -> Found:
    """The factor 1 − β before the new gradient left out, or β before what is remembered."""
    if type(step.expr) is not Add or read_after(step.target).key not in working.extra:
        return
    for place, term in enumerate(step.expr.args):
        if type(term) is Mul and len(term.args) >= 2:
            rest = term.args[1] if len(term.args) == 2 else Mul(term.args[1:])
            yield f"factor {place}", Add((*step.expr.args[:place], rest, *step.expr.args[place + 1 :]))


def bias_correction_forgotten(working: Working, step: Step) -> Found:
    """The bias correction left out."""
    if step.rule == "bias correction" and type(step.expr) is Div:
        yield "all", step.expr.num


def root_forgotten(working: Working, step: Step) -> Found:
    """The root of the mean of squares left out."""
    new = _without(step.expr, lambda node: node.args[0] if type(node) is Call and node.func == "sqrt" else None)
    if new != step.expr:
        yield "all", new


def square_forgotten(working: Working, step: Step) -> Found:
    """The square of the gradient left out."""
    new = _without(step.expr, lambda node: node.base if type(node) is Pow and node.exp == Number("2") else None)
    if new != step.expr:
        yield "all", new


def _without(expr: Expr, inside: Callable[[Expr], Expr | None]) -> Expr:
    """A formula with some nodes replaced by what is in them."""
    found = inside(expr)
    if found is not None:
        return _without(found, inside)
    parts = children(expr)
    return rebuild(expr, tuple(_without(part, inside) for part in parts)) if parts else expr
