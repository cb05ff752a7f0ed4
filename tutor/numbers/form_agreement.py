"""The proof that the layer form and the form neuron by neuron agree, entry by entry.

Both are derived on their own: the layer form by the pullbacks of `tutor.rules.operations`, the other by the local derivatives of single
quantities.  Every entry of every gradient is compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from tutor.derive.backward import derive
from tutor.errors import ProofError
from tutor.expression.keys import derivative_key
from tutor.graph.entries import Array, places
from tutor.graph.layered import Layered, choose_telling_sizes, write_out
from tutor.graph.nested_products import write_apart
from tutor.graph.nouns import Graph
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.printed import as_exact_text
from tutor.numbers.proof_facts import Agreement
from tutor.numbers.run import evaluate
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.numbers.verify import random_points

TOLERANCE = Fraction(1, 10**12)
"""Relative.  Both forms are computed with as many digits as it takes, so that what is left is far smaller."""
NOTHING = CONTEXT.mpf(10) ** -300
"""Of the largest number of the computation: a 0 that is left of a cancellation in hundreds of digits is smaller than this."""
LEAST = 350
"""What is proved to be smaller than 10 to this power, negative, of the largest number is computed no further: 50 more than `NOTHING`, since
the largest of the layer form may be smaller than that of its entries with what is between them."""
POINTS = 2
MANY = 5_000
"""A graph of so many quantities is compared at one random point."""


def agree(
    layered: Layered,
    scalar: Graph | None,
    values: Mapping[str, Value] | None,
    *,
    apart: Graph | None = None,
    found: Mapping[str, Array[Value]] | None = None,
    shown: Collection[str] | None = None,
) -> Agreement:
    """Compare both forms at the given values of the single quantities, or at seeded random points.

    ``scalar`` is the graph neuron by neuron where there is one (a network's is made on its own); else the layers are written out.
    What was worked out before is not worked out again: ``apart`` is what `write_apart` makes of the graph, ``found`` are the arrays of the
    layer form at the given values.  ``shown`` are the quantities whose gradients stand on the page, all unless it is said.

    Raises `ProofError` with the entry where they differ.
    """
    layered, sizes = choose_telling_sizes(layered)
    written = write_out(layered) if scalar is None else scalar
    count = POINTS if len(written.names) < MANY else 1
    graph = apart or write_apart(written, layered)
    by_layers, by_neurons = derive(layered.graph), derive(graph)
    points: Sequence[Mapping[str, Value]] = [values] if values is not None else random_points(graph, count)
    if not points:
        raise ProofError("no point was found at which the whole computation exists", hint="give values under [values]")
    worst: Value = Fraction(0)
    for point in points:
        leaves = {quantity.name: point[quantity.name] for quantity in graph.leaves}
        arrays = found if found and values is not None else evaluate_layers(by_layers, as_arrays(layered, leaves), least=LEAST)
        trace = evaluate(by_neurons, leaves, least=LEAST).values
        worst = max(worst, _compare_entries(layered, graph.loss, arrays, trace), key=as_real)
    entries = {name: len(named.items) for name, named in layered.entries.items()}
    besides = {name: count for name, count in entries.items() if shown is not None and name not in shown and name != graph.loss}
    counted = sum(count for name, count in entries.items() if shown is None or name in shown)
    return Agreement(counted, worst, values is not None, len(points), sizes, besides)


def _compare_entries(layered: Layered, loss: str, arrays: Mapping[str, Array[Value]], trace: Mapping[str, Value]) -> Value:
    """The largest relative difference of an entry of a gradient in both forms; `ProofError` where it is too large."""
    worst: Value = Fraction(0)
    floor: Value | None = None
    for name, named in layered.entries.items():
        key = derivative_key(loss, name)
        for place, single, value in zip(places(named.shape), named.items, arrays[key].items, strict=True):
            other = trace[derivative_key(loss, single)]
            if value == other:
                continue
            if floor is None:  # only where something differs: most entries of large arrays are the same to the last digit
                floor = NOTHING * max(abs(as_real(item)) for array in arrays.values() for item in array.items)
            difference = relative(value, other, floor)
            if as_real(difference) > as_real(TOLERANCE):
                raise ProofError(
                    f"entry {place} of {key} is {as_exact_text(value)} in the layer form and {as_exact_text(other)} neuron by neuron",
                    hint="this is a fault of the program; please report it",
                )
            worst = max(worst, difference, key=as_real)
    return worst


def relative(a: Value, b: Value, floor: Value = Fraction(0)) -> Value:
    """The difference of two values, relative to the larger of them; what is smaller than ``floor`` counts as nothing.

    >>> relative(Fraction(1), Fraction(3, 4))
    Fraction(1, 4)
    """
    if a == b:
        return Fraction(0)
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return abs(a - b) / max(abs(a), abs(b))
    scale = max(abs(as_real(a)), abs(as_real(b)))
    return abs(as_real(a) - as_real(b)) / scale if scale > as_real(floor) else Fraction(0)
