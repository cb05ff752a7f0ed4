"""The proofs of what is shown: gradients, local derivatives, named rewrites, the agreement of both forms, the Hessian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.derive.backward import derive
from tutor.derive.rewrites.named import Rewrite, scores
from tutor.derive.second import hessian_name
from tutor.errors import ProofError
from tutor.expression.keys import derivative_key
from tutor.graph.nouns import Derivation, Graph
from tutor.numbers.arithmetic import CONTEXT, Value, add, as_real
from tutor.numbers.prove_rewrites import Simplified, prove
from tutor.numbers.run import evaluate
from tutor.numbers.train import Task, gradient
from tutor.numbers.verify import Ask, Proof, check_locals, list_feasible, random_points, verify

if TYPE_CHECKING:
    from tutor.graph.layered import Layered
    from tutor.numbers.proof_facts import Agreement, Rewritten

SHOWN_NODES = 60
"""In a graph of up to this many quantities the gradient of every one is shown, and therefore proved."""
MAX_SYMBOLIC = 400
"""The gradients of so many single quantities of arrays are checked by SymPy too."""
MAX_TRAINED = 2_000
"""In a computation of up to so many steps the gradients are proved before a run."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What was proved, as data.

    ``gradients`` has a proof for each quantity that is differentiated; ``forms`` is the agreement of the form in arrays with the one
    neuron by neuron; ``simplified`` and ``rewritten`` are the named rewrites of the two; ``second`` says that a Hessian was checked.
    """

    gradients: tuple[Proof, ...] = ()
    simplified: Simplified | None = None
    forms: Agreement | None = None
    rewritten: Rewritten | None = None
    second: bool = False


def prove_gradients(
    derivation: Derivation, values: Mapping[str, Value] | None, trace: Mapping[str, Value] | None, names: Sequence[str],
    rewrites: Sequence[Rewrite], ask: Ask | None,
) -> Proof:  # fmt: skip
    """Prove every gradient that is shown: those asked for and, in a graph that is drawn, all of them."""
    graph = derivation.graph
    shown = list(names)
    if len(graph.names) <= SHOWN_NODES:
        shown += [name for name in graph.names if name not in shown]
    proof = verify(derivation, values, shown, symbolic=names, besides=scores(rewrites), ask=ask)
    point = trace if trace is not None else next(iter(random_points(graph, 1)), None)
    if point is not None and proof.unproved is None and len(graph.names) <= SHOWN_NODES:
        full = (
            point if trace is not None else evaluate(derivation, {q.name: point[q.name] for q in graph.leaves}).values
        )
        check_locals(derivation, full, graph.names)
    return proof


def prove_rewrites(
    derivations: Sequence[Derivation], rewrites: Sequence[tuple[Rewrite, ...]], values: Mapping[str, Value] | None,
    proofs: Sequence[Proof],
) -> Simplified | None:  # fmt: skip
    """The proof of the named rewrites; nothing where there are none."""
    checked = [
        replace(one, symbolic=one.symbolic and proof.symbolic > 0)
        for derivation, some, proof in zip(derivations, rewrites, proofs, strict=True)
        if some and (one := prove(some, derivation, values))
    ]
    return checked[0].merge_checks(checked[1:]) if checked else None


def prove_entries(
    graph: Graph | None, apart: Graph | None, values: Mapping[str, Value] | None, layered: Layered, wanted: Sequence[str], ask: Ask | None
) -> tuple[Proof, ...]:
    """The gradients of the single quantities of arrays, by SymPy and by finite differences; ``apart`` is what `write_apart` makes."""
    if graph is None or apart is None:
        return ()
    singles = [single for name in wanted for single in layered.entries[name].items]
    asked = None if len(singles) <= MAX_SYMBOLIC else ()  # beyond it by finite differences alone: SymPy takes minutes
    if apart is not graph and (asked == () or not list_feasible(graph, singles)):
        proof = verify(derive(apart, wanted=tuple(singles)), values, singles, symbolic=(), ask=ask)
        if proof.unproved is None:  # else the step that is named is one of those that are shown
            return (replace(proof, asked=len(singles) if asked is None else 0, entries=True),)
    proof = verify(derive(graph, wanted=tuple(singles)), values, singles, symbolic=asked, ask=ask)
    return (replace(proof, entries=len(singles) > len(wanted)),)


def prove_training(task: Task, ask: Ask | None) -> Proofs:
    """Prove the gradients that are trained with, at the start; and the Hessian by differences of the gradient."""
    if len(task.derivation.graph.steps) > MAX_TRAINED:
        return Proofs()
    proof = verify(task.derivation, task.values, task.parameters, ask=ask)
    if task.second:
        check_hessian(task)
    return Proofs((proof,), second=bool(task.second))


def check_hessian(task: Task) -> None:
    """Raise `ProofError` unless every entry of the Hessian is the difference quotient of the gradient."""
    loss, first = task.derivation.graph.loss, task.parameters
    start = {name: task.values[name] for name in first}
    here = gradient(task, start, (0,))
    step = CONTEXT.mpf(10) ** -20
    for place, name in enumerate(first):
        beside = [gradient(task, {**start, name: add(start[name], sign * step)}, (0,)) for sign in (1, -1)]
        for other in first[place:]:
            slope = (as_real(beside[0][derivative_key(loss, other)]) - as_real(beside[1][derivative_key(loss, other)])) / (2 * step)
            entry = as_real(here[hessian_name(loss, name, other)])
            if abs(slope - entry) > CONTEXT.mpf(10) ** -12 * max(CONTEXT.mpf(1), abs(entry)):
                raise ProofError(
                    f"the second derivative with respect to {name} and {other} failed its check", hint="please report this",
                )
