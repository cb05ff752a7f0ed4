"""From steps over arrays to an *array program*: a few instructions, each for all entries of an array at once.

A number is an array without axes, so that the same lowering takes graphs of single numbers and graphs over layers.  What an operation of
`tutor.rules.operations` does comes from its row's index form: ``at`` is a view or a gathering of entries, ``sum_over`` a sum of products,
``max_over`` a maximum.  A new row needs nothing here.  Transposes and repetitions (`columns`, `fill`) cost nothing: they are views.

An operand is a `Part`: a result of the program, looked at along other axes.  Nothing here needs NumPy; `tutor.numbers.array_plan` makes
calls of NumPy of a program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tutor.expression.nodes import Call, Expr, Name
from tutor.graph.index_form import arrays_of, index_parts
from tutor.graph.nouns import Step
from tutor.graph.shapes import INDEXED, Shape, bind
from tutor.numbers.array_algebra import TOTAL, ArrayAlgebra, ArrayNode
from tutor.numbers.array_code import (
    ArrayProgram,
    Instruction,
    Part,
)
from tutor.numbers.form_reader import FormReader
from tutor.numbers.trees import list_needed_steps
from tutor.rules.operations import ENTRYWISE, LAYERS, formula


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


class _ArrayLowering(ArrayAlgebra):
    """Arrays, with the operations of the table by their index forms."""

    def call(self, expr: Call, env: Mapping[str, ArrayNode]) -> ArrayNode:
        if expr.func == TOTAL:
            return self.total(self.lower(expr.args[0], env))
        if expr.func == ENTRYWISE:
            return self.multiply_nodes([self.lower(arg, env) for arg in expr.args])
        if expr.func == INDEXED:
            form, letters, lengths = index_parts(expr)
            named = {name: env[name] for name in arrays_of(form, set(letters))}
            return FormReader(self, "this formula", form, letters, named, {}, lengths).result()
        if expr.func not in LAYERS:
            return super().call(expr, env)
        count = len(LAYERS[expr.func][0].arrays)
        operands = [self.lower(arg, env) for arg in expr.args[:count]]
        labels = [f" {place}" for place in range(count)]  # no quantity is called so
        shapes: dict[str, Shape] = {name: node.part.shape[: len(node.letters)] for name, node in zip(labels, operands, strict=True)}
        row, sizes, shape = bind(Call(expr.func, (*map(Name, labels), *expr.args[count:])), shapes)
        arrays = {name: node for (name, _), node in zip(row.operands, operands, strict=True)}
        known = {name: int(size) for name, size in sizes.items()}
        return FormReader(self, row.name, formula(row.index), row.letters, arrays, known, tuple(map(int, shape))).result()


class _Met(dict[str, ArrayNode]):
    """The given arrays of one formula, in the order in which they are met."""

    def __init__(self, lowering: _ArrayLowering, shape: Callable[[str], Shape]) -> None:
        super().__init__()
        self.lowering, self.shape = lowering, shape

    def __missing__(self, name: str) -> ArrayNode:
        found = self[name] = self.lowering.give(name, tuple(map(int, self.shape(name))), False)
        return found
