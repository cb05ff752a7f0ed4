"""The recursion of an exercise with repeated steps: one row for every t, held against the derivation written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from tutor.derive.backward import derive
from tutor.derive.recursion import Recursion, compare, merge_recursions, put_back, read_recursion
from tutor.errors import GraphError, ProofError
from tutor.exercise.load import write_out_with
from tutor.exercise.model import Assumption, Exercise
from tutor.expression.nodes import Expr, Number
from tutor.expression.walk import substitute
from tutor.graph.layered import Layered, choose_sizes
from tutor.graph.nouns import Derivation, Graph
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.form_agreement import POINTS, TOLERANCE, agree, relative
from tutor.numbers.run import run
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.numbers.verify import random_points
from tutor.solving.request import Request

HELD = (1, 2, 3, 4)
"""For so many times a recursion for every T is written out and compared."""
READ = (7, 6)
"""It is read off these: so long that the first, the inner and the last times can be told apart."""


def find_recursion(request: Request, derivation: Derivation) -> Recursion | None:
    """The recursion that is asked for, or nothing.

    Raises `GraphError` where the steps differ from time to time, and `ProofError` where it is not what the written-out derivation is.
    """
    repetition = request.exercise.repetition
    if not request.recursion or repetition is None:
        return None
    if not repetition.letter:
        try:
            times, blocks = repetition.list_times(derivation.graph), repetition.find_blocks(derivation.graph)
            found = read_recursion(derivation, times, repetition.index, repetition.end, blocks=blocks)
        except GraphError:
            if request.recursion == "long":
                return None
            raise
        if not compare(found, derivation, repetition.end):
            raise ProofError("the recursion is not the derivation written out", hint="this is a fault of the program; please report it")
        return replace(found, agreed=(repetition.end,))
    layered = request.layered is not None
    longest = max(repeat.truncate for repeat in repetition.repeats)
    ends = (READ[0] + 2 * longest, READ[1] + 2 * longest)
    first, second = (read_open(request.exercise, last, layered) for last in ends)
    found = merge_recursions(first, second, ends)
    agreed = []
    # with so few times nothing is cut, and the rows are others
    short = longest if found.blocks is not None and found.blocks.from_end else 0
    held = [last for last in range(HELD[0], max(HELD[-1], 2 * longest + 1) + 1) if last > short]
    for last in held:
        written = write_out_with(request.exercise, last)
        other = derive(graph_of(written, layered))
        if compare(found, other, last):
            agreed.append(last)
        elif not is_same_in_value(found, other, last, written):
            raise ProofError(
                f"the recursion is not the derivation written out with {repetition.letter} = {last}",
                hint="this is a fault of the program; please report it",
            )
        if written.layers is not None:
            agree(written.layers, None if written.layers.symbolic else written.graph, None)
    return replace(found, agreed=tuple(agreed), equal=tuple(last for last in held if last not in agreed))


def is_same_in_value(found: Recursion, derivation: Derivation, last: int, written: Exercise) -> bool:
    """Whether a recursion, written out, has the numbers of the derivation at random points.

    With few times the derivation leaves out what is 1: ∂h/∂h of a loss that is the last state.
    """
    told = put_back(found, derivation, last)
    if told is None or written.graph is None:
        return False
    points = random_points(written.graph, POINTS)
    for point in points:
        leaves = {quantity.name: point[quantity.name] for quantity in written.graph.leaves}
        if derivation.graph == written.graph:
            pairs = [(run(one.graph.steps + one.backward, leaves), one) for one in (told, derivation)]
            first, second = (values for values, _ in pairs)
            worst = max(as_real(relative(first[key], second[key])) for key in second)
        else:
            worst = as_real(_compare_arrays(told, derivation, written, leaves))
        if worst > as_real(TOLERANCE):
            return False
    return bool(points)


def _compare_arrays(told: Derivation, derivation: Derivation, written: Exercise, leaves: Mapping[str, Value]) -> Value:
    """The largest relative difference of an entry."""
    assert written.layers is not None
    small, sizes = choose_sizes(written.layers)
    table: dict[str, Expr] = {letter: Number(str(size)) for letter, size in sizes.items()}
    found = []
    for one in (told, derivation):
        steps, backward = (
            tuple(replace(step, expr=substitute(step.expr, table)) for step in some) for some in (one.graph.steps, one.backward)
        )
        found.append(evaluate_layers(replace(one, graph=replace(small.graph, steps=steps), backward=backward), as_arrays(small, leaves)))
    if any(array.shape != found[0][key].shape for key, array in found[1].items()):
        return Fraction(1)
    pairs = [pair for key in found[1] for pair in zip(found[0][key].items, found[1][key].items, strict=True)]
    return max((relative(*pair) for pair in pairs), key=as_real)


def graph_of(exercise: Exercise, layered: bool) -> Graph:
    """The graph of an exercise in one of its forms."""
    whole: Layered | None = exercise.layers if layered else None
    graph = whole.graph if whole is not None else exercise.graph
    assert graph is not None  # it was written out from steps
    return graph


def read_open(exercise: Exercise, last: int, layered: bool) -> Recursion:
    """The recursion as it stands in the derivation over some number of times, told with the letter of the last one."""
    written = write_out_with(exercise, last)
    repetition = written.repetition
    assert repetition is not None
    derivation = derive(graph_of(written, layered))
    times = repetition.list_times(derivation.graph)
    blocks = repetition.find_blocks(derivation.graph)
    return read_recursion(derivation, times, repetition.index, last, repetition.letter, blocks)


def note_truncation(request: Request) -> tuple[Assumption, ...]:
    """What every page says of truncated backpropagation: what counts as a constant, or that nothing is cut."""
    repetition = request.exercise.repetition
    if repetition is None or not (longest := max(repeat.truncate for repeat in repetition.repeats)):
        return ()
    graph, places = request.graph, {"steps": longest, "index": repetition.index, "last": repetition.letter}
    if not graph.cuts and not repetition.letter:
        return (Assumption("not truncated", places={**places, "last": repetition.end}),)
    if repetition.letter:
        blocks = repetition.list_blocks(graph).get(repetition.index)
        return (Assumption("truncated from the end" if blocks and blocks.from_end else "truncated", places=places),)
    layered = exercise_arrays(request)
    return (Assumption("truncated at", tuple(dict.fromkeys(f"${used}$" for _, used in layered.cuts)), places),)


def exercise_arrays(request: Request) -> Graph:
    """The graph whose names the cuts are told by: that over arrays, where there is one."""
    layers = request.exercise.layers
    return layers.graph if layers is not None and request.layered is not None else request.graph
