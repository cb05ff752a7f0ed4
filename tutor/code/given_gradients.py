"""The gradients that a program gives: those that it returns, and those that its names say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.code.code_values import Lost, NotRead, Record, ValueEvent
from tutor.code.failures import note_missing
from tutor.code.pair_functions import split_gradient
from tutor.code.returned_values import list_lost, name_returned
from tutor.numbers.arrays import np


@dataclass(slots=True)
class GivenGradient:
    """A gradient that the program gives: what it is called, what it may be the gradient of, its value."""

    key: str
    of: list[str]
    value: Any
    lost: NotRead | None = None


def list_outputs(record: Record, start: int, returned: Any, node: ast.expr | None) -> list[GivenGradient]:
    """The gradients at the end of a body: those that are returned, and the last value of every name that is one's."""
    found: dict[str, GivenGradient] = {}
    last: dict[str, ValueEvent] = {event.key: event for event in record.events[start:]}
    words = {event.key.rpartition(".")[2] for event in record.events}
    for key, event in last.items():
        of = [one for one in split_gradient(key) if one in words]
        if of and not event.leaf:
            found[key] = GivenGradient(key, of, event.value)
    for key, value in name_returned(returned, node):
        of = [one for one in split_gradient(key) if one in words]
        if of and isinstance(value, np.ndarray | float | np.inexact):
            found[key] = GivenGradient(key, of, np.array(value))
        elif of and value is None:
            found[key] = GivenGradient(key, of, None, note_missing(key))
    for key, problem in list_lost(record):
        of = [one for one in split_gradient(key) if one in words]
        if of and key not in found:
            found[key] = GivenGradient(key, of, None, problem)
    return list(found.values())


def list_pair_outputs(
    record: Record,
    begins: int,
    result: Any,
    node: ast.expr | None,
    args: Sequence[str],
    why: NotRead | None,
    *,
    in_class: bool,
) -> list[GivenGradient]:
    """The gradients that the backward function of a pair returns, by their names or places; in a class those that it keeps, too."""
    words = [event.key.rpartition(".")[2] for event in record.events[:begins]]
    given = [name for name in args if name in words]
    listed = name_returned(result, node)
    found: list[GivenGradient] = []
    for place, (key, value) in enumerate(listed):
        of = [one for one in split_gradient(key) if one in words]
        alone = len(listed) == len(given) or len(listed) == 1
        if not of and alone and place < len(given) and not re.match(r"^\w+\.\w+$", key):
            of = [given[place]]
            key = key if key.isidentifier() else f"d{given[place]}"
        if type(value) is Lost:
            found.append(GivenGradient(key, of, None, value.why))
        elif value is None and of:
            found.append(GivenGradient(key, of, None, note_missing(key)))
        elif of and isinstance(value, np.ndarray | float | int | np.generic):
            found.append(GivenGradient(key, of, np.array(value, dtype=float)))
    keys = {output.key for output in found}
    last = {event.key: event for event in record.events[begins:]}
    leaves = {
        event.key.rpartition(".")[2]
        for event in record.events[:begins]
        if event.leaf or event.statement is None
    }
    steps = set(list_computed(record.events[:begins])) if found else set()  # an inner step may be kept with another sign
    for key, event in last.items():
        of = [one for one in split_gradient(key) if one in leaves or (in_class and one in words)]
        if of and not set(of) <= steps and key not in keys and (in_class or not found or why is not None):
            found.append(GivenGradient(key, of, event.value))
    keys = {output.key for output in found}
    for key, problem in list_lost(record):
        of = [one for one in split_gradient(key) if one in leaves]
        if of and key not in keys and (in_class or why is not None):
            keys.add(key)
            found.append(GivenGradient(key, of, None, problem))
    return found


def list_computed(events: Sequence[ValueEvent]) -> Iterator[str]:
    """The words that are computed: whose first value is no argument and nothing that is drawn."""
    seen: set[str] = set()
    for event in events:
        word = event.key.rpartition(".")[2]
        if word not in seen:
            seen.add(word)
            drawn = event.leaf or event.statement is None or is_drawn_by(event.statement)
            if not drawn:
                yield word


def is_drawn_by(node: ast.AST) -> bool:
    """Whether a statement draws its numbers, or begins with zeros."""
    return any(
        isinstance(part, ast.Attribute) and re.search(r"rand|zeros|ones|normal|uniform|array$", part.attr)
        for part in ast.walk(node)
    )
