"""Arithmetic over arrays, written down as instructions: each for all entries at once, the same one once.

A node is a part of a result, with a letter for each of its axes: nodes with different letters are spread over each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from math import pi
from typing import NamedTuple

from tutor.expression.keys import derivative_key
from tutor.expression.limits import MAX_AXES
from tutor.expression.nodes import Add, Mul, Name, Neg, Number, Partial, Pow
from tutor.graph.shapes import Shape
from tutor.numbers.array_code import (
    DOT,
    GIVEN,
    PI,
    STRAIGHT,
    Instruction,
    Letters,
    Part,
)
from tutor.numbers.functions import PRIMITIVES
from tutor.numbers.lowering import (
    ADD,
    DIV,
    MAX,
    MUL,
    NEG,
    NUMBER,
    POW,
    SQRT,
    SQUARE,
    SUB,
    Lowering,
    read_exact,
    round_to_float,
)
from tutor.numbers.trees import MAX_INTEGER_POWER

TOTAL = "total over the samples"
"""What sums a formula over the samples, as the function of a step: ``Call(TOTAL, (Partial("L", "W"),))``."""

MAX_FACTORS = 8
"""So many factors has a sum of products at most: NumPy takes no more than 32 at once, and is slow with many."""



class ArrayNode(NamedTuple):
    """What an expression becomes: a part whose axes are called by letters; ``sampled`` ones have a last axis more, over the samples."""

    part: Part
    letters: Letters
    sampled: bool = False


AXIS_LETTERS: tuple[Letters, ...] = tuple(tuple("12345"[:axes]) for axes in range(MAX_AXES + 1))
"""What the axes of an array are called outside of index forms."""


@lru_cache(4096)
def _round_text(text: str) -> float:
    return round_to_float(read_exact(text))


class ArrayAlgebra(Lowering[ArrayNode]):
    """Arrays: one instruction for all entries; the same one is written once."""

    def __init__(self, given: Mapping[str, Shape], sampled: frozenset[str], samples: int) -> None:
        super().__init__()
        self.code: list[Instruction] = []
        self.known: dict[Instruction, int] = {}
        self.samples = samples
        self.env: dict[str, ArrayNode] = {}
        for name, sizes in given.items():
            self.env[name] = self.give(name, tuple(int(size) for size in sizes), name in sampled)

    def give(self, name: str, shape: tuple[int, ...], sampled: bool) -> ArrayNode:
        """A given array."""
        self.code.append(Instruction(GIVEN, (), (*shape, self.samples) if sampled else shape, name=name))
        return self.node(len(self.code) - 1, AXIS_LETTERS[len(shape)], sampled)

    def node(self, place: int, letters: Letters, sampled: bool) -> ArrayNode:
        """The node of a result, as it stands."""
        shape = self.code[place].shape
        return ArrayNode(Part(place, STRAIGHT[len(shape)], shape), letters, sampled)

    def emit(self, instruction: Instruction) -> int:
        """The place of an instruction; the same one stands there once."""
        place = self.known.get(instruction)
        if place is None:
            place = self.known[instruction] = len(self.code)
            self.code.append(instruction)
        return place

    def align_part(self, node: ArrayNode, letters: Letters, sizes: Sequence[int], sampled: bool) -> Part:
        """A node's part along given axes (and the samples); what it does not have is repeated."""
        axes = [node.part.axes[node.letters.index(letter)] if letter in node.letters else None for letter in letters]
        if not sampled:
            return Part(node.part.place, tuple(axes), tuple(sizes))
        last = node.part.axes[-1] if node.sampled else None
        return Part(node.part.place, (*axes, last), (*sizes, self.samples))

    def sizes(self, nodes: Sequence[ArrayNode]) -> dict[str, int]:
        """The size of every axis that some nodes have, by its letter."""
        return {letter: size for node in nodes for letter, size in zip(node.letters, node.part.shape, strict=False)}

    def combine(self, op: str, nodes: Sequence[ArrayNode], loops: Letters = (), order: Letters | None = None) -> ArrayNode:
        """An instruction of some nodes, along all axes that they have but the ``loops``."""
        first = nodes[0]
        if not loops and all(node.letters == first.letters and node.sampled == first.sampled for node in nodes):
            place = self.emit(Instruction(op, tuple([node.part for node in nodes]), first.part.shape))
            return self.node(place, first.letters, first.sampled)
        sizes = self.sizes(nodes)
        letters = tuple(letter for letter in (order or tuple(sizes)) if letter in sizes and letter not in loops)
        sampled = any(node.sampled for node in nodes)
        if not sampled or not loops:
            parts = tuple(self.align_part(node, (*letters, *loops), [sizes[a] for a in (*letters, *loops)], sampled) for node in nodes)
        else:  # the samples are an axis of the result, so they stand before the loops
            parts = tuple(self.put_before_loops(node, letters, loops, sizes) for node in nodes)
        shape = tuple(sizes[letter] for letter in letters) + ((self.samples,) if sampled else ())
        place = self.emit(Instruction(op, parts, shape, tuple(sizes[letter] for letter in loops)))
        return self.node(place, letters, sampled)

    def put_before_loops(self, node: ArrayNode, letters: Letters, loops: Letters, sizes: Mapping[str, int]) -> Part:
        """A part whose own letters stand before those that are summed over."""
        outer = self.align_part(node, letters, [sizes[a] for a in letters], True)
        inner = self.align_part(node, loops, [sizes[a] for a in loops], False)
        return Part(node.part.place, outer.axes + inner.axes, outer.shape + inner.shape)

    def total(self, node: ArrayNode) -> ArrayNode:
        """A node summed over the samples; together with the product that it is, if it is one."""
        if not node.sampled:
            return self.multiply_nodes([self.constant(str(self.samples)), node])
        made = self.code[node.part.place]
        if made.op not in (MUL, DOT) or node.part.axes != tuple(range(len(made.shape))):
            made = Instruction(DOT, (node.part,), node.part.shape)
        outer = made.shape[:-1]
        # the samples stand before the loops, and are the first one of them now
        return self.node(self.emit(Instruction(DOT, made.parts, outer, (self.samples, *made.loops))), node.letters, False)

    # the walk over expressions

    def name(self, expr: Name, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """A quantity."""
        return env[expr.name]

    def partial(self, expr: Partial, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """A derivative that is computed before."""
        return self.env[derivative_key(expr.of, expr.wrt)]

    def constant(self, text: str) -> ArrayNode:
        """A constant by its text, which may be that of a fraction."""
        return self.node(self.emit(Instruction(NUMBER, (), (), name=text, number=_round_text(text))), (), False)

    def number(self, expr: Number, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """A number as written."""
        return self.constant(expr.text)

    def fraction(self, value: Fraction) -> ArrayNode:
        """A number that was worked out."""
        return self.constant(str(value))

    def value_of(self, node: ArrayNode) -> Fraction | None:
        """The value of a constant number; an array of equal constants is none."""
        step = self.code[node.part.place]
        return read_exact(step.name) if step.op == NUMBER and not node.letters and step.name != PI else None

    def is_number(self, node: ArrayNode) -> bool:
        """Whether a node is a number that is known."""
        return self.value_of(node) is not None

    def make(self, op: str, *args: ArrayNode) -> ArrayNode:
        """One operation, entry by entry."""
        return self.combine(op, args)

    def value(self, node: ArrayNode) -> ArrayNode:
        """A node is its own value."""
        return node

    def atom(self, node: ArrayNode) -> ArrayNode:
        """A node is its own atom."""
        return node

    def negation(self, expr: Neg, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """The opposite; of a number that is known, worked out."""
        node = self.lower(expr.arg, env)
        value = self.value_of(node)
        return self.make(NEG, node) if value is None else self.fraction(-value)

    def sum(self, expr: Add, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """A sum, with its signs."""
        return self.add_nodes([(type(arg) is Neg, self.lower(arg.arg if type(arg) is Neg else arg, env)) for arg in expr.args])

    def add_nodes(self, terms: Sequence[tuple[bool, ArrayNode]]) -> ArrayNode:
        """A sum of (whether it is taken away, node): one that is not taken away first."""
        first = next((k for k, (minus, _) in enumerate(terms) if not minus), 0)
        total = self.make(NEG, terms[first][1]) if terms[first][0] else terms[first][1]
        for minus, node in (*terms[:first], *terms[first + 1 :]):
            total = self.make(SUB if minus else ADD, total, node)
        return total

    def product(self, expr: Mul, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """A product."""
        return self.multiply_nodes([self.lower(arg, env) for arg in expr.args])

    def multiply_nodes(self, factors: Sequence[ArrayNode]) -> ArrayNode:
        """A product; a number among its factors is left out where it is 1."""
        kept = [node for node in factors if self.value_of(node) != 1]
        return reduce(lambda a, b: self.make(MUL, a, b), kept) if kept else factors[0]

    def power(self, expr: Pow, env: Mapping[str, ArrayNode]) -> ArrayNode:
        """A power; of small whole exponents as products."""
        base, exponent = self.lower(expr.base, env), self.lower(expr.exp, env)
        value = self.value_of(exponent)
        if value == Fraction(1, 2):
            return self.make(SQRT, base)
        if value is None or value.denominator != 1 or not 1 <= abs(value) <= MAX_INTEGER_POWER:
            return self.make(POW, base, exponent)
        product = base
        if abs(value) > 1:
            square = self.make(SQUARE, self.turn_round(base))
            product = {2: square, 3: self.make(MUL, square, base), 4: self.make(SQUARE, square)}[int(abs(value))]
        return product if value > 0 else self.make(DIV, self.constant("1"), product)

    def turn_round(self, base: ArrayNode) -> ArrayNode:
        """What is squared: of a difference y − a the opposite, a − y, which is computed later and is most often there for the gradient."""
        step = self.code[base.part.place]
        whole_result = base.part.axes == tuple(range(len(step.shape)))
        if step.op != SUB or not whole_result or step.parts[0].place >= step.parts[1].place:
            return base
        return self.node(self.emit(step._replace(parts=step.parts[::-1])), base.letters, base.sampled)

    def primitive(self, func: str, args: list[ArrayNode]) -> ArrayNode:
        """A function that NumPy has, or a constant."""
        if func == PI:
            return self.node(self.emit(Instruction(NUMBER, (), (), name=PI, number=pi)), (), False)
        if PRIMITIVES[func].extreme:
            return reduce(lambda a, b: a if a == b else self.make(func, a, b), args)
        return self.make(func, *args)

    def exponentials(self, values: list[ArrayNode]) -> tuple[list[ArrayNode], ArrayNode, ArrayNode]:
        """Exponentials of values less the largest one, their sum, and that largest one: exp cannot overflow."""
        largest = self.primitive(MAX, values)
        grown = [self.make("exp", self.make(SUB, value, largest)) for value in values]
        return grown, reduce(lambda a, b: self.make(ADD, a, b), grown), largest
