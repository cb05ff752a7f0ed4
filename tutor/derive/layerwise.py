"""How gradients go through operations on arrays: the pull rule of `tutor.derive.backward` for matrices, shapes and pullbacks.

Where the rule for numbers multiplies a local derivative, this one applies the pullback of a row of `tutor.rules.operations`, and what is
applied entry by entry becomes a ⊙ with the scalar derivative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tutor.derive.joined_parts import join_parts
from tutor.derive.layer_products import (
    entrywise_product,
    fill_value,
    level_sums,
    negate_array,
    simplify_pullback,
    spread_number,
    tidy_gradient,
)
from tutor.derive.local import local_derivatives, times
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.layered import write_entrywise
from tutor.graph.nouns import Factor, Graph, Path, Step
from tutor.graph.shapes import Shape, bind, shape_of, size_expr
from tutor.rules.functions import FUNCTIONS, Ties
from tutor.rules.operations import ENTRYWISE, LAYERS, OUT, UPSTREAM, formula

Parts = list[tuple[str, Expr]]
"""What each use of a quantity adds to its gradient."""


class ArrayPull:
    """The pull rule for arrays.  A use is (the quantity through which it goes, what it adds)."""

    def __init__(self, graph: Graph) -> None:
        self.loss = graph.loss
        self.shapes: dict[str, Shape] = {quantity.name: quantity.shape for quantity in (*graph.leaves, *graph.nodes)}
        self.names = frozenset(graph.names)
        self.ties = graph.ties

    def pull_through(self, step: Step, gradient: Step) -> list[tuple[str, tuple[str, Expr]]]:
        """The pullbacks of a step; an upstream gradient of equal numbers is put in as that number."""
        plain = step.target == self.loss or fill_value(gradient.expr) is not None
        upstream = gradient.expr if plain else Partial(self.loss, step.target)
        pulled = pullback(step.expr, upstream, self.shapes, step.target, self.ties)
        return [(wrt, (step.target, expr)) for wrt, expr in pulled if wrt in self.names]  # the n of sum(x)/n may be a size's letter

    def write_gradient(self, wrt: str, uses: Sequence[tuple[str, Expr]]) -> Step:
        """The sum of what the uses add."""
        loss = self.loss
        target = derivative_key(loss, wrt)
        if wrt == loss:
            return Step(target, ONE, "start", (), "gradient", loss, wrt)
        if not uses:
            return Step(target, spread_number(ZERO, (), self.shapes.get(wrt, ())), "no path", (), "gradient", loss, wrt)
        paths = tuple(
            Path((Factor(loss, through, Partial(loss, through)), Factor(through, wrt, expr))) for through, expr in uses
        )
        terms = join_parts([expr for _, expr in uses], self.shapes)
        rule = "chain rule" if len(uses) == 1 else "joined paths" if len(terms) == 1 else "sum over paths"
        return Step(target, terms[0] if len(terms) == 1 else Add(tuple(list_terms(terms))), rule, paths, "gradient", loss, wrt)


def pullback(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str = "", ties: Ties = "shared") -> Parts:
    """What ``upstream``, the derivative of the loss with respect to ``expr``, adds to the gradient of each quantity in it.

    ``out`` is the quantity that has the value of ``expr``, where there is one (softmax and σ speak of their own result).

    >>> from tutor.expression.plain import write_plain
    >>> [(n, write_plain(e)) for n, e in pullback(Call("matmul", (Name("W"), Name("x"))), Name("g"), {"W": (2, 3), "x": (3,)})]
    [('W', 'outer(g, x)'), ('x', 'matmul(transpose(W), g)')]
    """
    found: dict[str, list[Expr]] = {}
    for name, part in _pull(expr, upstream, shapes, out, ties):
        found.setdefault(name, []).append(part)
    return [(name, tidy_gradient(_add_up(parts), shapes)) for name, parts in found.items()]


def _add_up(parts: Sequence[Expr]) -> Expr:
    """What several places of one step add; equal ones as a multiple: xᵀx has 2x."""
    if len(parts) == 1:
        return parts[0]
    return times(Number(str(len(parts))), parts[0]) if all(part == parts[0] for part in parts) else Add(tuple(list_terms(parts)))


def split_uses(step: Step) -> tuple[Expr, ...]:
    """What each use of a quantity adds to its gradient, where the sum of all is the gradient as it stands; nothing where uses are joined.

    A step that uses it twice, X Xᵀ, is one use of two terms.
    """
    uses = tuple(path.factors[-1].expr for path in step.paths)
    if type(step.expr) is not Add or len(uses) < 2:
        return ()
    if len(uses) == len(step.expr.args):
        return step.expr.args
    return uses if tuple(list_terms(uses)) == step.expr.args else ()


def list_terms(parts: Iterable[Expr]) -> Iterator[Expr]:
    """The terms of a sum, those of sums in it among them, but not what is subtracted as a whole.

    >>> from tutor.expression.parse import parse
    >>> len(list(list_terms([parse("a + b"), parse("c")])))
    3
    """
    for part in parts:
        yield from list_terms(part.args) if type(part) is Add else (part,)


def _pull(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str, ties: Ties) -> Parts:
    match expr:
        case Name(name):
            return [(name, upstream)]
        case Number():
            return []
        case Call(func) if func in LAYERS:
            return _layer(expr, upstream, shapes, out, ties)
        case Add(args) if shape_of(expr, shapes):
            return [part for arg in args for part in _pull(arg, upstream, shapes, "", ties)]
        case Neg(arg):
            return _pull(arg, negate_array(upstream), shapes, "", ties)
    return _entry_by_entry(expr, upstream, shapes, out, ties)


def _layer(call: Call, upstream: Expr, shapes: Mapping[str, Shape], out: str, ties: Ties) -> Parts:
    row, sizes, _ = bind(call, shapes)
    operands = call.args[: len(row.arrays)]
    table: dict[str, Expr] = {name: size_expr(size) for name, size in sizes.items()}
    table |= {name: arg for (name, _), arg in zip(row.operands, operands, strict=True)}
    table |= {UPSTREAM: upstream, OUT: Name(out) if out else call}
    parts: Parts = []
    for arg, text in zip(operands, row.first if ties == "first" and row.first else row.pullbacks, strict=True):
        if names(arg):
            pulled = simplify_pullback(substitute(formula(text), table))
            parts += _pull(arg, pulled, shapes, "", ties)
    return parts


def _entry_by_entry(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str, ties: Ties) -> Parts:
    """A formula applied to every entry: its scalar derivative, ⊙ the upstream gradient."""
    inner: dict[str, Expr] = {}
    scalar = _as_scalar(expr, inner)
    known = {**shapes, **{name: shape_of(part, shapes) for name, part in inner.items()}}
    whole = shape_of(expr, shapes)
    parts: Parts = []
    for name, derivative in _slopes(scalar, out, ties):
        if whole:
            singles = frozenset(other for other in names(derivative) if not known.get(other, ()))
            local = level_sums(write_entrywise(derivative, singles), known, whole)
            product = entrywise_product(upstream, local, singles)
            product = spread_number(product, shape_of(product, known), whole)
        else:
            product = times(upstream, derivative)
        if whole and not known.get(name, ()):
            product = Call("sum", (product,))
        if name in inner:
            parts += _pull(inner[name], substitute(product, inner), shapes, "", ties)
        else:
            parts.append((name, substitute(product, inner)))
    return parts


def _slopes(scalar: Expr, out: str, ties: Ties) -> Parts:
    """The derivatives of a formula; an activation's is written σ′(z), as the lectures do for whole layers."""
    if type(scalar) is not Call or len(scalar.args) != 1 or not _is_activation(scalar.func):
        return local_derivatives(out, scalar, {}, ties)[1]
    inside = scalar.args[0]
    derivative = local_derivatives("", Call(scalar.func, (Name(" inside"),)), {})[1][0][1]
    slope = derivative if not names(derivative) else Call(f"{scalar.func}'", scalar.args)
    if type(inside) is Name:
        return [(inside.name, slope)]
    return [(name, times(slope, inner)) for name, inner in local_derivatives("", inside, {}, ties)[1]]


def _is_activation(func: str) -> bool:
    """Whether lectures write its slope as σ′, relu′: that of a function that one teaches; exp and log are like any formula."""
    row = FUNCTIONS.get(func)
    return row is not None and bool(row.source)


def _as_scalar(expr: Expr, inner: dict[str, Expr]) -> Expr:
    """The formula as one of single numbers; what is no such formula in it gets a name (in ``inner``)."""
    if type(expr) is Call and expr.func in LAYERS:
        name = f"inner{len(inner) + 1}"
        inner[name] = expr
        return Name(name)
    parts = tuple(_as_scalar(part, inner) for part in children(expr))
    if type(expr) is Call and expr.func == ENTRYWISE:
        return Mul(tuple(part for arg in parts for part in (arg.args if type(arg) is Mul else (arg,))))
    return rebuild(expr, parts) if parts else expr


actors = list[tuple[Expr, bool]]
"""The factors of a product with whether each stands below the fraction bar."""


def order(graph: Graph) -> tuple[str, ...]:
    """The names of a graph's parameters, or of its inputs where nothing is trained."""
    chosen = graph.parameters or tuple(q for q in graph.inputs if q.kind not in ("target", "constant")) or graph.inputs
    return tuple(quantity.name for quantity in chosen)
