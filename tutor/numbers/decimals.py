"""An expression as a list of instructions, and its value in decimal numbers of as many digits as one likes.

The decimals of Python's standard library are written in C: fifty digits cost little more than a float.  The instructions hold every
sub-term once, so that the same list also runs over NumPy columns (see `tutor.answer.compare.places`); making them and running them needs no
recursion.  A value that does not exist (1/0, log of a negative number) is the decimal NaN, and all that is computed from it.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from tutor.errors import ExpressionError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.numbers.arithmetic import CONTEXT
from tutor.rules.functions import OUT, function, partials_of, value_of

DIGITS = 50
MAX_DIGITS = 1_000
"""The most digits that are ever tried; what they do not decide is left to a person."""
MAX_CODE = 20_000
"""The most instructions that one expression may become."""

LOAD, CONST, ADD, SUB, MUL, DIV, NEG, SQUARE, POWER, POW = range(10)
EXP, LOG, SQRT, SIN, COS, SINH, COSH, TANH, SIGMOID, SOFTPLUS, ABS, MAX, MIN, IF, PI = range(10, 25)

CALLS = {
    "exp": EXP, "log": LOG, "sqrt": SQRT, "sin": SIN, "cos": COS, "sinh": SINH, "cosh": COSH, "tanh": TANH,
    "sigmoid": SIGMOID, "softplus": SOFTPLUS, "abs": ABS, "max": MAX, "min": MIN, "if_positive": IF, "pi": PI,
}  # fmt: skip
COSTLY = frozenset({POW, EXP, LOG, SIN, COS, SINH, COSH, TANH, SIGMOID, SOFTPLUS})
"""What takes some forty times as long as a product."""
_COMMUTES = frozenset({ADD, MUL, MAX, MIN})

Code = tuple[int, Any, Any, Any]
"""An instruction: what is done, and with which results (by their places).  A `LOAD` has a quantity's name, a `CONST` a decimal, a
`POWER` a place and a whole number."""


@dataclass(frozen=True, slots=True)
class Program:
    """An expression as instructions; the last one that runs need not be the ``result`` (a repeated sub-term is computed once).

    ``names`` are the quantities and derivatives (``dL/dw5``) that it needs, ``kinks`` the places of the conditions on whose sign a branch
    depends: (c, None) for a condition, (a, b) for the larger of two.  ``digits`` is how many more digits its constants ask for: 0.5 + 1e-60
    is not 0.5.
    """

    code: tuple[Code, ...]
    result: int
    names: tuple[str, ...]
    kinks: tuple[tuple[int, int | None], ...]
    digits: int


def program(expr: Expr) -> Program:
    """The instructions of an expression.

    Functions of the rule tables that are no primitives are written out by their formulas, so that relu(z) is max(0, z).

    Raises `ExpressionError` for a function that no rule knows, and for an expression of more than `MAX_CODE` instructions.

    >>> program(Mul((Name("x"), Name("x")))).names
    ('x',)
    """
    builder = _Builder()
    result = builder.tree(expr, {})
    return Program(tuple(builder.code), result, tuple(builder.names), tuple(builder.kinks), builder.digits)


class _Builder:
    """Writes instructions; the same one is written once."""

    __slots__ = ("code", "digits", "kinks", "known", "names")

    def __init__(self) -> None:
        self.code: list[Code] = []
        self.known: dict[Code, int] = {}
        self.names: dict[str, int] = {}
        self.kinks: dict[tuple[int, int | None], None] = {}
        self.digits = 0

    def emit(self, op: int, a: Any = None, b: Any = None, c: Any = None) -> int:
        instruction = (op, a, b, c)
        place = self.known.get(instruction)
        if place is None:
            place = self.known[instruction] = len(self.code)
            if place >= MAX_CODE:
                raise ExpressionError(f"an expression of more than {MAX_CODE:,} operations", hint="write it in steps")
            self.code.append(instruction)
        return place

    def load(self, name: str) -> int:
        place = self.names[name] = self.emit(LOAD, name)
        return place

    def tree(self, root: Expr, bound: Mapping[str, int]) -> int:
        """Instructions for a tree, without recursion; ``bound`` are the places of a formula's parameters."""
        done: list[int] = []
        names = self.names
        stack: list[Any] = [root]  # expressions, and those whose parts are done as (expression, how many parts)
        while stack:
            expr = stack.pop()
            kind = type(expr)
            if kind is Name:
                name = expr.name
                if name in bound:
                    done.append(bound[name])
                else:
                    done.append(names[name] if name in names else self.load(name))
            elif kind is tuple:
                whole, count = expr
                if count == 1 and type(whole) is Neg:
                    done[-1] = self.emit(NEG, done[-1])
                    continue
                args = done[-count:] if count else []
                del done[len(done) - count :]
                done.append(self.node(whole, args))
            elif kind is Number:
                done.append(self.number(expr.text))
            elif kind is Mul:
                stack.append((expr, len(expr.args)))
                stack += expr.args[::-1]
            elif kind is Add:
                stack.append((expr, len(expr.args)))
                stack += [term.arg if type(term) is Neg else term for term in expr.args[:0:-1]]
                stack.append(expr.args[0])
            elif kind is Partial:
                done.append(self.load(derivative_key(expr.of, expr.wrt)))
            else:
                parts = children(expr)
                stack.append((expr, len(parts)))
                stack += parts[::-1]
        return done[-1]

    def number(self, text: str) -> int:
        if len(text) > 8:
            mantissa, _, exponent = text.lower().partition("e")
            self.digits += len(mantissa) + abs(int(exponent or 0)) - 8
        elif "e" in text or "E" in text:
            self.digits += max(0, abs(int(text.lower().partition("e")[2])) - 6)
        return self.emit(CONST, Decimal(text))

    def node(self, expr: Expr, args: Sequence[int]) -> int:
        kind = type(expr)
        total = args[0] if args else 0
        if kind is Mul:
            for place in args[1:]:
                total = self.emit(SQUARE, total) if place == total else self.emit(MUL, total, place)
            return total
        if isinstance(expr, Add):
            for term, place in zip(expr.args[1:], args[1:], strict=True):
                total = self.emit(SUB if type(term) is Neg else ADD, total, place)
            return total
        if kind is Div:
            return self.emit(DIV, total, args[1])
        if isinstance(expr, Pow):
            return self.power(total, args[1], expr.exp)
        assert isinstance(expr, Call)
        return self.call(expr.func, args)

    def power(self, base: int, exponent: int, written: Expr) -> int:
        op, value, _, _ = self.code[exponent]
        sign = 1
        if op == NEG:
            sign = -1
            op, value, _, _ = self.code[value]
        if op == CONST and value == value.to_integral_value() and abs(value) <= 10**6:
            whole = sign * int(value)
            return self.emit(SQUARE, base) if whole == 2 else self.emit(POWER, base, whole)
        half = (op == CONST and value == Decimal("0.5")) or written == Div(Number("1"), Number("2"))
        return self.emit(SQRT, base) if half and sign == 1 else self.emit(POW, base, exponent)

    def call(self, func: str, args: Sequence[int]) -> int:
        op = CALLS.get(func)
        if op is None:
            return self.written_out(func, args)
        if func != "pi":
            function(func, len(args))  # the number of arguments
        if op in (MAX, MIN):
            total = args[0]
            for place in args[1:]:
                if place != total:
                    self.kinks[total, place] = None
                    total = self.emit(op, total, place)
            return total
        if op in (ABS, IF):
            self.kinks[args[0], None] = None
        return self.emit(op, *args)

    def written_out(self, func: str, args: Sequence[int]) -> int:
        """A function by its formula; a primed one by its derivative."""
        row = function(func.rstrip("'"), len(args))
        bound = dict(zip(row.params, args, strict=True))
        if func.endswith("'"):
            if func.endswith("''") or len(args) != 1:
                raise ExpressionError(f"{func} is not known", hint="one prime, and a function of one argument")
            bound[OUT] = self.call(func[:-1], args)
            return self.tree(partials_of(row)[0], bound)
        formula = value_of(row)
        if formula is None:
            raise ExpressionError(f"the function {func} has no value")
        return self.tree(formula, bound)


def keys(program: Program, known: dict[Any, int]) -> list[int]:
    """A number for every place of a program, the same for sub-terms that are written alike; ``known`` is the common numbering."""
    found: list[int] = []
    for op, a, b, c in program.code:
        if op in (LOAD, CONST):
            key: Any = (op, a)
        elif op == POWER:
            key = (op, found[a], b)
        else:
            parts = [found[place] for place in (a, b, c) if place is not None]
            key = (op, *(sorted(parts) if op in _COMMUTES else parts))
        found.append(known.setdefault(key, len(known)))
    return found


NAN = Decimal("NaN")
_SMALL, _ONE, _TWO, _ZERO, _MINUS, _MINUS_TWO = Decimal("0.001"), Decimal(1), Decimal(2), Decimal(0), Decimal(-1), Decimal(-2)


@cache
def context(digits: int) -> decimal.Context:
    """Decimals of so many digits; what does not exist is NaN, and nothing is raised."""
    return decimal.Context(
        prec=digits, rounding=decimal.ROUND_HALF_EVEN, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX,
        capitals=0, clamp=0, flags=[], traps=[],
    )  # fmt: skip


class Gap:
    """The largest distance, in digits, between two terms that were added: what a small term needs in order not to be lost."""

    __slots__ = ("size",)

    def __init__(self) -> None:
        self.size = 0

    def add(self, a: Decimal, b: Decimal, ctx: decimal.Context) -> Decimal:
        """a + b."""
        if a and b:
            distance = a.adjusted() - b.adjusted()
            if distance > self.size:
                self.size = distance
            elif -distance > self.size:
                self.size = -distance
        return ctx.add(a, b)


def evaluate(program: Program, values: Mapping[str, Decimal], digits: int = DIGITS) -> tuple[Decimal, int]:
    """The value of a program, and its `Gap`.

    >>> from tutor.expression.parse import parse
    >>> evaluate(program(parse("x/3")), {"x": Decimal(1)}, 20)
    (Decimal('0.33333333333333333333'), 0)
    """
    places, gap = every(program, values, digits)
    return places[program.result], gap


def every(program: Program, values: Mapping[str, Decimal], digits: int = DIGITS) -> tuple[list[Decimal], int]:
    """The values of all sub-terms, by their places, and the `Gap`."""
    ctx, gap = context(digits), Gap()
    multiply, plus = ctx.multiply, gap.add
    done: list[Decimal] = []
    append = done.append
    for op, a, b, c in program.code:
        if op == MUL:
            append(multiply(done[a], done[b]))
        elif op == LOAD:
            append(values[a])
        elif op == CONST:
            append(a)
        elif op == ADD:
            append(plus(done[a], done[b], ctx))
        elif op == SUB:
            append(plus(done[a], done[b].copy_negate(), ctx))
        elif op == SQUARE:
            append(multiply(done[a], done[a]))
        elif op == NEG:
            append(done[a].copy_negate())
        elif op == DIV:
            under = done[b]
            append(ctx.divide(done[a], under) if under else NAN)
        elif op == POWER:
            append(_power(done[a], Decimal(b), ctx))
        elif op == IF:
            append(_choice(done[a], done[b], done[c]))
        elif op in (MAX, MIN):
            append(_extreme(op, done[a], done[b]))
        elif op == PI:
            append(_pi(digits))
        elif op == POW:
            append(_power(done[a], done[b], ctx))
        else:
            append(_FUNCTIONS[op](done[a], ctx, gap))
    return done, gap.size


def _choice(condition: Decimal, yes: Decimal, no: Decimal) -> Decimal:
    if condition.is_nan():
        return NAN
    return yes if condition > 0 else no


def _extreme(op: int, a: Decimal, b: Decimal) -> Decimal:
    if a.is_nan() or b.is_nan():
        return NAN
    return a if (a >= b) == (op == MAX) else b


def _power(base: Decimal, exponent: Decimal, ctx: decimal.Context) -> Decimal:
    if base.is_nan() or exponent.is_nan():
        return NAN
    if not exponent:
        return _ONE
    if not base:
        return _ZERO if exponent > 0 else NAN
    return _finite(_remembered("power", base, ctx.prec, lambda: _raised(base, exponent, ctx), exponent))


def _raised(base: Decimal, exponent: Decimal, ctx: decimal.Context) -> Decimal:
    """A power that is not 0 and not of 0."""
    if base < 0 or exponent == exponent.to_integral_value() or abs(base.adjusted()) > 1_000 or exponent.adjusted() > 5:
        return ctx.power(base, exponent)
    with CONTEXT.workdps(ctx.prec + 10):
        value = CONTEXT.mpf(str(base)) ** CONTEXT.mpf(str(exponent))
        return Decimal(str(CONTEXT.nstr(value, ctx.prec + 3)))


def _finite(value: Decimal) -> Decimal:
    return value if value.is_finite() else NAN


_REMEMBERED: dict[tuple[str, Decimal, int, Decimal | None], Decimal] = {}
_ROOM = 4_096


def _remembered(
    name: str, x: Decimal, digits: int, compute: Callable[[], Decimal], other: Decimal | None = None
) -> Decimal:
    """A costly function's value, kept for the next answer that asks for the same (it is the same value whoever asks)."""
    key = (name, x, digits, other)
    value = _REMEMBERED.get(key)
    if value is None:
        if len(_REMEMBERED) >= _ROOM:
            _REMEMBERED.clear()
        value = _REMEMBERED[key] = compute()
    return value


MANY = 150
"""With more digits than this mpmath is faster: it takes a tenth of the time for 1,600."""
_WIDEST = 12
"""Digits before the point of the largest argument of exp: beyond, the value has more digits than anyone can use."""


def _exp(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    if x.is_nan() or x.adjusted() > _WIDEST:
        return NAN
    if ctx.prec > MANY and x.adjusted() < 6:
        return _remembered("exp", x, ctx.prec, lambda: _by_mpmath("exp", x, ctx.prec))
    return _finite(_remembered("exp", x, ctx.prec, lambda: ctx.exp(x)))


def _log(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    if x.is_nan() or x <= 0:
        return NAN
    if ctx.prec > MANY and abs(x.adjusted()) < 1_000 and abs(x - 1) > _SMALL:
        return _remembered("log", x, ctx.prec, lambda: _by_mpmath("ln", x, ctx.prec))
    return _remembered("log", x, ctx.prec, lambda: ctx.ln(x))


def _sqrt(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    return ctx.sqrt(x) if not x.is_nan() and x >= 0 else NAN


def _circular(name: str) -> Callable[[Decimal, decimal.Context, Gap], Decimal]:
    def compute(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
        if not x.is_finite() or x.adjusted() > 40:  # too large an angle to be of use
            return NAN
        return _remembered(name, x, ctx.prec, lambda: _by_mpmath(name, x, ctx.prec))

    return compute


def _by_mpmath(name: str, x: Decimal, digits: int) -> Decimal:
    with CONTEXT.workdps(digits + max(0, x.adjusted()) + 5):
        value = getattr(CONTEXT, name)(CONTEXT.mpf(str(x)))
        return Decimal(str(CONTEXT.nstr(value, digits + 3)))


@cache
def _pi(digits: int) -> Decimal:
    with CONTEXT.workdps(digits + 5):
        return Decimal(str(CONTEXT.nstr(+CONTEXT.pi, digits + 3)))


def _sinh(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    grown = _exp(x, ctx, gap)
    return ctx.divide(gap.add(grown, ctx.divide(_MINUS, grown), ctx), _TWO) if grown else NAN


def _cosh(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    grown = _exp(x, ctx, gap)
    return ctx.divide(gap.add(grown, ctx.divide(_ONE, grown), ctx), _TWO) if grown else NAN


def _tanh(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    small = _exp(ctx.multiply(x.copy_abs(), _MINUS_TWO), ctx, gap)
    size = ctx.divide(gap.add(_ONE, small.copy_negate(), ctx), gap.add(_ONE, small, ctx))
    return size.copy_sign(x)


def _sigmoid(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    grown = _exp(x.copy_negate(), ctx, gap)
    return ctx.divide(_ONE, gap.add(_ONE, grown, ctx))


def _softplus(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    return _log(gap.add(_ONE, _exp(x, ctx, gap), ctx), ctx, gap)


def _abs(x: Decimal, ctx: decimal.Context, gap: Gap) -> Decimal:
    return x.copy_abs()


_FUNCTIONS: dict[int, Callable[[Decimal, decimal.Context, Gap], Decimal]] = {
    EXP: _exp, LOG: _log, SQRT: _sqrt, SIN: _circular("sin"), COS: _circular("cos"), SINH: _sinh, COSH: _cosh, TANH: _tanh,
    SIGMOID: _sigmoid, SOFTPLUS: _softplus, ABS: _abs,
}  # fmt: skip
