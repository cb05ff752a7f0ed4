"""What somebody types: an expression or steps, made an exercise, with what had to be assumed said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from tutor.errors import GraphError, ValueProblem, hint_near
from tutor.exercise.model import Assumption, Exercise
from tutor.expression.plain import write_plain
from tutor.expression.run_together import list_taken_as_one, write_product_meant
from tutor.expression.walk import names
from tutor.graph.build import assemble, from_steps
from tutor.graph.nouns import Graph
from tutor.graph.read_steps import is_step, split_steps
from tutor.graph.telling_names import tell_kind
from tutor.rules.patterns import constant


def make_typed_exercise(text: str, *, apart: bool | None = None, given: Collection[str] = ()) -> Exercise:
    """An exercise made of an expression (``(x+y)*z``) or of steps (``d = x + y; f = d*z``).

    ``apart`` takes long formulas apart or leaves them as they are; unless it is said, an expression and a single long step are taken
    apart, and several steps stay as written.  A step that is a number (``x = 3``) gives a value; ``given`` are the names that get one
    elsewhere.

    >>> make_typed_exercise("x = 3; y = x^2").values
    {'x': Fraction(3, 1)}
    """
    title = " ".join(text.split())[:200]
    text = text.rstrip("; \t\n") or text
    if not is_step(text):
        return _note_pairs(_expression(text, title, apart), given)
    exercise = _fix_values(_note_pairs(Exercise("expression", title, graph=from_steps(split_steps(text))), given), given)
    graph = exercise.graph
    assert graph is not None
    return take_exercise_apart(exercise, len(graph.steps) == 1 if apart is None else apart, text)


def _note_pairs(exercise: Exercise, given: Collection[str]) -> Exercise:
    """An exercise that says which pairs of letters were taken as one quantity; w and x, which are given, are refused where wx is there."""
    graph = exercise.graph
    assert graph is not None
    pairs = list_taken_as_one([step.expr for step in graph.steps], [quantity.name for quantity in graph.leaves], given)
    for pair in pairs:
        name = next((name for name in given if name in pair and name not in graph.names), "")
        if name:
            raise GraphError(f"there is no quantity {name}", hint=write_product_meant(pair))
    assumed = [Assumption("one quantity", (pair,), {"product": "*".join(pair)}) for pair in pairs]
    return replace(exercise, assumptions=(*exercise.assumptions, *assumed))


def _expression(text: str, title: str, apart: bool | None) -> Exercise:
    from tutor.graph.decompose import from_expression, words  # imports SymPy, which exercises do not need
    from tutor.graph.labels import labels

    if apart is not False:
        return Exercise("expression", title, graph=from_expression(text))
    (name,) = labels(1, words(text))
    return take_exercise_apart(Exercise("expression", title, graph=from_steps([f"{name} = {text}"])), False)


def _fix_values(exercise: Exercise, given: Collection[str]) -> Exercise:
    """The steps that are numbers as given values, where then every quantity has one; a value given elsewhere replaces it."""
    graph = exercise.graph
    assert graph is not None
    used = {name for step in graph.steps for name in names(step.expr)}
    numbers = {
        step.target: value for step in graph.steps
        if step.target != graph.loss and step.target in used and (value := constant(step.expr)) is not None
    }  # fmt: skip
    if not all(quantity.name in given for quantity in graph.leaves):
        numbers = {name: value for name, value in numbers.items() if name in given}
    if not numbers:
        return exercise
    formulas = {step.target: step.expr for step in graph.steps}
    written = {name: write_plain(formulas.pop(name)) for name in numbers}
    return replace(exercise, graph=assemble(formulas, loss=graph.loss), values=numbers, written=written)


def take_exercise_apart(exercise: Exercise, apart: bool, text: str = "") -> Exercise:
    """An exercise with its long formulas taken apart, or as they are; either is said where there are any."""
    from tutor.graph.decompose import is_long, take_apart, words

    graph = exercise.graph
    if graph is None or not (long := [step.target for step in graph.steps if is_long(step.rule, step.expr)]):
        return exercise
    if not apart:
        return replace(exercise, assumptions=(*exercise.assumptions, Assumption("as written", tuple(long))))
    made = take_apart(graph, words(text))
    count = len(made.steps) - len(graph.steps) + len(long)
    return replace(exercise, graph=made, assumptions=(*exercise.assumptions, Assumption("apart", tuple(long), {"count": count})))


def choose_what_is_trained(exercise: Exercise, wrt: Sequence[str], columns: Collection[str] = ()) -> Exercise:
    """An exercise that says what is trained: those chosen, those that it names, or those whose names say so; the last is said.

    ``columns`` are the quantities that a data set gives: beside them all others are trained.  An exercise that says nothing comes back
    as it is (see `refuse_untrained`).
    """
    graph = exercise.graph
    if graph is None or (graph.parameters and not wrt):
        return exercise
    leaves = [quantity.name for quantity in graph.leaves]
    for name in wrt:
        if name not in leaves:
            raise GraphError(
                f"{name} cannot be trained: it is " + ("computed" if name in graph.names else "no quantity"),
                where="--wrt", hint=hint_near(name, leaves) or "these can be: " + ", ".join(leaves[:20]),
            )  # fmt: skip
    free = [q.name for q in graph.inputs if q.kind not in ("target", "constant") and q.name not in columns]
    if wrt or columns or len(free) == 1:
        return replace(exercise, graph=_training(graph, wrt or free))
    names_like = [name for name in free if tell_kind(name)]
    if not names_like:
        return exercise
    assumed = Assumption("assumed", tuple(names_like))
    return replace(exercise, graph=_training(graph, names_like), assumptions=(*exercise.assumptions, assumed))


def refuse_untrained(graph: Graph) -> None:
    """Refuse to guess what is trained."""
    free = [quantity.name for quantity in graph.inputs]
    if graph.parameters:
        return
    if not free:
        raise ValueProblem("nothing can be trained in numbers alone", hint="use a letter, such as w")
    raise ValueProblem(f"nothing says which of {_list_texts(free)} are trained", hint=f"choose with --wrt, such as --wrt {free[0]}")


def _training(graph: Graph, chosen: Collection[str]) -> Graph:
    return replace(
        graph,
        inputs=tuple(quantity for quantity in graph.leaves if quantity.name not in chosen),
        parameters=tuple(quantity for quantity in graph.leaves if quantity.name in chosen),
    )


def _list_texts(items: Iterable[str]) -> str:
    found = list(items)
    shown = [*found[:8], f"{len(found) - 8} more"] if len(found) > 9 else found
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
