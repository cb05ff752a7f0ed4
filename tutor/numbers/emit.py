"""Straight-line Python on floats: the form for one set of numbers and a small graph.

The text that is compiled is made of three things only: the generated names ``v0, v1, …``, numbers written by Python's own ``repr``, and the
closed tables of this module.  No name, formula or text of a user ever gets into it: a `Trees` has none.  This is the one module of the
product that hands text to Python's compiler (see tests/test_imports.py).

Floats raise where a value does not exist (1/0, log of −1, an overflow of exp).  The whole function stands in one ``try``, which costs
nothing until something is raised; then a careful version takes over, which gives nan and inf as IEEE 754 does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from tutor.numbers.functions import PRIMITIVES
from tutor.numbers.trees import Node, Trees

CUT = 40
"""Operations nested deeper, or sums longer, are cut by a name of their own: Python's own parser and compiler recurse."""

_GLOBALS: dict[str, Any] = {
    **{word: getattr(math, word) for row in PRIMITIVES.values() for word in re.findall(r"[a-z]\w*", row.text) if hasattr(math, word)},
    "power": math.pow, "inf": math.inf, "nan": math.nan, "absolute": abs, "Outside": (ArithmeticError, ValueError),
}  # fmt: skip
"""What the generated code can reach: nothing else, no builtins."""

SUM, PRODUCT, SIGN, ATOM = 1, 2, 3, 4
Text = tuple[str, int, int]
"""A piece of code: its text, how tightly it binds, how deeply it is nested."""


def emit_straight(
    program: Trees, careful: Callable[[Sequence[float]], Sequence[float]], *, packed: bool
) -> Callable[..., Any]:
    """Compile a program to a function of floats that returns the tuple of wanted values.

    ``packed``: it takes one sequence instead of so many arguments.  ``careful`` computes the same, and is called with the given values
    when a float raises.

    >>> from tutor.numbers.trees import lower
    >>> from tutor.graph.build import from_steps
    >>> program = lower(from_steps(["d = x + y", "f = d*z"]).steps, ["x", "y", "z"], ["f", "d"])
    >>> emit_straight(program, list, packed=False)(1.0, 2.0, 4.0)
    (12.0, 3.0)
    """
    code = compile(source(program, packed=packed), "<steps>", "exec", dont_inherit=True)
    scope: dict[str, Any] = {**_GLOBALS, "careful": careful, "__builtins__": {}}
    exec(code, scope)
    made: Callable[..., Any] = scope["steps"]
    return made


def source(program: Trees, *, packed: bool) -> str:
    """The text of the function, for `emit_straight` and for those who want to look at it.

    >>> print(source(Trees(2, ((2, ("+", 0, ("neg", 1))), (3, ("*", 2, 2))), (3,)), packed=False))
    def steps(v0, v1):
     try:
      v2 = v0 - v1
      return (v2*v2,)
     except Outside:
      return careful((v0, v1,))
    """
    return _Writer(program).text(packed)


class _Writer:
    def __init__(self, program: Trees) -> None:
        self.program = program
        self.uses = _uses(program)
        self.lines: list[str] = []
        self.texts: list[Text] = [(f"v{n}", ATOM, 0) for n in range(program.given)]
        self.next = program.given + len(program.instructions)

    def text(self, packed: bool) -> str:
        names = "".join(f"v{n}, " for n in range(self.program.given))
        head = ["def steps(values):"] if packed else [f"def steps({names[:-2]}):"]
        if packed and names:
            head.append(f" {names}= values")
        for number, node in self.program.instructions:
            found = self.piece(node)
            if self.uses[number] != 1 or found[2] >= CUT:  # what is used once is written where it is used
                self.lines.append(f"v{number} = {found[0]}")
                found = (f"v{number}", ATOM, 0)
            self.texts.append(found)
        results = "".join(f"{self.piece(node)[0]}, " for node in self.program.wanted).rstrip(" ")
        body = [f"  {line}" for line in self.lines]
        values = f"({names.rstrip(' ')})"
        tail = [f"  return ({results})", " except Outside:", f"  return careful({values})"]
        return "\n".join([*head, " try:", *body, *tail])

    def piece(self, node: Node) -> Text:
        kind = type(node)
        if kind is int:
            return self.texts[node]  # type: ignore[index]
        if kind is float:
            return _number(node), ATOM, 0  # type: ignore[arg-type]
        op, args = node[0], node[1:]  # type: ignore[index]
        writer = _WRITERS.get(op)
        if writer is not None:
            return writer(self, args)
        row = PRIMITIVES[op]
        if row.extreme:
            best = self.atom(args[0])
            for arg in args[1:]:
                best = self.name_piece(row.text.format(best, self.atom(arg)))
            return best, ATOM, 0
        if row.often:
            return row.text.format(self.atom(args[0])), ATOM, 2
        text, _, deep = self.keep_shallow(self.piece(args[0]))
        return row.text.format(text), ATOM, deep + 1

    def name_piece(self, text: str) -> str:
        """A name of its own for a piece of code."""
        name = f"v{self.next}"
        self.next += 1
        self.lines.append(f"{name} = {text}")
        return name

    def atom(self, node: Node) -> str:
        """A text that costs nothing to be written twice."""
        text, _, deep = self.piece(node)
        return text if deep == 0 else self.name_piece(text)

    def keep_shallow(self, piece: Text) -> Text:
        return piece if piece[2] < CUT else (self.name_piece(piece[0]), ATOM, 0)

    def operand(self, node: Node, tight: int) -> Text:
        """An operand, in brackets where it binds less tightly than it must."""
        text, binds, deep = piece = self.piece(node)
        if deep >= CUT:
            return self.name_piece(text), ATOM, 0
        return piece if binds >= tight else (f"({text})", ATOM, deep + 1)

    def add(self, args: Sequence[Node]) -> Text:
        total, deepest = "", 0
        for place, arg in enumerate(args):
            if place and place % CUT == 0:
                total = self.name_piece(total)
            negative = type(arg) is tuple and arg[0] == "neg" and total != ""
            text, _, deep = self.operand(arg[1] if negative else arg, PRODUCT)  # type: ignore[index]
            total = f"{total}{' - ' if negative else ' + '}{text}" if total else text
            deepest = deep if deep > deepest else deepest
        return total, SUM, deepest + 1

    def multiply(self, args: Sequence[Node]) -> Text:
        pieces = [self.operand(arg, SIGN) for arg in args]
        while len(pieces) > CUT:
            head = self.name_piece("*".join([piece[0] for piece in pieces[:CUT]]))
            pieces = [(head, ATOM, 0), *pieces[CUT:]]
        deepest = 0
        for piece in pieces:
            if piece[2] > deepest:
                deepest = piece[2]
        return "*".join([piece[0] for piece in pieces]), PRODUCT, deepest + 1

    def divide(self, args: Sequence[Node]) -> Text:
        over, under = self.operand(args[0], PRODUCT), self.operand(args[1], SIGN)
        return f"{over[0]}/{under[0]}", PRODUCT, max(over[2], under[2]) + 1

    def negate(self, args: Sequence[Node]) -> Text:
        text, _, deep = self.operand(args[0], ATOM)
        return f"-{text}", SIGN, deep + 1

    def power(self, args: Sequence[Node]) -> Text:
        base, exponent = self.keep_shallow(self.piece(args[0])), self.keep_shallow(self.piece(args[1]))
        return f"power({base[0]}, {exponent[0]})", ATOM, max(base[2], exponent[2]) + 1

    def choose(self, args: Sequence[Node]) -> Text:
        """Only the branch that counts is computed; where the condition is nan the result is nan."""
        condition = self.atom(args[0])
        a, b = self.keep_shallow(self.piece(args[1])), self.keep_shallow(self.piece(args[2]))
        text = PRIMITIVES["if_positive"].text.format(condition, a[0], b[0])
        return text, ATOM, max(a[2], b[2]) + 1


_WRITERS: dict[str, Callable[[_Writer, Sequence[Node]], Text]] = {
    "+": _Writer.add,
    "*": _Writer.multiply,
    "/": _Writer.divide,
    "neg": _Writer.negate,
    "pow": _Writer.power,
    "if_positive": _Writer.choose,
}


def _number(value: float) -> str:
    """A float as Python reads it back, bit for bit."""
    return repr(value) if value >= 0 else f"({value!r})"


def _uses(program: Trees) -> list[int]:
    """How often each value is used."""
    count = [0] * (program.given + len(program.instructions))
    stack: list[Node] = [node for _, node in program.instructions]
    stack.extend(program.wanted)
    while stack:
        node = stack.pop()
        if type(node) is int:
            count[node] += 1
        elif type(node) is tuple:
            stack.extend(node[1:])
    return count
