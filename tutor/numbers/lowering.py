"""The walk over an expression that every evaluator's form is made by: names become numbers, functions what their rows say.

Functions of the rule tables that are no primitives (`tutor.numbers.functions`) are written out by their own formulas, so that a new row
needs nothing here.  What an operation becomes is a subclass's: an instruction (`tutor.numbers.program`) or a tree (`tutor.numbers.trees`).

The operations are ``+ - * / neg square power pow`` and the primitives, by their names; a program has ``name`` and ``number`` besides.
Softmax and log Σ exp are made of exponentials that cannot overflow and are shared by its components.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from tutor.errors import ExpressionError
from tutor.expression.elsewhere import split_component
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.numbers.functions import PRIMITIVES
from tutor.rules.functions import OUT, Function, function, slope_of, value_of
from tutor.rules.patterns import constant

NAME, NUMBER, ADD, SUB, MUL, DIV, NEG = "name", "number", "+", "-", "*", "/", "neg"
SQUARE, POWER, POW, SQRT, IF, MAX, MIN = "square", "power", "pow", "sqrt", "if_positive", "max", "min"
COSTLY = frozenset({POW, *(row.name for row in PRIMITIVES.values() if row.costly)})
"""What takes some forty times as long as a product."""
LOGSUMEXP = "lse"
COMMUTES = frozenset({ADD, MUL, MAX, MIN})

_METHODS = {Name: "name", Partial: "partial", Number: "number", Neg: "negation", Add: "sum", Mul: "product", Div: "quotient", Pow: "power",
            Call: "call"}  # fmt: skip


@cache
def read_exact(text: str) -> Fraction:
    """The exact value of a written number."""
    return Fraction(text)


def round_to_float(value: Fraction) -> float:
    """The float nearest to a fraction; beyond the largest float it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def collect_names(expr: Expr, found: set[str]) -> None:
    """Add the names that an expression uses, derivatives too."""
    stack = [expr]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is Name:
            found.add(node.name)  # type: ignore[union-attr]
        elif kind is Partial:
            found.add(derivative_key(node.of, node.wrt))  # type: ignore[union-attr]
        elif kind is Mul or kind is Add or kind is Call:
            stack += node.args  # type: ignore[union-attr]
        elif kind is not Number:
            stack.extend(children(node))


@cache
def _list_repeated(formula: Expr) -> frozenset[str]:
    """The names that a formula uses more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    stack = [formula]
    while stack:
        node = stack.pop()
        if type(node) is Name:
            (twice if node.name in seen else seen).add(node.name)
        stack.extend(children(node))
    return frozenset(twice)


Made = TypeVar("Made")
"""What an operation becomes."""


class Lowering(Generic[Made]):
    """The walk over expressions, the same for both shapes; what an operation becomes is its subclass's."""

    table: ClassVar[dict[type, Callable[..., Any]]]
    """The method for each kind of node; a variable of the class cannot say what it makes."""

    def __init_subclass__(cls) -> None:
        """A shape's own methods by the kind of node, looked up without a detour."""
        super().__init_subclass__()
        cls.table = {kind: getattr(cls, method) for kind, method in _METHODS.items()}

    def __init__(self) -> None:
        self.shared: dict[tuple[Made, ...], tuple[list[Made], Made, Made]] = {}

    def lower(self, expr: Expr, env: Mapping[str, Made]) -> Made:
        """What an expression becomes; ``env`` has what some names stand for."""
        return self.table[type(expr)](self, expr, env)  # type: ignore[no-any-return]

    def name(self, expr: Name, env: Mapping[str, Made]) -> Made:
        """A quantity, or what a parameter of a row stands for."""
        raise NotImplementedError

    def partial(self, expr: Partial, env: Mapping[str, Made]) -> Made:
        """A derivative whose value is known."""
        raise NotImplementedError

    def number(self, expr: Number, env: Mapping[str, Made]) -> Made:
        """A number as written."""
        raise NotImplementedError

    def fraction(self, value: Fraction) -> Made:
        """A constant."""
        raise NotImplementedError

    def is_number(self, node: Made) -> bool:
        """Whether a node is a constant."""
        raise NotImplementedError

    def make(self, op: str, *args: Made) -> Made:
        """An operation."""
        raise NotImplementedError

    def value(self, node: Made) -> Made:
        """A node that is computed by itself."""
        raise NotImplementedError

    def atom(self, node: Made) -> Made:
        """A node that costs nothing to use twice."""
        raise NotImplementedError

    def negation(self, expr: Neg, env: Mapping[str, Made]) -> Made:
        """``-x``."""
        raise NotImplementedError

    def sum(self, expr: Add, env: Mapping[str, Made]) -> Made:
        """``x + y - …``."""
        raise NotImplementedError

    def product(self, expr: Mul, env: Mapping[str, Made]) -> Made:
        """``x·y·…``."""
        raise NotImplementedError

    def power(self, expr: Pow, env: Mapping[str, Made]) -> Made:
        """``x^y``."""
        raise NotImplementedError

    def primitive(self, func: str, args: list[Made]) -> Made:
        """A primitive with the right number of arguments."""
        return self.make(func, *args)

    def quotient(self, expr: Div, env: Mapping[str, Made]) -> Made:
        """``x/y``; of two constants, their exact quotient."""
        num, den = self.lower(expr.num, env), self.lower(expr.den, env)
        if self.is_number(num) and self.is_number(den):
            value = constant(expr)
            if value is not None:
                return self.fraction(value)
        return self.make(DIV, num, den)

    def call(self, expr: Call, env: Mapping[str, Made]) -> Made:
        """A function of the rule tables."""
        return self.apply(expr.func, [self.lower(arg, env) for arg in expr.args])

    def apply(self, func: str, args: list[Made]) -> Made:
        """A function of the rule tables at lowered arguments."""
        row = PRIMITIVES.get(func)
        if row is not None and (len(args) == row.arity or (row.extreme and args)):
            return args[0] if row.extreme and len(args) == 1 else self.primitive(func, args)
        if func.endswith("'"):
            return self.slope(func[:-1], args)
        component = split_component(func)
        if component is not None and component[0] == "softmax" and component[1] <= len(args):
            return self.softmax(component[1], args)
        rule = function(func, len(args))
        if func == LOGSUMEXP:
            return self.add_largest(args)
        formula = value_of(rule)
        if formula is None:
            raise ExpressionError(f"the function {func} has no value")
        return self.fill(formula, rule, args)

    def fill(self, formula: Expr, row: Function, args: list[Made], **more: Made) -> Made:
        """A formula of a row at lowered arguments; what it uses several times is computed once."""
        often = _list_repeated(formula)
        table = dict(zip(row.params, args, strict=True)) | more
        return self.lower(formula, {name: self.atom(arg) if name in often else arg for name, arg in table.items()})

    def slope(self, func: str, args: list[Made]) -> Made:
        """The derivative of a function of one argument."""
        if func.endswith("'") or len(args) != 1:
            raise ExpressionError(f"{func}' is not known", hint="one prime, and a function of one argument")
        args = [self.atom(arg) for arg in args]
        row = function(func, len(args))
        formula = slope_of(row)
        uses: set[str] = set()
        collect_names(formula, uses)
        return self.fill(formula, row, args, **({OUT: self.apply(func, args)} if OUT in uses else {}))

    def softmax(self, component: int, args: list[Made]) -> Made:
        """exp(z_k − max z)/Σ exp(z_i − max z), the same as exp(z_k)/Σ exp(z_i) without its overflow."""
        grown, total, _ = self.share_exponentials(args)
        return self.make(DIV, grown[component - 1], total)

    def add_largest(self, args: list[Made]) -> Made:
        """max z + log Σ exp(z_i − max z), the same as log Σ exp(z_i) without its overflow."""
        _, total, largest = self.share_exponentials(args)
        return self.make(ADD, largest, self.make("log", total))

    def share_exponentials(self, args: list[Made]) -> tuple[list[Made], Made, Made]:
        """The exponentials of some values, made once (see `exponentials`)."""
        values = [self.atom(arg) for arg in args]
        known = self.shared.get(tuple(values))
        if known is None:
            known = self.shared[tuple(values)] = self.exponentials(values)
        return known

    def exponentials(self, values: list[Made]) -> tuple[list[Made], Made, Made]:
        """exp(z_i − max z), their sum, and the largest z, which is divided out."""
        raise NotImplementedError
