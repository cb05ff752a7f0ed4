"""How gradients go through operations on arrays: the pull rule of `tutor.derive.backward` for matrices, shapes and pullbacks.

Where the rule for numbers multiplies a local derivative, this one applies the pullback of a row of `tutor.rules.operations`, and what is
applied entry by entry becomes a ⊙ with the scalar derivative.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from tutor.derive.local import local_derivatives, times
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.layered import entrywise
from tutor.graph.nouns import Factor, Graph, Path, Step
from tutor.graph.shapes import Shape, bind, shape_of, size_expr
from tutor.rules.operations import ENTRYWISE, LAYERS, OUT, UPSTREAM, formula
from tutor.rules.patterns import constant

Parts = list[tuple[str, Expr]]
"""What each use of a quantity adds to its gradient."""


class ArrayPull:
    """The pull rule for arrays.  A use is (the quantity through which it goes, what it adds)."""

    def __init__(self, graph: Graph) -> None:
        self.loss = graph.loss
        self.shapes: dict[str, Shape] = {quantity.name: quantity.shape for quantity in (*graph.leaves, *graph.nodes)}
        self.names = frozenset(graph.names)

    def pull_through(self, step: Step, gradient: Step) -> list[tuple[str, tuple[str, Expr]]]:
        """The pullbacks of a step; an upstream gradient of equal numbers is put in as that number."""
        plain = step.target == self.loss or _filled(gradient.expr) is not None
        upstream = gradient.expr if plain else Partial(self.loss, step.target)
        pulled = pullback(step.expr, upstream, self.shapes, step.target)
        return [(wrt, (step.target, expr)) for wrt, expr in pulled if wrt in self.names]  # the n of sum(x)/n may be a size's letter

    def write_gradient(self, wrt: str, uses: Sequence[tuple[str, Expr]]) -> Step:
        """The sum of what the uses add."""
        loss = self.loss
        target = derivative_key(loss, wrt)
        if wrt == loss:
            return Step(target, ONE, "start", (), "gradient", loss, wrt)
        if not uses:
            return Step(target, _spread(ZERO, (), self.shapes.get(wrt, ())), "no path", (), "gradient", loss, wrt)
        paths = tuple(
            Path((Factor(loss, through, Partial(loss, through)), Factor(through, wrt, expr))) for through, expr in uses
        )
        expr = uses[0][1] if len(uses) == 1 else Add(tuple(expr for _, expr in uses))
        return Step(target, expr, "chain rule" if len(uses) == 1 else "sum over paths", paths, "gradient", loss, wrt)


def pullback(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str = "") -> Parts:
    """What ``upstream``, the derivative of the loss with respect to ``expr``, adds to the gradient of each quantity in it.

    ``out`` is the quantity that has the value of ``expr``, where there is one (softmax and σ speak of their own result).

    >>> from tutor.expression.plain import plain
    >>> [(n, plain(e)) for n, e in pullback(Call("matmul", (Name("W"), Name("x"))), Name("g"), {"W": (2, 3), "x": (3,)})]
    [('W', 'outer(g, x)'), ('x', 'matmul(transpose(W), g)')]
    """
    found: dict[str, list[Expr]] = {}
    for name, part in _pull(expr, upstream, shapes, out):
        found.setdefault(name, []).append(part)
    return [(name, _together(parts)) for name, parts in found.items()]


def _together(parts: Sequence[Expr]) -> Expr:
    """What several places of one step add; equal ones as a multiple: xᵀx has 2x."""
    if len(parts) == 1:
        return parts[0]
    return times(Number(str(len(parts))), parts[0]) if all(part == parts[0] for part in parts) else Add(tuple(parts))


def _pull(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str) -> Parts:
    match expr:
        case Name(name):
            return [(name, upstream)]
        case Number():
            return []
        case Call(func) if func in LAYERS:
            return _layer(expr, upstream, shapes, out)
        case Add(args) if shape_of(expr, shapes):
            return [part for arg in args for part in _pull(arg, upstream, shapes, "")]
        case Neg(arg):
            return _pull(arg, _negative(upstream), shapes, "")
    return _entry_by_entry(expr, upstream, shapes, out)


def _layer(call: Call, upstream: Expr, shapes: Mapping[str, Shape], out: str) -> Parts:
    row, sizes, _ = bind(call, shapes)
    operands = call.args[: len(row.arrays)]
    table: dict[str, Expr] = {name: size_expr(size) for name, size in sizes.items()}
    table |= {name: arg for (name, _), arg in zip(row.operands, operands, strict=True)}
    table |= {UPSTREAM: upstream, OUT: Name(out) if out else call}
    parts: Parts = []
    for arg, text in zip(operands, row.pullbacks, strict=True):
        if names(arg):
            pulled = simplified(substitute(formula(text), table))
            parts += _pull(arg, pulled, shapes, "")
    return parts


def _entry_by_entry(expr: Expr, upstream: Expr, shapes: Mapping[str, Shape], out: str) -> Parts:
    """A formula applied to every entry: its scalar derivative, ⊙ the upstream gradient."""
    inner: dict[str, Expr] = {}
    scalar = _as_scalar(expr, inner)
    known = {**shapes, **{name: shape_of(part, shapes) for name, part in inner.items()}}
    whole = shape_of(expr, shapes)
    parts: Parts = []
    for name, derivative in _slopes(scalar, out):
        if whole:
            singles = frozenset(other for other in names(derivative) if not known.get(other, ()))
            local = _level(entrywise(derivative, singles), known, whole)
            product = entrywise_product(upstream, local, singles)
            product = _spread(product, shape_of(product, known), whole)
        else:
            product = times(upstream, derivative)
        if whole and not known.get(name, ()):
            product = Call("sum", (product,))
        if name in inner:
            parts += _pull(inner[name], substitute(product, inner), shapes, "")
        else:
            parts.append((name, substitute(product, inner)))
    return parts


def _slopes(scalar: Expr, out: str) -> Parts:
    """The derivatives of a formula; an activation's is written σ′(z), as the lectures do for whole layers."""
    if type(scalar) is Call and len(scalar.args) == 1 and type(scalar.args[0]) is Name:
        derivative = local_derivatives("", scalar, {})[1][0][1]
        constant = derivative if not names(derivative) else Call(f"{scalar.func}'", scalar.args)
        return [(scalar.args[0].name, constant)]
    return local_derivatives(out, scalar, {})[1]


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


def _negative(expr: Expr) -> Expr:
    if type(expr) is Neg:
        return expr.arg
    if type(expr) is Call and expr.func == "fill":
        return Call("fill", (_negative(expr.args[0]), *expr.args[1:]))
    return Neg(expr)


def _filled(expr: Expr) -> Expr | None:
    """The number that all entries are equal to, for an array made by fill."""
    return expr.args[0] if type(expr) is Call and expr.func == "fill" else None


def _spread(expr: Expr, found: Shape, shape: Shape) -> Expr:
    """A number in the place of an array of equal entries, as that array."""
    if found or not shape:
        return expr
    return Call("fill", (expr, *(size_expr(size) for size in shape)))


def _level(expr: Expr, known: Mapping[str, Shape], shape: Shape) -> Expr:
    """The formula with single quantities that are added to arrays spread over them: x − c·1."""
    parts = tuple(_level(part, known, shape) for part in children(expr))
    if not parts:
        return expr
    if type(expr) is Add:
        found = [shape_of(part, known) for part in parts]
        if any(found):
            parts = tuple(_levelled(p, s, shape) if names(p) else p for p, s in zip(parts, found, strict=True))
    return rebuild(expr, parts)


def _levelled(term: Expr, found: Shape, shape: Shape) -> Expr:
    return Neg(_spread(term.arg, found, shape)) if type(term) is Neg else _spread(term, found, shape)


def entrywise_product(a: Expr, b: Expr, singles: Collection[str] = ()) -> Expr:
    """a ⊙ b, without factors of 1; an array of equal numbers becomes that number.  ``singles`` are the single numbers in b."""
    number = _filled(a)
    if number is not None or not _is_array(a):
        return _scaled(number if number is not None else a, b)
    other = _filled(b)
    if other is not None or all(name in singles for name in names(b)):
        return times(other if other is not None else b, a)
    if type(b) is Neg:
        return _negative(entrywise_product(a, b.arg, singles))
    if type(b) is Mul and all(name in singles for arg in b.args[:-1] for name in names(arg)):
        return times(*b.args[:-1], entrywise_product(a, b.args[-1], singles))
    return Call(ENTRYWISE, (a, b))


def _scaled(number: Expr, expr: Expr) -> Expr:
    """A number times an array; 2·(1/n) is 2/n."""
    match times(number, expr):
        case Mul(args):
            return _folded(args)
        case other:
            return other


def _folded(factors: Sequence[Expr]) -> Expr:
    """A product with its numbers as one: (2/2)·z is z, 2·(1/n)·z is (2/n)·z."""
    known = [(factor, constant(factor)) for factor in factors]
    number = Fraction(1)
    for _, value in known:
        number *= 1 if value is None else value
    rest = [factor for factor, value in known if value is None]
    over = next((part for part in rest if type(part) is Div and constant(part.num) is not None), None)
    if over is not None:
        assert type(over) is Div
        number *= constant(over.num) or 0
        rest = [part for part in rest if part is not over]
        return times(Div(_number(number), over.den) if number.denominator == 1 else Mul((_number(number), Div(ONE, over.den))), *rest)
    if not rest:
        return _number(number)
    sign = number < 0
    product = times(_number(abs(number)), *rest)
    return Neg(product) if sign else product


def _number(value: Fraction) -> Expr:
    top, bottom = Number(str(abs(value.numerator))), Number(str(value.denominator))
    whole = top if value.denominator == 1 else Div(top, bottom)
    return Neg(whole) if value < 0 else whole


def _is_array(expr: Expr) -> bool:
    """Whether an upstream gradient may be an array: only numbers surely are none."""
    return bool(names(expr)) or _has_partial(expr)


def _has_partial(expr: Expr) -> bool:
    return type(expr) is Partial or any(_has_partial(part) for part in children(expr))


def simplified(expr: Expr) -> Expr:
    """A pullback without double transposes, products with 1 and arrays of ones that multiply."""
    parts = tuple(simplified(part) for part in children(expr))
    done = rebuild(expr, parts) if parts else expr
    match done:
        case Call("transpose", (Call("transpose", (inner,)),)):
            return inner
        case Call("transpose", (Call("outer", (a, b)),)):
            return Call("outer", (b, a))
        case Call("transpose", (Call("matmul", (a, b)),)):  # (A B)ᵀ = Bᵀ Aᵀ
            return Call("matmul", (simplified(Call("transpose", (b,))), simplified(Call("transpose", (a,)))))
        case Call("hadamard", (a, b)):
            number = _filled(a)
            return done if number is None else a if number == ZERO else entrywise_product(a, b)
        case Mul(args):
            return times(*args)
        case Div(num, den) if den == ONE:
            return num
        case Div(num, Number(text)) if text.isdigit():
            return num if text == "1" else done
        case Div(num, Mul(args)) if all(type(arg) is Number for arg in args):
            product = 1
            for arg in args:
                product *= int(arg.text)  # type: ignore[union-attr]
            return Div(num, Number(str(product)))
    return done


def order(graph: Graph) -> tuple[str, ...]:
    """The names of a graph's parameters, or of its inputs where nothing is trained."""
    chosen = graph.parameters or tuple(q for q in graph.inputs if q.kind not in ("target", "constant")) or graph.inputs
    return tuple(quantity.name for quantity in chosen)
