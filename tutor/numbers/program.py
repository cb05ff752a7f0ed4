"""From a formula to a *program*: one operation an instruction, every sub-term once.

It is interpreted: with balls (`tutor.numbers.enclosures`), over columns of floats (`tutor.numbers.floats`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from tutor.errors import ExpressionError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.numbers.lowering import (
    ADD,
    COMMUTES,
    DIV,
    IF,
    MAX,
    MIN,
    MUL,
    NAME,
    NEG,
    NUMBER,
    POW,
    POWER,
    SQRT,
    SQUARE,
    SUB,
    Lowering,
    read_exact,
    round_to_float,
)

Code: TypeAlias = tuple[str, Any, Any, Any]
"""An instruction of a program: what is done, and with which results (by their places).  A `NAME` has a quantity's name, a `NUMBER` a
fraction with the float nearest to it and its text, a `POWER` a place and a whole number: what stands where depends on the operation,
which no type says."""

MAX_CODE = 20_000
"""The most instructions that one expression may become."""


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

    Raises `ExpressionError` for a function that no rule knows, and for an expression of more than `MAX_CODE` instructions.

    >>> program(Mul((Name("x"), Name("x")))).names
    ('x',)
    """
    lowering = _Instructions()
    return lowering.finish(lowering.lower(expr, {}))


def keys(program: Program, known: dict[Hashable, int]) -> list[int]:
    """A number for every place of a program, the same for sub-terms that are written alike; ``known`` is the common numbering."""
    found: list[int] = []
    for op, a, b, c in program.code:
        if op in (NAME, NUMBER):
            key: Hashable = (op, a)
        elif op == POWER:
            key = (op, found[a], b)
        else:
            parts = [found[place] for place in (a, b, c) if place is not None]
            key = (op, *(sorted(parts) if op in COMMUTES else parts))
        found.append(known.setdefault(key, len(known)))
    return found


@lru_cache(16_384)
def _constant(text: str) -> Code:
    """The instruction of a constant."""
    value = read_exact(text)
    return (NUMBER, value, round_to_float(value), text)


class _Instructions(Lowering[int]):
    """One operation an instruction; the same one is written once.  Nodes are places."""

    def __init__(self) -> None:
        super().__init__()
        self.code: list[Code] = []
        self.known: dict[Code, int] = {}
        self.places: dict[str, int] = {}
        self.constants: dict[str, int] = {}
        self.kinks: dict[tuple[int, int | None], None] = {}
        self.digits = 0

    def emit(self, op: str, a: int | None = None, b: int | None = None, c: int | None = None) -> int:
        instruction = (op, a, b, c)
        place = self.known.get(instruction)
        if place is None:
            place = self.known[instruction] = self.add(instruction)
        return place

    def finish(self, result: int) -> Program:
        """The program whose result stands at a place."""
        return Program(tuple(self.code), result, tuple(self.places), tuple(self.kinks), self.digits)

    def value(self, node: int) -> int:
        return node

    def atom(self, node: int) -> int:
        return node

    def load(self, name: str) -> int:
        place = self.places.get(name)
        if place is None:
            place = self.places[name] = self.add((NAME, name, None, None))
        return place

    def add(self, instruction: Code) -> int:
        """The place of a new instruction."""
        place = len(self.code)
        if place >= MAX_CODE:
            raise ExpressionError(f"an expression of more than {MAX_CODE:,} operations", hint="write it in steps")
        self.code.append(instruction)
        return place

    def name(self, expr: Name, env: Mapping[str, int]) -> int:
        return env[expr.name] if expr.name in env else self.load(expr.name)

    def partial(self, expr: Partial, env: Mapping[str, int]) -> int:
        return self.load(derivative_key(expr.of, expr.wrt))

    def number(self, expr: Number, env: Mapping[str, int]) -> int:
        text = expr.text
        if len(text) > 8:
            mantissa, _, exponent = text.lower().partition("e")
            self.digits += len(mantissa) + abs(int(exponent or 0)) - 8
        elif "e" in text or "E" in text:
            self.digits += max(0, abs(int(text.lower().partition("e")[2])) - 6)
        return self.constant_at(text)

    def fraction(self, value: Fraction) -> int:
        return self.constant_at(str(value))

    def constant_at(self, text: str) -> int:
        """The place of a constant, which is known by its text: a fraction takes long to be looked up."""
        place = self.constants.get(text)
        if place is None:
            place = self.constants[text] = self.add(_constant(text))
        return place

    def part(self, expr: Expr, env: Mapping[str, int]) -> int:
        """The place of an operand."""
        if type(expr) is Name:
            place = env.get(expr.name)
            return self.load(expr.name) if place is None else place
        place = self.table[type(expr)](self, expr, env)
        return place  # type: ignore[no-any-return]

    def is_number(self, node: int) -> bool:
        return self.code[node][0] == NUMBER

    def make(self, op: str, *args: int) -> int:
        return self.emit(op, *args)

    def negation(self, expr: Neg, env: Mapping[str, int]) -> int:
        return self.emit(NEG, self.part(expr.arg, env))

    def sum(self, expr: Add, env: Mapping[str, int]) -> int:
        first, *terms = expr.args
        total = self.part(first, env)
        for term in terms:
            op, term = (SUB, term.arg) if type(term) is Neg else (ADD, term)
            total = self.emit(op, total, self.part(term, env))
        return total

    def product(self, expr: Mul, env: Mapping[str, int]) -> int:
        return self.multiply([self.part(factor, env) for factor in expr.args])

    def multiply(self, factors: Sequence[int]) -> int:
        """The product of what stands at some places."""
        total = factors[0]
        for place in factors[1:]:
            total = self.emit(SQUARE, total) if place == total else self.emit(MUL, total, place)
        return total

    def divide(self, over: int, under: int) -> int:
        """A quotient; of two constants, their exact one."""
        a, b = self.constant(over), self.constant(under)
        return self.emit(DIV, over, under) if a is None or not b else self.fraction(a / b)

    def power(self, expr: Pow, env: Mapping[str, int]) -> int:
        return self.raise_power(self.lower(expr.base, env), self.lower(expr.exp, env))

    def raise_power(self, base: int, exponent: int) -> int:
        """A power of what stands at two places."""
        value = self.constant(exponent)
        if value is not None and value.denominator == 1 and abs(value) <= 10**6:
            whole = int(value)
            return self.emit(SQUARE, base) if whole == 2 else self.emit(POWER, base, whole)
        return self.emit(SQRT, base) if value == Fraction(1, 2) else self.emit(POW, base, exponent)

    def constant(self, place: int) -> Fraction | None:
        """The value of a constant or of its opposite."""
        op, value, _, _ = self.code[place]
        if op == NEG:
            inner = self.code[value]
            return -inner[1] if inner[0] == NUMBER else None
        return value if op == NUMBER else None

    def primitive(self, func: str, args: list[int]) -> int:
        if func in (MAX, MIN):
            total = args[0]
            for place in args[1:]:
                if place != total:
                    self.kinks[total, place] = None
                    total = self.emit(func, total, place)
            return total
        if func in ("abs", "sign", IF):
            self.kinks[args[0], None] = None
        return self.emit(func, *args)

    def exponentials(self, values: list[int]) -> tuple[list[int], int, int]:
        largest = values[0]
        for value in values[1:]:  # no kink: the largest one is divided out again
            largest = largest if value == largest else self.emit(MAX, largest, value)
        grown = [self.emit("exp", self.emit(SUB, value, largest)) for value in values]
        total = grown[0]
        for one in grown[1:]:
            total = self.emit(ADD, total, one)
        return grown, total, largest


class Instructions:
    """Makes a program instruction by instruction, without a formula: what is done with the results that stand at some places."""

    def __init__(self) -> None:
        self._made = _Instructions()

    def load(self, name: str) -> int:
        """A quantity or a derivative, by its key."""
        return self._made.load(name)

    def number(self, value: Number) -> int:
        """A constant."""
        return self._made.constant_at(value.text) if "/" in value.text else self._made.number(value, {})

    def is_zero(self, place: int) -> bool:
        """Whether the constant 0 stands at a place."""
        op, value, *_ = self._made.code[place]
        return op == NUMBER and not value

    def add(self, terms: Sequence[int]) -> int:
        """Their sum."""
        total = terms[0]
        for term in terms[1:]:
            total = self._made.emit(ADD, total, term)
        return total

    def subtract(self, a: int, b: int) -> int:
        """The difference."""
        return self._made.emit(SUB, a, b)

    def multiply(self, factors: Sequence[int]) -> int:
        """Their product."""
        return self._made.multiply(factors)

    def negate(self, value: int) -> int:
        """The opposite."""
        return self._made.emit(NEG, value)

    def divide(self, a: int, b: int) -> int:
        """The quotient."""
        return self._made.divide(a, b)

    def power(self, a: int, b: int) -> int:
        """The power."""
        return self._made.raise_power(a, b)

    def find_larger(self, a: int, b: int) -> int:
        """The larger of two, where no branch depends on which one it is."""
        return a if a == b else self._made.emit(MAX, a, b)

    def call(self, func: str, args: Sequence[int]) -> int:
        """A function of the rule tables."""
        return self._made.apply(func, list(args))

    def finish(self, result: int) -> Program:
        """The program whose result stands at a place."""
        return self._made.finish(result)
