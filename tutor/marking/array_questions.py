"""Questions about whole arrays, made from the layer form: every layer's result, every delta, every gradient, and the first update."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.derive.working import Working
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of
from tutor.exercise.question import Kind, Question
from tutor.expression.keys import derivative_key, make_after_key
from tutor.graph.entries import Array
from tutor.graph.layered import Layered, choose_sizes

MOST_ARRAYS = 60


def is_asked_by_arrays(exercise: Exercise) -> bool:
    """Whether an exercise is asked array by array: one with shapes, and a network that is written layer by layer (naming plain)."""
    if exercise.graph is None:
        return False
    return exercise.layers is not None or (exercise.network is not None and exercise.network.naming == "plain")


def make_array_questions(exercise: Exercise, working: Working) -> tuple[Question, ...]:
    """Questions made from the layer form: numbers where the exercise has values, else formulas.  Each has one mark.

    >>> from tutor.exercise.load import load
    >>> from tutor.derive.working import working
    >>> mean = load("qmul/mean-squared-error-layers")
    >>> [question.id for question in make_array_questions(mean, working(mean.graph))][-3:]
    ['dE/dZ', 'dE/dW', 'dE/db']
    """
    layered = choose_sizes(layers_of(exercise, exercise.notation))[0]
    graph, loss = layered.graph, layered.graph.loss
    found: dict[str, Question] = {}

    def ask(keys: Iterable[str]) -> None:
        for key in keys:
            question = array_question(exercise, layered, key)
            if len(found) < MOST_ARRAYS and all(target in working.by_name for target in question.targets):
                found.setdefault(key, question)

    if exercise.values:
        ask(step.target for step in graph.steps)
    asked = [name for name in layered.entries if _is_asked(exercise, layered, name)]
    nodes = [step.target for step in reversed(graph.steps) if step.target != loss and step.target not in asked]
    needed = working.cone(derivative_key(_write_scalar_loss(layered), item) for name in asked for item in layered.entries[name].items)
    ask(
        derivative_key(loss, name)
        for name in nodes
        if derivative_key(_write_scalar_loss(layered), layered.entries[name].items[0]) in needed
    )
    ask(derivative_key(loss, name) for name in asked)
    if exercise.steps and exercise.rate is not None and exercise.values:
        ask(make_after_key(quantity.name, 1) for quantity in graph.parameters)
    return tuple(found.values())


def array_question(exercise: Exercise, layered: Layered, key: str) -> Question:
    """The question about an array by its name in the layer form."""
    plain, _, updates = key.partition("@")
    of, _, wrt = plain.rpartition("/d")
    entries: Array[str] = layered.entries[wrt if of else plain]
    after = f"@{updates}" if updates else ""
    targets = tuple(f"{derivative_key(_write_scalar_loss(layered), item) if of else item}{after}" for item in entries.items)
    kind: Kind = "expression"
    if exercise.values:
        kinds: tuple[Kind, ...] = ("number", "vector", "matrix", "array", "array")
        kind = kinds[len(entries.shape)]
    return Question(key, f"{plain} after {updates}" if updates else plain, kind, targets, entries.shape, array=key)


def _write_scalar_loss(layered: Layered) -> str:
    return str(layered.entries[layered.graph.loss].items[0])


def _is_asked(exercise: Exercise, layered: Layered, name: str) -> bool:
    """Whether the gradient of an array is asked for: by the exercise, or because it is trained or free."""
    if exercise.asked:
        return any(derivative_key(_write_scalar_loss(layered), item) in exercise.asked for item in layered.entries[name].items)
    trained = [quantity.name for quantity in layered.graph.parameters]
    free = [quantity.name for quantity in layered.graph.inputs if quantity.kind not in ("target", "constant")]
    return name in (trained or free)
