"""From formulas to *programs*: the one lowering that every evaluator reads.

Names become numbers, functions of the rule tables that are no primitives (`tutor.numbers.functions`) are written out by their own formulas,
so that a new row needs nothing here.  What comes out has one of two shapes:

* a `Program`: one operation an instruction, every sub-term once.  It is interpreted: with balls (`tutor.numbers.evaluate`), over columns
  of floats (`tutor.numbers.floats`);
* `Trees`: one small tree of operations a step.  They are compiled: to straight-line Python (`tutor.numbers.emit`), to layer products
  (`tutor.numbers.blocks`).

The operations are ``+ - * / neg square power pow`` and the primitives, by their names; a program has ``name`` and ``number`` besides.
Softmax is made of exponentials that cannot overflow and are shared by its components.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, TypeAlias

from tutor.errors import ExpressionError, ValueProblem
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.graph.nouns import Step
from tutor.numbers.functions import PRIMITIVES
from tutor.rules.functions import OUT, Function, function, partials_of, value_of
from tutor.rules.patterns import constant

Node: TypeAlias = "int | float | tuple[Any, ...]"
"""In trees: the value of that number; a constant; an operation and its operands, such as ``("+", 0, ("*", 1, 2))``."""
Code: TypeAlias = tuple[str, Any, Any, Any]
"""An instruction of a program: what is done, and with which results (by their places).  A `NAME` has a quantity's name, a `NUMBER` a
fraction with the float nearest to it and its text, a `POWER` a place and a whole number."""

NAME, NUMBER, ADD, SUB, MUL, DIV, NEG = "name", "number", "+", "-", "*", "/", "neg"
SQUARE, POWER, POW, SQRT, IF, MAX, MIN = "square", "power", "pow", "sqrt", "if_positive", "max", "min"
COSTLY = frozenset({POW, *(row.name for row in PRIMITIVES.values() if row.costly)})
"""What takes some forty times as long as a product."""
_COMMUTES = frozenset({ADD, MUL, MAX, MIN})

MAX_CODE = 20_000
"""The most instructions that one expression may become."""
MAX_INTEGER_POWER = 4
"""In trees, powers up to this one are written as products: exact for negative bases, and several times faster."""


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


@dataclass(frozen=True, slots=True)
class Trees:
    """Steps as trees in evaluation order, (value number, tree); ``given`` values come first; ``wanted`` are the results."""

    given: int
    instructions: tuple[tuple[int, Node], ...]
    wanted: tuple[Node, ...]
    size: int
    """How many operations there are."""


def program(expr: Expr) -> Program:
    """The instructions of an expression.

    Raises `ExpressionError` for a function that no rule knows, and for an expression of more than `MAX_CODE` instructions.

    >>> program(Mul((Name("x"), Name("x")))).names
    ('x',)
    """
    lowering = _Instructions()
    result = lowering.lower(expr, {})
    return Program(tuple(lowering.code), result, tuple(lowering.places), tuple(lowering.kinks), lowering.digits)


def lower(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> Trees:
    """The trees of the steps that ``wanted`` needs.

    ``steps`` may be any list in which names are used after they are defined; a name that is defined again means the new value from there
    on, as in `tutor.numbers.run.run`.  Linear in the number of edges.  Raises `ValueProblem` for a name that nothing gives or defines.

    >>> from tutor.graph.build import from_steps
    >>> lower(from_steps(["d = x + y", "e = x*x", "f = d*z"]).steps, ["x", "y", "z"], ["f"]).instructions
    ((3, ('+', 0, 1)), (4, ('*', 3, 2)))
    """
    return _TreeLowering(given).steps(_needed(steps, given, wanted), wanted)


def keys(program: Program, known: dict[Any, int]) -> list[int]:
    """A number for every place of a program, the same for sub-terms that are written alike; ``known`` is the common numbering."""
    found: list[int] = []
    for op, a, b, c in program.code:
        if op in (NAME, NUMBER):
            key: Any = (op, a)
        elif op == POWER:
            key = (op, found[a], b)
        else:
            parts = [found[place] for place in (a, b, c) if place is not None]
            key = (op, *(sorted(parts) if op in _COMMUTES else parts))
        found.append(known.setdefault(key, len(known)))
    return found


def _needed(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> list[Step]:
    """Dead-code elimination: the steps that ``wanted`` is computed from, in their order."""
    needed = set(wanted)
    kept = []
    for step in reversed(steps):
        if step.target in needed:
            needed.discard(step.target)
            _collect(step.expr, needed)
            kept.append(step)
    missing = sorted(needed.difference(given))
    if missing:
        shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
        raise ValueProblem(
            f"{shown} {'has' if len(missing) == 1 else 'have'} no value: nothing gives or computes it",
            hint=f"add {missing[0]} to the given names, or the step that defines it",
        )
    kept.reverse()
    return kept


def _collect(expr: Expr, found: set[str]) -> None:
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
def exact(text: str) -> Fraction:
    """The exact value of a written number."""
    return Fraction(text)


@cache
def _float(text: str) -> float:
    """The float nearest to a number as written."""
    return nearest(Fraction(text))


@lru_cache(16_384)
def _constant(text: str) -> Code:
    """The instruction of a constant."""
    value = exact(text)
    return (NUMBER, value, nearest(value), text)


def nearest(value: Fraction) -> float:
    """The float nearest to a fraction; beyond the largest float it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


class _Lowering:
    """The walk over expressions, the same for both shapes; what an operation becomes is its subclass's."""

    table: dict[type, Callable[[Any, Any, Mapping[str, Any]], Any]]

    def __init__(self) -> None:
        self.shared: dict[tuple[Any, ...], tuple[list[Any], Any]] = {}

    def lower(self, expr: Expr, env: Mapping[str, Any]) -> Any:
        return self.table[type(expr)](self, expr, env)

    def name(self, expr: Name, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def partial(self, expr: Partial, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def number(self, expr: Number, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def fraction(self, value: Fraction) -> Any:
        """A constant."""
        raise NotImplementedError

    def is_number(self, node: Any) -> bool:
        """Whether a node is a constant."""
        raise NotImplementedError

    def make(self, op: str, *args: Any) -> Any:
        """An operation."""
        raise NotImplementedError

    def value(self, node: Any) -> Any:
        """A node that is computed by itself."""
        raise NotImplementedError

    def atom(self, node: Any) -> Any:
        """A node that costs nothing to use twice."""
        raise NotImplementedError

    def negated(self, expr: Neg, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def sum(self, expr: Add, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def product(self, expr: Mul, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def power(self, expr: Pow, env: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def primitive(self, func: str, args: list[Any]) -> Any:
        """A primitive with the right number of arguments."""
        return self.make(func, *args)

    def quotient(self, expr: Div, env: Mapping[str, Any]) -> Any:
        num, den = self.lower(expr.num, env), self.lower(expr.den, env)
        if self.is_number(num) and self.is_number(den):
            value = constant(expr)
            if value is not None:
                return self.fraction(value)
        return self.make(DIV, num, den)

    def call(self, expr: Call, env: Mapping[str, Any]) -> Any:
        return self.apply(expr.func, [self.lower(arg, env) for arg in expr.args])

    def apply(self, func: str, args: list[Any]) -> Any:
        """A function of the rule tables at lowered arguments."""
        row = PRIMITIVES.get(func)
        if row is not None and (len(args) == row.arity or (row.extreme and args)):
            return args[0] if row.extreme and len(args) == 1 else self.primitive(func, args)
        if func.endswith("'"):
            return self.slope(func[:-1], args)
        component = re.fullmatch(r"softmax_([1-9]\d*)", func)
        if component and int(component[1]) <= len(args):
            return self.softmax(int(component[1]), args)
        rule = function(func, len(args))
        formula = value_of(rule)
        if formula is None:
            raise ExpressionError(f"the function {func} has no value")
        return self.fill(formula, rule, args)

    def fill(self, formula: Expr, row: Function, args: list[Any], **more: Any) -> Any:
        """A formula of a row at lowered arguments; what it uses several times is computed once."""
        often = _often(formula)
        table = dict(zip(row.params, args, strict=True)) | more
        return self.lower(formula, {name: self.atom(arg) if name in often else arg for name, arg in table.items()})

    def slope(self, func: str, args: list[Any]) -> Any:
        """The derivative of a function of one argument."""
        if func.endswith("'") or len(args) != 1:
            raise ExpressionError(f"{func}' is not known", hint="one prime, and a function of one argument")
        args = [self.atom(arg) for arg in args]
        row = function(func, len(args))
        formula = partials_of(row)[0]
        uses: set[str] = set()
        _collect(formula, uses)
        return self.fill(formula, row, args, **({OUT: self.apply(func, args)} if OUT in uses else {}))

    def softmax(self, component: int, args: list[Any]) -> Any:
        """exp(z_k − max z)/Σ exp(z_i − max z), the same as exp(z_k)/Σ exp(z_i) without its overflow."""
        values = [self.atom(arg) for arg in args]
        known = self.shared.get(tuple(values))
        if known is None:
            known = self.shared[tuple(values)] = self.exponentials(values)
        return self.make(DIV, known[0][component - 1], known[1])

    def exponentials(self, values: list[Any]) -> tuple[list[Any], Any]:
        """The exponentials of a softmax, and their sum."""
        raise NotImplementedError


class _TreeLowering(_Lowering):
    """Trees: constants are floats, what is used several times is a value of its own."""

    def __init__(self, given: Sequence[str]) -> None:
        super().__init__()
        self.given = len(given)
        self.env: dict[str, Node] = {name: number for number, name in enumerate(given)}
        self.instructions: list[tuple[int, Node]] = []
        self.next = self.given
        self.size = 0

    def steps(self, steps: Sequence[Step], wanted: Sequence[str]) -> Trees:
        table = self.table
        for step in steps:
            found = table[type(step.expr)](self, step.expr, self.env)
            # A copy stays an instruction: the many copies of a layer (its bias gradients) are then moved at once.
            self.env[step.target] = self.value(found) if type(found) is not float else found
        return Trees(self.given, tuple(self.instructions), tuple(self.env[name] for name in wanted), self.size)

    def value(self, node: Node) -> int:
        number = self.next
        self.instructions.append((number, node))
        self.next += 1
        return number

    def atom(self, node: Node) -> Node:
        return self.value(node) if type(node) is tuple else node

    def name(self, expr: Name, env: Mapping[str, Node]) -> Node:
        return env[expr.name]

    def partial(self, expr: Partial, env: Mapping[str, Node]) -> Node:
        return self.env[derivative_key(expr.of, expr.wrt)]

    def number(self, expr: Number, env: Mapping[str, Node]) -> Node:
        return _float(expr.text)

    def fraction(self, value: Fraction) -> Node:
        return nearest(value)

    def is_number(self, node: Node) -> bool:
        return type(node) is float

    def make(self, op: str, *args: Node) -> Node:
        self.size += _SIZES.get(op, 4)
        return (op, *args)

    def negated(self, expr: Neg, env: Mapping[str, Node]) -> Node:
        arg = self.lower(expr.arg, env)
        return -arg if type(arg) is float else self.make(NEG, arg)

    def chain(self, expr: Add | Mul, env: Mapping[str, Node]) -> Node:
        args, table = expr.args, self.table
        if len(args) == 1:
            return table[type(args[0])](self, args[0], env)  # type: ignore[no-any-return]
        self.size += len(args) - 1
        op = ADD if type(expr) is Add else MUL
        return (op, *[env[arg.name] if type(arg) is Name else table[type(arg)](self, arg, env) for arg in args])

    sum = product = chain

    def power(self, expr: Pow, env: Mapping[str, Node]) -> Node:
        base, exponent = self.lower(expr.base, env), self.lower(expr.exp, env)
        self.size += 2
        if exponent == 0.5 and type(exponent) is float:
            return (SQRT, base)
        if type(exponent) is float and exponent.is_integer() and 1 <= abs(exponent) <= MAX_INTEGER_POWER:
            count = int(abs(exponent))
            base = self.atom(base) if count > 1 else base
            product: Node = base if count == 1 else (MUL, *[base] * count)
            return product if exponent > 0 else (DIV, 1.0, product)
        return (POW, base, exponent)

    def primitive(self, func: str, args: list[Node]) -> Node:
        return math.pi if func == "pi" else self.make(func, *args)

    def exponentials(self, values: list[Node]) -> tuple[list[Any], Any]:
        count = len(values)
        self.size += 8 * count
        largest = self.value((MAX, *values)) if count > 1 else values[0]
        grown: list[Any] = [self.value(("exp", (ADD, value, (NEG, largest)))) for value in values]
        return grown, self.value((ADD, *grown)) if count > 1 else grown[0]


_SIZES = {DIV: 1, NEG: 1, IF: 2}
"""How many operations these count; a function counts four."""


class _Instructions(_Lowering):
    """One operation an instruction; the same one is written once.  Nodes are places."""

    def __init__(self) -> None:
        super().__init__()
        self.code: list[Code] = []
        self.known: dict[Code, int] = {}
        self.places: dict[str, int] = {}
        self.constants: dict[str, int] = {}
        self.kinks: dict[tuple[int, int | None], None] = {}
        self.digits = 0

    def emit(self, op: str, a: Any = None, b: Any = None, c: Any = None) -> int:
        instruction = (op, a, b, c)
        place = self.known.get(instruction)
        if place is None:
            place = self.known[instruction] = self.add(instruction)
        return place

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

    def negated(self, expr: Neg, env: Mapping[str, int]) -> int:
        return self.emit(NEG, self.part(expr.arg, env))

    def sum(self, expr: Add, env: Mapping[str, int]) -> int:
        first, *terms = expr.args
        total = self.part(first, env)
        for term in terms:
            op, term = (SUB, term.arg) if type(term) is Neg else (ADD, term)
            total = self.emit(op, total, self.part(term, env))
        return total

    def product(self, expr: Mul, env: Mapping[str, int]) -> int:
        total = self.part(expr.args[0], env)
        for factor in expr.args[1:]:
            place = self.part(factor, env)
            total = self.emit(SQUARE, total) if place == total else self.emit(MUL, total, place)
        return total

    def power(self, expr: Pow, env: Mapping[str, int]) -> int:
        base, exponent = self.lower(expr.base, env), self.lower(expr.exp, env)
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

    def exponentials(self, values: list[int]) -> tuple[list[Any], Any]:
        largest = values[0]
        for value in values[1:]:  # no kink: the largest one is divided out again
            largest = largest if value == largest else self.emit(MAX, largest, value)
        grown = [self.emit("exp", self.emit(SUB, value, largest)) for value in values]
        total = grown[0]
        for one in grown[1:]:
            total = self.emit(ADD, total, one)
        return grown, total


@cache
def _often(formula: Expr) -> frozenset[str]:
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


_METHODS = {Name: "name", Partial: "partial", Number: "number", Neg: "negated", Add: "sum", Mul: "product", Div: "quotient", Pow: "power",
            Call: "call"}  # fmt: skip
for _shape in (_TreeLowering, _Instructions):
    _shape.table = {kind: getattr(_shape, method) for kind, method in _METHODS.items()}
