"""Slips in the forward pass: in weighted sums, activations and losses.  See `tutor.marking.bends`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.derive.working import Working
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg
from tutor.expression.walk import substitute
from tutor.graph.nouns import Step
from tutor.marking.bends import list_plain_terms, operands_of, row_of
from tutor.rules.functions import FUNCTIONS, Function, value_of

Found = Iterator[tuple[str, Expr]]

MOST_SIBLINGS = 8
"""So many other quantities are tried in place of one."""
_DIGITS = re.compile(r"\d+")


def list_siblings(working: Working, name: str) -> list[str]:
    """The quantities that may be taken for one: numbered alike (x_1, x_2), of the same kind, in the same layer where one is known."""
    stem = _DIGITS.sub("#", name)
    known = [*working.graph.leaves, *working.graph.nodes]
    own = next((q for q in known if q.name == name), None)
    if own is None or stem == name:
        return []
    found = [q.name for q in known if q.name != name and q.kind == own.kind and _DIGITS.sub("#", q.name) == stem
             and q.index[:1] == own.index[:1]]  # fmt: skip
    return found[:MOST_SIBLINGS]


def find_net(working: Working, name: str) -> str:
    """What an activation is applied to, of its output; empty for what is no output."""
    step = working.by_name.get(name)
    row = row_of(step) if step is not None else None
    operands = operands_of(row, step.expr) if row is not None and step is not None and row.role == "activation" else ()
    return operands[0].name if len(operands) == 1 and type(operands[0]) is Name else ""


def list_inputs(working: Working) -> list[str]:
    """The inputs of a computation, a few of them."""
    return [q.name for q in working.graph.leaves if q.kind == "input"][:4]


def is_weighted_sum(step: Step) -> bool:
    """Whether a step is a sum with products in it."""
    return step.rule == "weighted sum" and type(step.expr) is Add


def list_factors(step: Step) -> Iterator[tuple[int, str, str]]:
    """The products of two quantities in a weighted sum: their place, and both names."""
    for place, term in enumerate(step.expr.args if type(step.expr) is Add else ()):
        if type(term) is Mul and len(term.args) == 2 and type(term.args[0]) is Name and type(term.args[1]) is Name:
            yield place, term.args[0].name, term.args[1].name


def replace_term(step: Step, place: int, term: Expr) -> Expr:
    """A sum with another term at a place."""
    assert type(step.expr) is Add
    return Add((*step.expr.args[:place], term, *step.expr.args[place + 1 :]))


def bend_bias_twice(working: Working, step: Step) -> Found:
    """The bias added twice."""
    if is_weighted_sum(step) and type(step.expr) is Add:
        for bias in list_plain_terms(working, step):
            yield "all", Add((*step.expr.args, Name(bias)))


def bend_bias_subtracted(working: Working, step: Step) -> Found:
    """The bias subtracted."""
    if is_weighted_sum(step) and type(step.expr) is Add:
        for bias in list_plain_terms(working, step):
            yield "all", Add(tuple(Neg(term) if term == Name(bias) else term for term in step.expr.args))


def bend_bias_of_another(working: Working, step: Step) -> Found:
    """The bias of another neuron or another layer."""
    if not is_weighted_sum(step):
        return
    biases = dict.fromkeys(b for other in working.graph.steps if is_weighted_sum(other) for b in list_plain_terms(working, other))
    for bias in list_plain_terms(working, step):
        for other in [name for name in biases if name != bias][:MOST_SIBLINGS]:
            yield "", substitute(step.expr, {bias: Name(other)})


def bend_factors_swapped(working: Working, step: Step) -> Found:
    """The weights of two inputs exchanged."""
    found = list(list_factors(step)) if is_weighted_sum(step) else []
    for i, (_, left, _) in enumerate(found[:4]):
        for _, other, _ in found[i + 1 : 4]:
            yield "", substitute(step.expr, {left: Name(other), other: Name(left)})


def bend_weight_forgotten(working: Working, step: Step) -> Found:
    """An input added without its weight."""
    parameters = {q.name for q in working.graph.leaves if q.kind in ("weight", "constant", "bias")}
    for place, left, right in list_factors(step) if is_weighted_sum(step) else ():
        rest = right if left in parameters or right not in parameters else left
        yield "", replace_term(step, place, Name(rest))


def bend_factors_added(working: Working, step: Step) -> Found:
    """Weight and input added, or two quantities that are multiplied."""
    if step.rule == "product" and type(step.expr) is Mul:
        yield "all", Add(step.expr.args)
    for place, left, right in list_factors(step) if is_weighted_sum(step) else ():
        yield "", replace_term(step, place, Add((Name(left), Name(right))))


def bend_term_forgotten(working: Working, step: Step) -> Found:
    """One term of a sum left out; the bias is a slip of its own."""
    args = step.expr.args if type(step.expr) is Add else ()
    if 2 <= len(args) <= 8 and step.rule in ("weighted sum", "sum"):
        biases = {Name(name) for name in list_plain_terms(working, step)} if step.rule == "weighted sum" else set()
        for place, term in enumerate(args):
            rest = args[:place] + args[place + 1 :]
            if term not in biases:
                yield "", rest[0] if len(rest) == 1 else Add(rest)


def bend_one_term_only(working: Working, step: Step) -> Found:
    """Only one term of a sum of three or more."""
    args = step.expr.args if type(step.expr) is Add else ()
    if 3 <= len(args) <= 8 and step.rule in ("weighted sum", "sum"):
        yield from (("", term) for term in args)


def bend_another_activation(working: Working, step: Step) -> Found:
    """Another activation applied than the one that is meant."""
    row = row_of(step)
    operands = operands_of(row, step.expr) if row is not None and row.role == "activation" else ()
    for other in _list_single(row) if len(operands) == 1 else ():
        yield other.name, Call(other.name, operands)


def _list_single(row: Function | None) -> list[Function]:
    """The other activations of one operand that come to mind."""
    return [f for f in FUNCTIONS.values() if f.familiar and f is not row and f.curved]


def bend_squared_after_sum(working: Working, step: Step) -> Found:
    """The errors of all outputs added first, and the sum squared."""
    args = step.expr.args if type(step.expr) is Add else ()
    if step.target != working.graph.loss or len(args) < 2:
        return
    parts = [working.by_name.get(term.name) if type(term) is Name else None for term in args]
    rows = {part.rule: row_of(part) for part in parts if part is not None}
    row = next(iter(rows.values()), None)
    if None in parts or len(rows) != 1 or row is None or row.role != "loss":
        return
    operands = [operands_of(row, part.expr) for part in parts if part is not None]
    value = value_of(row)
    if value is not None and all(len(one) == len(row.params) for one in operands):
        sums = {name: Add(tuple(one[place] for one in operands)) for place, name in enumerate(row.params)}
        yield "all", substitute(value, sums)


def bend_another_unit(working: Working, step: Step) -> Found:
    """The value of another unit, another input, another sample or time step put in a sum or a loss."""
    row = row_of(step)
    weights = {q.name for q in working.graph.leaves if q.kind in ("weight", "bias")}
    if is_weighted_sum(step):
        used = [name for _, left, right in list_factors(step) for name in (left, right)]
    else:
        used = [one.name for one in operands_of(row, step.expr) if type(one) is Name] if row is not None else []
    for name in dict.fromkeys(used):
        for other in list_siblings(working, name) if name not in weights else ():
            yield "", substitute(step.expr, {name: Name(other)})


def bend_wrong_weight(working: Working, step: Step) -> Found:
    """Another weight put in a sum."""
    weights = {q.name for q in working.graph.leaves if q.kind == "weight"}
    for _, left, right in list_factors(step) if is_weighted_sum(step) else ():
        for name in {left, right} & weights:
            for other in list_siblings(working, name):
                yield "", substitute(step.expr, {name: Name(other)})


def bend_net_for_output(working: Working, step: Step) -> Found:
    """The net input of a neuron put for its output in what follows."""
    for _, left, right in list_factors(step) if is_weighted_sum(step) else ():
        for name in (left, right):
            if net := find_net(working, name):
                yield "", substitute(step.expr, {name: Name(net)})


def bend_input_for_hidden(working: Working, step: Step) -> Found:
    """An input of the network put for the output of a hidden neuron."""
    for _, left, right in list_factors(step) if is_weighted_sum(step) else ():
        for name in (left, right):
            for other in list_inputs(working) if name in working.by_name else ():
                yield "", substitute(step.expr, {name: Name(other)})


def bend_softmax_not_normalised(working: Working, step: Step) -> Found:
    """The exponential alone for the softmax."""
    if (own := _find_component(step)) is not None:
        yield "all", Call("exp", (own,))


def bend_softmax_without_exp(working: Working, step: Step) -> Found:
    """The share of the scores themselves for the softmax."""
    if (own := _find_component(step)) is not None and type(step.expr) is Call:
        yield "all", Div(own, Add(step.expr.args))


def _find_component(step: Step) -> Expr | None:
    """The operand of a softmax's own component."""
    if type(step.expr) is not Call or not step.expr.func.startswith("softmax_") or len(step.expr.args) < 2:
        return None
    return step.expr.args[int(step.expr.func.rpartition("_")[2]) - 1]
