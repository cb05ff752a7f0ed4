"""Solving in layer form: a network or an exercise with shapes in, a proved worked solution in matrices out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.derive.backward import derive
from tutor.derive.layerwise import order
from tutor.derive.rewrites.layered import LINEAR, SHIFT, UNIT, LayerRewrite, find_layer_rewrites
from tutor.errors import GraphError, ValueProblem, near
from tutor.exercise.check_claims import Verdict, check
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import entries_of, layers_of
from tutor.explain.document import Document
from tutor.explain.layer_page import LayerLesson, document
from tutor.expression.keys import derivative_key, read_derivative
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.graph.network import quantities
from tutor.graph.nouns import Derivation, Graph
from tutor.notation.profile import Notation, notation
from tutor.notation.symbol import Symbol, read_symbol
from tutor.numbers.arithmetic import Value, add, multiply
from tutor.numbers.form_agreement import Agreement, agree
from tutor.numbers.prove_layer_rewrites import Rewritten, prove
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.numbers.verify import Ask, Proof, verify
from tutor.results.page import Page
from tutor.results.verdicts import said

MAX_SYMBOLIC = 400
"""The gradients of so many single quantities are checked by SymPy too."""


@dataclass(frozen=True, slots=True)
class LayerSolution(Page):
    """A computation solved in layer form; ``arrays`` are its numbers by name (``dL/dW1`` for a gradient), None without values."""

    exercise: Exercise
    layered: Layered
    derivation: Derivation
    wanted: tuple[str, ...]
    notation: Notation
    arrays: Mapping[str, Array] | None
    rate: Value
    rate_written: str
    updated: Mapping[str, Array]
    rewritten: Rewritten
    agreement: Agreement
    proof: Proof | None
    verdicts: tuple[Verdict, ...] = ()
    focused: bool = False

    @property
    def name(self) -> str:
        """What it is called: the exercise's id."""
        return self.exercise.id

    def gradient(self, name: str) -> Array:
        """The gradient of the loss with respect to an array, as numbers row after row.

        Raises `ValueProblem` for a name that does not exist or a computation without values.
        """
        if self.arrays is None:
            raise ValueProblem("a computation without values has no numbers", hint="give them under [values]")
        key = derivative_key(self.derivation.graph.loss, name)
        if key not in self.arrays:
            raise ValueProblem(f"there is no gradient with respect to {name}", hint=near(name, self.layered.graph.names))
        return self.arrays[key]

    @property
    def proofs(self) -> tuple[str, ...]:
        """The proof in sentences: both forms agree; what is simplified holds; the gradients of the single quantities."""
        found = [self.agreement.sentence(), self.rewritten.sentence(), self.proof.sentence() if self.proof else ""]
        return tuple(text for text in found if text)

    def document(self) -> Document:
        """The worked solution as a document of expressions, for the renderers."""
        exercise = self.exercise
        return document(LayerLesson(
            title=exercise.title, ident=exercise.id if exercise.id != exercise.title else "", source=exercise.source,
            layered=self.layered, derivation=self.derivation, wanted=self.wanted, notation=self.notation, arrays=self.arrays,
            written=exercise.written, rate=self.rate, rate_written=self.rate_written, updated=self.updated,
            rewrites=self.rewritten.rewrites, rewritten=self.rewritten.arrays, proofs=self.proofs,
            verdicts=[said(verdict) for verdict in self.verdicts], focused=self.focused,
            notes=() if self.focused else exercise.notes,
        ))  # fmt: skip

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts.layers_json`."""
        from tutor.contracts.layers_json import layers
        from tutor.contracts.solution_json import dumps

        return dumps(layers(self))


def solve_layers(
    exercise: Exercise,
    *,
    values: Mapping[str, Value] | None = None,
    wrt: Sequence[str] = (),
    update: bool = False,
    rate: Value = None,
    rate_written: str = "",
    notation_name: str | None = None,
    ask: Ask | None = None,
    own: bool = True,
) -> LayerSolution:
    """Solve an exercise in layer form and prove it against the form neuron by neuron.

    ``values`` are those of the single quantities; ``own`` says that they are the exercise's, so that its figures are compared; ``wrt``
    chooses arrays, or single quantities, whose array is meant.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.
    """
    name = notation_name or exercise.notation
    layered = layers_of(exercise, name)
    if layered.symbolic:
        values = None
    own_scalar = exercise.graph if exercise.layers is None else None
    derivation = derive(layered.graph)
    wanted = _wanted(layered, wrt or _asked(exercise, layered))
    symbols: Mapping[str, Symbol] = exercise.symbols if name == exercise.notation and exercise.layers is not None else {}
    rewrites = find_layer_rewrites(layered)
    if any(rewrite.rule == LINEAR for rewrite in rewrites):
        symbols = {**symbols, UNIT: read_symbol("\\hat{W}").symbol(), SHIFT: read_symbol("\\hat{b}").symbol()}
    profile = notation(name, list(quantities(layered.graph)), symbols, loss=layered.graph.loss)
    profile = replace(profile, symbols={**entries_of(layered, profile), **profile.symbols})  # the lecture's figures speak of them
    arrays = evaluate_layers(derivation, as_arrays(layered, values)) if values is not None else None
    agreement = agree(layered, own_scalar, values)
    rewritten = prove(layered, _relevant(rewrites, wrt), values)
    proof = _proved(exercise.graph, values, layered, wanted, ask) if not layered.symbolic else None
    updated = {}
    if update and arrays is not None:
        trained = [q.name for q in layered.graph.parameters if q.name in wanted] or list(wanted)
        updated = {w: _moved(arrays[w], arrays[derivative_key(layered.graph.loss, w)], rate) for w in trained}
    return LayerSolution(
        exercise, layered, derivation, wanted, profile, arrays, rate, rate_written, updated, rewritten, agreement, proof,
        tuple(check(exercise)) if own and not wrt else (), bool(wrt),
    )  # fmt: skip


def _moved(array: Array, gradient: Array, rate: Value) -> Array:
    items = zip(array.items, gradient.items, strict=True)
    return replace(array, items=tuple(add(a, -multiply(rate, g)) for a, g in items))


def _wanted(layered: Layered, wrt: Sequence[str]) -> tuple[str, ...]:
    if not wrt:
        return order(layered.graph)
    owner = {single: name for name, array in layered.entries.items() for single in array.items}
    chosen = []
    for name in wrt:
        whole = name if name in layered.graph.names else owner.get(name)
        if whole is None:
            known = layered.graph.names
            raise GraphError(f"there is no quantity {name}", where="--wrt", hint=near(name, known) or ", ".join(known))
        chosen.append(whole)
    return tuple(dict.fromkeys(chosen))


def _asked(exercise: Exercise, layered: Layered) -> list[str]:
    """The single quantities whose derivatives an exercise over arrays asks for; a network shows all its parameters."""
    if exercise.layers is None or layered.symbolic:
        return []
    asked = [derivative for text in exercise.asked if (derivative := read_derivative(text))]
    return [derivative.wrt for derivative in asked if derivative.of == layered.graph.loss]


def _relevant(rewrites: Sequence[LayerRewrite], wrt: Sequence[str]) -> Sequence[LayerRewrite]:
    return () if wrt else rewrites


def _proved(
    graph: Graph | None, values: Mapping[str, Value] | None, layered: Layered, wanted: Sequence[str], ask: Ask | None
) -> Proof | None:
    """The gradients of the single quantities, by SymPy and by finite differences."""
    if graph is None:
        return None
    singles = [single for name in wanted for single in layered.entries[name].items]
    asked = None if len(singles) <= MAX_SYMBOLIC else ()  # beyond it by finite differences alone: SymPy takes minutes
    return verify(derive(graph, wanted=tuple(singles)), values, singles, symbolic=asked, ask=ask)


