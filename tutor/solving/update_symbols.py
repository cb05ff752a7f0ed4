"""Symbols for what an update computes: states, their values after it, directions, second derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.derive.second import hessian_name
from tutor.derive.update import Naming, Update, name_shared, naming
from tutor.exercise.model import Exercise
from tutor.expression.keys import make_over_key, read_after
from tutor.expression.walk import names
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol, guess, read_symbol
from tutor.numbers.train import Task
from tutor.rules.optimisers import optimiser


def update_notation(notation: Notation, task: Task, updates: Sequence[Update], naming: Naming) -> Notation:
    """The notation with symbols for what an update computes: m_w, its value after the update, a second derivative.

    ``updates`` and ``naming`` are those of the form that is shown; the single parameters of a task keep theirs.
    """
    found = dict(notation.symbols)
    alone = len(updates) == 1
    for name in naming.settings.values():
        found.setdefault(name, _setting(name.removesuffix("_update")))
    found.setdefault(naming.t, _write_count(notation))
    for each in updates:
        of = notation.symbol(each.parameter)
        for word, target in each.made.items():
            if word == "w":
                continue
            head = read_symbol(guess(word).latex).symbol()
            found[name_shared(word)] = _write_after(head, of, True, notation) if read_after(target).updates else head
            base, mark = read_after(target).key, read_after(target).updates
            found[base] = _write_indexed(head, of, alone)
            if mark:
                found[target] = _write_after(head, of, alone, notation)
        found[naming.name_own("d", each.parameter)] = _write_indexed(Symbol("d", "d"), of, alone)
    loss = notation.symbol(task.derivation.graph.loss)
    if task.samples is not None and task.count > 1:
        over = write_over(loss, averaged=task.samples.is_averaged)
        found[make_over_key(task.derivation.graph.loss, task.samples.reduce)] = over
        loss = over
    for first in task.parameters if task.row.hessian else ():
        for second in task.parameters:
            name = hessian_name(task.derivation.graph.loss, first, second)
            found[name] = _write_second(loss, notation.symbol(first), notation.symbol(second), first == second)
    found["det H"] = Symbol("\\det H", "det H")
    return replace(notation, symbols=found)


def write_over(loss: Symbol, *, averaged: bool) -> Symbol:
    """A loss over samples, which is not that of one: the mean with a bar, the sum with Σ as its index.

    >>> write_over(Symbol("L", "L"), averaged=True).latex, write_over(Symbol("L", "L"), averaged=False).text
    ('\\\\bar{L}', 'L_Σ')
    """
    parts = read_symbol(loss.latex)
    if not averaged:
        return parts.add_index(Symbol("\\Sigma", "Σ"))
    return read_symbol(replace(parts, base=Symbol(f"\\bar{{{parts.base.latex}}}", "")).symbol().latex).symbol()


def add_optimiser_letters(notation: Notation, exercise: Exercise) -> Notation:
    """The notation with m̂ and β₁ for the ``mhat`` and ``beta1`` of claims about the optimiser's steps; what has a symbol keeps it."""
    claims = [claim for claim in exercise.claims if claim.update]
    notation = _add_states(notation, exercise)
    if not claims:
        return notation
    row = optimiser(exercise.plan.optimiser)
    own = [*row.states, *(move.target for move in row.moves), *(setting.name for setting in row.settings)]
    named = [name for claim in claims if claim.formula is not None for name in names(claim.formula)]
    known = {quantity.name for quantity in (*exercise.graph.leaves, *exercise.graph.nodes)} if exercise.graph else set()
    letters = {name: _setting(name) for name in dict.fromkeys([*own, *named]) if name not in known}
    return replace(notation, symbols={**letters, **notation.symbols})


def _add_states(notation: Notation, exercise: Exercise) -> Notation:
    """The notation with m, or m with its parameter as index, for the states that claims are about."""
    graph, row = exercise.graph, optimiser(exercise.plan.optimiser)
    parameters = [quantity.name for quantity in graph.parameters] if graph is not None else []
    if graph is None or not parameters or not row.states:
        return notation
    made = naming(row, graph.names, "rate")
    found = {
        made.name_own(word, name): _write_indexed(_setting(word), notation.symbol(name), len(parameters) == 1)
        for name in parameters for word in row.targets if word != "w"
    }  # fmt: skip
    return replace(notation, symbols={**found, **notation.symbols})


def _setting(name: str) -> Symbol:
    """β₁ for beta1, ε for eps."""
    return read_symbol("\\varepsilon" if name == "eps" else guess(name).latex).symbol()


def _write_count(notation: Notation) -> Symbol:
    """The number of the update, counted from 1: t, or t + 1 where a course writes the new values so; an exponent wherever it stands."""
    return Symbol("t+1", "t+1") if notation.update == "next" else Symbol("t", "t")


def _write_indexed(head: Symbol, of: Symbol, alone: bool) -> Symbol:
    return head if alone else Symbol(f"{head.latex}_{{{of.latex}}}", f"{head.text}_{of.text}")


def _write_after(head: Symbol, of: Symbol, alone: bool, notation: Notation) -> Symbol:
    """A state after the update, as the course writes an updated parameter."""
    plain = _write_indexed(head, of, alone)
    if notation.update == "next":
        return Symbol(f"{plain.latex}^{{t+1}}", f"{plain.text}^(t+1)")
    if notation.update == "index":
        index = "1" if alone else f"{of.latex},1"
        return Symbol(f"{head.latex}_{{{index}}}", f"{plain.text}₁")
    if notation.update == "prime":
        return Symbol(f"{plain.latex}'", f"{plain.text}′")
    return plain


def _write_second(loss: Symbol, first: Symbol, second: Symbol, same: bool) -> Symbol:
    under = f"(\\partial {first.latex})^2" if same else f"\\partial {first.latex}\\,\\partial {second.latex}"
    text = f"∂²{loss.text}/∂{first.text}²" if same else f"∂²{loss.text}/∂{first.text}∂{second.text}"
    return Symbol(f"\\frac{{\\partial^2 {loss.latex}}}{{{under}}}", text)
