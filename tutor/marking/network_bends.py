"""How the slips that belong to recurrent networks, attention, normalisation and convolution bend the derivation in layer form.

As in `tutor.marking.array_bends`, nothing here looks at numbers, and the table is `tutor.marking.array_misconceptions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.expression.nodes import ONE, Add, Call, Expr, Name, Neg, Number, Partial
from tutor.graph.shapes import shape_of
from tutor.marking.array_bends import LayerStep, is_gate, is_slope, walk_parts
from tutor.rules.operations import ENTRYWISE, LAYERS, MASKED, SOFTMAXES, SUMS

MEANS = frozenset({"mean", "sum", *(name for sums in SUMS.values() for name in sums)})
PATHS = "sum over paths"
FLIPPED = {"correlate": "convolve", "convolve": "correlate", "spread": "spread_flipped", "spread_flipped": "spread"}


def _is_leaf(at: LayerStep, name: str) -> bool:
    return all(step.target != name for step in at.layered.graph.steps)


def _terms(at: LayerStep) -> Sequence[Expr]:
    """The summands of a gradient with several paths; nothing of any other step."""
    return at.step.expr.args if at.step.rule == PATHS and type(at.step.expr) is Add else ()


def bend_mean_path(at: LayerStep) -> Iterator[Expr]:
    """A gradient without the path through a mean, as if the mean of a batch were a constant."""
    means = {step.target for step in at.layered.graph.steps if any(_is_mean(node) for node in walk_parts(step.expr))}
    for place, term in enumerate(_terms(at)):
        if any(type(node) is Partial and node.wrt in means for node in walk_parts(term)):
            yield _join([*_terms(at)[:place], *_terms(at)[place + 1 :]])


def _is_mean(expr: Expr) -> bool:
    return type(expr) is Call and expr.func in MEANS


def _join(terms: Sequence[Expr]) -> Expr:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def bend_gate_slope(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """The gradient of a gate passed on as that of its sum."""
    if type(expr) is Call and expr.func == ENTRYWISE and any(is_slope(arg) and is_gate(at, arg) for arg in expr.args):
        kept = [arg for arg in expr.args if not is_slope(arg)]
        if kept:
            yield kept[0] if len(kept) == 1 else Call(ENTRYWISE, tuple(kept))


def bend_softmax_diagonal(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """Only ∂pᵢ/∂zᵢ = pᵢ(1 − pᵢ) of a softmax, where each entry depends on all of its row."""
    if not (type(expr) is Call and expr.func == ENTRYWISE and len(expr.args) == 2 and at.step.of):
        return
    for output, rest in (expr.args, expr.args[::-1]):
        if type(rest) is Add and len(rest.args) == 2 and type(rest.args[1]) is Neg:
            upstream, spread = rest.args[0], rest.args[1].arg
            if any(_is_product_of(node, upstream, output) for node in walk_parts(spread)):
                yield Call(ENTRYWISE, (Call(ENTRYWISE, (upstream, output)), Add((_fill_ones(at, output), Neg(output)))))


def _is_product_of(node: Expr, one: Expr, other: Expr) -> bool:
    return type(node) is Call and node.func in (ENTRYWISE, "matmul", "dot") and set(node.args) == {one, other}


def _fill_ones(at: LayerStep, like: Expr) -> Expr:
    return Call("fill", (ONE, *(Number(str(size)) if isinstance(size, int) else Name(size) for size in shape_of(like, at.shapes))))


def bend_late_mask(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """The softmax of all scores, with what is masked set to 0 afterwards: the rows do not sum to 1 any more.

    A mask is added to the scores, or is the last operand of a softmax that has one.
    """
    if at.step.of or type(expr) is not Call:
        return
    if expr.func in MASKED:
        row = next(row for row in LAYERS[expr.func] if len(row.result) == at.rank(expr))
        yield Call(ENTRYWISE, (Call(row.unmasked, expr.args[:-1]), expr.args[-1]))
    if expr.func not in SOFTMAXES:
        return
    scores = expr.args[0]
    if type(scores) is Name:
        scores = next((step.expr for step in at.layered.graph.steps if step.target == scores.name), scores)
    if type(scores) is not Add:
        return
    for place, mask in enumerate(scores.args):
        if type(mask) is Name and _is_leaf(at, mask.name) and at.rank(mask):
            rest = _join([*scores.args[:place], *scores.args[place + 1 :]])
            yield Call(ENTRYWISE, (Call(expr.func, (rest, *expr.args[1:])), Call("exp", (mask,))))


def bend_kernel(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """A convolution where a cross-correlation is meant, or the other way round."""
    if type(expr) is Call and expr.func in FLIPPED:
        yield Call(FLIPPED[expr.func], expr.args)
