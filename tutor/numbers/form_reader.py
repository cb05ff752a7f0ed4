"""Index forms as nodes of an array program: ``at`` is a view or a gathering, ``sum_over`` a sum of products, ``max_over`` a maximum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod

from tutor.errors import GraphError
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.expression.walk import names
from tutor.graph.entries import MAX_WORK
from tutor.graph.index_form import read_whole
from tutor.graph.shapes import AXES, operation_text
from tutor.numbers.array_algebra import AXIS_LETTERS, MAX_FACTORS, ArrayAlgebra, ArrayNode
from tutor.numbers.array_code import (
    DIVIDED_OUT,
    DOT,
    EQUAL,
    GATHER,
    LARGEST,
    PATTERN,
    Instruction,
    Letters,
    Pick,
)
from tutor.numbers.lowering import (
    ADD,
    DIV,
    MUL,
    NEG,
    POW,
    SUB,
)

LOWEST = "-1" + "0" * 300
"""Below every score: what stands in the place of one that a mask takes out."""


class FormReader:
    """The nodes of an index form, of a row or as it was written: the axes of a node are the letters of the form that it depends on."""

    def __init__(
        self, lowering: ArrayAlgebra, what: str, form: Expr, letters: Letters, arrays: Mapping[str, ArrayNode], known: Mapping[str, int],
        shape: tuple[int, ...],
    ) -> None:  # fmt: skip
        self.lowering, self.what, self.form, self.own = lowering, what, form, letters
        self.arrays, self.known, self.shape = arrays, known, shape
        self.letters = dict(zip(letters, shape, strict=True))
        """Each letter that runs, with its size; those of the result first."""

    def result(self) -> ArrayNode:
        """The form, read: its axes are those of an array."""
        if len(self.shape) >= len(AXIS_LETTERS):
            raise GraphError(f"{self.what} has {len(self.shape)} axes", hint=AXES)
        node = self.read(self.form)
        if node.letters == self.own and node.part.shape[: len(self.shape)] == self.shape:
            return ArrayNode(node.part, AXIS_LETTERS[len(self.shape)], node.sampled)
        part = self.lowering.align_part(node, self.own, self.shape, node.sampled)
        return ArrayNode(part, AXIS_LETTERS[len(self.shape)], node.sampled)

    def read(self, expr: Expr) -> ArrayNode:
        """The node of a part of the form."""
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

    def apply_entrywise(self, op: str, args: Sequence[Expr]) -> ArrayNode:
        """One operation between the parts of a form."""
        return reduce(lambda a, b: self.combine(op, [a, b]), [self.read(arg) for arg in args])

    def combine(self, op: str, nodes: Sequence[ArrayNode], loops: Letters = ()) -> ArrayNode:
        """One operation on nodes, by the letters that run."""
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

    def max_over(self, expr: Expr) -> ArrayNode:
        """The largest over the letters that it runs over."""
        outer = dict(self.letters)
        loops, body = self.open_loops(expr, "max_over")
        found = self.combine(LARGEST, [self.read(body)], loops)
        self.letters = outer
        return found

    def sum_over(self, expr: Expr) -> ArrayNode:
        """The sum over the letters that it runs over."""
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

    def read_at(self, array: ArrayNode, index: Sequence[Expr]) -> ArrayNode:
        """Entries of an array: a view of it where its axes are letters, else gathered."""
        listed = tuple(part.name for part in index if type(part) is Name and part.name in self.letters)
        if len(set(listed)) == len(index) and all(
            self.letters[letter] == size for letter, size in zip(listed, array.part.shape, strict=False)
        ):
            return ArrayNode(array.part, listed, array.sampled)
        pick = self.pick(index, array.part.shape[: len(index)])
        shape = (*pick.sizes, self.lowering.samples) if array.sampled else pick.sizes
        place = self.lowering.emit(Instruction(GATHER, (array.part,), shape, pick=pick))
        return self.lowering.node(place, pick.letters, array.sampled)

    def read_nearest(self, array: ArrayNode, index: Sequence[Expr]) -> ArrayNode:
        """Entries of an array, and of a place outside the nearest one inside: of a window that meets the array the largest is the same."""
        return self.read_at(array, [Call("clamp", (part, Number(str(size)))) for part, size in zip(index, array.part.shape, strict=False)])

    def pattern(self, index: Sequence[Expr], limits: tuple[int, ...]) -> ArrayNode:
        """1 where every index is inside, else 0."""
        pick = self.pick(index, limits)
        place = self.lowering.emit(Instruction(PATTERN, (), pick.sizes, pick=pick))
        return self.lowering.node(place, pick.letters, False)

    def count_place(self, letter: str) -> ArrayNode:
        """The number that a letter stands for, at each place: how many places there are up to it."""
        outer, loop = dict(self.letters), f"{letter} before"
        self.letters[loop] = self.letters[letter]
        ahead = self.pattern((Add((Name(letter), Neg(Name(loop)), ONE)),), (self.letters[letter],))
        found = self.combine(DOT, [ahead], (loop,))
        self.letters = outer
        return found

    def pick(self, index: Sequence[Expr], limits: tuple[int, ...]) -> Pick:
        """Which entry a place means, for each value of its letters."""
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
        self, array: ArrayNode, own: Sequence[Expr], start: Sequence[Expr], window: tuple[int, ...], *, shared: bool
    ) -> ArrayNode:
        """1 where an entry is the largest of its window, else and outside of it 0; of k equal ones 1/k (``shared``) or 1 for the first."""
        loops = tuple(f"window {axis}" for axis in range(len(own)))
        self.letters |= dict(zip(loops, window, strict=True))
        seen = [Add((first, Name(loop))) for first, loop in zip(start, loops, strict=True)]
        padded = any(name[0] == "p" for first in start for name in names(first))  # p, or p1, p2 with one of each axis
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

    def share(self, top: Expr, under: Expr, mask: Expr | None = None) -> ArrayNode | None:
        """exp(a)/Σ exp(b), with the largest b divided out of both: exp cannot overflow.  Nothing where it is something else.

        With a mask it is m·exp(a)/Σ m·exp(b), without the a where m is 0.
        """
        made = self.divide_largest_out(under)
        if made is None:
            return None
        weights = [] if mask is None else [self.read(mask)]
        grown = self.combine("exp", [self.combine(SUB, [self.leave_masked_out(self.read(top), weights), made[0]])])
        return self.combine(DIV, [reduce(lambda a, b: self.combine(MUL, [a, b]), [*weights, grown]), made[1]])

    def leave_masked_out(self, score: ArrayNode, weights: Sequence[ArrayNode]) -> ArrayNode:
        """A score, and below every other where its mask is 0."""
        if not weights:
            return score
        squared = self.combine(MUL, [weights[0], weights[0]])
        return self.lowering.apply("if_positive", [squared, score, self.lowering.constant(LOWEST)])

    def add_largest(self, summed: Expr) -> ArrayNode | None:
        """log Σ exp(b), with the largest b divided out.  Nothing where it is something else."""
        return (made := self.divide_largest_out(summed)) and self.combine(ADD, [made[0], self.combine("log", [made[1]])])

    def divide_largest_out(self, summed: Expr) -> tuple[ArrayNode, ArrayNode] | None:
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
