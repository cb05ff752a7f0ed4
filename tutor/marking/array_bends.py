"""How slips bend the derivation in layer form: for each step, the formulas over arrays that come to stand in place of the right one.

Nothing here looks at numbers.  The table of slips is `tutor.marking.array_misconceptions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

from tutor.derive.layerwise import list_terms, split_uses
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.layered import Layered
from tutor.graph.nouns import Step
from tutor.graph.shapes import Shape, shape_of
from tutor.marking.bends import flip_signs
from tutor.rules.functions import FUNCTIONS, OUT, SLOPE, misuse_of, slope_of
from tutor.rules.operations import ENTRYWISE

TWO, ZERO = Number("2"), Number("0")
MASK = "if_positive"
HALF = Div(ONE, TWO)
MOST_SIGNS = 4
"""So many signs of a derivative are turned round, one at a time."""


@dataclass(frozen=True, slots=True)
class LayerStep:
    """A step of the layer form, with what a slip in it may look at: the shapes of everything, and the graph."""

    step: Step
    shapes: Mapping[str, Shape]
    layered: Layered

    def rank(self, expr: Expr) -> int:
        """How many axes a part of the formula has."""
        return len(shape_of(expr, self.shapes))


Find = Callable[[LayerStep, Expr], Iterator[Expr]]
"""What a slip makes of one part of a step's formula."""


def bend_parts(find: Find) -> Callable[[LayerStep], Iterator[Expr]]:
    """A slip that changes one part of a formula at a time, at any depth."""

    def bends(at: LayerStep) -> Iterator[Expr]:
        return _change(at, at.step.expr, find)

    return bends


def _change(at: LayerStep, expr: Expr, find: Find) -> Iterator[Expr]:
    yield from (other for other in find(at, expr) if other != expr)
    parts = children(expr)
    for place, part in enumerate(parts):
        for other in _change(at, part, find):
            yield rebuild(expr, (*parts[:place], other, *parts[place + 1 :]))


def _is_product(expr: Expr) -> bool:
    return type(expr) is Call and expr.func == "matmul" and len(expr.args) == 2


def transpose_dropped(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """W δ for Wᵀ δ, X G for X Gᵀ."""
    if type(expr) is Call and _is_product(expr):
        for place, arg in enumerate(expr.args):
            if type(arg) is Call and arg.func == "transpose":
                yield Call("matmul", (*expr.args[:place], arg.args[0], *expr.args[place + 1 :]))


def transpose_added(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """Wᵀ δ for W δ."""
    if type(expr) is Call and _is_product(expr):
        for place, arg in enumerate(expr.args):
            if at.rank(arg) == 2 and not (type(arg) is Call and arg.func == "transpose"):
                yield Call("matmul", (*expr.args[:place], Call("transpose", (arg,)), *expr.args[place + 1 :]))


def order_reversed(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """B A for A B."""
    if type(expr) is Call and _is_product(expr) and at.rank(expr.args[0]) == at.rank(expr.args[1]) == 2:
        yield Call("matmul", expr.args[::-1])


def product_for_entrywise(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """A matrix product, or that of two vectors as a number, for ⊙."""
    if type(expr) is Call and expr.func == ENTRYWISE and len(expr.args) == 2 and at.rank(expr) in (1, 2):
        yield Call("matmul", expr.args)


def entrywise_for_product(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """⊙ for the matrix product, or for that of a matrix and a vector, row by row or column by column."""
    if not (type(expr) is Call and _is_product(expr)):
        return
    first, second = expr.args
    one, other = shape_of(first, at.shapes), shape_of(second, at.shapes)
    if len(one) == 2 and one == other:
        yield Call(ENTRYWISE, expr.args)


def bend_outer_reversed(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """δ xᵀ for x δᵀ."""
    if type(expr) is Call and expr.func == "outer":
        yield Call("outer", expr.args[::-1])


def samples_kept(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """A gradient for every sample where their sum is meant."""
    if type(expr) is Call and expr.func in ("row_sums", "column_sums") and at.step.of:
        yield expr.args[0]


def is_slope(expr: Expr) -> bool:
    """Whether a part is the derivative of an activation, σ′(z), or the mask that programs write for that of a ReLU, 1 where z > 0."""
    return type(expr) is Call and (expr.func.endswith("'") or is_mask(expr))


def is_mask(expr: Expr) -> bool:
    """Whether a part is 1 where something is positive, else 0."""
    return type(expr) is Call and expr.func == MASK and expr.args[1:] == (ONE, ZERO)


def is_gate(at: LayerStep, slope: Expr) -> bool:
    """Whether the activation of a slope is a gate: its value multiplies another one, entry by entry."""
    activations = {
        step.target for step in at.layered.graph.steps
        if type(slope) is Call and type(step.expr) is Call and step.expr.func + "'" == slope.func and step.expr.args == slope.args
    }  # fmt: skip
    return any(
        type(node) is Call and node.func == ENTRYWISE and any(type(arg) is Name and arg.name in activations for arg in node.args)
        for step in at.layered.graph.steps for node in walk_parts(step.expr)
    )  # fmt: skip


def slope_forgotten(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """∂L/∂a passed on as ∂L/∂z; that of a gate has a name of its own."""
    if type(expr) is Call and expr.func == ENTRYWISE and any(is_slope(arg) and not is_gate(at, arg) for arg in expr.args):
        kept = [arg for arg in expr.args if not is_slope(arg)]
        if len(kept) == 1:
            yield kept[0]


def slope_elsewhere(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """The derivative of an activation at another layer of the same size."""
    if not is_slope(expr) or type(expr) is not Call or type(expr.args[0]) is not Name:
        return
    own = at.shapes.get(expr.args[0].name)
    activated = {
        step.expr.args[0].name for step in at.layered.graph.steps
        if type(step.expr) is Call and step.expr.func + "'" == expr.func and type(step.expr.args[0]) is Name
    }  # fmt: skip
    if is_mask(expr):  # made of any array that is at hand
        activated = {quantity.name for quantity in at.layered.graph.nodes}
    for name in sorted(activated - {expr.args[0].name}):
        if at.shapes.get(name) == own:
            yield Call(expr.func, (Name(name), *expr.args[1:]))


def slope_at_output(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """The derivative of an activation taken at what it gives, σ′(a)."""
    if is_slope(expr) and not is_mask(expr) and type(expr) is Call and len(expr.args) == 1:
        yield Call(expr.func, (Call(expr.func[:-1], expr.args),))


def bend_misused(tag: str) -> Find:
    """What each activation's row says that is written in place of its slope."""

    def find(at: LayerStep, expr: Expr) -> Iterator[Expr]:
        row = FUNCTIONS.get(expr.func[:-1]) if is_slope(expr) and type(expr) is Call else None
        if row is None or type(expr) is not Call:
            return
        table = {**dict(zip(row.params, expr.args, strict=False)), OUT: Call(row.name, expr.args), SLOPE: expr}
        for misuse in row.slips:
            if misuse.tag == tag and misuse.place == "slope":
                yield substitute(misuse_of(row, misuse.formula), table)

    return find


def bend_sign_inside(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """A sign between two terms of a derivative turned round: of the slope of an activation, or of the derivative of a loss."""
    if is_slope(expr) and type(expr) is Call and (row := FUNCTIONS.get(expr.func[:-1])) is not None:
        table = {**dict(zip(row.params, expr.args, strict=False)), OUT: Call(row.name, expr.args)}
        yield from (substitute(other, table) for other in islice(flip_signs(slope_of(row)), MOST_SIGNS))
    elif expr == at.step.expr and _is_of_loss(at):
        yield from islice(flip_signs(expr), MOST_SIGNS)


def scale_dropped(at: LayerStep, expr: Expr) -> Iterator[Expr]:
    """A constant factor left out of what is not the loss: Q Kᵀ for Q Kᵀ/√d."""
    if at.step.target == at.layered.graph.loss or _is_of_loss(at) or not at.rank(expr):
        return
    if type(expr) is Div and _is_constant(at, expr.den):
        yield expr.num
    for place, arg in enumerate(expr.args if type(expr) is Mul and len(expr.args) > 1 else ()):
        if _is_constant(at, arg):
            rest = (*expr.args[:place], *expr.args[place + 1 :])  # type: ignore[union-attr]
            yield rest[0] if len(rest) == 1 else Mul(rest)


def _is_constant(at: LayerStep, expr: Expr) -> bool:
    """Whether a part is made of numbers and sizes alone, and is not 1."""
    parts = list(walk_parts(expr))
    return expr != ONE and all(type(part) is not Partial and (type(part) is not Name or part.name in at.layered.symbolic) for part in parts)


# the loss


def _is_of_loss(at: LayerStep) -> bool:
    """Whether a step is a derivative of the loss that no other one stands before."""
    return bool(at.step.of) and not any(type(part) is Partial for part in walk_parts(at.step.expr)) and at.step.rule != "no path"


def walk_parts(expr: Expr) -> Iterator[Expr]:
    """All parts of a formula, itself first."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def _loss(at: LayerStep) -> Expr:
    return next(step.expr for step in at.layered.graph.steps if step.target == at.layered.graph.loss)


def bend_scaled(factor: Expr, holds: Callable[[Expr], bool]) -> Callable[[LayerStep], Iterator[Expr]]:
    """A factor too many in the derivative of a loss for which something holds."""

    def bends(at: LayerStep) -> Iterator[Expr]:
        if _is_of_loss(at) and holds(_loss(at)):
            yield Neg(at.step.expr) if factor == Neg(ONE) else Mul((factor, at.step.expr))

    return bends


def has_square(loss: Expr) -> bool:
    """Whether a squared difference stands in a loss."""
    return any(type(node) is Pow and node.exp == TWO for node in walk_parts(loss))


def has_half(loss: Expr) -> bool:
    """Whether a loss is half of something."""
    return any(node == HALF or (type(node) is Div and node.den == TWO) or node == Number("0.5") for node in walk_parts(loss))


def mean_forgotten(at: LayerStep) -> Iterator[Expr]:
    """The gradient of a sum over the samples where the loss is their mean."""
    count = _count_samples(_loss(at), at.shapes) if _is_of_loss(at) else None
    if count is not None:
        yield Mul((count, at.step.expr))


def _count_samples(loss: Expr, shapes: Mapping[str, Shape]) -> Expr | None:
    """How many samples a loss is the mean of."""
    match loss:
        case Neg(arg):
            return _count_samples(arg, shapes)
        case Div(num, den) if names(den) or type(den) is Number:
            return den if any(_counts(den, shape_of(part, shapes)) for part in _arrays(num, shapes)) else None
        case Call("mean", (array,)):
            sizes = [Number(str(size)) if isinstance(size, int) else Name(size) for size in shape_of(array, shapes)]
            return sizes[0] if len(sizes) == 1 else Mul(tuple(sizes))
    return None


def _counts(number: Expr, shape: Shape) -> bool:
    """Whether a number is how many samples (or entries) an array has."""
    known = [*map(str, shape), str(prod(size for size in shape if isinstance(size, int)))]
    return (number.name if type(number) is Name else number.text if type(number) is Number else "") in known


def _arrays(expr: Expr, shapes: Mapping[str, Shape]) -> Sequence[Expr]:
    return [node for node in walk_parts(expr) if type(node) is Name and shapes.get(node.name)]


MOST_USES = 40


def bend_one_use(at: LayerStep) -> Iterator[Expr]:
    """Of weights that are used several times, at every time or in several places, only one use counted."""
    uses = split_uses(at.step)
    if _is_weight(at) and len(uses) <= MOST_USES:
        yield from uses


def bend_missing_path(at: LayerStep) -> Iterator[Expr]:
    """One of several ways to the loss left out; of weights only one use is counted."""
    terms = split_uses(at.step)
    if at.step.sort == "gradient" and not _is_weight(at) and len(terms) <= MOST_USES:
        for place in range(len(terms)):
            rest = (*terms[:place], *terms[place + 1 :])
            yield rest[0] if len(rest) == 1 else Add(tuple(list_terms(rest)))


def _is_weight(at: LayerStep) -> bool:
    """Whether a step is the gradient of weights; where none is declared, of something given that is a factor of a matrix product."""
    graph = at.layered.graph
    weights = {quantity.name for quantity in graph.leaves if quantity.kind in ("weight", "bias")}
    if not weights:
        products = [node for step in graph.steps for node in walk_parts(step.expr) if _is_product(node)]
        weights = {name for node in products for name in names(node)} & {quantity.name for quantity in graph.leaves}
    return at.step.sort == "gradient" and at.step.wrt in weights
