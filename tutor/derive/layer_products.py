"""Products of gradients in layer form, as a lecturer leaves them: numbers in front and multiplied out, what cancels cancelled.

Arrays of equal numbers (`fill`) become that number, double transposes go, σ·(1 − σ)/σ is 1 − σ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import prod

from tutor.derive.local import times
from tutor.derive.tidy import product as put_in_order
from tutor.expression.nodes import (
    ONE,
    ZERO,
    Add,
    Call,
    Div,
    Expr,
    Mul,
    Neg,
    Number,
    Partial,
    Pow,
    children,
    rebuild,
    write_fraction,
)
from tutor.expression.walk import names
from tutor.graph.shapes import Shape, shape_of, size_expr, size_of
from tutor.rules.operations import ENTRYWISE, LAYERS, SAID, SUMS, name_along
from tutor.rules.patterns import constant


def negate_array(expr: Expr) -> Expr:
    """The opposite, inside of an array of equal numbers."""
    if type(expr) is Neg:
        return expr.arg
    if type(expr) is Call and expr.func == "fill":
        return Call("fill", (negate_array(expr.args[0]), *expr.args[1:]))
    return Neg(expr)


def fill_value(expr: Expr) -> Expr | None:
    """The number that all entries are equal to, for an array made by fill."""
    return expr.args[0] if type(expr) is Call and expr.func == "fill" else None


def spread_number(expr: Expr, found: Shape, shape: Shape) -> Expr:
    """A number in the place of an array of equal entries, as that array."""
    if found or not shape:
        return expr
    return Call("fill", (expr, *(size_expr(size) for size in shape)))


def level_sums(expr: Expr, known: Mapping[str, Shape], shape: Shape) -> Expr:
    """The formula with single quantities that are added to arrays spread over them: x − c·1."""
    parts = tuple(level_sums(part, known, shape) for part in children(expr))
    if not parts:
        return expr
    if type(expr) is Add:
        found = [shape_of(part, known) for part in parts]
        if any(found):
            parts = tuple(_level_term(p, s, shape) if names(p) else p for p, s in zip(parts, found, strict=True))
    return rebuild(expr, parts)


def _level_term(term: Expr, found: Shape, shape: Shape) -> Expr:
    return Neg(spread_number(term.arg, found, shape)) if type(term) is Neg else spread_number(term, found, shape)


def entrywise_product(a: Expr, b: Expr, singles: Collection[str] = ()) -> Expr:
    """a ⊙ b, without factors of 1; an array of equal numbers becomes that number.  ``singles`` are the single numbers in b."""
    number = fill_value(a)
    if number is not None or not _is_array(a):
        return _scale_array(number if number is not None else a, b)
    other = fill_value(b)
    if other is not None or all(name in singles for name in names(b)):
        return times(other if other is not None else b, a)
    if type(b) is Neg:
        return negate_array(entrywise_product(a, b.arg, singles))
    if type(b) is Mul and all(name in singles for arg in b.args[:-1] for name in names(arg)):
        return times(*b.args[:-1], entrywise_product(a, b.args[-1], singles))
    return Call(ENTRYWISE, (a, b))


def _scale_array(number: Expr, expr: Expr) -> Expr:
    """A number times an array; 2·(1/n) is 2/n."""
    match times(number, expr):
        case Mul(args):
            return _fold_numbers(args)
        case other:
            return other


def _fold_numbers(factors: Sequence[Expr]) -> Expr:
    """A product with its numbers as one: (2/2)·z is z, 2·(1/n)·z is (2/n)·z."""
    known = [(factor, constant(factor)) for factor in factors]
    number = Fraction(1)
    for _, value in known:
        number *= 1 if value is None else value
    rest = [factor for factor, value in known if value is None]
    if len(rest) < len(known):  # 2·(l/2) is l
        for place, factor in enumerate(rest):
            below = constant(factor.den) if type(factor) is Div and constant(factor.num) is None else None
            if below:
                assert type(factor) is Div
                number /= below
                rest[place] = factor.num
    over = [part for part in rest if type(part) is Div and constant(part.num) is not None]
    if over:  # (1/n)·(2/n) is 2/n²
        for fraction in over:
            number *= constant(fraction.num) or 0
        rest = [part for part in rest if part not in over]
        under = put_in_order(fraction.den for fraction in over)
        scale: Expr = write_fraction(number)
        scale = Div(scale, under) if number.denominator == 1 else Mul((scale, Div(ONE, under)))
        return times(scale, *rest)
    if not rest:
        return write_fraction(number)
    sign = number < 0
    product = times(write_fraction(abs(number)), *rest)
    return Neg(product) if sign else product


def tidy_gradient(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """What a use adds, as a lecturer leaves it: equal factors above and below a fraction cancelled, numbers multiplied out.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.rules.functions import FUNCTIONS
    >>> write_plain(tidy_gradient(parse("-(a*(1 - sigmoid(z))/a)*v", functions=FUNCTIONS), {}))
    '(sigmoid(z) - 1)*v'
    """
    parts = children(expr)
    if not parts:
        return expr
    if type(expr) is Mul or type(expr) is Div or (type(expr) is Call and expr.func == ENTRYWISE):
        shorter = _cancel(expr, shapes)  # the whole product at once, before its parts
        if shorter != expr:
            return tidy_gradient(shorter, shapes)
    done = _pull_number(rebuild(expr, tuple(tidy_gradient(part, shapes) for part in parts)), shapes)
    done = _flatten_fractions(done, shapes)
    if type(done) is Neg and type(done.arg) is Neg:  # a − (−b) is a + b
        return done.arg.arg
    if type(done) is Mul:
        if sum(type(arg) is Neg and not _is_rest(arg.arg) for arg in done.args) == 1:  # 2·(−a) as −2·a
            return negate_array(tidy_gradient(Mul(tuple(arg.arg if type(arg) is Neg else arg for arg in done.args)), shapes))
        numbers = [_has_number(arg) for arg in done.args]
        return _absorb_sign(_fold_numbers(done.args) if sum(numbers) > 1 else _quotient(_cancel_within(done)))
    if type(done) is Div:
        done = _cancel_numbers(done)
    if type(done) is Div and type(done.den) is Call and _has_partial(done.num) and shape_of(done.num, shapes):
        return tidy_gradient(Mul((Div(ONE, done.den), done.num)), shapes)
    return _absorb_sign(_square_root(done))


def _square_root(expr: Expr) -> Expr:
    """(√x)² as x, also where the root is repeated: (𝟏 √xᵀ)² is 𝟏 xᵀ."""
    if type(expr) is not Pow or expr.exp != Number("2"):
        return expr
    around: list[Call] = []
    base = expr.base
    while type(base) is Call and base.func in _MOVED:
        around.append(base)
        base = base.args[0]
    if type(base) is not Call or base.func != "sqrt":
        return expr
    found = base.args[0]
    for call in reversed(around):
        found = Call(call.func, (found, *call.args[1:]))
    return found


def _flatten_fractions(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A gradient is not set inside of a fraction in a fraction: 2·((g·1/(2·s))/n)·c is 1/(s·n)·g·c, for single numbers g and s."""
    factors = expr.args if type(expr) is Mul else (expr,)
    fractions = [factor for factor in factors if type(factor) is Div and not shape_of(factor, shapes)]
    fractions = [factor for factor in fractions if names(factor.den) or _has_partial(factor.num)]  # (1/3)·g, and no g/3
    if not any(_has_partial(factor.num) or any(constant(other) for other in factors) for factor in fractions):
        return expr
    single = [factor for factor in factors if not shape_of(factor, shapes)]
    done = put_in_order(single) if single else ONE
    top, under = (done.num, done.den) if type(done) is Div else (done, ONE)
    parts = top.args if type(top) is Mul else (top,)
    plain = times(*(part for part in parts if not _has_partial(part)))
    rest = [factor for factor in factors if factor not in single]
    return times(*(() if (scale := plain if under == ONE else Div(plain, under)) == ONE else (scale,)),
                 *(part for part in parts if _has_partial(part)), *rest)  # fmt: skip


_BILINEAR = frozenset({"matmul", "outer", ENTRYWISE})
_MOVED = frozenset({"transpose", "columns", "rows", "batch", "fill"}) | {name for name in SAID if SAID[name] in ("keep", "drop", "stretch")}
"""What has the entries of its first operand in another order, or again and again."""
_LINEAR = (_MOVED - {"fill"}) | {"sum", *(name for sums in SUMS.values() for name in sums)}
"""What only moves, repeats or adds up the entries of its first operand: a number goes in front of it."""


def pull_numbers(expr: Expr) -> Expr:
    """The expression with the numbers in products of matrices in front of them, throughout.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import LAYER_FUNCTIONS
    >>> write_plain(pull_numbers(parse("matmul(transpose(W), 2*(h - y))", functions=LAYER_FUNCTIONS)))
    '2*matmul(transpose(W), h - y)'
    """
    parts = children(expr)
    return _pull_number(rebuild(expr, tuple(map(pull_numbers, parts)))) if parts else expr


def _pull_number(expr: Expr, shapes: Mapping[str, Shape] | None = None) -> Expr:
    """Wᵀ (2(h − y)) as 2 Wᵀ (h − y), Wᵀ (c𝟏) as c Wᵀ 𝟏, and (−a)ᵀ as −aᵀ; a product in a product as one.

    Where ``shapes`` are known, fractions of sizes and single quantities are numbers, too.
    """
    if type(expr) is Mul and any(type(arg) is Mul for arg in expr.args):
        return Mul(tuple(factor for arg in expr.args for factor in (arg.args if type(arg) is Mul else (arg,))))
    if type(expr) is not Call or expr.func not in _BILINEAR | _LINEAR:
        return expr
    count = 2 if expr.func in _BILINEAR else 1
    numbers: list[Expr] = []
    operands: list[Expr] = []
    negative = False
    for arg in expr.args[:count]:
        sign, number, rest = _split_number(arg, shapes)
        negative ^= sign
        numbers += number
        operands.append(rest)
    if not (numbers or negative):
        return expr
    done = times(*numbers, Call(expr.func, (*operands, *expr.args[count:])))
    return Neg(done) if negative else done


def _split_number(expr: Expr, shapes: Mapping[str, Shape] | None) -> tuple[bool, list[Expr], Expr]:
    """Whether an array is the opposite of one, the numbers in front of it, and the array."""
    if type(expr) is Neg:
        sign, numbers, rest = _split_number(expr.arg, shapes)
        return not sign, numbers, rest
    if type(expr) is Mul:
        numbers = [arg for arg in expr.args[:-1] if _is_number(arg, shapes)]
        others = tuple(arg for arg in expr.args if arg not in numbers)
        return False, numbers, others[0] if len(others) == 1 else Mul(others)
    if type(expr) is Div and shapes is not None and _is_number(Div(ONE, expr.den), shapes):
        sign, numbers, rest = _split_number(expr.num, shapes)
        return sign, [*numbers, Div(ONE, expr.den)], rest
    value = fill_value(expr)
    if value is not None and type(expr) is Call and value not in (ONE, ZERO):
        return False, [value], Call("fill", (ONE, *expr.args[1:]))
    return False, [], expr


def _is_number(expr: Expr, shapes: Mapping[str, Shape] | None) -> bool:
    """Whether an expression is a number, such as 2, the 1/n of a mean, or one over a single quantity."""
    if constant(expr) is not None:
        return True
    return shapes is not None and type(expr) is Div and not _has_partial(expr) and not any(shapes.get(name) for name in names(expr))


def _cancel_numbers(expr: Div) -> Expr:
    """2/(2·s) is 1/s: the number above and those below a fraction bar as one."""
    above, factors = constant(expr.num), expr.den.args if type(expr.den) is Mul else (expr.den,)
    known = [constant(factor) for factor in factors]
    below = prod((value for value in known if value is not None), start=Fraction(1))
    if above is None or below in (0, 1) or len(factors) < 2:
        return expr
    number = above / below
    rest = tuple(factor for factor, value in zip(factors, known, strict=True) if value is None)
    over = Number(str(abs(number.numerator)))
    under = rest if number.denominator == 1 else (Number(str(number.denominator)), *rest)
    done = over if not under else Div(over, under[0] if len(under) == 1 else Mul(under))
    return Neg(done) if number < 0 else done


Factors = list[tuple[Expr, bool]]
"""The factors of a product with whether each stands below the fraction bar."""


def _factors(expr: Expr, below: bool = False) -> Factors:
    match expr:
        case Mul(args) | Call("hadamard", args):
            return [part for arg in args for part in _factors(arg, below)]
        case Div(num, den):
            return [*_factors(num, below), *_factors(den, not below)]
        case Neg(arg):
            return [(_MINUS, False), *_factors(arg, below)]
    return [(expr, below)]


_MINUS = Neg(ONE)


def _cancel(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A product without what stands above and below its fraction bars."""
    factors = _factors(expr)
    negative = factors.count((_MINUS, False)) % 2 == 1
    factors = [factor for factor in factors if factor != (_MINUS, False)]
    above = [factor for factor, below in factors if not below and names(factor)]
    both = [factor for factor, below in factors if below and factor in above]
    if not both:
        return expr
    kept: Factors = list(factors)
    for factor in both:
        if (factor, False) in kept:
            kept.remove((factor, True))
            kept.remove((factor, False))
    shape = shape_of(expr, shapes)
    arrays: list[Expr] = []
    bottoms: list[Expr] = []
    numbers: list[Expr] = []
    for factor, below in kept:
        (bottoms if below else arrays if shape_of(factor, shapes) else numbers).append(factor)
    product: Expr = ONE
    for factor in arrays:
        product = factor if product == ONE else Call(ENTRYWISE, (product, factor))
    product = times(*numbers, product)
    if bottoms:
        product = Div(product, bottoms[0] if len(bottoms) == 1 else Mul(tuple(bottoms)))
    spread = spread_number(product, shape_of(product, shapes), shape)
    return negate_array(spread) if negative else spread


def _cancel_within(expr: Mul) -> Mul:
    """2·Σ(a/(2·s)) as Σ(a/s): a whole number in front and the one below a fraction that is summed, moved or multiplied."""
    number, *rest = expr.args
    value = constant(number)
    if value is None or value.denominator != 1:
        return expr
    for place, factor in enumerate(rest):
        if (found := _divide_below(factor, value)) is not None:
            return Mul((*rest[:place], found, *rest[place + 1 :]))
    return expr


def _divide_below(expr: Expr, value: Fraction) -> Expr | None:
    """The expression times a number, where that is one below a fraction in it."""
    if type(expr) is Div and type(expr.den) is Mul and constant(expr.den.args[0]) == value:
        rest = expr.den.args[1:]
        return Div(expr.num, rest[0] if len(rest) == 1 else Mul(rest))
    if type(expr) is Neg or (type(expr) is Call and expr.func in _BILINEAR | _LINEAR):
        parts = children(expr)
        for place, part in enumerate(parts):
            if (found := _divide_below(part, value)) is not None:
                return rebuild(expr, (*parts[:place], found, *parts[place + 1 :]))
    return None


def _has_number(factor: Expr) -> bool:
    """Whether a factor is a number, or a fraction of which one side is one."""
    parts = (factor.num, factor.den) if type(factor) is Div else (factor,)
    return any(constant(part) is not None for part in parts)


def _quotient(expr: Mul) -> Expr:
    """(1/s)·a as a/s, where s is more than a quantity; but no gradient stands in a fraction."""
    first, *rest = expr.args
    if type(first) is Div and first.num == ONE and type(first.den) is Call and rest and not any(map(_has_partial, rest)):
        return Div(times(*rest), first.den)
    return expr


def _absorb_sign(expr: Expr) -> Expr:
    """−(1 − σ(z))·v as (σ(z) − 1)·v, and −(σ(z) − 1) as 1 − σ(z)."""
    negative = type(expr) is Neg
    if negative and (turned := _turn_difference(expr)) is not expr:
        return turned
    product = expr.arg if type(expr) is Neg else expr
    factors = product.args if type(product) is Mul else (product,)
    place = next((i for i, factor in enumerate(factors) if _is_rest(factor)), None)
    if not negative or place is None:
        inside = next((i for i, factor in enumerate(factors) if type(factor) is Neg and _is_rest(factor.arg)), None)
        if inside is None or type(product) is not Mul:
            return expr
        return times(*factors[:inside], _turn_difference(factors[inside]), *factors[inside + 1 :])
    return times(*factors[:place], _turn_difference(Neg(factors[place])), *factors[place + 1 :])


def _is_rest(expr: Expr) -> bool:
    """Whether an expression is 1 − f(…)."""
    match expr:
        case Add((first, Neg(Call()))) if first == ONE:
            return True
    return False


def _turn_difference(expr: Expr) -> Expr:
    match expr:
        case Neg(Add((first, Neg(inner)))):
            return Add((inner, Neg(first)))
    return expr


def _is_array(expr: Expr) -> bool:
    """Whether an upstream gradient may be an array: only numbers surely are none."""
    return bool(names(expr)) or _has_partial(expr)


def _has_partial(expr: Expr) -> bool:
    return type(expr) is Partial or any(_has_partial(part) for part in children(expr))


def _add_numbers(expr: Expr) -> Expr:
    """A setting that is computed, n - f - z, worked out."""
    return size_expr(size_of(expr)) if type(expr) in (Add, Mul) else expr


def _take_equal_part(call: Call) -> Call:
    """A part of an array of equal numbers is one: 𝟏 of a smaller shape."""
    array, *settings = call.args
    if type(array) is not Call or array.func != "fill" or len(settings) != 2:
        return call
    value, *sizes = array.args
    place = next((place for place in range(len(sizes)) if name_along("part", len(sizes), place) == call.func), None)
    return call if place is None else Call("fill", (value, *sizes[:place], settings[1], *sizes[place + 1 :]))


def simplify_pullback(expr: Expr) -> Expr:
    """A pullback without double transposes, products with 1 and arrays of ones that multiply."""
    parts = tuple(simplify_pullback(part) for part in children(expr))
    done = rebuild(expr, parts) if parts else expr
    match done:
        case Call("columns" | "rows" | "batch" as func, (Call("fill", (value, *sizes)), count)):
            at = {"columns": len(sizes), "rows": len(sizes) - 1, "batch": 0}[func]
            return Call("fill", (value, *sizes[:at], count, *sizes[at:]))
        case Call(func, args) if func in LAYERS and len(args) > (operands := len(LAYERS[func][0].arrays)):
            return _take_equal_part(Call(func, (*args[:operands], *map(_add_numbers, args[operands:]))))
        case Call("transpose", (Call("transpose", (inner,)),)):
            return inner
        case Call("transpose", (Call("fill", (value, *batch, rows, columns)),)):
            return Call("fill", (value, *batch, columns, rows))
        case Call("transpose", (Call("outer", (a, b)),)):
            return Call("outer", (b, a))
        case Call("transpose", (Call("matmul", (a, b)),)):  # (A B)ᵀ = Bᵀ Aᵀ
            return Call("matmul", (simplify_pullback(Call("transpose", (b,))), simplify_pullback(Call("transpose", (a,)))))
        case Call("hadamard", (a, b)):
            number = fill_value(a)
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
