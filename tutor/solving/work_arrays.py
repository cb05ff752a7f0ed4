"""Working out a solution in arrays; loaded only where one is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from tutor.derive.backward import derive
from tutor.derive.rewrites.entrywise import LayerRewrite
from tutor.derive.rewrites.layered import LINEAR, SHIFT, UNIT, find_layer_rewrites
from tutor.exercise.over_layers import entries_of
from tutor.expression.nodes import Name, Partial
from tutor.expression.walk import find_partials
from tutor.graph.layered import Layered
from tutor.graph.nested_products import write_apart
from tutor.graph.network import quantities
from tutor.graph.nouns import Derivation, Quantity
from tutor.graph.shapes import shape_of
from tutor.notation.profile import Notation, notation
from tutor.notation.symbol import Symbol, read_symbol
from tutor.numbers.form_agreement import agree
from tutor.numbers.prove_layer_rewrites import prove
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.numbers.verify import Ask
from tutor.solving.proofs import Proofs, prove_entries
from tutor.solving.request import Request
from tutor.solving.run_training import run_training
from tutor.solving.update_symbols import add_optimiser_letters
from tutor.solving.verdicts import list_relevant_verdicts
from tutor.solving.work_recursion import find_recursion, note_truncation
from tutor.solving.worked import Worked


def work_arrays(request: Request, layered: Layered, ask: Ask | None) -> Worked:
    """A solution in arrays, proved against the form neuron by neuron."""
    exercise, values = request.exercise, request.values
    derivation = derive(layered.graph)
    needed = {derivation.graph.loss, *list_needed(derivation, list_told(request, layered))}
    found = find_layer_rewrites(layered)
    rewrites = tuple(r for r in found if type(r.left) is not Partial or r.left.wrt in needed)
    recursion = find_recursion(request, derivation)
    profile = array_notation(request, layered, rewrites, recursion.quantities.values() if recursion is not None else ())
    arrays = evaluate_layers(derivation, as_arrays(layered, values)) if values is not None else None
    graph = None if layered.symbolic else exercise.graph
    apart = write_apart(graph, layered) if graph is not None else None
    agreement = agree(layered, graph, values, apart=apart, found=arrays, shown=needed - {derivation.graph.loss})
    rewritten = prove(layered, () if request.focused else rewrites, arrays, apart)
    proofs = prove_entries(graph, apart, values, layered, request.wanted[0][1], ask)
    run = run_training(request, None) if request.task is not None else None
    return Worked(
        request, profile, (derivation,), arrays, run, None, (), rewritten, Proofs(proofs, None, agreement, rewritten),
        list_relevant_verdicts(request),
        (*exercise.assumptions, *note_truncation(request), *(() if request.focused else exercise.notes)), recursion,
    )  # fmt: skip


def list_told(request: Request, layered: Layered) -> tuple[str, ...]:
    """The arrays whose gradients a page works out: those asked for, and those that its lecture prints besides."""
    wanted = request.wanted[0][1]
    if request.focused or not request.own:
        return tuple(wanted)
    loss, known = layered.graph.loss, [quantity.name for quantity in (*layered.graph.leaves, *layered.graph.nodes)]
    printed = {
        partial.wrt for claim in request.exercise.claims if claim.subject is not None and not claim.follows
        for partial in find_partials(claim.subject) if partial.of == loss
    }  # fmt: skip
    entries = {single: name for name, array in layered.entries.items() for single in array.items}
    told = {entries.get(name, name) for name in printed}
    return (*wanted, *(name for name in known if name in told and name not in wanted))


def list_needed(derivation: Derivation, wanted: Collection[str]) -> set[str]:
    """The quantities whose gradients the wanted ones are computed from, these among them."""
    steps = {step.wrt: step for step in derivation.backward}
    needed: set[str] = set()
    stack = list(wanted)
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack.extend(path.factors[0].wrt for path in steps[name].paths)
    return needed


def array_notation(
    request: Request, layered: Layered, rewrites: Sequence[LayerRewrite], more: Iterable[Quantity] = ()
) -> Notation:
    """The symbols of a solution in arrays, and those of their entries, of which the lecture's figures speak."""
    exercise, name = request.exercise, request.notation
    symbols: Mapping[str, Symbol] = exercise.symbols if name == exercise.notation and exercise.layers is not None else {}
    shapes = dict(layered.shapes)
    collapsed: list[Quantity] = []
    for rewrite in rewrites:  # Ŵ is bold where W is
        if rewrite.rule == LINEAR and type(rewrite.left) is Name and rewrite.left.name not in shapes:
            shapes[rewrite.left.name] = shape_of(rewrite.expr, shapes)
            collapsed.append(Quantity(rewrite.left.name, "constant", shapes[rewrite.left.name]))
    if collapsed:
        one = "\\hat{w}" if len(shapes[UNIT]) == 1 else "\\hat{W}"
        symbols = {**symbols, UNIT: read_symbol(one).symbol(), SHIFT: read_symbol("\\hat{b}").symbol()}
    profile = notation(name, [*quantities(layered.graph), *more, *collapsed], symbols, loss=layered.graph.loss)
    return add_optimiser_letters(replace(profile, symbols={**entries_of(layered, profile), **profile.symbols}), exercise)
