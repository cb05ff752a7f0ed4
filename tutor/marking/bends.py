"""How slips bend a working: for each, the formulas that come to stand in place of the right ones.

A bend changes one step (or several that belong together) and leaves the rest as it is; running the bent working gives what a student would
have written.  Nothing here looks at numbers, and nothing knows a function by its name: what is done wrong with one of them is in its row
(`tutor.rules.functions`).  The table of slips is `tutor.marking.misconceptions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tutor.derive.local import local_derivatives, times
from tutor.derive.working import Working
from tutor.expression.keys import derivative_key, make_after_key, read_after
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.nouns import Step
from tutor.marking.matrices import map_transposed_weights
from tutor.rules.functions import FUNCTIONS, OUT, SLOPE, Function, Misuse, component_row, misuse_of
from tutor.rules.patterns import constant, recognise

TWO = Number("2")
HALF = Div(ONE, TWO)


@dataclass(frozen=True, slots=True)
class Bend:
    """One slip in a working: the formulas that stand in place of the right ones, by step.

    ``key`` tells the alternatives of one slip apart (which path was dropped); bends of a tag with equal keys are made together by
    somebody who makes the slip wherever there is occasion, and so are those of equal words before a "/": the slopes of all activations.
    An empty key: only one at a time.  ``systematic`` ones are made at all places,
    or, ``partial``, at all of some layers.
    """

    tag: str
    edits: tuple[tuple[str, Expr], ...]
    key: str = ""
    systematic: bool = False
    partial: bool = False


def scale_expr(factor: Expr, expr: Expr) -> Expr:
    """factor·expr."""
    return Mul((factor, expr))


def slopes(working: Working) -> Iterator[Step]:
    """The steps that are a derivative along one edge: local derivatives, and the gradients next to the loss."""
    return (step for step in working.steps if not step.after and (step.sort == "local" or (step.sort == "gradient" and not step.terms)))


def list_forward(working: Working) -> Iterator[Step]:
    """The forward steps before any update."""
    return (step for step in working.steps if step.sort == "forward" and not step.after)


def bend_each(tag: str, find: Callable[[Working, Step], Iterable[tuple[str, Expr]]], over: Callable[[Working], Iterator[Step]]
          ) -> Callable[[Working], Iterator[Bend]]:  # fmt: skip
    """A slip that changes one step at a time: ``find`` gives (key, formula) for a step."""

    def bends(working: Working) -> Iterator[Bend]:
        for step in over(working):
            for key, expr in find(working, step):
                if expr != step.expr:
                    yield Bend(tag, ((step.target, expr),), key)

    return bends


def row_of(step: Step) -> Function | None:
    """The row of the function that a step applies, or of the loss that it is."""
    return FUNCTIONS.get(step.rule)


def _is_curved(step: Step) -> bool:
    row = row_of(step)
    return row is not None and row.curved


def operands_of(row: Function, expr: Expr) -> tuple[Expr, ...]:
    """What a function is applied to, in a call of it or in its written-out form; nothing for any other formula."""
    if type(expr) is Call and expr.func == row.name:
        return expr.args
    known = recognise(expr)
    return tuple(known[1][name] for name in row.params) if known is not None and known[0].row is row else ()


def bend_by_row(tag: str, place: str = "slope") -> Callable[[Working, Step], Iterator[tuple[str, Expr]]]:
    """A slip that is made with some functions: what each one's row says that is written in place of its slope, or its value."""

    def find(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
        row = row_of(step)
        for misuse in row.slips if row is not None else ():
            if row is not None and misuse.tag == tag and misuse.place == place:
                yield from _misuse_function(working, step, row, misuse)

    return find


def _misuse_function(working: Working, step: Step, row: Function, misuse: Misuse) -> Iterator[tuple[str, Expr]]:
    if misuse.place == "value":
        if step.sort == "forward":
            operands = operands_of(row, step.expr)
            yield step.sort, substitute(misuse_of(row, misuse.formula), {**dict(zip(row.params, operands, strict=False)), OUT: step.expr})
        return
    if step.sort == "forward":
        return
    formula = misuse_of(row, misuse.formula)
    own = working.by_name[step.of].expr
    operands = operands_of(row, own)
    table = {**dict(zip(row.params, operands, strict=False)), OUT: Name(step.of), SLOPE: step.expr}
    if SLOPE in names(formula):
        yield "all", substitute(formula, table)
    elif step.wrt in names(operands[0] if operands else Name(step.wrt)):
        inside = _differentiate_inside(operands[0], step.wrt) if operands else ONE
        yield "all", times(substitute(formula, table), inside)


def _differentiate_inside(operand: Expr, wrt: str) -> Expr:
    """The derivative of what a function is applied to: 1 for σ(z), x for σ(wx) with respect to w."""
    return ONE if type(operand) is Name else dict(local_derivatives("", operand, {})[1]).get(wrt, ONE)


def bend_inner(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """A derivative on the way taken as 1; of a composed call the derivative of what is inside."""
    if not names(step.expr) or (step.sort != "local" and not _is_curved(step)):
        return
    own = working.by_name[step.of].expr
    row = row_of(step)
    applied = type(own) is Call and (len(own.args) == 1 or (row is not None and own.func == row.name and row.operands == 1))
    if type(own) is Call and applied and type(own.args[0]) is not Name:
        outer = dict(local_derivatives(step.of, Call(own.func, (Name("inner|"), *own.args[1:])), {})[1])
        if "inner|" in outer:
            yield "outer", substitute(outer["inner|"], {"inner|": own.args[0]})
    yield (f"activation/{step.rule}" if row is not None and row.role == "activation" else f"one {step.rule}"), ONE


def bend_wrong_node(working: Working) -> Iterator[Bend]:
    """The slope of an activation taken at another neuron; of a component of a layer's, p₂(1 − p₂) for p₁(1 − p₁) and −p₃p₂ for −p₁p₂."""
    alike: dict[tuple[str, bool], list[Step]] = {}
    nodes: list[tuple[Step, tuple[str, bool]]] = []
    for step in slopes(working):
        node = _node(working, step)
        if node is not None:
            alike.setdefault(node, []).append(step)
            nodes.append((step, node))
    for step, node in nodes:
        others = [other for other in alike[node] if other.of != step.of]
        yield from (Bend("slope-at-wrong-node", ((step.target, other.expr),)) for other in others[:8] if other.expr != step.expr)


def _node(working: Working, step: Step) -> tuple[str, bool] | None:
    """What is alike in slopes that are taken for each other: the function, and of a component whether it is by its own operand."""
    if _is_curved(step):
        return step.rule, True
    own = working.by_name[step.of].expr
    row = component_row(own.func, len(own.args)) if type(own) is Call else None
    if row is None or type(own) is not Call:
        return None
    moved = [place for place, operand in enumerate(own.args, 1) if step.wrt in names(operand)]
    return (own.func.rpartition("_")[0], moved[0] == row.component) if len(moved) == 1 else None


def bend_missing_path(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """One of several ways to the loss left out, or all but one."""
    if step.sort != "gradient" or step.after or not 2 <= len(step.terms) <= 40:
        return
    parts = [chain_term(upstream, local) for upstream, local in step.terms]
    for place in range(len(parts)):
        rest = parts[:place] + parts[place + 1 :]
        yield (f"only {1 - place}", rest[0]) if len(rest) == 1 else (f"path {place}", Add(tuple(rest)))
        if 3 <= len(parts) <= 6:
            yield f"only {place}", parts[place]


def chain_term(upstream: Expr, local: Expr) -> Expr:
    """One term of a gradient."""
    return local if upstream == ONE else Mul((upstream, local))


def bend_paths_multiplied(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """The ways to the loss multiplied instead of added."""
    if step.sort == "gradient" and not step.after and 2 <= len(step.terms) <= 6:
        yield "all", Mul(tuple(chain_term(upstream, local) for upstream, local in step.terms))


def gradients(working: Working) -> Iterator[Step]:
    """The gradients before any update."""
    return (step for step in working.steps if step.sort == "gradient" and not step.after)


def bend_error(tag: str, factor: Expr) -> Callable[[Working, Step], Iterator[tuple[str, Expr]]]:
    """A slip in the derivative of a squared difference: of a loss whose row has it, or of a formula with one in it."""
    of_row = bend_by_row(tag)

    def find(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
        yield from of_row(working, step)
        if _is_of_square(working, step):
            yield "all", Neg(step.expr) if factor == _MINUS else scale_expr(factor, step.expr)

    return find


_MINUS = Neg(ONE)


def _can_turn_sign(step: Step) -> bool:
    """Whether the sign of an error can be turned round in a step: that of a loss of output minus target."""
    row = row_of(step)
    return row is not None and any(misuse.tag == "sign-of-error" for misuse in row.slips)


def _is_of_square(working: Working, step: Step) -> bool:
    """Whether a derivative is that of a loss which is written as one formula with a squared difference in it."""
    if step.of != working.graph.loss or _can_turn_sign(step) or step.rule == "power":
        return False
    stack: list[Expr] = [working.by_name[step.of].expr]
    while stack:
        node = stack.pop()
        if type(node) is Pow and node.exp == TWO and type(node.base) is Add and step.wrt in names(node.base):
            return True
        stack.extend(children(node))
    return False


def bend_sign_lost(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """The minus sign of a derivative left out."""
    if type(step.expr) is Neg and not _can_turn_sign(step):
        yield "all", step.expr.arg


def flip_signs(expr: Expr) -> Iterator[Expr]:
    """A formula with one sign between the terms of a sum turned round, at any depth.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.expression.parse import parse
    >>> [write_plain(other) for other in flip_signs(parse("a*(1 - a^2)"))]
    ['a*(1 + a^2)']
    """
    if type(expr) is Add:
        for place, term in enumerate(expr.args[1:], 1):
            turned = term.arg if type(term) is Neg else Neg(term)
            yield Add((*expr.args[:place], turned, *expr.args[place + 1 :]))
    parts = children(expr)
    for place, part in enumerate(parts):
        for other in flip_signs(part):
            yield rebuild(expr, (*parts[:place], other, *parts[place + 1 :]))


def bend_square_lost(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """The 2 of a square lost: of the squared error, and of x² itself."""
    yield from bend_error("factor-two-lost", HALF)(working, step)
    own = working.by_name[step.of].expr
    if step.rule == "power" and type(own) is Pow and own.exp == TWO:
        yield "all", scale_expr(HALF, step.expr)


def bend_half_lost(working: Working) -> Iterator[Bend]:
    """½ forgotten: in the loss itself, or only in its derivative."""
    yield from bend_each("half-lost", bend_by_row("half-lost", "value"), list_forward)(working)
    yield from bend_each("half-lost", bend_by_row("half-lost"), slopes)(working)


def _mean(expr: Expr) -> tuple[Expr, int] | None:
    """The sum below a mean, and how many there are."""
    if type(expr) is Div and type(expr.num) is Add:
        below = constant(expr.den)
        if below is not None and below.denominator == 1 and below >= 2:
            return expr.num, int(below)
    if type(expr) is Mul and len(expr.args) == 2 and type(expr.args[1]) is Add:
        share = constant(expr.args[0])
        if share is not None and share.numerator == 1 and share.denominator >= 2:
            return expr.args[1], share.denominator
    return None


def sum_for_mean(working: Working) -> Iterator[Bend]:
    """A sum where the mean is meant, in the loss and in all of its derivatives."""
    for step in list_forward(working):
        found = _mean(step.expr)
        if found is None or row_of(step) is not None:  # the ½ of a loss is no mean
            continue
        total, count = found
        edits = [(step.target, total)]
        edits += [(s.target, scale_expr(Number(str(count)), s.expr)) for s in slopes(working) if s.of == step.target]
        yield Bend("sum-for-mean", tuple(edits))


def mean_for_sum(working: Working) -> Iterator[Bend]:
    """A mean where the sum is meant, in the loss and in all of its derivatives."""
    loss = working.by_name.get(working.graph.loss)
    if loss is None or type(loss.expr) is not Add or loss.rule != "sum":
        return
    parts = [working.by_name[name].rule for name in names(loss.expr) if name in working.by_name]
    if not any(rule == "formula" or (rule in FUNCTIONS and FUNCTIONS[rule].role == "loss") for rule in parts):
        return
    count = Number(str(len(loss.expr.args)))
    edits = [(loss.target, Div(loss.expr, count))]
    edits += [(s.target, Div(s.expr, count)) for s in slopes(working) if s.of == loss.target]
    yield Bend("mean-for-sum", tuple(edits))


def product_partner(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """∂(wx)/∂w taken as w."""
    if step.rule in ("product", "weighted sum") and type(step.expr) is Name and step.expr.name != step.wrt:
        yield "", Name(step.wrt)


def bend_updated_weight(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """∂L/∂h computed with the weights after their update."""
    moved = {s.wrt: s for s in working.steps if s.sort == "update" and s.after == 1 and s.target == make_after_key(s.wrt, 1)}
    loss = working.graph.loss
    if step.sort != "gradient" or step.of != loss or step.after or not moved or step.wrt in moved:
        return
    terms: list[Expr] = []
    for upstream, local in step.terms:
        own = working.by_name.get(derivative_key(local.of, local.wrt)) if type(local) is Partial else None
        weight = own.expr.name if own is not None and type(own.expr) is Name else ""
        gradient = working.by_name.get(derivative_key(loss, weight))
        if weight in moved and gradient is not None:
            late = {derivative_key(loss, weight): gradient.expr}
            terms.append(chain_term(upstream, _fill_table(moved[weight].expr, late)))
        else:
            terms.append(chain_term(upstream, local))
    expr = terms[0] if len(terms) == 1 else Add(tuple(terms)) if terms else step.expr
    if expr != step.expr:
        yield "all", expr


def _fill_table(expr: Expr, table: dict[str, Expr]) -> Expr:
    if type(expr) is Partial:
        return table.get(derivative_key(expr.of, expr.wrt), expr)
    parts = children(expr)
    return rebuild(expr, tuple(_fill_table(part, table) for part in parts)) if parts else expr


def moves(working: Working) -> Iterator[Step]:
    """The updates of parameters."""
    return (step for step in working.steps if step.sort == "update" and read_after(step.target).key == step.wrt)


def step_up(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """A step along the gradient instead of against it."""
    if type(step.expr) is Add and len(step.expr.args) == 2 and type(step.expr.args[1]) is Neg:
        yield "all", Add((step.expr.args[0], step.expr.args[1].arg))


def bend_no_rate(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """An update without the step size."""
    if working.rate in names(step.expr):
        yield "all", substitute(step.expr, {working.rate: ONE})


def list_plain_terms(working: Working, step: Step) -> list[str]:
    """The parameters that stand alone in a sum: its biases."""
    own = working.by_name[step.of or step.target].expr
    parameters = {q.name for q in working.graph.leaves if q.kind not in ("target", "constant")}
    if type(own) is not Add or not any(type(term) is Mul for term in own.args):
        return []
    return [term.name for term in own.args if type(term) is Name and term.name in parameters]


def bias_as_input(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """∂(wx + b)/∂b taken as b."""
    if step.rule == "weighted sum" and step.expr == ONE and step.wrt in list_plain_terms(working, step):
        yield "all", Name(step.wrt)


def bend_bias_forgotten(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """A weighted sum without its bias."""
    if step.rule != "weighted sum" or type(step.expr) is not Add:
        return
    for bias in list_plain_terms(working, step):
        rest = tuple(term for term in step.expr.args if term != Name(bias))
        if rest:
            yield "all", rest[0] if len(rest) == 1 else Add(rest)


def bend_activation_forgotten(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """An activation that was not applied."""
    row = row_of(step)
    if row is not None and row.role == "activation" and (operands := operands_of(row, step.expr)):
        yield "all", operands[0]


def _calls(expr: Expr, tag: str) -> Expr:
    """A formula with every call changed whose function's row says so for a slip."""
    parts = tuple(_calls(part, tag) for part in children(expr))
    new = rebuild(expr, parts) if parts else expr
    row = FUNCTIONS.get(new.func) if type(new) is Call else None
    if type(new) is not Call or row is None:
        return new
    table = {**dict(zip(row.params, new.args, strict=False)), OUT: new}
    changed = [misuse_of(row, misuse.formula) for misuse in row.slips if misuse.tag == tag and misuse.place == "call"]
    return substitute(changed[0], table) if changed else new


def degrees(working: Working) -> Iterator[Bend]:
    """Sine, cosine and tangent with the calculator in degrees, wherever they occur."""
    tag = "degrees-for-radians"
    edits = [(step.target, _calls(step.expr, tag)) for step in working.steps if not step.after]
    edits = [(target, new) for target, new in edits if new != working.by_name[target].expr]
    if edits:
        yield Bend(tag, tuple(edits))


def bend_common_log(working: Working, step: Step) -> Iterator[tuple[str, Expr]]:
    """The logarithm to the base 10."""
    yield "all", _calls(step.expr, "log10-for-ln")


def bend_transposed(working: Working) -> Iterator[Bend]:
    """Each square block of weights read by columns: in the forward pass, or in the backward pass only."""
    for table in map_transposed_weights(working.graph):
        ahead, back = [], []
        for step in list_forward(working):
            new = substitute(step.expr, {name: Name(other) for name, other in table.items()})
            if new != step.expr and step.rule == "weighted sum":
                ahead.append((step.target, new))
        sums = {target for target, _ in ahead}
        for step in slopes(working):
            if step.of in sums and type(step.expr) is Name and step.expr.name in table:
                back.append((step.target, Name(table[step.expr.name])))
        if ahead:
            yield Bend("weights-transposed", tuple(ahead), "forward")
        if back:
            yield Bend("weights-transposed", tuple(back), "backward")
