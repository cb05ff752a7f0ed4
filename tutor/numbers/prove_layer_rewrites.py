"""The proof of the named rewrites in layer form: both sides, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tutor.derive.backward import derive
from tutor.derive.rewrites.entrywise import LayerRewrite
from tutor.errors import ProofError
from tutor.expression.nodes import Expr, Name, Number
from tutor.expression.walk import substitute
from tutor.graph.entries import SAMPLES, Array, Entries, samples
from tutor.graph.layered import Layered, choose_telling_sizes, write_out
from tutor.graph.nested_products import take_apart
from tutor.graph.nouns import Graph
from tutor.numbers.arithmetic import Value, add, as_real, divide
from tutor.numbers.form_agreement import LEAST, POINTS, TOLERANCE, relative
from tutor.numbers.proof_facts import Rewritten
from tutor.numbers.run_arrays import Numbers, as_arrays, evaluate_layers
from tutor.numbers.verify import random_points


def prove(
    layered: Layered, rewrites: Sequence[LayerRewrite], arrays: Mapping[str, Array[Value]] | None, apart: Graph | None = None
) -> Rewritten:
    """Compare both sides of every rewrite, at random points and with the ``arrays`` of all quantities and gradients at the given values.

    ``apart`` are the layers neuron by neuron where they are written out already.
    A rewrite whose targets have to sum to 1 is left out where the given ones do not.

    Raises `ProofError` where one does not hold.
    """
    if not rewrites:
        return Rewritten((), {})
    small, sizes = choose_telling_sizes(layered)
    numbers: dict[str, Expr] = {letter: Number(str(size)) for letter, size in sizes.items()}
    compared = [replace(r, expr=substitute(r.expr, numbers), equals=substitute(r.equals, numbers)) for r in rewrites]
    derivation = derive(small.graph)
    points = random_points(apart or write_out(take_apart(small)), POINTS, seed=2)
    for point in points:
        given = norm_targets(small, compared, as_arrays(small, point))
        _compare_sides(compared, evaluate_layers(derivation, given, least=LEAST))
    if arrays is None:
        return Rewritten(tuple(rewrites), {}, len(points))
    kept = [r for r in rewrites if not r.targets or all(total == 1 for total in _totals(arrays[r.targets], r))]
    return Rewritten(tuple(kept), _compare_sides(kept, arrays), len(points))


def _compare_sides(rewrites: Sequence[LayerRewrite], arrays: Mapping[str, Array[Value]]) -> dict[str, Array[Value]]:
    """The left sides, once they were compared with the right ones."""
    known = dict(arrays)
    made: dict[str, Array[Value]] = {}
    for rewrite in rewrites:
        entries = Entries(known, Numbers())
        left, right = entries.value(rewrite.expr), entries.value(rewrite.equals)
        for a, b in zip(left.items, right.items, strict=True):
            if as_real(relative(a, b)) > as_real(TOLERANCE) and abs(as_real(a) - as_real(b)) > as_real(TOLERANCE) ** 2:
                raise ProofError(f"the rewrite {rewrite.rule} does not hold", hint="this is a fault of the program; please report it")
        made[str(rewrite.left)] = left
        if type(rewrite.left) is Name:
            known.setdefault(rewrite.left.name, left)
    return made


def _totals(array: Array[Value], rewrite: LayerRewrite) -> list[Value]:
    totals = []
    for sample in samples(array.shape, SAMPLES[rewrite.output]):
        total: Value = Fraction(0)
        for place in sample:
            total = add(total, array.items[place])
        totals.append(total)
    return totals


def norm_targets(layered: Layered, rewrites: Sequence[LayerRewrite], arrays: dict[str, Array[Value]]) -> dict[str, Array[Value]]:
    """The same arrays, with targets that sum to 1 for each sample where a rewrite needs that."""
    for rewrite in rewrites:
        if not rewrite.targets:
            continue
        array = arrays[rewrite.targets]
        items = [item if item > 0 else 1 - item for item in array.items]
        totals = _totals(Array(array.shape, tuple(items)), rewrite)
        for sample, total in zip(samples(array.shape, SAMPLES[rewrite.output]), totals, strict=True):
            for place in sample:
                items[place] = divide(items[place], total)
        arrays[rewrite.targets] = Array(array.shape, tuple(items))
    return arrays
