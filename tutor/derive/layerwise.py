"""The backward pass in layer form: matrices, shapes and pullbacks.

One loop over the steps from last to first, as in `tutor.derive.backward`; where the scalar form multiplies a local derivative, the layer
form applies the pullback of a row of `tutor.rules.operations`, and what is applied entry by entry becomes a ⊙ with the scalar derivative.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from tutor.derive.local import local_derivatives, times
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names, substitute
from tutor.graph.layered import Layered, entrywise
from tutor.graph.nouns import Derivation, Factor, Graph, Path, Step
from tutor.graph.shapes import Shape, bind, shape_of, size_expr
from tutor.rules.operations import ENTRYWISE, LAYERS, OUT, UPSTREAM, formula
from tutor.rules.patterns import constant

Parts = list[tuple[str, Expr]]
"""What each use of a quantity adds to its gradient."""


def derive_layers(layered: Layered) -> Derivation:
    """Derive ∂loss/∂q for every array q of a graph over layers.

    The backward steps stand in teaching order, those of a layer's parameters before the next layer's.  Each has one path for each
    use of its quantity; the second factor of a path is what this use adds, a matrix expression with the upstream gradient in it
    (``matmul(transpose(W2), dL/dz2)``), since a layer's local derivative is only ever applied to it.

    Source: qmul, δ^l = W^{l+1} δ^{l+1} ⊙ σ'(z^l), ∂E/∂w^l = x^{l−1} (δ^l)^T.

    >>> from tutor.expression.plain import plain
    >>> from tutor.graph.layered import from_layers
    >>> small = from_layers(["z = W x", "a = sigmoid(z)", "L = sum(a)"], {"W": (2, 3), "x": (3,)})
    >>> [(step.target, plain(step.expr)) for step in derive_layers(small).backward][1:3]
    [('dL/da', 'fill(1, 2)'), ('dL/dz', "sigmoid'(z)")]
    """
    graph, shapes = layered.graph, layered.shapes
    loss = graph.loss
    waiting = dict.fromkeys((quantity.name for quantity in graph.leaves), 0)
    pulled: dict[str, Parts] = {}
    for step in graph.steps:
        for name in names(step.expr):
            if name in waiting:
                waiting[name] += 1
    uses: dict[str, list[tuple[str, Expr]]] = {name: [] for name in graph.names}
    depth = dict.fromkeys(graph.names, 0)
    backward: list[Step] = []
    known: dict[str, Expr] = {loss: ONE}
    for step in reversed(graph.steps):
        target = step.target
        gradient = _gradient(loss, target, uses[target], shapes)
        backward.append(gradient)
        if uses[target] or target == loss:
            filled = _filled(gradient.expr)
            upstream = known[target] = gradient.expr if filled is not None or target == loss else Partial(loss, target)
            pulled[target] = pullback(step.expr, upstream, shapes, target)
            for wrt, expr in pulled[target]:
                if wrt not in uses:  # the letter of a size, as in sum(x)/n
                    continue
                uses[wrt].append((target, expr))
                depth[wrt] = max(depth[wrt], depth[target] + 1)
        for name in names(step.expr):
            if name in waiting:
                waiting[name] -= 1
                if waiting[name] == 0:
                    backward.append(_gradient(loss, name, uses[name], shapes))
    places = {name: place for place, name in enumerate(graph.names)}
    prefix = len(f"d{loss}/d")
    leaves = {quantity.name for quantity in graph.leaves}

    def teaching(step: Step) -> tuple[int, bool, int]:
        name = step.target[prefix:]
        return depth[name], name not in leaves, places[name]

    return Derivation(graph, tuple(sorted(backward, key=teaching)))


def _gradient(loss: str, wrt: str, uses: Sequence[tuple[str, Expr]], shapes: Mapping[str, Shape]) -> Step:
    target = derivative_key(loss, wrt)
    if wrt == loss:
        return Step(target, ONE, "start")
    if not uses:
        return Step(target, _spread(ZERO, (), shapes.get(wrt, ())), "no path")
    ordered = tuple(reversed(uses))
    paths = tuple(
        Path((Factor(loss, through, Partial(loss, through)), Factor(through, wrt, expr))) for through, expr in ordered
    )
    if len(ordered) == 1:
        return Step(target, ordered[0][1], "chain rule", paths)
    return Step(target, Add(tuple(expr for _, expr in ordered)), "sum over paths", paths)


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
