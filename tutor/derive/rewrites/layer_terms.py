"""The loss over arrays taken apart: its terms that look at one output, however they are written.

The same question as `tutor.derive.rewrites.terms` asks of single numbers: which logarithm of the output stands in the loss, and what is it
multiplied by.  One formula or several steps, a sum or a mean, ``cross_entropy(p, y)`` or ``-y*log(p)``, another term beside it (L2): the
terms are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.layered import Layered
from tutor.graph.shapes import Shape, shape_of, size_expr
from tutor.rules.functions import OF_LOGARITHMS, function, value_of
from tutor.rules.patterns import constant

MAX_TERMS = 200


@dataclass(frozen=True, slots=True)
class ArrayTerm:
    """One term of the loss: a number times single quantities over others, summed over the entries of ``factors`` ⊙ ``core``."""

    core: Expr
    number: Fraction = Fraction(1)
    scalars: tuple[Expr, ...] = ()
    divisors: tuple[Expr, ...] = ()
    factors: tuple[Expr, ...] = ()
    summed: bool = False

    @property
    def scale(self) -> tuple[Fraction, tuple[Expr, ...], tuple[Expr, ...]]:
        """What the sum is multiplied with."""
        return self.number, self.scalars, self.divisors


def contains(expr: Expr, part: Expr) -> bool:
    """Whether one expression stands in another."""
    return expr == part or any(contains(child, part) for child in children(expr))


def replace_part(expr: Expr, part: Expr, by: Expr) -> Expr:
    """The expression with another one in the place of a part."""
    if expr == part:
        return by
    parts = children(expr)
    return rebuild(expr, tuple(replace_part(child, part, by) for child in parts)) if parts else expr


class Dependence:
    """Which steps of a graph depend on an expression (a quantity, or a part of a formula)."""

    def __init__(self, layered: Layered, part: Expr) -> None:
        self.part = part
        self.layered = layered
        self.steps = {step.target: step.expr for step in layered.graph.steps}
        self.live: set[str] = {part.name} if isinstance(part, Name) else set()
        for target, expr in self.steps.items():
            if target not in self.live and self.depends_on(expr):
                self.live.add(target)

    def depends_on(self, expr: Expr) -> bool:
        """Whether an expression depends on the part."""
        return contains(expr, self.part) or any(name in self.live for name in names(expr))

    def open_name(self, expr: Expr) -> Expr:
        """The formula behind the name of a step that depends on the part, or the expression itself."""
        if isinstance(expr, Name) and expr != self.part and expr.name in self.live:
            return self.steps[expr.name]
        return expr


def loss_terms(layered: Layered, part: Expr) -> tuple[ArrayTerm, ...]:
    """The terms of the loss that depend on ``part``, in the order written; none where they are too many."""
    uses = Dependence(layered, part)
    stack = [ArrayTerm(Name(layered.graph.loss))]
    terms: list[ArrayTerm] = []
    for _ in range(MAX_TERMS):
        if not stack:
            return tuple(terms)
        term = stack.pop()
        core = uses.open_name(term.core)
        if not uses.depends_on(core):
            continue
        parts = _parts(replace(term, core=core), uses)
        if parts is None:
            terms.append(replace(term, core=core))
        else:
            stack.extend(reversed(parts))
    return ()


def _parts(term: ArrayTerm, uses: Dependence) -> list[ArrayTerm] | None:
    core = term.core
    if core == uses.part:
        return None
    match core:
        case Neg(arg):
            return [replace(term, core=arg, number=-term.number)]
        case Add(args):
            return [replace(term, core=arg) for arg in args]
        case Call("entry", (array, *place)) if not term.summed:
            return [_pick_entry(term, array, array, place, uses)]
        case Call("log", (inner,)) if not term.summed and (picked := _entry_of(uses.open_name(inner))) is not None:
            return [_pick_entry(term, Call("log", (picked[0],)), *picked, uses)]
        case Call("sum", (inner,)) if not term.summed:
            return [_open_total(term, inner)]
        case Call("mean", (inner,)) if not term.summed:
            return [_write_mean_as_sum(_open_total(term, inner), uses.layered)]
        case Call("row_sums" | "column_sums", (inner,)) if term.summed and not term.factors:
            return [replace(term, core=inner)]
        case Call("matmul", args) if not term.summed and not shape_of(core, uses.layered.shapes):
            return _multiply_out(replace(term, summed=True), args, uses)
        case Mul(args) | Call("hadamard", args):
            return _multiply_out(term, args, uses)
        case Div(num, den) if not uses.depends_on(den) and not shape_of(den, uses.layered.shapes):
            value = constant(den)
            if value == 0:
                return None
            if value is not None:
                return [replace(term, core=num, number=term.number / value)]
            return [replace(term, core=num, divisors=(*term.divisors, den))]
        case Call(func, args) if func in OF_LOGARITHMS:
            row = function(func, len(args))
            formula = value_of(row)
            assert formula is not None
            return [replace(term, core=substitute(formula, dict(zip(row.params, args, strict=True))))]
    return None


def _open_total(term: ArrayTerm, inner: Expr) -> ArrayTerm:
    """A sum over all entries; what stood before it are single numbers."""
    return replace(term, core=inner, summed=True, scalars=(*term.scalars, *term.factors), factors=())


def _entry_of(expr: Expr) -> tuple[Expr, tuple[Expr, ...]] | None:
    """The array and the place of an entry, p and (2,) of p_2; nothing for any other expression."""
    return (expr.args[0], expr.args[1:]) if type(expr) is Call and expr.func == "entry" else None


def _pick_entry(term: ArrayTerm, core: Expr, array: Expr, place: Sequence[Expr], uses: Dependence) -> ArrayTerm:
    """The term as a sum over all entries, with 1 at the one that is picked: log p_2 is Σ onehot(2) ⊙ log p."""
    label = write_one_hot(place, shape_of(array, uses.layered.shapes))
    return replace(term, core=core, scalars=(*term.scalars, *term.factors), factors=(label,), summed=True)


def write_one_hot(place: Sequence[Expr], shape: Shape) -> Expr:
    """1 at one place of an array, 0 elsewhere; of a matrix as the product of the labels of its row and its column.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(write_one_hot((Number("2"), Number("1")), (2, 3)))
    'outer(one_hot(2, 2), one_hot(1, 3))'
    """
    sizes = [size_expr(size) for size in shape]
    if len(sizes) == 2:
        row, column = (Call("one_hot", pair) for pair in zip(place, sizes, strict=True))
        return Call("outer", (row, column))
    return Call("one_hot", (*place, *sizes))


def _write_mean_as_sum(term: ArrayTerm, layered: Layered) -> ArrayTerm:
    """A mean as a sum over the number of its entries; letters of sizes stay below."""
    number, letters = term.number, term.divisors
    sizes = shape_of(term.core, layered.shapes)
    for size in sizes:
        if isinstance(size, int):
            number /= size
    open_sizes = [size_expr(size) for size in sizes if isinstance(size, str)]
    if open_sizes:
        letters = (*letters, open_sizes[0] if len(open_sizes) == 1 else Mul(tuple(open_sizes)))
    return replace(term, number=number, divisors=letters)


def _multiply_out(term: ArrayTerm, args: tuple[Expr, ...], uses: Dependence) -> list[ArrayTerm] | None:
    alive = [arg for arg in args if uses.depends_on(arg)]
    if len(alive) != 1:
        return None
    for arg in args:
        if arg is alive[0]:
            continue
        while isinstance(arg, Neg):
            term, arg = replace(term, number=-term.number), arg.arg
        value = constant(arg)
        if value is not None:
            term = replace(term, number=term.number * value)
        elif shape_of(arg, uses.layered.shapes):
            term = replace(term, factors=(*term.factors, arg))
        elif isinstance(arg, Div) and (over := constant(arg.num)) is not None:
            term = replace(term, number=term.number * over, divisors=(*term.divisors, arg.den))
        elif not shape_of(alive[0], uses.layered.shapes):  # y·log(p) of single numbers
            term = replace(term, factors=(*term.factors, arg))
        else:
            term = replace(term, scalars=(*term.scalars, arg))
    return [replace(term, core=alive[0])]


@dataclass(frozen=True, slots=True)
class Targets:
    """What the logarithms of an output, and of 1 minus it, are multiplied with, over one scale (a mean's 1/N)."""

    of_output: Expr | None
    of_rest: Expr | None
    scale: Expr


def targets_of(layered: Layered, output: Expr, *, logged: bool = False) -> Targets | None:
    """The loss as −scale·Σ (y ⊙ log ŷ + r ⊙ log(1 − ŷ)) and what does not look at the output; nothing for any other loss.

    ``logged``: the output given is log ŷ.
    """
    terms = loss_terms(layered, output)
    found: dict[bool, Expr] = {}
    scales = {term.scale for term in terms}
    if len(scales) != 1:
        return None
    (scale,) = scales
    for term in terms:
        match term.core:
            case core if core == output and logged:
                rest = False
            case Call("log", (inner,)) if inner == output and not logged:
                rest = False
            case Call("log", (Add((one, Neg(inner))),)) if inner == output and one == ONE and not logged:
                rest = True
            case _:
                return None
        if len(term.factors) != 1:
            return None
        before = found.get(rest)
        found[rest] = term.factors[0] if before is None else Add((*(before.args if type(before) is Add else (before,)), term.factors[0]))
    if scale[0] >= 0:
        return None
    return Targets(found.get(False), found.get(True), scale_expr((-scale[0], *scale[1:])))


def scale_expr(scale: tuple[Fraction, tuple[Expr, ...], tuple[Expr, ...]]) -> Expr:
    """What a sum is multiplied with, as one factor: 1/12, 1/N, c/N."""
    number, scalars, divisors = scale
    above: list[Expr] = [Number(str(number.numerator))] if number.numerator != 1 or not scalars else []
    above += scalars
    below = [*([Number(str(number.denominator))] if number.denominator != 1 else []), *divisors]
    top = above[0] if len(above) == 1 else Mul(tuple(above))
    if not below:
        return top
    return Div(top, below[0] if len(below) == 1 else Mul(tuple(below)))


