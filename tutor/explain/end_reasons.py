"""Why the last local derivatives are what they are, where the backward pass begins: ∂L/∂y of L = ½·Σ(y − t)², with nothing upstream."""

from __future__ import annotations

from tutor.derive.local import complete_rule, local_derivatives, refine_rule
from tutor.explain.words.wording import Wording
from tutor.expression.nodes import Call, Expr, Mul, Name, Number, children, rebuild
from tutor.expression.walk import drop_transpose, names
from tutor.graph.layered import Layered
from tutor.graph.nouns import Step
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import ENTRYWISE, LAYERS, PRINTED

_REDUCED = ("sum", "mean")
_PICKED = PRINTED["onehot"]


def say_end(step: Step, layered: Layered, words: Wording, otherwise: str) -> str:
    """The rule by which one entry is differentiated, "the 2 cancels the ½", or ``otherwise`` where it is no rule of single numbers."""
    if _is_picked(step.expr):
        return words.arrays.TAKEN
    forward = {one.target: one.expr for one in layered.graph.steps}
    one = write_one_entry(forward[step.paths[0].factors[0].wrt]) if len(step.paths) == 1 else None
    if one is None or step.wrt not in names(one):
        return otherwise
    rule, slopes = local_derivatives("", one, {}, layered.graph.ties)
    slope = dict(slopes)[step.wrt]
    said = words.rules.say_local(refine_rule(complete_rule(rule, one, step.wrt), slope, step.wrt, layered.graph.ties))
    if words.rules.ANY_LOCAL in said:
        return otherwise
    return words.arrays.EACH_ENTRY.format(reason=said) if layered.shapes[step.wrt] else said


def write_one_entry(expr: Expr) -> Expr | None:
    """The formula of one entry, as one of numbers, where the operations work entry by entry and a sum or a mean is taken last.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import LAYER_FUNCTIONS
    >>> write_plain(write_one_entry(parse("-sum(hadamard(t, log(p)))", functions=LAYER_FUNCTIONS)))
    '-t*log(p)'
    """
    if type(expr) in (Name, Number):
        return expr
    if type(expr) is Call and expr.func == "matmul" and all(type(drop_transpose(part)) is Name for part in expr.args):
        return Mul(tuple(map(drop_transpose, expr.args)))  # wᵀh: a sum of products
    parts = [write_one_entry(part) for part in children(expr)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not parts:
        return None
    if type(expr) is not Call or (expr.func in FUNCTIONS and expr.func not in LAYERS):
        return rebuild(expr, tuple(known))
    if expr.func in _REDUCED and len(known) == 1:
        return known[0]
    if expr.func == ENTRYWISE:
        return Mul(tuple(known))
    return None


def _is_picked(expr: Expr) -> bool:
    """Whether a gradient is 0 but at one entry."""
    return (type(expr) is Call and expr.func == _PICKED) or any(map(_is_picked, children(expr)))
