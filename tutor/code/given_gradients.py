"""The gradients that a program gives: those that it returns, and those that its names say."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.code.code_values import Lost, NotRead, Object, Record, ValueEvent
from tutor.code.failures import note_missing
from tutor.code.pair_functions import split_gradient
from tutor.code.returned_values import list_lost, name_returned
from tutor.code.targets import spell_target
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
    words = WordIndex([event.key.rpartition(".")[2] for event in record.events])
    for key, event in last.items():
        of = words.match(key)
        if of and not event.leaf:
            found[key] = GivenGradient(key, of, event.value)
    for key, value in name_returned(returned, node):
        of = words.match(key)
        if of and isinstance(value, np.ndarray | float | np.inexact):
            found[key] = GivenGradient(key, of, np.array(value))
        elif of and value is None:
            found[key] = GivenGradient(key, of, None, note_missing(key))
    for key, problem in list_lost(record):
        of = words.match(key)
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
    spans: Sequence[tuple[int, int]] = (),
) -> list[GivenGradient]:
    """The gradients that the backward function of a pair returns, by their names or places; in a class those that it keeps, too.

    ``spans`` are the lines whose names count: what a function of another layer calls dW is the gradient of its own.
    """
    words = WordIndex([event.key.rpartition(".")[2] for event in record.events[:begins]])
    given = [name for name in args if name in words.places]
    listed = name_returned(result, node)
    found: list[GivenGradient] = []
    for place, (key, value) in enumerate(listed):
        of = words.match(key)
        alone = len(listed) == len(given) or len(listed) == 1
        if not of and alone and place < len(given) and not re.match(r"^\w+\.\w+$", key):
            of = [given[place]]
            key = key if key.isidentifier() else f"d{given[place]}"
        if type(value) is Lost:
            found.append(GivenGradient(key, of, None, value.why))
        elif value is None and of and key != "None":
            found.append(GivenGradient(key, of, None, note_missing(key)))
        elif of and isinstance(value, np.ndarray | float | int | np.generic):
            found.append(GivenGradient(key, of, np.array(value, dtype=float)))
    keys = {output.key for output in found}
    last = {
        event.key: event
        for event in record.events[begins:]
        if not spans or any(first <= event.line <= end for first, end in spans)
    }
    leaves = dict.fromkeys(
        event.key.rpartition(".")[2] for event in record.events[:begins] if event.leaf or event.statement is None
    )
    steps = set(list_computed(record.events[:begins])) if found else set()  # an inner step may be kept with another sign
    kept = WordIndex([*leaves, *(words.words if in_class else ())])
    for key, event in last.items():
        of = kept.match(key)
        if of and not set(of) <= steps and key not in keys and (in_class or not found or why is not None):
            found.append(GivenGradient(key, of, event.value))
    keys = {output.key for output in found}
    for key, problem in list_lost(record):
        of = [one for one in split_gradient(key) if one in leaves]
        if of and key not in keys and (in_class or why is not None):
            keys.add(key)
            found.append(GivenGradient(key, of, None, problem))
    return found


def list_listed(owner: Any, known: Collection[str]) -> Iterator[GivenGradient]:
    """The gradients that a layer keeps in a list beside that of its parameters: ``self.params = [W, b]``, ``self.grads = [dW, db]``."""
    if not isinstance(owner, Object) or owner.of is None or "__init__" not in owner.of.methods:
        return
    params, grads = owner.attributes.get("params"), owner.attributes.get("grads")
    if not isinstance(params, list) or not isinstance(grads, list) or len(params) != len(grads):
        return
    names: list[str] = []
    for part in ast.walk(owner.of.methods["__init__"]):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.List) and spell_target(part.targets[0])[1] == "params":
            names = [one.id if isinstance(one, ast.Name) else "" for one in part.value.elts]
    for name, value in zip(names, grads, strict=False):
        if name and f"d{name}" not in known and isinstance(value, np.ndarray):
            yield GivenGradient(f"d{name}", [name], np.array(value))


@dataclass(slots=True)
class WordIndex:
    """The words of a forward pass, to be looked up by what gradients are called."""

    words: Collection[str]
    places: dict[str, int] = field(default_factory=dict)
    small: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word in self.words:
            if word not in self.places:
                self.places[word] = len(self.places)
                self.small.setdefault(word.lower(), []).append(word)

    def match(self, key: str) -> list[str]:
        """What a gradient may be the gradient of, as `match_words` says."""
        meant = split_gradient(key)
        found = [one for one in meant if one in self.places]
        small = {word for one in meant for word in self.small.get(one.lower(), ())}
        return found or sorted(small, key=self.places.__getitem__)


def match_words(key: str, words: Collection[str]) -> list[str]:
    """What a gradient is the gradient of, among the words that there are: ``grad_w`` of w, or of W where only that is there.

    >>> match_words("grad_w", ["W", "b"]), match_words("dw", ["w", "W"]), match_words("dx", ["W"])
    (['W'], ['w'], [])
    """
    return WordIndex(words).match(key)


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
