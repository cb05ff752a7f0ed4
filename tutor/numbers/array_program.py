"""From steps over arrays to an *array program*: a few instructions, each for all entries of an array at once.

A number is an array without axes, so that the same lowering takes graphs of single numbers and graphs over layers.  What an operation of
`tutor.rules.operations` does comes from its row's index form: ``at`` is a view or a gathering of entries, ``sum_over`` a sum of products,
``max_over`` a maximum.  A new row needs nothing here.  Transposes and repetitions (`columns`, `fill`) cost nothing: they are views.

An operand is a `Part`: a result of the program, looked at along other axes.  Nothing here needs NumPy; `tutor.numbers.array_plan` makes
calls of NumPy of a program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from math import pi, prod
from typing import NamedTuple

from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.walk import names
from tutor.graph.entries import MAX_WORK, arrays_of, index_parts, read_whole
from tutor.graph.nouns import Step
from tutor.graph.shapes import AXES, INDEXED, Shape, bind, operation_text
from tutor.numbers.array_code import (
    DIVIDED_OUT,
    DOT,
    EQUAL,
    GATHER,
    GIVEN,
    LARGEST,
    PATTERN,
    PI,
    STRAIGHT,
    ArrayProgram,
    Instruction,
    Letters,
    Part,
    Pick,
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
from tutor.numbers.trees import MAX_INTEGER_POWER, list_needed_steps
from tutor.rules.operations import ENTRYWISE, LAYERS, formula

TOTAL = "total over the samples"
"""What sums a formula over the samples, as the function of a step: ``Call(TOTAL, (Partial("L", "W"),))``."""

MAX_FACTORS = 8
"""So many factors has a sum of products at most: NumPy takes no more than 32 at once, and is slow with many."""



def lower_arrays(
    steps: Sequence[Step], given: Mapping[str, Shape], wanted: Sequence[str], sampled: Sequence[str] = (), samples: int = 0
) -> ArrayProgram:
    """The program of the steps that ``wanted`` needs, of arrays of the shapes ``given``.

    ``sampled`` are the given arrays that have one more axis, the last one, of so many ``samples``: everything that is computed of them has
    it too, up to a call of `TOTAL`, which sums it over the samples.

    Raises `ValueProblem` for a name that nothing gives or computes, `GraphError` for shapes that do not fit.

    >>> from tutor.graph.layered import from_layers
    >>> small = from_layers(["z = W x", "L = sum(z^2)"], {"W": (2, 3), "x": (3,)})
    >>> [step.op for step in lower_arrays(small.graph.steps, {"W": (2, 3), "x": (3,)}, ["L"]).code]
    ['given', 'given', 'dot', 'square', 'dot']
    """
    lowering = _ArrayLowering(given, frozenset(sampled), samples)
    for step in list_needed_steps(steps, tuple(given), wanted):
        lowering.env[step.target] = lowering.lower(step.expr, lowering.env)
    parts = [lowering.env[name].part for name in wanted]
    return _drop_needless(tuple(lowering.code), tuple(given), parts)


def lower_formula(expr: Expr, shape: Callable[[str], Shape]) -> ArrayProgram:
    """The program of one formula over arrays, in index form or not; ``shape`` tells that of a name or a derivative (``dL/dW``).

    What is given comes where it is first needed.  Raises `GraphError` for shapes that do not fit.

    >>> [step.op for step in lower_formula(Call("matmul", (Name("W"), Name("x"))), {"W": (2, 3), "x": (3,)}.__getitem__).code]
    ['given', 'given', 'dot']
    """
    lowering = _ArrayLowering({}, frozenset(), 0)
    lowering.env = _Met(lowering, shape)
    found = lowering.lower(expr, lowering.env)
    return ArrayProgram(tuple(lowering.code), tuple(lowering.env), (found.part,))


def _drop_needless(code: Sequence[Instruction], given: tuple[str, ...], wanted: Sequence[Part]) -> ArrayProgram:
    """The program without instructions whose results nothing uses; the given ones stay."""
    used = {part.place for part in wanted}
    for place in range(len(code) - 1, -1, -1):
        if place in used:
            used.update(part.place for part in code[place].parts)
    kept = [place for place in range(len(code)) if place < len(given) or place in used]
    new = {place: number for number, place in enumerate(kept)}

    def move_part(part: Part) -> Part:
        return Part(new[part.place], part.axes, part.shape)

    steps = tuple(code[place]._replace(parts=tuple(map(move_part, code[place].parts))) for place in kept)
    return ArrayProgram(steps, given, tuple(map(move_part, wanted)))


class _Node(NamedTuple):
    """What an expression becomes: a part whose axes are called by letters; ``sampled`` ones have a last axis more, over the samples."""

    part: Part
    letters: Letters
    sampled: bool = False


_AXES: tuple[Letters, ...] = ((), ("1",), ("1", "2"), ("1", "2", "3"), ("1", "2", "3", "4"))
"""What the axes of an array are called outside of index forms."""


@lru_cache(4096)
def _round_text(text: str) -> float:
    return round_to_float(read_exact(text))


class _ArrayLowering(Lowering[_Node]):
    """Arrays: one instruction for all entries; the same one is written once."""

    def __init__(self, given: Mapping[str, Shape], sampled: frozenset[str], samples: int) -> None:
        super().__init__()
        self.code: list[Instruction] = []
        self.known: dict[Instruction, int] = {}
        self.samples = samples
        self.env: dict[str, _Node] = {}
        for name, sizes in given.items():
            self.env[name] = self.give(name, tuple(int(size) for size in sizes), name in sampled)

    def give(self, name: str, shape: tuple[int, ...], sampled: bool) -> _Node:
        """A given array."""
        self.code.append(Instruction(GIVEN, (), (*shape, self.samples) if sampled else shape, name=name))
        return self.node(len(self.code) - 1, _AXES[len(shape)], sampled)

    def node(self, place: int, letters: Letters, sampled: bool) -> _Node:
        shape = self.code[place].shape
        return _Node(Part(place, STRAIGHT[len(shape)], shape), letters, sampled)

    def emit(self, instruction: Instruction) -> int:
        place = self.known.get(instruction)
        if place is None:
            place = self.known[instruction] = len(self.code)
            self.code.append(instruction)
        return place

    def align_part(self, node: _Node, letters: Letters, sizes: Sequence[int], sampled: bool) -> Part:
        """A node's part along given axes (and the samples); what it does not have is repeated."""
        axes = [node.part.axes[node.letters.index(letter)] if letter in node.letters else None for letter in letters]
        if not sampled:
            return Part(node.part.place, tuple(axes), tuple(sizes))
        last = node.part.axes[-1] if node.sampled else None
        return Part(node.part.place, (*axes, last), (*sizes, self.samples))

    def sizes(self, nodes: Sequence[_Node]) -> dict[str, int]:
        """The size of every axis that some nodes have, by its letter."""
        return {letter: size for node in nodes for letter, size in zip(node.letters, node.part.shape, strict=False)}

    def combine(self, op: str, nodes: Sequence[_Node], loops: Letters = (), order: Letters | None = None) -> _Node:
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

    def put_before_loops(self, node: _Node, letters: Letters, loops: Letters, sizes: Mapping[str, int]) -> Part:
        outer = self.align_part(node, letters, [sizes[a] for a in letters], True)
        inner = self.align_part(node, loops, [sizes[a] for a in loops], False)
        return Part(node.part.place, outer.axes + inner.axes, outer.shape + inner.shape)

    def total(self, node: _Node) -> _Node:
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

    def name(self, expr: Name, env: Mapping[str, _Node]) -> _Node:
        return env[expr.name]

    def partial(self, expr: Partial, env: Mapping[str, _Node]) -> _Node:
        return self.env[derivative_key(expr.of, expr.wrt)]

    def constant(self, text: str) -> _Node:
        """A constant by its text, which may be that of a fraction."""
        return self.node(self.emit(Instruction(NUMBER, (), (), name=text, number=_round_text(text))), (), False)

    def number(self, expr: Number, env: Mapping[str, _Node]) -> _Node:
        return self.constant(expr.text)

    def fraction(self, value: Fraction) -> _Node:
        return self.constant(str(value))

    def value_of(self, node: _Node) -> Fraction | None:
        """The value of a constant number; an array of equal constants is none."""
        step = self.code[node.part.place]
        return read_exact(step.name) if step.op == NUMBER and not node.letters and step.name != PI else None

    def is_number(self, node: _Node) -> bool:
        return self.value_of(node) is not None

    def make(self, op: str, *args: _Node) -> _Node:
        return self.combine(op, args)

    def value(self, node: _Node) -> _Node:
        return node

    def atom(self, node: _Node) -> _Node:
        return node

    def negation(self, expr: Neg, env: Mapping[str, _Node]) -> _Node:
        node = self.lower(expr.arg, env)
        value = self.value_of(node)
        return self.make(NEG, node) if value is None else self.fraction(-value)

    def sum(self, expr: Add, env: Mapping[str, _Node]) -> _Node:
        return self.add_nodes([(type(arg) is Neg, self.lower(arg.arg if type(arg) is Neg else arg, env)) for arg in expr.args])

    def add_nodes(self, terms: Sequence[tuple[bool, _Node]]) -> _Node:
        """A sum of (whether it is taken away, node): one that is not taken away first."""
        first = next((k for k, (minus, _) in enumerate(terms) if not minus), 0)
        total = self.make(NEG, terms[first][1]) if terms[first][0] else terms[first][1]
        for minus, node in (*terms[:first], *terms[first + 1 :]):
            total = self.make(SUB if minus else ADD, total, node)
        return total

    def product(self, expr: Mul, env: Mapping[str, _Node]) -> _Node:
        return self.multiply_nodes([self.lower(arg, env) for arg in expr.args])

    def multiply_nodes(self, factors: Sequence[_Node]) -> _Node:
        """A product; a number among its factors is left out where it is 1."""
        kept = [node for node in factors if self.value_of(node) != 1]
        return reduce(lambda a, b: self.make(MUL, a, b), kept) if kept else factors[0]

    def power(self, expr: Pow, env: Mapping[str, _Node]) -> _Node:
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

    def turn_round(self, base: _Node) -> _Node:
        """What is squared: of a difference y − a the opposite, a − y, which is computed later and is most often there for the gradient."""
        step = self.code[base.part.place]
        whole_result = base.part.axes == tuple(range(len(step.shape)))
        if step.op != SUB or not whole_result or step.parts[0].place >= step.parts[1].place:
            return base
        return self.node(self.emit(step._replace(parts=step.parts[::-1])), base.letters, base.sampled)

    def primitive(self, func: str, args: list[_Node]) -> _Node:
        if func == PI:
            return self.node(self.emit(Instruction(NUMBER, (), (), name=PI, number=pi)), (), False)
        if PRIMITIVES[func].extreme:
            return reduce(lambda a, b: a if a == b else self.make(func, a, b), args)
        return self.make(func, *args)

    def exponentials(self, values: list[_Node]) -> tuple[list[_Node], _Node, _Node]:
        largest = self.primitive(MAX, values)
        grown = [self.make("exp", self.make(SUB, value, largest)) for value in values]
        return grown, reduce(lambda a, b: self.make(ADD, a, b), grown), largest

    def call(self, expr: Call, env: Mapping[str, _Node]) -> _Node:
        if expr.func == TOTAL:
            return self.total(self.lower(expr.args[0], env))
        if expr.func == ENTRYWISE:
            return self.multiply_nodes([self.lower(arg, env) for arg in expr.args])
        if expr.func == INDEXED:
            form, letters, lengths = index_parts(expr)
            named = {name: env[name] for name in arrays_of(form, set(letters))}
            return _FormReader(self, "this formula", form, letters, named, {}, lengths).result()
        if expr.func not in LAYERS:
            return super().call(expr, env)
        count = len(LAYERS[expr.func][0].arrays)
        operands = [self.lower(arg, env) for arg in expr.args[:count]]
        labels = [f" {place}" for place in range(count)]  # no quantity is called so
        shapes: dict[str, Shape] = {name: node.part.shape[: len(node.letters)] for name, node in zip(labels, operands, strict=True)}
        row, sizes, shape = bind(Call(expr.func, (*map(Name, labels), *expr.args[count:])), shapes)
        arrays = {name: node for (name, _), node in zip(row.operands, operands, strict=True)}
        known = {name: int(size) for name, size in sizes.items()}
        return _FormReader(self, row.name, formula(row.index), row.letters, arrays, known, tuple(map(int, shape))).result()


LOWEST = "-1" + "0" * 300
"""Below every score: what stands in the place of one that a mask takes out."""


class _Met(dict[str, _Node]):
    """The given arrays of one formula, in the order in which they are met."""

    def __init__(self, lowering: _ArrayLowering, shape: Callable[[str], Shape]) -> None:
        super().__init__()
        self.lowering, self.shape = lowering, shape

    def __missing__(self, name: str) -> _Node:
        found = self[name] = self.lowering.give(name, tuple(map(int, self.shape(name))), False)
        return found


class _FormReader:
    """The nodes of an index form, of a row or as it was written: the axes of a node are the letters of the form that it depends on."""

    def __init__(
        self, lowering: _ArrayLowering, what: str, form: Expr, letters: Letters, arrays: Mapping[str, _Node], known: Mapping[str, int],
        shape: tuple[int, ...],
    ) -> None:  # fmt: skip
        self.lowering, self.what, self.form, self.own = lowering, what, form, letters
        self.arrays, self.known, self.shape = arrays, known, shape
        self.letters = dict(zip(letters, shape, strict=True))
        """Each letter that runs, with its size; those of the result first."""

    def result(self) -> _Node:
        if len(self.shape) >= len(_AXES):
            raise GraphError(f"{self.what} has {len(self.shape)} axes", hint=AXES)
        node = self.read(self.form)
        if node.letters == self.own and node.part.shape[: len(self.shape)] == self.shape:
            return _Node(node.part, _AXES[len(self.shape)], node.sampled)
        part = self.lowering.align_part(node, self.own, self.shape, node.sampled)
        return _Node(part, _AXES[len(self.shape)], node.sampled)

    def read(self, expr: Expr) -> _Node:
        lowering = self.lowering
        if type(expr) in (Mul, Add) and self.known and (used := names(expr)) and all(name in self.known for name in used):
            return lowering.constant(str(read_whole(expr, self.known)))
        match expr:
            case Name(name) if name in self.arrays:
                return self.arrays[name]
            case Name(name) if name in self.letters:
                return self.count_place(name)
            case Name(name):
                return lowering.constant(str(self.known[name]))
            case Number():
                return lowering.number(expr, {})
            case Call("at", (Name(array), *index)):
                return self.read_at(self.arrays[array], index)
            case Call("at_inside", (Name(array), *index)):
                return self.read_nearest(self.arrays[array], index)
            case Call("sum_over"):
                return self.sum_over(expr)
            case Call("max_over"):
                return self.max_over(expr)
            case Call("inside", (place, size)):
                return self.pattern((place,), (read_whole(size, self.known),))
            case Call("winner" | "first_winner" as which, (Name(array), *axes)):
                window = tuple(read_whole(size, self.known) for size in axes[2::3])
                return self.winner(self.arrays[array], axes[::3], axes[1::3], window, shared=which == "winner")
            case Div(Call("exp", (top,)), Call("sum_over") as under) if (made := self.share(top, under)) is not None:
                return made
            case Div(Mul((mask, Call("exp", (top,)))), Call("sum_over") as under) if (made := self.share(top, under, mask)) is not None:
                return made
            case Call("log", (Call("sum_over") as summed,)) if (made := self.add_largest(summed)) is not None:
                return made
            case Call(func, args):
                return lowering.apply(func, [self.read(arg) for arg in args])
            case Mul(args):
                return self.apply_entrywise(MUL, args)
            case Add(args):
                return self.apply_entrywise(ADD, args)
            case Div(num, den):
                return self.apply_entrywise(DIV, (num, den))
            case Pow(base, exponent):
                return self.apply_entrywise(POW, (base, exponent))
            case Neg(arg):
                return self.combine(NEG, [self.read(arg)])
        raise GraphError(f"{type(expr).__name__} in the index form of {self.what}")

    def apply_entrywise(self, op: str, args: Sequence[Expr]) -> _Node:
        return reduce(lambda a, b: self.combine(op, [a, b]), [self.read(arg) for arg in args])

    def combine(self, op: str, nodes: Sequence[_Node], loops: Letters = ()) -> _Node:
        return self.lowering.combine(op, nodes, loops, tuple(self.letters))

    def open_loops(self, expr: Expr, func: str) -> tuple[Letters, Expr]:
        """The letters of loops within loops, and what stands in the innermost one."""
        loops: list[str] = []
        while type(expr) is Call and expr.func == func:
            letter, size, expr = expr.args
            assert type(letter) is Name
            if letter.name in loops:  # the inner one counts, and is its own
                return tuple(loops), Call(func, (letter, size, expr))
            self.letters[letter.name] = read_whole(size, self.known)
            loops.append(letter.name)
        return tuple(loops), expr

    def max_over(self, expr: Expr) -> _Node:
        outer = dict(self.letters)
        loops, body = self.open_loops(expr, "max_over")
        found = self.combine(LARGEST, [self.read(body)], loops)
        self.letters = outer
        return found

    def sum_over(self, expr: Expr) -> _Node:
        outer = dict(self.letters)
        loops, body = self.open_loops(expr, "sum_over")
        factors = [self.read(arg) for arg in (body.args if type(body) is Mul else (body,))]
        if len(factors) > MAX_FACTORS:
            factors = [reduce(lambda a, b: self.combine(MUL, [a, b]), factors)]
        used = {letter for node in factors for letter in node.letters}
        found = self.combine(DOT, factors, tuple(loop for loop in loops if loop in used))
        repeated = prod(self.letters[loop] for loop in loops if loop not in used)
        self.letters = outer  # a letter that runs inside may have run outside, too
        return found if repeated == 1 else self.combine(MUL, [self.lowering.constant(str(repeated)), found])

    def read_at(self, array: _Node, index: Sequence[Expr]) -> _Node:
        """Entries of an array: a view of it where its axes are letters, else gathered."""
        listed = tuple(part.name for part in index if type(part) is Name and part.name in self.letters)
        if len(set(listed)) == len(index) and all(
            self.letters[letter] == size for letter, size in zip(listed, array.part.shape, strict=False)
        ):
            return _Node(array.part, listed, array.sampled)
        pick = self.pick(index, array.part.shape[: len(index)])
        shape = (*pick.sizes, self.lowering.samples) if array.sampled else pick.sizes
        place = self.lowering.emit(Instruction(GATHER, (array.part,), shape, pick=pick))
        return self.lowering.node(place, pick.letters, array.sampled)

    def read_nearest(self, array: _Node, index: Sequence[Expr]) -> _Node:
        """Entries of an array, and of a place outside the nearest one inside: of a window that meets the array the largest is the same."""
        return self.read_at(array, [Call("clamp", (part, Number(str(size)))) for part, size in zip(index, array.part.shape, strict=False)])

    def pattern(self, index: Sequence[Expr], limits: tuple[int, ...]) -> _Node:
        """1 where every index is inside, else 0."""
        pick = self.pick(index, limits)
        place = self.lowering.emit(Instruction(PATTERN, (), pick.sizes, pick=pick))
        return self.lowering.node(place, pick.letters, False)

    def count_place(self, letter: str) -> _Node:
        """The number that a letter stands for, at each place: how many places there are up to it."""
        outer, loop = dict(self.letters), f"{letter} before"
        self.letters[loop] = self.letters[letter]
        ahead = self.pattern((Add((Name(letter), Neg(Name(loop)), ONE)),), (self.letters[letter],))
        found = self.combine(DOT, [ahead], (loop,))
        self.letters = outer
        return found

    def pick(self, index: Sequence[Expr], limits: tuple[int, ...]) -> Pick:
        used = {name for part in index for name in names(part)}
        letters = tuple(letter for letter in self.letters if letter in used)
        sizes = tuple(self.letters[letter] for letter in letters)
        work = prod(sizes)
        if work > MAX_WORK:
            raise GraphError(
                f"{operation_text(self.what)} of this size takes {work:,} products", hint=f"the limit is {MAX_WORK:,}"
            )
        return Pick(tuple(index), letters, sizes, tuple((name, size) for name, size in self.known.items() if name in used), limits)

    def winner(
        self, array: _Node, own: Sequence[Expr], start: Sequence[Expr], window: tuple[int, ...], *, shared: bool
    ) -> _Node:
        """1 where an entry is the largest of its window, else and outside of it 0; of k equal ones 1/k (``shared``) or 1 for the first."""
        loops = tuple(f"window {axis}" for axis in range(len(own)))
        self.letters |= dict(zip(loops, window, strict=True))
        seen = [Add((first, Name(loop))) for first, loop in zip(start, loops, strict=True)]
        padded = any("p" in names(first) for first in start)
        others = self.read_nearest(array, seen) if padded else self.read_at(array, seen)
        largest = self.combine(LARGEST, [others], loops)
        equal = self.combine(EQUAL, [others, largest])
        if padded:
            equal = self.combine(MUL, [equal, self.pattern(seen, array.part.shape[: len(seen)])])
        inside = self.pattern([Add((i, Neg(first))) for i, first in zip(own, start, strict=True)], window)
        chosen = self.combine(MUL, [inside, self.combine(EQUAL, [self.read_at(array, own), largest])])
        if shared:
            return self.combine(DIV, [chosen, self.combine(DOT, [equal], loops)])
        ahead = [Mul((Add((i, Neg(first), Neg(Name(loop)))), Number(str(prod(window[axis + 1 :])))))
                 for axis, (i, first, loop) in enumerate(zip(own, start, loops, strict=True))]  # fmt: skip
        earlier = self.pattern([Add(tuple(ahead))], (prod(window),))
        before = self.combine(DOT, [self.combine(MUL, [equal, earlier])], loops)
        return self.combine(MUL, [chosen, self.combine(EQUAL, [before, self.lowering.constant("0")])])

    def share(self, top: Expr, under: Expr, mask: Expr | None = None) -> _Node | None:
        """exp(a)/Σ exp(b), with the largest b divided out of both: exp cannot overflow.  Nothing where it is something else.

        With a mask it is m·exp(a)/Σ m·exp(b), without the a where m is 0.
        """
        made = self.divide_largest_out(under)
        if made is None:
            return None
        weights = [] if mask is None else [self.read(mask)]
        grown = self.combine("exp", [self.combine(SUB, [self.leave_masked_out(self.read(top), weights), made[0]])])
        return self.combine(DIV, [reduce(lambda a, b: self.combine(MUL, [a, b]), [*weights, grown]), made[1]])

    def leave_masked_out(self, score: _Node, weights: Sequence[_Node]) -> _Node:
        """A score, and below every other where its mask is 0."""
        if not weights:
            return score
        squared = self.combine(MUL, [weights[0], weights[0]])
        return self.lowering.apply("if_positive", [squared, score, self.lowering.constant(LOWEST)])

    def add_largest(self, summed: Expr) -> _Node | None:
        """log Σ exp(b), with the largest b divided out.  Nothing where it is something else."""
        return (made := self.divide_largest_out(summed)) and self.combine(ADD, [made[0], self.combine("log", [made[1]])])

    def divide_largest_out(self, summed: Expr) -> tuple[_Node, _Node] | None:
        """The largest b of Σ exp(b), and Σ exp(b − largest); nothing where it is something else.

        Of Σ m·exp(b) only where the mask m is not 0: there alone it counts.
        """
        outer, found = dict(self.letters), None
        loops, body = self.open_loops(summed, "sum_over")
        mask, power = body.args if type(body) is Mul and len(body.args) == 2 else (None, body)
        below = self.read(power.args[0]) if type(power) is Call and power.func == "exp" else None
        if below is not None and set(loops) <= set(below.letters):
            weights = [] if mask is None else [self.read(mask)]
            below = self.leave_masked_out(below, weights)
            largest = self.combine(DIVIDED_OUT, [below], loops)
            found = largest, self.combine(DOT, [*weights, self.combine("exp", [self.combine(SUB, [below, largest])])], loops)
        self.letters = outer
        return found
