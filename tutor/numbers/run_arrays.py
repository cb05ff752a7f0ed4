"""Numbers for graphs over layers, with the arithmetic of the scalar form: exact, or many digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tutor.errors import ValueProblem
from tutor.expression.nodes import Number
from tutor.graph.entries import Array, Entries
from tutor.graph.layered import Layered
from tutor.graph.nouns import Derivation, Step
from tutor.numbers.arithmetic import Value, add, apply, divide, multiply, negate, power
from tutor.numbers.run import compute_stable


class Numbers:
    """The algebra of values."""

    def number(self, value: Number) -> Value:
        """The exact value of a written number."""
        return value.value

    def add(self, terms: Sequence[Value]) -> Value:
        """Their sum."""
        total = terms[0]
        for term in terms[1:]:
            total = add(total, term)
        return total

    def multiply(self, factors: Sequence[Value]) -> Value:
        """Their product."""
        total = factors[0]
        for factor in factors[1:]:
            total = multiply(total, factor)
        return total

    def negate(self, value: Value) -> Value:
        """The opposite."""
        return negate(value)

    def divide(self, a: Value, b: Value) -> Value:
        """The quotient."""
        return divide(a, b)

    def power(self, a: Value, b: Value) -> Value:
        """The power."""
        return power(a, b)

    def call(self, func: str, args: Sequence[Any]) -> Value:
        """A function of the rule tables."""
        return apply(func, args)


def run_layers(steps: Iterable[Step], arrays: Mapping[str, Array[Value]]) -> dict[str, Array[Value]]:
    """Run steps over arrays; returns those that were given with those that were computed.

    >>> from fractions import Fraction
    >>> from tutor.graph.layered import from_layers
    >>> small = from_layers(["L = sum(x^2)"], {"x": (2,)})
    >>> run_layers(small.graph.steps, {"x": Array((2,), (Fraction(3), Fraction(4)))})["L"].items
    (Fraction(25, 1),)
    """
    known = dict(arrays)
    entries = Entries(known, Numbers())
    for step in steps:
        try:
            known[step.target] = entries.value(step.expr)
        except ValueProblem as error:
            raise error.put_at(f"step {step.target}") from None
    return known


def evaluate_layers(derivation: Derivation, arrays: Mapping[str, Array[Value]], *, least: int = 0) -> dict[str, Array[Value]]:
    """The forward and the backward pass in layer form, with as many digits as it takes (see `tutor.numbers.run.compute_stable`, which has
    ``least``, too)."""
    shapes: dict[str, tuple[int, ...]] = {}

    def entries() -> dict[str, Value]:
        found = run_layers((*derivation.graph.steps, *derivation.backward), arrays)
        shapes.update({name: array.shape for name, array in found.items()})
        return {f"{name} {place}": item for name, array in found.items() for place, item in enumerate(array.items)}

    values = compute_stable(entries, least=least)
    grouped: dict[str, list[Value]] = {name: [] for name in shapes}
    for key, value in values.items():
        grouped[key.rpartition(" ")[0]].append(value)
    return {name: Array(shape, tuple(grouped[name])) for name, shape in shapes.items()}


def as_arrays(layered: Layered, values: Mapping[str, Value]) -> dict[str, Array[Value]]:
    """The given arrays, from the values of their single quantities."""
    found = {}
    for quantity in layered.graph.leaves:
        names = layered.entries[quantity.name]
        found[quantity.name] = Array(names.shape, tuple(values[name] for name in names.items))
    return found
